"""Questions wait in a fair line, get an answer or a clear refusal, and hold nothing else up."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count

import pytest

from bot import desk as desk_module
from bot.desk import Desk, DeskError, NotOpen, TooBusy, TooLate, TooOften, WorkerLost

pytestmark = pytest.mark.asyncio

SHORT = 0.05  # seconds
PERSONS = count(10_000_000)


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Gate:
    """Work that runs until it is let go."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.opened = threading.Event()

    def __call__(self) -> str:
        self.begun.set()
        assert self.opened.wait(5)
        return "through"

    async def entered(self) -> None:
        await until(self.begun.is_set)


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.opened.set()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - threads set it
            await asyncio.sleep(0.001)


def noting(done: list[str], name: str) -> Callable[[], None]:
    return lambda: done.append(name)


def asking(desk: Desk, work: Callable[[], object], server: int = 1) -> asyncio.Task[object]:
    return asyncio.create_task(desk.ask(work, person=next(PERSONS), server=server))


async def test_a_result_passes_through() -> None:
    async with Desk() as desk:
        assert await desk.ask(lambda: 42, person=1, server=1) == 42
        assert desk.waiting == 0


@pytest.mark.parametrize(
    "error", [KeyError("x"), TimeoutError("y"), TooBusy(), asyncio.QueueEmpty()]
)
async def test_an_exception_passes_through(error: Exception) -> None:
    def work() -> None:
        raise error

    async with Desk() as desk:
        with pytest.raises(type(error)) as caught:
            await desk.ask(work, person=1, server=1)
        assert caught.value is error
        assert await desk.ask(lambda: 1, person=1, server=1) == 1


async def test_work_runs_in_one_other_thread() -> None:
    async with Desk() as desk:
        asks = [desk.ask(threading.get_ident, person=n, server=n) for n in range(5)]
        threads = set(await asyncio.gather(*asks))
    assert len(threads) == 1
    assert threading.get_ident() not in threads


async def test_the_event_loop_goes_on_while_work_blocks(gate: Gate) -> None:
    async with Desk() as desk:
        ask = asking(desk, gate)
        await gate.entered()
        for _ in range(100):
            await asyncio.sleep(0)
        assert not ask.done()
        gate.opened.set()
        assert await ask == "through"


async def test_a_server_does_not_wait_for_the_whole_line_of_another(gate: Gate) -> None:
    done: list[str] = []
    async with Desk() as desk:
        asks = [asking(desk, gate, server=1)]
        asks += [asking(desk, noting(done, f"a{n}"), server=1) for n in range(2, 51)]
        asks += [asking(desk, noting(done, "b"), server=2)]
        await until(lambda: desk.waiting == 50)
        gate.opened.set()
        await asyncio.gather(*asks)
    assert done == ["b", *(f"a{n}" for n in range(2, 51))]


async def test_servers_take_turns_and_keep_their_own_order(gate: Gate) -> None:
    done: list[str] = []
    async with Desk() as desk:
        asks = [asking(desk, gate, server=9)]
        for server, name in enumerate("abc"):
            asks += [asking(desk, noting(done, f"{name}{n}"), server) for n in range(3)]
        await until(lambda: desk.waiting == 9)
        gate.opened.set()
        await asyncio.gather(*asks)
    assert done == "a0 b0 c0 a1 b1 c1 a2 b2 c2".split()


async def test_one_person_asks_only_so_often_in_any_minute() -> None:
    clock = Clock()
    async with Desk(per_minute=2, clock=clock) as desk:

        async def ask(person: int) -> int:
            return await desk.ask(lambda: person, person=person, server=1)

        await ask(1)
        clock.now += 20
        await ask(1)
        clock.now += 10.5
        with pytest.raises(TooOften) as caught:
            await ask(1)
        assert caught.value.retry_after_seconds == 30
        assert await ask(2) == 2
        clock.now += 29
        with pytest.raises(TooOften) as caught:
            await ask(1)
        assert caught.value.retry_after_seconds == 1
        clock.now += 1
        assert await ask(1) == 1
        with pytest.raises(TooOften) as caught:
            await ask(1)
        assert caught.value.retry_after_seconds == 20


