"""Whether a quotation stands word for word in the source texts, and if not, how it differs."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from bot.reference import find_reference
from index import Document, Passage, Span

LONGEST_MESSAGE = 4_000
"""Characters that are read; as many as Discord's longest message has."""

LEAST_MARKED = 3
"""Fewest words in quotation marks that count as a quotation."""

MOST_LEFT_OUT = 7
"""Most words left out in silence for it to be one stretch; more make it several."""

_LEAST_PART = 4  # words in a row from elsewhere that are no chance
_LEAST_MARKED_PART = 3  # the same after an ellipsis
_LEAST_MATCHED = 2
_LEAST_SHARE = 0.5  # of the quoted letters, and words, that must stand in the source
_LEAST_DENSE = 0.4  # of a stretch's words that must be quoted
_LEAST_WIDER = 0.5  # of the words around the marks, for them to belong to the quotation
_SIMILAR, _LEAST_SIMILAR = 75, 4
_MOST_COMPARED = 300_000
_MOST_CELLS, _MOST_COLUMNS, _BLOCK = 1_500_000, 4_096, 64
_MOST_PLACES = 64
_GAIN, _GAIN_SIMILAR, _UNLIKE, _ADDED = 1.0, 0.5, -0.6, 0.6
_LEFT_OUT, _JUMP = 0.35, 4.0
_LEFT_OUT_MARKED, _JUMP_MARKED = 0.02, 1.5
_LONGEST_AROUND, _MOST_AROUND = 160, 14

_INVISIBLE = "\u00ad\u200b-\u200d\u2060\ufeff"
_HIDDEN = re.compile(f"[{_INVISIBLE}]")
_TOKEN = re.compile(
    rf"(?:[^\W_][\u0300-\u036f{_INVISIBLE}]*)+"
    r"|\[\s*(?:…|\.{2,})\s*\]|\(\s*(?:…|\.{2,})\s*\)|…|\.{3,}"
    rf"|[^\w\s*~|`>\\#{_INVISIBLE}]"
)
_ELLIPSIS = "…"
_QUOTES = "\"„“”«»‹›‚‘’'"
_KINDS = {**dict.fromkeys(_QUOTES, '"'), **dict.fromkeys("‐‑", "-"), **dict.fromkeys("—―−", "–")}
_AT_EDGES = frozenset(".,;:…-–()[]{}/\"<>•'")
_OPENING = "„‚"
_BEFORE_OPENING = frozenset("([{:—–-/>*_~|`") | frozenset(_QUOTES)
_JOINTS = frozenset("und and oder or sowie".split())
_CLOSED_BY = {"„": '“”"', "“": '”"', "»": "«", "«": "»", "‚": "‘’'", "‘": "’'", "›": "‹", "‹": "›"}
_BLOCK_QUOTE = re.compile(r"^[ \t]*>(?:>>(?s:.*)|.*)", re.MULTILINE)
_MENTION = re.compile(r"<[@#][!&]?\d{1,20}>")
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


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: ``source`` is empty for words added, ``quoted`` for words left out."""

    source: str
    quoted: str


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a quotation that is put together from several."""

    document: Document
    passage: Passage
    span: Span


@dataclass(frozen=True, slots=True)
class Exact:
    """Every word stands so in the source.

    ``span`` begins in ``passage``; it ends in a later one only if the quotation runs on into it.
    """

    document: Document
    passage: Passage
    span: Span


