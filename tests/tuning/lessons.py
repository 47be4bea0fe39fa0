"""Numbered texts with questions about each thesis, written for the model to learn from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.evaluation import read_cases
from index import Language
from index.seeds import read_seeds
from tests.labelled import folder_of

TEXTS = Path(__file__).with_name("texts")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and the position of the passage that answers it; None if none does."""

    words: str
    language: Language
    passage: int | None


@dataclass(frozen=True, slots=True)
class Lesson:
    """A text as the index sees it: whole passages, their sentences, and questions about them.

    Attributes:
        name: Of the text's file, without ending.
        passages: What is embedded of each passage, its sentences line by line.
        sentences: The sentences of each passage.
        questions: About one passage each, or about none.
    """

    name: str
    passages: tuple[str, ...]
    sentences: tuple[tuple[str, ...], ...]
    questions: tuple[Asked, ...]

    def texts(self) -> list[str]:
        """All that has to be embedded."""
        every = [sentence for sentences in self.sentences for sentence in sentences]
        return [*self.passages, *every, *(question.words for question in self.questions)]


def read_lessons(folder: Path = TEXTS) -> list[Lesson]:
    """All texts of the folder with the questions beside them, by name."""
    return [_read(path) for path in sorted(folder.glob("*.txt"))]


def _read(path: Path) -> Lesson:
    with folder_of(path) as folder:
        documents = read_seeds(folder)
    (document,) = documents
    sentences = tuple(
        tuple(document.quote(span) for span in passage.sentences) for passage in document.passages
    )
    places = {passage.thesis: place for place, passage in enumerate(document.passages)}
    questions = tuple(
        Asked(case.question, case.language, places[case.targets[0].place] if case.targets else None)
        for case in read_cases(path.with_suffix(".tsv"), documents)
    )
    return Lesson(path.stem, tuple(map("\n".join, sentences)), sentences, questions)
