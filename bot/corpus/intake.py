"""A text from a stranger to a planned change, read in a sandbox first; or what is wrong with it."""

from __future__ import annotations

import json
import shutil
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from bot.corpus.changes import Corpus, Kind
from bot.corpus.naming import slug_of, title_of
from index import Language, SeedError
from index.errors import SeedFault
from index.reading.formats import FORMATS, ending_of
from index.reading.sandbox import Glimpse, read_apart
from index.seeds import METADATA_ENDING, files_by_document

MAX_BYTES = 5_000_000
"""Largest file that is taken from Discord."""

Facts = Mapping[str, str | int]
"""What is known of a work, by the keys of ``index.Work``."""


class NotTakenError(Exception):
    """A text is not taken or removed; ``reason`` is the last part of a message's id."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Draft:
    """A planned change to look at before it is committed.

    Attributes:
        code: What it is committed with; None if it has faults.
        kind: Whether a text is added or replaced.
        name: The document's name.
        glimpse: What was read of it; None if it has faults.
        faults: What is wrong.
        set_aside: Files that lie beside the text replaced and do not fit the new one.
    """

    code: str | None
    kind: Kind
    name: str
    glimpse: Glimpse | None = None
    faults: tuple[SeedFault, ...] = ()
    set_aside: tuple[str, ...] = ()


def draft_text(
    corpus: Corpus, file: str, content: bytes, facts: Facts, *, name: str | None = None
) -> Draft:
    """Plan to add a text, or to replace the one that has its name.

    A text that is replaced keeps what lies beside it: metadata, except for ``facts``, translation
    and questions, these two as long as they fit the new text.

    Args:
        corpus: The texts.
        file: The file's name as the stranger gave it; only its ending is trusted, if known.
        content: Its bytes.
        facts: What is known of the work.
        name: The name of the text to replace, or of the new one; None to go by ``file``.

    Raises:
        NotTakenError: It is of no format that is read, too large, or what is there already.
        SeedError: The seeds folder itself has faults.
    """
    ending = ending_of(file)
    if ending not in FORMATS:
        raise NotTakenError("format")
    if len(content) > MAX_BYTES:
        raise NotTakenError("large")
    corpus.finish()
    groups = files_by_document(corpus.seeds) if corpus.seeds.is_dir() else {}
    name = _name_among(groups, name or file)
    old = {path.name: path.read_bytes() for path in groups.get(name, ())}
    beside = dict(list(old.items())[1:])
    metadata = next((path for path in beside if _is_metadata(path)), name + METADATA_ENDING)
    known = beside.pop(metadata, None)
    guessed = {"title": title_of(file)} if known is None else {}
    new = {name + ending: content, metadata: _metadata(known, guessed, facts)}
    kind: Kind = "replace" if old else "add"
    try:
        glimpse, set_aside = _read(new, beside)
    except SeedError as error:
        return Draft(None, kind, name, faults=tuple(error.faults))
    files: dict[str, bytes | None] = {path: None for path in old if path not in beside}
    files |= dict.fromkeys(set_aside) | new
    if all(old.get(path) == words for path, words in files.items()):
        raise NotTakenError("same")
    code, _ = corpus.plan(kind, name, glimpse.title, files)
    return Draft(code, kind, name, glimpse, set_aside=set_aside)


def draft_removal(corpus: Corpus, name: str, title: str) -> str:
    """Plan to remove a text and all that lies beside it; returns the plan's code.

    Raises:
        NotTakenError: There is no such text, or it is the last one.
        SeedError: The seeds folder itself has faults.
    """
    corpus.finish()
    groups = files_by_document(corpus.seeds)
    if name not in groups:
        raise NotTakenError("unknown")
    if len(groups) == 1:
        raise NotTakenError("last")
    code, _ = corpus.plan("remove", name, title, {path.name: None for path in groups[name]})
    return code


def _name_among(groups: Mapping[str, object], wanted: str) -> str:
    """The name of the text there is that is meant, letter case aside, or a new one."""
    names = {name.casefold(): name for name in groups}
    slugs = {slug_of(f"{name}.txt"): name for name in groups}
    slug = slug_of(wanted)
    if (found := names.get(wanted.casefold()) or slugs.get(slug)) is not None:
        return found
    translations = {f"{slug}.{language}" for language in get_args(Language)}
    return f"{slug}-text" if translations & names.keys() else slug


def _is_metadata(file: str) -> bool:
    return file.lower().endswith(METADATA_ENDING)


def _metadata(known: bytes | None, guessed: Facts, facts: Facts) -> bytes:
    if known is not None and not facts:
        return known
    try:
        before = tomllib.loads((known or b"").decode("utf-8-sig"))
    except ValueError:  # nothing that is no TOML has ever been read
        before = {}
    lines = [f"{key} = {_toml(value)}\n" for key, value in {**guessed, **before, **facts}.items()]
    return "".join(lines).encode()


def _toml(value: object) -> str:
    """A string or number as TOML has it, which escapes one character more than JSON."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _read(new: Mapping[str, bytes], kept: Mapping[str, bytes]) -> tuple[Glimpse, tuple[str, ...]]:
    """What is read of a text, and which of the files kept beside it do not fit it.

    Raises:
        SeedError: The text itself has faults.
    """
    try:
        return _read_files({**new, **kept}), ()
    except SeedError as error:
        if not kept or not {fault.file for fault in error.faults} <= kept.keys():
            raise
    return _read_files(new), tuple(kept)


def _read_files(files: Mapping[str, bytes]) -> Glimpse:
    folder = Path(tempfile.mkdtemp(prefix="thesenbot-"))
    try:
        for name, content in files.items():
            (folder / name).write_bytes(content)
        (glimpse,) = read_apart(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return glimpse
