"""The index on disk: written beside the old one, checked, then put in its place in one step.

``current`` names the version folder in use and the digest of its manifest, which holds the digests
of all other files. Only this file is ever replaced, so a build killed at any moment leaves the old
index or the new one.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.lib.format import header_data_from_array_1_0, write_array_header_1_0
from numpy.typing import NDArray

from index.contents import Arrays, IndexContents
from index.documents import dump_documents, read_documents
from index.durable import sync_file, sync_folder, write_durably
from index.errors import StoreError, StoreMismatch, StoreMissing
from index.evidence import Centres
from index.manifest import FORMAT, Manifest, Recipe, digest, file_digest, library_versions
from index.nearest import Rows
from index.passage import Document, Language
from index.scoring import Calibration
from index.views import ViewTable
from index.words import WordIndex

_CURRENT = "current"
_VERSIONS = "versions"
_MANIFEST = "manifest.json"
_NAME_LENGTH = 16  # of a version: so many digits of its manifest's digest, or more
_VECTORS = "vectors.faiss"
_DOCUMENTS = "documents.jsonl"
CHECKED_UP_TO = 1 << 26
"""Bytes of a file that is checked whole whenever the index is opened: 64 MB, read in 0.1 s."""

_T = TypeVar("_T")


def save_index(folder: Path, contents: IndexContents, recipe: Recipe) -> None:
    """Write the index as the one in use; the old one stays until the new one is whole.

    The one before is kept beside it: a process that answers from it may have to load it again.

    Raises:
        StoreError: It cannot be written; the old index is untouched.
    """
    from filelock import FileLock

    prepare_folder(folder)
    with _faults_named(folder):
        versions = folder / _VERSIONS
        with FileLock(folder / "lock"):
            before = _version_in_use(folder)
            part = Path(tempfile.mkdtemp(prefix="part-", dir=versions))
            try:
                manifest = _write_files(part, contents, recipe)
                _read_contents(part)
                version = _unused_name(versions, manifest)
                part.rename(version)
            finally:
                shutil.rmtree(part, ignore_errors=True)
            _point_to(folder, version.name, manifest)
            for other in versions.iterdir():
                if other.name not in {version.name, before}:
                    shutil.rmtree(other, ignore_errors=True)


def _unused_name(versions: Path, manifest: str) -> Path:
    """Where to put the version with a manifest of that digest: beside one that is the same.

    Only two of the same second are; the one that is there may be in use.
    """
    names = (versions / manifest[:length] for length in range(_NAME_LENGTH, len(manifest)))
    return next(name for name in names if not name.exists())


def prepare_folder(folder: Path) -> None:
    """Make the folder of an index, before long work is done that is to be kept there.

    Raises:
        StoreError: It cannot be made or written to.
    """
    with _faults_named(folder):
        versions = folder / _VERSIONS
        versions.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=versions):
            pass


def load_manifest(folder: Path) -> Manifest:
    """What the index in use was built from and with.

    Raises:
        StoreMissing: There is none.
        StoreMismatch: It is damaged, or of another version of this program.
    """
    return _open_version(folder)[1]


def _version_in_use(folder: Path) -> str | None:
    try:
        return index_version(folder)
    except (StoreMissing, StoreMismatch):
        return None


def index_version(folder: Path) -> str:
    """The name of the index in use, which changes with every file of it; errors as above."""
    return _open_version(folder)[0].name


def pointer_of(folder: Path) -> bytes | None:
    """What tells the index in use from every other one, had at no cost; None if there is none."""
    try:
        return (folder / _CURRENT).read_bytes()
    except OSError:
        return None


def load_documents(folder: Path, version: str | None = None) -> tuple[Document, ...]:
    """The texts of an index, without vectors or model; see ``load_index``."""
    place, manifest = _open_version(folder, version)
    _check_file(place, manifest, _DOCUMENTS, whole=True)
    return read_documents(place / _DOCUMENTS)


def load_index(
    folder: Path, version: str | None = None, *, thorough: bool = False
) -> IndexContents:
    """The index in use, or that of an ``index_version``, its arrays mapped.

    The size of every file is checked, and every byte of those up to ``CHECKED_UP_TO``: to read
    larger ones would take longer than all else.

    Args:
        folder: Where the index is.
        version: Which one; None for the one in use.
        thorough: Check every byte of larger files too.

    Raises:
        StoreMissing: There is none in use.
        StoreMismatch: It is damaged, or of another version of this program.
        StoreError: It cannot be read.
    """
    place, manifest = _open_version(folder, version)
    for name, size in manifest.sizes.items():
        _check_file(place, manifest, name, whole=thorough or size <= CHECKED_UP_TO)
    try:
        return _read_contents(place)
    except (RuntimeError, ValueError) as error:  # FAISS and numpy of what was not checked whole
        raise _damaged(place) from error


def _write_files(folder: Path, contents: IndexContents, recipe: Recipe) -> str:
    """Write all files and return the manifest's digest."""
    files: dict[str, bytes] = {
        _DOCUMENTS: dump_documents(contents.documents),
        "calibrations.json": _dump(dict[Language, Calibration], contents.calibrations),
    }
    for name, content in files.items():
        write_durably(folder / name, content)
    for name, array in _stored_arrays(contents).items():
        _write_array(folder / name, array)
    contents.nearest.write(folder / _VECTORS)
    sync_file(folder / _VECTORS)
    names = sorted(path.name for path in folder.iterdir())
    manifest = Manifest(
        FORMAT,
        datetime.now(UTC).isoformat(timespec="seconds"),
        recipe,
        library_versions(),
        {name: file_digest(folder / name) for name in names},
        {name: (folder / name).stat().st_size for name in names},
    )
    written = _dump(Manifest, manifest)
    write_durably(folder / _MANIFEST, written)
    sync_folder(folder)
    return digest(written)


