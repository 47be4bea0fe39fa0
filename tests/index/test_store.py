"""The index on disk is the old one or the new one, whole, whatever happens in between."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Callable
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index import Searcher, SeedError, StoreError, StoreMismatch, StoreMissing, store
from index.build import build, is_current
from index.store import index_version, load_documents, load_index, load_manifest, save_index
from tests.fakes import HashEmbedder, write_seeds

TEXTS = {
    "obst": ["Äpfel sind rot und rund.", "Birnen sind grün.", "Kirschen hängen hoch."],
    "vieh": ["Kühe geben Milch.", "Hühner legen Eier."],
}

pytestmark = pytest.mark.usefixtures("small_background")


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    return write_seeds(tmp_path / "seeds", TEXTS)


def make(seeds: Path, data: Path, embedder: HashEmbedder | None = None, **options: Any) -> Any:
    settings = {"model": "hash", "false_answer_rate": 0.05, **options}
    return build(seeds, data, embedder or HashEmbedder(), **settings)


def thesis_texts(data: Path) -> list[str]:
    return [d.quote(p.span) for d in load_documents(data) for p in d.passages]


def test_a_built_index_gives_back_its_texts_and_finds_them(seeds: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    report = make(seeds, data)
    assert (report.added, report.unchanged) == (("obst", "vieh"), ())
    contents = load_index(data)
    for document in contents.documents:
        for passage in document.passages:
            question = document.quote(passage.sentences[0])
            (finding,) = Searcher(contents, HashEmbedder()).search([question], "de")
            assert finding.hits[0].passage == passage


def test_hits_are_ordered_and_scores_lie_between_zero_and_one(seeds: Path, tmp_path: Path) -> None:
    make(seeds, tmp_path / "data")
    searcher = Searcher(load_index(tmp_path / "data"), HashEmbedder())
    (finding,) = searcher.search(["Was ist mit Birnen und Milch?"], "de", top=5)
    scores = [hit.score for hit in finding.hits]
    assert len(scores) == 5
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_search_in_named_documents_finds_nothing_else(seeds: Path, tmp_path: Path) -> None:
    make(seeds, tmp_path / "data")
    searcher = Searcher(load_index(tmp_path / "data"), HashEmbedder())
    (finding,) = searcher.search(["Äpfel sind rot"], "de", top=9, documents=["vieh"])
    assert {hit.document.name for hit in finding.hits} == {"vieh"}


def test_a_second_build_embeds_only_what_changed_and_equals_a_full_one(
    seeds: Path, tmp_path: Path
) -> None:
    make(seeds, tmp_path / "data")
    changed = {
        **TEXTS,
        "vieh": ["Kühe geben Milch.", "Gänse schnattern."],
        "neu": ["Neues.", "Ganz Neues."],
    }
    del changed["obst"]
    (seeds / "obst.txt").unlink()
    write_seeds(seeds, changed)
    embedder = HashEmbedder()
    report = make(seeds, tmp_path / "data", embedder)
    assert (report.added, report.changed, report.removed) == (("neu",), ("vieh",), ("obst",))
    assert sorted(embedder.embedded) == ["Ganz Neues.", "Gänse schnattern.", "Neues."]
    make(seeds, tmp_path / "full")
    assert file_digests(tmp_path / "data") == file_digests(tmp_path / "full")


STEPS = [
    {"obst": ["Äpfel sind rot. Sie sind auch rund.", "Birnen sind grün."], "vieh": TEXTS["vieh"]},
    {"obst": ["Sie sind auch rund.", "Birnen sind grün."], "vieh": TEXTS["vieh"]},
    {"obst": ["Birnen sind grün.", "Äpfel sind rot. Sie sind auch rund."]},
    {"obst": ["Birnen sind grün. Sie sind auch rund."], "anfang": ["Sie sind auch rund."]},
    {"obst": [f"Birnen der Sorte {i} sind grün. Sie sind auch rund." for i in range(300)]},
    {"obst": [f"Birnen der Sorte {i} sind grün. Sie sind auch rund." for i in range(1, 299)]},
]


def test_an_index_built_step_by_step_equals_one_built_from_nothing(tmp_path: Path) -> None:
    for step, texts in enumerate(STEPS):
        shutil.rmtree(tmp_path / "seeds", ignore_errors=True)
        write_seeds(tmp_path / "seeds", texts)
        make(tmp_path / "seeds", tmp_path / "data")
        make(tmp_path / "seeds", tmp_path / f"full-{step}")
        assert file_digests(tmp_path / "data") == file_digests(tmp_path / f"full-{step}")


def test_texts_embedded_a_few_at_a_time_give_the_same_index_and_are_told_of(
    seeds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(seeds, tmp_path / "at once")
    monkeypatch.setattr("index.assemble._AT_ONCE", 2)
    told: list[tuple[int, int]] = []
    make(seeds, tmp_path / "few", progress=lambda done, total: told.append((done, total)))
    assert file_digests(tmp_path / "few") == file_digests(tmp_path / "at once")
    assert told[-3:] == [(2, 5), (4, 5), (5, 5)]


def file_digests(data: Path) -> dict[str, str]:
    return load_manifest(data).files


def test_the_same_input_gives_the_same_bytes(seeds: Path, tmp_path: Path) -> None:
    make(seeds, tmp_path / "one")
    make(seeds, tmp_path / "two")
    assert file_digests(tmp_path / "one") == file_digests(tmp_path / "two")


def test_nothing_is_written_when_nothing_changed(seeds: Path, tmp_path: Path) -> None:
    make(seeds, tmp_path / "data")
    before = (tmp_path / "data" / "current").read_bytes()
    report = make(seeds, tmp_path / "data")
    assert report.unchanged == ("obst", "vieh")
    assert (tmp_path / "data" / "current").read_bytes() == before


def test_a_dry_run_writes_nothing(seeds: Path, tmp_path: Path) -> None:
    report = make(seeds, tmp_path / "data", dry_run=True)
    assert report.added == ("obst", "vieh")
    assert not (tmp_path / "data").exists()


def test_another_model_embeds_everything_anew(seeds: Path, tmp_path: Path) -> None:
    make(seeds, tmp_path / "data")
    other = HashEmbedder("hash-2")
    make(seeds, tmp_path / "data", other)
    assert "Birnen sind grün." in other.embedded


def test_faults_in_the_texts_leave_the_index_as_it_is(seeds: Path, tmp_path: Path) -> None:
    make(seeds, tmp_path / "data")
    (seeds / "leer.txt").write_bytes(b"")
    with pytest.raises(SeedError, match=r"leer\.txt"):
        make(seeds, tmp_path / "data")
    assert len(thesis_texts(tmp_path / "data")) == 5


def test_no_text_is_parsed_to_know_that_the_index_is_current(
    seeds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(seeds, tmp_path / "data")

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a text was parsed")

    monkeypatch.setattr("index.seeds.read_source", refuse)
    assert is_current(
        seeds,
        tmp_path / "data",
        model="hash",
        fingerprint=HashEmbedder().fingerprint,
        false_answer_rate=0.05,
    )


def test_an_index_is_current_until_a_text_or_setting_changes(seeds: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    settings: dict[str, Any] = {
        "model": "hash",
        "fingerprint": HashEmbedder().fingerprint,
        "false_answer_rate": 0.05,
    }
    assert not is_current(seeds, data, **settings)
    make(seeds, data)
    assert is_current(seeds, data, **settings)
    assert not is_current(seeds, data, **{**settings, "false_answer_rate": 0.1})
    assert not is_current(seeds, data, **{**settings, "fingerprint": "hash-2"})
    (seeds / "vieh.txt").write_text("1. Anders.\n", encoding="utf-8")
    assert not is_current(seeds, data, **settings)


def test_a_missing_index_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing, match="thesenbot build"):
        load_index(tmp_path)


@pytest.mark.parametrize("step", range(1, 45))
def test_a_build_killed_at_any_step_leaves_the_old_or_the_new_index(
    step: int, seeds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    make(seeds, data)
    old = thesis_texts(data)
    write_seeds(seeds, {"vieh": ["Gänse schnattern.", "Hühner legen Eier."]})
    with monkeypatch.context() as patch:
        kill_at(step, patch)
        with contextlib.suppress(Killed):
            make(seeds, data)
    new = [*old[:3], "1. Gänse schnattern.", "2. Hühner legen Eier."]
    assert thesis_texts(data) in (old, new)
    make(seeds, data)
    assert thesis_texts(data) == new
    write_seeds(seeds, TEXTS)
    make(seeds, data)
    assert len(list((data / "versions").iterdir())) == 2  # the one in use and the one before


@pytest.mark.parametrize("step", range(24, 36))  # from the files' being written to the tidying up
def test_an_index_saved_again_within_the_second_is_never_gone(
    step: int, seeds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    monkeypatch.setattr(store, "datetime", StoppedClock)
    make(seeds, data)
    contents, recipe = load_index(data), load_manifest(data).recipe
    with monkeypatch.context() as patch:
        kill_at(step, patch)
        with contextlib.suppress(Killed):
            save_index(data, contents, recipe)
    assert len(load_index(data).documents) == len(TEXTS)
    for _ in range(3):
        save_index(data, load_index(data), recipe)
    assert len(list((data / "versions").iterdir())) <= 2
    assert load_documents(data, index_version(data)) == contents.documents


class StoppedClock(datetime):
    """Tells the same time always."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> StoppedClock:
        return cls(2026, 1, 1, tzinfo=tz)


