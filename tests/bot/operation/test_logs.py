"""One line an event, with its request's code, and nothing of people."""

from __future__ import annotations

import asyncio
import json
import logging
import sys

import pytest

from bot.operation.logs import JsonLines, TextLines, facts
from bot.request import code_if_any, request_code, step, timed

FORM = "%(levelname)s %(name)s: %(message)s"


def record(message: str, *args: object, **extra: object) -> logging.LogRecord:
    made = logging.LogRecord("bot.operation.watch", logging.INFO, __file__, 1, message, args, None)
    made.__dict__ |= extra
    return made


async def in_a_request(form: logging.Formatter, made: logging.LogRecord) -> tuple[str, str]:
    async def handle() -> tuple[str, str]:
        return request_code(), form.format(made)

    return await asyncio.create_task(handle())


async def test_a_text_line_has_facts_and_the_code_of_its_request() -> None:
    made = record("question", **facts(way="slash", search_ms=12.3456))
    code, line = await in_a_request(TextLines(FORM), made)
    assert line == f"INFO bot.operation.watch: question way=slash search_ms=12.3 [{code}]"


async def test_a_json_line_has_facts_and_the_code_of_its_request() -> None:
    made = record("question %s", 1, **facts(way="slash", search_ms=12.3456))
    code, line = await in_a_request(JsonLines(FORM), made)
    assert json.loads(line) == {
        "level": "INFO",
        "logger": "bot.operation.watch",
        "message": "question 1",
        "request": code,
        "way": "slash",
        "search_ms": 12.3,
    }


@pytest.mark.parametrize("form", [TextLines(FORM), JsonLines(FORM)])
def test_an_event_is_one_line_without_ids_or_an_errors_words(form: logging.Formatter) -> None:
    asked = " ".join(("who", "was", "somebody"))  # the line of code itself may be logged
    made = record("from %s\nto %s", "123456789012345678", 987654321098765432)
    try:
        raise ValueError(asked)
    except ValueError:
        made.exc_info = sys.exc_info()
    line = form.format(made)
    assert "\n" not in line
    assert "from #" in line
    assert "ValueError" in line
    assert "somebody" not in line
    assert "123456789012345678" not in line
    assert "987654321098765432" not in line


def test_outside_of_requests_no_line_has_a_code() -> None:
    assert "request" not in json.loads(JsonLines(FORM).format(record("ready")))
    assert TextLines(FORM).format(record("ready")) == "INFO bot.operation.watch: ready"


async def test_each_task_is_a_request_of_its_own_and_keeps_its_code() -> None:
    async def handle() -> tuple[str, str]:
        first = request_code()
        await asyncio.sleep(0)
        return first, request_code()

    (a, again), (b, _) = await asyncio.gather(handle(), handle())
    assert a == again != b
    assert code_if_any() is None


def test_a_step_within_a_step_counts_once() -> None:
    with timed() as seconds, step("search"), step("embed"):
        sum(range(20_000))
    with timed() as whole, step("all"), step("all"):
        pass
    assert set(seconds) == {"search", "embed"}
    assert seconds["embed"] > 0
    assert seconds["search"] < seconds["embed"]
    assert set(whole) == {"all"}
