"""What a search is asked and what it finds; light, as whatever answers by number needs it too."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from index.passage import Document, Language, Passage, Span

Verdict = Literal["answer", "unsure", "none"]
"""Whether the best passage answers the question, may answer it, or nothing fits."""

ANSWER_SCORE = 0.5
"""Score of a hit from which it is an answer."""

LONGEST_QUESTION = 2_000
"""Characters of a question that are read: as many as a Discord message has."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One passage found.

    Attributes:
        document: The document it lies in.
        passage: The passage.
        score: How well it fits, 0 to 1, higher is better; an answer from ``ANSWER_SCORE`` on.
        highlight: The sentence that comes nearest to the question, within the passage; None where
            the passage has only one.
        evidence: What speaks for it, by kind, in standard deviations above what a question on
            general topics gets; kinds that the passage lacks are missing.
    """

    document: Document
    passage: Passage
    score: float
    highlight: Span | None
    evidence: dict[str, float]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a search gave: the verdict and the hits, best first, ties in order of the sources."""

    verdict: Verdict
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One search.

    Attributes:
        questions: Questions of one language; read up to ``LONGEST_QUESTION`` characters.
        language: Their language.
        top: Most hits a question.
        documents: Names of the documents to search; None for all.
    """

    questions: Sequence[str]
    language: Language
    top: int = 3
    documents: Collection[str] | None = None

    def read(self) -> list[str]:
        """What is read of each question."""
        return [question[:LONGEST_QUESTION] for question in self.questions]
