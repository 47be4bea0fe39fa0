"""An answer as JSON: its keys, their order, and text that is exactly the source's."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer import (
    Answer,
    ByMeaning,
    ByNumber,
    NoSuchThesis,
    NothingFits,
    Outcome,
    Quote,
    Refusal,
    Unsure,
    WhichWork,
)
from bot.citation import cite
from bot.frame import message
from bot.jsonform import outcome_name, to_json
from index import Document, Language, Passage, Span, Work
from index.seeds import read_seeds
from tests.conftest import ROOT
from tests.fakes import make_document

TEXT = '1. Äpfel\r\n"Rot"\u00a0\u2003sind\tsie.  Und 👩‍👩‍👧 rund\u202e.\x00\x1b[1m [bold]:smile:\n'
TITLE, FIRST, SECOND = Span(3, 8), Span(10, 27), Span(29, len(TEXT) - 1)
PASSAGE = Passage("obst", "thesis", 1, Span(0, SECOND.end), TITLE, (TITLE, FIRST, SECOND))
OBST = Document("obst", "obst.txt", "", TEXT, Work("Vom Obst", year=2011), (PASSAGE,))
QUOTES = (Quote(OBST, PASSAGE, SECOND, 0.123456789),)

NAMES: list[tuple[Outcome, str]] = [
    (ByNumber(QUOTES), "thesis"),
    (ByMeaning(QUOTES), "answer"),
    (Unsure(QUOTES), "unsure"),
    (WhichWork((1,), QUOTES), "unsure"),
    (NothingFits(QUOTES), "none"),
    (NothingFits(()), "none"),
    (Refusal("other-language", QUOTES), "none"),
    (Refusal("empty"), "none"),
    (Refusal("no-words"), "none"),
    (Refusal("too-long"), "none"),
    (NoSuchThesis(OBST, (8,), (1,), QUOTES), "no_such_thesis"),
    (NoSuchThesis(OBST, (8,), (1,), ()), "no_such_thesis"),
]


def said(outcome: Outcome, language: Language = "de", question: str = "Was?") -> dict[str, Any]:
    return to_json(question, Answer(language, outcome), {"total": 1.5})


@pytest.mark.parametrize(("outcome", "name"), NAMES)
def test_every_outcome_has_its_name(outcome: Outcome, name: str) -> None:
    assert outcome_name(outcome) == name
    assert said(outcome)["outcome"] == name


@pytest.mark.parametrize(("outcome", "name"), NAMES)
def test_every_object_has_the_same_keys_in_the_same_order(outcome: Outcome, name: str) -> None:
    form = said(outcome)
    assert list(form) == ["question", "language", "outcome", "passages", "message", "timing_ms"]
    for passage in form["passages"]:
        assert list(passage) == [
            "document",
            "thesis",
            "title",
            "text",
            "start",
            "end",
            "highlight",
            "score",
            "citation",
        ]


def test_the_object_says_what_was_asked_and_answered() -> None:
    answer = Answer("en", ByMeaning(QUOTES))
    assert to_json("What?", answer, {"total": 1.5}) == {
        "question": "What?",
        "language": "en",
        "outcome": "answer",
        "passages": [
            {
                "document": "obst",
                "thesis": 1,
                "title": "Äpfel",
                "text": TEXT[:-1],
                "start": 0,
                "end": len(TEXT) - 1,
                "highlight": {"start": SECOND.start, "end": SECOND.end},
                "score": 0.123457,
                "citation": cite(OBST, PASSAGE, "en"),
            }
        ],
        "message": message(answer),
        "timing_ms": {"total": 1.5},
    }


def test_what_a_passage_lacks_is_null() -> None:
    document = make_document("prosa", ["Es war einmal."], numbers=[None])
    (passage,) = said(Unsure((Quote(document, document.passages[0]),)))["passages"]
    assert passage["thesis"] is passage["title"] is passage["highlight"] is None


def test_passages_stay_in_the_order_of_the_answer() -> None:
    document = make_document("obst", ["A.", "B.", "C."])
    quotes = tuple(Quote(document, document.passages[i]) for i in (2, 0, 1))
    assert [p["thesis"] for p in said(ByMeaning(quotes))["passages"]] == [3, 1, 2]


def test_text_survives_json_character_by_character() -> None:
    for ensure_ascii in (True, False):
        form = json.loads(json.dumps(said(ByNumber(QUOTES)), ensure_ascii=ensure_ascii))
        (passage,) = form["passages"]
        assert passage["text"] == TEXT[passage["start"] : passage["end"]]
        marked = passage["highlight"]
        assert TEXT[marked["start"] : marked["end"]] == SECOND.of(TEXT)


def test_each_passage_of_the_shipped_text_is_a_slice_of_it() -> None:
    (document,) = read_seeds(ROOT / "seeds")
    quotes = tuple(
        Quote(document, passage, sentence)
        for passage in document.passages
        for sentence in (None, *passage.sentences)
    )
    for passage in said(ByMeaning(quotes))["passages"]:
        assert passage["text"] == document.text[passage["start"] : passage["end"]]
        assert passage["title"] is None or passage["title"] in passage["text"]
        marked = passage["highlight"]
        if marked is not None:
            assert passage["start"] <= marked["start"] < marked["end"] <= passage["end"]


@given(st.text(st.characters()))
def test_any_question_comes_back_as_it_was_asked(question: str) -> None:
    line = json.dumps(said(Refusal("no-words"), question=question), ensure_ascii=True)
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["question"] == question
