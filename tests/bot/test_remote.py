"""What kills or hangs the search ends nothing else: an apology in time, and a new worker."""

from __future__ import annotations

import asyncio
import logging
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

import pytest

from bot.config import TOKEN_VARIABLE, Config
from bot.desk import Desk, DeskError, NotOpen, TooLate, WorkerLost
from bot.worker.pipe import Message, from_line
from bot.worker.remote import MOST_TOGETHER, Patience, RemoteSearch, SearchFailed, WorkerFault
from bot.workplace import Workplace
from index import Finding, Searcher
from index.embedder import SentenceTransformerEmbedder
from index.store import load_index
from tests.bot.worker_double import COMMAND, DOCUMENTS, GATE, VERSION
from tests.conftest import ROOT, gone, silent
from tests.fakes import WordSearch
from tests.labelled import all_questions

QUESTION = "Welche Äpfel sind rot?"
SOON = 0.5  # seconds
EAGER = Patience(longest_delay=0.01)

Begin = Callable[..., RemoteSearch]


@pytest.fixture
def began(monkeypatch: pytest.MonkeyPatch) -> Iterator[Begin]:
    """Starts searches whose worker is the double; all are closed at the end."""
    monkeypatch.chdir(ROOT)
    searches: list[RemoteSearch] = []

    def begin(patience: Patience = EAGER, **settings: object) -> RemoteSearch:
        settings = {"version": None, "memory_mb": None, **settings}
        search = RemoteSearch(settings, tell=lambda _: None, command=COMMAND, patience=patience)
        searches.append(search)
        assert search.start() == VERSION
        search.resolve_in(DOCUMENTS)
        return search

    yield begin
    for search in searches:
        search.close()


@pytest.fixture
def gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Lets the worker go that waits for the question ``gate``."""
    path = tmp_path / "gate"
    os.mkfifo(path)
    monkeypatch.setenv(GATE, str(path))
    return lambda: path.write_bytes(b"go")  # type: ignore[return-value]  # its size is of no use


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.001)  # other threads and processes make it true


def asking(search: RemoteSearch, question: str) -> Future[list[Finding]]:
    future: Future[list[Finding]] = Future()

    def ask() -> None:
        try:
            future.set_result(search.search([question], "de"))
        except (DeskError, SearchFailed) as error:
            future.set_exception(error)

    threading.Thread(target=ask, daemon=True).start()
    return future


@pytest.mark.parametrize("question", [QUESTION, "Hühner legen Eier", "nichts davon", "", "ä\ud800"])
@pytest.mark.parametrize("names", [None, ["vieh"], ["obst", "vieh"], []])
def test_findings_are_those_of_the_search_itself(
    began: Begin, question: str, names: list[str] | None
) -> None:
    own = WordSearch(DOCUMENTS)
    found = began().search([question, "Milch"], "de", top=2, documents=names)
    assert found == own.search([question, "Milch"], "de", top=2, documents=names)


def test_what_a_library_prints_is_no_reply(began: Begin) -> None:
    search = began()
    assert search.search(["print"], "de")
    assert search.restarts == 0


def test_each_request_has_a_time_limit_of_its_own(began: Begin) -> None:
    search = began(Patience(reply_seconds=SOON))
    first = search.worker_pid
    started = time.monotonic()
    while time.monotonic() < started + 2 * SOON:
        assert search.search([QUESTION], "de")
    assert search.worker_pid == first
    with pytest.raises(WorkerLost):
        search.search(["hang"], "de")
    assert started + 3 * SOON <= time.monotonic()


@pytest.mark.parametrize(
    "deed", ["crash", "abort", "killed", "leave", "garbage", "stale", "half a line", "hang"]
)
def test_a_lost_worker_costs_one_apology_and_is_replaced(
    began: Begin, deed: str, caplog: pytest.LogCaptureFixture
) -> None:
    search = began(Patience(reply_seconds=SOON))
    lost = search.worker_pid
    assert lost is not None
    with pytest.raises(WorkerLost):
        search.search([deed], "de")
    assert search.search([QUESTION], "de") == WordSearch(DOCUMENTS).search([QUESTION], "de")
    assert gone(lost)
    assert (search.restarts, search.alive) == (1, True)
    (record,) = [r for r in caplog.records if r.levelno >= logging.WARNING]
    assert "the worker process" in record.message


def test_a_worker_out_of_memory_apologises_and_is_replaced(began: Begin) -> None:
    search = began(memory_mb=600)
    with pytest.raises(WorkerLost):
        search.search(["eat memory"], "de")
    assert search.search([QUESTION], "de")
    assert search.restarts == 1


def test_a_worker_that_can_start_no_thread_is_out_of_memory(began: Begin) -> None:
    search = began()
    with pytest.raises(WorkerLost):
        search.search(["thread"], "de")
    assert search.search([QUESTION], "de")
    assert search.restarts == 1


def test_a_line_without_end_is_not_read_to_its_end(
    began: Begin, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Fails without a bound on ``readline`` (tried): the whole line is no JSON, too."""
    search = began()
    monkeypatch.setattr("bot.worker.child.LONGEST_LINE", 1_000)
    seen: list[int] = []

    def read(line: bytes) -> Message:
        seen.append(len(line))
        return from_line(line)

    monkeypatch.setattr("bot.worker.child.from_line", read)
    with pytest.raises(WorkerLost):
        search.search(["long line"], "de")
    assert seen[0] == 1_000
    until(lambda: "says what it must not" in caplog.text)


