"""What an index was built from and with; equal, or the index is not the one that is needed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from index.background import Background

FORMAT = 3
"""Raised whenever the files of an index change their form."""

CHUNKING = 2
"""Raised whenever the same texts give other passages, views or scores."""

_LIBRARIES = ("faiss-cpu", "numpy", "sentence-transformers", "tokenizers", "torch")


@dataclass(frozen=True, slots=True)
class Recipe:
    """What goes into an index; two equal recipes give the same index.

    Attributes:
        sources: Digest of each document's files, by its name.
        model: The model's name in the config.
        fingerprint: The model's fingerprint.
        background: Digest of the background texts.
        false_answer_rate: What the thresholds were calibrated for.
        chunking: ``CHUNKING`` at the time.
    """

    sources: dict[str, str]
    model: str
    fingerprint: str
    background: str
    false_answer_rate: float
    chunking: int = CHUNKING


@dataclass(frozen=True, slots=True)
class Manifest:
    """What stands beside an index.

    Attributes:
        format: ``FORMAT`` at the time.
        created: When it was built, ISO 8601, UTC.
        recipe: What it was built from and with.
        libraries: Versions of the libraries that took part.
        files: Digest of each file of the index, by its name.
        sizes: Bytes of each of them.
    """

    format: int
    created: str
    recipe: Recipe
    libraries: dict[str, str]
    files: dict[str, str]
    sizes: dict[str, int]


def make_recipe(
    sources: dict[str, str],
    background: Background,
    *,
    model: str,
    fingerprint: str,
    false_answer_rate: float,
) -> Recipe:
    """The recipe of an index over documents with the digests ``sources``."""
    return Recipe(
        sources,
        model,
        fingerprint,
        digest(repr((background.questions, background.passages)).encode()),
        false_answer_rate,
    )


def library_versions() -> dict[str, str]:
    """The installed versions of the libraries that an index depends on."""
    return {name: version(name) for name in _LIBRARIES}


def digest(content: bytes) -> str:
    """SHA-256, hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def file_digest(path: Path) -> str:
    """SHA-256 of a file, hexadecimal; it is read piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
