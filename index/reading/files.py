"""The bytes of a file in the seeds folder, with a clear refusal of what is no such file."""

from __future__ import annotations

from pathlib import Path

from index.errors import SeedError, SeedFault

MAX_FILE_BYTES = 20_000_000
"""Largest source or sidecar file that is read."""


def read_bytes(path: Path) -> bytes:
    """All bytes of a regular file.

    Raises:
        SeedError: It is missing, no regular file, unreadable, empty or too large.
    """
    try:
        if not path.is_file():
            raise _refusal(path, "not a file" if path.exists() else "no such file")
        if path.stat().st_size > MAX_FILE_BYTES:
            raise _refusal(path, f"larger than {MAX_FILE_BYTES // 1_000_000} MB; split it")
        content = path.read_bytes()
    except OSError as error:
        raise _refusal(path, f"cannot be read: {error.strerror or error}") from error
    if not content:
        raise _refusal(path, "the file is empty")
    return content


def _refusal(path: Path, reason: str) -> SeedError:
    return SeedError([SeedFault(path.name, None, reason)])
