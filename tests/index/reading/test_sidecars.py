from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from index.errors import SeedError
from index.passage import Document, PassageQuestion, Work
from index.reading.sidecars import read_work
from index.seeds import read_seeds

SOURCE = "Vorwort hier.\n\n1. Eins gilt.\n2. Zwei gilt.\n"
TRANSLATION = "Foreword here.\n\n1. One holds.\n2. Two holds.\n"
TITLED = "1. Alltag\nEins gilt.\n2. Kunden\nZwei gilt.\n"
KEYS = "title, short_title, publisher, published_in, year, language, url, licence, announced_theses"


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, content in files.items():
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def read_one(folder: Path, files: Mapping[str, str | bytes]) -> Document:
    (document,) = read_seeds(write(folder, files))
    return document


def faults(folder: Path, files: Mapping[str, str | bytes]) -> list[str]:
    with pytest.raises(SeedError) as caught:
        read_seeds(write(folder, files))
    lines = str(caught.value).splitlines()
    assert lines == [str(fault) for fault in caught.value.faults]
    return lines


def test_metadata_says_what_a_citation_says(tmp_path: Path) -> None:
    metadata = (
        'title = "Zehn Thesen"\nshort_title = "ZT"\npublisher = "Verein"\npublished_in = "Blatt"\n'
        'year = 2011\nlanguage = "de"\nurl = "https://example.org"\nlicence = "frei"\n'
        "announced_theses = 10\n"
    )
    assert read_one(tmp_path, {"x.txt": SOURCE, "x.toml": metadata}).work == Work(
        "Zehn Thesen", "ZT", "Verein", "Blatt", 2011, "de", "https://example.org", "frei", 10
    )


@pytest.mark.parametrize("metadata", [None, "# nichts\n", "year = 2011\n"])
def test_the_title_falls_back_to_the_name_of_the_file(tmp_path: Path, metadata: str | None) -> None:
    files = {"mein-text.txt": SOURCE} | ({"mein-text.toml": metadata} if metadata else {})
    assert read_one(tmp_path, files).work.title == "mein-text"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_metadata_is_read_in_every_encoding(tmp_path: Path, encoding: str, line_end: str) -> None:
    metadata = f'title = "Größe"{line_end}year = 2011{line_end}'.encode(encoding)
    work = read_one(tmp_path, {"x.txt": SOURCE, "x.toml": metadata}).work
    assert work == Work("Größe", year=2011)


def test_an_unknown_key_is_named_with_the_known_ones(tmp_path: Path) -> None:
    assert faults(tmp_path, {"x.txt": SOURCE, "x.toml": 'Year = 2011\nauthor = "Ich"\n'}) == [
        f"x.toml: unknown key 'Year'; known: {KEYS}",
        f"x.toml: unknown key 'author'; known: {KEYS}",
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("title = 5", "title: Input should be a valid string"),
        ('title = ["a"]', "title: Input should be a valid string"),
        ('year = "2011"', "year: Input should be a valid integer"),
        ("year = 2011.0", "year: Input should be a valid integer"),
        ("year = true", "year: Input should be a valid integer"),
        ("year = 2011-01-01", "year: Input should be a valid integer"),
        ('language = "fr"', "language: Input should be 'de' or 'en'"),
        ('language = "DE"', "language: Input should be 'de' or 'en'"),
        ("announced_theses = [10]", "announced_theses: Input should be a valid integer"),
        ("[url]", "url: Input should be a valid string"),
    ],
)
def test_a_wrong_type_is_named_with_its_key(tmp_path: Path, line: str, reason: str) -> None:
    assert faults(tmp_path, {"x.txt": SOURCE, "x.toml": line}) == [f"x.toml: {reason}"]


@pytest.mark.parametrize(
    "metadata",
    ["year = ", "title = Thesen", "year = 1\nyear = 2", "[", 'title = "a\nb"', "x = " + "[" * 5000],
)
def test_what_is_no_toml_is_one_fault(tmp_path: Path, metadata: str) -> None:
    (fault,) = faults(tmp_path, {"x.txt": SOURCE, "x.toml": metadata})
    assert fault.startswith("x.toml: is not valid TOML: ")


def test_where_toml_is_wrong_is_told(tmp_path: Path) -> None:
    assert (
        "at line 2, column 8"
        in faults(tmp_path, {"x.txt": SOURCE, "x.toml": "# ja\nyear = ?\n"})[0]
    )


def test_metadata_that_is_no_text_is_a_fault_with_its_line(tmp_path: Path) -> None:
    assert faults(tmp_path, {"x.txt": SOURCE, "x.toml": b"year = 2011\n\x00"}) == [
        "x.toml:2: holds the control character U+0000: is this a text file?"
    ]


def test_an_integer_of_thousands_of_digits_is_a_fault() -> None:
    with pytest.raises(SeedError, match=r"x\.toml: "):
        read_work("x.toml", b"year = " + b"1" * 5_000, title="x")


