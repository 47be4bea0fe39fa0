"""The best way to read a quotation from the sources, word by word, in any places of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from bot.exactness.quotation import Quotation
from bot.exactness.source import Source

_SIMILAR, _LEAST_SIMILAR = 75, 4
_MOST_COMPARED = 300_000
_GAIN, _GAIN_SIMILAR, _UNLIKE, _ADDED = 1.0, 0.5, -0.6, 0.6
_LEFT_OUT, _JUMP = 0.35, 4.0
_LEFT_OUT_MARKED, _JUMP_MARKED = 0.02, 1.5
_STAYED = -1


@dataclass(frozen=True, slots=True)
class Pair:
    """Word ``quoted`` of the quotation is word ``source`` of the sources."""

    quoted: int
    source: int


def align(quotation: Quotation, source: Source) -> list[Pair]:
    """Which word of the sources each word of the quotation is; a word may be none.

    Going on costs nothing, a word left out or added a little, a leap to another place more.
    """
    words = quotation.folded()
    columns = source.near(words)
    if not len(columns):
        return []
    gains = _gains(words, source, source.ids[columns])
    score = gains[words[0]]
    backs = [np.zeros(len(columns), np.int64)]
    for word, marked in zip(words[1:], quotation.marked[1:], strict=True):
        score, back = _step(score, gains[word], columns.astype(np.float64), marked=marked)
        backs.append(back)
    pairs: list[Pair] = []
    at = int(np.argmax(score))
    for i, back in reversed(list(enumerate(backs))):
        if back[at] == _STAYED:
            continue
        if gains[words[i]][at] > 0:
            pairs.append(Pair(i, int(columns[at])))
        at = int(back[at])
    return pairs[::-1]


def _step(
    score: NDArray[np.float64],
    gain: NDArray[np.float64],
    position: NDArray[np.float64],
    *,
    marked: bool,
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The best score at each column after one more word, and the column that it came from.

    Args:
        score: The best score at each column so far.
        gain: What the word is worth there.
        position: Where the columns lie in the sources.
        marked: Whether words are said to be left out before the word.
    """
    order = np.arange(len(score))
    left_out, jump = (_LEFT_OUT_MARKED, _JUMP_MARKED) if marked else (_LEFT_OUT, _JUMP)
    best = int(np.argmax(score))
    come = np.full(len(score), score[best] - jump)
    back = np.full(len(score), best)
    reach = score + left_out * position
    highest = np.maximum.accumulate(reach)
    origin = np.maximum.accumulate(np.where(reach >= highest, order, 0))
    near = highest[:-1] - left_out * (position[1:] - 1)
    closer = near >= come[1:]
    come[1:][closer], back[1:][closer] = near[closer], origin[:-1][closer]
    come += gain
    stay = score - _ADDED
    back[stay > come] = _STAYED
    return np.maximum(stay, come), back


def _gains(
    words: Sequence[str], source: Source, ids: NDArray[np.int64]
) -> dict[str, NDArray[np.float64]]:
    """What each word is worth as the word of each of ``ids``."""
    similar = _similar(words, source.vocabulary, ids)
    gains: dict[str, NDArray[np.float64]] = {}
    for word in dict.fromkeys(words):
        gains[word] = np.where(ids == source.vocabulary.get(word, -1), _GAIN, _UNLIKE)
        gains[word][np.isin(ids, similar.get(word, []))] = _GAIN_SIMILAR
    return gains


def _similar(
    words: Sequence[str], vocabulary: Mapping[str, int], ids: NDArray[np.int64]
) -> dict[str, list[int]]:
    """For each word that the sources lack, those of ``ids`` that it may be a misspelling of."""
    spelt = list(vocabulary)
    known = [int(i) for i in np.unique(ids) if len(spelt[int(i)]) >= _LEAST_SIMILAR]
    unknown = [w for w in dict.fromkeys(words) if len(w) >= _LEAST_SIMILAR and w not in vocabulary]
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