@dataclass(frozen=True, slots=True)
class Altered:
    """It is meant to be this stretch, but differs; ``span`` as in ``Exact``."""

    document: Document
    passage: Passage
    span: Span
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Stitched:
    """It is put together from places that do not follow each other, in the order quoted."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class WrongThesis:
    """The words, changed or not, are not of the theses ``claimed``; ``span`` as in ``Exact``."""

    claimed: tuple[int, ...]
    document: Document
    passage: Passage
    span: Span
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class NotFound:
    """Nothing in the sources comes close."""


QuoteVerdict = Exact | Altered | Stitched | WrongThesis | NotFound


@dataclass(frozen=True, slots=True)
class _Token:
    """A word or a mark of punctuation; ``key`` is the same for what counts as the same."""

    key: str
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        return self.key[0].isalnum()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a token of the sources stands; ``sentence`` counts through all sources."""

    document: Document
    passage: Passage
    sentence: int
    token: _Token


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Tokens ``first`` up to and with ``last`` of the sources."""

    first: int
    last: int


class _Source:
    """The tokens of all sources in a row, with or without the theses' number marks."""

    def __init__(self, documents: Sequence[Document], *, with_marks: bool) -> None:
        self.places = list(_places(documents, with_marks=with_marks))
        self.at = {(p.document.name, p.token.start): i for i, p in enumerate(self.places)}
        self._offsets: list[int] = []
        lines, at = [""], 0
        for i, place in enumerate(self.places):
            if i and place.document is not self.places[i - 1].document:
                lines.append("\f")
                at += 2
            self._offsets.append(at)
            lines.append(place.token.key)
            at += len(place.token.key) + 1
        self._joined = "\n".join([*lines, ""])
        self.words = [i for i, place in enumerate(self.places) if place.token.is_word]
        self.vocabulary: dict[str, int] = {}
        spelt = [self.places[i].token.key.casefold() for i in self.words]
        ids = [self.vocabulary.setdefault(word, len(self.vocabulary)) for word in spelt]
        self.ids = np.array(ids, np.int64)
        self.rarity = 1 / np.maximum(np.bincount(self.ids, minlength=1), 1)

    def find(self, keys: Sequence[str]) -> list[_Stretch]:
        """The places where ``keys`` stand in a row, the first few of them."""
        found: list[_Stretch] = []
        wanted, at = "\n" + "\n".join([*keys, ""]), -1
        while keys and len(found) < _MOST_PLACES:
            at = self._joined.find(wanted, at + 1)
            if at < 0:
                break
            first = bisect_left(self._offsets, at)
            found.append(_Stretch(first, first + len(keys) - 1))
        return found

    def span(self, stretch: _Stretch) -> Span:
        """Where a stretch lies in its document."""
        first, last = self.places[stretch.first], self.places[stretch.last]
        return Span(first.token.start, last.token.end)

    def theses(self, stretch: _Stretch) -> set[int | None]:
        """The theses that a stretch is of."""
        places = self.places[stretch.first : stretch.last + 1]
        return {place.passage.thesis for place in places}

    def near(self, quote: Sequence[str]) -> NDArray[np.int64]:
        """The words, as indices of ``words``, around which most of the ``quote`` may stand."""
        wanted = [self.vocabulary.get(word, -1) for word in quote]
        held = np.isin(self.ids, wanted)
        size = len(self.vocabulary)
        pairs = [a * size + b for a, b in pairwise(wanted) if min(a, b) >= 0]
        worth = np.where(held, self.rarity[self.ids], 0.0)
        worth[:-1] += np.isin(self.ids[:-1] * size + self.ids[1:], pairs)
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


@dataclass(frozen=True, slots=True)
class _Pair:
    """Word ``quoted`` of the quotation is word ``source`` of the sources."""

    quoted: int
    source: int


_Run = list[_Pair]


class _Quotation:
    """What is quoted: the message's tokens in some stretches of it."""

    def __init__(self, message: str, spans: Sequence[Span]) -> None:
        self.message = message
        self.spans = spans
        tokens: list[_Token] = []
        for span in spans:
            piece = _trimmed(list(_tokens(message, span)))
            if piece and tokens:
                tokens.append(_Token(_ELLIPSIS, piece[0].start, piece[0].start))
            tokens += piece
        self.tokens = tokens
        self.runs: list[_Run] | None = None
        self.words: list[_Token] = []
        self.marked: list[bool] = []
        marked = False
        for token in tokens:
            if token.is_word:
                self.words.append(token)
                self.marked.append(marked)
                marked = False
            marked = marked or token.key == _ELLIPSIS

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


