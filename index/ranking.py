"""Which passages come into question for a question, and what speaks for each of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.contents import IndexContents
from index.evidence import EncodedQuestion, Evidence, PassageViews
from index.mapped import let_go
from index.scoring import Scale, passage_scores

_ALL_UP_TO = 256  # passages; with fewer, all are candidates
_NEAREST_VIEWS = 512
_NEAREST_IN_WORDS = 32
_WITH_TOKENS = 24  # late interaction costs 0.1 ms a passage; recall@24 without it is above 0.99


class Ranker:
    """Gathers evidence in two rounds: cheap for many passages, then dear for the best of them."""

    def __init__(self, contents: IndexContents) -> None:
        """Rank the passages of an index; its calibrations are not needed."""
        arrays, views = contents.arrays, contents.views
        self.weights = contents.weights
        self.passages = contents.passages()
        self._views = PassageViews(views, arrays.vectors, arrays.tokens, arrays.token_ends)
        self._vectors, self._tokens = arrays.vectors, arrays.tokens
        self._owners = views.passages
        self._nearest = contents.nearest
        self._words = contents.words
        self._introduction = np.array(
            [passage.kind == "introduction" for _, passage in self.passages], bool
        )

    def gather(
        self, questions: Sequence[EncodedQuestion], allowed: NDArray[np.bool_] | None = None
    ) -> list[Evidence]:
        """First round: the passages nearest by any view or by words, without ``tokens``.

        Args:
            questions: The questions.
            allowed: Which passages may be found, (passages,); None for all.
        """
        candidates = self._candidates(questions, allowed)
        shares = [
            self._words.shares(question.text, own)
            for question, own in zip(questions, candidates, strict=True)
        ]
        evidence = self._views.evidence(questions, candidates, shares)
        let_go(self._vectors)
        return evidence

    def _candidates(
        self, questions: Sequence[EncodedQuestion], allowed: NDArray[np.bool_] | None
    ) -> list[NDArray[np.int64]]:
        """Positions of the passages worth a closer look, ascending, for each question."""
        if allowed is None and len(self.passages) <= _ALL_UP_TO:
            return [np.arange(len(self.passages))] * len(questions)
        if allowed is not None and np.count_nonzero(allowed) <= _ALL_UP_TO:
            return [np.flatnonzero(allowed)] * len(questions)
        rows = None if allowed is None else np.flatnonzero(allowed[self._owners])
        vectors = np.array([question.vector for question in questions])
        near = self._nearest.nearest_to_each(vectors, _NEAREST_VIEWS, rows)
        return [
            np.union1d(
                self._owners[views],
                self._words.likely(question.text, _NEAREST_IN_WORDS, allowed),
            )
            for question, views in zip(questions, near, strict=True)
        ]

    def deepen(
        self, questions: Sequence[EncodedQuestion], evidence: Sequence[Evidence], scale: Scale
    ) -> list[Evidence]:
        """Second round: ``tokens`` for the passages that are best so far; the others drop out."""
        best = [own.best(self.scores(own, scale), _WITH_TOKENS) for own in evidence]
        deepened = self._views.with_tokens(questions, best)
        let_go(self._tokens)
        return deepened

    def nearest_sentence(self, question: EncodedQuestion, passage: int) -> int:
        """The view of the passage's sentence that is nearest, or -1."""
        return self._views.nearest_sentence(question, passage)

    def scores(self, evidence: Evidence, scale: Scale) -> NDArray[np.float32]:
        """The score of each passage in ``evidence``; see ``passage_scores``."""
        return passage_scores(evidence, scale, self._introduction[evidence.passages], self.weights)

    def certainty(self, evidence: Evidence, scale: Scale) -> float:
        """How surely the best passage in ``evidence`` answers, in standard deviations."""
        row = int(self.scores(evidence, scale).argmax())
        best = Evidence(evidence.passages[[row]], evidence.table[[row]])
        introduction = self._introduction[best.passages]
        return float(passage_scores(best, scale, introduction, self.weights.of_certainty())[0])
