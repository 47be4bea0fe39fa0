from __future__ import annotations

import pytest

from index.errors import SeedError
from tests.index.reading.texts import (
    ONE_SENTENCE,
    STYLES,
    TITLED,
    Thesis,
    read_summary,
    write_docx,
    write_html,
    write_pdf,
    write_text,
)

TITLED_SUMMARY = [
    (
        "thesis",
        1,
        "Social Media wird Alltag",
        ["Social Media wird Alltag", "Das galt z. B. schon 2010.", "Heute gilt es überall."],
    ),
    (
        "thesis",
        2,
        "Employer Branding 2.0",
        [
            "Employer Branding 2.0",
            "Bewerber lesen mit.",
            "Im 19. Jahrhundert war das anders.",
            "Der 1. FC Köln weiß es auch, und am 3. Oktober wird gefeiert.",
        ],
    ),
    (
        "thesis",
        3,
        "CRM wird nicht mehr sein, was es war",
        [
            "CRM wird nicht mehr sein, was es war",
            "Kunden reden „miteinander“, nicht mit uns.",
        ],
    ),
]
ONE_SENTENCE_SUMMARY = [
    ("thesis", number, None, list(thesis.body)) for number, thesis in enumerate(ONE_SENTENCE, 1)
]
WITHOUT_LAST_STOP = tuple(
    Thesis(None, (thesis.body[0].removesuffix("."),)) for thesis in ONE_SENTENCE
)


@pytest.mark.parametrize("ending", [".txt", ".md"])
@pytest.mark.parametrize("gap", ["\n", "\n\n", "\r\n", "\r\n\r\n"])
@pytest.mark.parametrize("style", STYLES)
def test_titled_theses_are_the_same_in_every_style(style: str, gap: str, ending: str) -> None:
    if ending == ".md" and style == "indented":
        pytest.skip("indented text is code in Markdown")
    text = write_text(TITLED, STYLES[style], gap=gap)
    assert read_summary(text, "x" + ending) == TITLED_SUMMARY


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
@pytest.mark.parametrize("style", STYLES)
def test_one_sentence_theses_have_no_title(style: str, gap: str) -> None:
    assert read_summary(write_text(ONE_SENTENCE, STYLES[style], gap=gap)) == ONE_SENTENCE_SUMMARY


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
@pytest.mark.parametrize("style", STYLES)
def test_one_sentence_theses_without_last_stop_have_no_title(style: str, gap: str) -> None:
    found = read_summary(write_text(WITHOUT_LAST_STOP, STYLES[style], gap=gap))
    assert found == [
        ("thesis", number, None, list(thesis.body))
        for number, thesis in enumerate(WITHOUT_LAST_STOP, 1)
    ]


@pytest.mark.parametrize("width", [50, 60, 72, 80])
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_hard_wrapped_lines_belong_together(gap: str, width: int) -> None:
    text = write_text(TITLED, STYLES["1. x"], gap=gap, width=width)
    assert read_summary(text) == TITLED_SUMMARY


@pytest.mark.parametrize("layout", ["headings", "list", "paragraphs"])
def test_html_gives_the_same_theses(layout: str) -> None:
    assert read_summary(write_html(TITLED, layout=layout), "x.html") == TITLED_SUMMARY


@pytest.mark.parametrize("layout", ["list", "paragraphs"])
def test_html_gives_the_same_one_sentence_theses(layout: str) -> None:
    assert read_summary(write_html(ONE_SENTENCE, layout=layout), "x.html") == ONE_SENTENCE_SUMMARY


@pytest.mark.parametrize("layout", ["headings", "automatic", "typed"])
def test_word_gives_the_same_theses(layout: str) -> None:
    assert read_summary(write_docx(TITLED, layout=layout), "x.docx") == TITLED_SUMMARY


@pytest.mark.parametrize("layout", ["automatic", "typed"])
def test_word_gives_the_same_one_sentence_theses(layout: str) -> None:
    found = read_summary(write_docx(ONE_SENTENCE, layout=layout), "x.docx")
    assert found == ONE_SENTENCE_SUMMARY


