"""The labelled questions that lie in ``tests/data/eval``, and the texts they are about."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.labelled import LabelledQuestion, read_labelled

EVAL = Path(__file__).parent / "data" / "eval"
CORPORA = EVAL / "corpora"


def all_questions() -> Iterator[LabelledQuestion]:
    """Every labelled question of the repository; ``notes`` are its kind and its split."""
    for path in [EVAL / "bvdw.tsv", *sorted(CORPORA.glob("*.tsv"))]:
        yield from read_labelled(path)


@contextmanager
def folder_of(*files: Path) -> Iterator[Path]:
    """A seeds folder with copies of just these files."""
    with tempfile.TemporaryDirectory() as folder:
        for file in files:
            shutil.copy(file, folder)
        yield Path(folder)