def test_a_worker_is_limited_first_to_go_and_out_of_reach_of_the_terminal(began: Begin) -> None:
    """Fails without ``_limit_memory``, ``_FIRST_TO_GO`` or ``start_new_session`` (each tried)."""
    pid = began(memory_mb=700).worker_pid
    assert pid is not None
    process = Path(f"/proc/{pid}")
    limits = process.joinpath("limits").read_text(encoding="ascii")
    assert re.search(r"Max data size +700000000 +700000000", limits)
    assert process.joinpath("oom_score_adj").read_text(encoding="ascii") == "800\n"
    assert os.getsid(pid) == pid
    environment = process.joinpath("environ").read_bytes().split(b"\0")
    assert b"OMP_WAIT_POLICY=PASSIVE" in environment


def test_losses_of_long_ago_are_forgiven(began: Begin) -> None:
    """Fails without ``steady_seconds`` (tried)."""
    search = began(Patience(longest_delay=10, steady_seconds=0))
    for losses in range(1, 4):
        with pytest.raises(WorkerLost):
            search.search(["crash"], "de")
        until(lambda n=losses: search.restarts == n and search.alive)  # type: ignore[misc]
    assert search._losses == 1


def test_an_error_of_the_search_is_told_by_its_kind_only(began: Begin) -> None:
    search = began()
    with pytest.raises(SearchFailed) as caught:
        search.search(["fail"], "de")
    assert str(caught.value) == "KeyError"
    assert search.search([QUESTION], "de")
    assert search.restarts == 0


def test_nobody_gets_the_error_of_anothers_question(began: Begin, gate: Callable[[], None]) -> None:
    search = began()
    first = asking(search, "gate")
    until(lambda: search.requests == 1)
    failing, fine = asking(search, "fail"), asking(search, QUESTION)
    until(lambda: search.waiting == 2)
    gate()
    assert isinstance(failing.exception(10), SearchFailed)
    assert fine.result(10)
    assert first.result(10)
    assert search.requests == 2


def test_what_waits_is_asked_together(began: Begin, gate: Callable[[], None]) -> None:
    search = began()
    asked = [asking(search, "gate")]
    until(lambda: search.requests == 1)
    asked += [asking(search, f"{QUESTION} {n}") for n in range(2 * MOST_TOGETHER)]
    until(lambda: search.waiting == 2 * MOST_TOGETHER)
    gate()
    for future in asked:
        future.result(10)
    assert search.requests == 3


def test_who_waits_too_long_is_told_and_never_asked_for(
    began: Begin, gate: Callable[[], None]
) -> None:
    search = began(Patience(answer_seconds=SOON))
    asked = [asking(search, "gate")]
    until(lambda: search.requests == 1)
    asked += [asking(search, "crash") for _ in range(3)]
    for future in asked:
        assert isinstance(future.exception(10), TooLate)
    gate()
    until(lambda: search.waiting == 0)
    assert search.search([QUESTION], "de")
    assert search.restarts == 0


def test_a_worker_that_dies_unasked_is_replaced_before_anybody_asks(began: Begin) -> None:
    search = began()
    assert search.worker_pid is not None
    os.kill(search.worker_pid, signal.SIGKILL)
    until(lambda: search.restarts == 1 and search.alive)
    assert search.search([QUESTION], "de")


