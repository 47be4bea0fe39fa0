"""The words of the sources in one row, to be searched for a quotation."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bot.exactness.words import Token, tokens
from index import Document, Passage, Span

_MOST_CELLS, _MOST_COLUMNS, _BLOCK = 1_500_000, 4_096, 64
_MOST_PLACES = 64


@dataclass(frozen=True, slots=True)
class SourceToken:
    """A token of the sources; ``sentence`` counts through all of them."""

    document: Document
    passage: Passage
    sentence: int
    token: Token


@dataclass(frozen=True, slots=True)
class Stretch:
    """Tokens ``first`` up to and with ``last`` of the sources."""

    first: int
    last: int


class Source:
    """The tokens of all sources in a row, with or without the theses' number marks.

    Attributes:
        tokens: All of them.
        words: Which of the tokens are words.
        ids: For each of ``words``, its number in the vocabulary.
        vocabulary: A number for each word that differs in more than case.
    """

    def __init__(self, documents: Sequence[Document], *, with_marks: bool) -> None:
        """Read ``documents``."""
        self.tokens = list(_tokens_of(documents, with_marks=with_marks))
        self._joined, self._offsets = _joined(self.tokens)
        self._at = {(t.document.name, t.token.start): i for i, t in enumerate(self.tokens)}
        self.words = [i for i, token in enumerate(self.tokens) if token.token.is_word]
        self.vocabulary: dict[str, int] = {}
        spelt = [self.tokens[i].token.key.casefold() for i in self.words]
        ids = [self.vocabulary.setdefault(word, len(self.vocabulary)) for word in spelt]
        self.ids = np.array(ids, np.int64)
        self._rarity = 1 / np.maximum(np.bincount(self.ids, minlength=1), 1)

    def find(self, keys: Sequence[str]) -> list[Stretch]:
        """The places where ``keys`` stand in a row, the first few of them."""
        found: list[Stretch] = []
        wanted, at = "\n" + "\n".join([*keys, ""]), -1
        while keys and len(found) < _MOST_PLACES:
            at = self._joined.find(wanted, at + 1)
            if at < 0:
                break
            first = bisect_left(self._offsets, at)
            found.append(Stretch(first, first + len(keys) - 1))
        return found

    def same(self, stretch: Stretch, other: Source) -> Stretch:
        """Where a stretch of another row of the same texts lies in this one."""
        ends = other.tokens[stretch.first], other.tokens[stretch.last]
        first, last = (self._at[end.document.name, end.token.start] for end in ends)
        return Stretch(first, last)

    def span(self, stretch: Stretch) -> Span:
        """Where a stretch lies in its document."""
        first, last = self.tokens[stretch.first], self.tokens[stretch.last]
        return Span(first.token.start, last.token.end)

    def theses(self, stretch: Stretch) -> set[int | None]:
        """The theses that a stretch is of."""
        return {t.passage.thesis for t in self.tokens[stretch.first : stretch.last + 1]}

    def held_theses(self) -> list[int]:
        """All numbers of theses, in order of the sources."""
        theses = dict.fromkeys(token.passage.thesis for token in self.tokens)
        return [number for number in theses if number is not None]

    def word(self, number: int) -> SourceToken:
        """A word by its position in ``words``."""
        return self.tokens[self.words[number]]

    def near(self, quote: Sequence[str]) -> NDArray[np.int64]:
        """The words, as indices of ``words``, around which most of the ``quote`` may stand."""
        worth = self._worth([self.vocabulary.get(word, -1) for word in quote])
        blocks = np.bincount(np.arange(len(self.ids)) // _BLOCK, worth)
        most = min(_MOST_COLUMNS, max(4 * _BLOCK, _MOST_CELLS // len(quote))) // _BLOCK
        chosen: set[int] = set()
        for block in np.argsort(-blocks, kind="stable"):
            if blocks[block] <= 0 or len(chosen) + 3 > most:
                break
            chosen |= {int(block) - 1, int(block), int(block) + 1}
        columns = [np.arange(b * _BLOCK, (b + 1) * _BLOCK) for b in sorted(chosen) if b >= 0]
        together = np.concatenate([np.zeros(0, np.int64), *columns])
        return together[together < len(self.ids)]

    def _worth(self, wanted: Sequence[int]) -> NDArray[np.float64]:
        """How much each word says for its surroundings: rare ones more, pairs in a row most."""
        size = len(self.vocabulary)
        pairs = [a * size + b for a, b in pairwise(wanted) if min(a, b) >= 0]
        worth = np.where(np.isin(self.ids, wanted), self._rarity[self.ids], 0.0)
        worth[:-1] += np.isin(self.ids[:-1] * size + self.ids[1:], pairs)
        return worth


@lru_cache(maxsize=4)
def read_sources(documents: tuple[Document, ...]) -> tuple[Source, Source]:
    """The row of tokens without the theses' number marks, and the one with them."""
    return Source(documents, with_marks=False), Source(documents, with_marks=True)


def _tokens_of(documents: Sequence[Document], *, with_marks: bool) -> Iterator[SourceToken]:
    count = 0
    for document in documents:
        for passage in document.passages:
            sentences = passage.sentences or (passage.span,)
            starts = [sentence.start for sentence in sentences]
            for token in tokens(document.text, passage.span):
                nearest = bisect_left(starts, token.start + 1) - 1
                if with_marks or (nearest >= 0 and token.start < sentences[nearest].end):
                    yield SourceToken(document, passage, count + nearest, token)
            count += len(sentences) + 1


def _joined(row: Sequence[SourceToken]) -> tuple[str, list[int]]:
    """All keys, a line each, the documents apart; and where the line end before each stands."""
    offsets: list[int] = []
    lines, at = [""], 0
    for i, token in enumerate(row):
        if i and token.document is not row[i - 1].document:
            lines.append("\f")
            at += 2
        offsets.append(at)
        lines.append(token.token.key)
        at += len(token.token.key) + 1
    return "\n".join([*lines, ""]), offsets
