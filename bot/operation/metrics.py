"""Figures for Prometheus, kept in a registry of their own; read when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

GAUGES: Mapping[str, str] = {
    "thesenbot_queue_length": "Questions that wait in line.",
    "thesenbot_gateway_ready": "1 while the gateway is connected and ready, else 0.",
    "thesenbot_gateway_latency_seconds": "Last heartbeat of the gateway, there and back.",
    "thesenbot_servers": "Servers the bot is in.",
    "thesenbot_documents": "Texts that are answered from.",
    "thesenbot_index_built_timestamp_seconds": "When the index was built, in Unix time.",
    "thesenbot_index_age_seconds": "Time since the index was built.",
    "thesenbot_worker_restarts_total": "Workers that died or hung and were replaced.",
}
"""Figures that are looked up at each reading, with what they say."""

Look = Callable[[], Mapping[str, float]]
"""Gives the current values of ``GAUGES``; those that are unknown are missing."""


class Metrics:
    """What is counted of questions, and what is looked up at each reading."""

    def __init__(self) -> None:
        """Nothing counted yet; memory and processor time of this process are read on Linux."""
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._questions = Counter(
            "thesenbot_questions",
            "Questions by how they were asked, how they ended, and their language.",
            ("way", "outcome", "language"),
            registry=self._registry,
        )
        self._steps = Histogram(
            "thesenbot_step_seconds",
            "Time of each step of an answer.",
            ("step",),
            buckets=_BUCKETS,
            registry=self._registry,
        )

    def count(self, way: str, outcome: str, language: str) -> None:
        """One more question has ended so."""
        self._questions.labels(way, outcome, language).inc()

    def observe(self, seconds: Mapping[str, float]) -> None:
        """The time steps took, by their names."""
        for name, value in seconds.items():
            self._steps.labels(name).observe(value)

    def look(self, look: Look, version: Callable[[], str]) -> None:
        """From now on read ``GAUGES`` from ``look``, and the index's version from ``version``."""
        self._registry.register(_Looked(look, version))

    def text(self) -> bytes:
        """All figures in Prometheus' text form."""
        return generate_latest(self._registry)


class _Looked(Collector):
    def __init__(self, look: Look, version: Callable[[], str]) -> None:
        self._look = look
        self._version = version

    def collect(self) -> Iterable[Metric]:
        for name, value in self._look().items():
            yield GaugeMetricFamily(name, GAUGES[name], value=value)
        info = GaugeMetricFamily("thesenbot_index_info", "The index in use.", labels=["version"])
        info.add_metric([self._version()], 1)
        yield info

    def describe(self) -> Iterable[Metric]:
        return []  # nothing is looked up before the bot is there
