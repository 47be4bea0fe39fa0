"""Blocks of rich text (HTML, DOCX) to plain text with the list numbers that a reader sees."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from index.reading.lines import BOLD, SourceText

_BULLET = "- "
_MAX_DEPTH = 6  # deeper lists are indented no further
_ROMAN = (
    (100, "C"),
    (90, "XC"),
    (50, "L"),
    (40, "XL"),
    (10, "X"),
    (9, "IX"),
    (5, "V"),
    (4, "IV"),
    (1, "I"),
)


@dataclass(slots=True)
class Block:
    """A paragraph, heading or list item while it is being read.

    Attributes:
        mark: What a list puts in front of it.
        depth: How deep its list lies in other lists.
        level: Its heading level; None if it is none.
    """

    mark: str = ""
    depth: int = 0
    level: int | None = None
    _runs: list[str] = field(default_factory=list)
    _has_plain: bool = False
    _has_bold: bool = False

    def add(self, words: str, *, is_bold: bool) -> None:
        """Append words as they stand."""
        if words.strip():
            self._has_bold |= is_bold
            self._has_plain |= not is_bold
        self._runs.append(words)

    def break_line(self) -> None:
        """Start a new line within the block."""
        self._runs.append("\n")

    @property
    def has_words(self) -> bool:
        """Whether anything but white space was added."""
        return self._has_bold or self._has_plain

    @property
    def heading(self) -> int | None:
        """Its heading level, that of bold text if it is bold throughout."""
        return self.level or (BOLD if self._has_bold and not self._has_plain else None)

    def lines(self) -> list[str]:
        """Its lines, with mark and indentation, without blank ones."""
        lines = "".join(self._runs).split("\n")
        written = [" ".join(line.split(" ")).strip() for line in lines if line.strip()]
        written = [" ".join(part for part in line.split(" ") if part) for line in written]
        indent = "   " * min(self.depth, _MAX_DEPTH)
        return [indent + (self.mark if i == 0 else "") + line for i, line in enumerate(written)]


def join_blocks(blocks: Iterable[Block]) -> SourceText:
    """The text of all blocks that have words, an empty line between two, and its headings."""
    lines: list[str] = []
    headings: dict[int, int] = {}
    for block in blocks:
        if not block.has_words:
            continue
        if lines:
            lines.append("")
        own = block.lines()
        if block.heading:
            headings.update((len(lines) + i, block.heading) for i in range(len(own)))
        lines += own
    return SourceText("\n".join(lines), headings)


@dataclass(slots=True)
class ListNumbers:
    """The marks of a list's items; ``kind`` is HTML's ``type`` (1, A, a, I, i) or None: bullets."""

    kind: str | None
    number: int = 1
    step: int = 1

    def next_mark(self, number: int | None = None) -> str:
        """The mark of the next item, or of the item that is given this number."""
        if self.kind is None:
            return _BULLET
        own = self.number if number is None else number
        self.number = own + self.step
        return f"{write_number(own, self.kind)}. "


def write_number(number: int, kind: str) -> str:
    """A number as letters (A, a), Roman (I, i) or digits (any other kind, or out of range)."""
    if kind in ("A", "a") and 1 <= number <= 26:
        letter = chr(ord("A") + number - 1)
        return letter if kind == "A" else letter.lower()
    if kind in ("I", "i") and 1 <= number < 400:
        return _roman(number) if kind == "I" else _roman(number).lower()
    return str(number)


def _roman(number: int) -> str:
    written = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        written += letters * count
    return written
