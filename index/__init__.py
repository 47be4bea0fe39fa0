"""From source texts to passages found; knows nothing of Discord or of reply languages."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from index.errors import (
    ModelError,
    RetrievalError,
    SeedError,
    StoreError,
    StoreMismatch,
    StoreMissing,
)
from index.hits import ANSWER_SCORE, Finding, Hit, Wanted
from index.passage import Document, Language, Passage, RenderedPassage, Span, Work

if TYPE_CHECKING:
    from index.dictionary import Dictionary
    from index.search import Searcher
    from index.words import shared_words

__all__ = [
    "ANSWER_SCORE",
    "Dictionary",
    "Document",
    "Finding",
    "Hit",
    "Language",
    "ModelError",
    "Passage",
    "RenderedPassage",
    "RetrievalError",
    "Searcher",
    "SeedError",
    "Span",
    "StoreError",
    "StoreMismatch",
    "StoreMissing",
    "Wanted",
    "Work",
    "shared_words",
]

_WITH_NUMPY = {
    "Dictionary": "index.dictionary",
    "Searcher": "index.search",
    "shared_words": "index.words",
}


def __getattr__(name: str) -> object:
    """Import what needs NumPy at its first use: a thesis asked for by number needs it not."""
    if name not in _WITH_NUMPY:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(_WITH_NUMPY[name]), name)
