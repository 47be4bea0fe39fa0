"""The labelled questions that lie in ``tests/data/eval``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from index.labelled import LabelledQuestion, read_labelled

EVAL = Path(__file__).parent / "data" / "eval"


def all_questions() -> Iterator[LabelledQuestion]:
    """Every labelled question of the repository; ``notes`` are its kind and its split."""
    for path in [EVAL / "bvdw.tsv", *sorted((EVAL / "corpora").glob("*.tsv"))]:
        yield from read_labelled(path)
