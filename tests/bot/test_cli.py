"""The command line: what it prints where, and the status it exits with."""

from __future__ import annotations

import errno
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main
from bot.workplace import Workplace
from index.engine import choose_engine
from index.vectors import Embedder
from tests.conftest import ROOT
from tests.fakes import HashEmbedder, write_seeds

TEXTS = {"obst": ["Äpfel sind rot und rund.", "Birnen sind grün.", "Kirschen hängen hoch."]}
UNKNOWN = "Worum geht es bei Ding3?"
HEAVY = set(
    "torch transformers sentence_transformers onnxruntime faiss numpy scipy sklearn lingua "
    "sentencepiece discord aiohttp sqlalchemy matplotlib".split()
)


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


Run = Callable[..., Ran]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def run_once(*arguments: str, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr("sys.argv", ["thesenbot", *arguments])
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        capsys.readouterr()
        with pytest.raises(SystemExit) as exited:
            main()
        captured = capsys.readouterr()
        return Ran(int(exited.value.code or 0), captured.out, captured.err)

    return run_once


def write_config(folder: Path, seeds: Path, data: Path) -> str:
    path = folder / "thesenbot.toml"
    path.write_text(f"seeds = '{seeds}'\ndata = '{data}'\n", encoding="utf-8")
    return str(path)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_background: object) -> str:
    """Two lines: a folder with one small text, and a place for its index."""
    monkeypatch.setattr(Workplace, "embedder", HashEmbedder())
    monkeypatch.setattr("index.engine.embedder_fingerprint", lambda _: HashEmbedder().fingerprint)
    write_seeds(tmp_path / "seeds", TEXTS)
    return write_config(tmp_path, Path("seeds"), Path("data"))


@pytest.fixture
def own_seeds(tmp_path: Path) -> str:
    return write_config(tmp_path, ROOT / "seeds", tmp_path / "data")


def is_one_line(error: str) -> bool:
    """Whether it is one line; that a build leaves no empty one before it has a test of its own."""
    error = error.lstrip("\n")
    return error.count("\n") == 1 and error.endswith("\n") and len(error) > 10


def test_an_answered_question_exits_with_0_and_quotes(run: Run, config: str) -> None:
    ran = run("ask", "Birnen sind grün.", "--config", config)
    assert ran.status == 0
    assert ran.out == (
        "Das passt am besten zu deiner Frage:\n\n2. Birnen sind grün.\n— These 2 · obst\n"
    )


def test_a_question_nothing_fits_exits_with_1_and_says_so_on_stdout(run: Run, config: str) -> None:
    ran = run("ask", UNKNOWN, "--config", config)
    assert (ran.status, ran.out) == (1, "Dazu steht in den Texten nichts Passendes.\n")


@pytest.mark.parametrize("question", ["", "😀", "wort " * 20_000])
def test_a_refused_question_exits_with_1(run: Run, config: str, question: str) -> None:
    ran = run("ask", question, "--config", config)
    assert ran.status == 1
    assert ran.out.count("\n") == 1


def test_a_missing_thesis_asked_for_is_an_answer(run: Run, config: str) -> None:
    ran = run("ask", "Was steht in These 8?", "--config", config)
    assert ran.status == 0
    assert "Nicht darin: These 8." in ran.out


def test_a_first_question_builds_the_index_and_says_so_on_stderr(
    run: Run, config: str, tmp_path: Path
) -> None:
    ran = run("ask", "Birnen sind grün.", "--json", "--config", config)
    assert ran.err.rstrip("\n") == f"building the index in {tmp_path / 'data'} …"
    assert len(ran.objects) == 1
    assert run("ask", "Birnen sind grün.", "--json", "--config", config).err == ""


@pytest.mark.parametrize("command", [("build",), ("ask", "Was?")])
def test_no_empty_line_is_written_to_stderr(
    run: Run, config: str, command: tuple[str, ...]
) -> None:
    assert "" not in run(*command, "--config", config).err.splitlines()


def test_answering_from_a_current_index_writes_nothing(
    run: Run, config: str, tmp_path: Path
) -> None:
    run("build", "--config", config)
    before = {path: path.stat().st_mtime_ns for path in sorted((tmp_path / "data").rglob("*"))}
    assert run("ask", "Birnen sind grün.", "--config", config).status == 0
    after = {path: path.stat().st_mtime_ns for path in sorted((tmp_path / "data").rglob("*"))}
    assert after == before


