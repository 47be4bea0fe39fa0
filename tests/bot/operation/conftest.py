"""Loopback and local sockets, which only the tests of operation may reach; nothing else."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

_connect = socket.socket.connect


@pytest.fixture(autouse=True)
def _loopback(_no_network: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(self: socket.socket, address: Any) -> None:
        local = self.family == socket.AF_UNIX or address[0] == "127.0.0.1"
        assert local, "a test tried to reach the network"
        _connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)


@pytest.fixture
def listener(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """A socket such as systemd's."""
    path = str(tmp_path / "notify")
    monkeypatch.setenv("NOTIFY_SOCKET", path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(path)
        server.settimeout(5)
        yield server


def heard(listener: socket.socket) -> list[str]:
    """What has been told so far."""
    listener.setblocking(False)
    words = []
    try:
        while True:
            words.append(listener.recv(1_000).decode())
    except BlockingIOError:
        return words