def check_quote(message: str, documents: Sequence[Document]) -> QuoteVerdict:
    """Whether what ``message`` quotes stands in the source texts, and how it differs.

    Quoted is what stands in quotation marks or in a block quote, else the message without a
    leading reference ("These 3:"); more, where the words around the marks are the source's too.
    Only the first ``LONGEST_MESSAGE`` characters are read. Translations are no source.
    """
    plain = _HIDDEN.sub("", unicodedata.normalize("NFC", message[:LONGEST_MESSAGE]))
    plain = _MENTION.sub(" ", plain)
    source, marked = _sources(tuple(documents))
    everything = _Quotation(plain, [Span(0, len(plain))])
    if not source.words or not any(word.key.isalpha() for word in everything.words):
        return NotFound()
    if verdict := _exact(everything, source, marked):
        return verdict
    quotation = _widest(plain, everything, source)
    return _exact(quotation, source, marked) or _inexact(quotation, source, marked)


@lru_cache(maxsize=4)
def _sources(documents: tuple[Document, ...]) -> tuple[_Source, _Source]:
    return _Source(documents, with_marks=False), _Source(documents, with_marks=True)


def _places(documents: Sequence[Document], *, with_marks: bool) -> Iterator[_Place]:
    count = 0
    for document in documents:
        for passage in document.passages:
            sentences = passage.sentences or (passage.span,)
            starts = [sentence.start for sentence in sentences]
            for token in _tokens(document.text, passage.span):
                nearest = bisect_left(starts, token.start + 1) - 1
                if with_marks or (nearest >= 0 and token.start < sentences[nearest].end):
                    yield _Place(document, passage, count + nearest, token)
            count += len(sentences) + 1


def _tokens(text: str, span: Span) -> Iterator[_Token]:
    for found in _TOKEN.finditer(text, span.start, span.end):
        start, end, said = *found.span(), found[0]
        if said[0].isalnum():
            key = _HIDDEN.sub("", unicodedata.normalize("NFC", said))
        elif len(said) > 1:
            key = _ELLIPSIS
        elif said in "'’" and _within_word(text, start):
            key = "'"
        else:
            key = _KINDS.get(said, said)
        yield _Token(key, start, end)


def _within_word(text: str, at: int) -> bool:
    return text[at - 1 : at].isalnum() and text[at + 1 : at + 2].isalnum()


def _trimmed(tokens: list[_Token]) -> list[_Token]:
    """The tokens without the punctuation at their edges that does not count."""
    first, last = 0, len(tokens)
    while first < last and not tokens[first].is_word and tokens[first].key in _AT_EDGES:
        first += 1
    while last > first and not tokens[last - 1].is_word and tokens[last - 1].key in _AT_EDGES:
        last -= 1
    return tokens[first:last]


def _count(text: str, span: Span) -> int:
    return sum(token.is_word for token in _tokens(text, span))


def _widest(message: str, everything: _Quotation, source: _Source) -> _Quotation:
    """The widest reading of what is quoted whose further words are the source's too."""
    runs = _runs(everything, source)
    matched = {everything.words[pair.quoted].start for run in runs for pair in run}
    words = [word for word in everything.words if word.key.casefold() not in _JOINTS]

    def belong(start: int, end: int) -> list[bool]:
        return [word.start in matched for word in words if start <= word.start < end]

    core = Span(0, len(message))
    starts, ends = _starts(message, core, loose=True), _ends(message, core)
    start, end = starts[0], ends[0]
    for wider in starts[1:]:
        start = wider if _mostly(belong(wider, start)) else start
    for wider in ends[1:]:
        end = wider if _mostly(belong(end, wider)) else end
    chosen: list[Span] = []
    for reading in (*_readings(message), [Span(start, max(start, end))]):
        held = {at for span in chosen for at in range(span.start, span.end)}
        further = [
            word.start in matched
            for word in words
            if word.start not in held and any(s.start <= word.start < s.end for s in reading)
        ]
        if not chosen or _mostly(further):
            chosen = reading
    return everything if chosen == [core] else _Quotation(message, chosen)


