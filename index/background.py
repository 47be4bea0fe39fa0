"""Background texts on general topics, shipped with the project: what a question is compared with.

How near a question comes to a thesis means little by itself, because the model's scores bunch
together. It means something beside how near the same question comes to questions about nothing in
particular, and how near such questions come to the same thesis.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

from index.passage import Language

LANGUAGES: tuple[Language, ...] = ("de", "en")


@dataclass(frozen=True, slots=True)
class Background:
    """General questions and statements in both languages.

    Attributes:
        questions: All questions, German ones first.
        languages: The language of each question.
        passages: Statements, German ones first.
    """

    questions: tuple[str, ...]
    languages: tuple[Language, ...]
    passages: tuple[str, ...]

    def asked_in(self, language: Language) -> list[str]:
        """The questions of one language."""
        asked = zip(self.questions, self.languages, strict=True)
        return [question for question, other in asked if other == language]


def load_background() -> Background:
    """The background texts that lie beside this module."""
    questions: list[str] = []
    languages: list[Language] = []
    passages: list[str] = []
    for language in LANGUAGES:
        asked = [line.split("\t", 1)[1] for line in _lines(f"questions.{language}.tsv")]
        questions += asked
        languages += [language] * len(asked)
        passages += _lines(f"passages.{language}.txt")
    return Background(tuple(questions), tuple(languages), tuple(passages))


def _lines(name: str) -> list[str]:
    text = (files("index") / "background" / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
