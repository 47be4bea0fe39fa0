"""Which words German or English has."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from importlib.resources import as_file, files

import numpy as np
from numpy.typing import NDArray

from index.words import fold


class Dictionary:
    """German and English words as sorted checksums: 2 MB, mapped; one in ten thousand errs."""

    def __init__(self) -> None:
        """Map the file."""
        with as_file(files("index") / "background" / "known_words.npy") as path:
            self._sums: NDArray[np.uint32] = np.load(path, mmap_mode="r", allow_pickle=False)

    def has(self, folded: str) -> bool:
        """Whether it is a word of either language; ``folded`` as ``index.words.fold`` gives it."""
        checksum = np.uint32(zlib.crc32(folded.encode("utf-8", "replace")))
        place = int(np.searchsorted(self._sums, checksum))
        return place < len(self._sums) and bool(self._sums[place] == checksum)

    def share(self, words: Sequence[str]) -> float:
        """How many of ``words``, in any spelling, are of either language, 0 to 1; 0 of none."""
        return sum(self.has(fold(word)) for word in words) / max(1, len(words))
