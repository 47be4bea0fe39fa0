"""A terminal shows the frame, the source's own words, and whose they are."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace

import pytest
from rich.console import Console

from bot.answer import (
    Answer,
    Answerer,
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
from bot.language import LanguageDetector
from bot.terminal import console, converse, show_answer, show_list
from index import Document, Finding, Language, Passage, Span, Work
from index.passage import RenderedPassage, Rendering
from tests.fakes import make_document

OBST = make_document("obst", ["Äpfel sind rot.", "Birnen sind grün."], work=Work("Vom Obst"))
BOTH = tuple(Quote(OBST, passage) for passage in OBST.passages)


def shown(answer: Answer) -> str:
    out = io.StringIO()
    show_answer(Console(file=out, highlight=False, soft_wrap=True), answer)
    return out.getvalue()


def styled(answer: Answer) -> str:
    out = io.StringIO()
    terminal = Console(
        file=out, highlight=False, soft_wrap=True, force_terminal=True, color_system="truecolor"
    )
    show_answer(terminal, answer)
    return out.getvalue()


def listed(document: Document, language: Language = "de") -> str:
    out = io.StringIO()
    show_list(Console(file=out, highlight=False, soft_wrap=True), document, language)
    return out.getvalue()


def test_an_answer_is_frame_quotation_and_citation() -> None:
    answer = Answer("de", ByNumber(BOTH[:1]))
    assert shown(answer) == (
        "Hier ist, was du sehen wolltest:\n\n1. Äpfel sind rot.\n— These 1 · Vom Obst\n"
    )


@pytest.mark.parametrize(
    ("outcome", "quotes"),
    [
        (ByNumber(BOTH), 2),
        (ByMeaning(BOTH), 1),
        (ByMeaning(BOTH, 2), 2),
        (Unsure(BOTH), 2),
        (WhichWork((1, 2), BOTH), 2),
        (NoSuchThesis(OBST, (8,), (1, 2), BOTH), 2),
        (NothingFits(BOTH), 0),
        (Refusal("other-language", BOTH), 0),
        (Refusal("empty"), 0),
    ],
)
def test_mere_candidates_are_not_shown(outcome: Outcome, quotes: int) -> None:
    answer = Answer("en", outcome)
    text = shown(answer)
    assert text.startswith(message(answer))
    assert text.count("\n— ") == quotes


ODD = [
    "[bold]fett[/bold] und [/] und [red",
    "[link=http://example.org]hier[/link]",
    ":smile: :+1: :warning:",
    r"\[bold] \\ \n",
    "{title} { $held } %s %(x)s ${HOME}",
    "1234 'Zitat' http://example.org True None",
    "\u202everkehrt\u202c und שלום",
    "👩‍👩‍👧 e\u0301 \u200b\u00a0\u2003Ende",
    "<b>x</b> &amp; ||still|| **x** `y`",
    "lang " * 200 + "Ende",
    "viele  Leerzeichen   hier",
]


@pytest.mark.parametrize("body", ODD)
def test_the_source_is_shown_word_for_word(body: str) -> None:
    document = make_document(body[:40], [body], work=Work(body, publisher=body))
    passage = document.passages[0]
    for highlight in (None, passage.sentences[0], Span(4, 6)):
        text = shown(Answer("de", ByNumber((Quote(document, passage, highlight),))))
        assert f"\n{document.quote(passage.span)}\n" in text
        assert f"\n— {cite(document, passage, 'de')}\n" in text


def lines_of(text: str) -> tuple[Document, Passage]:
    sentences = tuple(
        Span(start, start + len(line)) for line in text.splitlines() for start in [text.index(line)]
    )
    passage = Passage("x", "thesis", 1, Span(0, len(text)), sentences[0], sentences)
    return Document("x", "x.txt", "", text, Work("X"), (passage,)), passage


def test_line_ends_of_the_source_are_kept() -> None:
    document, passage = lines_of("Titel\n\n  Eingerückt\nEnde")
    assert "\nTitel\n\n  Eingerückt\nEnde\n" in shown(
        Answer("de", ByNumber((Quote(document, passage),)))
    )


def test_tabs_of_the_source_are_kept() -> None:
    document, passage = lines_of("a\tb")
    assert "\na\tb\n" in shown(Answer("de", ByNumber((Quote(document, passage),))))


def test_the_nearest_sentence_stands_out_and_nothing_else() -> None:
    document, passage = lines_of("Titel\nErstens.\nZweitens.")
    text = styled(Answer("de", ByMeaning((Quote(document, passage, passage.sentences[2]),))))
    assert "Titel\nErstens.\n\x1b[1;4mZweitens.\x1b[0m\n" in text


def test_the_nearest_sentence_stands_out_in_a_source_with_carriage_returns() -> None:
    document, passage = lines_of("Titel\r\nErstens.\r\nZweitens. Und mehr.")
    sentence = Span(17, 26)
    assert sentence.of(document.text) == "Zweitens."
    text = styled(Answer("de", ByMeaning((Quote(document, passage, sentence),))))
    assert "\x1b[1;4mZweitens.\x1b[0m" in text


def rendered(language: Language) -> Document:
    passages = tuple(
        RenderedPassage(text, None, (text,)) for text in ("Apples [are] red.", "Pears are :green:.")
    )
    return replace(OBST, rendering=Rendering(language, passages))


def test_an_unofficial_translation_follows_the_quotation_in_its_language_only() -> None:
    document = rendered("en")
    quotes = (Quote(document, document.passages[1]),)
    assert shown(Answer("en", ByNumber(quotes))).endswith(
        "\n2. Birnen sind grün.\n— Thesis 2 · Vom Obst\n"
        "Unofficial translation:\nPears are :green:.\n"
    )
    assert "Pears" not in shown(Answer("de", ByNumber(quotes)))


def test_a_german_translation_is_called_one_in_german() -> None:
    document = rendered("de")
    text = shown(Answer("de", ByNumber((Quote(document, document.passages[0]),))))
    assert text.endswith("Inoffizielle Übersetzung:\nApples [are] red.\n")


def test_a_list_names_each_thesis_by_title_or_first_sentence() -> None:
    document, _ = lines_of("Der [bold] Titel :smile:\nErstens.")
    assert listed(document) == "X\n  These 1: Der [bold] Titel :smile:\n"
    assert listed(OBST, "en") == (
        "Vom Obst\n  Thesis 1: Äpfel sind rot.\n  Thesis 2: Birnen sind grün.\n"
    )


def test_a_list_tells_what_is_announced_and_missing() -> None:
    document = replace(OBST, work=Work("Vom Obst", announced_theses=10))
    assert listed(document).splitlines()[-1] == (
        "  Die Quelle kündigt zehn Thesen an; der gespeicherte Text enthält die Thesen 1 und 2."
    )


def test_a_list_of_a_text_without_theses_is_its_title() -> None:
    assert listed(make_document("prosa", ["Es war einmal."], numbers=[None])) == "prosa\n"


def test_standard_output_that_is_no_terminal_gets_no_colours_and_long_lines_whole(
    capsys: pytest.CaptureFixture[str],
) -> None:
    document = make_document("lang", ["wort " * 100 + "Ende"])
    show_answer(console(), Answer("de", ByNumber((Quote(document, document.passages[0]),))))
    out = capsys.readouterr().out
    assert f"\n{document.quote(document.passages[0].span)}\n" in out
    assert "\x1b" not in out


class NoSearch:
    def search(
        self,
        questions: Sequence[str],
        language: Language,
        *,
        top: int = 3,
        documents: Sequence[str] | None = None,
    ) -> list[Finding]:
        return [Finding("none", ()) for _ in questions]


ANSWERER = Answerer([OBST], NoSearch(), LanguageDetector())


def talk(typed: bytes, monkeypatch: pytest.MonkeyPatch, language: Language = "de") -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(typed), encoding="utf-8"))
    converse(ANSWERER, language)


@pytest.mark.parametrize("end", [b"", b"\n", b"  \nThese 2\n"])
def test_a_talk_ends_with_an_empty_line_or_the_end_of_input(
    end: bytes, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    talk(b"These 1\nPanzer\n" + end, monkeypatch)
    out = capsys.readouterr().out
    assert out.startswith("Frag auf Deutsch oder Englisch")
    assert "1. Äpfel sind rot." in out
    assert "Dazu steht in den Texten nichts Passendes." in out
    assert "Birnen" not in out
    assert out.endswith("Bis bald.\n")


def test_a_talk_remembers_the_language_of_the_question_before(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    talk(b"What about thesis 1?\n2\n", monkeypatch)
    assert "— Thesis 2 · Vom Obst" in capsys.readouterr().out


def test_a_talk_in_english_begins_and_ends_in_english(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    talk(b"", monkeypatch, "en")
    out = capsys.readouterr().out
    assert out.startswith("Ask in English or German")
    assert out.endswith("Goodbye.\n")


def test_an_interrupt_ends_a_talk(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object, **__: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(Console, "input", interrupted)
    converse(ANSWERER, "de")
    assert capsys.readouterr().out.endswith("Bis bald.\n")


@pytest.mark.parametrize("typed", [b"\x00\n", "😀\n".encode(), b"[bold]\n", b"a" * 100_000 + b"\n"])
def test_nothing_typed_breaks_a_talk(
    typed: bytes, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    talk(typed, monkeypatch)
    assert capsys.readouterr().out.endswith("Bis bald.\n")


def test_bytes_that_are_no_utf8_do_not_break_a_talk(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    talk(b"\xff\nThese 1\n", monkeypatch)
    assert "1. Äpfel sind rot." in capsys.readouterr().out
