"""Changes of the texts: planned, committed in one step, carried out to the end, taken back.

A plan is a folder with all new files, all old ones and ``change.json``. It is committed by being
renamed into the history; from then on it is carried out, also by the next process if this one dies,
until a file ``done`` lies in it. So the texts are the old ones or the new ones to all who call
``finish`` before they read them.
"""

from __future__ import annotations

import errno
import json
import re
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from index.durable import sync_folder, write_durably
from index.manifest import digest, file_digest

Kind = Literal["add", "replace", "remove", "restore", "undo"]

KEPT = 10
"""How many changes can be taken back, one after another."""

_MOST_PLANS = 20
_PLAN_SECONDS = 86_400
_CODE = re.compile(r"[0-9a-f]{16}")
_CHANGE, _DONE = "change.json", "done"
_PART = ".thesenbot.part"  # begins with a dot, so it never counts as a text


class OutdatedError(Exception):
    """What a plan was made for is no longer so: it is gone, carried out, or the texts changed."""


class UnfinishedError(OSError):
    """A change is committed, but the disk does not let it be carried out; ``finish`` will."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the seeds folder.

    Attributes:
        kind: What is done.
        name: The document's name; empty for all.
        title: Its title.
        before: The digest of each file concerned before the change; None for no such file.
        after: The same after it.
        undoes: The number of the change that is taken back.
    """

    kind: Kind
    name: str
    title: str
    before: dict[str, str | None]
    after: dict[str, str | None]
    undoes: int | None = None


