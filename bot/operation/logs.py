"""How the log is written: one line an event, as text or JSON, with its request's code."""

from __future__ import annotations

import logging
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from bot.config import LogFormat
from bot.request import code_if_any
from bot.trace import TraceFormatter, without_ids

_TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_RENAMED = {"asctime": "time", "levelname": "level", "name": "logger"}


def write_log(form: LogFormat) -> None:
    """Write the log of this process to standard error, from INFO on."""
    handler = logging.StreamHandler()
    handler.setFormatter(TextLines(_TEXT) if form == "text" else JsonLines(_TEXT))
    logging.basicConfig(handlers=[handler], level="INFO", force=True)


def facts(**values: str | float) -> dict[str, Any]:
    """Facts of an event for a log call's ``extra``; never words, names or ids of people."""
    return {"facts": values}


class TextLines(TraceFormatter):
    """A line a person can read: ``… INFO bot.operation.watch: question way=slash [3fa2c1]``."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; what has several is joined by ``|``."""
        known: dict[str, object] = getattr(record, "facts", {})
        parts = [" | ".join(super().format(record).splitlines())]
        parts += [f"{name}={_short(value)}" for name, value in known.items()]
        if code := code_if_any():
            parts.append(f"[{code}]")
        return " ".join(parts)


class JsonLines(JsonFormatter):
    """A JSON object a line: time, level, logger, message, request, and the facts of the event."""

    def __init__(self, form: str) -> None:
        """The fields of ``form``, which is one of the standard library's."""
        super().__init__(form, rename_fields=_RENAMED, json_ensure_ascii=True)
        self._traces = TraceFormatter()

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name is logging's
        """The error, without words of people."""
        return self._traces.formatException(ei)

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        """Lift the facts to the top, and take out ids."""
        log_data |= log_data.pop("facts", {})
        log_data.pop("taskName", None)
        if code := code_if_any():
            log_data["request"] = code
        cleaned = {
            name: without_ids(value) if isinstance(value, str) else _rounded(value)
            for name, value in log_data.items()
        }
        return super().process_log_record(cleaned)


def _short(value: object) -> str:
    return without_ids(str(_rounded(value)))


def _rounded(value: object) -> object:
    return round(value, 1) if isinstance(value, float) else value