def test_json_is_one_object_in_the_documented_form(run: Run, config: str, tmp_path: Path) -> None:
    ran = run("ask", "Birnen sind grün.", "--json", "--config", config)
    (answer,) = ran.objects
    assert list(answer) == ["question", "language", "outcome", "passages", "message", "timing_ms"]
    assert (answer["question"], answer["outcome"]) == ("Birnen sind grün.", "answer")
    assert answer["timing_ms"]["total"] > 0
    source = (tmp_path / "seeds" / "obst.txt").read_text(encoding="utf-8")
    for passage in answer["passages"]:
        assert passage["text"] == source[passage["start"] : passage["end"]]
    scores = [passage["score"] for passage in answer["passages"]]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("top", [1, 2, 3])
def test_top_bounds_the_passages(run: Run, config: str, top: int) -> None:
    ran = run("ask", "Birnen sind grün.", "--json", "--top", str(top), "--config", config)
    assert len(ran.objects[0]["passages"]) == top


def test_a_question_asked_before_is_leaned_on(run: Run, config: str) -> None:
    arguments = ("ask", "Worum geht es bei Ding3 davon?", "--json", "--config", config)
    assert run(*arguments).objects[0]["outcome"] == "none"
    after = ("--after", UNKNOWN, "--after", "Birnen sind grün. " * 9)
    (answer,) = run(*arguments, *after).objects
    assert answer["passages"][0]["thesis"] == 2
    assert answer["question"] == "Worum geht es bei Ding3 davon?"


QUESTIONS = ["Birnen sind grün.", "", UNKNOWN, "These 3", "[bold]:smile:", "\x00\x1b[2J", "😀"]


def test_questions_of_a_file_give_an_object_a_line(run: Run, config: str, tmp_path: Path) -> None:
    path = tmp_path / "questions.txt"
    path.write_text("\n".join(QUESTIONS) + "\n", encoding="utf-8")
    ran = run("ask", "--questions", str(path), "--json", "--config", config)
    assert ran.status == 0
    assert [answer["question"] for answer in ran.objects] == QUESTIONS
    outcomes = [answer["outcome"] for answer in ran.objects]
    assert outcomes[:4] == ["answer", "none", "none", "thesis"]
    assert ran.out.isascii()


def test_questions_of_standard_input_give_the_same_as_those_of_a_file(
    run: Run, config: str, tmp_path: Path
) -> None:
    content = "\r\n".join(QUESTIONS).encode() + b"\r\n\xff\xfe\r\nBirnen"
    (tmp_path / "questions.txt").write_bytes(content)
    arguments = ("--json", "--config", config)
    from_file = run("ask", "--questions", str(tmp_path / "questions.txt"), *arguments)
    from_input = run("ask", "--questions", "-", *arguments, stdin=content)
    assert from_input.status == from_file.status == 0
    assert len(from_file.objects) == len(QUESTIONS) + 2
    for ours, theirs in zip(from_input.objects, from_file.objects, strict=True):
        assert {**ours, "timing_ms": None} == {**theirs, "timing_ms": None}
    assert from_file.objects[-2]["question"] == "\ufffd\ufffd"


def test_no_questions_give_no_output(run: Run, config: str) -> None:
    ran = run("ask", "--questions", "-", "--json", "--config", config)
    assert (ran.status, ran.out, ran.err) == (0, "", "")


def test_questions_for_a_person_are_repeated_above_their_answers(run: Run, config: str) -> None:
    ran = run("ask", "--questions", "-", "--config", config, stdin=b"These 3\n[bold]\n")
    blocks = ran.out.split("\n> ")
    assert blocks[0].startswith("> These 3\n")
    assert blocks[1].startswith("[bold]\n")


HOSTILE = [
    "\x00",
    "a\x00b",
    "".join(map(chr, range(32))),
    "\ud800",
    "Was ist \udcff das?",
    "😀🎉",
    "\u202eשלום\u202c",
    "a" * 100_000,
    "[bold]x[/] [red]",
    "<script>alert(1)</script>",
    "{title} $HOME %s",
    "",
]


