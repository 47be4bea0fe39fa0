"""What a text is made of: a work, its document, the passages in it, each placed by offsets.

All offsets count characters of ``Document.text``, the decoded source, so that
``document.text[span.start : span.end]`` is the quotation, character by character.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Language = Literal["de", "en"]
"""A language the project reads questions in and speaks."""

PassageKind = Literal["thesis", "introduction", "paragraph"]
"""What a passage is: a numbered thesis, a paragraph before the first thesis, or a paragraph of a
text that numbers nothing."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a text, from ``start`` up to but not including ``end``, in characters."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The stretch itself, verbatim."""
        return text[self.start : self.end]

    def holds(self, other: Span) -> bool:
        """Whether ``other`` lies within this stretch."""
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Work:
    """What a citation says of a text; read from the TOML file beside it.

    ``title`` falls back to the file's name. ``announced_theses`` is how many theses the text says
    it has, which may be more than the source holds.
    """

    title: str
    short_title: str | None = None
    publisher: str | None = None
    published_in: str | None = None
    year: int | None = None
    language: Language | None = None
    url: str | None = None
    licence: str | None = None
    announced_theses: int | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """One unit that is found and quoted whole: a thesis or a paragraph.

    Attributes:
        document: Name of the document it lies in.
        kind: Thesis, introduction or paragraph.
        thesis: The thesis's number as the source gives it; None for the other kinds.
        span: All that is quoted, from the number mark (if any) to the last character.
        title: The title line's words within ``span``, without number mark; None if untitled.
        sentences: The sentences within ``span`` in order of the source, the title as one of them;
            without number marks. No two overlap, and only white space, number marks and markup
            lie between them.
    """

    document: str
    kind: PassageKind
    thesis: int | None
    span: Span
    title: Span | None
    sentences: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Rendering:
    """An unofficial translation of a document, passage by passage; never quoted as the source.

    ``texts[i]`` translates ``document.passages[i]``, sentence by sentence where both sides have
    the same number of sentences.
    """

    language: Language
    passages: tuple[RenderedPassage, ...]


@dataclass(frozen=True, slots=True)
class RenderedPassage:
    """The translation of one passage: all its words, its title (or None) and its sentences."""

    text: str
    title: str | None
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PassageQuestion:
    """A question that a passage answers, written by the text's keeper; an aid to finding it.

    ``passage`` is the position in ``Document.passages``; for the introduction as a whole, the
    position of its first paragraph.
    """

    passage: int
    language: Language
    question: str


@dataclass(frozen=True, slots=True)
class Document:
    """One source text as read from ``seeds/``.

    Attributes:
        name: The source file's name without its ending; unique in the folder.
        file: The source file's name with its ending.
        sha256: Hex digest over the source file and the files beside it that belong to it.
        text: The decoded source. Nothing is normalised: line ends, typing errors and odd spaces
            stay as they are.
        work: What a citation says of it.
        passages: All passages in order of the source; they do not overlap.
        rendering: A translation lying beside the source, if any.
        questions: Questions lying beside the source, in order of that file.
    """

    name: str
    file: str
    sha256: str
    text: str
    work: Work
    passages: tuple[Passage, ...]
    rendering: Rendering | None = None
    questions: tuple[PassageQuestion, ...] = field(default=())

    def quote(self, span: Span) -> str:
        """The words of the source at ``span``, verbatim."""
        return span.of(self.text)

    def thesis(self, number: int) -> Passage | None:
        """The thesis of that number, or None where the source holds none."""
        return next((p for p in self.passages if p.thesis == number), None)
