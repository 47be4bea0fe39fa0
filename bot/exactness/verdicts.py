"""What can be said of a quotation."""

from __future__ import annotations

from dataclasses import dataclass

from index import Document, Passage, Span


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: ``source`` is empty for words added, ``quoted`` for words left out."""

    source: str
    quoted: str


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a quotation that is put together from several."""

    document: Document
    passage: Passage
    span: Span


@dataclass(frozen=True, slots=True)
class Exact:
    """Every word stands so in the source.

    ``span`` begins in ``passage``; it ends in a later one only if the quotation runs on into it.
    """

    document: Document
    passage: Passage
    span: Span


@dataclass(frozen=True, slots=True)
class Altered:
    """It is meant to be this stretch, but differs; ``span`` as in ``Exact``."""

    document: Document
    passage: Passage
    span: Span
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Stitched:
    """It is put together from places that do not follow each other, in the order quoted."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class WrongThesis:
    """The words, changed or not, are not of the theses ``claimed``; ``span`` as in ``Exact``."""

    claimed: tuple[int, ...]
    document: Document
    passage: Passage
    span: Span
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class NotFound:
    """Nothing in the sources comes close."""


QuoteVerdict = Exact | Altered | Stitched | WrongThesis | NotFound
