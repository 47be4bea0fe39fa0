"""What systemd is told over its socket, and what its unit asks of it."""

from __future__ import annotations

import configparser
import os
import socket
from pathlib import Path

import pytest

from bot.operation.systemd import notify, stay_watched, watchdog_seconds
from tests.bot.operation.conftest import heard
from tests.conftest import ROOT


def test_states_arrive_in_order(listener: socket.socket) -> None:
    assert notify("READY=1")
    assert notify("STOPPING=1")
    assert heard(listener) == ["READY=1", "STOPPING=1"]


def test_an_abstract_address_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(f"\0thesenbot-test-{os.getpid()}")
        monkeypatch.setenv("NOTIFY_SOCKET", f"@thesenbot-test-{os.getpid()}")
        assert notify("READY=1")
        assert heard(server) == ["READY=1"]


def test_without_systemd_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    assert not notify("READY=1")


def test_a_socket_that_is_gone_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    assert not notify("READY=1")


@pytest.mark.parametrize(
    ("usec", "pid", "seconds"),
    [
        ("180000000", "", 180.0),
        ("180000000", str(os.getpid()), 180.0),
        ("180000000", "1", None),
        ("0", "", None),
        ("soon", "", None),
    ],
)
def test_the_watchdog_is_that_of_this_process(
    usec: str, pid: str, seconds: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", usec)
    monkeypatch.setenv("WATCHDOG_PID", pid)
    assert watchdog_seconds() == seconds


async def test_the_watchdog_hears_nothing_while_the_model_hangs(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "180000000")
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    faults: list[str | None] = [None, "no answer (TooLate)", None]
    told: list[list[str]] = []

    async def fault() -> str | None:
        return faults[len(told)]

    async def pause(seconds: float) -> None:
        assert seconds == 60
        told.append(heard(listener))
        if len(told) == len(faults):
            raise InterruptedError

    with pytest.raises(InterruptedError):
        await stay_watched(fault, pause)
    assert told == [["WATCHDOG=1"], [], ["WATCHDOG=1"]]


def unit() -> dict[str, str]:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # its documented use
    parser.read_string((ROOT / "deploy/thesenbot.service").read_text(encoding="utf-8"))
    return {**parser["Unit"], **parser["Service"]}


def test_no_day_of_failures_reaches_discords_1000_logins() -> None:
    read = unit()
    assert (read["StartLimitIntervalSec"], read["RestartMaxDelaySec"]) == ("1d", "10min")
    growing = int(read["RestartSteps"]) + 24 * 60 // 10
    assert growing < int(read["StartLimitBurst"]) < 1_000


def test_what_a_person_has_to_mend_is_not_started_again() -> None:
    from bot.cli import FAILED, TRY_LATER

    stops = unit()["RestartPreventExitStatus"].split()
    assert str(FAILED) in stops
    assert str(TRY_LATER) not in stops
