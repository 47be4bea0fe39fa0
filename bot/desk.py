"""Where questions wait in line for the model, so that neither the event loop nor a server does."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Thread
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

_WINDOW = 60.0  # seconds
_MOST_PERSONS = 10_000

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


class DeskError(Exception):
    """A question gets no answer from the desk."""


class TooOften(DeskError):
    """This person has asked too much in the last minute; how long until the next may be asked."""

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(retry_after_seconds)
        self.retry_after_seconds = retry_after_seconds


class TooBusy(DeskError):
    """The line is full."""


class TooLate(DeskError):
    """The answer was not there by the deadline."""


class NotOpen(DeskError):
    """The desk has not been started, or is closed."""


class WorkerLost(DeskError):
    """The work ended the thread or the process it ran in."""


class Desk:
    """Runs work in a few threads, one unless told otherwise; the servers that wait take turns.

    A thread that dies or hangs is replaced. All methods belong to the event loop it is started in.
    """

    def __init__(
        self,
        *,
        per_minute: int = 12,
        waiting: int = 200,
        deadline_seconds: float = 30.0,
        threads: int = 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Set the limits.

        Args:
            per_minute: How often one person may ask in any 60 seconds.
            waiting: How many questions may wait in line.
            deadline_seconds: How long an answer may take with the time in line, and how long work
                may run until its thread counts as hung.
            threads: How much work is done at the same time.
            clock: Seconds for ``per_minute``.

        Raises:
            ValueError: ``per_minute`` is less than 1.
        """
        if per_minute < 1:
            raise ValueError(f"per_minute is {per_minute}, not at least 1")
        self._most_waiting = waiting
        self._deadline = deadline_seconds
        self._asked = _Asked(per_minute, clock)
        self._lines: OrderedDict[int, deque[_Job[Any]]] = OrderedDict()  # the next server first
        self._threads = threads
        self._free: list[_Worker] = []
        self._running: dict[_Worker, _Running] = {}  # in the order begun
        self._idle = asyncio.Event()
        self._idle.set()
        self._closed = False
        self.replaced = 0
        """How many threads have died or hung, and were replaced."""
        self._forget_timer: asyncio.TimerHandle | None = None

    @property
    def waiting(self) -> int:
        """How many questions wait in line; those being answered do not."""
        return sum(map(len, self._lines.values()))

    @property
    def persons(self) -> int:
        """How many persons are remembered for having asked."""
        return len(self._asked)

    def start(self) -> None:
        """Open the desk in the running event loop; harmless if it is open.

        Raises:
            NotOpen: It was closed before.
        """
        if self._closed:
            raise NotOpen("the desk is closed and stays so")
        if not self._is_open():
            loop = asyncio.get_running_loop()
            self._free = [_Worker(loop, self._on_done) for _ in range(self._threads)]

    def _is_open(self) -> bool:
        return bool(self._free or self._running)

    async def close(self) -> None:
        """Finish what runs and refuse the rest with ``NotOpen``; harmless if it is closed."""
        self._closed = True
        for line in self._lines.values():
            for job in line:
                job.outcome.set_exception(NotOpen("the desk was closed"))
                job.settled.set()
        self._lines.clear()
        await self._idle.wait()
        for worker in self._free:
            worker.stop()
        for worker in self._free:
            worker.join()
        self._free.clear()
        if self._forget_timer is not None:
            self._forget_timer.cancel()
        self._asked.clear()

    async def __aenter__(self) -> Self:
        self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def ask(self, work: Callable[[], _T], *, person: int, server: int) -> _T:
        """What ``work`` returns, or what it raises.

        Args:
            work: Called in a thread of the desk; never, if nobody waits for it when its turn comes.
            person: Who asks.
            server: With whose other questions it waits in line.

        Raises:
            TooOften: This person has to wait first.
            TooBusy: Too many questions wait already.
            TooLate: The deadline passed.
            NotOpen: The desk has not been started, or is closed.
            WorkerLost: ``work`` ended its thread, as ``sys.exit`` does.
        """
        if self._closed or not self._is_open():
            raise NotOpen("the desk is closed" if self._closed else "the desk is not started")
        if pause := self._asked.pause(person):
            raise TooOften(pause)
        if not self._free and self.waiting >= self._most_waiting:
            raise TooBusy
        self._asked.note(person)
        self._forget()
        job = _Job(work, server, asyncio.get_running_loop().time() + self._deadline)
        self._line_up(job)
        try:
            async with asyncio.timeout_at(job.due):
                await job.settled.wait()
        except TimeoutError:
            raise TooLate from None
        finally:
            self._withdraw(job)
        return job.outcome.result()

    def _line_up(self, job: _Job[Any]) -> None:
        self._lines.setdefault(job.server, deque()).append(job)
        for running in self._running.values():  # who is being served comes after who is not
            if running.job.server in self._lines:
                self._lines.move_to_end(running.job.server)
        self._go_on()

    def _withdraw(self, job: _Job[Any]) -> None:
        line = self._lines.get(job.server, ())
        if line and job in line:
            line.remove(job)
            if not line:
                del self._lines[job.server]

    def _go_on(self) -> None:
        """Have the next jobs done, as long as a thread is free."""
        loop = asyncio.get_running_loop()
        while self._lines and self._free:
            server, line = self._lines.popitem(last=False)
            job = line.popleft()
            if line:
                self._lines[server] = line
            if job.due > loop.time():
                worker = self._free.pop()
                hang = loop.call_later(self._deadline, self._on_hang, worker)
                self._running[worker] = _Running(job, hang)
                self._idle.clear()
                worker.give(job)
        if not self._running:
            self._idle.set()

    def _on_done(self, worker: _Worker, alive: bool) -> None:
        running = self._running.pop(worker, None)
        if running is None:
            return
        running.hang.cancel()
        running.job.settled.set()
        if alive:
            self._free.append(worker)
        else:
            self._replace(worker, "died")
        self._go_on()

    def _on_hang(self, worker: _Worker) -> None:
        del self._running[worker]
        self._replace(worker, "hangs")
        self._go_on()

    def _replace(self, worker: _Worker, why: str) -> None:
        self.replaced += 1
        _log.warning("a thread of the desk %s; a new one takes over", why)
        worker.stop()
        self._free.append(_Worker(asyncio.get_running_loop(), self._on_done))

    def _forget(self) -> None:
        """Forget who asked long ago, now and each time somebody's last question gets so old."""
        if self._forget_timer is not None:
            self._forget_timer.cancel()
            self._forget_timer = None
        delay = self._asked.forget()
        if delay is not None:
            self._forget_timer = asyncio.get_running_loop().call_later(delay, self._forget)


