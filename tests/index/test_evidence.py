"""Each kind of evidence is what its definition says, for any choice of passages."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from index.evidence import (
    KINDS,
    Centres,
    EncodedQuestion,
    Evidence,
    PassageViews,
    encode_question,
)
from index.vectors import Encoded, Vectors, unit
from index.views import View, ViewKind, ViewTable

DIMENSION = 8
WHOLE, SENTENCE, TOKENS, WORDS, ASKED = range(5)
LAYOUT: list[list[ViewKind]] = [
    ["whole"],
    ["whole", "title", "sentence", "sentence", "question"],
    ["whole", "sentence", "sentence"],
    ["whole", "rendering", "rendered_sentence"],
    ["whole", "sentence", "sentence", "rendering", "rendered_sentence", "question", "question"],
]


@dataclass
class Table:
    """Views with random vectors, and a question with a random one."""

    views: list[View]
    vectors: Vectors
    tokens: Vectors
    ends: NDArray[np.int64]
    question: EncodedQuestion
    words: NDArray[np.float32]

    @property
    def sides(self) -> PassageViews:
        return PassageViews(ViewTable.of(self.views), self.vectors, self.tokens, self.ends)

    def cosines(self, passage: int, *kinds: ViewKind) -> list[float]:
        return [
            float(vector @ self.question.vector)
            for view, vector in zip(self.views, self.vectors, strict=True)
            if view.passage == passage and view.kind in kinds
        ]


def make_table(seed: int = 0, counts: tuple[int, ...] = (2, 1, 4, 3, 1)) -> Table:
    random = np.random.default_rng(seed)

    def rows(count: int) -> Vectors:
        return unit(random.standard_normal((count, DIMENSION)).astype(np.float32))

    views = [
        View(passage, kind, f"{passage} {kind} {i}", i if "sentence" in kind else None)
        for passage, kinds in enumerate(LAYOUT)
        for i, kind in enumerate(kinds)
    ]
    return Table(
        views,
        rows(len(views)),
        rows(sum(counts)),
        np.cumsum(counts),
        EncodedQuestion("question", rows(1)[0], rows(3)),
        random.random(len(LAYOUT)).astype(np.float32),
    )


def all_of(table: Table) -> Evidence:
    return table.sides.evidence(table.question, np.arange(len(LAYOUT)), table.words)


@pytest.mark.parametrize("seed", range(5))
def test_whole_is_the_nearer_of_passage_and_translation(seed: int) -> None:
    table = make_table(seed)
    expected = [max(table.cosines(i, "whole", "rendering")) for i in range(len(LAYOUT))]
    assert all_of(table).table[:, WHOLE] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_sentence_is_the_nearest_sentence_or_the_whole_where_there_is_none(seed: int) -> None:
    table = make_table(seed)
    kinds: tuple[ViewKind, ...] = ("title", "sentence", "rendered_sentence")
    expected = [
        max(table.cosines(i, *kinds) or table.cosines(i, "whole", "rendering"))
        for i in range(len(LAYOUT))
    ]
    assert all_of(table).table[:, SENTENCE] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_asked_is_the_nearest_question_and_missing_where_none_was_written(seed: int) -> None:
    table = make_table(seed)
    expected = [max(table.cosines(i, "question"), default=np.nan) for i in range(len(LAYOUT))]
    assert all_of(table).table[:, ASKED] == pytest.approx(expected, abs=1e-6, nan_ok=True)


def test_words_are_taken_over() -> None:
    table = make_table()
    assert all_of(table).table[:, WORDS] == pytest.approx(table.words)


def test_tokens_are_missing_until_asked_for_and_nothing_else_changes() -> None:
    table = make_table()
    shallow = all_of(table)
    deep = table.sides.with_tokens(table.question, shallow)
    others = [i for i in range(len(KINDS)) if i != TOKENS]
    assert np.isnan(shallow.table[:, TOKENS]).all()
    assert np.isfinite(deep.table[:, TOKENS]).all()
    assert np.array_equal(deep.table[:, others], shallow.table[:, others], equal_nan=True)


@pytest.mark.parametrize("kept", [np.float32, np.float16])
def test_tokens_are_the_mean_of_each_question_tokens_nearest(kept: type[np.float32]) -> None:
    table = make_table()
    sides = PassageViews(
        ViewTable.of(table.views), table.vectors, table.tokens.astype(kept), table.ends
    )
    found = sides.with_tokens(table.question, all_of(table)).table[:, TOKENS]
    expected = [
        (table.question.tokens @ states.T).max(axis=1).mean()
        for states in np.split(table.tokens, table.ends[:-1])
    ]
    assert found == pytest.approx(expected, abs=1e-2 if kept is np.float16 else 1e-6)


@given(st.sets(st.integers(0, len(LAYOUT) - 1), min_size=1), st.integers(0, 99))
def test_some_passages_get_the_evidence_they_get_among_all(chosen: set[int], seed: int) -> None:
    table = make_table(seed)
    passages = np.array(sorted(chosen))
    whole = table.sides.with_tokens(table.question, all_of(table))
    some = table.sides.evidence(table.question, passages, table.words[passages])
    some = table.sides.with_tokens(table.question, some)
    assert some.passages.tolist() == passages.tolist()
    assert np.allclose(some.table, whole.table[passages], atol=1e-5, equal_nan=True)
    assert some.views.tolist() == whole.views[passages].tolist()


def test_passages_asked_for_again_or_others_get_their_own_token_evidence() -> None:
    table = make_table()
    first = table.sides.with_tokens(table.question, all_of(table)).table
    for chosen in ([1, 2, 4], [1, 2, 4], [0, 3, 4], [1, 2, 4]):
        passages = np.array(chosen)
        some = table.sides.evidence(table.question, passages, table.words[passages])
        found = table.sides.with_tokens(table.question, some).table
        assert np.allclose(found, first[chosen], atol=1e-5, equal_nan=True)


def test_the_view_named_is_the_nearest_sentence_of_its_passage() -> None:
    for seed in range(20):
        table = make_table(seed)
        evidence = all_of(table)
        for passage, place in enumerate(evidence.views.tolist()):
            if LAYOUT[passage] == ["whole"]:
                assert place == -1
            else:
                view = table.views[place]
                assert view.passage == passage
                assert view.kind in {"title", "sentence", "rendered_sentence"}
                cosine = float(table.vectors[place] @ table.question.vector)
                assert cosine == pytest.approx(evidence.table[passage, SENTENCE], abs=1e-6)


def test_a_question_without_tokens_has_no_token_evidence() -> None:
    table = make_table()
    mute = EncodedQuestion("", table.question.vector, table.question.tokens[:0])
    assert np.isnan(table.sides.with_tokens(mute, all_of(table)).table[:, TOKENS]).all()


def test_a_model_without_tokens_has_no_token_evidence() -> None:
    table = make_table(counts=(0, 0, 0, 0, 0))
    found = table.sides.with_tokens(table.question, all_of(table)).table
    assert np.isnan(found[:, TOKENS]).all()


@pytest.mark.parametrize("counts", [(0, 1, 4, 3, 1), (2, 1, 0, 3, 1), (2, 1, 4, 3, 0)])
def test_a_passage_without_tokens_has_no_token_evidence(counts: tuple[int, ...]) -> None:
    table = make_table(counts=counts)
    found = table.sides.with_tokens(table.question, all_of(table)).table[:, TOKENS]
    assert np.isnan(found).tolist() == [count == 0 for count in counts]


def test_the_best_are_those_of_the_highest_scores_in_order_of_the_sources() -> None:
    evidence = all_of(make_table())
    scores = np.array([0.5, 2.0, 0.5, -1.0, 0.5], np.float32)
    assert evidence.best(scores, 3).passages.tolist() == [0, 1, 2]
    assert evidence.best(scores, 1).passages.tolist() == [1]
    assert evidence.best(scores, 99).passages.tolist() == [0, 1, 2, 3, 4]
    best = evidence.best(scores, 2)
    assert np.array_equal(best.table, evidence.table[[0, 1]], equal_nan=True)
    assert best.views.tolist() == evidence.views[[0, 1]].tolist()


def test_question_tokens_are_centred_for_their_language() -> None:
    random = np.random.default_rng(3)
    states = random.standard_normal((4, DIMENSION)).astype(np.float32)
    vectors = unit(random.standard_normal((2, DIMENSION)).astype(np.float32))
    encoded = Encoded(vectors, (states[:0], states))
    german, english = np.full((2, DIMENSION), 0.5, np.float32) * [[1], [-1]]
    centres = Centres(
        {"de": german.astype(np.float32), "en": english.astype(np.float32)},
        np.zeros(DIMENSION, np.float32),
    )
    question = encode_question(encoded, 1, "Was?", "de", centres)
    assert question.text == "Was?"
    assert np.array_equal(question.vector, vectors[1])
    assert np.allclose(question.tokens, unit(states - german), atol=1e-6)
    other = encode_question(encoded, 1, "What?", "en", centres)
    assert not np.allclose(question.tokens, other.tokens)
    assert encode_question(encoded, 0, "", "de", centres).tokens.shape == (0, DIMENSION)
