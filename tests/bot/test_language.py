"""Which language a question is in."""

from __future__ import annotations

import sys
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language import LanguageDetector
from tests.labelled import all_questions

DETECTOR = LanguageDetector()

GERMAN = """
Was ist Mafo?|Hallo|moin|wer macht das|praktis twittern|Budget für B2B|und dann?|Danke dir
Employer Branding Bedeutung?|wieso das denn|keine Ahnung|Bewerber|Unternehmenskommunikation|zeig mal
Kundenbindung|Marktforschung am Ende?|ja|nein|bitte|Was bringt das Feedback?|ist market research tot
wie läuft das mit CRM|Mittelstand|die Hobby-Lösungen|Produktentwicklung|Verbände|Warum?|wozu das
Wie finden Firmen Leute?|gibts das auch für Vereine|Frage: Praktikanten?|Erzähl was über Leads"""

ENGLISH = """
who wrote this|B2B budgets|thanks a lot|what about interns|hello there|is the hype over
how do I hire people|recruiting new employees|customer loyalty|market research|why?|what else
tell me more|thx|small companies|charities|surveys and observations|who is in charge|product ideas
does it pay|the big brands|cross-departmental|leads from social networks|where do they look|yes
what is Marktforschung|do Praktikanten still tweet|company organisation|hiring|applicants"""


def _lines(block: str) -> list[str]:
    return block.strip().replace("\n", "|").split("|")


@pytest.mark.parametrize("text", _lines(GERMAN))
def test_short_german_is_german(text: str) -> None:
    assert DETECTOR.detect(text).language == "de"


@pytest.mark.parametrize("text", _lines(ENGLISH))
def test_short_english_is_english(text: str) -> None:
    assert DETECTOR.detect(text).language == "en"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Qui a fondé Facebook en France ?", "fr"),
        ("Bu tezler ne hakkında acaba?", "tr"),
        ("¿Quién escribió estas tesis sobre el futuro?", "es"),
        ("这篇文章讲的是什么？", "zh"),
        ("О чём говорится в этих тезисах?", "ru"),
        ("Chi ha scritto queste tesi sul futuro?", "it"),
        ("Hebben kleine bedrijven een website nodig?", "nl"),
        ("Öğrencilere ödev verilmeli mi?", "tr"),
        ("Küçük şirketlerin web sitesine ihtiyacı var mı?", "tr"),
        ("Quel est l'avenir des études de marché ?", "fr"),
        ("Czy małe firmy potrzebują strony internetowej?", "pl"),
        ("Чому треба слухати клієнтів?", "uk"),
        ("لماذا يجب أن نستمع إلى العملاء؟", "ar"),
    ],
)
def test_another_language_is_named(text: str, code: str) -> None:
    detection = DETECTOR.detect(text)
    assert (detection.language, detection.other) == (None, code)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Gibt es Cafés für Gründer in Århus?", "de"),
        ("Was kostet ein Déjà-vu?", "de"),
        ("is the naïve façade of cafés a thesis", "en"),
        ("ergonomic office chair recommendations", "en"),
        ("accelerator programmes Munich", "en"),
        ("Kaffeevollautomat unter 400 Euro", "de"),
        ("Wordpress Theme Handwerker", "de"),
        ("twitter passwort vergessen", "de"),
    ],
)
def test_borrowed_letters_and_bare_nouns_are_no_other_language(text: str, language: str) -> None:
    assert DETECTOR.detect(text).language == language


def test_no_labelled_question_is_taken_for_another_language() -> None:
    found = {entry.question: DETECTOR.detect(entry.question).other for entry in all_questions()}
    assert not {question: other for question, other in found.items() if other}


@pytest.mark.parametrize("text", ["", "???", "😀", "123", "\x00", "\ud800"])
def test_what_has_no_words_has_no_language(text: str) -> None:
    assert DETECTOR.detect(text).language is None


def test_labelled_questions_are_taken_for_the_other_language_at_most_once_in_fifty() -> None:
    found: Counter[str] = Counter()
    for entry in all_questions():
        if entry.notes[0] in {"mixed", "number", "missing", "name"}:
            continue
        detected = DETECTOR.detect(entry.question).language
        found["right" if detected == entry.language else "wrong" if detected else "unclear"] += 1
    total = sum(found.values())
    assert found["wrong"] / total <= 0.02, found
    assert found["right"] / total >= 0.93, found


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=300))
def test_no_text_breaks_it(text: str) -> None:
    DETECTOR.detect(text)


def test_a_prepared_detector_loads_nothing_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    detector = LanguageDetector()
    detector.prepare()
    monkeypatch.setitem(sys.modules, "lingua", None)
    assert detector.detect("Marktforschung").language == "de"
