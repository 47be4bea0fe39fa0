from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from index.errors import SeedError
from index.passage import Document
from index.reading.files import MAX_FILE_BYTES
from index.reading.formats import FORMATS
from index.seeds import read_seeds
from tests.conftest import ROOT
from tests.fakes import write_seeds

SOURCE = "Vorwort hier.\n\n1. Eins gilt.\n2. Zwei gilt.\n"
TRANSLATION = "Foreword here.\n\n1. One holds.\n2. Two holds.\n"
ENDINGS = ".txt, .md, .html, .htm, .pdf, .docx"
UNKNOWN = f"is of no format that is read; those are {ENDINGS}"
SEEDS = ROOT / "seeds"
BVDW = "bvdw-zehn-thesen-2011"


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, content in files.items():
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def faults(folder: Path) -> list[str]:
    with pytest.raises(SeedError) as caught:
        read_seeds(folder)
    return str(caught.value).splitlines()


def digest_of(folder: Path) -> str:
    (document,) = read_seeds(folder)
    return document.sha256


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "none"
    assert faults(folder) == [
        f"{folder}: the folder of texts cannot be read: No such file or directory"
    ]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    file = write(tmp_path, {"x.txt": SOURCE}) / "x.txt"
    assert faults(file) == [f"{file}: the folder of texts cannot be read: Not a directory"]


def test_an_empty_folder_is_told_what_to_put_there(tmp_path: Path) -> None:
    assert faults(tmp_path) == [
        f"{tmp_path}: holds no texts; put files that end in {ENDINGS} there"
    ]


def test_an_empty_working_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert not faults(Path())[0].startswith(":")


def test_a_folder_of_unknown_formats_names_each_file(tmp_path: Path) -> None:
    write(tmp_path, {"b.jpg": b"\xff", "a.doc": b"x", "c": b"x", "d.tsv": b"x", "e.txt~": b"x"})
    assert faults(tmp_path) == [
        f"{name}: {UNKNOWN}" for name in "a.doc b.jpg c d.tsv e.txt~".split()
    ]


def test_an_unknown_format_beside_texts_is_a_fault(tmp_path: Path) -> None:
    write(tmp_path, {"x.txt": SOURCE, "x.odt": b"x"})
    assert faults(tmp_path) == [f"x.odt: {UNKNOWN}"]


def test_files_that_begin_with_a_dot_do_not_count(tmp_path: Path) -> None:
    write(tmp_path, {".DS_Store": b"\x00", ".x.txt": b"", ".x.toml": "?", "x.txt": SOURCE})
    (tmp_path / ".git").mkdir()
    assert [document.name for document in read_seeds(tmp_path)] == ["x"]


def test_a_folder_of_dot_files_holds_no_texts(tmp_path: Path) -> None:
    write(tmp_path, {".x.txt": SOURCE})
    assert ": holds no texts" in faults(tmp_path)[0]


@pytest.mark.parametrize("name", ["x.txt", "x.pdf", "x.docx", "x.html"])
def test_an_empty_file_is_a_fault(tmp_path: Path, name: str) -> None:
    write(tmp_path, {name: b""})
    assert faults(tmp_path) == [f"{name}: the file is empty"]


def test_a_folder_named_like_a_text_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "x.txt").mkdir()
    assert faults(tmp_path) == ["x.txt: not a file"]


def test_a_folder_in_the_folder_is_a_fault(tmp_path: Path) -> None:
    (write(tmp_path, {"x.txt": SOURCE}) / "alt").mkdir()
    assert faults(tmp_path) == [f"alt: {UNKNOWN}"]


def test_a_link_to_nothing_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "x.txt").symlink_to(tmp_path / "none.txt")
    assert faults(tmp_path) == ["x.txt: no such file"]


