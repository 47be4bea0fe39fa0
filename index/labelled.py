"""Questions with the passage that answers each, one a line, columns separated by one tab."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import cast, get_args

from index.errors import SeedError, SeedFault
from index.passage import Language
from index.reading.decoding import UnreadableError, decode
from index.reading.files import read_bytes
from index.reading.lines import LINE_END

MAX_QUESTION_CHARACTERS = 2_000
"""Longest question in a list."""


@dataclass(frozen=True, slots=True)
class LabelledQuestion:
    """One line of the file.

    Attributes:
        line: Its number, from 1.
        target: What answers the question, as written in the first column.
        language: The language it is asked in, from the second column.
        question: The third column.
        notes: All further columns.
    """

    line: int
    target: str
    language: Language
    question: str
    notes: tuple[str, ...]


def read_labelled(path: Path) -> tuple[LabelledQuestion, ...]:
    """The questions of a file in its order; empty lines and such that start with # do not count.

    Raises:
        SeedError: The file cannot be read, or a fault for each line of another form.
    """
    questions, faults = read_lines(path)
    if faults:
        raise SeedError(faults)
    return tuple(questions)


def read_lines(path: Path) -> tuple[list[LabelledQuestion], list[SeedFault]]:
    """The same with the faults given back, for those who look for more of them.

    Raises:
        SeedError: The file cannot be read.
    """
    content = read_bytes(path)
    try:
        text = decode(content)
    except UnreadableError as error:
        raise SeedError([SeedFault(path.name, error.line, error.reason)]) from error
    questions: list[LabelledQuestion] = []
    faults: list[SeedFault] = []
    for number, line in enumerate(LINE_END.split(text), 1):
        if not line.strip() or line.startswith("#"):
            continue
        columns = [column.strip() for column in line.split("\t")]
        reason = _fault_of(columns)
        if reason:
            faults.append(SeedFault(path.name, number, reason))
        else:
            target, language, question, *notes = columns
            questions.append(
                LabelledQuestion(number, target, cast(Language, language), question, tuple(notes))
            )
    return questions, faults


def _fault_of(columns: list[str]) -> str | None:
    if len(columns) < 3:
        return "needs target, language and question, separated by one tab each"
    target, language, question = columns[:3]
    if not target:
        return "the first column, which passage answers, is empty"
    if language not in get_args(Language):
        return f"the language is {language[:20]!r}; de or en is needed"
    if not question:
        return "the question is empty"
    if len(question) > MAX_QUESTION_CHARACTERS:
        return f"the question is longer than {MAX_QUESTION_CHARACTERS:,} characters"
    return None
