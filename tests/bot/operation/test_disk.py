"""A disk that is full, read-only or forbidden: one clear line, and what was there stays."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

import pytest

from bot.config import Config
from bot.corpus.backup import back_up, check, restore, restore_config
from bot.corpus.changes import Corpus
from bot.database import Database, DatabaseError, ServerSettings
from bot.errors import ConfigError
from index import RetrievalError, StoreError
from index.build import build
from index.errors import ModelError
from index.model import prepare_quick_model
from index.reading.sandbox import glimpse
from index.store import load_documents, load_manifest, pointer_of
from tests.failing_disk import every_failure, failing_disk, no_file_longer_than
from tests.fakes import HashEmbedder, write_seeds

FAULTS = [errno.ENOSPC, errno.EROFS, errno.EACCES]
TEXTS = {"obst": ["Äpfel sind rot.", "Birnen sind grün."], "vieh": ["Kühe geben Milch."]}
GERMAN = ServerSettings(language="de", works=("obst",))

pytestmark = pytest.mark.usefixtures("small_background")


@pytest.fixture
def config(tmp_path: Path) -> Config:
    write_seeds(tmp_path / "seeds", TEXTS)
    (tmp_path / "config.toml").write_text('language = "en"\n', encoding="utf-8")
    config = Config(seeds=tmp_path / "seeds", data=tmp_path / "data")
    make(config)
    asyncio.run(save(config, GERMAN))
    return config


def make(config: Config) -> None:
    build(config.seeds, config.data, HashEmbedder(), model="hash", false_answer_rate=0.05)


async def save(config: Config, settings: ServerSettings) -> None:
    database = Database(config.database_address())
    await database.open()
    await database.save(7, settings)
    await database.close()


async def saved(config: Config) -> ServerSettings:
    database = Database(config.database_address())
    await database.open()
    settings = await database.settings(7)
    await database.close()
    return settings


def contents(folder: Path) -> dict[str, bytes]:
    """All files below, by their paths."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def line_of(error: BaseException | None) -> str:
    """What the command line says of an error that it knows."""
    assert isinstance(error, RetrievalError | ConfigError | OSError), repr(error)
    line = f"{error.filename}: {error.strerror}" if isinstance(error, OSError) else str(error)
    assert line
    assert "\n" not in line
    return line


def test_a_build_on_a_disk_that_fills_up_at_any_act_leaves_the_old_index_or_the_new_one(
    config: Config, tmp_path: Path
) -> None:
    old = load_documents(config.data)
    shutil.copytree(config.data, tmp_path / "before")
    write_seeds(config.seeds, {"vieh": ["Gänse schnattern."]})

    def prepare() -> None:
        shutil.rmtree(config.data)
        shutil.copytree(tmp_path / "before", config.data)

    failures = 0
    for error in every_failure(prepare, lambda: make(config)):
        failures += 1
        if error is not None:
            assert isinstance(error, StoreError)
            assert "No space left on device" in line_of(error)
        there = load_documents(config.data)
        assert there == old or "Gänse" in there[1].text
        assert not list(config.data.glob("versions/part-*"))
    assert failures > 20
    assert "Gänse" in load_documents(config.data)[1].text


def test_a_build_whose_files_are_cut_off_by_a_full_disk_leaves_the_old_index(
    config: Config,
) -> None:
    write_seeds(config.seeds, {"vieh": ["Gänse schnattern."]})
    before = contents(config.data / "versions")
    for size in (0, 1, 100, 500, 1_000, 5_000):
        with no_file_longer_than(size), pytest.raises(StoreError) as caught:
            make(config)
        assert "File too large" in line_of(caught.value)
        assert contents(config.data / "versions") == before


@pytest.mark.parametrize("number", FAULTS)
def test_a_build_where_nothing_may_be_written_is_one_line(config: Config, number: int) -> None:
    write_seeds(config.seeds, {"vieh": ["Gänse schnattern."]})
    before = contents(config.data)
    with failing_disk(0, number), pytest.raises(StoreError, match=os.strerror(number)) as caught:
        make(config)
    line_of(caught.value)
    assert contents(config.data) == before


