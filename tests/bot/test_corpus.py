"""The texts are the old ones or the new ones, whatever dies; and what was changed can be undone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.config import Config
from bot.corpus.changes import KEPT, Change, Corpus, OutdatedError
from bot.workplace import Workplace
from tests.conftest import ROOT, silent


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "a.txt").write_bytes(b"1. Alt.\n")
    return Corpus(tmp_path / "seeds", tmp_path / "data")


def texts(corpus: Corpus) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(corpus.seeds.iterdir())}


def put(corpus: Corpus, **files: bytes | None) -> int:
    code, _ = corpus.plan("add", "b", "B", {name.replace("_", "."): c for name, c in files.items()})
    return corpus.commit(code)


def undo(corpus: Corpus) -> Change:
    plan = corpus.plan_undo()
    assert plan is not None
    corpus.commit(plan[0])
    return plan[1]


def test_a_plan_changes_nothing_until_it_is_committed(corpus: Corpus) -> None:
    before = texts(corpus)
    code, change = corpus.plan("add", "b", "B", {"b.txt": b"1. Neu.\n", "a.txt": None})
    assert texts(corpus) == before
    assert corpus.planned(code) == change
    assert corpus.commit(code) == 1
    assert texts(corpus) == {"b.txt": b"1. Neu.\n"}


def test_a_plan_is_committed_once(corpus: Corpus) -> None:
    code, _ = corpus.plan("add", "b", "B", {"b.txt": b"1. Neu.\n"})
    corpus.commit(code)
    with pytest.raises(OutdatedError):
        corpus.commit(code)


@pytest.mark.parametrize("code", ["", "0" * 16, "../history", "../../seeds", "0" * 15 + "/", "\0"])
def test_a_forged_code_is_no_plan(corpus: Corpus, code: str) -> None:
    put(corpus, b_txt=b"1. Neu.\n")
    before = texts(corpus)
    with pytest.raises(OutdatedError):
        corpus.commit(code)
    corpus.cancel(code)
    assert texts(corpus) == before
    assert corpus.last() is not None


def test_a_plan_is_outdated_when_its_files_were_changed_by_hand(corpus: Corpus) -> None:
    code, _ = corpus.plan("replace", "a", "A", {"a.txt": b"1. Neu.\n"})
    (corpus.seeds / "a.txt").write_bytes(b"1. Von Hand.\n")
    with pytest.raises(OutdatedError):
        corpus.commit(code)
    assert texts(corpus) == {"a.txt": b"1. Von Hand.\n"}


def test_undo_goes_back_change_by_change_to_the_beginning(corpus: Corpus) -> None:
    states = [texts(corpus)]
    for change in ({"b_txt": b"1. B.\n"}, {"b_txt": b"1. C.\n", "a_txt": None}, {"b_txt": None}):
        put(corpus, **change)
        states.append(texts(corpus))
    for state in states[-2::-1]:
        undo(Corpus(corpus.seeds, corpus._folder.parent))
        assert texts(corpus) == state
    assert corpus.plan_undo() is None


def test_undo_does_not_overwrite_what_was_changed_by_hand_since(corpus: Corpus) -> None:
    put(corpus, b_txt=b"1. B.\n")
    (corpus.seeds / "b.txt").write_bytes(b"1. Von Hand.\n")
    with pytest.raises(OutdatedError):
        corpus.plan_undo()


def test_only_the_last_changes_are_kept(corpus: Corpus) -> None:
    for i in range(KEPT + 3):
        put(corpus, b_txt=f"1. Nummer {i}.\n".encode())
    for i in range(KEPT + 1, 1, -1):
        undo(corpus)
        assert texts(corpus)["b.txt"] == f"1. Nummer {i}.\n".encode()
    assert corpus.plan_undo() is None


def test_revert_takes_back_only_the_change_it_names(corpus: Corpus) -> None:
    first = put(corpus, b_txt=b"1. B.\n")
    second = put(corpus, b_txt=b"1. C.\n")
    with pytest.raises(OutdatedError):
        corpus.revert(first)
    corpus.revert(second)
    assert texts(corpus)["b.txt"] == b"1. B.\n"


def test_forgotten_plans_do_not_pile_up(corpus: Corpus) -> None:
    codes = [corpus.plan("add", "b", "B", {"b.txt": b"%d" % i})[0] for i in range(40)]
    assert len(list((corpus._folder / "plans").iterdir())) <= 21
    assert corpus.planned(codes[-1])
    path = corpus._folder / "plans" / codes[-1]
    os.utime(path, (0, 0))
    corpus.plan("add", "b", "B", {"b.txt": b"last"})
    assert not path.exists()


def test_a_committed_change_is_carried_out_before_anything_reads_the_texts(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, _ = corpus.plan("add", "b", "B", {"b.txt": b"1. Neu.\n", "a.txt": None})

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Corpus, "_carry_out", die)
        with pytest.raises(Killed):
            corpus.commit(code)
    assert texts(corpus) == {"a.txt": b"1. Alt.\n"}
    config = Config(seeds=corpus.seeds, data=corpus._folder.parent)
    documents = Workplace(config, lambda _: None, silent).documents
    assert [document.name for document in documents] == ["b"]


def test_a_reader_without_changes_makes_no_folder(tmp_path: Path) -> None:
    Corpus(tmp_path / "seeds", tmp_path / "data").finish()
    assert list(tmp_path.iterdir()) == []


def test_sixty_kills_leave_the_old_or_the_new_texts_and_never_a_mixture(tmp_path: Path) -> None:
    """Fails with "only ['v.toml', 'v.txt']" once ``Corpus.finish`` does nothing (tried)."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.bot.killing", str(tmp_path), "60"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2_000:]
    assert json.loads(run.stdout)["kills"] == 60
