"""Nearest rows of a table of vectors, by FAISS; the only module that imports that library."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.vectors import Vectors

if TYPE_CHECKING:
    import faiss


class FlatRows:
    """Exact search by inner product; the table itself is ``vectors``, (rows, dimension)."""

    def __init__(self, index: faiss.Index) -> None:
        """Search ``index``."""
        self._index = index
        self.vectors: Vectors = index.reconstruct_n(0, index.ntotal)

    @classmethod
    def of(cls, vectors: Vectors) -> FlatRows:
        """An index over ``vectors``."""
        import faiss

        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(vectors)
        return cls(index)

    @classmethod
    def from_bytes(cls, content: NDArray[np.uint8]) -> FlatRows:
        """The index that ``to_bytes`` gave."""
        import faiss

        return cls(faiss.deserialize_index(content))

    def to_bytes(self) -> bytes:
        """The index in FAISS's own form."""
        import faiss

        content: bytes = faiss.serialize_index(self._index).tobytes()
        return content

    def nearest(
        self, vector: Vectors, count: int, among: NDArray[np.int64] | None = None
    ) -> NDArray[np.int64]:
        """See ``NearestRows``; fewer than ``count`` rows where there are fewer."""
        import faiss

        parameters = faiss.SearchParameters()
        if among is not None:
            parameters.sel = faiss.IDSelectorBatch(among)
        count = min(count, self._index.ntotal)
        _, rows = self._index.search(vector[None], count, params=parameters)
        found: NDArray[np.int64] = rows[0]
        return found[found >= 0]