@pytest.mark.parametrize("question", HOSTILE)
@pytest.mark.parametrize("form", [(), ("--json",)], ids=["text", "json"])
def test_a_hostile_question_is_answered_or_refused_without_traceback(
    run: Run, config: str, question: str, form: tuple[str, ...]
) -> None:
    ran = run("ask", *form, "--config", config, "--", question)
    assert ran.status in {0, 1}
    assert "Traceback" not in ran.err
    if form:
        assert ran.objects[0]["question"] == question


@pytest.mark.parametrize("numbers", [text for text in HOSTILE if text.strip()])
def test_a_hostile_number_is_one_line(run: Run, config: str, numbers: str) -> None:
    ran = run("thesis", "--config", config, "--", numbers)
    assert (ran.status, ran.out) == (2, "")
    assert is_one_line(ran.err)


@pytest.mark.parametrize(
    ("numbers", "held"),
    [
        (["3"], [3]),
        (["III"], [3]),
        (["2-4"], [2, 3, 4]),
        (["1,3"], [1, 3]),
        (["5 und 1"], [5, 1]),
        (["die", "zweite"], [2]),
        (["letzte"], [5]),
    ],
)
def test_theses_are_shown_by_their_numbers(
    run: Run, own_seeds: str, numbers: list[str], held: list[int], tmp_path: Path
) -> None:
    ran = run("thesis", *numbers, "--json", "--config", own_seeds)
    assert (ran.status, ran.err) == (0, "")
    (answer,) = ran.objects
    assert answer["outcome"] == "thesis"
    assert [passage["thesis"] for passage in answer["passages"]] == held
    assert not (tmp_path / "data").exists()


def test_numbers_may_be_given_one_by_one(run: Run, own_seeds: str) -> None:
    ran = run("thesis", "5", "1", "--json", "--config", own_seeds)
    assert [passage["thesis"] for passage in ran.objects[0]["passages"]] == [5, 1]


def test_a_thesis_is_printed_word_for_word_with_its_citation(run: Run, own_seeds: str) -> None:
    ran = run("thesis", "3", "--config", own_seeds)
    source = (ROOT / "seeds" / "bvdw-zehn-thesen-2011.txt").read_text(encoding="utf-8")
    start, end = source.index("3. Die"), source.index("\n4. CRM")
    assert ran.out == (
        f"Hier ist, was du sehen wolltest:\n\n{source[start:end].rstrip()}\n"
        "— These 3: Die Produktentwicklung wird sozialisiert · BVDW präsentiert zehn Thesen zur "
        "Zukunft von Social Media (Bundesverband Digitale Wirtschaft (BVDW), internetworld.de, "
        "2011)\n"
    )


def test_a_thesis_that_is_not_held_exits_with_1_and_says_what_is(run: Run, own_seeds: str) -> None:
    ran = run("thesis", "8", "--config", own_seeds)
    assert (ran.status, ran.err) == (1, "")
    assert ran.out == (
        "Die Quelle kündigt zehn Thesen an; der gespeicherte Text enthält die Thesen 1 bis 5. "
        "Nicht darin: These 8.\n"
    )


def test_theses_partly_held_are_shown(run: Run, own_seeds: str) -> None:
    ran = run("thesis", "4-6", "--json", "--config", own_seeds)
    (answer,) = ran.objects
    assert (ran.status, answer["outcome"]) == (0, "no_such_thesis")
    assert [passage["thesis"] for passage in answer["passages"]] == [4, 5]


def test_what_is_no_number_exits_with_2_and_one_line(run: Run, own_seeds: str) -> None:
    ran = run("thesis", "Praktikanten", "--config", own_seeds)
    assert (ran.status, ran.out) == (2, "")
    assert is_one_line(ran.err)
    assert "Praktikanten" in ran.err


def test_a_number_where_no_text_has_numbers_is_not_called_no_number(
    run: Run, config: str, tmp_path: Path
) -> None:
    (tmp_path / "seeds" / "obst.txt").write_text("Es war einmal.\n\nEnde.\n", encoding="utf-8")
    ran = run("thesis", "3", "--config", config)
    assert ran.status != 0
    assert "asks for no thesis by number" not in ran.err


