"""What every test gets: no network, a fixed background, and the bundled model where asked for."""

from __future__ import annotations

import os
import select
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from index.background import Background
from index.build import build
from index.embedder import SentenceTransformerEmbedder
from index.engine import load_embedder
from index.model import prepare_model
from index.vectors import Embedder, Progress

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a test tried to reach the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture(scope="session")
def model() -> Embedder:
    """The bundled model as this machine runs it, loaded once."""
    return load_embedder("bundled")


@pytest.fixture(scope="session")
def plain_model() -> SentenceTransformerEmbedder:
    """The bundled model through sentence-transformers, loaded once."""
    return SentenceTransformerEmbedder(prepare_model("bundled"))


@pytest.fixture(scope="session")
def own_index(model: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the index of the repository's own texts, made with the bundled model."""
    data = tmp_path_factory.mktemp("own") / "data"
    build(ROOT / "seeds", data, model, model="bundled", false_answer_rate=0.05)
    return data


@pytest.fixture
def small_background(monkeypatch: pytest.MonkeyPatch) -> Background:
    """Forty general questions instead of the shipped ones, where their number does not matter."""
    background = Background(
        tuple(f"worum geht es bei ding{i} {'und mehr ' * (i % 4)}sache{i % 7}" for i in range(20))
        + tuple(f"what about item{i} {'and more ' * (i % 4)}thing{i % 7}" for i in range(20)),
        ("de",) * 20 + ("en",) * 20,
        tuple(f"allgemeines über sache{i}" for i in range(10)),
    )
    monkeypatch.setattr("index.build.load_background", lambda: background)
    return background


@contextmanager
def silent(what: str) -> Iterator[Progress]:
    """Shows no progress of ``what``."""
    yield lambda _done, _total: None


def gone(pid: int) -> bool:
    """Whether the process ends within some seconds."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([process], [], [], 10)[0])
    finally:
        os.close(process)
