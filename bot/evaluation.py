"""How well questions are answered: labelled questions asked, and the answers counted.

A file of labelled questions has one question a line, columns separated by one tab: target,
language (de or en), question, and, if wanted, kind and split. The target is ``none`` where no
passage answers, else ``DOCUMENT`` (any passage of it), ``DOCUMENT#3`` (thesis 3) or
``DOCUMENT#introduction``, several joined by ``+`` where each of them fits. Where there is only one
text, ``3`` and ``introduction`` will do. A thesis that the text lacks is a target too: right is
then to say so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, NamedTuple

from bot.answer import Answer, Answerer, NoSuchThesis
from bot.jsonform import outcome_name
from index import Document, Language, Passage, SeedError
from index.errors import SeedFault
from index.labelled import LabelledQuestion, read_labelled
from index.scoring import WEIGHTS, Weights

ALL = "all"
BY_NUMBER = frozenset({"number", "missing"})
"""Kinds of questions that ask for theses by number: counted for themselves, never in ``ALL``."""

_OFF = Weights(whole=0, sentence=0, tokens=0, words=0, asked=0, introduction=0, nearness=0)
METHODS: dict[str, Weights] = {
    "whole passage": replace(_OFF, whole=1.0),
    "best sentence": replace(_OFF, sentence=1.0),
    "both": replace(_OFF, whole=1.0, sentence=1.0),
    "and tokens": replace(WEIGHTS, words=0.0, asked=0.0),
    "and words": replace(WEIGHTS, asked=0.0),
    "and questions": WEIGHTS,
}
"""Ways to find passages: two plain ones, then both, each further one adding to the one before."""

_NONE, _INTRODUCTION = "none", "introduction"
_RANKS_SEEN = 10
_Z = 1.959964  # of a confidence of 95 %


class Target(NamedTuple):
    """What answers: a document; in it a thesis, the introduction (0), or any passage (None)."""

    document: str
    place: int | None


@dataclass(frozen=True, slots=True)
class Case:
    """A labelled question; no targets where nothing answers."""

    question: str
    language: Language
    kind: str
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """What a question got.

    Attributes:
        case: The question.
        rank: Of the first right passage, from 1; None if none of the first ten is right.
        outcome: Name of the outcome, see ``bot.jsonform.outcome_name``.
        score: Of the best passage, 0 to 1; 0 without any.
    """

    case: Case
    rank: int | None
    outcome: str
    score: float

    @property
    def is_answered(self) -> bool:
        """Whether a passage was quoted as the answer."""
        return self.outcome in {"thesis", "answer"}

    @property
    def is_unsure(self) -> bool:
        """Whether passages were only offered."""
        return self.outcome == "unsure"

    @property
    def is_refused(self) -> bool:
        """Whether nothing was quoted or offered; to say that a thesis is missing may be right."""
        is_wrong_gap = self.outcome == "no_such_thesis" and self.rank is None
        return self.outcome == "none" or is_wrong_gap


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure with its 95 % confidence interval; ``count`` is how many questions it is over."""

    value: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one language and kind; None where there is nothing to count.

    Shares are of 1. ``recall_1``, ``recall_3`` and ``mrr`` are over the questions that a passage
    answers, whatever the thresholds say; so are ``wrong_refusals`` (nothing fits, it says) and
    ``unsure`` (candidates only). ``false_answers`` and ``false_offers`` (candidates only) are over
    those that none answers. ``auroc`` is how well the best score tells the two apart.
    """

    language: str
    kind: str
    questions: int
    recall_1: Figure | None
    recall_3: Figure | None
    mrr: Figure | None
    false_answers: Figure | None
    false_offers: Figure | None
    wrong_refusals: Figure | None
    unsure: Figure | None
    auroc: Figure | None


FIGURES = tuple(
    field.name for field in fields(Row) if field.name not in {"language", "kind", "questions"}
)
"""The figures of a row, in the order they are shown."""


def read_cases(
    path: Path, documents: Sequence[Document], *, split: str | None = None
) -> tuple[Case, ...]:
    """The questions of a file; only those whose fifth column is ``split``, if given.

    Raises:
        SeedError: A fault for each line of another form, or whose target is in no document.
    """
    cases: list[Case] = []
    faults: list[SeedFault] = []
    for entry in read_labelled(path):
        if split is not None and entry.notes[1:2] != (split,):
            continue
        try:
            cases.append(_case(entry, documents))
        except _NoTargetError as error:
            faults.append(SeedFault(path.name, entry.line, str(error)))
    if not cases and not faults:
        faults.append(SeedFault(path.name, None, "holds no questions" + _of_split(split)))
    if faults:
        raise SeedError(faults)
    return tuple(cases)


class _NoTargetError(Exception):
    """A target that no document has."""


def _of_split(split: str | None) -> str:
    return "" if split is None else f" of the split {split!r}"


def _case(entry: LabelledQuestion, documents: Sequence[Document]) -> Case:
    targets = () if entry.target == _NONE else tuple(_targets(entry.target, documents))
    return Case(entry.question, entry.language, (*entry.notes, "")[0], targets)


def _targets(written: str, documents: Sequence[Document]) -> Iterator[Target]:
    names = [document.name for document in documents]
    for part in written.split("+"):
        name, hash_, place = part.rpartition("#")
        if not hash_ and len(names) == 1 and part not in names:
            name = names[0]
        elif not hash_:
            name, place = part, ""
        if name not in names:
            raise _NoTargetError(f"there is no text {name[:40]!r}; known: {', '.join(names[:9])}")
        if place and place != _INTRODUCTION and not place.isdecimal():
            raise _NoTargetError(f"{part[:40]!r}: after # stands a number or {_INTRODUCTION}")
        yield Target(name, None if not place else 0 if place == _INTRODUCTION else int(place))


def measure(
    answerer: Answerer, cases: Sequence[Case], progress: Callable[[int, int], None] | None = None
) -> list[Measured]:
    """Ask every question, as a person would who says nothing of its language."""
    measured = []
    for done, case in enumerate(cases, 1):
        measured.append(_judge(case, answerer.answer(case.question, top=_RANKS_SEEN)))
        if progress is not None:
            progress(done, len(cases))
    return measured


def _judge(case: Case, answer: Answer) -> Measured:
    outcome = answer.outcome
    rank = None
    if isinstance(outcome, NoSuchThesis):
        wanted = {Target(outcome.document.name, number) for number in outcome.wanted}
        rank = 1 if wanted == set(case.targets) else None
    for place, quote in enumerate(outcome.quotes, 1):
        if rank is None and _is_right(quote.document, quote.passage, case.targets):
            rank = place
    score = max((quote.score for quote in outcome.quotes), default=0.0)
    return Measured(case, rank, outcome_name(outcome), score)


def _is_right(document: Document, passage: Passage, targets: Sequence[Target]) -> bool:
    return any(
        target.document == document.name and target.place in (None, passage.thesis or 0)
        for target in targets
    )


def recall_by_language(measured: Sequence[Measured]) -> dict[str, float]:
    """Share of questions with the right passage first, over all kinds but ``BY_NUMBER``."""
    rows = [row for row in tabulate(measured) if row.kind == ALL and row.language != ALL]
    return {row.language: row.recall_1.value for row in rows if row.recall_1 is not None}


def tabulate(measured: Sequence[Measured]) -> list[Row]:
    """The figures: per language over all kinds but ``BY_NUMBER``, then per kind and language."""
    languages = sorted({entry.case.language for entry in measured})
    kinds = dict.fromkeys(entry.case.kind for entry in measured if entry.case.kind)
    rows = [
        _row(language, ALL, [m for m in measured if m.case.kind not in BY_NUMBER])
        for language in [*languages, ALL]
    ]
    for kind in kinds:
        own = [m for m in measured if m.case.kind == kind]
        rows += [_row(language, kind, own) for language in languages]
    return [row for row in rows if row.questions]


def _row(language: str, kind: str, measured: Sequence[Measured]) -> Row:
    own = [m for m in measured if language in (ALL, m.case.language)]
    good = [m for m in own if m.case.targets]
    off = [m for m in own if not m.case.targets]
    return Row(
        language,
        kind,
        len(own),
        recall_1=_share(sum(m.rank == 1 for m in good), len(good)),
        recall_3=_share(sum(m.rank is not None and m.rank <= 3 for m in good), len(good)),
        mrr=_mean([1 / m.rank if m.rank else 0.0 for m in good]),
        false_answers=_share(sum(m.is_answered for m in off), len(off)),
        false_offers=_share(sum(m.is_unsure for m in off), len(off)),
        wrong_refusals=_share(sum(m.is_refused for m in good), len(good)),
        unsure=_share(sum(m.is_unsure for m in good), len(good)),
        auroc=_auroc([m.score for m in good], [m.score for m in off]),
    )


def _share(hits: int, count: int) -> Figure | None:
    """A share with Wilson's score interval."""
    if not count:
        return None
    from scipy.stats import binomtest

    interval = binomtest(hits, count).proportion_ci(method="wilson")
    return Figure(hits / count, float(interval.low), float(interval.high), count)


