"""The last check before a quotation is sent: what will be displayed is what the source says."""

from __future__ import annotations

from collections.abc import Sequence

from bot.render import Piece, unquote
from index import Document, Span


class QuoteError(Exception):
    """What would be displayed is not what the document ``document`` says from ``offset`` on."""

    def __init__(self, document: str, offset: int, reason: str) -> None:
        super().__init__(f"{document}, character {offset}: {reason}")
        self.document = document
        self.offset = offset


def prove(document: Document, span: Span, pieces: Sequence[Piece]) -> None:
    """Return if ``pieces`` display the words at ``span``, all of them, once and in order.

    Raises:
        QuoteError: They do not.
    """
    if not 0 <= span.start <= span.end <= len(document.text):
        raise QuoteError(document.name, span.start, "the quotation lies outside the text")
    at = span.start
    for piece in pieces:
        if piece.span.start != at or not at < piece.span.end <= span.end:
            raise QuoteError(document.name, at, "the pieces do not follow one another")
        if unquote(piece.text) != _words(document, piece.span):
            raise QuoteError(document.name, at, "a piece differs from the source")
        at = piece.span.end
    if at != span.end:
        raise QuoteError(document.name, at, "the end of the quotation is missing")


def _words(document: Document, span: Span) -> str:
    return document.quote(span).replace("\r\n", "\n").replace("\r", "\n")
