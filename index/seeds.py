"""A folder of texts to documents: every fault of every file at once, or all of them whole."""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar, cast, get_args

from index.errors import SeedError, SeedFault
from index.labelled import read_labelled
from index.passage import Document, Language, Rendering, Work
from index.reading.files import read_bytes
from index.reading.formats import FORMATS, ending_of, read_source
from index.reading.passages import read_passages
from index.reading.sidecars import make_rendering, read_questions, read_work

METADATA_ENDING = ".toml"
QUESTIONS_ENDING = ".questions.tsv"

_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True)
class _Group:
    """The files of one document."""

    source: Path
    metadata: Path | None
    renderings: tuple[Path, ...]
    questions: Path | None

    @property
    def files(self) -> list[Path]:
        beside = [self.metadata, *self.renderings, self.questions]
        return [self.source, *(path for path in beside if path is not None)]


class _Faults:
    """The faults met so far."""

    def __init__(self) -> None:
        self.met: list[SeedFault] = []

    def add(self, path: Path, reason: str) -> None:
        """Note a fault of a whole file."""
        self.met.append(SeedFault(path.name, None, reason))

    def keep(self, read: Callable[[], _Read]) -> _Read | None:
        """What ``read`` returns; None, and its faults noted, if it finds some."""
        try:
            return read()
        except SeedError as error:
            self.met += error.faults
            return None

    def error(self) -> SeedError:
        """All of them, each once, in order of file and line."""
        return SeedError(sorted(set(self.met), key=lambda f: (f.file, f.line or 0, f.reason)))


def read_seeds(folder: Path, known: Mapping[str, Document] | None = None) -> tuple[Document, ...]:
    """The documents of a folder, sorted by name; files that begin with a dot do not count.

    Beside ``NAME.<ending>`` may lie ``NAME.toml`` (metadata), ``NAME.de.<ending>`` or
    ``NAME.en.<ending>`` (a translation) and ``NAME.questions.tsv`` (questions it answers).

    Args:
        folder: Where they lie.
        known: Documents by name that this program has read before; those whose files are still the
            same are not taken apart again.

    Raises:
        SeedError: Every fault of every file; also if the folder cannot be read or holds no text.
    """
    faults = _Faults()
    groups = _group(_list_files(folder), faults)
    if not groups and not faults.met:
        reason = f"holds no texts; put files that end in {_endings()} there"
        faults.met.append(SeedFault(str(folder), None, reason))
    known = known or {}
    documents = [
        faults.keep(partial(_read, name, groups[name], known.get(name))) for name in sorted(groups)
    ]
    if faults.met:
        raise faults.error()
    return tuple(document for document in documents if document is not None)


def files_by_document(folder: Path) -> dict[str, list[Path]]:
    """The files of each document, its source first, by the document's name; none is read.

    Raises:
        SeedError: The folder cannot be listed, or holds files that belong to no document.
    """
    faults = _Faults()
    groups = _group(_list_files(folder), faults)
    if faults.met:
        raise faults.error()
    return {name: group.files for name, group in groups.items()}


def _endings() -> str:
    return ", ".join(FORMATS)