def _mostly(held: Sequence[bool]) -> bool:
    return sum(held) > _LEAST_WIDER * len(held)


def _readings(message: str) -> Iterator[list[Span]]:
    """What is marked as quoted, from the narrowest reading to the widest."""
    block = list(_block_quoted(message))
    marks = list(_marked(message))
    if block:
        marks = [mark for mark in marks if any(lines.holds(mark) for lines in block)]
    pieces = [mark for mark in marks if _count(message, mark) >= LEAST_MARKED]
    for marked in (pieces, block):
        if marked:
            starts = _starts(message, marked[0], loose=False)
            yield from ([Span(start, marked[0].end), *marked[1:]] for start in starts)
        if marked and marked is pieces:
            yield [Span(marks[0].start, marks[-1].end)]


def _block_quoted(message: str) -> Iterator[Span]:
    """The block quotes, lines that follow each other as one."""
    lines = [Span(*found.span()) for found in _BLOCK_QUOTE.finditer(message)]
    joined: list[Span] = []
    for line in lines:
        if joined and line.start <= joined[-1].end + 1:
            joined[-1] = Span(joined[-1].start, line.end)
        else:
            joined.append(line)
    yield from (lines for lines in joined if _count(message, lines) >= LEAST_MARKED)


def _marked(message: str) -> Iterator[Span]:
    """What stands between quotation marks, without what is marked within it."""
    opened: list[str] = []
    start = 0
    for found in re.finditer(f"[{_QUOTES}]", message):
        mark, at = found[0], found.start()
        before, after = message[at - 1 : at] if at else "", message[at + 1 : at + 2]
        if mark in "'’‘\"" and _within_word(message, at):
            continue
        opens = bool(after.strip()) and (not before.strip() or before in _BEFORE_OPENING)
        if mark in _OPENING or opens:
            start = start if opened else at + 1
            opened.append(_CLOSED_BY.get(mark, mark))
        elif opened:
            while mark in "".join(opened[:1]) and len(opened) > 1:
                opened.pop()
            opened.pop()
            if not opened:
                yield Span(start, at)
    if opened:
        yield Span(start, len(message))


def _starts(message: str, span: Span, *, loose: bool) -> list[int]:
    """Where the quotation may start in ``span``, the last place first.

    It may begin after a reference such as "These 3:"; if ``loose``, also after a line or a colon.
    """
    starts = [span.start]
    while len(starts) < 4:
        head = message[starts[-1] : min(span.end, starts[-1] + _LONGEST_AROUND)]
        found = [mark.match(head) for mark in (_NUMBER_MARK, *_NAMED_FIRST)]
        cuts = [match.end() for match in found if match and find_reference(match[0])]
        introduction = _INTRODUCTION.match(head)
        if introduction and (loose or find_reference(introduction[0])):
            cuts.append(introduction.end())
            loose = False
        cuts = [cut for cut in cuts if 0 < _count(head, Span(0, cut)) <= _MOST_AROUND]
        if not cuts or not _count(message, Span(starts[-1] + max(cuts), span.end)):
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
        if found and _count(message, Span(span.start, start + found.start())) >= LEAST_MARKED:
            ends.append(start + found.start())
    ends[0] = max(*ends[1:], 0, len(message[: span.end].rstrip().rstrip("?")))
    return ends[::-1]


def _exact(quotation: _Quotation, source: _Source, marked: _Source) -> QuoteVerdict | None:
    """The verdict where every word stands so in the sources."""
    keys = [token.key for token in quotation.tokens]
    bare = [key for key in keys if key != _ELLIPSIS]
    for wanted in (keys, bare) if len(bare) < len(keys) else (keys,):
        for searched in (source, marked):
            places = searched.find(wanted)
            if places:
                claimed = _claimed(quotation, source)
                fitting = [place for place in places if searched.theses(place) & set(claimed)]
                found = (fitting or places)[0]
                return _judged(searched, found, (), () if fitting else claimed)
    return None


