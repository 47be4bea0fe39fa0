"""From a question to the passages that answer it, best first, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from index.background import LANGUAGES, load_background
from index.contents import IndexContents
from index.evidence import KINDS, EncodedQuestion, Evidence, encode_question
from index.hits import ANSWER_SCORE, Finding, Hit, Verdict, Wanted
from index.passage import Document, Language, Span
from index.ranking import Ranker
from index.scoring import BackgroundQuestions, Calibration, margin
from index.spelling import Spelling
from index.vectors import Embedder, Encoded
from index.views import make_views

_AT_ONCE = 32
"""Questions embedded in one go."""


class Searcher:
    """Finds passages in an index; nothing in it changes, so threads may share it."""

    def __init__(self, contents: IndexContents, embedder: Embedder) -> None:
        """Search ``contents`` with the model they were built with."""
        self._contents = contents
        self._embedder = embedder
        self._background = BackgroundQuestions(contents.arrays.background)
        self._ranker = Ranker(contents)
        self._spelling = {language: self._spelling_in(language) for language in LANGUAGES}

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
        texts = [self._spelling[one.language].corrected(q) for one in wanted for q in one.read()]
        owners = [one for one in wanted for _ in one.questions]
        found: dict[int, Finding] = {}
        for rows, encoded in self._encoded(texts):
            found.update(self._find_all(rows, encoded, texts, owners))
        ordered = iter(sorted(found))
        return [[found[next(ordered)] for _ in one.questions] for one in wanted]

    def _encoded(self, texts: Sequence[str]) -> Iterator[tuple[list[int], Encoded]]:
        """All texts embedded, with their positions: some while others are searched for.

        Those of like length come together, as the model reads them at once.
        """
        order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
        parts = [order[start : start + _AT_ONCE] for start in range(0, len(order), _AT_ONCE)]

        def encode(rows: Sequence[int]) -> Encoded:
            return self._embedder.encode([texts[row] for row in rows], "query")

        if len(parts) <= 1:
            yield from zip(parts, map(encode, parts), strict=True)
            return
        with ThreadPoolExecutor(1) as pool:
            yield from zip(parts, pool.map(encode, parts), strict=True)

    def _find_all(
        self, rows: Sequence[int], encoded: Encoded, texts: Sequence[str], owners: Sequence[Wanted]
    ) -> Iterator[tuple[int, Finding]]:
        """What is found for the questions at ``rows``, those among the same documents at once."""
        nearness = self._background.nearness(encoded.vectors).tolist()
        among: dict[frozenset[str] | None, list[int]] = {}
        for place, row in enumerate(rows):
            documents = owners[row].documents
            names = None if documents is None else frozenset(documents)
            among.setdefault(names, []).append(place)
        centres = self._contents.centres
        for names, places in among.items():
            wants = []
            for place in places:
                text, one = texts[rows[place]], owners[rows[place]]
                asked = encode_question(encoded, place, text, one.language, centres)
                wants.append((asked, nearness[place], one))
            found = self._find(wants, self._allowed(names))
            yield from zip((rows[place] for place in places), found, strict=True)

    def _spelling_in(self, language: Language) -> Spelling:
        """Typing errors become words of the texts, or else of the general ones."""

        def words() -> Iterator[str]:
            background = load_background()
            yield from (view.text for view in make_views(self._contents.documents))
            yield from background.asked_in(language)
            yield from background.passages

        return Spelling(words)

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
        wanted: Sequence[tuple[EncodedQuestion, float, Wanted]],
        allowed: NDArray[np.bool_] | None,
    ) -> list[Finding]:
        """What is found for questions, given their nearness to general ones and what is wanted."""
        questions = [question for question, _, _ in wanted]
        calibrations = [self._contents.calibrations[one.language] for _, _, one in wanted]
        gathered = self._ranker.gather(questions, allowed)
        scales = [calibration.scale for calibration in calibrations]
        deep = self._ranker.deepen(questions, gathered, scales)
        return [
            self._finding(question, evidence, near, calibration, one.top)
            for (question, near, one), evidence, calibration in zip(
                wanted, deep, calibrations, strict=True
            )
        ]

    def _finding(
        self,
        question: EncodedQuestion,
        evidence: Evidence,
        nearness: float,
        calibration: Calibration,
        top: int,
    ) -> Finding:
        if not len(evidence.passages):
            return Finding("none", ())
        scale = calibration.scale
        scores = self._ranker.scores(evidence, scale)
        order = np.argsort(-scores, kind="stable")[: max(top, 1)]
        certainty = self._ranker.certainty(evidence, scale)
        best = margin(certainty, nearness, scale, self._contents.weights)
        margins = [best - float(scores[order[0]] - scores[i]) for i in order]
        hits = [
            self._hit(question, evidence, int(i), value, calibration)
            for i, value in zip(order[:top], margins, strict=False)
        ]
        return Finding(_verdict(margins[0], calibration), tuple(hits))

    def _hit(
        self,
        question: EncodedQuestion,
        evidence: Evidence,
        row: int,
        margin_: float,
        calibration: Calibration,
    ) -> Hit:
        place = int(evidence.passages[row])
        document, passage = self._ranker.passages[place]
        above = calibration.scale.above(evidence.table[row])
        return Hit(
            document,
            passage,
            ANSWER_SCORE + math.atan((margin_ - calibration.answer) / 2) / math.pi,
            self._highlight(question, place),
            {kind: float(v) for kind, v in zip(KINDS, above, strict=True) if not np.isnan(v)},
        )

    def _highlight(self, question: EncodedQuestion, place: int) -> Span | None:
        """The sentence of a passage that is nearest, unless it is its only one."""
        sentences = self._ranker.passages[place][1].sentences
        view = -1 if len(sentences) == 1 else self._ranker.nearest_sentence(question, place)
        sentence = -1 if view < 0 else int(self._contents.views.sentences[view])
        return None if sentence < 0 else sentences[sentence]


def _verdict(best: float, calibration: Calibration) -> Verdict:
    if best >= calibration.answer:
        return "answer"
    return "unsure" if best >= calibration.unsure else "none"
