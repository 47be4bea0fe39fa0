"""Numerals in words, German, English and Roman: "zwölf", "twenty-first", "XIV" to numbers."""

from __future__ import annotations

import re
from functools import cache

HIGHEST = 199
"""Numbers above it are written in digits."""

_GERMAN = (
    "null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn "
    "sechzehn siebzehn achtzehn neunzehn".split()
)
_GERMAN_TENS = "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split()
_GERMAN_ORDINALS = {1: "erst", 3: "dritt", 7: "siebt", 8: "acht"}
_ENGLISH = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen".split()
)
_ENGLISH_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ENGLISH_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth",
    "nine": "ninth", "twelve": "twelfth",
}  # fmt: skip
_ROMAN = re.compile(r"(?=[IVXLC])(C?)(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})", re.IGNORECASE | re.ASCII)
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_ENDINGS = ("e", "en", "er", "es", "em", "ens")


def cardinal(word: str) -> int | None:
    """The number a word such as "drei" or "twenty-one" counts, up to ``HIGHEST``."""
    return _cardinals().get(_plain(word))


def ordinal(word: str) -> int | None:
    """The place a word such as "dritte", "zwoten" or "third" names, up to ``HIGHEST``."""
    return _ordinals().get(_plain(word))


def roman(word: str) -> int | None:
    """The number a Roman numeral stands for, up to 199."""
    if not _ROMAN.fullmatch(word):
        return None
    values = [_ROMAN_VALUES[letter] for letter in word.lower()]
    following = [*values[1:], 0]
    return sum(v if v >= after else -v for v, after in zip(values, following, strict=True))


def _plain(word: str) -> str:
    word = word.lower().replace("-", "").replace(" ", "")
    for written, plain in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"), ("zwo", "zwei")):
        word = word.replace(written, plain)
    return word.replace("zwelf", "zweielf")  # zwölf, as plain as the line above makes it


@cache
def _cardinals() -> dict[str, int]:
    words = {_plain(say(n)): n for n in range(1, HIGHEST + 1) for say in (_german, _english)}
    return {**_undotted(words), "eins": 1, "eine": 1, "einhundert": 100, "hundred": 100}


@cache
def _ordinals() -> dict[str, int]:
    words: dict[str, int] = {}
    for n in range(1, HIGHEST + 1):
        stem = _plain(_german_ordinal(n))
        words |= {stem + ending: n for ending in _ENDINGS}
        english = _plain(_english_ordinal(n))
        words |= {english: n, f"{english}ly": n}
    words |= {f"siebent{ending}": 7 for ending in _ENDINGS}
    return {**_undotted(words), "hundredth": 100}


def _undotted(words: dict[str, int]) -> dict[str, int]:
    """The same, and each word with an umlaut also as typed without: "funfte", "zwolf"."""
    bare = {word.replace("fuenf", "funf").replace("zwoelf", "zwolf"): words[word] for word in words}
    return {**bare, **words}


def _german(n: int) -> str:
    if n >= 100:
        return f"hundert{_german(n - 100) if n > 100 else ''}"
    if n < 20:
        return _GERMAN[n]
    ten = _GERMAN_TENS[n // 10 - 2]
    return f"{_GERMAN[n % 10]}und{ten}" if n % 10 else ten


def _german_ordinal(n: int) -> str:
    rest = n % 100
    if rest in _GERMAN_ORDINALS:
        return f"{'hundert' if n > 100 else ''}{_GERMAN_ORDINALS[rest]}"
    return f"{_german(n)}{'t' if 0 < rest < 20 else 'st'}"


def _english(n: int) -> str:
    if n >= 100:
        return f"onehundred{_english(n - 100) if n > 100 else ''}"
    if n < 20:
        return _ENGLISH[n]
    return f"{_ENGLISH_TENS[n // 10 - 2]}{_ENGLISH[n % 10] if n % 10 else ''}"


def _english_ordinal(n: int) -> str:
    words = _english(n)
    for plain, changed in _ENGLISH_ORDINALS.items():
        if words.endswith(plain) and (n % 100 < 20 or n % 10):
            return words.removesuffix(plain) + changed
    return f"{words[:-1]}ieth" if words.endswith("y") else f"{words}th"