def _judged(
    source: _Source, found: _Stretch, changes: tuple[Change, ...], claimed: tuple[int, ...]
) -> Exact | Altered | WrongThesis:
    """The verdict on one stretch, ``claimed`` to be of other theses."""
    place, span = source.places[found.first], source.span(found)
    if claimed:
        return WrongThesis(claimed, place.document, place.passage, span, changes)
    if changes:
        return Altered(place.document, place.passage, span, changes)
    return Exact(place.document, place.passage, span)


def _claimed(quotation: _Quotation, source: _Source) -> tuple[int, ...]:
    """The theses that the words around the quotation name."""
    reference = find_reference(quotation.outside)
    theses = dict.fromkeys(place.passage.thesis for place in source.places)
    held = [number for number in theses if number is not None]
    return reference.resolve(held) if reference and held else ()


def _inexact(quotation: _Quotation, source: _Source, marked: _Source) -> QuoteVerdict:
    """The verdict where the words do not stand so in the sources."""
    runs = _runs(quotation, source)
    words = quotation.folded()
    matched = {pair.quoted for run in runs for pair in run}
    letters = sum(len(words[i]) for i in matched)
    shares = letters / max(sum(map(len, words)), 1), len(matched) / max(len(words), 1)
    if len(matched) < _LEAST_MATCHED or min(shares) < _LEAST_SHARE:
        return NotFound()
    if len(runs) > 1:
        return Stitched(tuple(part for run in runs for part in _parts(run, source)))
    found = _stretch(runs[0], quotation, source)
    changes = _changes(quotation, source, found)
    with_marks = _same(found, source, marked)
    changes = min(changes, _changes(quotation, marked, with_marks), key=len)
    claimed = _claimed(quotation, source)
    fits = source.theses(found) & set(claimed)
    return _judged(source, found, changes, () if fits else claimed)


def _same(found: _Stretch, source: _Source, other: _Source) -> _Stretch:
    """The same stretch in the other row of tokens."""
    first, last = (
        other.at[place.document.name, place.token.start]
        for place in (source.places[found.first], source.places[found.last])
    )
    return _Stretch(first, last)


def _parts(run: _Run, source: _Source) -> Iterator[Part]:
    """The stretch of a run, passage by passage."""
    first, last = source.words[run[0].source], source.words[run[-1].source]
    while first <= last:
        place, end = source.places[first], first
        while end < last and source.places[end + 1].passage is place.passage:
            end += 1
        yield Part(place.document, place.passage, source.span(_Stretch(first, end)))
        first = end + 1


def _stretch(run: _Run, quotation: _Quotation, source: _Source) -> _Stretch:
    """The stretch meant: the run, and beside it as many words as were put in their stead."""
    first, last = run[0].source, run[-1].source
    lead, trail = run[0].quoted, len(quotation.words) - 1 - run[-1].quoted

    def sentence(word: int) -> int:
        return source.places[source.words[word]].sentence

    while lead and first and sentence(first - 1) == sentence(run[0].source):
        first, lead = first - 1, lead - 1
    while trail and last + 1 < len(source.words) and sentence(last + 1) == sentence(last):
        last, trail = last + 1, trail - 1
    return _Stretch(source.words[first], source.words[last])


def _runs(quotation: _Quotation, source: _Source) -> list[_Run]:
    """The stretches of the sources that the quotation is made of, in order of the quotation."""
    if quotation.runs is None:
        quotation.runs = _found_runs(quotation, source)
    return quotation.runs


