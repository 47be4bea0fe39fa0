"""A build in a process of its own does what any build does, and ends when nobody waits for it."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest

from bot.config import Config
from bot.corpus.building import BuildFailed, build_apart
from index.store import load_documents
from tests.conftest import ROOT


@pytest.mark.model
async def test_a_changed_text_is_in_the_index_and_progress_is_heard(
    own_index: Path, tmp_path: Path
) -> None:
    shutil.copytree(own_index, tmp_path / "data")
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    (tmp_path / "seeds" / "neu.txt").write_text("1. Neues steht hier.\n", encoding="utf-8")
    heard: list[tuple[int, int]] = []
    config = Config(seeds=tmp_path / "seeds", data=tmp_path / "data")
    await build_apart(config, lambda done, total: heard.append((done, total)))
    assert "neu" in [document.name for document in load_documents(tmp_path / "data")]
    assert heard
    assert all(0 <= done <= total for done, total in heard)


async def test_a_build_that_fails_says_why_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    config = Config(seeds=ROOT / "seeds", data=tmp_path / "data", model=str(tmp_path / "model"))
    with pytest.raises(BuildFailed, match="model") as caught:
        await build_apart(config, lambda _done, _total: None)
    assert "\n" not in str(caught.value)
    assert "Traceback" not in str(caught.value)


async def test_the_process_has_no_token_and_ends_with_whoever_waits_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "geheim")
    started: list[asyncio.subprocess.Process] = []
    real = asyncio.create_subprocess_exec
    ready = asyncio.Event()

    async def noting(*args: Any, env: dict[str, str], **options: Any) -> Any:
        assert "geheim" not in env.values()
        started.append(await real(*args, env=env, **options))
        ready.set()
        return started[-1]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", noting)
    config = Config(seeds=ROOT / "seeds", data=tmp_path / "data")
    building = asyncio.create_task(build_apart(config, lambda _done, _total: None))
    await ready.wait()
    building.cancel()
    with pytest.raises(asyncio.CancelledError):
        await building
    assert await started[0].wait() != 0
