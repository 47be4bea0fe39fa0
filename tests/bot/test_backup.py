"""A backup is one folder, whole or refused, made and put back while others write."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import threading
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.config import Config
from bot.corpus.backup import back_up, check, restore, restore_config
from bot.corpus.changes import Corpus
from bot.database import Database, ServerSettings
from bot.errors import ConfigError
from index import SeedError
from tests.fakes import write_seeds

TEXTS = {"obst": ["Äpfel sind rot."], "vieh": ["Kühe geben Milch."]}
GERMAN = ServerSettings(language="de", works=("obst",), inline_channels=frozenset({3}))


@pytest.fixture
def config(tmp_path: Path) -> Config:
    write_seeds(tmp_path / "seeds", TEXTS)
    (tmp_path / "config.toml").write_text('language = "en"\n', encoding="utf-8")
    config = Config(seeds=tmp_path / "seeds", data=tmp_path / "data")
    asyncio.run(save(config, 7, GERMAN))
    return config


@pytest.fixture
def backup(config: Config, tmp_path: Path) -> Path:
    back_up(config, tmp_path / "config.toml", tmp_path / "backup")
    return tmp_path / "backup"


async def save(config: Config, server: int, settings: ServerSettings) -> None:
    database = Database(config.database_address())
    await database.open()
    await database.save(server, settings)
    await database.close()


async def saved(config: Config, server: int) -> ServerSettings:
    database = Database(config.database_address())
    await database.open()
    settings = await database.settings(server)
    await database.close()
    return settings


def texts(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def elsewhere(tmp_path: Path) -> Config:
    return Config(seeds=tmp_path / "new" / "seeds", data=tmp_path / "new" / "data")


def test_what_is_backed_up_is_put_back_on_an_empty_machine(
    config: Config, backup: Path, tmp_path: Path
) -> None:
    new = elsewhere(tmp_path)
    told = restore(new, backup, force=False)
    assert told == ["texts: 2 files put back", "settings: put back"]
    assert texts(new.seeds) == texts(config.seeds)
    assert asyncio.run(saved(new, 7)) == GERMAN
    assert restore(new, backup, force=True)  # reading a backup leaves nothing in it
    assert restore_config(backup, tmp_path / "new" / "config.toml")
    assert (tmp_path / "new" / "config.toml").read_text(encoding="utf-8") == 'language = "en"\n'


def test_a_backup_is_one_folder_without_index_or_leftovers(backup: Path, tmp_path: Path) -> None:
    assert sorted(path.name for path in backup.iterdir()) == [
        "backup.json",
        "config.toml",
        "seeds",
        "settings.sqlite",
    ]
    assert not list(tmp_path.glob(".*"))


def test_nothing_that_is_there_is_replaced_without_being_told_to(
    config: Config, backup: Path
) -> None:
    write_seeds(config.seeds, {"obst": ["Anders."]})
    before = texts(config.seeds)
    with pytest.raises(ConfigError, match="--force"):
        restore(config, backup, force=False)
    assert texts(config.seeds) == before
    restore(config, backup, force=True)
    assert b"\xc3\x84pfel" in texts(config.seeds)["obst.txt"]


def test_a_restore_of_texts_can_be_taken_back(config: Config, backup: Path) -> None:
    write_seeds(config.seeds, {"neu": ["Neu."]})
    before = texts(config.seeds)
    restore(config, backup, force=True)
    assert "neu.txt" not in texts(config.seeds)
    corpus = Corpus(config.seeds, config.data)
    plan = corpus.plan_undo()
    assert plan is not None
    corpus.commit(plan[0])
    assert texts(config.seeds) == before


def test_a_config_that_is_there_stays(backup: Path, tmp_path: Path) -> None:
    there = tmp_path / "config.toml"
    there.write_text('language = "de"\n', encoding="utf-8")
    assert not restore_config(backup, there)
    assert there.read_text(encoding="utf-8") == 'language = "de"\n'


def test_a_folder_in_use_is_not_written_to(config: Config, backup: Path, tmp_path: Path) -> None:
    before = check(backup)
    with pytest.raises(ConfigError, match="name a new folder"):
        back_up(config, tmp_path / "config.toml", backup)
    assert check(backup) == before


@pytest.mark.parametrize("name", ["seeds/obst.txt", "settings.sqlite", "config.toml"])
@pytest.mark.parametrize("how", ["changed", "missing", "besides"])
def test_a_backup_that_is_not_whole_is_refused_before_anything_is_touched(
    config: Config, backup: Path, name: str, how: str
) -> None:
    path = backup / name
    match how:
        case "changed":
            content = path.read_bytes()
            path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        case "missing":
            path.unlink()
        case _:
            path.with_name("mehr.txt").write_text("1. Mehr.\n", encoding="utf-8")
    before = texts(config.seeds)
    with pytest.raises(ConfigError, match="backup is") as caught:
        restore(config, backup, force=True)
    assert "\n" not in str(caught.value)
    assert texts(config.seeds) == before


def test_a_folder_that_is_no_backup_or_of_another_version_is_refused(
    config: Config, backup: Path, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match="no backup"):
        restore(config, tmp_path, force=True)
    listed = json.loads((backup / "backup.json").read_bytes())
    (backup / "backup.json").write_text(json.dumps({**listed, "format": 99}), encoding="utf-8")
    with pytest.raises(ConfigError, match="another version"):
        restore(config, backup, force=True)


def test_texts_with_faults_are_not_put_back(config: Config, tmp_path: Path) -> None:
    (config.seeds / "leer.txt").write_bytes(b" ")
    back_up(config, tmp_path / "none.toml", tmp_path / "faulty")
    (config.seeds / "leer.txt").unlink()
    before = texts(config.seeds)
    with pytest.raises(SeedError, match=r"leer\.txt"):
        restore(config, tmp_path / "faulty", force=True)
    assert texts(config.seeds) == before


def test_a_backup_holds_no_token_and_no_password(tmp_path: Path) -> None:
    write_seeds(tmp_path / "seeds", TEXTS)
    (tmp_path / "token.txt").write_text("geheimes.token", encoding="utf-8")
    address = "postgresql+asyncpg://bot:ge%40heim@localhost/thesen"
    written = f'database = "{address}"\ntoken_file = "token.txt"\n'
    (tmp_path / "config.toml").write_text(written, encoding="utf-8")
    config = Config(
        seeds=tmp_path / "seeds",
        data=tmp_path / "data",
        database=address,
        token_file=tmp_path / "token.txt",
    )
    told = back_up(config, tmp_path / "config.toml", tmp_path / "backup")
    assert any("pg_dump" in line for line in told)
    whole = b"".join(p.read_bytes() for p in (tmp_path / "backup").rglob("*") if p.is_file())
    for secret in (b"geheimes.token", b"ge%40heim", b"ge@heim"):
        assert secret not in whole


def test_a_backup_while_settings_are_written_is_of_one_moment(
    config: Config, tmp_path: Path
) -> None:
    """Two rows are always changed together; a copy of the bare file would tear them apart."""
    path = config.data / "settings.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE pair (name TEXT PRIMARY KEY, value INTEGER)")
        connection.execute("INSERT INTO pair VALUES ('a', 0), ('b', 0)")
    connection.close()
    stop = threading.Event()

    def write() -> None:
        own = sqlite3.connect(path, timeout=10)
        while not stop.is_set():
            with own:
                own.execute("UPDATE pair SET value = value + 1 WHERE name = 'a'")
                own.execute("UPDATE pair SET value = value + 1 WHERE name = 'b'")
        own.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for i in range(5):
            folder = tmp_path / f"backup{i}"
            back_up(config, tmp_path / "config.toml", folder)
            copy = sqlite3.connect(folder / "settings.sqlite")
            (a,), (b,) = copy.execute("SELECT value FROM pair ORDER BY name").fetchall()
            copy.close()
            assert a == b
    finally:
        stop.set()
        writer.join()


async def test_settings_are_put_back_under_a_database_that_is_open(tmp_path: Path) -> None:
    write_seeds(tmp_path / "seeds", TEXTS)
    config = Config(seeds=tmp_path / "seeds", data=tmp_path / "data")
    await save(config, 7, GERMAN)
    await asyncio.to_thread(back_up, config, tmp_path / "none.toml", tmp_path / "backup")
    moment = 0.0
    database = Database(config.database_address(), clock=lambda: moment)
    await database.open()
    await database.save(7, ServerSettings(language="en"))
    await asyncio.to_thread(restore, config, tmp_path / "backup", force=True)
    moment = 11.0
    assert await database.settings(7) == GERMAN
    await database.save(8, ServerSettings(language="en"))
    await database.close()
    assert await saved(config, 8) == ServerSettings(language="en")


def test_both_commands_say_what_they_did(config: Config, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('seeds = "seeds"\ndata = "data"\n', encoding="utf-8")
    run = CliRunner().invoke(app, ["backup", str(tmp_path / "b"), "--config", str(file)])
    assert run.output.splitlines() == [
        "texts: 2 files",
        "settings: all servers",
        "config: without token and password",
    ]
    file.unlink()
    run = CliRunner().invoke(
        app, ["restore", str(tmp_path / "b"), "--config", str(file), "--force"]
    )
    assert run.output.splitlines()[0] == "config: put back, without token and password"
    assert "thesenbot build" in run.output.splitlines()[-1]
    assert file.is_file()
