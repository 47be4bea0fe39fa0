"""The deep check says the same as a look at the running bot, one line a thing, without Discord."""

from __future__ import annotations

from collections import namedtuple
from pathlib import Path

import pytest

from bot.config import Config
from bot.operation.inspection import Finding, inspect
from bot.workplace import Workplace
from index.background import Background
from index.build import build
from index.engine import choose_engine
from tests.conftest import silent
from tests.fakes import HashEmbedder, write_seeds

TEXTS = {"obst": ["Äpfel sind rot und rund.", "Birnen reifen spät im Herbst nach."]}
_Usage = namedtuple("_Usage", "total used free")


@pytest.fixture
def place(tmp_path: Path, small_background: Background) -> Workplace:
    """A workplace with a small index that is whole."""
    assert small_background
    config = Config(seeds=write_seeds(tmp_path / "seeds", TEXTS), data=tmp_path / "data")
    embedder = HashEmbedder()
    build(config.seeds, config.data, embedder, model="bundled", false_answer_rate=0.05)
    made = Workplace(config, lambda _: None, silent)
    made.__dict__["embedder"] = embedder
    return made


def found(place: Workplace) -> dict[str, Finding]:
    return {finding.name: finding for finding in inspect(place)}


def faults(place: Workplace) -> set[str]:
    return {name for name, finding in found(place).items() if not finding.sound}


@pytest.fixture(autouse=True)
def _roomy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: _Usage(2e9, 1e9, 10**9))
    memory = tmp_path / "meminfo"
    memory.write_text("MemTotal: 8000000 kB\nMemAvailable: 4000000 kB\n", encoding="ascii")
    monkeypatch.setattr("bot.operation.inspection._MEMORY", memory)
    monkeypatch.setattr("index.build.is_current", lambda *_, **__: True)


def test_where_all_is_well_each_thing_says_what_it_is(place: Workplace) -> None:
    findings = found(place)
    assert {name for name, finding in findings.items() if not finding.sound} == set()
    assert findings["texts"].words == "1 with 2 passages"
    assert findings["model"].words == f"bundled by {choose_engine('bundled').words}, 64 dimensions"
    assert findings["quotations"].words == "2 passages proved"
    assert findings["memory"].words == "4096 MB free of memory"
    assert {"question (de)", "question (en)", "database", "disk"} <= set(findings)


def test_a_changed_byte_in_any_file_of_the_index_is_found(place: Workplace) -> None:
    files = [path for path in (place.config.data / "versions").rglob("*") if path.is_file()]
    assert len(files) > 5
    for path in files:
        whole = path.read_bytes()
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        assert "index" in faults(place), path.name
        path.write_bytes(whole)
    assert faults(place) == set()


def test_one_fault_does_not_hide_the_others(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place.config.data / "current").unlink()
    monkeypatch.setattr("shutil.disk_usage", lambda _: _Usage(2e9, 2e9, 10**6))
    assert faults(place) == {"index", "question (de)", "question (en)", "quotations", "disk"}
    assert found(place)["disk"].words.startswith("1 MB free in ")


def test_an_index_older_than_its_texts_is_told(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.build.is_current", lambda *_, **__: False)
    assert faults(place) == {"index"}
    assert "run `thesenbot build`" in found(place)["index"].words


def test_a_database_that_cannot_be_opened_is_told(place: Workplace, tmp_path: Path) -> None:
    address = f"sqlite+aiosqlite:///{tmp_path / 'meminfo' / 'no-folder.sqlite'}"
    place.config = place.config.model_copy(update={"database": address})
    assert faults(place) == {"database"}


def test_an_unreadable_token_file_is_told(place: Workplace, tmp_path: Path) -> None:
    place.config = place.config.model_copy(update={"token_file": tmp_path / "none"})
    assert faults(place) == {"config"}