@dataclass(eq=False, slots=True)
class _Job(Generic[_T]):
    """Work that is of no use after ``due``, in the event loop's time.

    Its outcome is set by the thread that did it, ``settled`` in the event loop.
    """

    work: Callable[[], _T]
    server: int
    due: float
    outcome: Future[_T] = field(default_factory=Future)
    settled: asyncio.Event = field(default_factory=asyncio.Event)

    def run(self) -> bool:
        """Do the work; False if the thread has to end."""
        try:
            self.outcome.set_result(self.work())
        except Exception as error:  # noqa: BLE001 - it is raised where the question was asked
            self.outcome.set_exception(error)
        except BaseException:  # noqa: BLE001 - raised there, it would end the event loop
            self.outcome.set_exception(WorkerLost())
            return False
        return True


@dataclass(frozen=True, slots=True)
class _Running:
    """A job that is being done, and what strikes when that takes too long."""

    job: _Job[Any]
    hang: asyncio.TimerHandle


class _Worker:
    """A thread that does the jobs it is given; a daemon, so that hanging it holds up no exit."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, on_done: Callable[[_Worker, bool], None]
    ) -> None:
        """Start it; after each job ``on_done`` hears in ``loop`` whether it lives on."""
        self._loop = loop
        self._on_done = on_done
        self._jobs: SimpleQueue[_Job[Any] | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="desk", daemon=True)
        self._thread.start()

    def give(self, job: _Job[Any]) -> None:
        self._jobs.put(job)

    def stop(self) -> None:
        """Let it end, once its job is done."""
        self._jobs.put(None)

    def join(self) -> None:
        self._thread.join()

    def _run(self) -> None:
        alive = True
        while alive and (job := self._jobs.get()) is not None:
            alive = job.run()
            del job  # what was asked is not kept until the next question
            with suppress(RuntimeError):  # the event loop may be closed by now
                self._loop.call_soon_threadsafe(self._on_done, self, alive)


class _Asked:
    """When who asked within the window; of too many persons, those who asked last are kept."""

    def __init__(self, most: int, clock: Callable[[], float]) -> None:
        self._most = most
        self._clock = clock
        self._times: OrderedDict[int, deque[float]] = OrderedDict()  # by the last time

    def __len__(self) -> int:
        return len(self._times)

    def clear(self) -> None:
        self._times.clear()

    def pause(self, person: int) -> int:
        """Whole seconds until the person may ask again; 0 if that is now."""
        times = self._times.get(person, ())
        now = self._clock()
        recent = [asked for asked in times if now - asked < _WINDOW]
        return max(1, math.ceil(recent[0] + _WINDOW - now)) if len(recent) >= self._most else 0

    def note(self, person: int) -> None:
        """The person asks now."""
        now = self._clock()
        times = self._times.setdefault(person, deque())
        while times and now - times[0] >= _WINDOW:
            times.popleft()
        times.append(now)
        self._times.move_to_end(person)
        if len(self._times) > _MOST_PERSONS:
            self._times.popitem(last=False)

    def forget(self) -> float | None:
        """Forget who asked before the window; seconds until the next is to be forgotten."""
        now = self._clock()
        while self._times:
            person, times = next(iter(self._times.items()))
            left = times[-1] + _WINDOW - now
            if left > 0:
                return left
            del self._times[person]
        return None
