"""A new index is taken in one step or refused; answers end with the library they began with."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from bot.corpus.reload import BadLibrary, Reloader, prove_library
from bot.corpus.shelf import Shelf
from bot.desk import TooLate
from bot.language import LanguageDetector
from bot.library import Library
from bot.proof import QuoteError
from index import Document, Searcher, Span
from index.build import build
from index.manifest import digest
from index.store import load_index, pointer_of
from tests.fakes import HashEmbedder, WordSearch, make_document, write_seeds

TEXTS = {
    "obst": ["Äpfel sind rot und rund.", "Birnen sind grün.", "Kirschen hängen hoch."],
    "vieh": ["Kühe geben Milch.", "Hühner legen Eier."],
}


class Search(WordSearch):
    """Finds something to every question, and notes when it is closed."""

    closed = False

    def search(self, questions: Any, language: Any, *, top: int = 3, documents: Any = None) -> Any:
        assert not self.closed, "asked after it was closed"
        return super().search([f"{q} Birnen Milch" for q in questions], language, top=top)

    def close(self) -> None:
        self.closed = True


def library_of(*documents: Document) -> Library:
    return Library(documents, Search(documents), LanguageDetector(), "de")


OBST = make_document("obst", TEXTS["obst"])


@dataclass
class Bench:
    """An index on disk that a shelf follows."""

    seeds: Path
    data: Path
    loads: int = 0
    loaded: list[Library] = field(default_factory=list)

    def build(self, **texts: list[str]) -> None:
        write_seeds(self.seeds, texts)
        build(self.seeds, self.data, HashEmbedder(), model="hash", false_answer_rate=0.05)

    def load(self) -> Library:
        self.loads += 1
        searcher = Searcher(load_index(self.data), HashEmbedder())
        self.loaded.append(Library(searcher.documents, searcher, LanguageDetector(), "de"))
        return self.loaded[-1]

    def reloader(self) -> Reloader:
        seen = pointer_of(self.data)
        return Reloader(Shelf(self.load()), self.data, self.load, asyncio.to_thread, seen)


@pytest.fixture
def bench(tmp_path: Path, small_background: object) -> Bench:
    bench = Bench(tmp_path / "seeds", tmp_path / "data")
    bench.build(**TEXTS)
    return bench


def names(reloader: Reloader) -> list[str]:
    return [document.name for document in reloader._shelf.newest.documents]


async def test_an_index_built_beside_is_taken_once(bench: Bench) -> None:
    reloader = bench.reloader()
    assert await reloader.look() is None
    assert bench.loads == 1
    bench.build(nuss=["Nüsse knacken.", "Nüsse fallen."])
    assert await reloader.look() is None
    assert names(reloader) == ["nuss", "obst", "vieh"]
    assert await reloader.look() is None
    assert bench.loads == 2


async def test_watching_notices_it_without_being_asked(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    reloader, taken = bench.reloader(), asyncio.Event()
    replaced = Shelf.replace

    def replace_and_tell(self: Shelf, library: Library) -> None:
        replaced(self, library)
        taken.set()

    monkeypatch.setattr(Shelf, "replace", replace_and_tell)
    watching = asyncio.create_task(reloader.watch(every_seconds=0))
    bench.build(nuss=["Nüsse knacken.", "Nüsse fallen."])
    await asyncio.wait_for(taken.wait(), 20)
    watching.cancel()
    assert names(reloader) == ["nuss", "obst", "vieh"]


def _damage(bench: Bench) -> None:
    version = json.loads((bench.data / "current").read_bytes())["version"]
    path = bench.data / "versions" / version / "documents.jsonl"
    content = path.read_bytes()
    path.write_bytes(content[:-5] + b"x" + content[-4:])


def _point_nowhere(bench: Bench) -> None:
    (bench.data / "current").write_bytes(b"\xff{")


def _other_version(bench: Bench) -> None:
    pointer = bench.data / "current"
    named = json.loads(pointer.read_bytes())
    path = bench.data / "versions" / named["version"] / "manifest.json"
    manifest = json.loads(path.read_bytes())
    written = json.dumps({**manifest, "format": 999}).encode()
    path.write_bytes(written)
    pointer.write_text(json.dumps({**named, "manifest": digest(written)}), encoding="utf-8")


@pytest.mark.parametrize("spoil", [_damage, _point_nowhere, _other_version])
async def test_a_bad_index_is_refused_and_logged_once_and_the_old_one_serves_on(
    bench: Bench, spoil: Any, caplog: pytest.LogCaptureFixture
) -> None:
    reloader = bench.reloader()
    bench.build(nuss=["Nüsse knacken.", "Nüsse fallen."])
    spoil(bench)
    with caplog.at_level(logging.ERROR):
        reasons = [await reloader.look() for _ in range(3)]
    assert reasons[0] is not None
    assert "thesenbot build" in reasons[0]
    assert reasons == [reasons[0]] * 3
    assert [r.levelname for r in caplog.records if "the old one serves on" in r.message] == [
        "ERROR"
    ]
    assert names(reloader) == ["obst", "vieh"]
    (bench.data / "current").unlink()
    bench.build(nuss=["Nüsse sind gut.", "Nüsse fallen."])
    assert await reloader.look() is None
    assert names(reloader) == ["nuss", "obst", "vieh"]


async def test_an_index_that_could_not_be_tried_in_time_is_tried_again(bench: Bench) -> None:
    reloader = bench.reloader()

    async def too_late(_: Any) -> None:
        raise TooLate

    in_line, reloader._in_line = reloader._in_line, too_late
    bench.build(nuss=["Nüsse knacken.", "Nüsse fallen."])
    await reloader.look()
    assert names(reloader) == ["obst", "vieh"]
    reloader._in_line = in_line
    assert await reloader.look() is None
    assert names(reloader) == ["nuss", "obst", "vieh"]


async def test_a_library_whose_quotations_are_not_its_texts_is_refused_and_closed(
    bench: Bench,
) -> None:
    reloader = bench.reloader()
    wrong = replace(OBST, passages=(replace(OBST.passages[0], span=Span(0, 9_999)),))
    bad = library_of(wrong)
    reloader._load = lambda: bad
    bench.build(nuss=["Nüsse knacken.", "Nüsse fallen."])
    reason = await reloader.look()
    assert reason is not None
    assert reason.startswith("QuoteError: obst, character 0")
    assert isinstance(bad.search, Search)
    assert bad.search.closed
    assert names(reloader) == ["obst", "vieh"]


def test_a_sound_library_is_proved() -> None:
    prove_library(library_of(OBST, make_document("vieh", TEXTS["vieh"], numbers=[None, None])))


def test_a_library_is_bad_that_holds_nothing_or_finds_nothing() -> None:
    with pytest.raises(BadLibrary, match="no text"):
        prove_library(library_of())
    silent = replace(library_of(OBST), search=WordSearch(()))
    with pytest.raises(BadLibrary, match="by meaning"):
        prove_library(silent)


def test_a_library_is_bad_whose_theses_are_not_found_by_number() -> None:
    odd = replace(OBST, passages=(replace(OBST.passages[0], thesis=10**9),))
    with pytest.raises(BadLibrary, match="obst: thesis 1000000000 is not found by its number"):
        prove_library(library_of(odd))


def test_a_library_is_bad_that_shows_other_words_than_its_source() -> None:
    cut = replace(OBST.passages[0], span=Span(5, len(OBST.text) + 4))
    with pytest.raises(QuoteError):
        prove_library(library_of(replace(OBST, passages=(cut,))))


async def test_an_answer_ends_with_the_library_it_began_with() -> None:
    old, new = library_of(OBST), library_of(make_document("neu", ["Neues."]))
    shelf = Shelf(old)
    began, go = asyncio.Event(), asyncio.Event()

    async def answer() -> list[Library]:
        first = shelf.library()
        began.set()
        await go.wait()
        first.hits("Birnen", "de")
        return [first, shelf.library()]

    task = asyncio.create_task(answer())
    await began.wait()
    shelf.replace(new)
    assert shelf.newest is new
    assert await asyncio.create_task(_library(shelf)) is new
    go.set()
    assert await task == [old, old]


async def _library(shelf: Shelf) -> Library:
    return shelf.library()


async def test_a_replaced_library_is_closed_after_its_last_answer_and_not_before() -> None:
    old, new = library_of(OBST), library_of(OBST)
    assert isinstance(old.search, Search)
    shelf = Shelf(old)
    go = [asyncio.Event(), asyncio.Event()]

    async def answer(at: int) -> None:
        library = shelf.library()
        await go[at].wait()
        library.hits("Birnen", "de")

    tasks = [asyncio.create_task(answer(at)) for at in range(2)]
    await asyncio.sleep(0)
    shelf.replace(new)
    for at in range(2):
        assert not old.search.closed
        go[at].set()
        await tasks[at]
    await shelf.close()
    assert old.search.closed


async def test_libraries_are_closed_off_the_event_loop_and_a_failure_is_only_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Bad(Search):
        thread: int | None = None

        def close(self) -> None:
            self.thread = threading.get_ident()
            raise OSError("it is gone")

    search = Bad([OBST])
    shelf = Shelf(replace(library_of(OBST), search=search))
    shelf.replace(library_of(OBST))
    await shelf.close()
    assert search.thread not in (None, threading.get_ident())
    assert "a library could not be closed: it is gone" in caplog.text