def kill_at(step: int, patch: pytest.MonkeyPatch) -> None:
    """Let the process end at that step of all that names, moves or removes a file."""
    done = 0

    def dying(act: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **options: Any) -> Any:
            nonlocal done
            done += 1
            if done == step:
                raise Killed
            return act(*args, **options)

        return counted

    for place, name in (
        (os, "fsync"),
        (os, "open"),
        (Path, "rename"),
        (Path, "replace"),
        (shutil, "rmtree"),
    ):
        patch.setattr(place, name, dying(getattr(place, name)))


def test_the_index_before_can_be_loaded_until_the_next_build(seeds: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    make(seeds, data)
    first = index_version(data)
    texts = thesis_texts(data)
    write_seeds(seeds, {"obst": TEXTS["obst"]})
    (seeds / "vieh.txt").unlink()
    make(seeds, data)
    assert index_version(data) != first
    assert load_documents(data, first) == load_index(data, first).documents
    assert [document.name for document in load_documents(data, first)] == ["obst", "vieh"]
    assert len(thesis_texts(data)) < len(texts)
    write_seeds(seeds, {"obst": ["Ganz anderes Obst.", "Und noch mehr."]})
    make(seeds, data)
    with pytest.raises(StoreMismatch, match=r"manifest\.json"):
        load_index(data, first)


def test_a_damaged_index_before_is_not_loaded(seeds: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    make(seeds, data)
    first = index_version(data)
    path = data / "versions" / first / "manifest.json"
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(StoreMismatch, match=r"manifest\.json"):
        load_index(data, first)


def stored_files(data: Path) -> list[Path]:
    return [data / "current", *sorted((data / "versions").glob("*/*"))]


def test_any_changed_byte_is_noticed(seeds: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    make(seeds, data)
    random = np.random.default_rng(0)
    for path in stored_files(data):
        whole = path.read_bytes()
        for place in {0, len(whole) - 1, *random.integers(0, len(whole), 5).tolist()}:
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
            with pytest.raises(StoreMismatch, match="thesenbot build") as caught:
                load_index(data)
            assert "\n" not in str(caught.value)
        path.write_bytes(whole)
    load_index(data)


def test_in_files_too_large_to_read_at_each_start_a_thorough_look_finds_changed_bytes(
    seeds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "CHECKED_UP_TO", 0)
    data = tmp_path / "data"
    make(seeds, data)
    for path in (data / "versions").glob("*/*s.*"):
        whole = path.read_bytes()
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 0x55]))
        with pytest.raises(StoreMismatch, match="thesenbot build"):
            load_index(data, thorough=True)
        for damaged in (whole[:-1], whole + b"x", b"\0" * len(whole)):
            path.write_bytes(damaged)
            with pytest.raises(StoreMismatch, match="thesenbot build"):
                load_index(data)
        path.write_bytes(whole)
    load_index(data)


