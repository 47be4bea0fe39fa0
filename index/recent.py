"""What was embedded lately is not embedded again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from hashlib import blake2b
from threading import Lock

import numpy as np

from index.vectors import Embedder, Encoded, Progress, Vectors
from index.views import Role

_MOST_BYTES = 8_000_000
"""About three hundred questions of usual length."""

_Key = tuple[Role, bytes]
_Kept = tuple[Vectors, Vectors]


class RecentEmbedder:
    """Embeds as another one does, and keeps what the last few texts became; threads may share it.

    For questions: one question is often searched for more than once. Of the texts themselves
    nothing is kept but a digest.
    """

    def __init__(self, embedder: Embedder, most_bytes: int = _MOST_BYTES) -> None:
        """Embed with ``embedder`` and keep at most so many bytes of vectors and token states."""
        self.fingerprint = embedder.fingerprint
        self.dimension = embedder.dimension
        self._embedder = embedder
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[_Key, _Kept] = OrderedDict()  # the longest unused first
        self._lock = Lock()

    def encode(
        self, texts: Sequence[str], role: Role, *, progress: Progress | None = None
    ) -> Encoded:
        """See ``Embedder``."""
        keys = [_key(text, role) for text in texts]
        known = self._recall(keys)
        new = [row for row, key in enumerate(keys) if key not in known]
        if len(new) == len(keys):
            encoded = self._embedder.encode(texts, role, progress=progress)
        elif new:
            encoded = self._embedder.encode([texts[row] for row in new], role, progress=progress)
        for place, row in enumerate(new):
            known[keys[row]] = encoded.vectors[place].copy(), encoded.tokens[place]
        self._keep({keys[row]: known[keys[row]] for row in new})
        vectors = np.zeros((len(keys), self.dimension), np.float32)
        for row, key in enumerate(keys):
            vectors[row] = known[key][0]
        return Encoded(vectors, tuple(known[key][1] for key in keys))

    def _recall(self, keys: Sequence[_Key]) -> dict[_Key, _Kept]:
        with self._lock:
            known = {key: self._kept[key] for key in keys if key in self._kept}
            for key in known:
                self._kept.move_to_end(key)
        return known

    def _keep(self, new: dict[_Key, _Kept]) -> None:
        with self._lock:
            for key, kept in new.items():
                if key not in self._kept:
                    self._kept[key] = kept
                    self._bytes += _size(kept)
            while self._bytes > self._most_bytes:
                self._bytes -= _size(self._kept.popitem(last=False)[1])


def _key(text: str, role: Role) -> _Key:
    return role, blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _size(kept: _Kept) -> int:
    return sum(array.nbytes for array in kept)
