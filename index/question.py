"""How a question is read: its typing errors put right, and its core without everyday words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from itertools import chain

from index.background import LANGUAGES, Background
from index.passage import Language
from index.spelling import Spelling
from index.words import WORD, fold

_COMMON = 0.02
"""Share of general questions from which a word of theirs tells nothing."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a question says.

    Attributes:
        corrected: Its text with typing errors put right.
        core: Of those words the telling ones, in their order; all if none is telling.
    """

    corrected: str
    core: str


class QuestionReader:
    """Reads questions; what is common is learnt from the general questions."""

    def __init__(self, background: Background, texts: Callable[[], Iterable[str]] = tuple) -> None:
        """Read with the words of ``background`` and, before those, of what ``texts`` gives.

        They are learnt when the first question with an unknown word comes.
        """
        self._common = {language: _common_words(background, language) for language in LANGUAGES}
        self._spelling = {
            language: Spelling(partial(_known, background, language, texts))
            for language in LANGUAGES
        }

    def read(self, question: str, language: Language) -> Reading:
        """What ``question`` says; any text is fine."""
        corrected = self._spelling[language].corrected(question)
        common = self._common[language]
        telling = [word for word in WORD.findall(corrected) if fold(word) not in common]
        return Reading(corrected, " ".join(telling) or corrected)


def _known(
    background: Background, language: Language, texts: Callable[[], Iterable[str]]
) -> Iterable[str]:
    return chain(texts(), background.asked_in(language), background.passages)


def _common_words(background: Background, language: Language) -> frozenset[str]:
    asked = background.asked_in(language)
    seen = Counter(
        word for question in asked for word in {fold(word) for word in WORD.findall(question)}
    )
    return frozenset(word for word, count in seen.items() if count >= _COMMON * len(asked))
