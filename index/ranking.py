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
        few = self._few(allowed)
        near = self._nearest_to_each(questions, allowed) if few is None else []
        candidates, shares = [], []
        for place, question in enumerate(questions):
            wording = self._words.compare(question.text)
            own = few
            if own is None:
                own = np.union1d(near[place], wording.likely(_NEAREST_IN_WORDS, allowed))
            candidates.append(own)
            shares.append(wording.shares(own))
        evidence = self._views.evidence(questions, candidates, shares)
        let_go(self._vectors)
        return evidence

    def _few(self, allowed: NDArray[np.bool_] | None) -> NDArray[np.int64] | None:
        """Positions of all passages that may be found, unless they are many."""
        count = len(self.passages) if allowed is None else np.count_nonzero(allowed)
        if count > _ALL_UP_TO:
            return None
        return np.arange(count) if allowed is None else np.flatnonzero(allowed)

    def _nearest_to_each(
        self, questions: Sequence[EncodedQuestion], allowed: NDArray[np.bool_] | None
    ) -> list[NDArray[np.int32]]:
        """For each question the passages of the views that are nearest to it."""
        rows = None if allowed is None else np.flatnonzero(allowed[self._owners])
        vectors = np.array([question.vector for question in questions])
        near = self._nearest.nearest_to_each(vectors, _NEAREST_VIEWS, rows)
        return [self._owners[views] for views in near]

    def deepen(
        self,
        questions: Sequence[EncodedQuestion],
        evidence: Sequence[Evidence],
        scales: Sequence[Scale],
    ) -> list[Evidence]:
        """Second round: ``tokens`` for the passages that are best so far; the others drop out."""
        best = [
            own.best(self.scores(own, scale), _WITH_TOKENS)
            for own, scale in zip(evidence, scales, strict=True)
        ]
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