def test_a_translation_lies_passage_by_passage_beside_its_source(tmp_path: Path) -> None:
    document = read_one(tmp_path, {"x.txt": SOURCE, "x.en.txt": TRANSLATION})
    assert document.rendering is not None
    assert document.rendering.language == "en"
    assert [passage.text for passage in document.rendering.passages] == [
        "Foreword here.",
        "1. One holds.",
        "2. Two holds.",
    ]
    assert [passage.sentences for passage in document.rendering.passages] == [
        ("Foreword here.",),
        ("One holds.",),
        ("Two holds.",),
    ]


def test_a_translation_has_the_titles_of_its_own(tmp_path: Path) -> None:
    document = read_one(
        tmp_path, {"x.txt": TITLED, "x.en.txt": "1. Days\nOne holds.\n2. Folk\nTwo holds.\n"}
    )
    assert document.rendering is not None
    assert [passage.title for passage in document.rendering.passages] == ["Days", "Folk"]


def test_a_translation_may_be_of_another_format(tmp_path: Path) -> None:
    page = "<p>Foreword here.</p><ol><li>One holds.</li><li>Two holds.</li></ol>"
    document = read_one(tmp_path, {"x.txt": SOURCE, "x.en.html": page})
    assert document.rendering is not None
    assert document.rendering.passages[2].sentences == ("Two holds.",)


@pytest.mark.parametrize("second", ["x.de.txt", "x.en.md"])
def test_a_second_translation_is_a_fault(tmp_path: Path, second: str) -> None:
    files = {"x.txt": SOURCE, "x.en.txt": TRANSLATION, second: TRANSLATION}
    (fault,) = faults(tmp_path, files)
    assert fault.endswith(": is a second translation of x.txt")
    assert fault.split(":")[0] in ("x.en.txt", second)


@pytest.mark.parametrize(
    ("translation", "reasons"),
    [
        ("Foreword.\n\n1. One holds.\n", ["lacks thesis 1, 2 (source: x.txt)"]),
        (
            "Foreword here.\n\n1. One holds.\n3. Three holds.\n",
            ["lacks thesis 2 (source: x.txt)", "has, unlike its source, thesis 3 (source: x.txt)"],
        ),
        (TRANSLATION + "3. Three.\n", ["has, unlike its source, thesis 3 (source: x.txt)"]),
        (
            "1. One holds.\n2. Two holds.\n",
            ["has 0 paragraphs before the theses; x.txt has 1"],
        ),
        (
            "Foreword here.\n\n1. One\nIt holds.\n2. Two\nIt holds.\n",
            [
                "thesis 1 has a title in it and none in x.txt",
                "thesis 2 has a title in it and none in x.txt",
            ],
        ),
    ],
)
def test_a_translation_that_differs_is_told_how(
    tmp_path: Path, translation: str, reasons: list[str]
) -> None:
    found = faults(tmp_path, {"x.txt": SOURCE, "x.en.txt": translation})
    assert set(found) >= {f"x.en.txt: {reason}" for reason in reasons}
    assert all(fault.startswith("x.en.txt: ") for fault in found)


def test_a_title_that_only_the_source_has_is_a_fault(tmp_path: Path) -> None:
    files = {"x.txt": TITLED, "x.en.txt": "1. One holds.\n2. Two holds.\n"}
    assert faults(tmp_path, files) == [
        "x.en.txt: thesis 1 has a title in x.txt and none in it",
        "x.en.txt: thesis 2 has a title in x.txt and none in it",
    ]


def test_a_translation_into_the_language_of_the_source_is_a_fault(tmp_path: Path) -> None:
    files = {"x.txt": SOURCE, "x.de.txt": SOURCE, "x.toml": 'language = "de"'}
    assert faults(tmp_path, files) == ["x.de.txt: is in de, the language of x.txt itself"]


def test_an_unreadable_translation_is_a_fault_of_its_own(tmp_path: Path) -> None:
    files = {"x.txt": SOURCE, "x.en.txt": "1. One.\n2. Two.\n2. Again two.\n"}
    assert faults(tmp_path, files) == ["x.en.txt:3: thesis 2 a second time; the first is in line 2"]


def test_paragraphs_before_and_after_the_theses_are_told_apart(tmp_path: Path) -> None:
    source = "Vorwort.\n\n1. Eins gilt.\n2. Zwei gilt.\n\n---\n\nEnde eins.\n\nEnde zwei.\n"
    other = "First.\n\nForeword.\n\n1. One holds.\n2. Two holds.\n\n---\n\nThe end.\n"
    assert faults(tmp_path, {"x.md": source, "x.en.md": other})


