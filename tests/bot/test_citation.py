"""A passage is cited in one line: thesis, title, work, publisher, where and when."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.citation import cite, name_passage
from index import Document, Language, Passage, Span, Work
from index.seeds import read_seeds
from tests.conftest import ROOT
from tests.fakes import make_document

FULL = Work("Thesen vom Obst", "Obst", "Gartenbund", "gartenbund.example", 2011, "de")


def titled(title: str, work: Work = FULL) -> tuple[Document, Passage]:
    text = f"2. {title}\nMehr dazu."
    end = 3 + len(title)
    sentences = (Span(3, end), Span(end + 1, len(text)))
    passage = Passage("obst", "thesis", 2, Span(0, len(text)), Span(3, end), sentences)
    return Document("obst", "obst.txt", "", text, work, (passage,)), passage


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("de", "These 2: Äpfel sind rot · Thesen vom Obst (Gartenbund, gartenbund.example, 2011)"),
        ("en", "Thesis 2: Äpfel sind rot · Thesen vom Obst (Gartenbund, gartenbund.example, 2011)"),
    ],
)
def test_a_citation_names_thesis_title_work_publisher_place_and_year(
    language: Language, expected: str
) -> None:
    assert cite(*titled("Äpfel sind rot"), language) == expected


@pytest.mark.parametrize(
    ("missing", "expected"),
    [
        ({"publisher": None}, "Thesen vom Obst (gartenbund.example, 2011)"),
        ({"published_in": None}, "Thesen vom Obst (Gartenbund, 2011)"),
        ({"year": None}, "Thesen vom Obst (Gartenbund, gartenbund.example)"),
        ({"publisher": None, "published_in": None}, "Thesen vom Obst (2011)"),
        ({"publisher": "", "published_in": "", "year": None}, "Thesen vom Obst"),
        ({"publisher": None, "published_in": None, "year": None}, "Thesen vom Obst"),
    ],
)
def test_what_is_not_known_is_left_out(missing: dict[str, Any], expected: str) -> None:
    document, passage = titled("Äpfel", replace(FULL, **missing))
    assert cite(document, passage, "de") == f"These 2: Äpfel · {expected}"


def test_a_thesis_without_title_is_cited_by_its_number() -> None:
    document = make_document("obst", ["Äpfel.", "Birnen."])
    assert cite(document, document.passages[1], "en") == "Thesis 2 · obst"


@pytest.mark.parametrize(
    ("kind", "language", "name"),
    [
        ("introduction", "de", "Einleitung"),
        ("introduction", "en", "Introduction"),
        ("paragraph", "de", "Absatz"),
        ("paragraph", "en", "Paragraph"),
    ],
)
def test_other_passages_are_named_by_what_they_are(
    kind: Any, language: Language, name: str
) -> None:
    document = make_document("obst", ["Äpfel."], numbers=[None])
    passage = replace(document.passages[0], kind=kind)
    assert name_passage(passage, language) == name
    assert cite(document, passage, language) == f"{name} · obst"


@pytest.mark.parametrize("number", [0, 7, 95, 1_000, 2_011])
def test_a_number_is_written_without_separators(number: int) -> None:
    passage = replace(make_document("x", ["Y."]).passages[0], thesis=number)
    assert name_passage(passage, "de") == f"These {number}"
    assert name_passage(passage, "en") == f"Thesis {number}"


def test_a_title_over_several_lines_becomes_one_line() -> None:
    document, passage = titled("Äpfel\r\n   sind\u00a0\trot")
    assert cite(document, passage, "de").startswith("These 2: Äpfel sind rot · ")


def test_a_work_title_over_several_lines_becomes_one_line() -> None:
    document, passage = titled("Äpfel", replace(FULL, title="Thesen\nvom Obst"))
    assert "\n" not in cite(document, passage, "de")


@pytest.mark.parametrize("odd", ["{ $title }", "[bold]x[/bold]", "%s {0}", ":smile:", "*x* _y_"])
def test_titles_are_no_templates(odd: str) -> None:
    document, passage = titled(odd, replace(FULL, title=odd, publisher=odd))
    assert cite(document, passage, "de") == (
        f"These 2: {odd} · {odd} ({odd}, gartenbund.example, 2011)"
    )


def test_the_shipped_text_is_cited_in_full() -> None:
    (document,) = read_seeds(ROOT / "seeds")
    passage = document.thesis(2)
    assert passage is not None
    assert cite(document, passage, "en") == (
        "Thesis 2: Employer Branding 2.0 · BVDW präsentiert zehn Thesen zur Zukunft von Social "
        "Media (Bundesverband Digitale Wirtschaft (BVDW), internetworld.de, 2011)"
    )
    assert cite(document, document.passages[0], "de").startswith("Einleitung · BVDW präsentiert")
