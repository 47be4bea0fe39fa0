"""Whether the running bot does its work: gateway, index and model, each with what is wrong."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from bot.client import ThesenBot
from bot.desk import DeskError
from index import RetrievalError

PROBE = "Worum geht es hier?"
_FRESH = 60.0  # seconds for which an answer shows that the model works


class Health:
    """Looks at a bot from within its event loop."""

    def __init__(self, bot: ThesenBot, data: Path) -> None:
        """Look at ``bot``, whose index is in ``data``."""
        self._bot = bot
        self._data = data

    async def faults(self) -> dict[str, str | None]:
        """What is wrong with ``gateway``, ``index`` and ``model``; None where nothing is."""
        ready = self._bot.is_ready() and not self._bot.is_closed()
        index = None if self._bot.shelf.newest.documents else "no texts"
        return {
            "gateway": None if ready and math.isfinite(self._bot.latency) else "not connected",
            "index": index,
            "model": await self.model_fault(),
        }

    async def model_fault(self) -> str | None:
        """Why the model does not answer; None if it just did, or does so now.

        Counts as a person of its own, so a probe a second is refused after some seconds; one that
        succeeds counts for a minute.
        """
        watch = self._bot.watch
        if watch.answered_at is not None and time.monotonic() - watch.answered_at < _FRESH:
            return None
        search = self._bot.shelf.newest.search
        try:
            await self._bot.desk.ask(lambda: search.search([PROBE], "de"), person=0, server=0)
        except (DeskError, RetrievalError) as error:
            return f"no answer ({type(error).__name__})"
        except Exception as error:  # noqa: BLE001 - whatever it is, the model does not work
            return f"fails ({type(error).__name__})"
        watch.answered_at = time.monotonic()
        return None

    def figures(self) -> Mapping[str, float]:
        """What ``bot.operation.metrics.GAUGES`` names."""
        bot = self._bot
        figures = {
            "thesenbot_queue_length": float(bot.desk.waiting),
            "thesenbot_gateway_ready": float(bot.is_ready() and not bot.is_closed()),
            "thesenbot_servers": float(len(bot.guilds)),
            "thesenbot_documents": float(len(bot.shelf.newest.documents)),
            "thesenbot_worker_restarts_total": float(
                bot.desk.replaced + getattr(bot.shelf.newest.search, "restarts", 0)
            ),
        }
        if math.isfinite(bot.latency):
            figures["thesenbot_gateway_latency_seconds"] = bot.latency
        if (built := self._built()) is not None:
            figures["thesenbot_index_built_timestamp_seconds"] = built.timestamp()
            age = datetime.now(UTC) - built
            figures["thesenbot_index_age_seconds"] = age.total_seconds()
        return figures

    def index_version(self) -> str:
        """The name of the index in the data folder; ``unknown`` if it cannot be read."""
        from index.store import index_version

        try:
            return index_version(self._data)
        except (RetrievalError, OSError):
            return "unknown"

    def _built(self) -> datetime | None:
        from index.store import load_manifest

        try:
            return datetime.fromisoformat(load_manifest(self._data).created)
        except (RetrievalError, OSError, ValueError):
            return None
