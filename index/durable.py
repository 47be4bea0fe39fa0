"""Files that are on the disk, and not only on their way there, once writing them returns."""

from __future__ import annotations

import os
from pathlib import Path


def write_durably(path: Path, content: bytes) -> None:
    """Write a file; that it has a name in its folder is certain only after ``sync_folder``."""
    with path.open("wb") as file:
        file.write(content)
    sync_file(path)


def sync_file(path: Path) -> None:
    """Make sure of a file's content."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make sure of the names in a folder."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