def _mean(values: Sequence[float]) -> Figure | None:
    """A mean with the normal interval of its standard error."""
    if not values:
        return None
    mean = sum(values) / len(values)
    variance = sum((value - mean) ** 2 for value in values) / max(1, len(values) - 1)
    return _around(mean, math.sqrt(variance / len(values)), len(values))


def _auroc(good: Sequence[float], off: Sequence[float]) -> Figure | None:
    """How often a good question's score is above an off-topic one's; interval of Hanley, McNeil.

    J. A. Hanley and B. J. McNeil, Radiology 143 (1982), 29-36.
    """
    if not good or not off:
        return None
    from sklearn.metrics import roc_auc_score

    area = float(roc_auc_score([1] * len(good) + [0] * len(off), [*good, *off]))
    above, below = area / (2 - area), 2 * area**2 / (1 + area)
    variance = area * (1 - area)
    variance += (len(good) - 1) * (above - area**2) + (len(off) - 1) * (below - area**2)
    return _around(area, math.sqrt(variance / (len(good) * len(off))), len(good) + len(off))


def _around(value: float, error: float, count: int) -> Figure:
    return Figure(value, max(0.0, value - _Z * error), min(1.0, value + _Z * error), count)


def report(rows: Sequence[Row]) -> dict[str, Any]:
    """The rows as one JSON object."""
    return {"confidence": 0.95, "rows": [asdict(row) for row in rows]}
