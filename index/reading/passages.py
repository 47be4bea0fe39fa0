"""A source text taken apart: introduction and numbered theses, or else its paragraphs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.errors import SeedError, SeedFault
from index.passage import Language, Passage, PassageKind, Span
from index.reading.edges import without_edges
from index.reading.lines import (
    BOLD,
    Line,
    SourceText,
    goes_on,
    looks_like_title,
    paragraphs,
    split_lines,
    wrap_width,
)
from index.reading.marks import Mark
from index.reading.sentences import guess_language, split_sentences, trim
from index.reading.sequence import find_numbering

_RUN_IN_TITLE = re.compile(r"(?P<open>\*\*|__)?(?P<title>[^*_]{1,120}[.:!?])(?:\*\*|__)[ \t]+\S")
_HASHES = re.compile(r"\#{1,6}[ \t]+")
_NOTHING = Line(0, 0, 0, "")
_TITLE_OF_SENTENCE = 80  # characters a title may have that ends like a sentence


@dataclass(frozen=True, slots=True)
class _Part:
    """A passage in the making: its first offset, its title line, its paragraphs."""

    kind: PassageKind
    start: int
    title: Line | None
    paragraphs: list[list[Line]]
    thesis: int | None = None

    @property
    def end(self) -> int:
        if self.paragraphs:
            return self.paragraphs[-1][-1].end
        return self.title.end if self.title else self.start


def read_passages(
    source: SourceText, *, document: str, file: str, language: Language | None
) -> tuple[Passage, ...]:
    """The passages of a source in its order; they do not overlap.

    Args:
        source: The decoded text.
        document: Name that the passages carry.
        file: Name that a fault carries.
        language: The text's language; None to go by its words.

    Raises:
        SeedError: Two theses have one number, a thesis has no words, or there is no text at all;
            all such faults of the text at once.
    """
    lines = split_lines(source)
    content = without_edges(lines)
    width = wrap_width(content, is_proportional=source.is_proportional)
    numbering = find_numbering(content)
    faults = [
        _repeated(file, content[again.line], content[first.line], again.number)
        for again, first in numbering.repeated
    ]
    parts = (
        _numbered(content, numbering.theses, width)
        if numbering.theses
        else _prose(content, "paragraph", width)
    )
    splitting = language or guess_language(source.text)
    passages = [_passage(part, source.text, document, splitting) for part in parts]
    line_of = {mark.number: content[mark.line].index + 1 for mark in numbering.theses}
    faults += [
        SeedFault(file, line_of[passage.thesis], f"thesis {passage.thesis} has no words")
        for passage in passages
        if passage.thesis is not None and not passage.sentences
    ]
    passages = [passage for passage in passages if passage.sentences]
    if not passages and not faults:
        faults.append(SeedFault(file, None, "holds no text"))
    if faults:
        raise SeedError(faults)
    return tuple(passages)


def _repeated(file: str, again: Line, first: Line, number: int) -> SeedFault:
    reason = f"thesis {number} a second time; the first is in line {first.index + 1}"
    return SeedFault(file, again.index + 1, reason)


def _numbered(lines: Sequence[Line], marks: Sequence[Mark], width: int | None) -> list[_Part]:
    """Introduction, theses, and what follows them under a heading or a rule of its own."""
    ends = [mark.line for mark in marks[1:]] + [_end_of_theses(lines, marks[-1])]
    bodies = [_body(lines, mark, end) for mark, end in zip(marks, ends, strict=True)]
    titled = [_has_title(body, width) for body in bodies]
    several = [is_titled for is_titled, body in zip(titled, bodies, strict=True) if len(body) > 1]
    mostly_titled = 2 * sum(several) > len(several)
    parts = _prose(_without_last_heading(lines[: marks[0].line]), "introduction", width)
    for mark, body, is_titled in zip(marks, bodies, titled, strict=True):
        # One title among untitled theses of a wrapped text is a line that came out short.
        is_sure = mostly_titled or width is None or bool(body and body[0].heading)
        has_title = (is_titled and is_sure) or (mostly_titled and _is_titled_by_sentence(body))
        title = body[0] if has_title else None
        groups = paragraphs(body[1:] if has_title else body, width)
        parts.append(_Part("thesis", mark.start, title, groups, mark.number))
    return parts + _prose(lines[ends[-1] :], "paragraph", width)


def _body(lines: Sequence[Line], mark: Mark, end: int) -> list[Line]:
    """The lines of a thesis; its first has words and stands without the number mark."""
    first = lines[mark.line].from_offset(mark.after)
    body = [first, *lines[mark.line + 1 : end]]
    while body and body[0].is_blank:
        del body[0]
    while body and body[-1].is_blank:
        del body[-1]
    body = _without_last_heading(body)
    return _split_run_in_title(body, is_bold="**" in mark.style or "__" in mark.style)


def _without_last_heading(lines: Sequence[Line]) -> list[Line]:
    """The lines without a heading at their end, which heads the theses that follow."""
    kept = list(lines)
    written = [line for line in kept if not line.is_blank]
    if len(written) > 1 and 1 <= (written[-1].heading or 0) < BOLD:
        while kept.pop() is not written[-1]:
            pass
    while kept and kept[-1].is_blank:
        kept.pop()
    return kept


def _split_run_in_title(body: list[Line], *, is_bold: bool) -> list[Line]:
    """The body with a bold title that its first paragraph follows on the same line set apart."""
    match = _RUN_IN_TITLE.match(body[0].words) if body else None
    if match is None or bool(match["open"]) == is_bold:
        return body
    first = body[0]
    rest = first.from_offset(first.start + match.end() - 1)
    words = first.words[: match.end() - 1].rstrip()
    title = replace(first, end=first.start + len(words), words=words, heading=BOLD)
    return [title, replace(rest, heading=None), *body[1:]]


def _end_of_theses(lines: Sequence[Line], last: Mark) -> int:
    """Position of the rule or heading after which the last thesis is over."""
    level = lines[last.line].heading or BOLD
    for position in range(last.line + 1, len(lines)):
        line = lines[position]
        is_equal = line.heading is not None and line.heading <= min(level, BOLD - 1)
        has_begun = any(not before.is_blank for before in lines[last.line + 1 : position])
        if line.is_break or (is_equal and (has_begun or level < BOLD)):
            return position
    return len(lines)


def _has_title(body: Sequence[Line], width: int | None) -> bool:
    return len(body) > 1 and looks_like_title(body[0], body[1], width)


def _is_titled_by_sentence(body: Sequence[Line]) -> bool:
    """Whether a short line of its own comes first; in a text of titled theses it is the title."""
    return len(body) > 1 and len(body[0].words) <= _TITLE_OF_SENTENCE and body[0].is_terminated


def _prose(lines: Sequence[Line], kind: PassageKind, width: int | None) -> list[_Part]:
    """Paragraphs as passages: a title goes with the next one, a last "…:" with the one before."""
    parts: list[_Part] = []
    title: Line | None = None
    done: list[list[Line]] = []
    group: list[Line] = []
    for position, line in enumerate(lines):
        if line.is_blank:
            continue
        following = lines[position + 1] if position + 1 < len(lines) else _NOTHING
        if not group and title and line.heading:
            done.append([line])
        elif not group and title is None and _heads_paragraph(lines, position, kind, parts, width):
            title = line
        else:
            group.append(line)
            if not goes_on(line, following, width):
                start = (title or group[0]).start
                parts.append(_Part(kind, start, title, [*done, group]))
                title, done, group = None, [], []
    if title:
        parts.append(_Part(kind, title.start, title, done))
    return _with_lead_in_joined(parts) if kind == "introduction" else parts


def _heads_paragraph(
    lines: Sequence[Line], position: int, kind: PassageKind, before: list[_Part], width: int | None
) -> bool:
    line = lines[position]
    following = lines[position + 1] if position + 1 < len(lines) else _NOTHING
    if not looks_like_title(line, following, width):
        return False
    stands_apart = position == 0 or lines[position - 1].is_blank
    is_short = len(line.words) <= _TITLE_OF_SENTENCE
    return not before or bool(line.heading) or (kind == "paragraph" and stands_apart and is_short)


def _with_lead_in_joined(parts: list[_Part]) -> list[_Part]:
    if len(parts) < 2 or parts[-1].title or not parts[-1].paragraphs[-1][-1].words.endswith(":"):
        return parts
    *earlier, before, lead_in = parts
    return [*earlier, replace(before, paragraphs=[*before.paragraphs, *lead_in.paragraphs])]


def _passage(part: _Part, text: str, document: str, language: Language) -> Passage:
    start = part.start
    if part.thesis is None and (hashes := _HASHES.match(text, start, part.end)):
        start = hashes.end()
    title = trim(text, part.title.span) if part.title else None
    if title is not None and not any(character.isalnum() for character in title.of(text)):
        title = None
    sentences = [] if title is None else [title]
    for paragraph in part.paragraphs:
        whole = Span(paragraph[0].start, paragraph[-1].end)
        sentences += split_sentences(text, whole, language)
    span = Span(start, part.end)
    return Passage(document, part.kind, part.thesis, span, title, tuple(sentences))
