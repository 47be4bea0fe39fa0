"""From source texts to passages found; knows nothing of Discord or of reply languages."""

from index.errors import (
    ModelError,
    RetrievalError,
    SeedError,
    StoreError,
    StoreMismatch,
    StoreMissing,
)
from index.passage import Document, Language, Passage, RenderedPassage, Span, Work
from index.search import ANSWER_SCORE, Finding, Hit, Searcher, Wanted
from index.words import shared_words

__all__ = [
    "ANSWER_SCORE",
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
