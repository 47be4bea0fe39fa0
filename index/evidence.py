"""How much speaks for each passage: five kinds of evidence, from whole texts down to words.

``whole`` and ``sentence`` compare the question's vector with those of the passage and of its best
sentence. ``tokens`` lets each token of the question find its nearest token in the passage and
averages (late interaction as in ColBERT, Khattab and Zaharia 2020, over the states the model has
computed anyway). ``words`` is shared wording. ``asked`` is the nearest of the questions that the
text's keeper wrote down for the passage. A translation beside the source counts like the source:
the nearer of the two speaks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.passage import Language
from index.vectors import Encoded, Vectors, best_rows, unit, widen
from index.views import KINDS as VIEW_KINDS
from index.views import ViewKind, ViewTable

KINDS = ("whole", "sentence", "tokens", "words", "asked")
"""The kinds of evidence, in the order of the columns."""

_GROUPS: dict[ViewKind, int] = {
    "whole": 0,
    "rendering": 0,
    "title": 1,
    "sentence": 1,
    "rendered_sentence": 1,
    "question": 4,
}
_WHOLE, _SENTENCE, TOKENS, _WORDS = (KINDS.index(kind) for kind in KINDS[:4])
_SHARED_BY = 4  # questions; with fewer to a passage, reading it once for all of them does not pay
_BLOCK = 1_024  # passages compared with many questions at once: some ten megabytes of figures


@dataclass(frozen=True, slots=True)
class Centres:
    """Where the model's token states gather; taken away before tokens are compared.

    Attributes:
        question: Mean state of question tokens by language, (dimension,) each.
        passage: Mean state of passage tokens, (dimension,).
    """

    question: dict[Language, Vectors]
    passage: Vectors


@dataclass(frozen=True, slots=True)
class EncodedQuestion:
    """A question ready to be compared.

    Attributes:
        text: Its words.
        vector: (dimension,), unit length.
        tokens: (tokens, dimension), centred, unit length.
    """

    text: str
    vector: Vectors
    tokens: Vectors


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for some passages.

    Attributes:
        passages: Their positions, (passages,), ascending.
        table: (passages, kinds), higher is nearer; NaN where a passage has no such view.
    """

    passages: NDArray[np.int64]
    table: NDArray[np.float32]

    def best(self, scores: NDArray[np.float32], count: int) -> Evidence:
        """The evidence of the ``count`` passages with the highest scores, ties in order."""
        chosen = np.sort(best_rows(scores, count))
        return Evidence(self.passages[chosen], self.table[chosen])


def encode_question(
    encoded: Encoded, row: int, text: str, language: Language, centres: Centres
) -> EncodedQuestion:
    """One question out of a batch, its tokens centred for its language."""
    tokens = unit(encoded.tokens[row] - centres.question[language])
    return EncodedQuestion(text, encoded.vectors[row], tokens)


