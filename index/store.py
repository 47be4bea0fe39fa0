"""The index on disk: written beside the old one, checked, then put in its place in one step.

``current`` names the version folder in use and the digest of its manifest, which holds the digests
of all other files. Only this file is ever replaced, so a build killed at any moment leaves the old
index or the new one.
"""

from __future__ import annotations

import io
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
from numpy.typing import NDArray

from index.contents import Arrays, IndexContents
from index.durable import sync_folder, write_durably
from index.errors import StoreError, StoreMismatch, StoreMissing
from index.evidence import Centres
from index.manifest import FORMAT, Manifest, Recipe, digest, library_versions
from index.nearest import FlatRows
from index.passage import Document, Language
from index.scoring import Calibration
from index.views import View

_CURRENT = "current"
_VERSIONS = "versions"
_MANIFEST = "manifest.json"
_NAME_LENGTH = 16  # of a version: so many digits of its manifest's digest
_VECTORS = "vectors.faiss"
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
                version = versions / manifest[:_NAME_LENGTH]
                if version.exists():
                    shutil.rmtree(version)
                part.rename(version)
            finally:
                shutil.rmtree(part, ignore_errors=True)
            _point_to(folder, version.name, manifest)
            for other in versions.iterdir():
                if other.name not in {version.name, before}:
                    shutil.rmtree(other, ignore_errors=True)


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
    return _parse(tuple[Document, ...], _checked_bytes(place, manifest, "documents.json"))


def load_index(folder: Path, version: str | None = None) -> IndexContents:
    """The index in use, or that of an ``index_version``, every file of it checked.

    Raises:
        StoreMissing: There is none in use.
        StoreMismatch: It is damaged, or of another version of this program.
        StoreError: It cannot be read.
    """
    place, manifest = _open_version(folder, version)
    for name in manifest.files:
        _checked_bytes(place, manifest, name)
    return _read_contents(place)


def _write_files(folder: Path, contents: IndexContents, recipe: Recipe) -> str:
    """Write all files and return the manifest's digest."""
    files: dict[str, bytes] = {
        "documents.json": _dump(tuple[Document, ...], contents.documents),
        "views.json": _dump(tuple[View, ...], contents.views),
        "calibrations.json": _dump(dict[Language, Calibration], contents.calibrations),
        _VECTORS: FlatRows.of(contents.arrays.vectors).to_bytes(),
    }
    for name, array in _stored_arrays(contents).items():
        buffer = io.BytesIO()
        np.save(buffer, array, allow_pickle=False)
        files[name] = buffer.getvalue()
    for name, content in files.items():
        write_durably(folder / name, content)
    manifest = Manifest(
        FORMAT,
        datetime.now(UTC).isoformat(timespec="seconds"),
        recipe,
        library_versions(),
        {name: digest(content) for name, content in sorted(files.items())},
    )
    written = _dump(Manifest, manifest)
    write_durably(folder / _MANIFEST, written)
    sync_folder(folder)
    return digest(written)


def _stored_arrays(contents: IndexContents) -> dict[str, NDArray[Any]]:
    """All arrays but the vectors, which FAISS keeps, by file name."""
    arrays: dict[str, NDArray[Any]] = {
        f"{field.name}.npy": getattr(contents.arrays, field.name)
        for field in fields(Arrays)
        if field.name != "vectors"
    }
    arrays["centre_passage.npy"] = contents.centres.passage
    for language, centre in contents.centres.question.items():
        arrays[f"centre_question_{language}.npy"] = centre
    return arrays


def _read_contents(folder: Path) -> IndexContents:
    nearest = FlatRows.from_bytes(np.fromfile(folder / _VECTORS, np.uint8))
    read = {
        field.name: _array(folder, field.name)
        for field in fields(Arrays)
        if field.name != "vectors"
    }
    calibrations = _parse(dict[Language, Calibration], (folder / "calibrations.json").read_bytes())
    return IndexContents(
        _parse(tuple[Document, ...], (folder / "documents.json").read_bytes()),
        _parse(tuple[View, ...], (folder / "views.json").read_bytes()),
        Arrays(vectors=nearest.vectors, **read),
        nearest,
        Centres(
            {language: _array(folder, f"centre_question_{language}") for language in calibrations},
            _array(folder, "centre_passage"),
        ),
        calibrations,
    )


def _array(folder: Path, name: str) -> NDArray[Any]:
    """An array mapped from disk, so that only what is touched takes memory."""
    array: NDArray[Any] = np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
    return array


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


def _checked_bytes(version: Path, manifest: Manifest, name: str) -> bytes:
    path = version / name
    content = _read(path)
    if digest(content) != manifest.files[name]:
        raise _damaged(path)
    return content


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


def _dump(kind: Any, value: object) -> bytes:
    from pydantic import TypeAdapter

    return TypeAdapter(kind).dump_json(value, indent=1)


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