async def test_a_refused_question_does_not_count(gate: Gate) -> None:
    async with Desk(per_minute=1, waiting=0) as desk:
        ask = asking(desk, gate)
        await gate.entered()
        with pytest.raises(TooBusy):
            await desk.ask(gate, person=1, server=1)
        gate.opened.set()
        await ask
        assert await desk.ask(lambda: 1, person=1, server=1) == 1


async def test_less_than_one_question_a_minute_is_no_limit() -> None:
    with pytest.raises(ValueError, match="per_minute"):
        Desk(per_minute=0)


async def test_a_full_line_takes_nobody_until_there_is_room(gate: Gate) -> None:
    async with Desk(waiting=2) as desk:
        asks = [asking(desk, gate), asking(desk, gate), asking(desk, gate)]
        await until(lambda: desk.waiting == 2)
        with pytest.raises(TooBusy):
            await desk.ask(gate, person=1, server=2)
        gate.opened.set()
        assert await asyncio.gather(*asks) == ["through"] * 3
        assert await desk.ask(gate, person=1, server=2) == "through"


async def test_what_waits_too_long_is_never_done(gate: Gate) -> None:
    done: list[str] = []
    first = Gate()
    async with Desk(deadline_seconds=SHORT) as desk:
        asks = [asking(desk, first), asking(desk, gate), asking(desk, noting(done, "late"))]
        await first.entered()
        await asyncio.sleep(SHORT / 2)
        first.opened.set()
        with pytest.raises(TooLate):
            await asks[2]
        assert desk.waiting == 0
        desk._deadline = 5.0  # for what is asked from now on: a slow machine fails no test
        gate.opened.set()
        await asking(desk, noting(done, "later"))
        await asyncio.gather(*asks, return_exceptions=True)
    assert done == ["later"]


async def test_what_is_late_by_the_time_a_thread_is_free_is_not_begun(gate: Gate) -> None:
    """Its asker may hear of it only later, if the event loop was held up; fails without ``due``."""
    done: list[str] = []
    async with Desk(deadline_seconds=5.0) as desk:
        asks = [asking(desk, gate), asking(desk, noting(done, "late"))]
        await gate.entered()
        (line,) = desk._lines.values()
        line[0].due = 0.0
        gate.opened.set()
        await asks[0]
        await asking(desk, noting(done, "later"))
        asks[1].cancel()
    assert done == ["later"]