class Corpus:
    """The texts in a seeds folder, and their changes, kept in the data folder."""

    def __init__(self, seeds: Path, data: Path) -> None:
        """Look after ``seeds``; nothing is made before a change is planned."""
        self.seeds = seeds
        self._folder = data / "corpus"
        self._plans = self._folder / "plans"
        self._history = self._folder / "history"

    def plan(
        self, kind: Kind, name: str, title: str, files: Mapping[str, bytes | None]
    ) -> tuple[str, Change]:
        """Plan a change and keep it, whatever happens to this process.

        Args:
            kind: What is done.
            name: The document's name; empty for all.
            title: Its title.
            files: The content of each file there will be; None for those there will not.

        Returns:
            The code with which it is committed, and the change.
        """
        with self._lock():
            self._finish()
            return self._keep(kind, name, title, files, undoes=None)

    def plan_undo(self) -> tuple[str, Change] | None:
        """Plan to take back the last change; None if there is none.

        Raises:
            OutdatedError: The texts it concerns have been changed by hand since.
        """
        with self._lock():
            self._finish()
            if not (entries := self._entries()):
                return None
            last = entries[-1]
            change = _read_change(last)
            files = {
                file: None if digest is None else (last / "old" / file).read_bytes()
                for file, digest in change.before.items()
            }
            if self._digests(change.after) != change.after:
                raise OutdatedError
            return self._keep("undo", change.name, change.title, files, undoes=int(last.name))

    def last(self) -> Change | None:
        """The change that would be taken back next; None if there is none."""
        entries = self._entries()
        return _read_change(entries[-1]) if entries else None

    def planned(self, code: str) -> Change:
        """The change of that code.

        Raises:
            OutdatedError: There is none, or none any more.
        """
        return _read_change(self._plan_folder(code))

    def cancel(self, code: str) -> None:
        """Forget a plan; harmless if there is none of that code."""
        if _CODE.fullmatch(code) and (self._plans / code).is_dir():
            self._discard(self._plans / code)

    def commit(self, code: str) -> int:
        """Carry out a plan; from the one step in which it is committed on, it will be done.

        Returns:
            The number of the change.

        Raises:
            OutdatedError: There is no such plan, or the texts have changed since it was made.
            UnfinishedError: The disk fails from the commit on.
        """
        with self._lock():
            self._finish()
            plan = self._plan_folder(code)
            change = _read_change(plan)
            if self._digests(change.before) != change.before:
                raise OutdatedError
            entries = self._entries()
            number = int(entries[-1].name) + 1 if entries else 1
            self._history.mkdir(parents=True, exist_ok=True)
            entry = self._history / f"{number:06d}"
            plan.rename(entry)
            try:
                sync_folder(self._history)
                self._carry_out(entry)
            except OSError as error:
                raise UnfinishedError(error.errno, error.strerror, error.filename) from error
        return number

    def revert(self, number: int) -> None:
        """Take back the change of that number, the last one.

        Raises:
            OutdatedError: It is not the last one, or the texts have changed since.
        """
        plan = self.plan_undo()
        if plan is None or plan[1].undoes != number:
            raise OutdatedError
        self.commit(plan[0])

    def finish(self) -> None:
        """Carry out what was committed and not done, because its process died or is at it now."""
        if any(not (entry / _DONE).exists() for entry in self._entries()):
            with self._lock():
                self._finish()

    @contextmanager
    def still(self) -> Iterator[None]:
        """Within this context all changes are done and no other is carried out."""
        with self._lock():
            self._finish()
            yield

    def _finish(self) -> None:
        for entry in self._entries():
            if not (entry / _DONE).exists():
                self._carry_out(entry)

    def _carry_out(self, entry: Path) -> None:
        """Make the texts what the change says; may be done again after any part of it.

        Raises:
            OSError: The disk fails, or what the change says can be read no more.
        """
        try:
            change = _read_change(entry)
        except OutdatedError as error:
            words = "a change of the texts is damaged here; remove this folder to do without it"
            raise OSError(errno.EIO, words, str(entry)) from error
        self.seeds.mkdir(parents=True, exist_ok=True)
        for file, wanted in change.after.items():
            if wanted is None:
                (self.seeds / file).unlink(missing_ok=True)
            else:
                write_durably(self.seeds / _PART, (entry / "new" / file).read_bytes())
                (self.seeds / _PART).replace(self.seeds / file)
        sync_folder(self.seeds)
        if change.undoes is not None:
            self._discard(self._history / f"{change.undoes:06d}")
            self._discard(entry)
            return
        write_durably(entry / _DONE, b"")
        sync_folder(entry)
        shutil.rmtree(entry / "new", ignore_errors=True)
        for old in self._entries()[:-KEPT]:
            self._discard(old)

    def _keep(
        self,
        kind: Kind,
        name: str,
        title: str,
        files: Mapping[str, bytes | None],
        *,
        undoes: int | None,
    ) -> tuple[str, Change]:
        self._plans.mkdir(parents=True, exist_ok=True)
        self._clean_up()
        after = {file: None if c is None else digest(c) for file, c in files.items()}
        change = Change(kind, name, title, self._digests(after), after, undoes)
        code = secrets.token_hex(8)
        part = self._plans / f".{code}"
        for side in ("new", "old"):
            (part / side).mkdir(parents=True)
        for file, content in files.items():
            if content is not None:
                write_durably(part / "new" / file, content)
            if change.before[file] is not None:
                write_durably(part / "old" / file, (self.seeds / file).read_bytes())
        write_durably(part / _CHANGE, json.dumps(asdict(change)).encode())
        for folder in (part / "new", part / "old", part):
            sync_folder(folder)
        part.rename(self._plans / code)
        return code, change

    def _digests(self, files: Mapping[str, object]) -> dict[str, str | None]:
        found: dict[str, str | None] = {}
        for file in files:
            path = self.seeds / file
            found[file] = file_digest(path) if path.is_file() else None
        return found

    def _entries(self) -> list[Path]:
        """The changes that were committed, the oldest first."""
        if not self._history.is_dir():
            return []
        return sorted(path for path in self._history.iterdir() if path.name.isdecimal())

    def _plan_folder(self, code: str) -> Path:
        folder = self._plans / code
        if not _CODE.fullmatch(code) or not folder.is_dir():
            raise OutdatedError
        return folder

    def _clean_up(self) -> None:
        """Discard plans that nobody will commit any more, and what dead processes left."""
        times = {plan: plan.stat().st_mtime - time.time() for plan in self._plans.iterdir()}
        recent = [plan for plan in times if abs(times[plan]) <= _PLAN_SECONDS]
        recent.sort(key=lambda plan: -times[plan])
        for plan in times.keys() - recent[:_MOST_PLANS]:
            self._discard(plan)

    def _discard(self, folder: Path) -> None:
        """Let a folder vanish at once, then delete it."""
        if folder.is_dir():
            self._plans.mkdir(parents=True, exist_ok=True)
            gone = self._plans / f".gone-{secrets.token_hex(8)}"
            folder.rename(gone)
            sync_folder(folder.parent)
            shutil.rmtree(gone, ignore_errors=True)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        from filelock import FileLock

        self._folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self._folder / "lock"):
            yield


def _read_change(folder: Path) -> Change:
    try:
        return TypeAdapter(Change).validate_json((folder / _CHANGE).read_bytes())
    except (FileNotFoundError, ValidationError) as error:
        raise OutdatedError from error