def test_an_opened_index_is_mapped_not_read(seeds: Path, tmp_path: Path) -> None:
    make(seeds, tmp_path / "data")
    contents = load_index(tmp_path / "data")
    for array in (contents.arrays.tokens, contents.words.passages, contents.views.passages):
        assert isinstance(array.base, np.memmap)
    assert not contents.arrays.vectors.flags.owndata


def test_any_missing_or_shortened_file_is_noticed(seeds: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    make(seeds, data)
    for path in stored_files(data):
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
        with pytest.raises(StoreError):
            load_index(data)
        path.unlink()
        with pytest.raises(StoreError):
            load_index(data)
        path.write_bytes(whole)


def test_a_damaged_index_is_built_anew(seeds: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    make(seeds, data)
    path = stored_files(data)[-1]
    path.write_bytes(b"x")
    make(seeds, data)
    assert len(thesis_texts(data)) == 5


def test_a_full_disk_is_one_line_and_keeps_the_old_index(
    seeds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    make(seeds, data)
    write_seeds(seeds, {"neu": ["Neues."]})

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(StoreError, match="No space left") as caught:
            make(seeds, data)
    assert "\n" not in str(caught.value)
    assert len(thesis_texts(data)) == 5
    assert [p.name for p in (data / "versions").iterdir() if p.name.startswith("part-")] == []


def test_a_data_folder_that_is_a_file_is_one_line(seeds: Path, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("no folder", encoding="utf-8")
    with pytest.raises(StoreError, match="data"):
        make(seeds, tmp_path / "data")
