"""HTML to the text that a reader sees, list numbers included; BeautifulSoup parses it."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING

from index.reading.blocks import Block, ListNumbers, join_blocks
from index.reading.decoding import UnreadableError, decode, without_control
from index.reading.lines import SourceText

if TYPE_CHECKING:
    from bs4 import BeautifulSoup
    from bs4.element import PageElement, Tag

MAX_HTML_BYTES = 3_000_000
"""Largest page that is parsed."""

_HIDDEN = re.compile(
    r"head|script|style|noscript|template|nav|footer|aside|form|button|select|textarea|svg|math"
    r"|iframe|object|audio|video|canvas|dialog"
)
_BLOCK = re.compile(
    r"address|article|blockquote|body|caption|d[dlt]|details|div|fieldset|figcaption|figure|h[1-6]"
    r"|header|hr|html|legend|li|main|ol|p|pre|section|summary|table|t(?:body|d|foot|h|head|r)"
    r"|ul"
)
_HEADING = re.compile(r"h([1-6])")
_BOLD_TAGS = frozenset({"b", "strong"})
_NO_CHARSET = re.compile(r"utf|unicode|raw|idna|punycode|undefined|mbcs|oem", re.IGNORECASE)
_INVISIBLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def read_html(content: bytes) -> SourceText:
    """The text of a page's main part, one paragraph a line, an empty line between two.

    Raises:
        UnreadableError: It is no text, or no HTML that can be parsed.
    """
    from bs4 import BeautifulSoup
    from bs4.exceptions import ParserRejectedMarkup

    if len(content) > MAX_HTML_BYTES:
        raise UnreadableError(f"larger than {MAX_HTML_BYTES // 1_000_000} MB of HTML; split it")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what it thinks of a page that is an address, or XML
            page = BeautifulSoup(_decode(content), "html.parser")
    except (ParserRejectedMarkup, RecursionError) as error:
        raise UnreadableError("is no HTML that can be parsed") from error
    return join_blocks(_Walk().blocks_of(_main_part(page)))


def _decode(content: bytes) -> str:
    """As for plain files, but where the page declares another encoding, that one."""
    from bs4.dammit import EncodingDetector

    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        declared = EncodingDetector.find_declared_encoding(content[:4096], is_html=True)
        if declared and not _NO_CHARSET.match(declared):
            try:
                return without_control(content.decode(declared))
            except (LookupError, UnicodeError):
                pass  # a wrong declaration is common; the bytes themselves decide then
    return decode(content)


def _main_part(page: BeautifulSoup) -> Tag:
    for name in ("main", "article", "body"):
        found = [tag for tag in page.select(name) if not any(map(_is_hidden, _around(tag)))]
        if len(found) == 1:
            return found[0]
    return page


def _around(tag: Tag) -> list[Tag]:
    return [tag, *tag.parents]


class _Walk:
    """One pass over a page's elements, without recursion: pages may nest without end."""

    def __init__(self) -> None:
        self.block = Block()
        self.lists: list[ListNumbers] = []
        self.bold_depth = 0

    def blocks_of(self, root: Tag) -> Iterator[Block]:
        """The blocks under an element in reading order."""
        from bs4.element import NavigableString, PreformattedString, Tag

        stack: list[tuple[PageElement, bool]] = [(root, True)]
        while stack:
            element, is_opening = stack.pop()
            if isinstance(element, Tag):
                if is_opening and _is_hidden(element):
                    continue
                if _BLOCK.fullmatch(element.name):
                    yield self._end_block()
                if is_opening:
                    self._open(element)
                    stack.append((element, False))
                    stack.extend((child, True) for child in reversed(element.contents))
                else:
                    self._close(element)
            elif isinstance(element, NavigableString) and not isinstance(
                element, PreformattedString
            ):
                self.block.add(re.sub(r"\s+", " ", element), is_bold=self.bold_depth > 0)
        yield self._end_block()

    def _open(self, tag: Tag) -> None:
        heading = _HEADING.fullmatch(tag.name)
        if heading:
            self.block.level = int(heading[1])
        elif tag.name in _BOLD_TAGS:
            self.bold_depth += 1
        elif tag.name == "br":
            self.block.break_line()
        elif tag.name in ("ol", "ul"):
            self.lists.append(_numbers_of(tag))
        elif tag.name == "li":
            own = self.lists[-1] if self.lists else ListNumbers(None)
            self.block.mark = own.next_mark(_integer(tag.get("value")))
            self.block.depth = max(len(self.lists) - 1, 0)

    def _close(self, tag: Tag) -> None:
        if tag.name in _BOLD_TAGS:
            self.bold_depth -= 1
        elif tag.name in ("ol", "ul"):
            self.lists.pop()

    def _end_block(self) -> Block:
        """The block so far; a list's number waits for the first block with words."""
        ended = self.block
        self.block = Block()
        if not ended.has_words:
            self.block.mark, self.block.depth = ended.mark, ended.depth
        return ended


def _is_hidden(tag: Tag) -> bool:
    return (
        _HIDDEN.fullmatch(tag.name) is not None
        or tag.has_attr("hidden")
        or tag.get("aria-hidden") == "true"
        or _INVISIBLE.search(str(tag.get("style", ""))) is not None
    )


def _numbers_of(tag: Tag) -> ListNumbers:
    if tag.name == "ul":
        return ListNumbers(None)
    start = _integer(tag.get("start"))
    step = 1
    if tag.has_attr("reversed"):
        step = -1
        start = start or len(tag.find_all("li", recursive=False))
    return ListNumbers(str(tag.get("type", "1")), 1 if start is None else start, step)


def _integer(value: object) -> int | None:
    words = str(value).strip()
    return int(words) if re.fullmatch(r"-?\d{1,6}", words) else None
