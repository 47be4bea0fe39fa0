"""What Discord is sent, so that it displays exactly the words of the source."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from string import punctuation

import regex

from index import Document, Span

MESSAGE_LIMIT = 2_000
"""What a message may hold, by ``length``."""

LEAST_ROOM = 200
"""The room below which no quotation is cut into pieces."""

_QUOTED = "> "
_BOLD = "**"
_LINE_END = re.compile(r"\r\n|\r|\n")
_ESCAPED = re.compile(rf"\\([{re.escape(punctuation)}])")

_SPECIAL = re.compile(
    r"[\\*_~`|<>\[\]@]"
    r"|(?<=\])\("
    r"|:(?=//|[^ \t:]*:)"  # a link; an emoji, of which no colon may stay bare: `::name:`
    r"|(?:(?<=www)|(?<=dis)|(?<=discord)|(?<=discordapp))\.(?=\S)",
    re.IGNORECASE,
)
_BREAKS = r"\v\f\x1c-\x1e\x85\u2028\u2029"  # what a client may take for a line's end besides \n
_BLANKS = rf"(?:[^\S{_BREAKS}]|[\u200b\ufeff])*"
_LINE_MARKS = re.compile(
    rf"(?:^|(?<=[{_BREAKS}])){_BLANKS}((?:(?:[-+*>#]|[0-9]+[.)](?=\s|$)){_BLANKS})+)"
)
_LINE_MARK = re.compile(r"[-+#.)]")

_SHOWN_BY_A_BACKSLASH = re.compile(r"\\([^0-9A-Za-z\s])")
_MARKUP = re.compile(r"\*\*|[*_~`|<>\[\]@]|:(?=//|[^\s:]+:)")
_MARKUP_OF_A_LINE = re.compile(r"\s*(?:#+|-#|[-+])(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a quotation: where it lies in the source, and what Discord is sent for it."""

    span: Span
    text: str


