"""Words and marks of punctuation, and which of them count as the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from index import Span

ELLIPSIS = "…"
"""The key of what stands for words left out, however it is written."""

QUOTES = "\"„“”«»‹›‚‘’'"
"""All marks of quotation."""

_INVISIBLE = "\u00ad\u200b-\u200d\u2060\ufeff"
_HIDDEN = re.compile(f"[{_INVISIBLE}]")
_TOKEN = re.compile(
    rf"(?:[^\W_][\u0300-\u036f{_INVISIBLE}]*)+"
    r"|\[\s*(?:…|\.{2,})\s*\]|\(\s*(?:…|\.{2,})\s*\)|…|\.{3,}"
    rf"|[^\w\s*~|`>\\#{_INVISIBLE}]"
)
_KINDS = {**dict.fromkeys(QUOTES, '"'), **dict.fromkeys("‐‑", "-"), **dict.fromkeys("—―−", "–")}
_AT_EDGES = frozenset(".,;:…-–()[]{}/\"<>•'")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a mark of punctuation; ``key`` is the same for what counts as the same."""

    key: str
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        """Whether it is a word, not a mark."""
        return self.key[0].isalnum()


def plain(text: str) -> str:
    """The text composed (NFC), without characters that are not seen."""
    return _HIDDEN.sub("", unicodedata.normalize("NFC", text))


def tokens(text: str, span: Span) -> Iterator[Token]:
    """The words and marks of a stretch; Discord's markup is none."""
    for found in _TOKEN.finditer(text, span.start, span.end):
        start, end, said = *found.span(), found[0]
        if said[0].isalnum():
            key = plain(said)
        elif len(said) > 1:
            key = ELLIPSIS
        elif said in "'’" and within_word(text, start):
            key = "'"
        else:
            key = _KINDS.get(said, said)
        yield Token(key, start, end)


def within_word(text: str, at: int) -> bool:
    """Whether letters stand on both sides of a character."""
    return text[at - 1 : at].isalnum() and text[at + 1 : at + 2].isalnum()


def count_words(text: str, span: Span) -> int:
    """How many words a stretch has."""
    return sum(token.is_word for token in tokens(text, span))


def trimmed(row: list[Token]) -> list[Token]:
    """The tokens without the punctuation at their edges that does not count."""
    first, last = 0, len(row)
    while first < last and _is_loose(row[first]):
        first += 1
    while last > first and _is_loose(row[last - 1]):
        last -= 1
    return row[first:last]


def _is_loose(token: Token) -> bool:
    return not token.is_word and token.key in _AT_EDGES
