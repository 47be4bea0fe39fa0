"""How much speaks for each passage: five kinds of evidence, from whole texts down to words.

``whole`` and ``sentence`` compare the question's vector with those of the passage and of its best
sentence. ``tokens`` lets each token of the question find its nearest token in the passage and
averages (late interaction as in ColBERT, Khattab and Zaharia 2020, over the states the model has
computed anyway). ``words`` is shared wording. ``asked`` is the nearest of the questions that the
text's keeper wrote down for the passage. A translation beside the source counts like the source:
the nearer of the two speaks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.passage import Language
from index.vectors import Encoded, Vectors, unit, widen
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
_MOST_KEPT = 4_000_000  # bytes; some 2,600 tokens
TOKENS, _WORDS = KINDS.index("tokens"), KINDS.index("words")


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
        passages: Their positions, (passages,).
        table: (passages, kinds), higher is nearer; NaN where a passage has no such view.
        views: For each passage the view whose sentence is nearest, or -1.
    """

    passages: NDArray[np.int64]
    table: NDArray[np.float32]
    views: NDArray[np.int64]

    def best(self, scores: NDArray[np.float32], count: int) -> Evidence:
        """The evidence of the ``count`` passages with the highest scores, ties in order."""
        chosen = np.sort(np.argsort(-scores, kind="stable")[:count])
        return Evidence(self.passages[chosen], self.table[chosen], self.views[chosen])


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
        self._kept: tuple[bytes, Vectors, NDArray[np.int64]] | None = None
        owners = views.passages
        self.passages = int(owners[-1]) + 1 if len(owners) else 0
        self._starts = np.searchsorted(owners, np.arange(self.passages + 1))
        self._token_starts = np.concatenate([[0], token_ends]).astype(np.int64)
        self._groups = np.array([_GROUPS[kind] for kind in VIEW_KINDS], np.int8)[views.kinds]

    def evidence(
        self, question: EncodedQuestion, passages: NDArray[np.int64], words: NDArray[np.float32]
    ) -> Evidence:
        """What speaks for ``passages``, all but ``tokens``, which is dear and left NaN.

        Args:
            question: The question.
            passages: Their positions.
            words: Share of the question's wording that each of them has, (passages,).
        """
        if not len(passages):
            nothing = np.empty((0, len(KINDS)), np.float32)
            return Evidence(passages, nothing, np.empty(0, np.int64))
        rows, firsts = _ranges(self._starts, passages)
        scores = self._vectors[rows] @ question.vector
        groups = self._groups[rows]
        table = np.full((len(passages), len(KINDS)), np.nan, np.float32)
        for group in set(_GROUPS.values()):
            shown = np.where(groups == group, scores, -np.inf)
            best = np.maximum.reduceat(shown, firsts)
            table[:, group] = np.where(np.isfinite(best), best, np.nan)
        table[:, 1] = np.where(np.isnan(table[:, 1]), table[:, 0], table[:, 1])
        table[:, _WORDS] = words
        return Evidence(passages, table, self._nearest_sentences(rows, firsts, scores))

    def with_tokens(self, question: EncodedQuestion, evidence: Evidence) -> Evidence:
        """The same evidence with ``tokens`` filled in, where the model has token states."""
        table = evidence.table.copy()
        table[:, TOKENS] = self._late_interaction(question, evidence.passages)
        return Evidence(evidence.passages, table, evidence.views)

    def _late_interaction(
        self, question: EncodedQuestion, passages: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        found = np.full(len(passages), np.nan, np.float32)
        with_tokens = self._token_starts[passages + 1] > self._token_starts[passages]
        if len(question.tokens) and with_tokens.any():
            tokens, firsts = self._tokens_of(passages[with_tokens])
            likeness = tokens @ question.tokens.T
            found[with_tokens] = np.maximum.reduceat(likeness, firsts, axis=0).mean(axis=1)
        return found

    def _tokens_of(self, passages: NDArray[np.int64]) -> tuple[Vectors, NDArray[np.int64]]:
        """The tokens of passages, one after the other, and where each passage's begin.

        The last ones are kept if they are few: of a small text every question needs the same.
        """
        key = passages.tobytes()
        kept = self._kept
        if kept is not None and kept[0] == key:
            return kept[1:]
        rows, firsts = _ranges(self._token_starts, passages)
        tokens = widen(self._tokens[rows])
        if tokens.nbytes <= _MOST_KEPT:
            self._kept = key, tokens, firsts
        return tokens, firsts

    def _nearest_sentences(
        self, rows: NDArray[np.int64], firsts: NDArray[np.int64], scores: Vectors
    ) -> NDArray[np.int64]:
        shown = np.where(self._groups[rows] == 1, scores, -np.inf)
        best = np.maximum.reduceat(shown, firsts)
        is_best = shown == np.repeat(best, np.diff(firsts, append=len(rows)))
        places = np.minimum.reduceat(np.where(is_best, np.arange(len(rows)), len(rows)), firsts)
        return np.where(best > -1, rows[places], -1)


def _ranges(
    starts: NDArray[np.int64], chosen: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The rows of the chosen stretches, one after the other, and where each stretch begins."""
    lengths = starts[chosen + 1] - starts[chosen]
    firsts = np.cumsum(lengths) - lengths
    rows = np.arange(lengths.sum()) + np.repeat(starts[chosen] - firsts, lengths)
    return rows, firsts
