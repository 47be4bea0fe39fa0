"""The word side of the search: how much of a question's wording a passage shares.

Words are compared by their runs of four letters, so that inflection, compounds ("Kundenbindung",
"Bindung von Kunden"), typing errors and names match without a dictionary of either language.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

WORD = re.compile(r"[^\W_]+")
"""A word: letters and digits without a break."""

_FOLD = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_GRAM = 4
_SHORT = 3  # letters; shorter words are shared by chance
_MOST = 0.6
_LONGEST_QUESTION = 2_000


def fold(text: str) -> str:
    """``text`` in lower case, umlauts spelt out, compatible characters made one."""
    return unicodedata.normalize("NFKC", text).lower().translate(_FOLD)


def grams(text: str) -> list[str]:
    """The runs of four letters in each word, lower case, umlauts spelt out, ``^`` and ``$`` around.

    Shorter words give one run. The order is that of the text; repeated runs stay.
    """
    runs: list[str] = []
    for word in WORD.findall(fold(text)):
        marked = f"^{word}$"
        runs += [marked[i : i + _GRAM] for i in range(max(1, len(marked) - _GRAM + 1))]
    return runs


def shared_words(question: str, text: str) -> list[str]:
    """The words of ``question`` most of whose runs of letters are in one word of ``text``."""
    known = [set(grams(word)) for word in set(WORD.findall(text))]
    words = dict.fromkeys(word for word in WORD.findall(question) if len(word) > _SHORT)
    return [word for word in words if any(_share(grams(word), runs) >= _MOST for runs in known)]


def _share(runs: Sequence[str], known: set[str]) -> float:
    return sum(run in known for run in runs) / max(1, len(runs))


class WordIndex:
    """Shared wording between a question and each passage, rarer runs of letters counting more.

    BM25 with ``k1 = 0`` in Lucene's form: a run counts once a passage, by its inverse document
    frequency. The sum is divided by that over all the question's runs, where a run that no text
    has counts as the rarest there are.
    """

    def __init__(self, passages: Sequence[str], background: Iterable[str]) -> None:
        """Index ``passages``; ``background`` texts only teach which runs are common."""
        import bm25s

        texts = [grams(text) for text in [*passages, *background]]
        self._size = len(passages)
        self._bm25 = bm25s.BM25(method="lucene", k1=0.0, b=0.0)
        self._bm25.index(texts, show_progress=False)
        frequency = Counter(run for runs in texts for run in set(runs))
        self._weights = {
            run: math.log1p((len(texts) - seen + 0.5) / (seen + 0.5))
            for run, seen in frequency.items()
        }
        self._rarest = math.log1p((len(texts) + 0.5) / 0.5)

    def shares(self, question: str) -> NDArray[np.float32]:
        """For each passage the share of the question's wording it has, (passages,), 0 to 1."""
        runs = set(grams(question[:_LONGEST_QUESTION]))
        known = sorted(runs & self._weights.keys())
        if not known:
            return np.zeros(self._size, np.float32)
        total = sum(self._weights.get(run, self._rarest) for run in runs)
        found: NDArray[np.float32] = self._bm25.get_scores(known)[: self._size]
        return found / np.float32(total)