async def test_a_hung_thread_is_replaced_and_its_late_result_thrown_away(
    gate: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    others = set(threading.enumerate())
    async with Desk(deadline_seconds=SHORT) as desk:
        with pytest.raises(TooLate):
            await desk.ask(gate, person=1, server=1)
        desk._deadline = 5.0  # for what is asked from now on: a slow machine fails no test
        assert await desk.ask(lambda: 1, person=1, server=1) == 1
        gate.opened.set()
        assert await desk.ask(lambda: 2, person=1, server=1) == 2
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    await until(lambda: set(threading.enumerate()) <= others)


async def test_what_waits_behind_a_hung_thread_is_answered(gate: Gate) -> None:
    async with Desk(deadline_seconds=SHORT) as desk:
        hung = asking(desk, gate)
        await gate.entered()
        desk._deadline = 5.0  # for what is asked from now on: a slow machine fails no test
        assert await desk.ask(lambda: 1, person=1, server=1) == 1
        with pytest.raises(TooLate):
            await hung


@pytest.mark.parametrize("end", [SystemExit, KeyboardInterrupt, asyncio.CancelledError])
async def test_a_dead_thread_is_replaced(
    end: type[BaseException], caplog: pytest.LogCaptureFixture
) -> None:
    def die() -> None:
        raise end("secret question")

    async with Desk() as desk:
        asks = [asking(desk, die), asking(desk, lambda: 2)]
        with pytest.raises(WorkerLost):
            await asks[0]
        assert await asks[1] == 2
    assert len(caplog.records) == 1
    assert "secret" not in caplog.text


async def test_who_gives_up_waiting_leaves_the_line(gate: Gate) -> None:
    done: list[str] = []
    async with Desk() as desk:
        running = asking(desk, gate)
        asks = [asking(desk, noting(done, name), server) for server, name in enumerate("abc")]
        await until(lambda: desk.waiting == 3)
        asks[1].cancel()
        with pytest.raises(asyncio.CancelledError):
            await asks[1]
        assert desk.waiting == 2
        gate.opened.set()
        await asyncio.gather(running, asks[0], asks[2])
    assert done == ["a", "c"]


async def test_who_gives_up_on_running_work_leaves_the_thread_in_use(gate: Gate) -> None:
    async with Desk() as desk:
        ask = asking(desk, gate)
        await gate.entered()
        ask.cancel()
        with pytest.raises(asyncio.CancelledError):
            await ask
        following = asking(desk, lambda: 1)
        gate.opened.set()
        assert await following == 1


async def test_closing_finishes_what_runs_and_refuses_the_rest(gate: Gate) -> None:
    others = set(threading.enumerate())
    desk = Desk()
    desk.start()
    desk.start()
    running, waiting = asking(desk, gate), asking(desk, gate)
    await gate.entered()
    closing = [asyncio.create_task(desk.close()) for _ in range(2)]
    with pytest.raises(NotOpen):
        await waiting
    assert not any(close.done() for close in closing)
    gate.opened.set()
    assert await running == "through"
    await asyncio.gather(*closing)
    await desk.close()
    assert set(threading.enumerate()) <= others
    assert desk.persons == 0


async def test_closing_does_not_wait_for_a_hung_thread_beyond_the_deadline(gate: Gate) -> None:
    desk = Desk(deadline_seconds=SHORT)
    desk.start()
    ask = asking(desk, gate)
    await gate.entered()
    async with asyncio.timeout(5):
        await desk.close()
    with pytest.raises(TooLate):
        await ask


async def test_a_desk_that_is_not_open_says_so() -> None:
    desk = Desk()
    with pytest.raises(NotOpen, match="not started"):
        await desk.ask(lambda: 1, person=1, server=1)
    desk.start()
    await desk.close()
    with pytest.raises(NotOpen, match="closed"):
        await desk.ask(lambda: 1, person=1, server=1)
    with pytest.raises(NotOpen, match="closed"):
        desk.start()
    await Desk().close()


async def test_two_hundred_at_once_are_all_answered() -> None:
    async with Desk() as desk:
        asks = [desk.ask(partial(abs, -n), person=n, server=n % 7) for n in range(200)]
        assert await asyncio.gather(*asks) == list(range(200))


async def test_nobody_is_remembered_after_the_window() -> None:
    clock = Clock()
    async with Desk(clock=clock) as desk:
        for person in range(50):
            await desk.ask(lambda: 1, person=person, server=1)
            clock.now += 1
        assert desk.persons == 50
        clock.now += 30
        await desk.ask(lambda: 1, person=99, server=1)
        assert desk.persons == 30
        clock.now += 60
        await desk.ask(lambda: 1, person=100, server=1)
        assert desk.persons == 1


async def test_persons_are_forgotten_though_nobody_asks_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(desk_module, "_WINDOW", SHORT)
    async with Desk() as desk:
        begun = time.monotonic()
        await desk.ask(lambda: 1, person=1, server=1)
        assert desk.persons == 1
        await until(lambda: desk.persons == 0)
        assert time.monotonic() - begun >= SHORT


async def test_of_too_many_persons_the_last_are_remembered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(desk_module, "_MOST_PERSONS", 3)
    async with Desk(per_minute=1) as desk:
        for person in range(5):
            await desk.ask(lambda: 1, person=person, server=1)
        assert desk.persons == 3
        with pytest.raises(TooOften):
            await desk.ask(lambda: 1, person=4, server=1)
        assert await desk.ask(lambda: 1, person=0, server=1) == 1


async def test_every_refusal_is_a_desk_error() -> None:
    for kind in (TooOften, TooBusy, TooLate, NotOpen, WorkerLost):
        assert issubclass(kind, DeskError)
