from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import SeedError
from index.labelled import MAX_QUESTION_CHARACTERS, LabelledQuestion, read_labelled

FORM = "needs target, language and question, separated by one tab each"


def read(folder: Path, content: str | bytes) -> tuple[LabelledQuestion, ...]:
    path = folder / "q.tsv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_labelled(path)


def faults(folder: Path, content: str | bytes) -> list[str]:
    with pytest.raises(SeedError) as caught:
        read(folder, content)
    return str(caught.value).splitlines()


def test_each_line_is_a_question_with_its_number_and_notes(tmp_path: Path) -> None:
    assert read(tmp_path, "1\tde\tWas gilt?\nintroduction\ten\tWhy?\tkind\ttest\n") == (
        LabelledQuestion(1, "1", "de", "Was gilt?", ()),
        LabelledQuestion(2, "introduction", "en", "Why?", ("kind", "test")),
    )


def test_comments_and_blank_lines_do_not_count_but_are_counted(tmp_path: Path) -> None:
    found = read(tmp_path, "# eins\n\n \t \n1\tde\tWas?\n#1\tde\tNein?\n2\tde\tUnd?\n")
    assert [(question.line, question.question) for question in found] == [(4, "Was?"), (6, "Und?")]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_every_line_end_and_encoding_gives_the_same_questions(
    tmp_path: Path, encoding: str, line_end: str
) -> None:
    lines = ["# Frägen", "", "1\tde\tWas heißt „größer“?\tNotiz", "2\ten\tWhy?", ""]
    assert read(tmp_path, line_end.join(lines).encode(encoding)) == (
        LabelledQuestion(3, "1", "de", "Was heißt „größer“?", ("Notiz",)),
        LabelledQuestion(4, "2", "en", "Why?", ()),
    )


def test_white_space_around_columns_is_dropped_and_within_kept(tmp_path: Path) -> None:
    assert read(tmp_path, " 1 \t de\tWas  gilt ? \t \n") == (
        LabelledQuestion(1, "1", "de", "Was  gilt ?", ("",)),
    )


@pytest.mark.parametrize("content", ["# nur ein Kommentar", "\n\n", "\ufeff\n"])
def test_a_file_without_questions_gives_none(tmp_path: Path, content: str) -> None:
    assert read(tmp_path, content) == ()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("1", FORM),
        ("1\tde", FORM),
        ("1 de Was?", FORM),
        ("  # eingerückt", FORM),
        ("\tde\tWas?", "the first column, which passage answers, is empty"),
        (" \tde\tWas?", "the first column, which passage answers, is empty"),
        ("1\tfr\tQuoi?", "the language is 'fr'; de or en is needed"),
        ("1\tDE\tWas?", "the language is 'DE'; de or en is needed"),
        ("1\t\tWas?", "the language is ''; de or en is needed"),
        ("1\tWas gilt?\tde", "the language is 'Was gilt?'; de or en is needed"),
        (f"1\t{'x' * 99}\tWas?", f"the language is '{'x' * 20}'; de or en is needed"),
        ("1\tde\t", "the question is empty"),
        ("1\tde\t \tNotiz", "the question is empty"),
        (f"1\tde\t{'x' * 2_001}", "the question is longer than 2,000 characters"),
    ],
)
def test_a_line_of_another_form_is_named_with_its_number(
    tmp_path: Path, line: str, reason: str
) -> None:
    assert faults(tmp_path, f"# c\n1\tde\tJa?\n{line}\n1\tde\tJa?\n") == [f"q.tsv:3: {reason}"]


def test_a_question_may_be_as_long_as_allowed(tmp_path: Path) -> None:
    (question,) = read(tmp_path, f"1\tde\t{'x' * MAX_QUESTION_CHARACTERS}")
    assert len(question.question) == MAX_QUESTION_CHARACTERS


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_fault_is_named_at_once_in_order(tmp_path: Path, line_end: str) -> None:
    lines = ["1", "# c", "\tde\tWas?", "", "1\tfr\tQuoi?", "1\tde\tJa?", "1\tde\t"]
    assert faults(tmp_path, line_end.join(lines)) == [
        f"q.tsv:1: {FORM}",
        "q.tsv:3: the first column, which passage answers, is empty",
        "q.tsv:5: the language is 'fr'; de or en is needed",
        "q.tsv:7: the question is empty",
    ]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SeedError, match=r"^none\.tsv: no such file$"):
        read_labelled(tmp_path / "none.tsv")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(SeedError, match=r": not a file$"):
        read_labelled(tmp_path)


def test_an_empty_file_is_a_fault(tmp_path: Path) -> None:
    assert faults(tmp_path, b"") == ["q.tsv: the file is empty"]


def test_what_is_no_text_is_a_fault_with_its_line(tmp_path: Path) -> None:
    assert faults(tmp_path, b"1\tde\tWas?\n1\tde\tW\x00s?\n") == [
        "q.tsv:2: holds the control character U+0000: is this a text file?"
    ]


@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(["1", "27", "introduction"]),
            st.sampled_from(["de", "en"]),
            st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=40),
        ),
        max_size=20,
    )
)
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
def test_what_was_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]]
) -> None:
    content = "# Fragen\n" + "".join("\t".join(row) + "\n" for row in rows)
    found = read(tmp_path_factory.getbasetemp(), content)
    assert [(question.target, question.language, question.question) for question in found] == rows
