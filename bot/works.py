"""Which of several works a text names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index import Document

_WORD = re.compile(r"[^\W_]+")
_LEAST_NAME = 3


def named_works(text: str, documents: Sequence[Document]) -> list[Document]:
    """The documents whose title, short title or publisher stands in ``text``, in their order.

    Empty if all do, or there is but one document: then nothing has been chosen.
    """
    words = _plain(text)
    named = [document for document in documents if any(n in words for n in _names(document))]
    return named if len(named) < len(documents) else []


def works_of_reference(text: str, documents: Sequence[Document]) -> list[Document]:
    """The same for a text that asks for a thesis by number, where a year or file name counts too.

    A question about the subject may hold a year or such a word by chance; a reference does not.
    """
    words = _plain(text)
    named = named_works(text, documents) or list(documents)
    by_year = [d for d in named if d.work.year is not None and _plain(str(d.work.year)) in words]
    by_file = [d for d in named if _plain(d.name) in words]
    chosen = by_file or by_year or named
    return chosen if len(chosen) < len(documents) else []


def _names(document: Document) -> list[str]:
    work = document.work
    names = [work.short_title, work.publisher]
    if work.title != document.name:
        names.append(work.title)
    return [_plain(name) for name in names if name and len(name) >= _LEAST_NAME]


def _plain(text: str) -> str:
    """The words of a text, lower case, a space around each."""
    return f" {' '.join(_WORD.findall(text.lower()))} "
