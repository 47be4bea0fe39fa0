"""What is said around a quotation, in German and English."""

from __future__ import annotations

from dataclasses import replace

import pytest

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
from bot.frame import message, missing_theses
from index import Document, Language, Work
from index.seeds import read_seeds
from tests.conftest import ROOT
from tests.fakes import make_document

OBST = make_document("obst", ["Äpfel sind rot.", "Birnen sind grün."], work=Work("Vom Obst"))
QUOTES = tuple(Quote(OBST, passage) for passage in OBST.passages)
SAID: list[tuple[Outcome, str, str]] = [
    (ByNumber(QUOTES), "Hier ist, was du sehen wolltest:", "Here is what you asked for:"),
    (
        ByMeaning(QUOTES),
        "Das passt am besten zu deiner Frage:",
        "This fits your question best:",
    ),
    (ByMeaning(QUOTES, 2), "Darauf antworten mehrere Thesen:", "Several theses answer this:"),
    (
        Unsure(QUOTES),
        "Ich bin nicht sicher. Vielleicht ist eine dieser Stellen gemeint:",
        "I am not sure. Perhaps you mean one of these:",
    ),
    (
        WhichWork((2,), QUOTES),
        "These 2 gibt es in mehreren Texten. Welcher ist gemeint?",
        "Several texts have thesis 2. Which one do you mean?",
    ),
    (
        WhichWork((1, 2, 3, 5), QUOTES),
        "Thesen 1 bis 3 und 5 gibt es in mehreren Texten. Welcher ist gemeint?",
        "Several texts have theses 1 to 3 and 5. Which one do you mean?",
    ),
    (
        NothingFits(QUOTES),
        "Dazu steht in den Texten nichts Passendes.",
        "The texts hold nothing that fits.",
    ),
    (
        NoSuchThesis(OBST, (8,), (1, 2), ()),
        "Vom Obst enthält die Thesen 1 und 2. Nicht darin: These 8.",
        "Vom Obst holds theses 1 and 2. Not in it: thesis 8.",
    ),
    (
        NoSuchThesis(OBST, (3, 7), (1,), ()),
        "Vom Obst enthält die These 1. Nicht darin: Thesen 3 und 7.",
        "Vom Obst holds thesis 1. Not in it: theses 3 and 7.",
    ),
    (
        Refusal("empty"),
        "Das war leer. Stell mir eine Frage auf Deutsch oder Englisch.",
        "That was empty. Ask me something in English or German.",
    ),
    (
        Refusal("no-words"),
        "Darin finde ich keine Wörter. Stell mir eine Frage auf Deutsch oder Englisch.",
        "I find no words in that. Ask me something in English or German.",
    ),
    (
        Refusal("too-long"),
        "Das ist zu lang: Ich lese Fragen bis 4.000 Zeichen.",
        "That is too long: I read questions of up to 4,000 characters.",
    ),
    (
        Refusal("other-language"),
        "Dazu finde ich nichts Passendes. Ich verstehe Deutsch und Englisch.",
        "I find nothing that fits. I understand English and German.",
    ),
]


@pytest.mark.parametrize(("outcome", "german", "english"), SAID)
def test_every_outcome_is_said_in_both_languages(
    outcome: Outcome, german: str, english: str
) -> None:
    assert message(Answer("de", outcome)) == german
    assert message(Answer("en", outcome)) == english


def announcing(count: int, held: int) -> Document:
    work = Work("Vom Obst", announced_theses=count)
    return make_document("obst", [f"Satz {n}." for n in range(held)], work=work)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "de",
            "Die Quelle kündigt zehn Thesen an; der gespeicherte Text enthält die Thesen 1 bis 5. "
            "Nicht darin: These 8.",
        ),
        (
            "en",
            "The source announces ten theses; the stored text holds theses 1 to 5. "
            "Not in it: thesis 8.",
        ),
    ],
)
def test_what_is_announced_and_held_is_said_of_a_missing_thesis(
    language: Language, expected: str
) -> None:
    gap = NoSuchThesis(announcing(10, 5), (8,), (1, 2, 3, 4, 5), ())
    assert message(Answer(language, gap)) == expected


@pytest.mark.parametrize(
    ("count", "german", "english"),
    [
        (1, "eine These", "one thesis"),
        (2, "zwei Thesen", "two theses"),
        (10, "zehn Thesen", "ten theses"),
        (12, "zwölf Thesen", "twelve theses"),
        (13, "13 Thesen", "13 theses"),
        (95, "95 Thesen", "95 theses"),
    ],
)
def test_announced_theses_are_counted_in_words_up_to_twelve(
    count: int, german: str, english: str
) -> None:
    gap = NoSuchThesis(announcing(count, 1), (200,), (1,), ())
    assert f"kündigt {german} an" in message(Answer("de", gap))
    assert f"announces {english};" in message(Answer("en", gap))


def test_a_list_tells_of_theses_that_are_announced_but_not_held() -> None:
    assert missing_theses(announcing(10, 5), "de") == (
        "Die Quelle kündigt zehn Thesen an; der gespeicherte Text enthält die Thesen 1 bis 5."
    )
    assert missing_theses(announcing(10, 5), "en") == (
        "The source announces ten theses; the stored text holds theses 1 to 5."
    )


@pytest.mark.parametrize("document", [OBST, announcing(2, 2), announcing(1, 3), announcing(0, 0)])
def test_a_list_tells_of_nothing_where_nothing_is_missing(document: Document) -> None:
    assert missing_theses(document, "de") is None


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("title", ["{ $held }", "[bold]", "a{b", '{"x"}', "-term = x", "\u202ex"])
def test_a_title_is_no_template(title: str, language: Language) -> None:
    document = replace(OBST, work=Work(title))
    assert message(Answer(language, NoSuchThesis(document, (8,), (1, 2), ()))).startswith(title)


@pytest.mark.parametrize("language", ["de", "en"])
def test_large_numbers_of_theses_are_written_without_separators(language: Language) -> None:
    said = message(Answer(language, NoSuchThesis(OBST, (1517, 2011), (1000,), ())))
    for number in ("1000", "1517", "2011"):
        assert number in said


@pytest.mark.parametrize(("outcome", "german", "english"), SAID)
def test_a_frame_holds_no_word_of_a_quotation(outcome: Outcome, german: str, english: str) -> None:
    for said in (german, english):
        assert not any(word in said for word in ("Äpfel", "Birnen", "grün"))


def test_the_shipped_text_announces_ten_theses_and_holds_five() -> None:
    (document,) = read_seeds(ROOT / "seeds")
    assert missing_theses(document, "de") == missing_theses(announcing(10, 5), "de")
