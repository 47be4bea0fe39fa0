"""Which language a question is in: German, English, clearly another, or unclear."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.numerals import roman
from index import Language

if TYPE_CHECKING:
    import lingua

_WORD = re.compile(r"[^\W\d_]+")
_READ = 1_000  # characters
_SURE_OF_OTHER = 0.6
_LEAST_OTHER_WORDS = 3
_OWN: dict[str, Language] = {"DE": "de", "EN": "en"}
_OTHERS = [
    "FRENCH",
    "SPANISH",
    "ITALIAN",
    "DUTCH",
    "TURKISH",
    "POLISH",
    "RUSSIAN",
    "UKRAINIAN",
    "ARABIC",
    "CHINESE",
]

# Words that only one of the two has, and that short questions are made of.
_GERMAN = frozenset(
    "aber als am an auch auf aus bei beim bin bist bitte da danke dann das dass dem den der des "
    "die dies diese dir doch du ein eine einem einen einer er es für gibt hab habe haben hallo "
    "hat ich ihr im ist ja jetzt kann kein keine mal man mein mich mir mit moin nach nicht "
    "nichts noch nur oder ob ohne sagt schon sein sich sie sind soll über um und uns vom von vor "
    "wann warum was weg weil welche welcher welches wem wen wer werden wie wieso wird wo worum "
    "wozu zu zum zur these thesen einleitung nummer zeig gib".split()
)
_ENGLISH = frozenset(
    "about all and any are as at be been by can could did do does don't for from get give had "
    "has have hello hey how i if isn't it its my need no not of one or our please read "
    "said say says shall should show so tell thanks that the their them there these they thing "
    "this thesis theses to up us was we what what's when where which who whose why will with "
    "would yes you your thx introduction number".split()
)
_NEUTRAL = frozenset({"these", "nr"})  # "These 3" is German, "these 3" English
_BOTH = _GERMAN & _ENGLISH | set("was also war die an am so in man these".split())


@dataclass(frozen=True, slots=True)
class Detection:
    """What was found out about a text.

    Attributes:
        language: German or English; None if unclear or neither.
        other: ISO 639-1 code of another language, if the text clearly is in one.
    """

    language: Language | None
    other: str | None = None


class LanguageDetector:
    """Tells languages apart, also in texts of a word or two; its models load with the first."""

    def __init__(self) -> None:
        """Load nothing yet."""
        self._models: lingua.LanguageDetector | None = None

    def prepare(self) -> None:
        """Load the models, which stops all threads for a second or two, before anybody waits."""
        self._by_models("ein Haus, a house", [])

    def detect(self, text: str) -> Detection:
        """The language of ``text``; read up to 1,000 characters."""
        read = text[:_READ].encode("utf-8", "replace").decode()  # no model takes lone surrogates
        words = _WORD.findall(read.lower())
        if all(word in _NEUTRAL or roman(word) for word in words):
            return Detection(None)
        language = language_of_function_words(words)
        return Detection(language) if language else self._by_models(read, words)

    def _by_models(self, text: str, words: list[str]) -> Detection:
        values = self._detector().compute_language_confidence_values(text)
        if not values:
            return Detection(None)
        best = values[0]
        code = best.language.iso_code_639_1.name
        own = {
            _OWN[v.language.iso_code_639_1.name]: v.value
            for v in values
            if v.language.iso_code_639_1.name in _OWN
        }
        if code not in _OWN:
            clear = best.value >= _SURE_OF_OTHER and len(words) >= _LEAST_OTHER_WORDS
            if clear or max(own.values()) == 0:
                return Detection(None, code.lower())
        german, english = own["de"], own["en"]
        if max(german, english) < 2 * min(german, english):
            return Detection(None)
        return Detection("de" if german > english else "en")

    def _detector(self) -> lingua.LanguageDetector:
        if self._models is None:
            from lingua import Language as Lingua
            from lingua import LanguageDetectorBuilder

            names = ["GERMAN", "ENGLISH", *_OTHERS]
            chosen = [getattr(Lingua, name) for name in names]
            self._models = LanguageDetectorBuilder.from_languages(*chosen).build()
        return self._models


def language_of_function_words(words: Sequence[str]) -> Language | None:
    """German or English if function words of just one of them stand there, or of one far more.

    Args:
        words: In lower case.
    """
    german = sum(word in _GERMAN - _BOTH or any(c in "äöüß" for c in word) for word in words)
    english = sum(word in _ENGLISH - _BOTH for word in words)
    if german > 2 * english:
        return "de"
    return "en" if english > 2 * german else None
