"""The word side of the search: how much of a question's wording a passage shares.

Words are compared by their runs of four letters, so that inflection, compounds ("Kundenbindung",
"Bindung von Kunden"), typing errors and names match without a dictionary of either language.
"""

from __future__ import annotations

import math
import re
import unicodedata
from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, count

import numpy as np
from numpy.typing import NDArray

from index.hits import LONGEST_QUESTION
from index.vectors import best_rows

WORD = re.compile(r"[^\W_]+")
"""A word: letters and digits without a break."""

_FOLD = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_GRAM = 4
_SHORT = 3  # letters; shorter words are shared by chance
_MOST = 0.6
_MOST_READ = 30_000  # places of runs in passages; about 2 ms
_RUN = "S16"  # four letters of at most four bytes each


def fold(text: str) -> str:
    """``text`` in lower case, umlauts spelt out, compatible characters made one."""
    return unicodedata.normalize("NFKC", text).lower().translate(_FOLD)


def grams(text: str) -> list[str]:
    """The runs of four letters in each word, lower case, umlauts spelt out, ``^`` and ``$`` around.

    Shorter words give one run. The order is that of the text; repeated runs stay.
    """
    return [run for word in WORD.findall(fold(text)) for run in _runs(word)]


def _runs(word: str) -> list[str]:
    marked = f"^{word}$"
    return [marked[i : i + _GRAM] for i in range(max(1, len(marked) - _GRAM + 1))]


def shared_words(question: str, text: str) -> list[str]:
    """The words of ``question`` most of whose runs of letters are in one word of ``text``."""
    known = [set(grams(word)) for word in set(WORD.findall(text))]
    words = dict.fromkeys(word for word in WORD.findall(question) if len(word) > _SHORT)
    return [word for word in words if any(_share(grams(word), runs) >= _MOST for runs in known)]


def _share(runs: Sequence[str], known: set[str]) -> float:
    return sum(run in known for run in runs) / max(1, len(runs))


@dataclass(frozen=True, slots=True)
class WordIndex:
    """Shared wording between a question and each passage, rarer runs of letters counting more.

    BM25 with ``k1 = 0`` in Lucene's form: a run counts once a passage, by its inverse document
    frequency. The sum is divided by that over all the question's runs, where a run that no text
    has counts as the rarest there are. The arrays may be mapped from disk.

    Attributes:
        runs: All runs of letters, UTF-8, ascending, (runs,).
        seen: How many texts have each, (runs,).
        ends: Where each run's passages end in ``passages``, (runs,).
        passages: The passages that have the first run, ascending, then those of the second, ...
        sizes: How many passages there are, and how many texts in all.
    """

    runs: NDArray[np.bytes_]
    seen: NDArray[np.int32]
    ends: NDArray[np.int64]
    passages: NDArray[np.int32]
    sizes: NDArray[np.int64]

    @classmethod
    def of(cls, passages: Iterable[str], background: Iterable[str]) -> WordIndex:
        """Index ``passages``; ``background`` texts only teach which runs are common."""
        numbers: defaultdict[str, int] = defaultdict(count().__next__)
        runs, lengths = array("i"), array("i")

        @cache
        def runs_of(word: str) -> list[int]:
            return [numbers[run] for run in _runs(word)]

        def add(text: str) -> None:
            own = set[int]().union(*map(runs_of, WORD.findall(fold(text))))
            runs.extend(own)
            lengths.append(len(own))

        for text in passages:
            add(text)
        size = len(lengths)
        for text in background:
            add(text)
        names = sorted(numbers, key=str.encode)
        ranks = np.empty(len(names), np.int32)
        ranks[[numbers[name] for name in names]] = np.arange(len(names))
        ranked = ranks[np.array(runs, np.int32)]
        owners = np.repeat(np.arange(len(lengths), dtype=np.int32), np.array(lengths, np.int32))
        seen = np.bincount(ranked, minlength=len(names))
        ranked, owners = ranked[owners < size], owners[owners < size]
        return cls(
            np.array([name.encode() for name in names], _RUN),
            seen.astype(np.int32),
            np.cumsum(np.bincount(ranked, minlength=len(names))),
            owners[np.argsort(ranked, kind="stable")],
            np.array([size, len(lengths)], np.int64),
        )

    def compare(self, question: str) -> Wording:
        """The question's wording beside that of the passages."""
        known, total = self._weighed(question)
        known.sort(key=lambda run: len(run[1]))
        read = list(accumulate(len(having) for _, having in known))
        rare = max(1, bisect_right(read, _MOST_READ))
        lengths = [len(having) for _, having in known[:rare]]
        having = np.concatenate([self.passages[:0], *(having for _, having in known[:rare])])
        weights = np.repeat(np.array([weight for weight, _ in known[:rare]], np.float64), lengths)
        sums = np.bincount(having, weights, int(self.sizes[0])).astype(np.float64, copy=False)
        return Wording(sums, known[rare:], total)

    def _weighed(self, question: str) -> tuple[list[tuple[float, NDArray[np.int32]]], float]:
        """Weight and passages of each of the question's runs that passages have; all weights."""
        asked = sorted({run.encode() for run in grams(question[:LONGEST_QUESTION])})
        if not asked or not len(self.runs):
            return [], 0.0
        places = np.searchsorted(self.runs, np.array(asked, _RUN))
        places[places == len(self.runs)] = 0
        starts = np.where(places > 0, self.ends[places - 1], 0).tolist()
        ends, seen = self.ends[places].tolist(), self.seen[places].tolist()
        is_seen = (self.runs[places] == np.array(asked, _RUN)).tolist()
        texts = int(self.sizes[1])
        known, total = [], 0.0
        for i in range(len(asked)):
            count = seen[i] if is_seen[i] else 0
            weight = math.log1p((texts - count + 0.5) / (count + 0.5))
            total += weight
            if is_seen[i] and ends[i] > starts[i]:
                known.append((weight, self.passages[starts[i] : ends[i]]))
        return known, total


@dataclass(frozen=True, slots=True)
class Wording:
    """What a question's wording has in common with passages.

    Attributes:
        sums: Weight of the rarest of its runs that each passage has, (passages,).
        common: Weight and passages of each of the other runs.
        total: Weight of all its runs.
    """

    sums: NDArray[np.float64]
    common: list[tuple[float, NDArray[np.int32]]]
    total: float

    def shares(self, passages: NDArray[np.int64]) -> NDArray[np.float32]:
        """The share of the question's wording that each of ``passages`` has, 0 to 1."""
        shares = self.sums[passages]
        for weight, having in self.common:
            places = np.minimum(having.searchsorted(passages), len(having) - 1)
            shares[having[places] == passages] += weight
        return (shares / (self.total or 1.0)).astype(np.float32)

    def likely(self, most: int, allowed: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
        """Positions of at most ``most`` passages that share most wording, best first.

        Only passages that share a run come into question, and only by the rarest runs, as many as
        ``_MOST_READ`` places in passages are read for: those left out weigh least.

        Args:
            most: At most so many.
            allowed: Which passages may be found, (passages,); None for all.
        """
        found = np.flatnonzero(self.sums if allowed is None else self.sums * allowed)
        return found[best_rows(self.sums[found].astype(np.float32), most)]