def test_pdf_gives_the_same_theses() -> None:
    lines = write_text(TITLED, STYLES["1. x"], width=60).splitlines()
    assert read_summary(write_pdf([[*lines[:4], "1"], [*lines[4:], "2"]]), "x.pdf") == (
        TITLED_SUMMARY
    )


def test_hundreds_of_theses_are_numbered() -> None:
    text = "\n".join(f"{n}. Die Aussage mit der Nummer {n} gilt." for n in range(1, 301))
    assert [found[1] for found in read_summary(text)] == list(range(1, 301))


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1. Eins gilt.\n2011. war das so.\n2. Zwei gilt.", [1, 2]),
        ("1. Eins gilt.\n2. Zwei gilt auf dem\n3. Platz der Liste.\n3. Drei gilt.", [1, 2, 3]),
        ("1. Eins gilt.\n3. Platz für uns.\n2. Zwei gilt.\n3. Drei gilt.", [1, 2, 3]),
        ("1. Eins gilt.\n2. Zwei gilt.\n24. Dezember ist Weihnachten.", [1, 2]),
        ("1. Eins gilt.\n1. FC Köln gewinnt.\n2. Zwei gilt.", [1, 2]),
        ("1. Eins gilt.\n1.2 Unterpunkt.\n2. Zwei gilt.", [1, 2]),
        ("1. Eins gilt.\n31.12.2011 war Schluss.\n2. Zwei gilt.", [1, 2]),
        ("1. Eins gilt:\n1. so\n2. und so\n2. Zwei gilt.\n3. Drei gilt.", [1, 2, 3]),
        ("1. Eins gilt.\n2. Zwei gilt:\n1. A\n2. B\n3. C\n3. Drei gilt.", [1, 2, 3]),
        ("1. Eins gilt.\n2. Zwei gilt.\n3. Drei:\n1. A so\n2. B so", [1, 2, 3]),
        ("1. Eins:\n   1. A\n   2. B\n   3. C\n2. Zwei gilt.", [1, 2]),
        ("1. Eins gilt.\n2. Zwei gilt.\n5. Fünf gilt.", [1, 2, 5]),
        ("6. Sechs gilt.\n7. Sieben gilt.\n8. Acht gilt.", [6, 7, 8]),
        ("These 1: Eins gilt.\n1. A\n2. B\n3. C\n4. D\nThese 2: Zwei gilt.", [1, 2]),
        ("These 7: Nur diese gilt.", [7]),
        ("I. Eins gilt.\nII. Zwei gilt.\nIII. Drei gilt.\nIV. Vier gilt.", [1, 2, 3, 4]),
    ],
)
def test_only_true_thesis_numbers_count(text: str, numbers: list[int]) -> None:
    assert [found[1] for found in read_summary(text)] == numbers


def test_a_text_that_numbers_nothing_becomes_its_paragraphs() -> None:
    text = (
        "Ein Titel\n\nErster Absatz. Zwei Sätze.\n\n"
        "Zweiter Absatz, der am 3. Oktober noch\nnicht ganz zu Ende war.\n"
    )
    assert read_summary(text) == [
        ("paragraph", None, "Ein Titel", ["Ein Titel", "Erster Absatz.", "Zwei Sätze."]),
        (
            "paragraph",
            None,
            None,
            ["Zweiter Absatz, der am 3. Oktober noch nicht ganz zu Ende war."],
        ),
    ]


def test_long_lines_without_blank_ones_are_a_paragraph_each() -> None:
    line = "Dieser Absatz ist eine lange Zeile. " * 6
    assert len(read_summary(f"{line}\n{line}\n{line}")) == 3


def test_headline_and_lead_in_join_the_introduction() -> None:
    text = (
        "Zwei Thesen\nWir sagen, was gilt.\n\nUnd warum.\n\n"
        "Hier sind sie:\n\n1. Eins gilt.\n2. Zwei."
    )
    assert read_summary(text)[:2] == [
        ("introduction", None, "Zwei Thesen", ["Zwei Thesen", "Wir sagen, was gilt."]),
        ("introduction", None, None, ["Und warum.", "Hier sind sie:"]),
    ]


