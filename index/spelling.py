"""Typing errors: a word that no dictionary has becomes the nearest word of the texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property

from index.dictionary import Dictionary
from index.words import WORD, fold

_SHORTEST, _LONGEST = 4, 30  # letters of a word that is looked at
_TWO_ERRORS_FROM = 8  # letters; in shorter words two errors make another word
_PART = 3  # letters a part of a compound has at least
_AT_MOST = 20  # words of a question that are put right; each takes up to a millisecond


class Spelling:
    """Puts typing errors right with the words of the texts, never with any other word."""

    def __init__(self, texts: Callable[[], Iterable[str]]) -> None:
        """Know the words of ``texts``; of two words as near the one that came first is taken."""
        self._texts = texts

    def corrected(self, text: str) -> str:
        """``text`` with its unknown words replaced where a word of the texts comes near."""
        unknown = [word for word in dict.fromkeys(WORD.findall(text)) if self._is_unknown(word)]
        nearest = {word: self._nearest(word) for word in unknown[:_AT_MOST]}
        return WORD.sub(lambda match: nearest.get(match[0], match[0]), text) if nearest else text

    def _is_unknown(self, word: str) -> bool:
        folded = fold(word)
        if not _SHORTEST <= len(folded) <= _LONGEST or not folded.isalpha():
            return False
        return not (self._is_known(folded) or self._is_compound(folded))

    def _is_known(self, folded: str) -> bool:
        return self._dictionary.has(folded) or folded in self._words

    def _is_compound(self, folded: str) -> bool:
        """Whether it is two known words, or two with one of the letters German puts between."""
        return any(
            self._is_known(folded[:cut])
            and (
                self._is_known(folded[cut:])
                or (folded[cut] in "sn" and self._is_known(folded[cut + 1 :]))
            )
            for cut in range(_PART, len(folded) - _PART)
        )

    def _nearest(self, word: str) -> str:
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        folded = fold(word)
        errors = 2 if len(folded) >= _TWO_ERRORS_FROM else 1
        candidates = self._by_first_letter.get(folded[0], ())  # which is hardly ever mistyped
        # Equally near ones come in their order.
        found = process.extract(
            folded, candidates, scorer=OSA.distance, score_cutoff=errors, limit=1
        )
        return self._words[found[0][0]] if found else word

    @cached_property
    def _words(self) -> dict[str, str]:
        words: dict[str, str] = {}
        for text in self._texts():
            for word in WORD.findall(text):
                words.setdefault(fold(word), word)
        return words

    @cached_property
    def _by_first_letter(self) -> dict[str, list[str]]:
        words: dict[str, list[str]] = {}
        for word in self._words:
            if len(word) >= _SHORTEST:
                words.setdefault(word[0], []).append(word)
        return words

    @cached_property
    def _dictionary(self) -> Dictionary:
        return Dictionary()
