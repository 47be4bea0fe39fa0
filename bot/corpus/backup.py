"""A backup in one folder: texts, settings of servers, config; taken and put back as the bot runs.

The index is not part of it: `thesenbot build` makes it anew. Neither is the Discord token.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

from pydantic import BaseModel, ValidationError

from bot.config import Config
from bot.corpus.changes import Corpus
from bot.database.engine import parse_url
from bot.errors import ConfigError
from index.manifest import file_digest
from index.reading.sandbox import read_apart

FORMAT = 1
_LIST = "backup.json"
_SEEDS, _SETTINGS, _CONFIG = "seeds", "settings.sqlite", "config.toml"
_PATIENCE = 10  # seconds that another program may hold the settings


class _Listed(BaseModel):
    """What ``backup.json`` says; ``files`` are digests by paths with a slash."""

    format: int
    created: str
    version: str
    files: dict[str, str]


def back_up(config: Config, config_file: Path, folder: Path) -> list[str]:
    """Write a backup; it appears under its name once it is whole.

    Args:
        config: Whose texts and settings.
        config_file: Where the config was read from; left out of the backup if it is not there.
        folder: Where the backup is to be; must not exist, or be empty.

    Returns:
        What is in it, and what has to be backed up elsewhere, a line each.

    Raises:
        ConfigError: The folder is in use, or settings cannot be read.
    """
    folder = folder.absolute()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigError(f"{folder}: there is something already; name a new folder")
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        (part / _SEEDS).mkdir(parents=True)
        with Corpus(config.seeds, config.data).still():
            texts = _texts(config.seeds)
            for path in texts:
                shutil.copyfile(path, part / _SEEDS / path.name)
        told = [f"texts: {len(texts)} files", _save_settings(config, part / _SETTINGS)]
        if config_file.is_file():
            (part / _CONFIG).write_text(_without_password(config, config_file), encoding="utf-8")
            told.append("config: without token and password")
        _write_list(part)
        part.replace(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return told


def restore(config: Config, folder: Path, *, force: bool) -> list[str]:
    """Put texts and settings back, each in one step; the index is left to `thesenbot build`.

    Texts can be taken back with ``/corpus undo``.

    Args:
        config: Where texts and settings belong.
        folder: A backup.
        force: Whether texts and settings that are there may be replaced.

    Returns:
        What was put back, a line each.

    Raises:
        ConfigError: It is no whole backup, or there is something that would be replaced.
        SeedError: Its texts have faults.
    """
    listed = check(folder)
    target = _sqlite_file(config)
    has_settings = _SETTINGS in listed.files
    if not force:
        there = [config.seeds] if config.seeds.is_dir() and _texts(config.seeds) else []
        there += [target] if has_settings and target is not None and target.exists() else []
        if there:
            names = " and ".join(map(str, there))
            raise ConfigError(f"{names}: would be replaced; say --force if that is meant")
    read_apart(folder / _SEEDS)
    told = [_restore_texts(config, folder / _SEEDS)]
    if has_settings and target is not None:
        _copy_database(folder / _SETTINGS, target)
        told.append("settings: put back")
    elif has_settings:
        told.append("settings: left alone; the config keeps them in PostgreSQL, the backup has not")
    return told


def restore_config(folder: Path, config_file: Path) -> bool:
    """Put the config of a backup in its place if there is none; whether that was done.

    Raises:
        ConfigError: It is no whole backup.
    """
    if config_file.exists() or _CONFIG not in check(folder).files:
        return False
    part = config_file.with_name(f".{config_file.name}.part")
    try:
        shutil.copyfile(folder / _CONFIG, part)
        part.replace(config_file)
    finally:
        part.unlink(missing_ok=True)
    return True


def check(folder: Path) -> _Listed:
    """What a backup holds, once every file of it has been compared with its digest.

    Raises:
        ConfigError: It is no backup, of another version, damaged or not whole.
    """
    try:
        listed = _Listed.model_validate_json((folder / _LIST).read_bytes())
    except (OSError, ValidationError) as error:
        raise ConfigError(f"{folder}: no backup of thesenbot") from error
    if listed.format != FORMAT:
        raise ConfigError(f"{folder}: a backup of another version, {listed.version}")
    there = {path.relative_to(folder).as_posix() for path in _files(folder)} - {_LIST}
    for name in sorted(there ^ listed.files.keys()):
        fault = "is missing" if name in listed.files else "is not part of it"
        raise ConfigError(f"{folder / name}: {fault}; the backup is not whole")
    for name, digest in listed.files.items():
        if file_digest(folder / name) != digest:
            raise ConfigError(f"{folder / name}: the backup is damaged here")
    return listed


def _texts(seeds: Path) -> list[Path]:
    return sorted(p for p in seeds.iterdir() if p.is_file() and not p.name.startswith("."))


def _restore_texts(config: Config, folder: Path) -> str:
    corpus = Corpus(config.seeds, config.data)
    files: dict[str, bytes | None] = {}
    if config.seeds.is_dir():
        files |= {path.name: None for path in _texts(config.seeds)}
    texts = {path.name: path.read_bytes() for path in _texts(folder)}
    code, _ = corpus.plan("restore", "", "", files | texts)
    corpus.commit(code)
    return f"texts: {len(texts)} files put back"


def _save_settings(config: Config, copy: Path) -> str:
    source = _sqlite_file(config)
    if source is None:
        return "settings: not in it; they are in PostgreSQL, which pg_dump backs up"
    if not source.is_file():
        return "settings: none yet"
    _copy_database(source, copy)
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")  # one file, also when it is read
    return "settings: all servers"


def _sqlite_file(config: Config) -> Path | None:
    url = parse_url(config.database_address())
    return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None


def _copy_database(source: Path, target: Path) -> None:
    """All of it as it is at one moment, in one transaction; others may use both meanwhile."""
    with _faults_named(source, target):
        target.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(target, os.O_CREAT | os.O_RDWR, 0o600))
        with (
            closing(sqlite3.connect(f"file:{quote(str(source))}?mode=ro", uri=True)) as old,
            closing(sqlite3.connect(target, timeout=_PATIENCE)) as new,
        ):
            if old.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
                raise ConfigError(f"{source}: the settings are damaged; nothing was copied")
            old.backup(new)


@contextmanager
def _faults_named(source: Path, target: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise ConfigError(f"{source} cannot be copied to {target}: {error}") from error


def _without_password(config: Config, config_file: Path) -> str:
    words = config_file.read_text(encoding="utf-8-sig")
    if config.database is None:
        return words
    password = parse_url(config.database).password
    return (
        words
        if not password
        else words.replace(quote(str(password)), "***").replace(str(password), "***")
    )


def _write_list(folder: Path) -> None:
    files = {path.relative_to(folder).as_posix(): file_digest(path) for path in _files(folder)}
    created = datetime.now(UTC).isoformat(timespec="seconds")
    listed = _Listed(format=FORMAT, created=created, version=version("thesenbot"), files=files)
    for path in _files(folder):
        with path.open("rb") as file:
            os.fsync(file.fileno())
    (folder / _LIST).write_text(json.dumps(listed.model_dump(), indent=1), encoding="utf-8")


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