def test_a_link_to_a_text_is_read(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    write(tmp_path, {"real.txt": SOURCE})
    (tmp_path / "seeds" / "x.txt").symlink_to(tmp_path / "real.txt")
    assert [document.name for document in read_seeds(tmp_path / "seeds")] == ["x"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_named_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.txt")
    assert faults(tmp_path) == ["x.txt: not a file"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads all files")
def test_a_file_without_permission_is_a_fault(tmp_path: Path) -> None:
    (write(tmp_path, {"x.txt": SOURCE}) / "x.txt").chmod(0)
    assert faults(tmp_path) == ["x.txt: cannot be read: Permission denied"]


@pytest.mark.parametrize("name", ["x.txt", "x.toml", "x.en.txt", "x.questions.tsv"])
def test_a_file_that_the_system_refuses_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    write(
        tmp_path,
        {
            "x.txt": SOURCE,
            "x.toml": "year = 2011",
            "x.en.txt": TRANSLATION,
            "x.questions.tsv": "1\tde\tWas?\n",
        },
    )
    read = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == name:
            raise PermissionError(13, "Permission denied", str(path))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert faults(tmp_path) == [f"{name}: cannot be read: Permission denied"]


def test_a_file_larger_than_allowed_is_a_fault(tmp_path: Path) -> None:
    with (tmp_path / "x.txt").open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    assert faults(tmp_path) == ["x.txt: larger than 20 MB; split it"]


def test_two_texts_of_one_name_are_a_fault(tmp_path: Path) -> None:
    write(tmp_path, {"x.txt": SOURCE, "x.md": SOURCE, "x.html": SOURCE})
    assert faults(tmp_path) == ["x.html: has the same name as x.md and x.txt; rename or remove one"]


def test_documents_are_sorted_by_name_whatever_their_format(tmp_path: Path) -> None:
    write(tmp_path, {"c.txt": SOURCE, "a.md": SOURCE, "B.TXT": SOURCE, "b.htm": f"<p>{SOURCE}"})
    found = read_seeds(tmp_path)
    assert [(document.name, document.file) for document in found] == [
        ("B", "B.TXT"),
        ("a", "a.md"),
        ("b", "b.htm"),
        ("c", "c.txt"),
    ]
    assert all(
        passage.document == document.name for document in found for passage in document.passages
    )


def test_an_english_source_may_have_a_german_translation(tmp_path: Path) -> None:
    write(tmp_path, {"x.txt": TRANSLATION, "x.de.txt": SOURCE, "x.toml": 'language = "en"'})
    (document,) = read_seeds(tmp_path)
    assert document.work.language == "en"
    assert document.rendering is not None
    assert document.rendering.language == "de"
    assert [
        (document.quote(passage.span), rendered.text)
        for passage, rendered in zip(document.passages, document.rendering.passages, strict=True)
    ] == [
        ("Foreword here.", "Vorwort hier."),
        ("1. One holds.", "1. Eins gilt."),
        ("2. Two holds.", "2. Zwei gilt."),
    ]


@pytest.mark.parametrize("name", ["x.en.txt", "x.de.txt", "x.fr.txt", "v1.2.txt"])
def test_a_name_with_dots_of_its_own_is_a_source(tmp_path: Path, name: str) -> None:
    write(tmp_path, {name: SOURCE, f"{name.removesuffix('.txt')}.toml": "year = 2011"})
    (document,) = read_seeds(tmp_path)
    assert document.name == name.removesuffix(".txt")
    assert document.work.year == 2011
    assert document.rendering is None


def test_another_language_makes_a_text_of_its_own(tmp_path: Path) -> None:
    write(tmp_path, {"x.txt": SOURCE, "x.fr.txt": SOURCE})
    assert [document.name for document in read_seeds(tmp_path)] == ["x", "x.fr"]


def test_a_translation_of_a_translation_is_not_passed_over(tmp_path: Path) -> None:
    write(tmp_path, {"x.txt": SOURCE, "x.en.txt": TRANSLATION, "x.en.de.txt": SOURCE})
    assert faults(tmp_path)


@pytest.mark.parametrize("names", [("x.toml", "x.TOML"), ("x.questions.tsv", "x.Questions.tsv")])
def test_two_files_beside_a_text_that_differ_in_case_are_a_fault(
    tmp_path: Path, names: tuple[str, str]
) -> None:
    write(tmp_path, {"x.txt": SOURCE} | dict.fromkeys(names, "# leer\n"))
    assert faults(tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="names are no bytes there")
def test_a_name_that_is_no_utf_8_is_read_or_refused(tmp_path: Path) -> None:
    try:
        (tmp_path / os.fsdecode(b"\xff.txt")).write_text(SOURCE)
    except OSError:
        pytest.skip("the file system takes no such name")
    with contextlib.suppress(SeedError):
        read_seeds(tmp_path)


def test_the_digest_covers_every_file_of_the_document(tmp_path: Path) -> None:
    steps: list[dict[str, str | bytes]] = [
        {"x.txt": SOURCE},
        {"x.txt": SOURCE + "\n"},
        {"x.toml": "year = 2011"},
        {"x.toml": "year = 2012"},
        {"x.en.txt": TRANSLATION},
        {"x.en.txt": TRANSLATION + "\n"},
        {"x.questions.tsv": "1\tde\tWas?\n"},
        {"x.questions.tsv": "1\tde\tWas nun?\n"},
    ]
    digests = [digest_of(write(tmp_path, files)) for files in steps]
    assert len(set(digests)) == len(digests)


def test_the_digest_depends_on_nothing_but_the_files(tmp_path: Path) -> None:
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
        write(folder, {"x.txt": SOURCE, "x.toml": "year = 2011"})
    write(folders[1], {"y.txt": SOURCE, ".z": "z"})
    os.utime(folders[1] / "x.txt", (0, 0))
    assert read_seeds(folders[0])[0] == read_seeds(folders[1])[0]


def test_bytes_do_not_wander_between_files_unseen(tmp_path: Path) -> None:
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder, files in zip(
        folders,
        (
            {"x.txt": SOURCE + "# a\n", "x.toml": "# b\n"},
            {"x.txt": SOURCE, "x.toml": "# a\n# b\n"},
        ),
        strict=True,
    ):
        folder.mkdir()
        write(folder, files)
    assert digest_of(folders[0]) != digest_of(folders[1])


@pytest.fixture(scope="module")
def bvdw() -> Document:
    (document,) = (found for found in read_seeds(SEEDS) if found.name == BVDW)
    return document


def test_every_file_of_the_repository_is_read() -> None:
    documents = read_seeds(SEEDS)
    sources = [path for path in SEEDS.iterdir() if path.suffix in FORMATS]
    assert {document.file for document in documents} <= {path.name for path in sources}
    assert all(document.text for document in documents)


def test_the_source_of_the_repository_is_the_one_that_was_given() -> None:
    assert hashlib.sha256((SEEDS / f"{BVDW}.txt").read_bytes()).hexdigest() == (
        "465b56222d438161bf70aeae5099e7a5591aa3b10f8d20ac8674baf274ceb159"
    )


def test_the_text_of_the_repository_is_unchanged(bvdw: Document) -> None:
    assert bvdw.text == (SEEDS / f"{BVDW}.txt").read_bytes().decode("utf-8")


def test_the_repository_holds_three_paragraphs_and_five_theses(bvdw: Document) -> None:
    assert [(passage.kind, passage.thesis) for passage in bvdw.passages] == [
        *[("introduction", None)] * 3,
        *[("thesis", number) for number in range(1, 6)],
    ]


def test_the_theses_of_the_repository_have_their_titles(bvdw: Document) -> None:
    titles = [bvdw.quote(passage.title) for passage in bvdw.passages if passage.title]
    assert titles == [
        "BVDW präsentiert zehn Thesen zur Zukunft von Social Media",
        "Social Media wird in Unternehmensorganisationen integriert",
        "Employer Branding 2.0",
        "Die Produktentwicklung wird sozialisiert",
        "CRM wird nicht mehr sein, was es war",
        "Unternehmen aus der zweiten Reihe springen auf",
    ]


def test_a_thesis_of_the_repository_is_quoted_with_its_number(bvdw: Document) -> None:
    first, fifth = bvdw.thesis(1), bvdw.thesis(5)
    assert first is not None
    assert fifth is not None
    assert bvdw.quote(first.span).startswith("1.Social Media wird in Unternehmensorganisationen")
    assert bvdw.quote(fifth.span).endswith("und weniger direkt im werblichen Bereich.")
    assert "2011 werden auch die kleineren Spender auf den Zug aufspringen." in [
        bvdw.quote(sentence) for sentence in fifth.sentences
    ]
    assert bvdw.thesis(6) is None


def test_what_is_no_content_of_the_repository_is_in_no_passage(bvdw: Document) -> None:
    for passage in bvdw.passages:
        assert "Read more" not in bvdw.quote(passage.span)
        assert "Kommentare" not in bvdw.quote(passage.span)
    assert "Read more" in bvdw.text


def test_the_translation_of_the_repository_goes_sentence_by_sentence(bvdw: Document) -> None:
    assert bvdw.rendering is not None
    assert bvdw.rendering.language == "en"
    assert [len(passage.sentences) for passage in bvdw.rendering.passages] == [
        len(passage.sentences) for passage in bvdw.passages
    ]


def test_the_questions_of_the_repository_ask_about_every_thesis(bvdw: Document) -> None:
    asked = {(question.passage, question.language) for question in bvdw.questions}
    assert asked == {
        (passage, language) for passage in (0, *range(3, 8)) for language in ("de", "en")
    }


def test_the_metadata_of_the_repository_is_read(bvdw: Document) -> None:
    assert (bvdw.work.short_title, bvdw.work.year, bvdw.work.language) == ("BVDW", 2011, "de")
    assert bvdw.work.announced_theses == 10


def test_the_repository_reads_the_same_anywhere(bvdw: Document, tmp_path: Path) -> None:
    shutil.copytree(SEEDS, tmp_path / "copy")
    assert bvdw in read_seeds(tmp_path / "copy")


def test_known_documents_are_taken_over_while_their_files_are_the_same(tmp_path: Path) -> None:
    write_seeds(tmp_path, {"obst": ["Äpfel.", "Birnen."], "vieh": ["Kühe."]})
    first = {document.name: document for document in read_seeds(tmp_path)}
    (tmp_path / "vieh.toml").write_text('title = "Das Vieh"\n', encoding="utf-8")
    obst, vieh = read_seeds(tmp_path, first)
    assert obst is first["obst"]
    assert vieh.work.title == "Das Vieh"
    assert read_seeds(tmp_path) == (obst, vieh)
