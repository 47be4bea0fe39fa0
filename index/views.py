"""The views of a passage: the texts that are embedded so that a question can meet it.

A passage is compared with a question from several sides at once: whole, by its title, by its
sentences, and by the translation and the questions that may lie beside the source.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

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
        """The prompt it is embedded with."""
        return "query" if self.kind == "question" else "passage"
