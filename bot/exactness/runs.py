"""The stretches of the sources that a quotation is made of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from bot.exactness.alignment import Pair, align
from bot.exactness.quotation import Quotation
from bot.exactness.source import Source

MOST_LEFT_OUT = 7
"""Most words left out in silence for it to be one stretch; more make it several."""

Run: TypeAlias = list[Pair]
"""Words of the quotation that follow each other in the sources too, save a few."""

_LEAST_RUN = 4  # words in a row from elsewhere that are no chance
_LEAST_MARKED_RUN = 3  # the same after an ellipsis
_LEAST_DENSE = 0.4  # of a stretch's words that must be quoted
_APART = 3


def find_runs(quotation: Quotation, source: Source) -> list[Run]:
    """The stretches of the sources that the quotation is made of, in order of the quotation."""
    runs = _split(align(quotation, source), quotation, source)
    if not runs:
        return []
    words = quotation.folded()
    longest = max(runs, key=lambda run: sum(len(words[pair.quoted]) for pair in run))
    kept = [
        run
        for before, run in zip([None, *runs], runs, strict=False)
        if run is longest
        or len(run) >= _least(run, quotation)
        or _follows_at_mark(before, run, quotation, source)
    ]
    pairs = (pair for run in kept for pair in _without_strays(run))
    return [run for run in _split(pairs, quotation, source) if _is_dense(run)]


def _least(run: Run, quotation: Quotation) -> int:
    """How many words a run must have, not to be one by chance."""
    first = run[0].quoted
    at_mark = any(quotation.marked) and (first == 0 or quotation.marked[first])
    return _LEAST_MARKED_RUN if at_mark else _LEAST_RUN


def _follows_at_mark(before: Run | None, run: Run, quotation: Quotation, source: Source) -> bool:
    """Whether a run goes on after an ellipsis in the same passage."""
    if before is None or not quotation.marked[run[0].quoted]:
        return False
    one, other = before[-1].source, run[0].source
    return one < other and source.word(one).passage is source.word(other).passage


def _without_strays(run: Run) -> Run:
    """A run without single words at its edges that stand apart from the rest."""

    def apart(one: Pair, other: Pair) -> bool:
        return max(other.quoted - one.quoted, other.source - one.source) > _APART

    while len(run) > _APART and apart(run[0], run[1]):
        run = run[1:]
    while len(run) > _APART and apart(run[-2], run[-1]):
        run = run[:-1]
    return run


def _is_dense(run: Run) -> bool:
    longest = max(run[-1].source - run[0].source, run[-1].quoted - run[0].quoted) + 1
    return len(run) >= _LEAST_DENSE * longest


def _split(pairs: Iterable[Pair], quotation: Quotation, source: Source) -> list[Run]:
    """The pairs cut where the sources do not go on."""
    runs: list[Run] = []
    for pair in pairs:
        if runs and not _is_cut(runs[-1][-1], pair, quotation, source):
            runs[-1].append(pair)
        else:
            runs.append([pair])
    return runs


def _is_cut(one: Pair, other: Pair, quotation: Quotation, source: Source) -> bool:
    skipped = other.source - one.source - 1
    net = skipped - (other.quoted - one.quoted - 1)
    before, after = source.word(one.source), source.word(other.source)
    if skipped < 0 or net > MOST_LEFT_OUT or before.document is not after.document:
        return True
    marked = any(quotation.marked[one.quoted + 1 : other.quoted + 1])
    return net > 0 and (marked or before.passage is not after.passage)