def _list_files(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        reason = f"the folder of texts cannot be read: {error.strerror or error}"
        raise SeedError([SeedFault(str(folder), None, reason)]) from error


def _group(files: Sequence[Path], faults: _Faults) -> dict[str, _Group]:
    """The files by the name of the document that they belong to."""
    texts: dict[str, list[Path]] = defaultdict(list)
    for path in files:
        if ending_of(path.name) in FORMATS:
            texts[_name(path)].append(path)
    sources = {name: paths for name, paths in texts.items() if _rendered(name, texts) is None}
    for name, paths in texts.items():
        if (base := _rendered(name, texts)) is not None and base not in sources:
            faults.add(paths[0], f"translates {texts[base][0].name}, which is a translation itself")
    for paths in sources.values():
        if len(paths) > 1:
            others = " and ".join(path.name for path in paths[1:])
            faults.add(paths[0], f"has the same name as {others}; rename or remove one")
    metadata = _beside(files, METADATA_ENDING, sources, faults)
    questions = _beside(files, QUESTIONS_ENDING, sources, faults)
    for path in files:
        known = (*FORMATS, METADATA_ENDING, QUESTIONS_ENDING)
        if not path.name.lower().endswith(known):
            faults.add(path, f"is of no format that is read; those are {_endings()}")
    return {
        name: _Group(
            source=paths[0],
            metadata=metadata.get(name),
            renderings=tuple(
                path
                for language in get_args(Language)
                for path in texts.get(f"{name}.{language}", ())
            ),
            questions=questions.get(name),
        )
        for name, paths in sources.items()
    }


def _name(path: Path) -> str:
    return path.name[: -len(ending_of(path.name))]


def _rendered(name: str, texts: Mapping[str, object]) -> str | None:
    """The name of the document that this one translates, going by both names; None if none."""
    base, _, language = name.rpartition(".")
    return base if language in get_args(Language) and base in texts else None


def _beside(
    files: Sequence[Path], ending: str, sources: Mapping[str, object], faults: _Faults
) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for path in files:
        if path.name.lower().endswith(ending):
            name = path.name[: -len(ending)]
            if name in found:
                faults.add(path, f"is a second file for {found[name].name}; remove one")
            elif name in sources:
                found[name] = path
            else:
                faults.add(path, f"lies beside no text named {name!r}; put it there or remove this")
    return found


def _read(name: str, group: _Group, known: Document | None) -> Document:
    """One document with all that lies beside it, or the ``known`` one if it is still the same.

    Raises:
        SeedError: All faults of its files.
    """
    faults = _Faults()
    # Taken before the files are read, so that a change in between shows as a change later.
    sha256 = faults.keep(partial(_digest, group.files)) or ""
    if known is not None and known.sha256 == sha256:
        return known
    work = Work(title=name)
    if group.metadata:
        work = faults.keep(partial(_read_metadata, group.metadata, name)) or work
    document = faults.keep(partial(_read_document, group.source, name, sha256, work))
    if document is None:
        for path in group.renderings:
            faults.keep(partial(_read_document, path, name, sha256, work))
        if group.questions:
            faults.keep(partial(read_labelled, group.questions))
    else:
        renderings = [faults.keep(partial(_render, path, document)) for path in group.renderings]
        if len(renderings) > 1:
            faults.add(group.renderings[1], f"is a second translation of {document.file}")
        document = replace(document, rendering=next(iter(renderings), None))
        if group.questions:
            found = faults.keep(partial(read_questions, group.questions, document))
            document = replace(document, questions=found or ())
    if document is None or faults.met:
        raise faults.error()
    return document


def _digest(files: Sequence[Path]) -> str:
    """Hex SHA-256 over name, length and bytes of each file."""
    digest = hashlib.sha256()
    for path in sorted(files):
        content = read_bytes(path)
        digest.update(b"%b\0%d\0" % (os.fsencode(path.name), len(content)))
        digest.update(content)
    return digest.hexdigest()


def _read_metadata(path: Path, name: str) -> Work:
    return read_work(path.name, read_bytes(path), title=name)


def _read_document(path: Path, name: str, sha256: str, work: Work) -> Document:
    source = read_source(path.name, read_bytes(path))
    passages = read_passages(source, document=name, file=path.name, language=work.language)
    return Document(name, path.name, sha256, source.text, work, passages)


def _render(path: Path, document: Document) -> Rendering:
    source = read_source(path.name, read_bytes(path))
    language = cast(Language, _name(path).rpartition(".")[2])
    passages = read_passages(source, document=document.name, file=path.name, language=language)
    return make_rendering(document, passages, text=source.text, file=path.name, language=language)
