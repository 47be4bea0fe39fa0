"""Which stretches of a message may be meant as the quotation."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence, Set

from bot.exactness.words import QUOTES, Token, count_words, within_word
from bot.reference import find_reference
from index import Span

LEAST_MARKED = 3
"""Fewest words in quotation marks that count as a quotation."""

_LEAST_WIDER = 0.5  # of the words around the marks, for them to belong to the quotation
_LONGEST_AROUND, _MOST_AROUND = 160, 14
_MOST_STARTS = 4

_QUOTE = re.compile(f"[{QUOTES}]")
_OPENING = "„‚"
_BEFORE_OPENING = frozenset("([{:—–-/>*_~|`") | frozenset(QUOTES)
_CLOSED_BY = {"„": '“”"', "“": '”"', "»": "«", "«": "»", "‚": "‘’'", "‘": "’'", "›": "‹", "‹": "›"}
_BLOCK_QUOTE = re.compile(r"^[ \t]*>(?:>>(?s:.*)|.*)", re.MULTILINE)
_JOINTS = frozenset("und and oder or sowie".split())
_INTRODUCTION = re.compile(r"\s*[^:?\n]*[:?\n]")
_LAST_LINE = re.compile(r"\n[^\n]*$")
_NUMBER_MARK = re.compile(r"\W*\d{1,4}\s*[.)](?!\d)\s*")
_STATED = r"\b[\s:.,–—-]*(?:(?:steht|heißt es|sagt|lautet|says|states)\b[\s:,]*)?"
_STATED += r"(?:(?:dass|that)\b\s*)?"
_NAMED_FIRST = tuple(
    re.compile(rf"\W*(?:[^\W\d_]+\s+){{0,2}}?{named}{_STATED}", re.IGNORECASE)
    for named in (
        r"(?:these|thesis|th)\b\W{0,3}(?:(?:nr|no|nummer|number)\b\W{0,3})?(?:\d+|[^\W\d_]+)",
        r"(?:\d+\.?|[^\W\d_]+)\s+(?:these|thesis)",
    )
)
_REMARK = re.compile(
    r"\s*\([^()]*\)\W*$"
    r"|(?<=[.!?…,;–—\"“”«»])\s+[^.!?\n,]*\?+\W*$"
    r"|\s+[–—-]\s*[^–—\n]*$"
    r"|(?<=[.!?…])\s+[^.!?]*(?:these|thesis)[^!?]*$"
    r"|,\s*(?:finde|find|sehe|meine|glaube|denke|stimmt|richtig|oder|right|true|i think)\b[^.]*$",
    re.IGNORECASE,
)


def widest_reading(message: str, words: Sequence[Token], held: Set[int]) -> list[Span]:
    """The widest reading of what is quoted whose further words are mostly the source's too.

    Args:
        message: What was sent.
        words: Its words; at least one.
        held: Where those begin that the sources have too.
    """
    at = [word.start for word in words if word.key.casefold() not in _JOINTS]

    def inside(spans: Iterable[Span]) -> set[int]:
        return {i for s in spans for i in at[bisect_left(at, s.start) : bisect_left(at, s.end)]}

    def belong(further: set[int]) -> bool:
        return len(further & held) > _LEAST_WIDER * len(further)

    start, *starts = _starts(message, Span(0, len(message)), loose=True)
    for wider in starts:
        start = wider if belong(inside([Span(wider, start)])) else start
    all_ends = _ends(message, Span(0, len(message)))
    end, *ends = (end for end in all_ends if count_words(message, Span(start, end)))
    for wider in ends:
        end = wider if belong(inside([Span(end, wider)])) else end
    chosen: list[Span] = []
    for reading in (*_marked_readings(message), [Span(start, end)]):
        if not chosen or belong(inside(reading) - inside(chosen)):
            chosen = reading
    return chosen


def _marked_readings(message: str) -> Iterator[list[Span]]:
    """What is marked as quoted, from the narrowest reading to the widest."""
    block = list(_block_quoted(message))
    marks = list(_marked(message))
    if block:
        marks = [mark for mark in marks if any(lines.holds(mark) for lines in block)]
    pieces = [mark for mark in marks if count_words(message, mark) >= LEAST_MARKED]
    if pieces:
        yield from _without_reference(message, pieces)
        yield [Span(marks[0].start, marks[-1].end)]
    if block:
        yield from _without_reference(message, block)


def _without_reference(message: str, spans: list[Span]) -> Iterator[list[Span]]:
    """The spans, the first of them at first without the reference it may begin with."""
    for start in _starts(message, spans[0], loose=False):
        yield [Span(start, spans[0].end), *spans[1:]]


def _block_quoted(message: str) -> Iterator[Span]:
    """The block quotes, lines that follow each other as one."""
    joined: list[Span] = []
    for found in _BLOCK_QUOTE.finditer(message):
        if joined and found.start() <= joined[-1].end + 1:
            joined[-1] = Span(joined[-1].start, found.end())
        else:
            joined.append(Span(*found.span()))
    yield from (lines for lines in joined if count_words(message, lines) >= LEAST_MARKED)


def _marked(message: str) -> Iterator[Span]:
    """What stands between quotation marks, without what is marked within it."""
    opened: list[str] = []
    start = 0
    for found in _QUOTE.finditer(message):
        mark, at = found[0], found.start()
        if mark in "'’‘\"" and within_word(message, at):
            continue
        if mark in _OPENING or _may_open(message, at):
            start = start if opened else at + 1
            opened.append(_CLOSED_BY.get(mark, mark))
        elif opened:
            opened = [] if mark in opened[0] else opened[:-1]
            if not opened:
                yield Span(start, at)
    if opened:
        yield Span(start, len(message))


def _may_open(message: str, at: int) -> bool:
    """Whether a mark stands where a quotation may begin."""
    before, after = message[at - 1 : at] if at else "", message[at + 1 : at + 2]
    return bool(after.strip()) and (not before.strip() or before in _BEFORE_OPENING)


def _starts(message: str, span: Span, *, loose: bool) -> list[int]:
    """Where the quotation may start in ``span``, the last place first.

    It may begin after a reference such as "These 3:"; if ``loose``, also after a line or a colon.
    """
    starts = [span.start]
    while len(starts) < _MOST_STARTS:
        head = message[starts[-1] : min(span.end, starts[-1] + _LONGEST_AROUND)]
        found = [mark.match(head) for mark in (_NUMBER_MARK, *_NAMED_FIRST)]
        cuts = [match.end() for match in found if match and find_reference(match[0])]
        introduction = _INTRODUCTION.match(head)
        if introduction and (loose or find_reference(introduction[0])):
            cuts.append(introduction.end())
            loose = False
        cuts = [cut for cut in cuts if 0 < count_words(head, Span(0, cut)) <= _MOST_AROUND]
        if not cuts or not count_words(message, Span(starts[-1] + max(cuts), span.end)):
            break
        starts.append(starts[-1] + max(cuts))
    return starts[::-1]


def _ends(message: str, span: Span) -> list[int]:
    """Where the quotation may end in ``span``, the first place first.

    It may end before a line or a remark such as "– stimmt das?" or "(These 3)". A closing question
    mark asks whether it is exact.
    """
    ends = [span.end]
    for pattern in (_LAST_LINE, _REMARK):
        end = len(message[: ends[-1]].rstrip())
        start = max(span.start, end - _LONGEST_AROUND)
        found = pattern.search(message[start:end])
        if found and count_words(message, Span(span.start, start + found.start())) >= LEAST_MARKED:
            ends.append(start + found.start())
    ends[0] = max(*ends[1:], 0, len(message[: span.end].rstrip().rstrip("?")))
    return ends[::-1]