def _stored_arrays(contents: IndexContents) -> dict[str, NDArray[Any]]:
    """All arrays but the vectors, which FAISS keeps, by file name."""
    parts: dict[str, Any] = {"": contents.arrays, "view_": contents.views, "word_": contents.words}
    arrays: dict[str, NDArray[Any]] = {
        f"{start}{field.name}.npy": getattr(part, field.name)
        for start, part in parts.items()
        for field in fields(part)
        if field.name != "vectors"
    }
    arrays["centre_passage.npy"] = contents.centres.passage
    for language, centre in contents.centres.question.items():
        arrays[f"centre_question_{language}.npy"] = centre
    return arrays


def _read_contents(folder: Path) -> IndexContents:
    def read(kind: type[_T], start: str, **known: NDArray[Any]) -> _T:
        names = {field.name for field in fields(kind)} - known.keys()  # type: ignore[arg-type]
        return kind(**known, **{name: _array(folder, f"{start}{name}") for name in names})

    nearest = Rows.read(folder / _VECTORS)
    calibrations = _parse(dict[Language, Calibration], (folder / "calibrations.json").read_bytes())
    return IndexContents(
        read_documents(folder / _DOCUMENTS),
        read(ViewTable, "view_"),
        read(Arrays, "", vectors=nearest.vectors),
        nearest,
        read(WordIndex, "word_"),
        Centres(
            {language: _array(folder, f"centre_question_{language}") for language in calibrations},
            _array(folder, "centre_passage"),
        ),
        calibrations,
    )


def _array(folder: Path, name: str) -> NDArray[Any]:
    """An array mapped from disk, so that only what is touched takes memory."""
    mapped: NDArray[Any] = np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
    return mapped.view(np.ndarray)  # a plain array: each slice of a memmap takes a microsecond more


def _open_version(folder: Path, version: str | None = None) -> tuple[Path, Manifest]:
    """Folder and manifest of that version; without a name, of the one in use."""
    if version is not None:
        return folder / _VERSIONS / version, _read_checked(folder / _VERSIONS / version, version)
    pointer = folder / _CURRENT
    with _faults_named(folder):
        if not pointer.is_file():
            raise StoreMissing(folder)
    try:
        named = json.loads(_read(pointer))
        place, expected = folder / _VERSIONS / str(named["version"]), str(named["manifest"])
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(pointer) from error
    return place, _read_checked(place, expected)


def _read_checked(place: Path, expected: str) -> Manifest:
    """The manifest of a version, whose digest begins as expected."""
    path = place / _MANIFEST
    content = _read(path)
    if not digest(content).startswith(expected):
        raise _damaged(path)
    if json.loads(content).get("format") != FORMAT:
        message = f"{path}: written by another version of thesenbot; run `thesenbot build`"
        raise StoreMismatch(message)
    return _parse(Manifest, content)


def _check_file(version: Path, manifest: Manifest, name: str, *, whole: bool) -> None:
    path = version / name
    try:
        sound = path.stat().st_size == manifest.sizes[name]
        if whole:
            sound = sound and file_digest(path) == manifest.files[name]
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        raise _damaged(path) from error
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {error.strerror or error}") from error
    if not sound:
        raise _damaged(path)


def _read(path: Path) -> bytes:
    """A file of the index.

    Raises:
        StoreMismatch: It is not there.
        StoreError: It is, perhaps whole, and cannot be read; nothing must be put in its place.
    """
    try:
        return path.read_bytes()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        raise _damaged(path) from error
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {error.strerror or error}") from error


def _damaged(path: Path) -> StoreMismatch:
    return StoreMismatch(f"{path}: the index is damaged here; run `thesenbot build`")


def _point_to(folder: Path, version: str, manifest: str) -> None:
    part = folder / f"{_CURRENT}.part"
    write_durably(part, json.dumps({"version": version, "manifest": manifest}).encode())
    part.replace(folder / _CURRENT)
    sync_folder(folder)


def _write_array(path: Path, array: NDArray[Any]) -> None:
    """As ``np.save``, which copies everything, or does not tell what the disk refuses."""
    array = np.ascontiguousarray(array)
    with path.open("wb") as file:
        write_array_header_1_0(file, header_data_from_array_1_0(array))
        file.write(array.data)
    sync_file(path)


def _dump(kind: Any, value: object) -> bytes:
    from pydantic import TypeAdapter

    return TypeAdapter(kind).dump_json(value)


def _parse(kind: type[_T], content: bytes) -> _T:
    from pydantic import TypeAdapter

    return TypeAdapter(kind).validate_json(content)


@contextmanager
def _faults_named(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        place = error.filename or folder
        message = f"{place}: {error.strerror or error}; the index needs a folder it can write to"
        raise StoreError(message) from error
