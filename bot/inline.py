"""The notation ``[[3]]`` in ordinary messages: which theses it asks for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.answer import Answerer, ByNumber, NoSuchThesis, Quote, WhichWork
from bot.reference import find_reference
from index import Document

_BRACKETS = re.compile(r"\[\[([^\[\]\n]{1,60})\]\]")
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
_MOST = 20


def bracketed(text: str) -> list[str]:
    """What stands in double brackets in a message, except in code."""
    return _BRACKETS.findall(_CODE.sub(" ", text))[:_MOST]


def look_up(
    text: str, answerer: Answerer, documents: Sequence[Document]
) -> ByNumber | NoSuchThesis | WhichWork | None:
    """The theses that all brackets of a message ask for, each once; None if they ask for none.

    Args:
        text: The message.
        answerer: What looks up a reference.
        documents: The works that may be named in brackets.
    """
    spelt = [_spelt_out(written, documents) for written in bracketed(text)]
    looked_up = [answerer.look_up(reference) for reference in spelt if reference is not None]
    outcomes = [outcome for outcome in looked_up if outcome is not None]
    quotes: dict[tuple[str, int], Quote] = {}
    for outcome in outcomes:
        for quote in outcome.quotes:
            quotes[quote.document.name, quote.passage.span.start] = quote
    if len(outcomes) > 1 and quotes:
        return ByNumber(tuple(quotes.values()))
    return outcomes[0] if outcomes else None


def _spelt_out(written: str, documents: Sequence[Document]) -> str | None:
    """What stands in brackets as a reference, where ``BVDW 3`` means a thesis too."""
    if find_reference(written) is not None:
        return written
    for document in documents:
        work = document.work
        for name in (work.title, work.short_title, work.publisher, document.name):
            if name and (found := _find_name(name, written)):
                rest = f"{written[: found.start()]} {written[found.end() :]}"
                return None if find_reference(rest) is None else f"{found[0]}: These {rest}"
    return None


def _find_name(name: str, text: str) -> re.Match[str] | None:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE)
