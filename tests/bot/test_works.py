"""A text chooses among several works by naming one."""

from __future__ import annotations

import pytest

from bot.works import named_works, works_of_reference
from index import Work
from tests.fakes import make_document

FIRST = make_document(
    "bvdw-2011", ["A."], work=Work("Zehn Thesen zu Social Media", "BVDW", "Verband", year=2011)
)
SECOND = make_document(
    "luther", ["B."], work=Work("Disputatio pro declaratione", "95 Thesen", "Grunenberg", year=1517)
)
THIRD = make_document("manifest", ["C."])
ALL = [FIRST, SECOND, THIRD]


def names(text: str) -> list[str]:
    return [document.name for document in named_works(text, ALL)]


def names_by_reference(text: str) -> list[str]:
    return [document.name for document in works_of_reference(text, ALL)]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Was sagt der BVDW dazu?", ["bvdw-2011"]),
        ("was sagt bvdw?", ["bvdw-2011"]),
        ("in „Zehn Thesen zu Social-Media“", ["bvdw-2011"]),
        ("gedruckt von GRUNENBERG", ["luther"]),
        ("Was steht in den 95 Thesen?", ["luther"]),
        ("Was unterscheidet BVDW und Grunenberg?", ["bvdw-2011", "luther"]),
        ("Grunenberg und BVDW", ["bvdw-2011", "luther"]),
        ("Was wird aus Praktikanten?", []),
        ("Verbandskasten", []),
        ("zehn thesen", []),
        ("", []),
    ],
)
def test_title_short_title_and_publisher_name_a_work(text: str, named: list[str]) -> None:
    assert names(text) == named


@pytest.mark.parametrize("text", ["1517", "im Jahr 2011", "das Manifest", "luther"])
def test_year_and_file_name_name_a_work_only_in_a_reference(text: str) -> None:
    assert names(text) == []
    assert len(names_by_reference(text)) == 1


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("These 3 von 2011", ["bvdw-2011"]),
        ("These 3, 1517", ["luther"]),
        ("manifest 3", ["manifest"]),
        ("bvdw-2011 These 3", ["bvdw-2011"]),
        ("These 3 BVDW", ["bvdw-2011"]),
        ("These 3 von 2012", []),
        ("These 3", []),
    ],
)
def test_a_reference_names_a_work(text: str, named: list[str]) -> None:
    assert names_by_reference(text) == named


def test_of_works_of_one_publisher_the_year_chooses() -> None:
    works = [
        make_document(f"liste-{year}", ["A."], work=Work(f"Liste {year}", "BVDW", year=year))
        for year in (2011, 2012)
    ]
    other = make_document("anderes", ["B."], work=Work("Anderes", "DIN", year=2012))
    assert works_of_reference("BVDW 2012, These 1", [*works, other]) == [works[1]]
    assert works_of_reference("BVDW, These 1", [*works, other]) == works


def test_naming_every_work_or_having_one_chooses_nothing() -> None:
    assert named_works("BVDW und Grunenberg", [FIRST, SECOND]) == []
    assert named_works("BVDW", [FIRST]) == []
    assert works_of_reference("BVDW 2011", [FIRST]) == []
    assert named_works("BVDW", []) == []


def test_a_name_of_two_letters_is_too_short_to_go_by() -> None:
    short = make_document("a", ["A."], work=Work("Über die Kunst", "Du", "Er"))
    assert named_works("Kommst Du? Er auch?", [short, SECOND]) == []


def test_a_title_that_is_only_the_file_name_names_nothing_in_a_question() -> None:
    assert names("Wo steht das im Manifest?") == []


@pytest.mark.parametrize("text", ["\x00", "\ud800", "\u202ebvdw", "a" * 100_000, "😀"])
def test_no_text_breaks_it(text: str) -> None:
    named_works(text, ALL)
    works_of_reference(text, ALL)
