"""The command line: thesenbot build, ask, thesis, chat, check, eval, run, backup and the rest."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from bot.answer import Answer
    from bot.evaluation import Case, Measured
    from bot.workplace import Workplace
    from index.vectors import Progress

app = typer.Typer(
    help="Answers questions with the exact words of a thesis, cited.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

ConfigFile = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="Config file; config.toml if there.")
]
Top = Annotated[int, typer.Option("--top", min=1, max=100, help="Most passages an answer.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a question.")]

ANSWERED, NOTHING_FITS, FAILED = 0, 1, 2
TRY_LATER = 75
"""What sysexits(3) calls a temporary failure: starting again may help, changing nothing."""


def main() -> None:
    """Run the command line; every error is one line, and the exit status says how it went."""
    from bot.errors import ConfigError, NotNow
    from index import RetrievalError

    _print_any_text()
    try:
        app()
    except (ConfigError, RetrievalError) as error:
        _tell(str(error))
        sys.exit(FAILED)
    except NotNow as error:
        _tell(str(error))
        sys.exit(TRY_LATER)
    except OSError as error:
        _tell(f"{error.filename or 'output'}: {error.strerror or error}")
        sys.exit(FAILED)
    except KeyboardInterrupt:
        sys.exit(130)


def _print_any_text() -> None:
    """A character that standard output has no byte for does not end the program."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _workplace(config: Path | None) -> Workplace:
    from bot.config import load_config
    from bot.workplace import Workplace

    return Workplace(load_config(config), _tell, _progress)


@contextmanager
def _progress(what: str) -> Iterator[Progress]:
    """A bar on standard error, if that is a terminal, for work that is told of as it goes on."""
    from rich.console import Console
    from rich.progress import Progress as Bars

    with Bars(
        console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()
    ) as bars:
        task = bars.add_task(what, total=None)

        def tell(done: int, total: int) -> None:
            bars.update(task, completed=done, total=total)

        yield tell


@app.command()
def build(
    config: ConfigFile = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
) -> None:
    """Bring the index up to date with the texts in the seeds folder."""
    report = _workplace(config).build(dry_run=dry_run)
    for name in ("added", "changed", "removed", "unchanged"):
        documents = getattr(report, name)
        print(f"{name}: {', '.join(documents) or 'none'}")
    if not dry_run:
        print(f"texts embedded: {report.embedded}")


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="In German or English.")] = None,
    config: ConfigFile = None,
    questions: Annotated[
        str | None, typer.Option(metavar="FILE", help="A question a line; - for standard input.")
    ] = None,
    after: Annotated[
        list[str] | None, typer.Option(help="A question asked before it; may be repeated.")
    ] = None,
    as_json: AsJson = False,
    top: Top = 3,
) -> None:
    """Answer one question, or one a line."""
    from bot.errors import ConfigError
    from bot.jsonform import outcome_name

    workplace = _workplace(config)
    if (question is None) == (questions is None):
        raise ConfigError("ask: give one question, or a file of them with --questions FILE")
    if questions is not None:
        _answer_lines(workplace, questions, as_json=as_json, top=top)
        return
    started = time.perf_counter()
    answer = workplace.answerer().answer(question or "", previous=after or (), top=top)
    _print(question or "", answer, _since(started), as_json=as_json)
    raise typer.Exit(NOTHING_FITS if outcome_name(answer.outcome) == "none" else ANSWERED)


