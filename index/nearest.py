"""Nearest rows of a table of unit vectors, by FAISS; the only module that imports that library.

Small tables are read from end to end, which is exact. Of large ones FAISS first reads short codes
in the groups that lie nearest, then compares the rows that these name with the question itself. How
long the codes are, how many groups are read and how many rows compared is measured when the index
is built, with questions the rows were not made from.

Codes, groups and rows are one file, which is mapped: only what is touched takes memory.
"""

from __future__ import annotations

import mmap
import os
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.mapped import let_go
from index.vectors import Vectors, best_rows

FLAT_UP_TO = 20_000
"""Rows that are read from end to end: 30 MB, which takes about 1 ms."""

RECALL = 0.99
"""Share of the ten nearest rows that the questions measured with must find."""

_TEN = 10
_QUESTIONS = 256  # to measure with; the recall's standard error is then well under 0.01
_TIMED = 64
_SHARED = 64  # questions from which on they are worth more than one core
_DEPTHS = (128, 256, 512, 1024)
_BLOCK = 65_536  # rows to learn rotation, groups and codes from, and to encode at once


@dataclass(frozen=True, slots=True)
class Effort:
    """How much of a grouped table is looked at for one question.

    Attributes:
        probes: Groups whose codes are read.
        depth: Rows that are compared with the question themselves.
    """

    probes: int
    depth: int


