"""What of a message is taken for the quotation."""

from __future__ import annotations

from collections.abc import Sequence

from bot.exactness.words import ELLIPSIS, Token, tokens, trimmed
from index import Span


class Quotation:
    """The tokens of a message in some stretches of it.

    Attributes:
        message: The whole message.
        spans: The stretches that are the quotation.
        tokens: The tokens in them; between two stretches as if words were left out.
        words: Those that are words.
        marked: For each of ``words``, whether the quotation says that words before it are left out.
    """

    def __init__(self, message: str, spans: Sequence[Span]) -> None:
        """Read ``spans`` of ``message``."""
        self.message = message
        self.spans = spans
        self.tokens: list[Token] = []
        for span in spans:
            piece = trimmed(list(tokens(message, span)))
            if piece and self.tokens:
                self.tokens.append(Token(ELLIPSIS, piece[0].start, piece[0].start))
            self.tokens += piece
        self.words: list[Token] = []
        self.marked: list[bool] = []
        marked = False
        for token in self.tokens:
            if token.is_word:
                self.words.append(token)
                self.marked.append(marked)
                marked = False
            marked = marked or token.key == ELLIPSIS

    @property
    def outside(self) -> str:
        """The rest of the message."""
        rest, at = [], 0
        for span in self.spans:
            rest.append(self.message[at : span.start])
            at = span.end
        return " ".join([*rest, self.message[at:]])

    def folded(self) -> list[str]:
        """The words without regard to case."""
        return [word.key.casefold() for word in self.words]
