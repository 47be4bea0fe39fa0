"""A question embedded lately is not embedded again, and gets what it got."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from index.recent import RecentEmbedder
from index.vectors import Encoded
from tests.fakes import HashEmbedder

WORDS = ["Kühe", "Milch und Brot", "", "\ud800", "Steuer"]


def assert_same(one: Encoded, other: Encoded) -> None:
    assert np.array_equal(one.vectors, other.vectors)
    assert len(one.tokens) == len(other.tokens)
    for ours, theirs in zip(one.tokens, other.tokens, strict=True):
        assert np.array_equal(ours, theirs)


def test_the_same_text_is_embedded_once() -> None:
    inner = HashEmbedder()
    recent = RecentEmbedder(inner)
    first = recent.encode(WORDS, "query")
    assert_same(first, HashEmbedder().encode(WORDS, "query"))
    assert_same(recent.encode(WORDS[::-1], "query"), HashEmbedder().encode(WORDS[::-1], "query"))
    assert inner.embedded == WORDS


def test_only_what_is_new_in_a_batch_is_embedded() -> None:
    inner = HashEmbedder()
    recent = RecentEmbedder(inner)
    recent.encode(["alt"], "query")
    mixed = ["neu", "alt", "auch neu", "neu"]
    assert_same(recent.encode(mixed, "query"), HashEmbedder().encode(mixed, "query"))
    assert set(inner.embedded[1:]) == {"neu", "auch neu"}


def test_question_and_passage_are_kept_apart() -> None:
    inner = HashEmbedder()
    recent = RecentEmbedder(inner)
    recent.encode(["Milch"], "query")
    recent.encode(["Milch"], "passage")
    assert inner.embedded == ["Milch", "Milch"]


def test_no_texts_give_no_rows() -> None:
    assert RecentEmbedder(HashEmbedder()).encode([], "query").vectors.shape == (0, 64)


def test_the_longest_unused_goes_first_and_the_limit_holds() -> None:
    inner = HashEmbedder()
    one = inner.encode(["x"], "query")
    inner.embedded.clear()
    recent = RecentEmbedder(inner, most_bytes=2 * (one.vectors.nbytes + one.tokens[0].nbytes))
    for word in ("a", "b", "a", "c", "a", "b"):
        recent.encode([word], "query")
    assert inner.embedded == ["a", "b", "c", "b"]


def test_a_text_larger_than_the_limit_is_embedded_and_not_kept() -> None:
    inner = HashEmbedder()
    recent = RecentEmbedder(inner, most_bytes=10)
    for _ in range(2):
        assert_same(recent.encode(WORDS, "query"), HashEmbedder().encode(WORDS, "query"))
    assert inner.embedded == WORDS * 2


def test_threads_may_share_it() -> None:
    recent = RecentEmbedder(HashEmbedder(), most_bytes=5_000)
    asked = [f"Frage {i % 7}" for i in range(200)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda text: recent.encode([text], "query"), asked))
    for text, encoded in zip(asked, found, strict=True):
        assert_same(encoded, HashEmbedder().encode([text], "query"))
