"""Which theses a text asks for by number: "These 3", "thesis three", "die vierte", "2-4", "III".

A number counts beside a word for thesis ("These 3", "dritte These") or number ("Nr. 4"), or where
hardly anything else is said ("3", "was sagt die fünfte?"). A number of something else
("3 Praktikanten", "in 2011", "aus der zweiten Reihe") does not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import DamerauLevenshtein

from bot.numerals import cardinal, ordinal, roman

MAX_RANGE = 100
"""Most theses that one range may ask for."""

_READ = 2_000  # characters
_TOKEN = re.compile(r"\d+\.\d+|\d+|[^\W\d_]+|[-,;&#§%€$/]")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
_DIGITS = 4  # a longer number is no thesis's, and alone not even one of four
_ORDINAL_ENDINGS = frozenset("st nd rd th te ten ter tes".split())
_THESES = frozenset("these thesen thesis theses thesn".split())
_NO_THESIS = frozenset("those there theme themes thee three thesaurus".split())
_NUMBER_WORDS = frozenset("nummer number nr no num punkt point # §".split())
_LETTERS = frozenset("t th".split())
_TO = frozenset("bis to through thru until -".split())
_AND = frozenset("und and sowie oder or & , ; vs".split())
_ALL = frozenset("alle allen sämtliche all every".split())
_LAST = {"letzte": 1, "letzten": 1, "last": 1, "final": 1}
_LAST |= {"vorletzte": 2, "vorletzten": 2, "penultimate": 2}
_FIRST_ONES = {("ersten", "thesen"), ("first", "theses")}
_VAGUE = frozenset("ein eine einer one".split())
# Said around a bare number, these words do not make it a number of something else.
_FILLER = frozenset(
    "was steht sagt meint heißt lautet zeig zeige mir mal bitte gib lies vor nochmal ich möchte "
    "will brauche hätte gern gerne und aber wie ist die der das den dem denn in im zu zur von aus "
    "auf deutsch englisch english german what does do say says said is about the a an me my show "
    "give read tell please pls can could you i want need would like how now then next also auch "
    "noch again once more one ones out aloud loud up quote zitiere it them text wortlaut inhalt "
    "ganz ganze whole full bring sag nenn nenne name us uns hier here with für for so ok okay hey "
    "hallo hi bot kannst du doch eigentlich genau exactly there gibt es any eine s t re and or "
    "über to dann jetzt look at see zum vom bei of in on".split()
)


@dataclass(frozen=True, slots=True)
class Reference:
    """Theses asked for by number.

    Attributes:
        kind: ``numbers`` for those in ``numbers``; ``all``; ``first`` for that many from the
            start; ``last`` for the one that stands that far from the end.
        numbers: As asked, each once; for ``first`` and ``last`` one count from 1.
    """

    kind: Literal["numbers", "all", "first", "last"]
    numbers: tuple[int, ...] = ()

    def resolve(self, held: Sequence[int]) -> tuple[int, ...]:
        """The numbers meant where a source holds ``held``; may be such that it does not hold."""
        match self.kind:
            case "numbers":
                return self.numbers
            case "all":
                return tuple(held)
            case "first":
                return tuple(held[: self.numbers[0]])
            case "last":
                return tuple(held[-self.numbers[0] :][:1]) if self.numbers[0] <= len(held) else ()


@dataclass(frozen=True, slots=True)
class _Group:
    """Numbers said in one breath: tokens ``start`` up to ``end``."""

    start: int
    end: int
    numbers: tuple[int, ...]
    is_ordinal: bool


def find_reference(text: str) -> Reference | None:
    """The theses that ``text`` asks for by number; None if it asks for none."""
    tokens = _tokens(text)
    groups = list(_groups(tokens))
    marked = [group for group in groups if _is_marked(tokens, group)]
    counted = _first_ones(tokens, groups) or _from_the_end(tokens)
    if counted is not None:
        return counted
    if not marked and len(groups) == 1 and _is_alone(tokens, groups[0]):
        marked = groups
    numbers = dict.fromkeys(number for group in marked for number in group.numbers)
    return Reference("numbers", tuple(numbers)) if numbers else None


def _tokens(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text[:_READ]).translate(_DASHES).lower()
    plain = re.sub(r"(?<=[^\W\d_])-(?=[^\W\d_])|\bone (?=hundred)", "", plain)  # twenty-one
    found = _TOKEN.findall(plain)
    return ["these" if _is_misspelt_thesis(token) else token for token in found]


def _is_misspelt_thesis(token: str) -> bool:
    if len(token) < 4 or token[0] != "t" or token in _THESES or token in _NO_THESIS:
        return False
    return any(DamerauLevenshtein.distance(token, word, score_cutoff=1) <= 1 for word in _THESES)


def _groups(tokens: Sequence[str]) -> Iterator[_Group]:
    """The runs of numbers joined by "and", commas or "to", in order."""
    at = 0
    while at < len(tokens):
        numbers: list[int] = []
        start, end, places = at, at, []
        while (not numbers or at > end) and (read := _number(tokens, at)) is not None:
            number, is_ordinal, after = read
            joint = tokens[end] if numbers else ""
            if joint in _TO and numbers[-1] < number <= numbers[-1] + MAX_RANGE:
                numbers += range(numbers[-1] + 1, number)
            numbers.append(number)
            places.append(is_ordinal)
            end = at = after
            while at < len(tokens) and (tokens[at] in _TO or tokens[at] in _AND):
                at += 1
        if numbers:
            yield _Group(start, end, tuple(numbers), any(places))
        at = max(end, start + 1)


def _number(tokens: Sequence[str], at: int) -> tuple[int, bool, int] | None:
    """The number at a place: its value, whether it is an ordinal, and where it ends."""
    if at >= len(tokens):
        return None
    token, after = tokens[at], tokens[at + 1] if at + 1 < len(tokens) else ""
    if token.isdecimal():
        if len(token) > _DIGITS or after in {"%", "€", "$"}:
            return None
        is_ordinal = after in _ORDINAL_ENDINGS
        return int(token), is_ordinal, at + 1 + is_ordinal
    if after == "mal":  # zum dritten Mal
        return None
    if token in _VAGUE and at and tokens[at - 1] not in _THESES | _NUMBER_WORDS:
        return None  # the second one
    if (place := ordinal(token)) is not None:
        return place, True, at + 1
    if (count := cardinal(token)) is not None:
        return count, False, at + 1
    if (count := roman(token)) is not None and (len(token) > 1 or after in {"", *_AND, *_TO}):
        return count, False, at + 1
    return None


def _is_marked(tokens: Sequence[str], group: _Group) -> bool:
    """Whether a word for thesis or number makes the group one of theses."""
    before = list(tokens[: group.start])
    after = tokens[group.end] if group.end < len(tokens) else ""
    leads_on = bool(after) and after not in _FILLER and after not in _AND | _TO | _THESES
    if after in _THESES:
        # "3. These" is a place, "zehn Thesen" a count.
        return group.is_ordinal or (after == "these" and tokens[group.end - 1].isdecimal())
    named = bool(before) and before[-1] in _NUMBER_WORDS
    while before and before[-1] in _NUMBER_WORDS:
        before.pop()
    if before and before[-1] in _THESES:
        # English "these 3 companies" is no thesis.
        return not (before[-1] == "these" and leads_on and len(before) > 1 and not named)
    return named and not group.is_ordinal and not leads_on


def _is_alone(tokens: Sequence[str], group: _Group) -> bool:
    """Whether hardly anything but the group is said."""
    said = tokens[group.start : group.end]
    around = [*tokens[: group.start], *tokens[group.end :]]
    if any(number >= 10 ** (_DIGITS - 1) for number in group.numbers):
        return False
    if around and said == ["i"]:
        return False
    return all(token in _FILLER or token in _LETTERS or token in _AND for token in around)


def _first_ones(tokens: Sequence[str], groups: Sequence[_Group]) -> Reference | None:
    """As in "die ersten drei Thesen", "the first two theses"."""
    for group in groups:
        said = tokens[group.start : group.end]
        around = (tokens[group.start - 1] if group.start else "", *tokens[group.end :][:1])
        is_count = not group.is_ordinal and group.numbers[0] > 0
        if len(said) == 1 and around in _FIRST_ONES and is_count:
            return Reference("first", group.numbers)
    return None


def _from_the_end(tokens: Sequence[str]) -> Reference | None:
    """As in "die letzte These" or "all theses", with hardly anything else said."""
    rest = [token for token in tokens if token not in _FILLER]
    words = [token for token in rest if token not in _THESES]
    if len(words) != 1:
        return None
    if words[0] in _LAST:
        return Reference("last", (_LAST[words[0]],))
    return Reference("all") if words[0] in _ALL and len(rest) > 1 else None
