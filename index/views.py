"""The views of a passage: the texts that are embedded so that a question can meet it.

A passage is compared with a question from several sides at once: whole, by its title, by its
sentences, and by the translation and the questions that may lie beside the source.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from index.passage import Document

Role = Literal["query", "passage"]
"""Which prompt a text is embedded with: as something asked, or as something answered."""

ViewKind = Literal["whole", "title", "sentence", "rendering", "rendered_sentence", "question"]


@dataclass(frozen=True, slots=True)
class View:
    """One text to embed.

    Attributes:
        passage: Position among all passages of all documents, in their order.
        kind: Which side of the passage it shows.
        text: What is embedded.
        sentence: Position in the passage's ``sentences`` for the kinds that show one; else None.
    """

    passage: int
    kind: ViewKind
    text: str
    sentence: int | None = None

    @property
    def role(self) -> Role:
        """The prompt it is embedded with: that of questions for all views.

        So question and passage lie in one region of the model's space. Against its own prompt for
        passages that is measured better here: more English questions find German theses, and tokens
        tell answered from unanswered questions better; see ``tests/benchmarks/RESULTS.md``.
        """
        return "query"


KINDS: tuple[ViewKind, ...] = get_args(ViewKind)
"""All kinds, in the order that ``ViewTable`` numbers them by."""


@dataclass(frozen=True, slots=True)
class ViewTable:
    """What is kept of views once they are embedded; their texts follow from the documents.

    Attributes:
        passages: Position of each view's passage, (views,), ascending.
        kinds: Position of each view's kind in ``KINDS``, (views,).
        sentences: Position of the sentence each shows, -1 for none, (views,).
    """

    passages: NDArray[np.int32]
    kinds: NDArray[np.int8]
    sentences: NDArray[np.int32]

    @classmethod
    def of(cls, views: Sequence[View]) -> ViewTable:
        """The table of ``views``, which are grouped by passage."""
        return cls(
            np.array([view.passage for view in views], np.int32),
            np.array([KINDS.index(view.kind) for view in views], np.int8),
            np.array([-1 if view.sentence is None else view.sentence for view in views], np.int32),
        )


def make_views(documents: Sequence[Document]) -> tuple[View, ...]:
    """All views of all passages, passage by passage in the documents' order.

    A passage of a single sentence has no sentence view: its whole is the same text.
    """
    views: list[View] = []
    first = 0
    for document in documents:
        asked: dict[int, list[str]] = {}
        for entry in document.questions:
            asked.setdefault(entry.passage, []).append(entry.question)
        for offset in range(len(document.passages)):
            views.extend(_passage_views(document, offset, first + offset))
            questions = asked.get(_question_target(document, offset), ())
            views.extend(View(first + offset, "question", question) for question in questions)
        first += len(document.passages)
    return tuple(views)


def _question_target(document: Document, offset: int) -> int:
    """Where the questions of a passage hang: the introduction's all at its first paragraph."""
    passages = document.passages
    while offset and passages[offset].kind == passages[offset - 1].kind == "introduction":
        offset -= 1
    return offset


def _passage_views(document: Document, offset: int, passage: int) -> Iterator[View]:
    source = document.passages[offset]
    sentences = [document.quote(span) for span in source.sentences]
    yield View(passage, "whole", "\n".join(sentences))
    if len(sentences) > 1:
        for i, sentence in enumerate(sentences):
            kind: ViewKind = "title" if source.sentences[i] == source.title else "sentence"
            yield View(passage, kind, sentence, i)
    if document.rendering is None:
        return
    rendered = document.rendering.passages[offset]
    yield View(passage, "rendering", rendered.text)
    aligned = len(rendered.sentences) == len(sentences)
    for i, sentence in enumerate(rendered.sentences):
        yield View(passage, "rendered_sentence", sentence, i if aligned else None)