def _found_runs(quotation: _Quotation, source: _Source) -> list[_Run]:
    words = quotation.folded()
    runs = _split(_aligned(words, quotation.marked, source), quotation, source)
    if not runs:
        return []
    longest = max(runs, key=lambda run: sum(len(words[pair.quoted]) for pair in run))
    kept = []
    for before, run in zip([None, *runs], runs, strict=False):
        at_mark = quotation.marked[run[0].quoted] or run[0].quoted == 0
        least = _LEAST_MARKED_PART if at_mark and any(quotation.marked) else _LEAST_PART
        if run is longest or len(run) >= least or _follows_at_mark(before, run, quotation, source):
            kept.append(run)
    pairs = [pair for run in kept for pair in _without_strays(run)]
    return [run for run in _split(pairs, quotation, source) if _is_dense(run)]


def _is_dense(run: _Run) -> bool:
    longest = max(run[-1].source - run[0].source, run[-1].quoted - run[0].quoted) + 1
    return len(run) >= _LEAST_DENSE * longest


def _follows_at_mark(
    before: _Run | None, run: _Run, quotation: _Quotation, source: _Source
) -> bool:
    """Whether a run goes on after an ellipsis in the same passage."""
    if before is None or not quotation.marked[run[0].quoted]:
        return False
    passages = [source.places[source.words[r.source]].passage for r in (before[-1], run[0])]
    return passages[0] is passages[1] and before[-1].source < run[0].source


def _without_strays(run: _Run) -> _Run:
    """A run without single words at its edges that stand apart from the rest."""

    def apart(one: _Pair, other: _Pair) -> bool:
        return max(other.quoted - one.quoted, other.source - one.source) > 3

    while len(run) > 3 and apart(run[0], run[1]):
        run = run[1:]
    while len(run) > 3 and apart(run[-2], run[-1]):
        run = run[:-1]
    return run


def _split(pairs: Sequence[_Pair], quotation: _Quotation, source: _Source) -> list[_Run]:
    """The pairs cut where the sources do not go on."""
    runs: list[_Run] = []
    for pair in pairs:
        if runs and not _is_cut(runs[-1][-1], pair, quotation, source):
            runs[-1].append(pair)
        else:
            runs.append([pair])
    return runs


def _is_cut(one: _Pair, other: _Pair, quotation: _Quotation, source: _Source) -> bool:
    skipped = other.source - one.source - 1
    net = skipped - (other.quoted - one.quoted - 1)
    if skipped < 0 or net > MOST_LEFT_OUT:
        return True
    marked = any(quotation.marked[one.quoted + 1 : other.quoted + 1])
    before, after = (source.places[source.words[pair.source]] for pair in (one, other))
    if before.document is not after.document:
        return True
    return net > 0 and (marked or before.passage is not after.passage)


def _aligned(words: Sequence[str], marked: Sequence[bool], source: _Source) -> list[_Pair]:
    """The best way to read the words from the sources, in any places; a word may fit none.

    Going on costs nothing, a word left out or added a little, a leap to another place more.
    """
    columns = source.near(words)
    if not len(columns):
        return []
    ids = source.ids[columns]
    position = columns * 1.0
    order = np.arange(len(columns))
    similar = _similar(words, source, ids)
    gains: dict[str, NDArray[np.float64]] = {}
    score = np.zeros(0)
    backs: list[NDArray[np.int64]] = []
    for i, word in enumerate(words):
        if word not in gains:
            gain = np.where(ids == source.vocabulary.get(word, -1), _GAIN, _UNLIKE)
            gain[np.isin(ids, similar.get(word, []))] = _GAIN_SIMILAR
            gains[word] = gain
        if not i:
            score = gains[word]
            backs.append(np.full(len(columns), -1))
            continue
        left_out, jump = (_LEFT_OUT_MARKED, _JUMP_MARKED) if marked[i] else (_LEFT_OUT, _JUMP)
        reach = score + left_out * position
        highest = np.maximum.accumulate(reach)
        origin = np.maximum.accumulate(np.where(reach >= highest, order, 0))
        best = int(np.argmax(score))
        come = np.full(len(columns), score[best] - jump)
        back = np.full(len(columns), best)
        near = highest[:-1] - left_out * (position[1:] - 1)
        closer = near >= come[1:]
        come[1:][closer], back[1:][closer] = near[closer], origin[:-1][closer]
        come += gains[word]
        stay = score - _ADDED
        stays = stay > come
        back[stays] = order[stays] + len(columns)
        score = np.where(stays, stay, come)
        backs.append(back)
    return _traced(score, backs, gains, words, columns)


