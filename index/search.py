"""From a question to the passages that answer it, best first, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from index.background import load_background
from index.contents import IndexContents
from index.evidence import KINDS, EncodedQuestion, Evidence, encode_question
from index.hits import ANSWER_SCORE, Finding, Hit, Verdict, Wanted
from index.passage import Document, Language, Passage, Span
from index.question import QuestionReader
from index.ranking import Ranker
from index.scoring import BackgroundQuestions, Calibration, margin
from index.vectors import Embedder, encode_twice
from index.views import make_views


class Searcher:
    """Finds passages in an index; nothing in it changes, so threads may share it."""

    def __init__(self, contents: IndexContents, embedder: Embedder) -> None:
        """Search ``contents`` with the model they were built with."""
        self._contents = contents
        self._embedder = embedder
        self._background = BackgroundQuestions(contents.arrays.background)
        self._ranker = Ranker(contents)
        self._reader = QuestionReader(
            load_background(), lambda: (view.text for view in make_views(contents.documents))
        )

    @property
    def documents(self) -> tuple[Document, ...]:
        """The texts of the index, in order of their names."""
        return self._contents.documents

    def search(
        self,
        questions: Sequence[str],
        language: Language,
        *,
        top: int = 3,
        documents: Collection[str] | None = None,
    ) -> list[Finding]:
        """Find passages for each of ``questions``; ``Wanted`` tells what the arguments are."""
        return self.search_together([Wanted(questions, language, top, documents)])[0]

    def search_together(self, wanted: Sequence[Wanted]) -> list[list[Finding]]:
        """Do several searches at once, all their questions embedded together, which costs less.

        Returns:
            For each search a finding for each of its questions; the same as if done alone.
        """
        texts = [text for one in wanted for text in one.read()]
        if not texts:
            return [[] for _ in wanted]
        read = [self._reader.read(text, one.language) for one in wanted for text in one.read()]
        cores = [reading.core for reading in read]
        vectors, encoded = encode_twice(self._embedder, texts, cores)
        nearness = self._background.nearness(vectors)
        found, row = [], 0
        for one in wanted:
            allowed = self._allowed(one.documents)
            findings = []
            for _ in one.questions:
                text = read[row].corrected
                question = encode_question(encoded, row, text, one.language, self._contents.centres)
                calibration = self._contents.calibrations[one.language]
                near = float(nearness[row])
                findings.append(self._find(question, near, calibration, allowed, one.top))
                row += 1
            found.append(findings)
        return found

    def _allowed(self, documents: Collection[str] | None) -> NDArray[np.bool_] | None:
        if documents is None or {d.name for d in self._contents.documents} <= set(documents):
            return None
        ours = self._contents.documents
        return np.repeat(
            [document.name in documents for document in ours],
            [len(document.passages) for document in ours],
        )

    def _find(
        self,
        question: EncodedQuestion,
        nearness: float,
        calibration: Calibration,
        allowed: NDArray[np.bool_] | None,
        top: int,
    ) -> Finding:
        scale = calibration.scale
        gathered = self._ranker.gather(question, allowed)
        if not len(gathered.passages):
            return Finding("none", ())
        evidence = self._ranker.deepen(question, gathered, scale)
        scores = self._ranker.scores(evidence, scale)
        order = np.argsort(-scores, kind="stable")[: max(top, 1)]
        certainty = self._ranker.certainty(evidence, scale)
        best = margin(certainty, nearness, scale, self._contents.weights)
        margins = [best - float(scores[order[0]] - scores[i]) for i in order]
        hits = [
            self._hit(evidence, int(i), value, calibration)
            for i, value in zip(order, margins, strict=True)
        ]
        return Finding(_verdict(margins[0], calibration), tuple(hits[:top]))

    def _hit(self, evidence: Evidence, row: int, margin_: float, calibration: Calibration) -> Hit:
        document, passage = self._ranker.passages[int(evidence.passages[row])]
        above = calibration.scale.above(evidence.table[row])
        return Hit(
            document,
            passage,
            ANSWER_SCORE + math.atan((margin_ - calibration.answer) / 2) / math.pi,
            self._highlight(passage, int(evidence.views[row])),
            {kind: float(v) for kind, v in zip(KINDS, above, strict=True) if not np.isnan(v)},
        )

    def _highlight(self, passage: Passage, view: int) -> Span | None:
        if view < 0 or len(passage.sentences) == 1:
            return None
        sentence = int(self._contents.views.sentences[view])
        return None if sentence < 0 else passage.sentences[sentence]


def _verdict(best: float, calibration: Calibration) -> Verdict:
    if best >= calibration.answer:
        return "answer"
    return "unsure" if best >= calibration.unsure else "none"
