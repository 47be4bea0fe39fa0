"""A worker process as its parent sees it: started, asked within a time, ended."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Condition, Thread

from bot.config import TOKEN_VARIABLE
from bot.worker.pipe import LONGEST_LINE, Garbled, Message, from_line, to_line

COMMAND = (sys.executable, "-m", "bot.worker.process")
_THRIFTY = {"OMP_WAIT_POLICY": "PASSIVE"}
"""Threads of the model that wait for each other sleep: where other work wants the processors too,
spinning made a question of 33 ms take 250 ms."""

_LEAVING = 5.0  # seconds for a killed process to be gone


class ChildLost(Exception):
    """The process has ended, hangs or says what it must not; one line says which."""


class Child:
    """One process; it is ended as soon as it fails once. Used by one thread at a time."""

    def __init__(self, command: Sequence[str]) -> None:
        """Start it.

        Raises:
            ChildLost: It cannot be started.
        """
        environment = {**_THRIFTY, **os.environ}
        environment.pop(TOKEN_VARIABLE, None)
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own program, no shell
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=environment,
                start_new_session=True,  # Ctrl-C is the parent's affair
            )
        except OSError as error:
            raise ChildLost(f"cannot be started: {error.strerror}") from error
        if self._process.stdin is None or self._process.stdout is None:
            raise ChildLost("has no pipes")
        self._requests, self._replies = self._process.stdin, self._process.stdout
        self.pid = self._process.pid
        self._limit = _Limit(self.kill)

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def begin(
        self, settings: Message, tell: Callable[[str], None], seconds: float | None
    ) -> Message:
        """What it says once it has loaded, having told what took long.

        Raises:
            ChildLost: It did not get that far within ``seconds``.
        """
        with self._within(seconds):
            self._send(settings)
            while "tell" in (message := self._receive()):
                tell(str(message["tell"]))
            return message

    def ask(self, request: Message, seconds: float) -> Message:
        """Its reply to a request.

        Raises:
            ChildLost: There is none within ``seconds``.
        """
        with self._within(seconds):
            self._send(request)
            return self._receive()

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()

    def end(self) -> None:
        """End it and give back what it held."""
        self.kill()
        self._limit.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_LEAVING)
        for pipe in (self._requests, self._replies):
            with suppress(OSError):  # what could not be sent is of no use any more
                pipe.close()

    @contextmanager
    def _within(self, seconds: float | None) -> Iterator[None]:
        """End the process when the time is up, which ends whatever waits for it."""
        self._limit.begin(seconds)
        try:
            yield
        except (OSError, Garbled) as error:
            late = self._limit.passed
            words = f"hangs (no reply in {seconds:g} s)" if late else self._last_words(error)
            raise ChildLost(words) from error
        finally:
            self._limit.end()

    def _last_words(self, error: Exception) -> str:
        if isinstance(error, Garbled) and self.alive:
            return f"says what it must not: {error}"
        with suppress(subprocess.TimeoutExpired):
            status = self._process.wait(_LEAVING)
            return f"was ended by signal {-status}" if status < 0 else f"has ended ({status})"
        return "has closed its pipes"

    def _send(self, message: Message) -> None:
        self._requests.write(to_line(message))
        self._requests.flush()

    def _receive(self) -> Message:
        line = self._replies.readline(LONGEST_LINE)
        if not line:
            raise BrokenPipeError
        return from_line(line)


class _Limit:
    """Acts when something takes too long; beginning and ending wake no thread in most cases.

    A thread of its own sleeps until the time limit it has seen last: a new thread for each request
    took a fifth of a millisecond.
    """

    def __init__(self, act: Callable[[], object]) -> None:
        self.passed = False
        """Whether it has acted since the last beginning."""
        self._act = act
        self._changed = Condition()
        self._due: float | None = None  # in monotonic seconds
        self._looks_at: float | None = None  # when the thread wakes up, in the same; None for never
        self._closed = False
        self._thread: Thread | None = None

    def begin(self, seconds: float | None) -> None:
        """Act in so many seconds, unless ended before; None for never."""
        with self._changed:
            self.passed = False
            self._due = None if seconds is None else time.monotonic() + seconds
            if self._due is None:
                return
            if self._thread is None:
                self._thread = Thread(target=self._watch, name="limit", daemon=True)
                self._thread.start()
            elif self._looks_at is None or self._due < self._looks_at:
                self._changed.notify_all()

    def end(self) -> None:
        """Act no more."""
        with self._changed:
            self._due = None

    def close(self) -> None:
        """Let go of the thread; harmless if closed."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _watch(self) -> None:
        with self._changed:
            while not self._closed:
                left = None if self._due is None else self._due - time.monotonic()
                if left is not None and left <= 0:
                    self.passed, self._due, left = True, None, None
                    self._act()
                self._looks_at = self._due
                self._changed.wait(left)
