"""Tells systemd how the service is: ready, alive, stopping; silent where no systemd listens."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Awaitable, Callable

_log = logging.getLogger(__name__)


def notify(state: str) -> bool:
    """Tell systemd ``state``, as sd_notify(3) has it; whether it was told."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return False
    if address.startswith("@"):  # a name in Linux's abstract namespace
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
            channel.sendto(state.encode(), address)
    except OSError as error:
        _log.warning("systemd could not be told %s: %s", state, error)
        return False
    return True


def watchdog_seconds() -> float | None:
    """How often systemd wants to hear that the service lives; None if it does not."""
    try:
        seconds = int(os.environ.get("WATCHDOG_USEC", "")) / 1_000_000
    except ValueError:
        return None
    wanted = os.environ.get("WATCHDOG_PID", "") in ("", str(os.getpid()))
    return seconds if wanted and seconds > 0 else None


async def stay_watched(
    fault: Callable[[], Awaitable[str | None]],
    pause: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> None:
    """Tell systemd that the service lives for as long as it does; ends at once if unwanted.

    Running in the event loop it shows that this lives; ``fault`` shows whether the model does.
    """
    seconds = watchdog_seconds()
    if seconds is None:
        return
    while True:
        if (why := await fault()) is None:
            notify("WATCHDOG=1")
        else:
            _log.error("systemd is not told that the bot lives: model: %s", why)
        await pause(seconds / 3)
