"""Which theses a text asks for by number: "These 3", "thesis three", "die vierte", "2-4", "III".

A number counts beside a word for thesis ("These 3", "dritte These") or number ("Nr. 4"), or where
hardly anything else is said ("3", "was sagt die fünfte?"). A number of something else
("3 Praktikanten", "in 2011", "aus der zweiten Reihe") does not.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.language import language_of_function_words
from bot.numerals import cardinal, ordinal, roman

MAX_RANGE = 100
"""Most theses that one range may ask for."""

_READ = 2_000  # characters
_TOKEN = re.compile(r"\d+\.\d+|\d+|[^\W\d_]+|[-,;&#§%€$/]")
_CODE = re.compile(r"[{}<>=]|://")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
_DIGITS = 4  # a longer number is no thesis's, and alone not even one of four
_ORDINAL_ENDINGS = frozenset("st nd rd th te ten ter tes".split())
_THESES = frozenset("these thesen thesis theses thesn".split())
_NO_THESIS = frozenset("those there theme themes thee three thesaurus".split())
_NUMBER_WORDS = frozenset(
    "nummer number numero nr no num punkt point item aussage statement satz abschnitt # §".split()
)
_OF_SOMETHING_ELSE = frozenset("in im der des of auf beim am".split())  # Nr. 1 der Charts
_PLURAL_NOUN = re.compile(r".{3,}s|people|men|women|children|days?")
_LETTERS = frozenset("t th".split())
_TO = frozenset("bis to through thru until -".split())
_AND = frozenset("und and sowie oder or mit with & , ; vs /".split())
_ARTICLES = frozenset("der die den dem das the".split())
_ALL = frozenset("alle allen sämtliche all every jede".split())
_LAST = {"letzte": 1, "letzten": 1, "last": 1, "final": 1}
_LAST |= {"vorletzte": 2, "vorletzten": 2, "zweitletzte": 2, "zweitletzten": 2}
_LAST |= {"drittletzte": 3, "drittletzten": 3, "penultimate": 2}
_LAST |= {"secondtolast": 2, "nexttolast": 2, "thirdtolast": 3, "lastbutone": 2}
_FIRST_ONES = frozenset({"ersten", "erste", "first"})
_LAST_ONES = frozenset({"letzten", "letzte", "last"})
_PAIR = frozenset({"beiden", "beide", "both"})
_SPOKEN_JOINTS = re.compile(
    r"\b(?:(?:second|next|third)[ -]to[ -]last|last but one)\b"
    r"|\b(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)[ -](?=one|two|three|four|five"
    r"|six|seven|eight|nine|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)"
)
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
    "über to dann jetzt look at see zum vom bei of on habe have würde d ll worum geht lass let "
    "sehen hören lesen hear list liste gimme zeigen nennen wiederholen wiederhole her fass "
    "zusammen summarise summarize unter under whats erklär erkläre explain both beide beiden "
    "insgesamt komplett vollständig complete".split()
)


@dataclass(frozen=True, slots=True)
class Reference:
    """Theses asked for by number.

    Attributes:
        kind: ``numbers`` for those in ``numbers``; ``all``; ``first`` for that many from the
            start, ``final`` for that many at the end; ``last`` for the one that stands that far
            from the end.
        numbers: As asked, each once; for ``first``, ``final`` and ``last`` one count from 1.
    """

    kind: Literal["numbers", "all", "first", "final", "last"]
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
            case "final":
                return tuple(held[-self.numbers[0] :])
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
    if _CODE.search(text):
        return None
    tokens = _tokens(text)
    groups = list(_groups(tokens))
    counted = _some_ones(tokens) or _from_the_end(tokens)
    if counted is not None:
        return counted
    marked = [group for group in groups if _is_marked(tokens, group)]
    if not marked and len(groups) == 1 and _is_alone(tokens, groups[0]):
        marked = groups
    numbers = dict.fromkeys(number for group in marked for number in group.numbers)
    return Reference("numbers", tuple(numbers)) if numbers else None


def _tokens(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text[:_READ]).translate(_DASHES).lower()
    plain = _SPOKEN_JOINTS.sub(lambda said: re.sub(r"[ -]", "", said[0]), plain)
    plain = re.sub(r"(?<=[^\W\d_])-(?=[^\W\d_])|\bone (?=hundred)", "", plain)  # twenty-one
    plain = re.sub(r"(?<=[^\W\d_])-(?=\d)", " ", plain).replace("..", "-")  # These-3, 2..4
    found = _TOKEN.findall(plain)
    return ["these" if _is_misspelt_thesis(token) else token for token in found]


def _is_misspelt_thesis(token: str) -> bool:
    if len(token) < 4 or token[0] != "t" or token in _THESES or token in _NO_THESIS:
        return False
    from rapidfuzz.distance import DamerauLevenshtein

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
            at = _after_joint(tokens, at)
        if numbers:
            yield _Group(start, end, tuple(numbers), any(places))
        at = max(end, start + 1)


def _after_joint(tokens: Sequence[str], at: int) -> int:
    """Where the next number stands after "and" or "to", as in "2 bis These 4"."""
    start = at
    while at < len(tokens) and (tokens[at] in _TO or tokens[at] in _AND):
        at += 1
    if start < at < len(tokens):
        following = tokens[at + 1] if at + 1 < len(tokens) else ""
        if tokens[at] in _THESES or (tokens[at] in _ARTICLES and ordinal(following) is not None):
            at += 1
    return at


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
    if token in {"null", "zero"} and at and tokens[at - 1] in _THESES | _NUMBER_WORDS:
        return 0, False, at + 1
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
        is_digits = tokens[group.end - 1].isdecimal()
        return group.is_ordinal or (after in {"these", "thesis"} and is_digits)
    named = bool(before) and before[-1] in _NUMBER_WORDS
    while before and before[-1] in _NUMBER_WORDS:
        before.pop()
    if before and before[-1] in _THESES:
        is_noun = before[-1] != "these" or named
        return is_noun or not _is_demonstrative(tokens, group, after if leads_on else "")
    of_ours = not before or before[-1] in _FILLER
    something_else = tokens[group.start - 1 : group.end] == ["no", "one"]
    something_else |= after in _OF_SOMETHING_ELSE and not _THESES.intersection(tokens)
    something_else |= not of_ours or group.is_ordinal
    return named and not something_else and not leads_on


def _is_demonstrative(tokens: Sequence[str], group: _Group, after: str) -> bool:
    """Whether "these" is the English word: "these 3 companies", "are these two the same?"."""
    around = [*tokens[: group.start], *tokens[group.end :]]
    spoken = language_of_function_words([word for word in around if word not in {"these", "will"}])
    if spoken == "de" or not after:
        return False
    return spoken == "en" or bool(_PLURAL_NOUN.fullmatch(after))


def _is_alone(tokens: Sequence[str], group: _Group) -> bool:
    """Whether hardly anything but the group is said."""
    said = tokens[group.start : group.end]
    around = [*tokens[: group.start], *tokens[group.end :]]
    if any(number >= 10 ** (_DIGITS - 1) for number in group.numbers) or "/" in said:
        return False
    if said in (["c"], ["l"]) or (around and (said == ["i"] or "them" in around[:2])):
        return False
    allowed = _FILLER | _LETTERS | _AND | _NUMBER_WORDS - {"satz", "no"}
    return all(token in allowed for token in around)


def _some_ones(tokens: Sequence[str]) -> Reference | None:
    """As in "die ersten drei Thesen", "the last two theses", "die ersten beiden"."""
    rest = [token for token in tokens if token not in _THESES]
    for at, token in enumerate(tokens[:-1]):
        pair = token, tokens[at + 1]
        count = next((n for said in pair if (n := _count(said)) is not None), None)
        kind = _end_of(pair)
        if count is None or kind is None:
            continue
        is_named = tokens[at + 2 : at + 3] in (["thesen"], ["theses"])
        said_else = [token for token in rest if token not in _FILLER and token not in pair]
        if is_named or (not said_else and count > 1 and pair[1] not in _FIRST_ONES | _LAST_ONES):
            return Reference(kind, (count,))
    return None


def _count(token: str) -> int | None:
    if token in _PAIR:
        return 2
    if token.isdecimal():
        return int(token) if len(token) < _DIGITS else None
    return cardinal(token)


def _end_of(pair: Sequence[str]) -> Literal["first", "final"] | None:
    if any(token in _FIRST_ONES for token in pair):
        return "first"
    return "final" if any(token in _LAST_ONES for token in pair) else None


def _from_the_end(tokens: Sequence[str]) -> Reference | None:
    """As in "die letzte These", or, with hardly anything else said, "the last", "all theses"."""
    for token, after in itertools.pairwise(tokens):
        if token in _LAST and after in _THESES - {"thesen", "theses"}:
            return Reference("last", (_LAST[token],))
    rest = [token for token in tokens if token not in _FILLER]
    words = [token for token in rest if token not in _THESES and _count(token) is None]
    if len(words) != 1:
        return None
    if words[0] in _LAST:
        return Reference("last", (_LAST[words[0]],))
    return Reference("all") if words[0] in _ALL and len(rest) > 1 else None
