"""The bytes of a source file to its text, by the format that the file's ending names."""

from __future__ import annotations

import re
from collections.abc import Callable

from index.errors import SeedError, SeedFault
from index.reading.lines import BOLD, LINE_END, SourceText

MAX_FILE_BYTES = 20_000_000
"""Largest source or sidecar file that is read."""

MAX_TEXT_CHARACTERS = 4_000_000
"""Longest text that a source may hold, about a thousand pages."""

_BYTE_ORDER_MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_WHOLE_BOLD = re.compile(r"(\*\*|__)(?!\s)(?:(?!\1).)+\1[ \t]*")


class UnreadableError(Exception):
    """A file's bytes are no text of the format that its ending names; ``line`` is where, if known.

    Internal to reading: ``read_source`` turns it into a ``SeedError``.
    """

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


def read_source(file: str, content: bytes) -> SourceText:
    """The text of a source file; ``file`` is its name with an ending out of ``FORMATS``.

    Raises:
        SeedError: One fault: too large, not of the format, or without text.
    """
    try:
        source = FORMATS[ending_of(file)](content)
        if len(source.text) > MAX_TEXT_CHARACTERS:
            raise UnreadableError(f"holds more than {MAX_TEXT_CHARACTERS:,} characters; split it")
        if not source.text.strip():
            raise UnreadableError("holds no text")
    except UnreadableError as error:
        raise SeedError([SeedFault(file, error.line, error.reason)]) from error
    return source


def ending_of(file: str) -> str:
    """The part of a file's name from its last dot on, in small letters; empty without a dot."""
    _, dot, ending = file.rpartition(".")
    return f".{ending}".lower() if dot else ""


def decode(content: bytes) -> str:
    """The text of a plain file: UTF-8, UTF-16 or Windows-1252, without its byte order mark.

    Raises:
        UnreadableError: It is not text; a wrong byte is named with its line.
    """
    encoding = _declared_by_first_bytes(content)
    if encoding is None:
        text = _decode_bare(content)
    else:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            reason = (
                f"begins like {encoding.removesuffix('-sig').upper()} but is not: {error.reason}"
            )
            raise UnreadableError(reason) from error
        text = text.removeprefix("\ufeff")
    return without_control(text)


def without_control(text: str) -> str:
    """The text as it is, once no control character is found in it.

    Raises:
        UnreadableError: There is one; it is named with its line.
    """
    control = _CONTROL.search(text)
    if control:
        reason = f"holds the control character U+{ord(control[0]):04X}: is this a text file?"
        raise UnreadableError(reason, _line_at(text, control.start()))
    return text


def _declared_by_first_bytes(content: bytes) -> str | None:
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if content.startswith(mark):
            return encoding
    head = content[:4000]
    half = len(head) // 2
    # In UTF-16 every other byte of western text is zero.
    if half and head[1::2].count(0) > 0.7 * half and head[::2].count(0) < 0.1 * half:
        return "utf-16-le"
    if half and head[::2].count(0) > 0.7 * half and head[1::2].count(0) < 0.1 * half:
        return "utf-16-be"
    return None


def _decode_bare(content: bytes) -> str:
    """Text without a byte order mark: UTF-8, or Windows-1252 where it cannot be UTF-8."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        lenient = content.decode("utf-8", "surrogateescape")
        broken = sum("\udc80" <= character <= "\udcff" for character in lenient)
        sound = sum(character > "\x7f" for character in lenient) - broken
        if sound > broken:
            raise _neither(content, error.start) from error
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError as error:
        raise _neither(content, error.start) from error


def _neither(content: bytes, place: int) -> UnreadableError:
    reason = f"byte 0x{content[place]:02X} is neither UTF-8 nor Windows-1252; save it as UTF-8"
    return UnreadableError(reason, _line_at(content.decode("latin-1"), place))


def _line_at(text: str, offset: int) -> int:
    return len(LINE_END.findall(text, 0, offset)) + 1


def _read_plain(content: bytes) -> SourceText:
    return SourceText(decode(content))


def _read_markdown(content: bytes) -> SourceText:
    """Raw Markdown; markdown-it-py tells which lines are headings, code, comments and rules."""
    from markdown_it import MarkdownIt

    text = decode(content)
    headings: dict[int, int] = {}
    skipped: set[int] = set()
    breaks: set[int] = set()
    for token in MarkdownIt("commonmark", {"maxNesting": 20}).disable("inline").parse(text):
        if token.map is None:
            continue
        first, last = token.map
        if token.type == "heading_open":
            headings[first] = int(token.tag[1])
            if token.markup in ("=", "-"):
                skipped.update(range(last - 1, last))  # the line that underlines it
        elif token.type in ("fence", "code_block", "html_block"):
            skipped.update(range(first, last))
        elif token.type == "hr":
            skipped.add(first)
            breaks.add(first)
    for index, line in enumerate(LINE_END.split(text)):
        if index not in headings and _WHOLE_BOLD.fullmatch(line):
            headings[index] = BOLD
    return SourceText(text, headings, frozenset(skipped), frozenset(breaks))


def _read_html(content: bytes) -> SourceText:
    from index.reading.html import read_html

    return read_html(content)


def _read_pdf(content: bytes) -> SourceText:
    from index.reading.pdf import read_pdf

    return read_pdf(content)


def _read_docx(content: bytes) -> SourceText:
    from index.reading.docx import read_docx

    return read_docx(content)


FORMATS: dict[str, Callable[[bytes], SourceText]] = {
    ".txt": _read_plain,
    ".md": _read_markdown,
    ".html": _read_html,
    ".htm": _read_html,
    ".pdf": _read_pdf,
    ".docx": _read_docx,
}
"""The reader of each format, by the ending of a file's name."""