class PassageViews:
    """All views of all passages, side by side, and the evidence they give."""

    def __init__(
        self,
        views: ViewTable,
        vectors: Vectors,
        tokens: NDArray[np.floating[Any]],
        token_ends: NDArray[np.int64],
    ) -> None:
        """Hold the views, grouped by passage.

        Args:
            views: In order of their passages; every passage has at least one.
            vectors: One row a view, unit length.
            tokens: Passage tokens one passage after the other, centred, unit length; any float
                type.
            token_ends: For each passage where its tokens end in ``tokens``.
        """
        self._vectors = vectors
        self._tokens = tokens
        owners = views.passages
        self.passages = int(owners[-1]) + 1 if len(owners) else 0
        self._starts = np.searchsorted(owners, np.arange(self.passages + 1))
        self._token_starts = np.concatenate([[0], token_ends]).astype(np.int64)
        self._groups = np.array([_GROUPS[kind] for kind in VIEW_KINDS], np.int8)[views.kinds]

    def evidence(
        self,
        questions: Sequence[EncodedQuestion],
        passages: Sequence[NDArray[np.int64]],
        words: Sequence[NDArray[np.float32]],
    ) -> list[Evidence]:
        """What speaks for ``passages``, all but ``tokens``, which is dear and left NaN.

        Args:
            questions: The questions.
            passages: For each of them the positions of passages, ascending.
            words: Share of the question's wording that each of these has.
        """
        vectors = np.array([question.vector for question in questions])
        views = (self._starts[own + 1] - self._starts[own] for own in passages)
        if sum(int(counts.sum()) for counts in views) < len(self._vectors):
            tables = [
                self._likeness(*_ranges(self._starts, own), vector[None])[..., 0]
                for own, vector in zip(passages, vectors, strict=True)
            ]
        else:
            tables = self._likeness_of_many(passages, vectors)
        for table, shares in zip(tables, words, strict=True):
            table[:, _WORDS] = shares
        return list(map(Evidence, passages, tables))

    def with_tokens(
        self, questions: Sequence[EncodedQuestion], evidence: Sequence[Evidence]
    ) -> list[Evidence]:
        """Each question's evidence with ``tokens`` filled in, where the model has token states."""
        found = self._late_interaction(questions, [own.passages for own in evidence])
        deepened = []
        for own, tokens in zip(evidence, found, strict=True):
            table = own.table.copy()
            table[:, TOKENS] = tokens
            deepened.append(Evidence(own.passages, table))
        return deepened

    def nearest_sentence(self, question: EncodedQuestion, passage: int) -> int:
        """The view whose sentence is nearest among those of a passage, or -1 if it has none."""
        rows = np.arange(self._starts[passage], self._starts[passage + 1])
        rows = rows[self._groups[rows] == _SENTENCE]
        return int(rows[(self._vectors[rows] @ question.vector).argmax()]) if len(rows) else -1

    def _likeness(
        self, rows: NDArray[np.int64] | slice, firsts: NDArray[np.int64], vectors: Vectors
    ) -> NDArray[np.float32]:
        """How near questions come to the nearest view of each kind, (passages, kinds, questions).

        Args:
            rows: All views of the passages, one passage after the other.
            firsts: Where in ``rows`` each passage's begin, (passages,).
            vectors: Of the questions, (questions, dimension).
        """
        table = np.full((len(firsts), len(KINDS), len(vectors)), np.nan, np.float32)
        if not len(firsts):
            return table
        scores = self._vectors[rows] @ vectors.T
        groups = self._groups[rows, None]
        for group in set(_GROUPS.values()):
            if (groups == group).any():
                best = np.maximum.reduceat(np.where(groups == group, scores, -np.inf), firsts)
                table[:, group] = np.where(np.isfinite(best), best, np.nan)
        sentence, whole = table[:, _SENTENCE], table[:, _WHOLE]
        np.copyto(sentence, whole, where=np.isnan(sentence))
        return table

    def _likeness_of_many(
        self, passages: Sequence[NDArray[np.int64]], vectors: Vectors
    ) -> list[NDArray[np.float32]]:
        """``_likeness`` of each question with its own passages, from one product over all views."""
        tables = [np.empty((len(own), len(KINDS)), np.float32) for own in passages]
        for start in range(0, self.passages, _BLOCK):
            firsts = self._starts[start : start + _BLOCK + 1]
            rows = slice(int(firsts[0]), int(firsts[-1]))
            block = self._likeness(rows, firsts[:-1] - firsts[0], vectors)
            for place, own in enumerate(passages):
                low, high = np.searchsorted(own, [start, start + _BLOCK])
                tables[place][low:high] = block[own[low:high] - start, :, place]
        return tables

    def _late_interaction(
        self, questions: Sequence[EncodedQuestion], passages: Sequence[NDArray[np.int64]]
    ) -> list[NDArray[np.float32]]:
        """Question by question, or passage by passage where many ask for the same ones."""
        wanted = np.concatenate(passages)
        if len(wanted) < _SHARED_BY * len(np.unique(wanted)):
            return list(map(self._late_interaction_of_one, questions, passages))
        asked = np.concatenate([question.tokens for question in questions])
        starts = np.cumsum([0, *(len(question.tokens) for question in questions)])
        sizes = [len(own) for own in passages]
        owners = np.repeat(np.arange(len(sizes)), sizes)
        found = np.full(len(wanted), np.nan, np.float32)
        has_tokens = (np.diff(starts)[owners] > 0) & self._have_tokens(wanted)
        order = np.argsort(wanted, kind="stable")
        order = order[has_tokens[order]]
        cuts = np.flatnonzero(np.diff(wanted[order])) + 1
        for places in np.split(order, cuts) if len(order) else ():
            passage = wanted[places[0]]
            start, end = self._token_starts[passage : passage + 2]
            rows, firsts = _ranges(starts, owners[places])
            nearest = (asked[rows] @ widen(self._tokens[start:end]).T).max(axis=1)
            found[places] = np.add.reduceat(nearest, firsts) / np.diff(firsts, append=len(rows))
        return np.split(found, np.cumsum(sizes)[:-1])

    def _late_interaction_of_one(
        self, question: EncodedQuestion, passages: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        found = np.full(len(passages), np.nan, np.float32)
        has_tokens = self._have_tokens(passages)
        if len(question.tokens) and has_tokens.any():
            rows, firsts = _ranges(self._token_starts, passages[has_tokens])
            likeness = widen(self._tokens[rows]) @ question.tokens.T
            found[has_tokens] = np.maximum.reduceat(likeness, firsts, axis=0).mean(axis=1)
        return found

    def _have_tokens(self, passages: NDArray[np.int64]) -> NDArray[np.bool_]:
        return self._token_starts[passages + 1] > self._token_starts[passages]


def _ranges(
    starts: NDArray[np.int64], chosen: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The rows of the chosen stretches, one after the other, and where each stretch begins."""
    lengths = starts[chosen + 1] - starts[chosen]
    firsts = np.cumsum(lengths) - lengths
    rows = np.arange(lengths.sum()) + np.repeat(starts[chosen] - firsts, lengths)
    return rows, firsts