def test_a_worker_that_cannot_begin_again_is_tried_with_growing_delays(
    began: Begin, tmp_path: Path
) -> None:
    starts = tmp_path / "starts"
    search = began(Patience(short_delay=0.5), begin="crash again", starts=str(starts))
    with pytest.raises(WorkerLost):
        search.search(["crash"], "de")
    until(lambda: search.restarts == 2)
    until(lambda: search.resting)
    with pytest.raises(WorkerLost):  # at once, not after a second
        search.search([QUESTION], "de")
    assert len(starts.read_text().splitlines()) == 2
    search._losses, delays = 0, []
    for losses in range(1, 10):
        search._losses = losses
        delays.append(search._delay())
    assert delays == [0, 1, 2, 4, 8, 16, 32, 60, 60]


def test_a_worker_that_hangs_while_it_begins_again_is_given_up(
    began: Begin, tmp_path: Path
) -> None:
    starts = tmp_path / "starts"
    patience = Patience(begin_seconds=3, longest_delay=0.01)
    search = began(patience, begin="hang again", starts=str(starts))
    with pytest.raises(WorkerLost):
        search.search(["crash"], "de")
    until(lambda: search.restarts >= 2)
    second = int(starts.read_text().splitlines()[1])
    assert gone(second)


def test_a_successor_that_serves_another_index_is_not_asked(began: Begin) -> None:
    search = began(begin="other version")
    with pytest.raises(WorkerLost):
        search.search(["crash"], "de")
    until(lambda: search.restarts >= 3)
    assert not search.alive


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"begin": "fault"}, "no index there yet; run `thesenbot build`"),
        ({"begin": "crash"}, r"the worker has ended \(3\) while it began"),
        ({"begin": "eat memory", "memory_mb": 400}, "raise worker_memory_mb"),
    ],
)
def test_a_first_worker_that_cannot_begin_says_why(
    began: Begin, settings: dict[str, object], words: str
) -> None:
    with pytest.raises(WorkerFault, match=words):
        began(**settings)


def test_the_token_is_not_in_the_workers_environment(
    began: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TOKEN_VARIABLE, "not-for-you")
    pid = began().worker_pid
    assert b"not-for-you" not in Path(f"/proc/{pid}/environ").read_bytes()


@pytest.mark.parametrize("deed", ["gate", "hang"])
def test_closing_refuses_who_waits_and_ends_the_worker(
    began: Begin, gate: Callable[[], None], deed: str
) -> None:
    others = set(threading.enumerate())
    search = began(Patience(reply_seconds=30))
    pid = search.worker_pid
    assert pid is not None
    running = asking(search, deed)
    until(lambda: search.requests == 1)
    waiting = asking(search, QUESTION)
    until(lambda: search.waiting == 1)
    closing = threading.Thread(target=search.close)
    closing.start()
    closing.join(10)
    assert not closing.is_alive()
    search.close()
    assert isinstance(waiting.exception(10), NotOpen)
    assert isinstance(running.exception(10), WorkerLost)
    with pytest.raises(NotOpen):
        search.search([QUESTION], "de")
    assert gone(pid)
    until(lambda: set(threading.enumerate()) <= others)
    assert search.restarts == 0


_PARENT = """
import sys, threading
from bot.worker.remote import RemoteSearch
from tests.bot.worker_double import COMMAND
search = RemoteSearch({"version": None, "memory_mb": None}, tell=lambda _: None, command=COMMAND)
search.start()
if len(sys.argv) > 1:
    threading.Thread(target=search.search, args=([sys.argv[1]], "de"), daemon=True).start()
print(search.worker_pid, flush=True)
threading.Event().wait()
"""


@pytest.mark.parametrize("doing", [[], ["gate"]])
@pytest.mark.usefixtures("gate")
def test_the_worker_ends_with_its_parent_whatever_it_does(doing: list[str]) -> None:
    command = [sys.executable, "-c", _PARENT, *doing]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as parent,
        Path(os.environ[GATE]).open("wb") if doing else nullcontext(),  # waits until it is asked
    ):
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        parent.kill()
        assert gone(worker)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_signal_to_all_lets_the_answer_in_flight_be_finished(
    began: Begin, gate: Callable[[], None], number: signal.Signals
) -> None:
    search = began()
    asked = asking(search, "gate")
    until(lambda: search.requests == 1)
    assert search.worker_pid is not None
    os.kill(search.worker_pid, number)
    gate()
    assert asked.result(10)
    assert search.restarts == 0


