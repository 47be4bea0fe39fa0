"""Markdown to its text, with the places of headings, code and rules."""

from __future__ import annotations

import re

from index.reading.decoding import decode
from index.reading.lines import BOLD, LINE_END, SourceText

_WHOLE_BOLD = re.compile(r"(\*\*|__)(?!\s)(?:(?!\1).)+\1[ \t]*")


def read_markdown(content: bytes) -> SourceText:
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
