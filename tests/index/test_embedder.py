"""Any text becomes one vector of length one, whatever stands beside it in the batch."""

from __future__ import annotations

from typing import cast, get_args

import numpy as np
import pytest

from index import ModelError
from index.embedder import SentenceTransformerEmbedder
from index.vectors import Embedder, Encoded, Vectors
from index.views import Role
from tests.fakes import HashEmbedder

ROLES: tuple[Role, ...] = get_args(Role)
MIXED = [
    "Kühe geben Milch.",
    "",
    "Was kostet der Straßenverkehr in der Stadt, und wer bezahlt ihn am Ende des Jahres?",
    "a",
    "Cows give milk.",
    "🙂🙂🙂",
]
ODD = {
    "empty": "",
    "blank": " \t\n ",
    "long": "Unternehmen " * 8_333 + "Ende",
    "one long word": "x" * 5_000,
    "lone surrogates": "\ud800 Kühe \udfff",
    "only a lone surrogate": "\udc00",
    "NUL": "\0",
    "NUL inside": "Kü\0he",
    "control characters": "\x01\x7f\x9f",
    "only emoji": "🙂🐄🥛",
    "unknown emoji": "🫠",
    "ligature of eighteen letters": "\ufdfa" * 10,
    "right to left": "\u202eגמל",
    "special tokens": "<s></s><pad><unk><mask>",
    "combining marks": "a" + "\u0301" * 300,
}


REAL = [pytest.param(name, marks=pytest.mark.model) for name in ("model", "plain_model")]


@pytest.fixture(params=["hash", *REAL])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    if request.param == "hash":
        return HashEmbedder()
    return cast(Embedder, request.getfixturevalue(request.param))


@pytest.fixture(params=REAL)
def real(request: pytest.FixtureRequest) -> Embedder:
    """The bundled model as it is run here, and through sentence-transformers."""
    return cast(Embedder, request.getfixturevalue(request.param))


def assert_well_formed(encoded: Encoded, count: int, dimension: int) -> None:
    assert encoded.vectors.shape == (count, dimension)
    assert encoded.vectors.dtype == np.float32
    assert np.linalg.norm(encoded.vectors, axis=1) == pytest.approx(np.ones(count), abs=1e-4)
    assert len(encoded.tokens) == count
    for states in encoded.tokens:
        assert states.dtype == np.float32
        assert states.ndim == 2
        assert states.shape[1] == dimension
        assert np.isfinite(states).all()


def assert_alike(one: Vectors, other: Vectors) -> None:
    assert one.shape == other.shape
    assert np.abs(one - other).max(initial=0) < 1e-3


@pytest.mark.parametrize("role", ROLES)
def test_every_text_gets_one_row_of_length_one(embedder: Embedder, role: Role) -> None:
    assert_well_formed(embedder.encode(MIXED, role), len(MIXED), embedder.dimension)


@pytest.mark.parametrize("role", ROLES)
def test_no_texts_give_no_rows(embedder: Embedder, role: Role) -> None:
    assert_well_formed(embedder.encode([], role), 0, embedder.dimension)


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_odd_texts_get_a_vector_like_any_other(embedder: Embedder, text: str) -> None:
    assert_well_formed(embedder.encode([text], "query"), 1, embedder.dimension)


def test_rows_keep_the_order_of_the_texts(embedder: Embedder) -> None:
    forward = embedder.encode(MIXED, "passage")
    backward = embedder.encode(MIXED[::-1], "passage")
    assert_alike(forward.vectors, backward.vectors[::-1])
    for one, other in zip(forward.tokens, backward.tokens[::-1], strict=True):
        assert_alike(one, other)


def test_a_batch_gives_what_single_texts_give(embedder: Embedder) -> None:
    texts = [*MIXED, ODD["lone surrogates"], ODD["ligature of eighteen letters"], "Wort " * 700]
    batch = embedder.encode(texts, "query")
    for row, text in enumerate(texts):
        single = embedder.encode([text], "query")
        assert_alike(batch.vectors[row], single.vectors[0])
        assert_alike(batch.tokens[row], single.tokens[0])


def test_more_texts_than_a_batch_holds_keep_their_rows(embedder: Embedder) -> None:
    words = ["Milch", "Straße", "Steuer", "Himmel", "Brot"]
    texts = [words[i % 5] + " und mehr" * (i % 3) for i in range(45)]
    encoded = embedder.encode(texts, "query")
    assert_well_formed(encoded, 45, embedder.dimension)
    first = {text: row for row, text in reversed(list(enumerate(texts)))}
    for row, text in enumerate(texts):
        assert_alike(encoded.vectors[row], encoded.vectors[first[text]])
    assert len({encoded.vectors[row].round(2).tobytes() for row in first.values()}) == len(first)


def test_the_same_text_gives_the_same_vector_again(embedder: Embedder) -> None:
    one, other = (embedder.encode(MIXED, "query") for _ in range(2))
    assert np.array_equal(one.vectors, other.vectors)


def test_progress_ends_when_all_is_done(embedder: Embedder) -> None:
    told: list[tuple[int, int]] = []
    embedder.encode(MIXED * 8, "query", progress=lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert told[-1] == (48, 48)


def test_the_fingerprint_is_a_name(embedder: Embedder) -> None:
    assert embedder.fingerprint
    assert embedder.dimension > 0


def test_a_question_and_a_passage_of_the_same_words_differ(
    real: Embedder,
) -> None:
    asked, told = (real.encode(["Kühe geben Milch."], role) for role in ROLES)
    assert np.abs(asked.vectors - told.vectors).max() > 1e-2
    assert asked.tokens[0].shape == told.tokens[0].shape


def test_tokens_are_the_texts_own(real: Embedder) -> None:
    short, longer, twice = real.encode(["Milch", "Milch und Brot", "Milch " * 2], "query").tokens
    assert len(short) < len(longer)
    assert len(twice) == 2 * len(short)


def test_a_long_text_is_read_to_its_end(real: Embedder) -> None:
    filler = "Unternehmen " * 600
    one, other = real.encode([filler + "Käse", filler + "Steuererklärung"], "passage").vectors
    assert np.abs(one - other).max() > 1e-3
    tokens = real.encode([filler, filler * 2], "passage").tokens
    assert len(tokens[1]) == 2 * len(tokens[0])


def test_the_same_said_in_another_language_is_nearer_than_something_else(
    real: Embedder,
) -> None:
    asked = real.encode(["Was fressen Kühe?"], "query").vectors[0]
    same, other = real.encode(
        ["Cows feed on grass and hay.", "The tax return is due in July."], "passage"
    ).vectors
    assert asked @ same > asked @ other + 0.02


@pytest.mark.model
def test_vectors_that_are_not_finite_are_one_line(
    plain_model: SentenceTransformerEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = np.full((1, plain_model.dimension), np.nan, np.float32)
    monkeypatch.setattr(plain_model, "_forward", lambda *_: (broken, [broken]))
    with pytest.raises(ModelError, match="not finite") as caught:
        plain_model.encode(["Milch"], "query")
    assert "\n" not in str(caught.value)
