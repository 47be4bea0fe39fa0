"""From source texts to passages found; knows nothing of Discord or of reply languages."""

from index.errors import (
    ModelError,
    RetrievalError,
    SeedError,
    StoreError,
    StoreMismatch,
    StoreMissing,
)
from index.passage import Document, Language, Passage, Span, Work
from index.search import Finding, Hit, Searcher

__all__ = [
    "Document",
    "Finding",
    "Hit",
    "Language",
    "ModelError",
    "Passage",
    "RetrievalError",
    "Searcher",
    "SeedError",
    "Span",
    "StoreError",
    "StoreMismatch",
    "StoreMissing",
    "Work",
]