def test_theses_lists_each_thesis_and_what_is_missing(run: Run, own_seeds: str) -> None:
    ran = run("theses", "--config", own_seeds)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == (
        "BVDW präsentiert zehn Thesen zur Zukunft von Social Media\n"
        "  These 1: Social Media wird in Unternehmensorganisationen integriert\n"
        "  These 2: Employer Branding 2.0\n"
        "  These 3: Die Produktentwicklung wird sozialisiert\n"
        "  These 4: CRM wird nicht mehr sein, was es war\n"
        "  These 5: Unternehmen aus der zweiten Reihe springen auf\n"
        "  Die Quelle kündigt zehn Thesen an; der gespeicherte Text enthält die Thesen 1 bis 5.\n"
    )


def test_build_says_what_it_did(run: Run, config: str, tmp_path: Path) -> None:
    dry = run("build", "--dry-run", "--config", config)
    assert (dry.status, dry.out) == (
        0,
        "added: obst\nchanged: none\nremoved: none\nunchanged: none\n",
    )
    assert not (tmp_path / "data").exists()
    first = run("build", "--config", config)
    assert first.status == 0
    assert first.out.startswith("added: obst\n")
    assert int(first.out.rsplit(": ", 1)[1]) >= 3
    again = run("build", "--config", config)
    assert again.out == (
        "added: none\nchanged: none\nremoved: none\nunchanged: obst\ntexts embedded: 0\n"
    )


def test_check_exits_with_0_when_all_is_ready_and_2_when_not(run: Run, config: str) -> None:
    ran = run("check", "--config", config)
    assert ran.status == 2
    engine = choose_engine("bundled").words
    assert ran.out.startswith(f"texts: ready\nmodel by {engine}: ready\nindex: ")
    run("build", "--config", config)
    ran = run("check", "--config", config)
    assert (ran.status, ran.out) == (0, f"texts: ready\nmodel by {engine}: ready\nindex: ready\n")


def test_chat_and_start_answer_what_is_typed(run: Run, config: str) -> None:
    for command in ("chat", "start"):
        ran = run(command, "--config", config, stdin=b"These 2\n")
        assert ran.status == 0
        assert "2. Birnen sind grün.\n— These 2 · obst" in ran.out.replace("Thesis", "These")


CONFIG_FAULTS = {
    "unknown key": 'sedes = "x"\n',
    "wrong type": "seeds = 3\n",
    "wrong value": 'language = "fr"\n',
    "rate out of range": "false_answer_rate = 0.5\n",
    "not a number": "false_answer_rate = nan\n",
    "no TOML": "seeds = \n",
    "no text": "\x00\n",
}


@pytest.mark.parametrize("text", CONFIG_FAULTS.values(), ids=CONFIG_FAULTS)
@pytest.mark.parametrize(
    "command", [("ask", "Was?"), ("thesis", "3"), ("theses",), ("build",), ("check",), ("chat",)]
)
def test_a_faulty_config_is_one_line_that_names_it(
    run: Run, tmp_path: Path, text: str, command: tuple[str, ...]
) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(text, encoding="utf-8")
    ran = run(*command, "--config", str(path))
    assert (ran.status, ran.out) == (2, "")
    assert is_one_line(ran.err)
    assert ran.err.startswith(f"{path}: ")


def test_a_config_that_is_missing_or_a_folder_is_one_line(run: Run, tmp_path: Path) -> None:
    for path in (tmp_path / "missing.toml", tmp_path, tmp_path / ("x" * 300)):
        ran = run("theses", "--config", str(path))
        assert (ran.status, ran.out) == (2, "")
        assert is_one_line(ran.err)


def test_two_faults_in_a_config_are_two_lines(run: Run, tmp_path: Path) -> None:
    (tmp_path / "wrong.toml").write_text('sedes = "x"\nlanguage = 1\n', encoding="utf-8")
    ran = run("theses", "--config", str(tmp_path / "wrong.toml"))
    assert ran.status == 2
    assert len(ran.err.splitlines()) == 2


ODD_CONFIGS = {
    "model name too long for a file": f"model = '{'a' * 300}'\n",
    "NUL in a path": 'seeds = "a\\u0000b"\n',
    "deeply nested": f"a = {'[' * 5_000}\n",
    "line end in a key": '"a\\nb" = 1\n',
}


@pytest.mark.parametrize("text", ODD_CONFIGS.values(), ids=ODD_CONFIGS)
def test_an_odd_config_is_one_line(run: Run, tmp_path: Path, text: str) -> None:
    (tmp_path / "odd.toml").write_text(text, encoding="utf-8")
    ran = run("theses", "--config", str(tmp_path / "odd.toml"))
    assert (ran.status, ran.out) == (2, "")
    assert is_one_line(ran.err)


