"""Which of the number marks in a text number its theses, judged over the whole text.

Marks of one style form a numbering when their numbers rise. Dates, ranks and sub-lists also look
like marks; what falls out of the rising sequence is text, unless it repeats a thesis's number.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from index.reading.lines import Line
from index.reading.marks import Mark, find_mark

_LARGEST = 1000
# A gap costs less than a sound mark earns and more than a doubtful one does.
_GAP_COSTS = [0.0, *(min(0.4 + 0.02 * gap, 1.0) for gap in range(1, 32))]  # longer ones: 1
_SOUND, _UNUSUAL, _DOUBTFUL = 1.0, 0.6, 0.3
_NESTED = "nested"
_LEAST_SCORE = 1.0  # more than one sound mark earns: a single number is no numbering
_STYLE_FACTORS = {"word": 3.0, "section": 2.0}


@dataclass(frozen=True, slots=True)
class Numbering:
    """The marks of a text's theses, in order of the text.

    Attributes:
        theses: The marks; their numbers rise. Empty where the text numbers nothing.
        repeated: Marks that give the number of an earlier thesis again, each with that thesis.
    """

    theses: tuple[Mark, ...]
    repeated: tuple[tuple[Mark, Mark], ...]


def find_numbering(lines: Sequence[Line]) -> Numbering:
    """The numbering of the theses in a text, empty if it has none."""
    best, best_rank = Numbering((), ()), (False, _LEAST_SCORE)
    for style, marks in _marks_by_style(lines).items():
        weights = _weights(marks, lines)
        nested = _nested(marks)
        candidates = [index for index in range(len(marks)) if index not in nested]
        chain, score = _rising_chain(marks, weights, candidates)
        score *= _STYLE_FACTORS.get(style[0], 1.0)
        rank = (style[-1] != _NESTED, score)
        if score > _LEAST_SCORE and rank > best_rank:
            others = [index for index in candidates if weights[index] == _SOUND]
            best, best_rank = _numbering(marks, chain, others), rank
    return best


def _marks_by_style(lines: Sequence[Line]) -> dict[tuple[str, ...], list[Mark]]:
    found = [mark for i, line in enumerate(lines) if (mark := find_mark(line, i)) is not None]
    least = min((lines[mark.line].indent for mark in found), default=0)
    styles: dict[tuple[str, ...], list[Mark]] = defaultdict(list)
    for mark in found:
        # Right-aligned numbers differ by two columns at most; a list in a list by three or more.
        is_nested = lines[mark.line].indent >= least + 3
        styles[(*mark.style, _NESTED if is_nested else "")].append(mark)
    return styles


def _weights(marks: Sequence[Mark], lines: Sequence[Line]) -> list[float]:
    """How sure each mark is one; what is odd about it counts only if it is odd in this text."""
    own_lines = {mark.line for mark in marks}
    lower = _minority([mark.is_lower for mark in marks])
    inside = _minority([_is_inside_sentence(mark, lines, own_lines) for mark in marks])
    close = _minority([mark.line > 0 and not lines[mark.line - 1].is_blank for mark in marks])
    weights = []
    for index, mark in enumerate(marks):
        if mark.is_ordinal or lower[index] or inside[index]:
            weights.append(_DOUBTFUL)
        else:
            weights.append(_UNUSUAL if close[index] else _SOUND)
    return weights


def _minority(signs: list[bool]) -> list[bool]:
    return signs if 2 * sum(signs) < len(signs) else [False] * len(signs)


def _is_inside_sentence(mark: Mark, lines: Sequence[Line], own_lines: set[int]) -> bool:
    before = lines[mark.line - 1] if mark.line else None
    if before is None or before.is_blank or before.is_terminated or before.heading:
        return False
    return mark.line - 1 not in own_lines


def _nested(marks: Sequence[Mark]) -> set[int]:
    """Indexes of marks that belong to lists inside theses: 1, 2, … once more before the next."""
    nested: set[int] = set()
    last = 0  # the highest number of the numbering so far
    index = 0
    while index < len(marks):
        run = _restart(marks, index) if last else 0
        following = last + 1
        after = marks[index + run].number if index + run < len(marks) else None
        if run and after != following:
            if following <= run:  # the numbering itself goes on within the run
                run = following - 1
            elif after is None and run >= last:
                run = 0  # as long as the numbering: not a list in its last thesis
        if run >= 2:
            nested.update(range(index, index + run))
            index += run
        else:
            last = max(last, marks[index].number)
            index += 1
    return nested


def _restart(marks: Sequence[Mark], index: int) -> int:
    """How many marks from ``index`` on count 1, 2, 3 and so on."""
    run = 0
    while index + run < len(marks) and marks[index + run].number == run + 1:
        run += 1
    return run


def _rising_chain(
    marks: Sequence[Mark], weights: Sequence[float], candidates: Sequence[int]
) -> tuple[list[int], float]:
    """The rising subsequence of greatest weight less the cost of its gaps, and that sum."""
    best = [0.0, *[-math.inf] * (_LARGEST - 1)]  # by last number; number 0 is the empty chain
    holder = [-1] * _LARGEST
    parents: dict[int, int] = {}
    for index in candidates:
        number = marks[index].number
        before, score = _best_before(number, best)
        score += weights[index]
        if score > best[number]:
            best[number] = score
            holder[number] = index
            parents[index] = holder[before]
    last = best.index(max(best))
    chain: list[int] = []
    index = holder[last]
    while index >= 0:
        chain.append(index)
        index = parents[index]
    return chain[::-1], best[last]


def _best_before(number: int, best: Sequence[float]) -> tuple[int, float]:
    """After which number ``number`` follows best, the lowest of equals, and what that is worth."""
    first = max(0, number - len(_GAP_COSTS))
    costs = _GAP_COSTS[number - first - 1 :: -1]
    near = [value - cost for value, cost in zip(best[first:number], costs, strict=True)]
    score = max(near)
    if first and (far := max(best[:first])) - 1.0 >= score:
        return best.index(far), far - 1.0
    return first + near.index(score), score


def _numbering(marks: Sequence[Mark], chain: Sequence[int], others: Sequence[int]) -> Numbering:
    theses = {marks[index].number: marks[index] for index in chain}
    chosen = set(chain)
    repeated = [
        (marks[index], theses[marks[index].number])
        for index in others
        if index not in chosen and marks[index].number in theses
    ]
    return Numbering(tuple(theses.values()), tuple(repeated))
