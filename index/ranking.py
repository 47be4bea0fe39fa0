"""Which passages come into question for a question, and what speaks for each of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.background import load_background
from index.evidence import EncodedQuestion, Evidence, PassageViews
from index.passage import Document, Passage
from index.scoring import Scale, Weights, passage_scores
from index.vectors import NearestRows, Vectors
from index.views import View
from index.words import WordIndex

_ALL_UP_TO = 256  # passages; with fewer, all are candidates
_NEAREST_VIEWS = 512
_NEAREST_IN_WORDS = 32
_WITH_TOKENS = 24  # late interaction costs 0.1 ms a passage; recall@24 without it is above 0.99

_WORDED = {"whole", "rendering", "question"}


class Ranker:
    """Gathers evidence in two rounds: cheap for many passages, then dear for the best of them."""

    def __init__(
        self,
        documents: Sequence[Document],
        views: Sequence[View],
        vectors: Vectors,
        tokens: NDArray[np.float16],
        token_ends: NDArray[np.int64],
        nearest: NearestRows,
        weights: Weights,
    ) -> None:
        """Rank the passages of ``documents``; the arrays are those of an index."""
        self.weights = weights
        self.passages: list[tuple[Document, Passage]] = [
            (document, passage) for document in documents for passage in document.passages
        ]
        self._views = PassageViews(views, vectors, tokens, token_ends)
        self._owners = np.array([view.passage for view in views], np.int64)
        self._nearest = nearest
        self._words = _index_words(views, len(self.passages))
        self._introduction = np.array(
            [passage.kind == "introduction" for _, passage in self.passages], bool
        )

    def gather(
        self, question: EncodedQuestion, allowed: NDArray[np.bool_] | None = None
    ) -> Evidence:
        """First round: the passages nearest by any view or by words, without ``tokens``.

        Args:
            question: The question.
            allowed: Which passages may be found, (passages,); None for all.
        """
        shares = self._words.shares(question.text)
        everything = np.arange(len(self.passages))
        candidates = everything if allowed is None else everything[allowed]
        if len(candidates) > _ALL_UP_TO:
            rows = None if allowed is None else np.flatnonzero(allowed[self._owners])
            by_view = self._owners[self._nearest.nearest(question.vector, _NEAREST_VIEWS, rows)]
            by_word = candidates[np.argsort(-shares[candidates], kind="stable")[:_NEAREST_IN_WORDS]]
            candidates = np.union1d(by_view, by_word)
        return self._views.evidence(question, candidates, shares)

    def deepen(self, question: EncodedQuestion, evidence: Evidence, scale: Scale) -> Evidence:
        """Second round: ``tokens`` for the passages that are best so far; the others drop out."""
        best = evidence.best(self.scores(evidence, scale), _WITH_TOKENS)
        return self._views.with_tokens(question, best)

    def scores(self, evidence: Evidence, scale: Scale) -> NDArray[np.float32]:
        """The score of each passage in ``evidence``; see ``passage_scores``."""
        return passage_scores(evidence, scale, self._introduction[evidence.passages], self.weights)

    def certainty(self, evidence: Evidence, scale: Scale) -> float:
        """How surely the best passage in ``evidence`` answers, in standard deviations."""
        row = int(self.scores(evidence, scale).argmax())
        best = Evidence(evidence.passages[[row]], evidence.table[[row]], evidence.views[[row]])
        introduction = self._introduction[best.passages]
        return float(passage_scores(best, scale, introduction, self.weights.of_certainty())[0])


def _index_words(views: Sequence[View], passages: int) -> WordIndex:
    texts = [""] * passages
    for view in views:
        if view.kind in _WORDED:
            texts[view.passage] += f"{view.text}\n"
    background = load_background()
    return WordIndex(texts, [*background.questions, *background.passages])