def _traced(
    score: NDArray[np.float64],
    backs: Sequence[NDArray[np.int64]],
    gains: dict[str, NDArray[np.float64]],
    words: Sequence[str],
    columns: NDArray[np.int64],
) -> list[_Pair]:
    """The pairs on the way back from the best end."""
    pairs: list[_Pair] = []
    at = int(np.argmax(score))
    for i in range(len(words) - 1, -1, -1):
        back = int(backs[i][at])
        if back >= len(columns):
            continue
        if gains[words[i]][at] > 0:
            pairs.append(_Pair(i, int(columns[at])))
        at = back
    return pairs[::-1]


def _similar(words: Sequence[str], source: _Source, ids: NDArray[np.int64]) -> dict[str, list[int]]:
    """For each word that the sources lack, those of ``ids`` that it may be a misspelling of."""
    spelt = list(source.vocabulary)
    known = [int(i) for i in np.unique(ids) if len(spelt[int(i)]) >= _LEAST_SIMILAR]
    unknown = [w for w in dict.fromkeys(words) if len(w) >= _LEAST_SIMILAR]
    unknown = [w for w in unknown if w not in source.vocabulary]
    unknown = unknown[: _MOST_COMPARED // max(len(known), 1)]
    if not known or not unknown:
        return {}
    ratios = process.cdist(
        unknown, [spelt[i] for i in known], scorer=fuzz.ratio, score_cutoff=_SIMILAR
    )
    return {
        word: [known[int(j)] for j in np.flatnonzero(row)]
        for word, row in zip(unknown, ratios, strict=True)
    }


def _changes(quotation: _Quotation, source: _Source, found: _Stretch) -> tuple[Change, ...]:
    """Where the quotation differs from a stretch, as whole words."""
    places = source.places[found.first : found.last + 1]
    text = places[0].document.text
    theirs = [place.token for place in places]
    ours = quotation.tokens
    if not any(token.key == _ELLIPSIS for token in theirs):
        ours = [token for token in ours if token.key != _ELLIPSIS]
    codes = Levenshtein.opcodes([t.key for t in theirs], [t.key for t in ours])
    regions: list[tuple[int, int, int, int]] = []
    for code in codes:
        if code.tag == "equal":
            continue
        region = (code.src_start, code.src_end, code.dest_start, code.dest_end)
        a, b, c, d = _whole_words(*region, theirs, ours)
        if regions and (a <= regions[-1][1] or c <= regions[-1][3]):
            before = regions.pop()
            a, b, c, d = before[0], max(b, before[1]), before[2], max(d, before[3])
        regions.append((a, b, c, d))
    return tuple(
        Change(_words(text, theirs[a:b]), _words(quotation.message, ours[c:d]))
        for a, b, c, d in regions
    )


def _words(text: str, tokens: Sequence[_Token]) -> str:
    return text[tokens[0].start : tokens[-1].end] if tokens else ""


def _whole_words(
    a: int, b: int, c: int, d: int, theirs: Sequence[_Token], ours: Sequence[_Token]
) -> tuple[int, int, int, int]:
    """A region of both widened to all that is written together with it, without the edges' equals.

    Around the region, both are equal token by token.
    """
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
    return a, b, c, d


def _glued(tokens: Sequence[_Token], start: int, end: int, at: int) -> bool:
    """Whether no space stands before token ``at``, where tokens ``start`` to ``end`` are any."""
    return start < end and tokens[at - 1].end == tokens[at].start