SEED_FAULTS: dict[str, dict[str, bytes]] = {
    "no text": {},
    "an empty text": {"leer.txt": b""},
    "a text of no known format": {"bild.png": b"x"},
    "metadata that are no TOML": {"a.txt": b"1. Eins.\n2. Zwei.\n", "a.toml": b"year = "},
    "an unknown key": {"a.txt": b"1. Eins.\n2. Zwei.\n", "a.toml": b"jahr = 2011"},
    "a wrong type": {"a.txt": b"1. Eins.\n2. Zwei.\n", "a.toml": b'year = "2011"'},
    "metadata beside nothing": {"a.txt": b"1. Eins.\n2. Zwei.\n", "b.toml": b"year = 2011"},
}


@pytest.mark.parametrize("files", SEED_FAULTS.values(), ids=SEED_FAULTS)
@pytest.mark.parametrize("command", [("theses",), ("thesis", "3"), ("ask", "Was?"), ("build",)])
def test_faulty_seeds_are_one_line_that_names_the_file(
    run: Run, config: str, tmp_path: Path, files: dict[str, bytes], command: tuple[str, ...]
) -> None:
    seeds = tmp_path / "seeds"
    (seeds / "obst.txt").unlink()
    for name, content in files.items():
        (seeds / name).write_bytes(content)
    ran = run(*command, "--config", config)
    assert (ran.status, ran.out) == (2, "")
    assert is_one_line(ran.err)
    assert (list(files) or [seeds.name])[-1] in ran.err
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("command", [("theses",), ("ask", "Was?"), ("build",)])
def test_a_seeds_folder_that_is_none_is_one_line(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setattr(Workplace, "embedder", HashEmbedder())
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for seeds in (tmp_path / "missing", tmp_path / "file"):
        ran = run(*command, "--config", write_config(tmp_path, seeds, tmp_path / "data"))
        assert (ran.status, ran.out) == (2, "")
        assert is_one_line(ran.err)
        assert str(seeds) in ran.err


@pytest.mark.parametrize("command", [("ask", "Wie sind Birnen?", "--json"), ("build",)])
@pytest.mark.parametrize("data", ["file", "file/below", "/proc/none"])
def test_a_data_folder_that_cannot_be_one_is_one_line(
    run: Run, config: str, tmp_path: Path, data: str, command: tuple[str, ...]
) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    ran = run(*command, "--config", write_config(tmp_path, Path("seeds"), Path(data)))
    assert (ran.status, ran.out) == (2, "")
    *before, error = filter(None, ran.err.splitlines())
    assert all(line.startswith("building the index in ") for line in before)
    assert Path(data).parts[-1] in error
    assert (tmp_path / "file").read_text(encoding="utf-8") == "x"


def test_a_data_folder_that_is_read_only_is_one_line(
    run: Run, config: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(tmp_path / "data"))

    monkeypatch.setattr("index.store.tempfile.mkdtemp", refuse)
    ran = run("build", "--config", config)
    assert (ran.status, ran.out) == (2, "")
    assert is_one_line(ran.err)
    assert "Read-only file system" in ran.err


def test_a_damaged_index_is_one_line_until_it_is_built_anew(
    run: Run, config: str, tmp_path: Path
) -> None:
    run("build", "--config", config)
    data = tmp_path / "data"
    for path in [data / "current", *sorted((data / "versions").glob("*/*"))]:
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
        ran = run("ask", "Birnen sind grün.", "--json", "--config", config)
        assert (ran.status, ran.out) == (2, ""), path.name
        assert is_one_line(ran.err)
        assert "thesenbot build" in ran.err
        path.write_bytes(whole)
    path.write_bytes(b"x")
    assert run("build", "--config", config).status == 0
    assert run("ask", "Birnen sind grün.", "--config", config).status == 0


def test_theses_by_number_need_no_sound_index(run: Run, config: str, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("no folder", encoding="utf-8")
    for command in (("thesis", "2"), ("theses",), ("ask", "Zeig mir These 2")):
        ran = run(*command, "--config", config)
        assert (ran.status, ran.err) == (0, "")
        assert "Birnen sind grün." in ran.out


USAGE = [
    ("ask",),
    ("ask", "--questions", "/no/such/file"),
    ("ask", "--questions", "/"),
    ("ask", "Was?", "--top", "0"),
    ("ask", "Was?", "--top", "viele"),
    ("ask", "Was?", "--nonsense"),
    ("thesis",),
    ("nonsense",),
]


@pytest.mark.parametrize("command", USAGE, ids=" ".join)
def test_wrong_usage_exits_with_2_and_an_error_on_stderr(
    run: Run, config: str, command: tuple[str, ...]
) -> None:
    ran = run(*command, *(["--config", config] if command != ("nonsense",) else []))
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.strip()
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("command", USAGE[:3], ids=" ".join)
def test_a_question_that_cannot_be_had_is_one_line(
    run: Run, config: str, command: tuple[str, ...]
) -> None:
    assert is_one_line(run(*command, "--config", config).err)


def test_an_interrupt_exits_with_130(
    run: Run, config: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: Workplace) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Workplace, "answerer", interrupted)
    ran = run("ask", "Was?", "--config", config)
    assert (ran.status, ran.out, ran.err) == (130, "", "")


@pytest.mark.parametrize(
    "command", ["build", "ask", "thesis", "theses", "chat", "check", "eval", "run", "start"]
)
def test_every_command_explains_itself(run: Run, command: str) -> None:
    ran = run(command, "--help")
    assert (ran.status, ran.err) == (0, "")
    assert "--config" in ran.out


LOADED = """
import sys
from bot.cli import main
try:
    main()
finally:
    print(*sorted({name.split(".")[0] for name in sys.modules}), file=sys.stderr)
"""


@pytest.mark.parametrize(
    "command",
    [("--help",), ("ask", "--help"), ("thesis", "3"), ("thesis", "3", "--json"), ("theses",)],
    ids=" ".join,
)
def test_what_needs_no_model_loads_none_of_its_libraries(
    command: tuple[str, ...], own_seeds: str
) -> None:
    config = [] if "--help" in command else ["--config", own_seeds]
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *command, *config],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        check=True,
    )
    assert done.stdout
    (modules,) = done.stderr.splitlines()
    assert "typer" in modules.split()
    assert not HEAVY & set(modules.split())