@pytest.mark.parametrize(
    "last",
    [
        "Read more at www.example.org",
        "Kommentare",
        "3 Kommentare",
        "Weiterlesen",
        "Teilen",
        "Share on Facebook",
        "Seite 3 von 9",
        "17",
        "- 4 -",
        "© 2011 Verlag",
        "Alle Cookies akzeptieren",
    ],
)
def test_what_is_no_content_is_in_no_passage(last: str) -> None:
    found = read_summary(f"Anzeige\n1. Eins gilt.\n2. Zwei gilt.\n\n{last}\n")
    assert found == [
        ("thesis", 1, None, ["Eins gilt."]),
        ("thesis", 2, None, ["Zwei gilt."]),
    ]


@pytest.mark.parametrize(
    "last",
    [
        "Kommentare sind wichtig.",
        "Mehr lesen bildet. Das gilt.",
        "Teilen macht Freude.",
        "Print ist tot.",
    ],
)
def test_a_sentence_that_begins_like_boilerplate_stays(last: str) -> None:
    text = f"1. Eins gilt.\n2. Zwei gilt.\n{last}\n"
    assert " ".join(read_summary(text)[-1][3]).endswith(last)  # type: ignore[arg-type]


def test_what_follows_the_theses_under_a_heading_is_no_thesis() -> None:
    text = (
        "# Thesen\n\n## 1. Eins\n\nEins gilt.\n\n## 2. Zwei\n\nZwei gilt.\n\n"
        "## Über uns\n\nEin Verein.\n"
    )
    assert [found[:3] for found in read_summary(text, "x.md")] == [
        ("introduction", None, "Thesen"),
        ("thesis", 1, "Eins"),
        ("thesis", 2, "Zwei"),
        ("paragraph", None, "Über uns"),
    ]


def test_a_section_heading_belongs_to_no_thesis() -> None:
    text = (
        "Vorwort hier.\n\n## Teil A\n\n1. Eins gilt.\n2. Zwei gilt.\n\n## Teil B\n\n3. Drei gilt.\n"
    )
    assert read_summary(text, "x.md") == [
        ("introduction", None, None, ["Vorwort hier."]),
        ("thesis", 1, None, ["Eins gilt."]),
        ("thesis", 2, None, ["Zwei gilt."]),
        ("thesis", 3, None, ["Drei gilt."]),
    ]


def test_a_bold_title_may_stand_on_the_line_of_the_text() -> None:
    text = "**1. Alltag.** Das gilt.\n\n**2. Kunden:** Auch das.\n"
    assert read_summary(text, "x.md") == [
        ("thesis", 1, "Alltag.", ["Alltag.", "Das gilt."]),
        ("thesis", 2, "Kunden:", ["Kunden:", "Auch das."]),
    ]


def test_two_theses_of_one_number_name_both_lines() -> None:
    with pytest.raises(SeedError) as caught:
        read_summary("1. Eins gilt.\n2. Zwei gilt.\n2. Noch eins.\n3. Drei.\n\n3. Vier.\n")
    assert str(caught.value).splitlines() == [
        "x.txt:3: thesis 2 a second time; the first is in line 2",
        "x.txt:6: thesis 3 a second time; the first is in line 4",
    ]


def test_a_second_list_of_the_same_length_repeats_its_numbers() -> None:
    with pytest.raises(SeedError, match=r"x\.txt:3: thesis 1 a second time"):
        read_summary("1. Eins gilt.\n2. Zwei gilt.\n1. Anders.\n2. Auch anders.")


def test_a_number_without_words_is_a_fault() -> None:
    with pytest.raises(SeedError, match=r"x\.txt:2: thesis 2 has no words"):
        read_summary("1. Eins gilt.\n2.\n3. Drei gilt.")


def test_a_page_of_nothing_but_boilerplate_is_a_fault() -> None:
    with pytest.raises(SeedError, match=r"x\.txt: holds no text"):
        read_summary("Teilen\n\nKommentare\n")
