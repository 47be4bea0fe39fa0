"""The lines of a source, and which of them belong together as one paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from index.passage import Span

LINE_END = re.compile(r"\r\n|\n|\r")

BOLD = 7
"""Heading level of a line that is merely bold as a whole."""

_LONG_LINE = 120  # no hard wrap is wider; a longer line is a paragraph of its own
_RAGGED = 0.9  # of the widest line: with proportional fonts a full line may have fewer characters
_TERMINATED = re.compile(r"[.!?:;…][\"'”“»«’‘›‹)\]*_]*$")
_BULLET = re.compile(r"[-*+•‣·–][ \t]")


@dataclass(frozen=True, slots=True)
class SourceText:
    """A decoded source with what its format says about its lines.

    Attributes:
        text: The text that passages are cut from.
        headings: Level of each line that is a heading, by line index from 0.
        skipped: Indexes of lines that hold no prose: code, comments, rules.
        breaks: Indexes of lines that end whatever stands before them (Markdown rules).
        is_proportional: Whether its lines were broken by their look, not by their characters.
    """

    text: str
    headings: Mapping[int, int] = field(default_factory=dict)
    skipped: frozenset[int] = frozenset()
    breaks: frozenset[int] = frozenset()
    is_proportional: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line without the white space around it; ``start`` and ``end`` are source offsets.

    ``indent`` is the columns in front of it; ``is_break`` tells a Markdown rule.
    """

    index: int
    start: int
    end: int
    words: str
    indent: int = 0
    heading: int | None = None
    is_break: bool = False

    @property
    def is_blank(self) -> bool:
        """Whether nothing but white space stands here."""
        return not self.words

    @property
    def is_terminated(self) -> bool:
        """Whether it ends like a sentence, or announces what follows."""
        return _TERMINATED.search(self.words[-8:]) is not None

    @property
    def is_bullet(self) -> bool:
        """Whether it is an item of a list without numbers."""
        return _BULLET.match(self.words) is not None

    @property
    def width(self) -> int:
        """How many columns it reaches."""
        return self.indent + len(self.words)

    @property
    def span(self) -> Span:
        """Where it stands."""
        return Span(self.start, self.end)

    def from_offset(self, start: int) -> Line:
        """The rest of the line from a source offset on."""
        rest = self.words[start - self.start :]
        words = rest.lstrip()
        start += len(rest) - len(words)
        return replace(self, start=start, words=words, indent=self.indent + start - self.start)


def split_lines(source: SourceText) -> list[Line]:
    """All lines of the source in order; a skipped line comes out blank."""
    lines: list[Line] = []
    for index, (start, end) in enumerate(_line_bounds(source.text)):
        raw = "" if index in source.skipped else source.text[start:end]
        words = raw.strip()
        margin = raw[: len(raw) - len(raw.lstrip())] if words else ""
        start += len(margin)
        indent = len(margin.expandtabs(4))
        heading = source.headings.get(index)
        is_break = index in source.breaks
        lines.append(Line(index, start, start + len(words), words, indent, heading, is_break))
    return lines


def _line_bounds(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in LINE_END.finditer(text):
        yield start, match.start()
        start = match.end()
    yield start, len(text)


def wrap_width(lines: Sequence[Line], *, is_proportional: bool = False) -> int | None:
    """The width that a full line of a hard-wrapped text has at least; None if it is not wrapped.

    The sign of wrapping is a nearly full line that ends inside a sentence which the next line goes
    on with in small letters.
    """
    lengths = [line.width for line in lines if " " in line.words]
    shorter = [length for length in lengths if length <= _LONG_LINE]
    if not shorter or sum(shorter) < 0.8 * sum(lengths):
        return None
    width = int(max(shorter) * (_RAGGED if is_proportional else 1))
    for line, following in pairwise(lines):
        goes_on = not line.is_terminated and following.words[:1].islower()
        if goes_on and len(line.words) >= 40 and _is_full(line, following, width):
            return width
    return None


def _is_full(line: Line, following: Line, width: int) -> bool:
    first_word = following.words.split(maxsplit=1)[0] if following.words else ""
    return line.width + 1 + len(first_word) > width


def goes_on(line: Line, following: Line, width: int | None) -> bool:
    """Whether ``following`` continues the paragraph that ``line`` is in, by the look of both."""
    if line.is_blank or following.is_blank or following.is_bullet:
        return False
    if (line.heading or following.heading) and line.heading != following.heading:
        return False
    if width is not None and _is_full(line, following, width):
        return True
    return not line.is_terminated and (width is not None or following.words[0].islower())


def looks_like_title(line: Line, following: Line, width: int | None) -> bool:
    """Whether a line of its own heads the text that follows: short and no sentence.

    Args:
        line: The line asked about.
        following: The next line; blank if an empty line follows.
        width: The text's wrap width.
    """
    if line.is_blank or line.is_bullet:
        return False
    if line.heading:
        return True
    if line.is_terminated or line.words.endswith(",") or len(line.words) > _LONG_LINE:
        return False
    if following.is_blank:
        return True
    is_wrapped = width is not None and _is_full(line, following, width)
    return not is_wrapped and not following.words[0].islower()


def paragraphs(lines: Sequence[Line], width: int | None) -> list[list[Line]]:
    """Groups of lines that are one paragraph each; blank lines vanish."""
    groups: list[list[Line]] = []
    previous: Line | None = None
    for line in lines:
        if not line.is_blank:
            if previous is not None and goes_on(previous, line, width):
                groups[-1].append(line)
            else:
                groups.append([line])
        previous = line
    return groups
