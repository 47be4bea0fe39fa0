"""What watches the bot from outside: ``/metrics`` and ``/healthz`` on this machine only."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from bot.errors import ConfigError
from bot.operation.health import Health
from bot.operation.metrics import Metrics

LOOPBACK = "127.0.0.1"


@asynccontextmanager
async def monitor(metrics: Metrics, health: Health, port: int | None) -> AsyncIterator[int | None]:
    """Serve both addresses in this event loop while the context lasts; nothing without a port.

    Args:
        metrics: What ``/metrics`` shows.
        health: What ``/healthz`` asks: 200 if all is well, else 503; the body names the fault.
        port: Where to listen; 0 for any that is free, which is given back.

    Raises:
        ConfigError: The port cannot be had.
    """
    if port is None:
        yield None
        return
    runner = web.AppRunner(_application(metrics, health), access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, LOOPBACK, port)
        try:
            await site.start()
        except OSError as error:
            message = f"metrics_port: {LOOPBACK}:{port} cannot be had: {error.strerror}"
            raise ConfigError(message) from error
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


def _application(metrics: Metrics, health: Health) -> web.Application:
    async def show_metrics(_: web.Request) -> web.Response:
        return web.Response(body=metrics.text(), content_type="text/plain", charset="utf-8")

    async def show_health(_: web.Request) -> web.Response:
        faults = await health.faults()
        sound = not any(faults.values())
        words = {name: fault or "ready" for name, fault in faults.items()}
        return web.json_response(words, status=200 if sound else 503, dumps=json.dumps)

    application = web.Application()
    application.router.add_get("/metrics", show_metrics)
    application.router.add_get("/healthz", show_health)
    return application