@pytest.mark.parametrize("name", ["current", "manifest.json", "documents.jsonl", "vectors.faiss"])
def test_an_index_that_may_not_be_read_is_not_called_damaged_nor_built_over(
    config: Config, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_seeds(config.seeds, {"vieh": ["Gänse schnattern."]})
    before = contents(config.data)
    real = Path.open

    def forbidden(path: Path, *args: Any, **options: Any) -> Any:
        if path.name == name:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return real(path, *args, **options)

    def read_bytes(path: Path) -> bytes:
        with path.open("rb") as file:
            return bytes(file.read())

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", forbidden)
        patch.setattr(Path, "read_bytes", read_bytes)
        with pytest.raises(StoreError, match="Permission denied") as caught:
            make(config)
    assert name in line_of(caught.value)
    assert contents(config.data) == before


def test_an_index_built_after_the_clock_was_set_back_is_the_one_in_use(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing compares times: neither the store, nor who looks for a new index."""

    class Past(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Past:
            return cls(1999, 1, 1, tzinfo=tz)

    before = pointer_of(config.data)
    monkeypatch.setattr("index.store.datetime", Past)
    write_seeds(config.seeds, {"vieh": ["Gänse schnattern."]})
    make(config)
    assert load_manifest(config.data).created.startswith("1999")
    assert "Gänse" in load_documents(config.data)[1].text
    assert pointer_of(config.data) != before


def test_a_text_added_on_a_disk_that_fills_up_at_any_act_is_there_whole_or_not_at_all(
    config: Config, tmp_path: Path
) -> None:
    old = contents(config.seeds)
    changed = {"neu.txt": b"1. Neu.\n", "neu.toml": b'title = "Neu"\n', "vieh.txt": b"1. Gans.\n"}
    new = {**old, **changed}
    shutil.copytree(tmp_path, tmp_path.parent / "whole")

    def prepare() -> None:
        for folder in ("seeds", "data"):
            shutil.rmtree(tmp_path / folder)
            shutil.copytree(tmp_path.parent / "whole" / folder, tmp_path / folder)

    def change() -> None:
        corpus = Corpus(config.seeds, config.data)
        code, _ = corpus.plan("replace", "neu", "Neu", changed)
        corpus.commit(code)

    failures = 0
    for error in every_failure(prepare, change):
        failures += 1
        if error is not None:
            assert "No space left on device" in line_of(error)
        Corpus(config.seeds, config.data).finish()
        there = contents(config.seeds)
        assert there in (old, new), sorted(there)
        assert not list(config.seeds.glob(".*"))
    assert failures > 10


def test_a_backup_on_a_disk_that_fills_up_at_any_act_is_none_at_all(
    config: Config, tmp_path: Path
) -> None:
    folder = tmp_path / "backup"

    def prepare() -> None:
        shutil.rmtree(folder, ignore_errors=True)

    def work() -> None:
        back_up(config, tmp_path / "config.toml", folder)

    for error in every_failure(prepare, work):
        assert "No space left on device" in line_of(error)
        assert not folder.exists()
        assert not list(tmp_path.glob(".*"))
    check(folder)


def test_a_restore_on_a_disk_that_fills_up_at_any_act_puts_texts_back_whole_or_not_at_all(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.corpus.backup.read_apart", glimpse)  # the sandbox has tests of its own
    back_up(config, tmp_path / "config.toml", tmp_path / "backup")
    backed = contents(config.seeds)
    asyncio.run(save(config, ServerSettings(language="en")))
    write_seeds(config.seeds, {"vieh": ["Gänse schnattern."], "neu": ["Neu."]})
    there = contents(config.seeds)
    for folder in ("seeds", "data"):
        shutil.copytree(tmp_path / folder, tmp_path / "whole" / folder)

    def prepare() -> None:
        for folder in ("seeds", "data"):
            shutil.rmtree(tmp_path / folder)
            shutil.copytree(tmp_path / "whole" / folder, tmp_path / folder)
        (tmp_path / "config.toml").unlink(missing_ok=True)

    def work() -> None:
        restore_config(tmp_path / "backup", tmp_path / "config.toml")
        restore(config, tmp_path / "backup", force=True)

    for error in every_failure(prepare, work):
        assert "No space left on device" in line_of(error)
        Corpus(config.seeds, config.data).finish()
        assert contents(config.seeds) in (there, backed)
        assert asyncio.run(saved(config)) in (ServerSettings(language="en"), GERMAN)
        assert not list(tmp_path.glob(".*"))
    assert contents(config.seeds) == backed
    assert asyncio.run(saved(config)) == GERMAN


def test_settings_that_do_not_fit_on_the_disk_are_not_put_back_in_part(
    config: Config, tmp_path: Path
) -> None:
    asyncio.run(save(config, ServerSettings(works=("w" * 60_000,))))
    back_up(config, tmp_path / "config.toml", tmp_path / "backup")
    asyncio.run(save(config, GERMAN))
    with no_file_longer_than(30_000), pytest.raises(ConfigError, match="cannot be copied"):
        restore(config, tmp_path / "backup", force=True)
    assert asyncio.run(saved(config)) == GERMAN


def test_settings_on_a_full_disk_are_one_line_and_the_old_ones_stay(config: Config) -> None:
    big = ServerSettings(works=("w" * 60_000,))
    with no_file_longer_than(30_000), pytest.raises(DatabaseError) as caught:
        asyncio.run(save(config, big))
    assert "\n" not in str(caught.value)
    assert asyncio.run(saved(config)) == GERMAN


@pytest.mark.model
@pytest.mark.parametrize("number", FAULTS)
def test_a_model_cache_that_cannot_be_written_is_one_line_and_holds_nothing(
    tmp_path: Path, number: int
) -> None:
    for after in (0, 1, 3, 4, 5):
        with (
            failing_disk(after, number),
            pytest.raises(ModelError, match="THESENBOT_CACHE") as found,
        ):
            prepare_quick_model(tmp_path)
        assert os.strerror(number) in line_of(found.value)
        assert not [path for path in tmp_path.glob("models/*") if path.is_dir()]
