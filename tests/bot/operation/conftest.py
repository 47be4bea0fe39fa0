"""Loopback and local sockets, which only the tests of operation may reach; nothing else."""

from __future__ import annotations

import socket
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
