"""Bytes to text: which encoding a file is in, and a clear refusal of what is no text."""

from __future__ import annotations

import re

from index.reading.lines import LINE_END

MAX_TEXT_CHARACTERS = 4_000_000
"""Longest text that a source may hold, about a thousand pages."""

_BYTE_ORDER_MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")


class UnreadableError(Exception):
    """A file's bytes are no text of the format that its ending names; ``line`` is where, if known.

    Internal to reading: ``read_source`` turns it into a ``SeedError``.
    """

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


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
