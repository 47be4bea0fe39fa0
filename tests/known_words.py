"""Makes the file of known words out of word lists, by ``python -m tests.known_words FILE...``.

The files are ``de.json.gz`` and ``en.json.gz`` of pyspellchecker 0.9.1 (MIT licence): objects whose
keys are words.
"""

from __future__ import annotations

import gzip
import json
import sys
import zlib
from pathlib import Path

import numpy as np

from index.words import fold

TARGET = Path(__file__).parents[1] / "index" / "background" / "known_words.npy"


def main() -> None:
    lists = [json.loads(gzip.decompress(Path(name).read_bytes())) for name in sys.argv[1:]]
    sums = {zlib.crc32(fold(word).encode()) for words in lists for word in words}
    np.save(TARGET, np.array(sorted(sums), np.uint32), allow_pickle=False)


if __name__ == "__main__":
    main()
