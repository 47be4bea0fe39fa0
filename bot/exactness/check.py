"""From a message to the verdict on what it quotes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import product

from bot.exactness.differences import find_changes
from bot.exactness.quotation import Quotation
from bot.exactness.readings import widest_reading
from bot.exactness.runs import Run, find_runs
from bot.exactness.source import Source, Stretch, read_sources
from bot.exactness.verdicts import (
    Altered,
    Change,
    Exact,
    NotFound,
    Part,
    QuoteVerdict,
    Stitched,
    WrongThesis,
)
from bot.exactness.words import ELLIPSIS, plain
from bot.reference import find_reference
from index import Document, Span

LONGEST_MESSAGE = 4_000
"""Characters that are read; as many as Discord's longest message has."""

_LEAST_MATCHED = 2
_LEAST_SHARE = 0.5  # of the quoted letters, and words, that must stand in the source
_MENTION = re.compile(r"<[@#][!&]?\d{1,20}>")


def check_quote(message: str, documents: Sequence[Document]) -> QuoteVerdict:
    """Whether what ``message`` quotes stands in the source texts, and how it differs.

    Quoted is what stands in quotation marks or in a block quote, else the message without a
    leading reference ("These 3:"); more, where the words around the marks are the source's too.
    Only the first ``LONGEST_MESSAGE`` characters are read. Translations are no source.
    """
    read = _MENTION.sub(" ", plain(message[:LONGEST_MESSAGE]))
    bare, marked = read_sources(tuple(documents))
    everything = Quotation(read, [Span(0, len(read))])
    if not bare.words or not any(word.key.isalpha() for word in everything.words):
        return NotFound()
    if verdict := _exact(everything, bare, marked):
        return verdict
    runs = find_runs(everything, bare)
    held = {everything.words[pair.quoted].start for run in runs for pair in run}
    spans = widest_reading(read, everything.words, held)
    if spans == everything.spans:
        return _inexact(everything, runs, bare, marked)
    quotation = Quotation(read, spans)
    if verdict := _exact(quotation, bare, marked):
        return verdict
    return _inexact(quotation, find_runs(quotation, bare), bare, marked)


def _exact(quotation: Quotation, bare: Source, marked: Source) -> QuoteVerdict | None:
    """The verdict where every word stands so in the sources."""
    keys = [token.key for token in quotation.tokens]
    unbroken = [key for key in keys if key != ELLIPSIS]
    for wanted, source in product((keys, unbroken), (bare, marked)):
        if places := source.find(wanted):
            claimed = _claimed(quotation, source)
            fitting = [place for place in places if source.theses(place) & set(claimed)]
            return _judged(source, (fitting or places)[0], (), claimed)
    return None


def _inexact(
    quotation: Quotation, runs: Sequence[Run], bare: Source, marked: Source
) -> QuoteVerdict:
    """The verdict where the words do not stand so in the sources."""
    words = quotation.folded()
    matched = {pair.quoted for run in runs for pair in run}
    letters = sum(len(words[i]) for i in matched)
    shares = letters / max(sum(map(len, words)), 1), len(matched) / max(len(words), 1)
    if len(matched) < _LEAST_MATCHED or min(shares) < _LEAST_SHARE:
        return NotFound()
    if len(runs) > 1:
        return Stitched(tuple(part for run in runs for part in _parts(run, bare)))
    found = _meant(runs[0], quotation, bare)
    changes = min(
        find_changes(quotation, bare, found),
        find_changes(quotation, marked, marked.same(found, bare)),
        key=len,
    )
    return _judged(bare, found, changes, _claimed(quotation, bare))


def _judged(
    source: Source, found: Stretch, changes: tuple[Change, ...], claimed: tuple[int, ...]
) -> Exact | Altered | WrongThesis:
    """The verdict on one stretch, ``claimed`` to be of some theses or, if empty, of any."""
    place, span = source.tokens[found.first], source.span(found)
    if claimed and not source.theses(found) & set(claimed):
        return WrongThesis(claimed, place.document, place.passage, span, changes)
    if changes:
        return Altered(place.document, place.passage, span, changes)
    return Exact(place.document, place.passage, span)


def _claimed(quotation: Quotation, source: Source) -> tuple[int, ...]:
    """The theses that the words around the quotation name."""
    reference, held = find_reference(quotation.outside), source.held_theses()
    return reference.resolve(held) if reference and held else ()


def _parts(run: Run, source: Source) -> Iterator[Part]:
    """The stretch of a run, passage by passage."""
    first, last = source.words[run[0].source], source.words[run[-1].source]
    while first <= last:
        place, end = source.tokens[first], first
        while end < last and source.tokens[end + 1].passage is place.passage:
            end += 1
        yield Part(place.document, place.passage, source.span(Stretch(first, end)))
        first = end + 1


def _meant(run: Run, quotation: Quotation, source: Source) -> Stretch:
    """The stretch meant: the run, and beside it as many words as were put in their stead."""
    first, last = run[0].source, run[-1].source
    lead, trail = run[0].quoted, len(quotation.words) - 1 - run[-1].quoted
    head, tail = source.word(first).sentence, source.word(last).sentence
    while lead and first and source.word(first - 1).sentence == head:
        first, lead = first - 1, lead - 1
    while trail and last + 1 < len(source.words) and source.word(last + 1).sentence == tail:
        last, trail = last + 1, trail - 1
    return Stretch(source.words[first], source.words[last])
