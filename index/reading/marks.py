"""Number marks at the start of a line, such as ``1.``, ``§ 1``, ``**These 1:**`` or ``IV.``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.reading.lines import BOLD, Line

_LEAD = r"(?:>[ \t]*)*(?P<hashes>\#{1,6}[ \t]+)?(?P<bullet>[-*+•–][ \t]+)?(?P<bold>\*\*|__)?"
_ROMAN = r"[IVXLC]{1,9}"
_FORMS = {
    "word": r"(?:(?i:these|thesis)[ \t]*(?i:nr\.?|no\.?|number|nummer|\#)?[ \t]*)"
    rf"(?P<n>\d{{1,3}}|{_ROMAN})(?:[ \t]*(?:\.\)|[:.)])|[ \t]+[–—-](?=\s)|(?=[ \t]*(?:\*\*|__)?$))",
    "section": r"§[ \t]*(?P<n>\d{1,3})(?:[.:)]|[ \t]+[–—-])?(?=\s|\*\*|__|$)",
    "parentheses": r"\((?P<n>\d{1,3})\)",
    "dot": r"(?P<n>\d{1,3})(?:\\?\.\)|\\?\.|\\?\))(?![\d.,:;!?–—-])",
    "colon": r"(?P<n>\d{1,3})(?::|[ \t]+[–—-])(?=[ \t]+[^\d\s])",
    "roman parentheses": rf"\((?P<n>{_ROMAN})\)",
    "roman": rf"(?P<n>{_ROMAN})(?:\.\)|[.)])(?=\s|\*\*|__|$|[A-ZÄÖÜ][a-zäöüß])",
}
_MARKS = {form: re.compile(rf"{_LEAD}(?P<mark>{body})") for form, body in _FORMS.items()}
_WELL_FORMED_ROMAN = re.compile(r"C{0,3}(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_ORDINAL_NOUN = re.compile(
    r"(?:Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez)[a-zä]*\.?(?:\W|$)"
    r"|(?:Platz|Rang|Liga|Bundesliga|Jahrhundert|Jahrhunderts|Jh|Auflage|Ausgabe|Quartal|Halbjahr"
    r"|Klasse|Stock|Etage|Mal|Weltkrieg|Advent|FC|SC|SV|Abs|Absatz|BGB|GG|StGB)(?:\W|$)"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A number mark.

    Attributes:
        line: Position of its line in the list of lines.
        number: The number it gives.
        style: How it is written; marks of one numbering share it.
        start: Source offset of the mark, with the bold sign that opens at it.
        after: Source offset of what follows it.
        is_ordinal: Whether the words that follow make it a date or a rank, not a mark.
        is_lower: Whether small letters follow it.
    """

    line: int
    number: int
    style: tuple[str, ...]
    start: int
    after: int
    is_ordinal: bool
    is_lower: bool


def find_mark(line: Line, position: int) -> Mark | None:
    """The number mark that a line, at this position in the list of lines, starts with; or None."""
    head = line.words[:80]
    if not head or not any(character.isdigit() or character in "IVXLC" for character in head):
        return None
    for form, pattern in _MARKS.items():
        match = pattern.match(head)
        number = _number(match["n"]) if match else None
        if match and number:
            return _mark(line, position, form, match, number)
    return None


def _mark(line: Line, position: int, form: str, match: re.Match[str], number: int) -> Mark:
    hashes = len((match["hashes"] or "").strip())
    after = match.end()
    bold = match["bold"] or ""
    if bold and line.words.startswith(bold, after):
        after += len(bold)
    following = line.words[after:].lstrip()
    level = hashes or (line.heading or 0) % BOLD
    style = (
        form,
        match["mark"][-1] if form == "dot" else "",
        f"level {level}",
        (match["bullet"] or "").strip(),
        bold,
    )
    return Mark(
        line=position,
        number=number,
        style=style,
        start=line.start + match.start("bold" if bold else "mark"),
        after=line.start + after,
        is_ordinal=form in ("dot", "section") and _ORDINAL_NOUN.match(following) is not None,
        is_lower=following[:1].islower(),
    )


def _number(digits: str) -> int | None:
    if digits.isdecimal():
        return int(digits)
    if not _WELL_FORMED_ROMAN.fullmatch(digits):
        return None
    values = [_ROMAN_VALUES[letter] for letter in digits]
    pairs = zip(values, [*values[1:], 0], strict=True)
    return sum(-value if value < following else value for value, following in pairs)
