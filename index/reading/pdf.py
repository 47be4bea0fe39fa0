"""PDF to text by pypdf, in a process of its own: no file can hang the reader or fill its memory."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

from index.reading.decoding import MAX_TEXT_CHARACTERS, UnreadableError
from index.reading.edges import is_page_number
from index.reading.lines import SourceText

MAX_PAGES = 1_000
"""Most pages that are read."""

_SECONDS = 60
MEMORY_BYTES = 2_000_000_000
"""Most memory that a process may take which reads a file from outside."""
_REFUSED = 3
_ENCRYPTED = "the PDF is encrypted; save it without a password"


def read_pdf(content: bytes) -> SourceText:
    """The text of all pages, one line a line, without the numbers of the pages.

    Raises:
        UnreadableError: It is no PDF, is encrypted, holds no text, or takes too long or too much.
    """
    root = str(Path(__file__).parents[2])
    try:
        reader = subprocess.run(
            [sys.executable, "-P", "-m", "index.reading.pdf"],
            input=content,
            capture_output=True,
            timeout=_SECONDS,
            env={**os.environ, "PYTHONPATH": root, "PYTHONIOENCODING": "utf-8"},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise UnreadableError(f"reading the PDF took more than {_SECONDS} seconds") from error
    words = reader.stdout.decode("utf-8", "replace")
    if reader.returncode == _REFUSED:
        raise UnreadableError(words.strip())
    if reader.returncode != 0:
        raise UnreadableError("is no PDF that can be read")
    if not words.strip():
        raise UnreadableError("holds no text; pages that are pictures need text recognition first")
    return SourceText(words, is_proportional=True)


def _extract(content: bytes) -> str:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        raise UnreadableError(_ENCRYPTED)
    if len(reader.pages) > MAX_PAGES:
        raise UnreadableError(f"has more than {MAX_PAGES:,} pages; split it")
    pages: list[str] = []
    for page in reader.pages:
        pages.append(_without_page_number(page.extract_text()))
        if sum(map(len, pages)) > MAX_TEXT_CHARACTERS:
            raise UnreadableError(f"holds more than {MAX_TEXT_CHARACTERS:,} characters; split it")
    return "\n".join(pages)


def _without_page_number(page: str) -> str:
    lines = [line.strip() for line in page.replace("\x00", "").splitlines()]
    if lines and is_page_number(lines[-1]):
        del lines[-1]
    if lines and is_page_number(lines[0]):
        del lines[0]
    return "\n".join(lines)


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # not on Windows; the time limit holds there too
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def _main() -> int:
    _limit_memory()
    from pypdf.errors import DependencyError

    try:
        words = _extract(sys.stdin.buffer.read())
    except UnreadableError as error:
        words = error.reason
        status = _REFUSED
    except DependencyError:  # its newer ciphers need a package that nothing else here does
        words = _ENCRYPTED
        status = _REFUSED
    else:
        status = 0
    sys.stdout.buffer.write(words.encode("utf-8", "replace"))
    return status


if __name__ == "__main__":
    sys.exit(_main())
