"""A long run of the fuzzing targets, guided by coverage; needs the package ``atheris``.

Run as ``python -m tests.fuzz [--seconds N] [TARGET ...]``; ``make fuzz`` installs what it needs.
Each target runs in a process of its own; the first finding ends the whole run and keeps its input.
"""

from __future__ import annotations

import argparse
import importlib
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

_LONGEST_INPUT_SECONDS = 70  # a PDF may take a minute to be refused
_MOST_MEGABYTES = 2_048


def fuzz(target: str, seconds: int, folder: Path) -> None:
    """Fuzz one target in this process, and end it."""
    atheris: Any = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["bot", "index"]):
        from tests.fuzz.targets import TARGETS
    options = [
        f"-max_total_time={seconds}",
        f"-timeout={_LONGEST_INPUT_SECONDS}",
        f"-rss_limit_mb={_MOST_MEGABYTES}",
        f"-artifact_prefix={folder}/",
        "-print_final_stats=1",
        "-verbosity=0",
    ]
    atheris.Setup([sys.argv[0], *options, str(folder)], TARGETS[target])
    atheris.Fuzz()


def run(targets: list[str], seconds: int) -> None:
    """Fuzz targets one after another, all if none is named."""
    from tests.fuzz.samples import samples
    from tests.fuzz.targets import TARGETS

    if unknown := set(targets) - set(TARGETS):
        sys.exit(f"no such target: {', '.join(sorted(unknown))}; there are {', '.join(TARGETS)}")
    for target in targets or TARGETS:
        folder = Path(tempfile.mkdtemp(prefix=f"fuzz-{target}-"))
        for number, sample in enumerate(samples(target)):
            (folder / f"sample-{number}").write_bytes(sample)
        print(f"{target}: {seconds} s", flush=True)
        command = [sys.executable, "-m", "tests.fuzz", "--seconds", str(seconds)]
        done = subprocess.run([*command, "--inside", str(folder), target], check=False)
        if done.returncode:
            sys.exit(f"{target}: a finding; its input is in {folder}")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=int, default=120, help="for each target")
    arguments.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    arguments.add_argument("targets", nargs="*", metavar="TARGET")
    chosen = arguments.parse_args()
    if chosen.inside is None:
        run(chosen.targets, chosen.seconds)
    else:  # nothing of the project may be imported before it is instrumented
        fuzz(chosen.targets[0], chosen.seconds, chosen.inside)


if __name__ == "__main__":
    main()