@app.command()
def thesis(
    numbers: Annotated[list[str], typer.Argument(help="3, III, 2-4, 1,3 …")],
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Show theses by their numbers; needs neither model nor index."""
    from bot.errors import ConfigError

    workplace = _workplace(config)
    wanted = " ".join(numbers)
    answer = workplace.look_up(wanted) or workplace.look_up(", ".join(numbers))
    if answer is None:
        raise ConfigError(_why_none(workplace, wanted))
    _print(wanted, answer, {}, as_json=as_json)
    raise typer.Exit(ANSWERED if answer.outcome.quotes else NOTHING_FITS)


def _why_none(workplace: Workplace, wanted: str) -> str:
    passages = [passage for document in workplace.documents for passage in document.passages]
    if all(passage.thesis is None for passage in passages):
        return f"no text in {workplace.config.seeds} numbers its theses; ask a question instead"
    return f"{wanted[:80]!r} asks for no thesis by number; try 3, III, 2-4 or 1,3"


@app.command()
def theses(config: ConfigFile = None) -> None:
    """List the theses of each text, and what a text announces but does not hold."""
    from bot.terminal import console, show_list

    workplace = _workplace(config)
    for document in workplace.documents:
        show_list(console(), document, workplace.config.language)


@app.command()
def chat(config: ConfigFile = None) -> None:
    """Answer questions typed one after another; a question may lean on the one before."""
    from bot.terminal import converse

    workplace = _workplace(config)
    workplace.prepare()
    converse(workplace.answerer(), workplace.config.language)


@app.command()
def check(
    config: ConfigFile = None,
    deep: Annotated[
        bool, typer.Option("--deep", help="Try questions, quotations, database and space too.")
    ] = False,
) -> None:
    """Say whether config, texts, model and index are ready, or why not."""
    if deep:
        _inspect(_workplace(config))
    ready = True
    for name, fault in _workplace(config).check():
        print(f"{name}: {fault or 'ready'}")
        ready = ready and fault is None
    raise typer.Exit(ANSWERED if ready else FAILED)


def _inspect(workplace: Workplace) -> None:
    from bot.operation.inspection import inspect

    sound = True
    for finding in inspect(workplace):
        print(f"{finding.name}: {'' if finding.sound else 'FAULT: '}{finding.words}", flush=True)
        sound = sound and finding.sound
    raise typer.Exit(ANSWERED if sound else FAILED)


@app.command()
def about(
    licences: Annotated[
        bool, typer.Option("--licenses", help="List all packages with version and licence.")
    ] = False,
) -> None:
    """Say which version this is, and what it is made of."""
    from importlib.metadata import version

    from bot.operation.licences import packages

    print(f"thesenbot {version('thesenbot')} (MIT)")
    if licences:
        for package in packages():
            print(f"{package.name} {package.version}: {package.licence or 'not stated'}")


@app.command(name="eval")
def evaluate(
    file: Annotated[Path, typer.Argument(help="Labelled questions; the README has the form.")],
    config: ConfigFile = None,
    split: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only lines with this in the fifth column.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    plot: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write pictures to this folder.")
    ] = None,
) -> None:
    """Measure the answers to labelled questions."""
    from bot.evaluation import measure, read_cases, report, tabulate
    from bot.terminal import console, show_figures

    workplace = _workplace(config)
    cases = read_cases(file, workplace.documents, split=split)
    workplace.prepare()
    with _progress("asking") as tell:
        measured = measure(workplace.answerer(), cases, tell)
    rows = tabulate(measured)
    if as_json:
        print(json.dumps(report(rows)))
    else:
        show_figures(console(), rows)
    if plot is not None:
        _draw(workplace, cases, measured, plot)


def _draw(
    workplace: Workplace, cases: Sequence[Case], measured: Sequence[Measured], folder: Path
) -> None:
    from bot.evaluation import METHODS, measure, recall_by_language
    from bot.plots import draw_methods, draw_scores, draw_trade_off

    recalls = {}
    for name, weights in METHODS.items():
        with _progress(f"asking ({name})") as tell:
            answers = measure(workplace.answerer_with(weights), cases, tell)
        recalls[name] = recall_by_language(answers)
    pictures = draw_scores(measured, folder), draw_trade_off(measured, folder)
    for path in (*pictures, draw_methods(recalls, folder)):
        _tell(f"wrote {path}")


@app.command()
def run(
    config: ConfigFile = None,
    log_json: Annotated[bool, typer.Option("--log-json", help="Log as JSON lines.")] = False,
) -> None:
    """Run the Discord bot until it is told to stop."""
    from bot.service import serve

    workplace = _workplace(config)
    if log_json:
        workplace.config = workplace.config.model_copy(update={"log_format": "json"})
    serve(workplace, _tell)


@app.command()
def backup(
    folder: Annotated[Path, typer.Argument(help="A new folder; the bot may run meanwhile.")],
    config: ConfigFile = None,
) -> None:
    """Copy texts, settings of servers and config into one folder."""
    from bot.config import DEFAULT_FILE
    from bot.corpus.backup import back_up

    for line in back_up(_workplace(config).config, config or DEFAULT_FILE, folder):
        print(line)


@app.command()
def restore(
    folder: Annotated[Path, typer.Argument(help="What `thesenbot backup` wrote.")],
    config: ConfigFile = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace texts and settings that are there.")
    ] = False,
) -> None:
    """Put a backup back, checked whole first; then run `thesenbot build`."""
    from bot.config import DEFAULT_FILE
    from bot.corpus.backup import restore as put_back
    from bot.corpus.backup import restore_config

    if restore_config(folder, config or DEFAULT_FILE):
        print("config: put back, without token and password")
    for line in put_back(_workplace(config).config, folder, force=force):
        print(line)
    print("now run `thesenbot build`; a bot that runs takes the new index by itself")


@app.command()
def invite(config: ConfigFile = None) -> None:
    """Print the link that adds the bot to a server."""
    from bot.service import invitation

    print(invitation(_workplace(config).config))


@app.command()
def start(config: ConfigFile = None) -> None:
    """Do what fits: the Discord bot with a token, else chat, or standard input line by line."""
    if _workplace(config).config.token() is not None:
        run(config)
    elif sys.stdin.isatty():
        chat(config)
    else:
        workplace = _workplace(config)
        workplace.prepare()
        _answer_lines(workplace, "-", as_json=False, top=3)


def _answer_lines(workplace: Workplace, file: str, *, as_json: bool, top: int) -> None:
    answerer = workplace.answerer()
    for question in _lines(file):
        started = time.perf_counter()
        answer = answerer.answer(question, top=top)
        if not as_json:
            print(f"> {question}")
        _print(question, answer, _since(started), as_json=as_json)
        if not as_json:
            print()


def _print(question: str, answer: Answer, timing_ms: dict[str, float], *, as_json: bool) -> None:
    from bot.jsonform import to_json
    from bot.terminal import console, show_answer

    if as_json:
        print(json.dumps(to_json(question, answer, timing_ms), ensure_ascii=True), flush=True)
    else:
        show_answer(console(), answer)


def _since(started: float) -> dict[str, float]:
    return {"total": round((time.perf_counter() - started) * 1000, 3)}


def _lines(file: str) -> Iterator[str]:
    """The lines of a file or of standard input, bytes that are no UTF-8 replaced."""
    if file == "-":
        lines: Iterable[bytes] = sys.stdin.buffer
    else:
        lines = Path(file).read_bytes().splitlines(keepends=True)
    for number, line in enumerate(lines):
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        yield text if number else text.removeprefix("\ufeff")