def test_questions_point_at_theses_and_the_first_paragraph_of_the_introduction(
    tmp_path: Path,
) -> None:
    questions = "# Fragen\n2\tde\tWas gilt?\r\n\nintroduction\ten\tWhy?\tnote\n1\tde\tUnd?"
    source = "Vorwort hier.\n\n" + SOURCE
    document = read_one(tmp_path, {"x.txt": source, "x.questions.tsv": questions})
    assert document.passages[0].kind == document.passages[1].kind == "introduction"
    assert document.questions == (
        PassageQuestion(3, "de", "Was gilt?"),
        PassageQuestion(0, "en", "Why?"),
        PassageQuestion(2, "de", "Und?"),
    )


@pytest.mark.parametrize("target", ["3", "0", "01", "1.", "-1", "Introduction", "Eins", "x" * 99])
def test_a_question_about_an_unknown_thesis_is_a_fault(tmp_path: Path, target: str) -> None:
    questions = f"# c\n1\tde\tWas?\n{target}\tde\tWas?\n"
    assert faults(tmp_path, {"x.txt": SOURCE, "x.questions.tsv": questions}) == [
        f"x.questions.tsv:3: x.txt holds no thesis {target[:40]}; "
        "give a thesis number or introduction"
    ]


def test_a_question_about_a_missing_introduction_is_a_fault(tmp_path: Path) -> None:
    files = {"x.txt": "1. Eins.\n2. Zwei.\n", "x.questions.tsv": "introduction\tde\tWas?\n"}
    assert faults(tmp_path, files) == ["x.questions.tsv:1: x.txt has no introduction"]


def test_every_line_of_another_form_is_named(tmp_path: Path) -> None:
    questions = "1\tde\tWas?\n1\tWas?\n\n1\tfr\tQuoi?\n1 de Was?\n1\tde\t\n"
    assert faults(tmp_path, {"x.txt": SOURCE, "x.questions.tsv": questions}) == [
        "x.questions.tsv:2: needs target, language and question, separated by one tab each",
        "x.questions.tsv:4: the language is 'fr'; de or en is needed",
        "x.questions.tsv:5: needs target, language and question, separated by one tab each",
        "x.questions.tsv:6: the question is empty",
    ]


def test_every_unknown_thesis_is_named(tmp_path: Path) -> None:
    questions = "7\tde\tWas?\n1\tde\tUnd?\n8\ten\tWhat?\n"
    found = faults(tmp_path, {"x.txt": SOURCE, "x.questions.tsv": questions})
    assert [fault.split(";")[0] for fault in found] == [
        "x.questions.tsv:1: x.txt holds no thesis 7",
        "x.questions.tsv:3: x.txt holds no thesis 8",
    ]


def test_lines_of_another_form_and_unknown_theses_are_named_at_once(tmp_path: Path) -> None:
    files = {"x.txt": SOURCE, "x.questions.tsv": "1\tde\n9\tde\tWas?\n"}
    assert len(faults(tmp_path, files)) == 2


def test_a_list_of_questions_that_is_empty_is_a_fault(tmp_path: Path) -> None:
    assert faults(tmp_path, {"x.txt": SOURCE, "x.questions.tsv": ""}) == [
        "x.questions.tsv: the file is empty"
    ]


@pytest.mark.parametrize(
    ("name", "beside"),
    [
        ("y.toml", "y"),
        ("y.questions.tsv", "y"),
        ("x.en.toml", "x.en"),
        ("x.en.questions.tsv", "x.en"),
    ],
)
def test_a_file_beside_no_source_is_a_fault(tmp_path: Path, name: str, beside: str) -> None:
    files = {"x.txt": SOURCE, "x.en.txt": TRANSLATION, name: "# leer\n"}
    assert faults(tmp_path, files) == [
        f"{name}: lies beside no text named {beside!r}; put it there or remove this"
    ]


def test_all_faults_of_all_files_are_named_at_once_in_order(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "a.txt": SOURCE,
        "a.toml": 'year = "2011"\nlanguage = "de"\n',
        "a.en.txt": "1. One holds.\n2. Two holds.\n3. Three.\n",
        "a.questions.tsv": "1\tfr\tQuoi?\n1\tde\tWas?\n9\n",
        "b.txt": "1. Eins.\n2. Zwei.\n2. Noch zwei.\n",
        "c.txt": "Ja.\nNein\x00.\n",
        "d.docx": b"kein Word",
        "e.jpg": b"\xff\xd8",
        "f.toml": "",
    }
    assert [fault.split(": ")[0] for fault in faults(tmp_path, files)] == [
        "a.en.txt",
        "a.en.txt",
        "a.questions.tsv:1",
        "a.questions.tsv:3",
        "a.toml",
        "b.txt:3",
        "c.txt:2",
        "d.docx",
        "e.jpg",
        "f.toml",
    ]


def test_faults_beside_a_broken_source_are_named_too(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "x.txt": b"\x00",
        "x.en.txt": b"\x00",
        "x.questions.tsv": "1\n",
    }
    assert [fault.split(": ")[0] for fault in faults(tmp_path, files)] == [
        "x.en.txt:1",
        "x.questions.tsv:1",
        "x.txt:1",
    ]
