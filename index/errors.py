"""What can go wrong between a folder of texts and a passage found; errors carry facts.

``str(error)`` is one English line for the terminal and the log: what is wrong, where, what to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


class RetrievalError(Exception):
    """Base of all errors of this package."""


@dataclass(frozen=True, slots=True)
class SeedFault:
    """One fault in one file of the seeds folder; ``line`` counts from 1, None for the file."""

    file: str
    line: int | None
    reason: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return " ".join(f"{place}: {self.reason}".splitlines())


class SeedError(RetrievalError):
    """The texts cannot be read; holds every fault found, in order of file and line."""

    def __init__(self, faults: list[SeedFault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


class ModelError(RetrievalError):
    """The embedding model cannot be had: missing, damaged or out of reach."""


class StoreError(RetrievalError):
    """The index on disk cannot be used or written."""


class StoreMissing(StoreError):
    """There is no index at ``path`` yet."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path}: no index there yet; run `thesenbot build`")
        self.path = path


class StoreMismatch(StoreError):
    """The index on disk is damaged or was built from or with something else."""
