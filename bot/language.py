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
_LEAST_OTHER_WORDS = 3
_CLEARLY_OTHER = (0.95, 0.6), (0.99, 0.7)
"""How likely another language is, at least, for which share of German or English words at most."""
_OWN = frozenset({"de", "en"})
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
_FOREIGN = re.compile("[àáâãåæçèéêëìíîïñòóôõøùúûőűąćčęěğıłńňœřśşšůźżž¿¡]")
"""Letters that make one look twice: a text with one of them and "ü" is Turkish, say."""
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
    """Tells languages apart, also in texts of a word or two; its models load with the first.

    German and English are told apart by runs of up to five letters. Another language is told by
    runs of three, in a thirteenth of the memory, and only believed where words are missing from
    the dictionaries of both: so 4,579 German and English questions give what runs of five tell,
    and of 161 in other languages a few more are found.
    """

    def __init__(self) -> None:
        """Load nothing yet."""
        self._models: _Models | None = None

    def prepare(self) -> None:
        """Load the models, which stops all threads for half a second, before anybody waits."""
        self._by_models("ein Haus, a house", [])

    def detect(self, text: str) -> Detection:
        """The language of ``text``; read up to 1,000 characters."""
        read = text[:_READ].encode("utf-8", "replace").decode()  # no model takes lone surrogates
        lower = read.lower()
        words = _WORD.findall(lower)
        if all(word in _NEUTRAL or roman(word) for word in words):
            return Detection(None)
        language = language_of_function_words(words)
        if language and not _FOREIGN.search(lower):
            return Detection(language)
        found = self._by_models(read, words)
        return Detection(language) if language and not found.other else found

    def _by_models(self, text: str, words: Sequence[str]) -> Detection:
        if self._models is None:
            self._models = _Models()
        models = self._models
        own = _confidence(models.own, text)
        code, likely = max(_confidence(models.all, text).items(), key=lambda item: item[1])
        if not any(own.values()):  # written in neither's letters
            return Detection(None, code)
        if code not in _OWN and len(words) >= _LEAST_OTHER_WORDS:
            share = models.dictionary.share(words)
            if any(likely >= least and share <= most for least, most in _CLEARLY_OTHER):
                return Detection(None, code)
        german, english = own["de"], own["en"]
        if max(german, english) < 2 * min(german, english):
            return Detection(None)
        return Detection("de" if german > english else "en")


class _Models:
    """What is loaded: detectors of German and English, and of all languages, and words."""

    def __init__(self) -> None:
        from lingua import Language as Lingua
        from lingua import LanguageDetectorBuilder

        from index import Dictionary

        own = [Lingua.GERMAN, Lingua.ENGLISH]
        every = [*own, *(getattr(Lingua, name) for name in _OTHERS)]
        self.own = LanguageDetectorBuilder.from_languages(*own).build()
        self.all = LanguageDetectorBuilder.from_languages(*every).with_low_accuracy_mode().build()
        self.dictionary = Dictionary()


def _confidence(detector: lingua.LanguageDetector, text: str) -> dict[str, float]:
    """How likely each language is, by its ISO 639-1 code, 0 to 1."""
    found = detector.compute_language_confidence_values(text)
    return {each.language.iso_code_639_1.name.lower(): each.value for each in found}


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