async def asked_all(desk: Desk, search: RemoteSearch, questions: list[str]) -> list[Any]:
    asks = [
        desk.ask(lambda q=question: search.search([q], "de"), person=n, server=n % 7)  # type: ignore[misc]
        for n, question in enumerate(questions)
    ]
    return await asyncio.gather(*asks, return_exceptions=True)


async def test_two_hundred_at_once_are_all_answered_in_few_requests(began: Begin) -> None:
    search = began()
    async with Desk(threads=MOST_TOGETHER) as desk:
        found = await asked_all(desk, search, [QUESTION] * 200)
    assert found == [WordSearch(DOCUMENTS).search([QUESTION], "de")] * 200
    assert search.requests < 100


async def test_the_event_loop_goes_on_while_the_worker_hangs(began: Begin) -> None:
    search = began(Patience(reply_seconds=SOON))
    async with Desk(threads=2) as desk:
        asks = asyncio.create_task(asked_all(desk, search, ["hang"]))
        turns = 0
        while not asks.done():
            turns += 1
            await asyncio.sleep(0)
    assert isinstance(asks.result()[0], WorkerLost)
    assert turns > 1_000


async def test_four_hundred_at_once_get_an_answer_or_an_apology_when_workers_are_lost(
    began: Begin,
) -> None:
    search = began(EAGER)
    questions = [QUESTION] * 400
    questions[40:360:80] = ["crash", "garbage", "killed", "abort"]
    async with Desk(threads=MOST_TOGETHER, waiting=400) as desk:
        found = await asked_all(desk, search, questions)
    assert all(isinstance(one, list | DeskError) for one in found)
    assert sum(isinstance(one, list) for one in found) > 400 - 4 * MOST_TOGETHER
    assert search.restarts == 4


def test_fifty_kills_at_random_moments_leave_no_question_without_an_end(began: Begin) -> None:
    search = began(EAGER)
    moments = random.Random(5)
    outcomes: list[str] = []

    def ask(_: int) -> str:
        try:
            search.search([QUESTION], "de")
        except DeskError as error:
            return type(error).__name__
        return "answer"

    with ThreadPoolExecutor(MOST_TOGETHER) as people:
        for _ in range(50):
            asked = people.map(ask, range(20))
            until(lambda: search.worker_pid is not None)
            threading.Event().wait(moments.uniform(0, 0.05))
            if (pid := search.worker_pid) is not None:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            outcomes += asked
    assert len(outcomes) == 1_000
    assert set(outcomes) <= {"answer", "WorkerLost"}
    assert outcomes.count("answer") > 0
    assert search.restarts >= 25
    until(lambda: ask(0) == "answer")


@pytest.mark.model
def test_the_real_worker_finds_what_the_search_itself_finds(
    own_index: Path, model: SentenceTransformerEmbedder, tmp_path: Path
) -> None:
    here = Searcher(load_index(own_index), model)
    config = Config(seeds=ROOT / "seeds", data=own_index)
    workplace = Workplace(config, lambda _: None, silent)
    library = workplace.library()
    try:
        assert library.detector is workplace.detector  # its models stop all threads while they load
        assert library.documents == here.documents
        questions = list(all_questions())[::15]
        with ThreadPoolExecutor(MOST_TOGETHER) as people:
            asked = [
                people.submit(library.search.search, [q.question], q.language) for q in questions
            ]
        for question, future in zip(questions, asked, strict=True):
            (found,) = future.result()
            (own,) = here.search([question.question], question.language)
            assert found.verdict == own.verdict
            assert [(h.passage, h.highlight) for h in found.hits] == [
                (h.passage, h.highlight) for h in own.hits
            ]
            for hit, other in zip(found.hits, own.hits, strict=True):
                assert hit.score == pytest.approx(other.score, abs=1e-4)
                assert hit.evidence == pytest.approx(other.evidence, abs=1e-3)
    finally:
        library.close()


def test_what_is_done_meanwhile_is_done_once_and_its_error_ends_the_worker() -> None:
    def start(meanwhile: Callable[[], object]) -> RemoteSearch:
        settings = {"version": None, "memory_mb": None}
        search = RemoteSearch(settings, tell=lambda _: None, command=COMMAND)
        try:
            search.start(meanwhile)
        finally:
            search.close()
        return search

    done: list[int] = []
    start(lambda: done.append(1))
    assert done == [1]
    with pytest.raises(ZeroDivisionError):
        start(lambda: 1 // 0)
