"""Metrics and health of a running bot, read over loopback; nothing listens unless told to."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import simcord
from prometheus_client.parser import text_string_to_metric_families

from bot.client import ThesenBot
from bot.errors import ConfigError
from bot.operation.health import Health
from bot.operation.metrics import GAUGES, Metrics
from bot.operation.monitor import LOOPBACK, monitor
from index import Finding
from tests.bot.discord.people import mention, said, town
from tests.conftest import ROOT

QUESTION = "Wo lagert man Äpfel im Keller?"


async def fetch(port: int | None, path: str) -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://{LOOPBACK}:{port}{path}") as response,
    ):
        return response.status, await response.text()


def own(env: simcord.Env) -> ThesenBot:
    assert isinstance(env.bot, ThesenBot)
    return env.bot


def samples(text: str) -> dict[str, dict[tuple[str, ...], float]]:
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
    return found


@pytest.fixture
def connected(env: simcord.Env, monkeypatch: pytest.MonkeyPatch) -> ThesenBot:
    """The bot, whose simulated gateway answers heartbeats in 40 ms."""
    monkeypatch.setattr(ThesenBot, "latency", 0.04)
    return own(env)


async def test_a_question_is_counted_and_each_of_its_steps_timed(
    env: simcord.Env,
    connected: ThesenBot,
    tmp_path: Path,
) -> None:
    channel, anna, _ = town(env)
    metrics = connected.watch.metrics
    health = Health(connected, tmp_path)
    metrics.look(health.figures, health.index_version)
    await anna.send(channel, f"{mention(env)} {QUESTION}")
    await anna.slash(channel, "ask", question="Where do pears ripen late in autumn?")
    async with monitor(metrics, health, 0) as port:
        status, text = await fetch(port, "/metrics")
    assert status == 200
    found = samples(text)
    questions = found["thesenbot_questions_total"]
    assert questions["de", "answer", "message"] == 1  # labels come in order of their names
    assert sum(value for labels, value in questions.items() if labels[2] == "slash") == 1
    steps = found["thesenbot_step_seconds_count"]
    assert {step for (step,) in steps} == {"queue", "search", "render", "send"}
    assert set(steps.values()) == {2}
    assert found["thesenbot_documents"] == {(): 2}
    assert found["thesenbot_index_info"] == {("unknown",): 1}
    assert QUESTION not in text


async def test_health_is_green_when_all_work_and_names_the_part_that_does_not(
    connected: ThesenBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with monitor(Metrics(), Health(connected, tmp_path), 0) as port:
        assert await fetch(port, "/healthz") == (
            200,
            json.dumps({"gateway": "ready", "index": "ready", "model": "ready"}),
        )
        monkeypatch.setattr(ThesenBot, "latency", float("inf"))
        status, body = await fetch(port, "/healthz")
        assert (status, json.loads(body)["gateway"]) == (503, "not connected")
        assert json.loads(body)["model"] == "ready"


async def test_health_is_red_when_the_model_fails_and_green_again_once_it_answers(
    connected: ThesenBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> list[Finding]:
        raise RuntimeError("out of memory")

    search = type(connected.library.search)
    async with monitor(Metrics(), Health(connected, tmp_path), 0) as port:
        with monkeypatch.context() as broken:
            broken.setattr(search, "search", fail)
            status, body = await fetch(port, "/healthz")
            assert (status, json.loads(body)["model"]) == (503, "fails (RuntimeError)")
        assert (await fetch(port, "/healthz"))[0] == 200


async def test_the_code_a_person_sees_is_in_every_line_of_the_request(
    env: simcord.Env,
    connected: ThesenBot,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    from bot.request import code_if_any

    def fail(*_: Any, **__: Any) -> list[Finding]:
        raise RuntimeError(QUESTION)

    codes: dict[str, str | None] = {}

    def note(record: Any) -> bool:
        codes[record.getMessage().split(" ")[0]] = code_if_any()
        return True

    caplog.handler.addFilter(note)
    caplog.set_level("INFO")
    monkeypatch.setattr(type(connected.library.search), "search", fail)
    channel, anna, _ = town(env)
    await anna.send(channel, f"{mention(env)} {QUESTION}")
    shown = re.search(r"[0-9a-f]{6}", said(channel).content)
    assert shown is not None
    assert codes["question"] == codes["error"] == shown.group()
    assert QUESTION not in caplog.text


async def test_without_a_port_nothing_listens(connected: ThesenBot, tmp_path: Path) -> None:
    async with monitor(Metrics(), Health(connected, tmp_path), None) as port:
        assert port is None


async def test_a_port_in_use_is_one_clear_line(connected: ThesenBot, tmp_path: Path) -> None:
    health = Health(connected, tmp_path)
    async with monitor(Metrics(), health, 0) as port:
        with pytest.raises(ConfigError, match=rf"^metrics_port: 127\.0\.0\.1:{port} cannot"):
            async with monitor(Metrics(), health, port):
                pass


def test_the_dashboard_shows_exactly_the_exported_names() -> None:
    metrics = Metrics()
    metrics.look(lambda: dict.fromkeys(GAUGES, 1.0), lambda: "v")
    metrics.count("slash", "answer", "de")
    metrics.observe({"search": 0.1})
    exported = {name for name in samples(metrics.text().decode()) if name.startswith("thesenbot")}
    board = json.loads((ROOT / "deploy/grafana-dashboard.json").read_text(encoding="utf-8"))
    shown = set(re.findall(r"thesenbot_\w+", json.dumps([p["targets"] for p in board["panels"]])))
    assert shown <= exported
    unshown = {"thesenbot_index_built_timestamp_seconds"}
    assert {name for name in exported - shown if not name.endswith("_created")} == unshown
