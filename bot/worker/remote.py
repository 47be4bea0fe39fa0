"""Search in a worker process: what waits is asked together, and a lost worker is replaced."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Condition, Thread

from bot.desk import NotOpen, TooLate, WorkerLost
from bot.request import step
from bot.worker.child import COMMAND, Child, ChildLost
from bot.worker.pipe import Found, Garbled, Message, Positions, found_of, wanted_message
from index import Document, Finding, Language, RetrievalError, Wanted

log = logging.getLogger(__name__)

MOST_TOGETHER = 64
"""Questions asked in one go; more would make the first of them wait for the last."""

_LOOK_SECONDS = 1.0  # how soon it is seen that an idle worker has died


class WorkerFault(RetrievalError):
    """The worker cannot begin; its own words, or how it ended."""


class WorkerDied(WorkerFault):
    """The first worker ended, perhaps for want of memory, before it could say anything."""


class SearchFailed(Exception):
    """The search met an error in the worker; its kind, never its words."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited for what.

    Attributes:
        reply_seconds: For one reply of the worker; then it counts as hung and is replaced.
        answer_seconds: For an answer with the time it waits for its turn or for a new worker.
        begin_seconds: For a new worker to be ready; the first one has all the time it needs, as it
            may build the index.
        short_delay: A delay before a new worker for which who asks waits; in a longer one they are
            refused at once.
        longest_delay: Before a new worker is started, when several were lost one after another.
        steady_seconds: How long a worker has to live so that those lost before are forgiven.
    """

    reply_seconds: float = 15.0
    answer_seconds: float = 25.0
    begin_seconds: float = 120.0
    short_delay: float = 5.0
    longest_delay: float = 60.0
    steady_seconds: float = 60.0


@dataclass(eq=False, slots=True)
class _Asked:
    wanted: Wanted
    found: Future[list[Finding]] = field(default_factory=Future)


class RemoteSearch:
    """Searches in a worker process; any number of threads may ask at once, none does the search.

    A thread of its own keeps the worker. After a loss a new one is started at once, after further
    ones with a delay that doubles.
    """

    def __init__(
        self,
        settings: Message,
        *,
        tell: Callable[[str], None],
        command: Sequence[str] = COMMAND,
        patience: Patience | None = None,
    ) -> None:
        """Start nothing yet.

        Args:
            settings: The worker's; see ``bot.worker.process``.
            tell: Told what the first worker takes long for.
            command: What to run.
            patience: How long is waited for what.
        """
        self._settings = settings
        self._tell = tell
        self._command = command
        self._patience = patience or Patience()
        self._positions = Positions(())
        self._changed = Condition()
        self._waiting: deque[_Asked] = deque()
        self._begun: Future[str] = Future()
        self._child: Child | None = None
        self._losses = 0  # one after another
        self._closed = False
        self.requests = 0
        """How many times a worker was asked."""
        self.resting = False
        """Whether the next worker starts so late that who asks is refused."""
        self.alive = False
        """Whether a worker is ready."""
        self.restarts = 0
        """How many workers were lost."""
        self.answered_at: float | None = None
        """When a worker last replied, in monotonic seconds."""
        self._thread = Thread(target=self._keep, name="worker", daemon=True)

    @property
    def waiting(self) -> int:
        """How many searches wait for the worker; those it is doing do not."""
        return len(self._waiting)

    @property
    def worker_pid(self) -> int | None:
        """The process that is asked now; None between two."""
        child = self._child
        return None if child is None else child.pid

    def start(self, meanwhile: Callable[[], object] = lambda: None) -> str:
        """Have a worker ready, and the version of the index it answers from.

        Args:
            meanwhile: Done while the worker gets ready.

        Raises:
            WorkerFault: It cannot begin; ``WorkerDied`` if another might.
        """
        self._thread.start()
        try:
            meanwhile()
            return self._begun.result()
        except BaseException:
            self.close()
            raise

    def resolve_in(self, documents: Sequence[Document]) -> None:
        """Take findings as places in these texts, which are those of the worker's index."""
        self._positions = Positions(documents)

    def close(self) -> None:
        """End the worker; who waits, or asks from now on, is refused. Harmless if closed."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            child = self._child
        if child is not None:
            child.kill()
        if self._thread.ident is not None:
            self._thread.join()

    def search(
        self,
        questions: Sequence[str],
        language: Language,
        *,
        top: int = 3,
        documents: Sequence[str] | None = None,
    ) -> list[Finding]:
        """Find passages; see ``index.Searcher``. Blocks; not for the event loop.

        Raises:
            NotOpen: It is closed.
            WorkerLost: The worker died, or there is none for now.
            TooLate: There was no answer in time.
            SearchFailed: The search met an error.
        """
        patience = self._patience.answer_seconds
        asked = _Asked(Wanted(questions, language, top, documents))
        with self._changed:
            if self._closed:
                raise NotOpen("the search is closed")
            if self.resting:
                raise WorkerLost
            self._waiting.append(asked)
            self._changed.notify_all()
        with step("worker"):
            try:
                return asked.found.result(patience)
            except TimeoutError:
                asked.found.cancel()
                raise TooLate from None

    def _keep(self) -> None:
        """Have one worker after another answer, until it is closed."""
        while not self._closed:
            began = time.monotonic()
            try:
                child = self._hire()
                if child is not None:
                    self._begin(child)
                    self._answer_by(child)
            except ChildLost as error:
                self._lost(str(error), lived=time.monotonic() - began)
            finally:
                self.alive = False
                if self._child is not None:
                    self._child.end()
                    self._child = None
        self._refuse(NotOpen("the search is closed"))

    def _hire(self) -> Child | None:
        """A new process; none if it is closed meanwhile."""
        with self._changed:
            self._child = None if self._closed else Child(self._command)
            return self._child

    def _begin(self, child: Child) -> None:
        """Let it load; the first one decides which version of the index its successors serve."""
        first = not self._begun.done()
        limit = None if first else self._patience.begin_seconds
        message = child.begin(self._settings, self._tell if first else log.info, limit)
        version = message.get("ready")
        if not isinstance(version, str):
            fault = str(message.get("fault", "does not say that it is ready"))
            if first:
                self._begun.set_exception(WorkerFault(fault))
            raise ChildLost(" ".join(fault.split()))
        if first:
            self._settings = {**self._settings, "version": version}
            self._begun.set_result(version)
        elif version != self._begun.result():
            raise ChildLost("serves another version of the index")
        self.alive = True

    def _answer_by(self, child: Child) -> None:
        while batch := self._next(child):
            self.requests += 1
            wanted = [asked.wanted for asked in batch]
            try:
                request = wanted_message(self.requests, wanted)
                message = child.ask(request, self._patience.reply_seconds)
                for asked, found in zip(
                    batch, found_of(message, self.requests, wanted), strict=True
                ):
                    self._settle(asked, found)
                if message.get("leaving"):
                    raise ChildLost("has run out of memory")
            except (ChildLost, Garbled) as error:
                for asked in batch:
                    if not asked.found.done():
                        asked.found.set_exception(WorkerLost())
                raise ChildLost(str(error)) from error
            self.answered_at = time.monotonic()

    def _settle(self, asked: _Asked, found: tuple[Found, ...] | str) -> None:
        if isinstance(found, str):
            lost = found == "MemoryError"
            asked.found.set_exception(WorkerLost() if lost else SearchFailed(found))
        else:
            asked.found.set_result([self._positions.finding(each) for each in found])

    def _next(self, child: Child) -> list[_Asked]:
        """What is asked next, all that waits up to ``MOST_TOGETHER`` questions; none if closed.

        Raises:
            ChildLost: The worker has died while there was nothing to do.
        """
        with self._changed:
            while not self._closed:
                if not child.alive:
                    raise ChildLost("has died")
                if batch := self._gather():
                    return batch
                self._changed.wait(_LOOK_SECONDS)
        return []

    def _gather(self) -> list[_Asked]:
        batch: list[_Asked] = []
        count = 0
        while self._waiting:
            count += len(self._waiting[0].wanted.questions)
            if batch and count > MOST_TOGETHER:
                break
            asked = self._waiting.popleft()
            if asked.found.set_running_or_notify_cancel():
                batch.append(asked)
        return batch

    def _lost(self, why: str, *, lived: float) -> None:
        if self._closed:
            return
        if not self._begun.done():
            hint = "; is worker_memory_mb too low?" if self._settings.get("memory_mb") else ""
            self._begun.set_exception(WorkerDied(f"the worker {why} while it began{hint}"))
        if isinstance(self._begun.exception(), WorkerFault):
            self._closed = True
            return
        self.restarts += 1
        self._losses = 1 if lived >= self._patience.steady_seconds else self._losses + 1
        delay = self._delay()
        log.warning("the worker process %s; a new one starts in %g s", why, delay)
        if delay:
            self._rest(delay)

    def _delay(self) -> float:
        """Seconds before the next worker: none after the first loss, then 1, 2, 4 and so on."""
        longest = self._patience.longest_delay
        return 0.0 if self._losses <= 1 else min(longest, 2.0 ** min(self._losses - 2, 30))

    def _rest(self, delay: float) -> None:
        with self._changed:
            self.resting = delay > self._patience.short_delay
            if self.resting:
                self._refuse(WorkerLost())
            self._changed.wait_for(lambda: self._closed, delay)
            self.resting = False

    def _refuse(self, error: Exception) -> None:
        with self._changed:
            while self._waiting:
                asked = self._waiting.popleft()
                if asked.found.set_running_or_notify_cancel():
                    asked.found.set_exception(error)