def length(text: str) -> int:
    """The length of a text as Discord may count it at most: in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def escape(text: str) -> str:
    r"""The text with a backslash before all that Discord would not display as it stands.

    Line ends become ``\n``; the first character counts as the start of a line.
    """
    return "\n".join("".join(_escaped(line)) for line in _LINE_END.split(text))


def unescape(text: str) -> str:
    """The text without the backslashes that ``escape`` set."""
    return _ESCAPED.sub(r"\1", text)


def quote_pieces(
    document: Document,
    span: Span,
    sentences: Sequence[Span],
    room: int,
    *,
    highlight: Span | None = None,
) -> tuple[Piece, ...]:
    """The words at ``span`` as block quotations, as few as fit ``room`` at the cuts allowed.

    A cut lies behind the last sentence that fits; where none fits, behind a line, a word or a
    grapheme cluster; within a cluster only if it alone is longer than ``room``. White space at a
    cut belongs to the piece before. ``highlight`` is displayed bold.

    Raises:
        ValueError: ``room`` is less than ``LEAST_ROOM``.
    """
    if room < LEAST_ROOM:
        raise ValueError(f"a room of {room} is less than {LEAST_ROOM}")
    quotation = _Quotation(document.quote(span), span.start, sentences, highlight)
    return tuple(quotation.pieces(room))


def unquote(text: str) -> str:
    """The words that a piece displays, read as Discord reads them.

    The marks of quoted lines, bold marks and escapes are taken away. So is any other markup, so
    that nothing that Discord would display differently passes for the words themselves.
    """
    return "\n".join(_displayed(line.removeprefix(_QUOTED)) for line in text.split("\n"))


class _Quotation:
    """The words of one quotation, the places where they may be cut and what is bold in them."""

    def __init__(
        self, words: str, offset: int, sentences: Sequence[Span], highlight: Span | None
    ) -> None:
        self._words = words
        self._offset = offset
        marked = highlight or Span(offset, offset)
        self._bold = Span(marked.start - offset, marked.end - offset)
        self._clusters = [found.end() for found in regex.finditer(r"\X", words)]
        self._whole = frozenset(self._clusters) | {0}
        spaces = [found for found in re.finditer(r"\s+", words) if found.start() > 0]
        self._cuts: tuple[Sequence[int], ...] = (
            self._possible(_sentence_ends(words, offset, sentences)),
            self._possible(found.end() for found in spaces if _LINE_END.search(found[0])),
            self._possible(found.end() for found in spaces),
            self._clusters,
            range(1, len(words) + 1),
        )

    def pieces(self, room: int) -> Iterator[Piece]:
        """The words in pieces no longer than ``room``."""
        start = 0
        while start < len(self._words):
            end = self._cut(start, room)
            span = Span(self._offset + start, self._offset + end)
            yield Piece(span, self._block(start, end))
            start = end

    def _possible(self, ends: Iterable[int]) -> list[int]:
        return sorted(self._whole.intersection(ends))

    def _cut(self, start: int, room: int) -> int:
        """Where a piece that begins at ``start`` ends."""
        reach = min(start + 2 * room, len(self._words))  # two characters, \r\n, may show as one
        if reach == len(self._words) and length(self._block(start, reach)) <= room:
            return reach
        for cuts in self._cuts:
            first, last = bisect_right(cuts, start), bisect_right(cuts, reach)
            fitting = bisect_right(
                cuts, room, first, last, key=lambda end: length(self._block(start, end))
            )
            if fitting > first:
                return cuts[fitting - 1]
        raise AssertionError("no single character fits")

    def _block(self, start: int, end: int) -> str:
        """What is sent for the words from ``start`` to ``end``.

        Lines without words at the end bear no mark: Discord takes away the white space that a
        message ends with, and would show what remained of the mark.
        """
        lines = list(_lines(self._words, start, end))
        marked = max(
            (i for i, line in enumerate(lines) if line.of(self._words).strip()), default=-1
        )
        return "\n".join(
            (_QUOTED if i <= marked else "") + self._line(line) for i, line in enumerate(lines)
        )

    def _line(self, line: Span) -> str:
        shown = _escaped(line.of(self._words))
        bold = self._bold_in(line)
        if bold is not None:
            shown[bold.start - line.start] = _BOLD + shown[bold.start - line.start]
            shown[bold.end - line.start - 1] += _BOLD
        return "".join(shown)

    def _bold_in(self, line: Span) -> Span | None:
        """What is bold in a line; None if nothing is or if a mark would split a cluster."""
        start, end = max(line.start, self._bold.start), min(line.end, self._bold.end)
        words = self._words[start:end] if start < end else ""
        start += len(words) - len(words.lstrip())
        bold = Span(start, start + len(words.strip()))
        return bold if bold.start < bold.end and self._whole >= {bold.start, bold.end} else None


def _sentence_ends(words: str, offset: int, sentences: Sequence[Span]) -> Iterator[int]:
    """Behind each sentence, what closes it and the white space that follows."""
    starts = sorted(sentence.start - offset for sentence in sentences)
    for sentence in sentences:
        end = sentence.end - offset
        if 0 < end < len(words):
            following = bisect_left(starts, end)
            limit = starts[following] if following < len(starts) else len(words)
            while end < limit and not words[end].isspace():
                end += 1
            while end < len(words) and words[end].isspace():
                end += 1
            yield end


def _lines(words: str, start: int, end: int) -> Iterator[Span]:
    """The lines between two places, without their ends."""
    for found in _LINE_END.finditer(words, start, end):
        yield Span(start, found.start())
        start = found.end()
    yield Span(start, end)


def _escaped(line: str) -> list[str]:
    """What is sent for each character of a line."""
    special = {found.start() for found in _SPECIAL.finditer(line)}
    for marks in _LINE_MARKS.finditer(line):
        special.update(found.start() for found in _LINE_MARK.finditer(line, *marks.span(1)))
    return [f"\\{char}" if i in special else char for i, char in enumerate(line)]


def _displayed(line: str) -> str:
    """What Discord shows of a line."""
    shown: list[str] = []
    mark = _MARKUP_OF_A_LINE.match(line)
    at = mark.end() if mark else 0
    while at < len(line):
        if escaped := _SHOWN_BY_A_BACKSLASH.match(line, at):
            shown.append(escaped[1])
            at = escaped.end()
        elif markup := _MARKUP.match(line, at):
            at = markup.end()
        else:
            shown.append(line[at])
            at += 1
    return "".join(shown)
