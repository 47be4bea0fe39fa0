"""The bytes of a source file to its text, by the format that the file's ending names."""

from __future__ import annotations

from collections.abc import Callable

from index.errors import SeedError, SeedFault
from index.reading.decoding import MAX_TEXT_CHARACTERS, UnreadableError, decode
from index.reading.lines import SourceText


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


def _read_plain(content: bytes) -> SourceText:
    return SourceText(decode(content))


def _read_markdown(content: bytes) -> SourceText:
    from index.reading.markdown import read_markdown

    return read_markdown(content)


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