class Rows:
    """A table of vectors and the search for its rows nearest to a vector.

    Attributes:
        vectors: The table, (rows, dimension), unit length.
        effort: None if every row is compared.
    """

    def __init__(self, index: Any, vectors: Vectors, effort: Effort | None) -> None:
        """Search ``vectors`` with ``index``, which refers to them."""
        self._index = index
        self.vectors = vectors
        self.effort = effort

    @classmethod
    def of(cls, vectors: Vectors, questions: Vectors) -> Rows:
        """The search over ``vectors`` that finds enough in the least time.

        Args:
            vectors: (rows, dimension), unit length.
            questions: What to measure with, (questions, dimension), unit length.
        """
        faiss = _library()

        faiss.omp_set_num_threads(os.cpu_count() or 1)
        if len(vectors) <= FLAT_UP_TO:
            flat = faiss.IndexFlatIP(vectors.shape[1])
            flat.add(vectors)
            return cls(flat, vectors, None)
        # Between unit vectors both rank alike, but codes tell distances better than products:
        # compared by product, four times as many rows have to be compared themselves.
        flat = faiss.IndexFlatL2(vectors.shape[1])
        flat.add(vectors)
        asked = questions[:: max(1, -(-len(questions) // _QUESTIONS))]
        right = flat.search(asked, _TEN)[1]
        index = faiss.IndexRefine(_encode(vectors), flat)
        found = [cls(index, vectors, effort) for effort in _enough(index, asked, right)]
        found.append(cls(flat, vectors, None))
        return min(found, key=lambda rows: rows._seconds(asked[:_TIMED]))

    @classmethod
    def read(cls, path: Path) -> Rows:
        """What ``write`` left at ``path``, mapped."""
        faiss = _library()

        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        content = np.frombuffer(mapped, np.uint8)
        reader = faiss.ZeroCopyIOReader(faiss.swig_ptr(content), len(content))
        index = faiss.read_index(reader, faiss.IO_FLAG_MMAP_IFC)
        let_go(content)
        flat, effort = index, None
        if isinstance(index, faiss.IndexRefine):
            flat = faiss.downcast_index(index.refine_index)
            groups = faiss.extract_index_ivf(index.base_index)
            effort = Effort(groups.nprobe, round(index.k_factor * _TEN))
        shape = (flat.ntotal, flat.d)
        start = faiss.rev_swig_ptr(flat.get_xb(), 1).ctypes.data - content.ctypes.data
        # Over the mapped file, not over FAISS's memory, so that it may outlive the index.
        vectors = np.frombuffer(mapped, np.float32, flat.ntotal * flat.d, start).reshape(shape)
        return cls(index, vectors, effort)

    @property
    def layout(self) -> str:
        """How the rows are searched, in words."""
        faiss = _library()

        if self.effort is None:
            return "flat"
        groups = faiss.extract_index_ivf(self._index.base_index)
        return f"{self.effort.probes} of {groups.nlist} groups, {self.effort.depth} compared"

    def write(self, path: Path) -> None:
        """Write rows, codes and effort in FAISS's own form."""
        faiss = _library()

        if self.effort is not None:
            faiss.extract_index_ivf(self._index.base_index).nprobe = self.effort.probes
            self._index.k_factor = self.effort.depth / _TEN
        with path.open("wb") as file:  # not by FAISS, which does not tell what the disk refuses
            faiss.write_index(self._index, faiss.PyCallbackIOWriter(file.write))

    def nearest(
        self, vector: Vectors, count: int, among: NDArray[np.int64] | None = None
    ) -> NDArray[np.int64]:
        """Positions of at most ``count`` rows by inner product with ``vector``, best first.

        Only rows at the positions ``among`` come into question, if given.
        """
        return self.nearest_to_each(vector[None], count, among)[0]

    def nearest_to_each(
        self, vectors: Vectors, count: int, among: NDArray[np.int64] | None = None
    ) -> list[NDArray[np.int64]]:
        """The same for each of ``vectors``."""
        faiss = _library()

        # One question is too little work to be shared: to wait for a core that is busy costs more.
        faiss.omp_set_num_threads(1 if len(vectors) < _SHARED else os.cpu_count() or 1)
        count = min(count, len(self.vectors))
        chosen = None if among is None else _only(among, len(self.vectors))
        if self.effort is None:
            parameters = faiss.SearchParameters(sel=chosen)
        else:
            if among is not None and len(among) <= FLAT_UP_TO:
                own = self.vectors[among]
                return [among[best_rows(own @ vector, count)] for vector in vectors]
            # The fewer rows come into question, the wider apart the nearest of them lie.
            share = 1 if among is None else len(among) / len(self.vectors)
            effort = Effort(round(self.effort.probes / share), self.effort.depth)
            parameters = _parameters(effort, count, chosen)
        _, rows = self._index.search(vectors, count, params=parameters)
        let_go(self.vectors)
        return [found[found >= 0] for found in rows]

    def _seconds(self, questions: Vectors) -> float:
        """How long a question takes when the machine does little else."""
        times = []
        for question in questions:
            started = perf_counter()
            self.nearest(question, _TEN)
            times.append(perf_counter() - started)
        return float(np.quantile(times, 0.1))


def _library() -> Any:
    """FAISS, whose own type hints know only part of it."""
    import faiss

    return faiss


def _only(among: NDArray[np.int64], rows: int) -> Any:
    """Lets FAISS find only the rows at ``among``."""
    bits = np.zeros(rows, np.bool_)
    bits[among] = True
    return _library().IDSelectorBitmap(np.packbits(bits, bitorder="little"))


def _parameters(effort: Effort, count: int, chosen: Any = None) -> Any:
    """FAISS's form of an effort for ``count`` rows, among the ``chosen`` if given."""
    faiss = _library()
    groups = faiss.SearchParametersIVF(nprobe=effort.probes, sel=chosen)
    return faiss.IndexRefineSearchParameters(
        k_factor=max(1.0, effort.depth / count),
        base_index_params=faiss.SearchParametersPreTransform(index_params=groups),
    )


def _encode(vectors: Vectors) -> Any:
    """Codes of two bits a dimension, in about as many groups as the rows' number has a root of."""
    faiss = _library()
    width = vectors.shape[1]
    groups = 2 ** round(np.log2(len(vectors)) / 2)
    sample = np.ascontiguousarray(vectors[:: max(1, -(-len(vectors) // _BLOCK))])
    turn = faiss.LinearTransform(width, width, False)
    faiss.copy_array_to_vector(_turning(sample).ravel(), turn.A)
    turn.is_trained = True
    description = f"IVF{groups},PQ{width // 2}x4fs"
    coded = faiss.index_factory(width, description, faiss.METRIC_L2)
    index = faiss.IndexPreTransform(turn, coded)
    index.train(sample)
    for start in range(0, len(vectors), _BLOCK):
        index.add(vectors[start : start + _BLOCK])
    return index


def _turning(vectors: Vectors) -> Vectors:
    """A rotation after which each pair of dimensions varies about as much, (dimension, dimension).

    A code gives each pair the same bits. Unturned, codes would have to be a third of a bit a
    dimension longer to tell the model's vectors apart as well.
    """
    values, axes = np.linalg.eigh(np.cov(vectors.T.astype(np.float64)))
    half = len(values) // 2
    least, most = axes[:, :half], axes[:, half:][:, ::-1]
    pairs = np.stack([most, least], axis=2).reshape(len(values), -1)
    return np.ascontiguousarray(pairs.T, np.float32)


def _enough(index: Any, questions: Vectors, right: NDArray[np.int64]) -> Iterator[Effort]:
    """For each depth the fewest probes that find enough of the ``right`` rows, if any do."""
    faiss = _library()

    groups = faiss.extract_index_ivf(index.base_index).nlist
    steps = sorted({min(groups, round(2 ** (half / 2))) for half in range(2, 64)})
    for depth in _DEPTHS:
        finds = partial(_finds_enough, index, questions, right, depth)
        place = bisect_left(steps, True, key=finds)
        if place < len(steps):
            yield Effort(steps[place], depth)


def _finds_enough(
    index: Any,
    questions: Vectors,
    right: NDArray[np.int64],
    depth: int,
    probes: int,
) -> bool:
    _, found = index.search(questions, _TEN, params=_parameters(Effort(probes, depth), _TEN))
    hits = sum(len(np.intersect1d(own, wanted)) for own, wanted in zip(found, right, strict=True))
    return hits >= RECALL * right.size
