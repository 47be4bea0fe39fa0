"""The environment of the other frameworks, so that they are no dependency of the project."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

OWN = Path(__file__).parents[2] / "build" / "others"
"""Where it is made."""

TORCH = "torch==2.13.0"  # newer ones pull what only graphics cards need
PINNED = Path(__file__).with_name("others.txt")


class Unable(Exception):
    """A part cannot run; one line says why."""


def environment(folder: Path, torch_index: str | None) -> Path:
    """The Python of the environment of the other frameworks, which is made if it is not there.

    Raises:
        Unable: It cannot be made.
    """
    python = folder / "bin" / "python"
    if (folder / ".ready").exists() or (python.exists() and folder != OWN):
        return python
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    source = ["--index-url", torch_index] if torch_index else []
    print(f"making the environment of the other frameworks in {folder} …", file=sys.stderr)
    for command in (
        [sys.executable, "-m", "venv", str(folder)],
        [*pip, *source, TORCH],
        [*pip, "--requirement", str(PINNED)],
    ):
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        if ran.returncode:
            raise Unable(f"no environment in {folder}: {last_line(ran.stderr)}")
    (folder / ".ready").touch()
    return python


def last_line(text: str) -> str:
    """What an error says, after its trace."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:200] if lines else "it says nothing"