def test_a_reader_that_stops_reading_causes_no_traceback(own_seeds: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-c", LOADED, "theses", "--config", own_seeds],
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            check=False,
        )
    finally:
        os.close(writing)
    assert "Traceback" not in done.stderr


@pytest.fixture
def real(
    own_index: Path,
    model: Embedder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    monkeypatch.setattr(Workplace, "embedder", model)
    return write_config(tmp_path, ROOT / "seeds", own_index)


@pytest.mark.model
def test_a_german_question_is_answered_in_german_with_the_thesis_on_interns(
    run: Run, real: str
) -> None:
    ran = run("ask", "Was wird aus Praktikanten?", "--json", "--config", real)
    (answer,) = ran.objects
    assert (ran.status, ran.err) == (0, "")
    assert (answer["language"], answer["outcome"]) == ("de", "answer")
    best = answer["passages"][0]
    assert best["thesis"] == 1
    assert best["text"].startswith("1.Social Media wird in Unternehmensorganisationen integriert")
    assert best["citation"].startswith("These 1: ")


@pytest.mark.model
def test_an_english_question_is_answered_in_english_with_an_unofficial_translation(
    run: Run, real: str
) -> None:
    ran = run("ask", "How will companies find new staff?", "--config", real)
    assert (ran.status, ran.err) == (0, "")
    frame, quotation, translation = (
        ran.out.partition("\n\n")[0],
        *ran.out.split("Unofficial translation:\n"),
    )
    assert frame == "This fits your question best:"
    assert "\n2. Employer Branding 2.0\nEmployer Branding in Social Media wird" in quotation
    assert "— Thesis 2: Employer Branding 2.0 · BVDW präsentiert" in quotation
    assert translation.startswith("2. Employer Branding 2.0\nEmployer branding in social media is")


@pytest.mark.model
def test_a_thesis_announced_but_not_held_is_told_of(run: Run, real: str) -> None:
    ran = run("ask", "Was steht in These 8?", "--config", real)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == (
        "Die Quelle kündigt zehn Thesen an; der gespeicherte Text enthält die Thesen 1 bis 5. "
        "Nicht darin: These 8.\n"
    )
