"""How a quotation differs from the stretch of the source that it is meant to be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from bot.exactness.quotation import Quotation
from bot.exactness.source import Source, Stretch
from bot.exactness.verdicts import Change
from bot.exactness.words import ELLIPSIS, Token


@dataclass(frozen=True, slots=True)
class _Region:
    """Tokens of the source, ``a`` up to ``b``, and those quoted in their stead, ``c`` to ``d``."""

    a: int
    b: int
    c: int
    d: int

    def joined(self, other: _Region) -> _Region:
        return _Region(self.a, max(self.b, other.b), self.c, max(self.d, other.d))

    def touches(self, other: _Region) -> bool:
        return other.a <= self.b or other.c <= self.d


def find_changes(quotation: Quotation, source: Source, found: Stretch) -> tuple[Change, ...]:
    """Where the quotation differs from a stretch, as whole words."""
    stretch = source.tokens[found.first : found.last + 1]
    text = stretch[0].document.text
    theirs = [token.token for token in stretch]
    ours = quotation.tokens
    if not any(token.key == ELLIPSIS for token in theirs):
        ours = [token for token in ours if token.key != ELLIPSIS]
    return tuple(
        Change(_written(text, theirs[r.a : r.b]), _written(quotation.message, ours[r.c : r.d]))
        for r in _regions(theirs, ours)
    )


def _written(text: str, tokens: Sequence[Token]) -> str:
    return text[tokens[0].start : tokens[-1].end] if tokens else ""


def _regions(theirs: Sequence[Token], ours: Sequence[Token]) -> list[_Region]:
    """What differs, in order; what touches is one."""
    regions: list[_Region] = []
    for region in _differing(theirs, ours):
        if regions and regions[-1].touches(region):
            regions[-1] = regions[-1].joined(region)
        else:
            regions.append(region)
    return regions


def _differing(theirs: Sequence[Token], ours: Sequence[Token]) -> Iterator[_Region]:
    for code in Levenshtein.opcodes([t.key for t in theirs], [t.key for t in ours]):
        if code.tag != "equal":
            region = _Region(code.src_start, code.src_end, code.dest_start, code.dest_end)
            yield _whole_words(region, theirs, ours)


def _whole_words(region: _Region, theirs: Sequence[Token], ours: Sequence[Token]) -> _Region:
    """A region widened to all that is written together with it, without the edges' equals.

    Around the region, both are equal token by token.
    """
    a, b, c, d = region.a, region.b, region.c, region.d
    while min(a, c) and (_glued(theirs, a, b, a) or _glued(ours, c, d, c)):
        if theirs[a - 1].key != ours[c - 1].key:
            break
        a, c = a - 1, c - 1
    while b < len(theirs) and d < len(ours) and (_glued(theirs, a, b, b) or _glued(ours, c, d, d)):
        if theirs[b].key != ours[d].key:
            break
        b, d = b + 1, d + 1
    while a < b and c < d and theirs[b - 1].key == ours[d - 1].key and not ours[d - 1].is_word:
        b, d = b - 1, d - 1
    while a < b and c < d and theirs[a].key == ours[c].key and not ours[c].is_word:
        a, c = a + 1, c + 1
    return _Region(a, b, c, d)


def _glued(tokens: Sequence[Token], start: int, end: int, at: int) -> bool:
    """Whether no space stands before token ``at``, where tokens ``start`` to ``end`` are any."""
    return start < end and tokens[at - 1].end == tokens[at].start
