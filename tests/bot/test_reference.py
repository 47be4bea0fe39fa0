"""Which theses a text asks for by number."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reference import Reference, find_reference
from tests.labelled import all_questions

ASKED: dict[str, tuple[int, ...]] = {
    "These 3": (3,),
    "die dritte These": (3,),
    "3. These": (3,),
    "These Nr. 3": (3,),
    "These Nummer drei": (3,),
    "These III": (3,),
    "thesis three": (3,),
    "third thesis": (3,),
    "the 3rd thesis": (3,),
    "thesis no. 3": (3,),
    "thesis #3": (3,),
    "#3": (3,),
    "III": (3,),
    "3": (3,),
    "2-4": (2, 3, 4),
    "2–4": (2, 3, 4),
    "1, 3": (1, 3),
    "1 und 3": (1, 3),
    "Thesen 2 bis 4": (2, 3, 4),
    "theses 2 through 4": (2, 3, 4),
    "thesis two and five": (2, 5),
    "zweite und vierte These": (2, 4),
    "Was steht in These 8?": (8,),
    "Zeig mir Nr. 4": (4,),
    "gib mir punkt 2": (2,),
    "read me number five": (5,),
    "erste": (1,),
    "These 95": (95,),
    "These hundertdrei": (103,),
    "thesis twenty-one": (21,),
    "einundzwanzigste These": (21,),
    "lies mal die zwote vor": (2,),
    "sechstens": (6,),
    "the fourth": (4,),
    "T3": (3,),
    "th. 3": (3,),
    "§ 3": (3,),
    "These sieben bitte": (7,),
    "number 7?": (7,),
    "und die vierte?": (4,),
    "what about the second one": (2,),
    "siebte": (7,),
    "thesis IV and V": (4, 5),
    "tehse 3": (3,),
    "thesse 4": (4,),
    "Theese drei": (3,),
    "thsis 2": (2,),
    "thessis 5": (5,),
    "these3": (3,),
    "dritten These": (3,),
    "was sagt die fünfte?": (5,),
    "fuenfte": (5,),
    "３": (3,),
    "[[3]]": (3,),
    "[[These 2-4]]": (2, 3, 4),
    "thesis 2 in English please": (2,),
    "Was sagt These 3 über Produktentwicklung?": (3,),
    "Gibt es eine These 7?": (7,),
    "1,3-5": (1, 3, 4, 5),
    "These 3 und These 5": (3, 5),
    "Thesis 10 please": (10,),
    "was sagt these 3 zum thema mafo": (3,),
    "What does the third thesis say about surveys?": (3,),
    "was steht in der achten these?": (8,),
    "Is there a thesis 9?": (9,),
    "I": (1,),
    "These 12": (12,),
    "die zwölfte": (12,),
    "These zweiundvierzig": (42,),
    "forty-second thesis": (42,),
    "thesis one hundred": (100,),
    "These XIV": (14,),
    "Thesen 3, 5 und 7": (3, 5, 7),
    "theses 3, 5 and 7": (3, 5, 7),
    "These 2 und Nr. 4": (2, 4),
    "nochmal these 4 bitte": (4,),
    "Nummer 5?": (5,),
    "no. 5": (5,),
    "point 4 please": (4,),
    "quote thesis two": (2,),
    "zitiere die dritte": (3,),
    "erstens": (1,),
    "the first": (1,),
    "firstly": (1,),
    "what's in thesis 6?": (6,),
    "Thesis no 9": (9,),
    "number 5 of the theses": (5,),
    "4th thesis": (4,),
    "die 4. These": (4,),
    "Die 2te These": (2,),
    "die zweite these lesen": (2,),
    "These 3!": (3,),
    "THESE DREI": (3,),
    "thesis: 4": (4,),
    "(3)": (3,),
    "Thesen 1 - 3": (1, 2, 3),
    "theses 4 to 5": (4, 5),
    "1-3": (1, 2, 3),
    "1 & 2": (1, 2),
    "eins": (1,),
    "fünf": (5,),
    "IV": (4,),
    "ii": (2,),
    "These 007": (7,),
    "Was heißt These 4 für uns?": (4,),
    "Explain thesis 5": (5,),
    "Which thesis is number 3?": (3,),
    "die These Nr. 1": (1,),
    "hundertste These": (100,),
}

NOT_ASKED = [
    "3 Praktikanten",
    "Social Media 2.0",
    "in 2011",
    "Web 2.0",
    "B2B",
    "die dritte Reihe",
    "Unternehmen aus der zweiten Reihe",
    "Was sind die drei wichtigsten Trends?",
    "zehn Thesen zur Zukunft",
    "Wie viele Thesen gibt es?",
    "how many theses are there",
    "erste CRM-Felder",
    "these companies",
    "do these budgets grow in 2011?",
    "Do these 3 companies grow?",
    "Employer Branding 2.0",
    "24/7",
    "one of the theses",
    "what is the thesis about X",
    "first CRM fields",
    "I want to know",
    "Zum dritten Mal",
    "erste Schritte",
    "1. FC Köln",
    "Top 10 Trends",
    "5 Euro",
    "number one priority",
    "was ist das Wichtigste",
    "Was ist 17 mal 23?",
    "Was sind die zehn Thesen?",
    "Are those 5 companies",
    "hi",
    "which one?",
    "und eine andere?",
    "In der zweiten Reihe",
    "Was ändert sich 2011?",
    "Die zehn wichtigsten Punkte",
    "Wer ist die Nummer eins am Markt?",
    "5 Prozent",
    "100 €",
    "3 %",
    "Why these?",
    "Do these work?",
    "the second world war",
    "Zweiter Weltkrieg",
    "the first time",
    "Beim ersten Mal",
    "ein Mal",
    "ich",
    "Mix",
    "Was ist B2B?",
    "Web 3",
    "seit 1989",
    "am 3. Oktober",
    "10:30 Uhr",
    "Kapitel 7 und Seite 3",
    "those 3",
    "Windows 11",
    "im Jahr 2012",
    "MP3",
    "Kann ich 2 Accounts haben?",
    "Ich habe drei Fragen",
    "I have 3 questions",
    "first come first served",
    "a second opinion",
    "second hand",
    "die halbe Wahrheit",
    "alle Unternehmen",
    "all companies",
    "der letzte Schrei",
    "last year",
]


@pytest.mark.parametrize(("text", "numbers"), ASKED.items())
def test_a_thesis_asked_for_by_number_is_understood(text: str, numbers: tuple[int, ...]) -> None:
    assert find_reference(text) == Reference("numbers", numbers)


@pytest.mark.parametrize("text", NOT_ASKED)
def test_a_number_of_something_else_is_no_reference(text: str) -> None:
    assert find_reference(text) is None


@pytest.mark.parametrize(
    ("text", "held", "meant"),
    [
        ("die letzte These", [1, 2, 5], (5,)),
        ("last thesis", [1, 2, 5], (5,)),
        ("die vorletzte", [1, 2, 5], (2,)),
        ("alle Thesen", [1, 2, 5], (1, 2, 5)),
        ("show me all the theses", [1, 2], (1, 2)),
        ("die ersten drei Thesen", [1, 2, 3, 4], (1, 2, 3)),
        ("the first two theses", [1, 2, 3, 4], (1, 2)),
        ("die letzte These", [], ()),
        ("These 9", [1, 2], (9,)),
    ],
)
def test_places_are_counted_in_what_the_source_holds(
    text: str, held: list[int], meant: tuple[int, ...]
) -> None:
    reference = find_reference(text)
    assert reference is not None
    assert reference.resolve(held) == meant


def test_every_labelled_question_by_number_is_understood_and_no_other() -> None:
    wrong: list[tuple[str, tuple[int, ...] | None, Reference | None]] = []
    for entry in all_questions():
        found = find_reference(entry.question)
        if entry.notes[0] in {"number", "missing"}:
            wanted = tuple(int(target.split("#")[1]) for target in entry.target.split("+"))
            if found is None or (found.kind == "numbers" and found.numbers != wanted):
                wrong.append((entry.question, wanted, found))
        elif found is not None:
            wrong.append((entry.question, None, found))
    assert wrong == []


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    find_reference(text)


@pytest.mark.parametrize("text", ["1" * 100_000, "1-" * 50_000, "these " * 20_000, "T" * 100_000])
def test_long_texts_take_bounded_time(text: str) -> None:
    started = time.process_time()
    find_reference(text)
    assert time.process_time() - started < 1
