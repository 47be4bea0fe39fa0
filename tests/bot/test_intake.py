"""Whatever strangers send is read in bounds, named safely, and refused in one clear line."""

from __future__ import annotations

import io
import random
import subprocess
import tomllib
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.corpus.changes import Corpus
from bot.corpus.intake import MAX_BYTES, Draft, NotTakenError, draft_removal, draft_text
from bot.corpus.naming import slug_of, title_of
from index import SeedError
from index.reading.sandbox import read_apart
from index.seeds import read_seeds

TEXT = b"1. Eins steht hier.\n2. Zwei steht da.\n"


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "alt.txt").write_bytes(TEXT + b"3. Drei.\n")
    return Corpus(tmp_path / "seeds", tmp_path / "data")


def take(corpus: Corpus, file: str, content: bytes = TEXT) -> Draft:
    draft = draft_text(corpus, file, content, {})
    if draft.code is not None:
        corpus.commit(draft.code)
    return draft


HOSTILE = {
    "../../etc/passwd.txt": "passwd",
    "..\\..\\windows\\system.txt": "system",
    "/absolut.txt": "absolut",
    "C:\\con.txt": "text-con",
    "NUL.txt": "text-nul",
    "com1.txt": "text-com1",
    ".versteckt.txt": "versteckt",
    "alt.en.txt": "alt-en",
    "alt.questions.tsv.txt": "alt-questions-tsv",
    "alt.toml.txt": "alt-toml",
    "Grüße aus Köln & Bonn.TXT": "gruesse-aus-koeln-bonn",
    "ﬁne‮txt.exe.txt": "finetxt-exe",
    "a" * 300 + ".txt": "a" * 60,
    "--rm -rf--.txt": "rm-rf",
    "$(reboot)`id`.txt": "reboot-id",
    "null\0byte.txt": "null-byte",
    "zeile\nzwei.txt": "zeile-zwei",
}


@pytest.mark.parametrize(("file", "slug"), HOSTILE.items())
def test_a_hostile_name_becomes_a_harmless_one(corpus: Corpus, file: str, slug: str) -> None:
    assert slug_of(file) == slug
    take(corpus, file)
    assert {path.name for path in corpus.seeds.iterdir()} == {
        "alt.txt",
        f"{slug}.txt",
        f"{slug}.toml",
    }
    assert [document.name for document in read_seeds(corpus.seeds)] == sorted(["alt", slug])


@pytest.mark.parametrize("file", ["тезисы.txt", "論題.txt", "🙂🙃.txt", " .txt", "....txt"])
def test_names_without_latin_letters_stay_apart(file: str) -> None:
    assert slug_of(file).startswith("text-")
    assert slug_of(file) != slug_of("другие.txt")


@given(st.text(max_size=300))
def test_every_name_becomes_a_slug_and_a_title_of_one_line(file: str) -> None:
    slug, title = slug_of(file), title_of(file)
    assert 0 < len(slug) <= 70
    assert slug.isascii()
    assert slug.replace("-", "").isalnum()
    assert 0 < len(title) <= 200
    assert title.isprintable()


def test_a_text_is_found_again_by_its_name_whatever_its_case_and_spaces(corpus: Corpus) -> None:
    (corpus.seeds / "Meine Thesen.txt").write_bytes(TEXT)
    draft = take(corpus, "meine thesen.md", b"1. Anders.\n")
    assert (draft.kind, draft.name) == ("replace", "Meine Thesen")
    assert not (corpus.seeds / "Meine Thesen.txt").exists()
    assert (corpus.seeds / "Meine Thesen.md").exists()


def test_a_new_text_never_takes_another_for_its_translation(corpus: Corpus) -> None:
    (corpus.seeds / "foo.en.txt").write_bytes(TEXT)
    assert take(corpus, "foo.txt").name == "foo-text"
    assert all(document.rendering is None for document in read_seeds(corpus.seeds))


def test_what_is_known_of_a_replaced_text_is_kept_where_nothing_new_is_said(
    corpus: Corpus,
) -> None:
    (corpus.seeds / "alt.toml").write_text('title = "Alt"\nyear = 1999\n', encoding="utf-8")
    facts: dict[str, str | int] = {"year": 2001, "publisher": 'Verlag "X" \\ \x7f Söhne'}
    draft = draft_text(corpus, "alt.txt", TEXT, facts)
    assert draft.code is not None
    corpus.commit(draft.code)
    written = tomllib.loads((corpus.seeds / "alt.toml").read_text(encoding="utf-8"))
    assert written == {"title": "Alt", **facts}


def test_a_translation_that_fits_is_kept_and_one_that_does_not_is_set_aside(
    corpus: Corpus,
) -> None:
    (corpus.seeds / "alt.toml").write_text('language = "de"\n', encoding="utf-8")
    (corpus.seeds / "alt.en.txt").write_bytes(b"1. One.\n2. Two.\n3. Three.\n")
    same_numbers = TEXT + b"3. Doch anders.\n"
    assert draft_text(corpus, "alt.txt", same_numbers, {}).set_aside == ()
    assert draft_text(corpus, "alt.txt", TEXT, {}).set_aside == ("alt.en.txt",)


def test_the_same_text_again_is_refused(corpus: Corpus) -> None:
    take(corpus, "neu.txt")
    with pytest.raises(NotTakenError, match="same"):
        draft_text(corpus, "neu.txt", TEXT, {})


@pytest.mark.parametrize("file", ["x.exe", "x", "x.txt.sh", "x.tar.gz", "x.TSV", "x.toml", ""])
def test_only_known_formats_are_taken(corpus: Corpus, file: str) -> None:
    with pytest.raises(NotTakenError, match="format"):
        draft_text(corpus, file, TEXT, {})


def test_what_is_too_large_is_refused_unread(corpus: Corpus) -> None:
    with pytest.raises(NotTakenError, match="large"):
        draft_text(corpus, "x.pdf", b"x" * (MAX_BYTES + 1), {})


def _bomb() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for i in range(3):
            archive.writestr(f"word/document{i}.xml", b"\0" * 40_000_000)
    return written.getvalue()


def _endless_pdf() -> bytes:
    """Pages whose parent is their own child, without end."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[2 0 R]/Count 1/Parent 2 0 R>>endobj\n"
        b"trailer<</Root 1 0 R/Prev 0>>\nstartxref\n0\n%%EOF\n"
    )


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("bombe.docx", _bomb()),
        ("ewig.pdf", _endless_pdf()),
        ("kein.docx", b"PK\x03\x04" + random.Random(1).randbytes(5_000)),
        ("kein.pdf", b"%PDF-1.7\n" + random.Random(1).randbytes(5_000)),
        ("leer.html", b"<html></html>"),
        ("null.txt", b"1. x\0\0\0"),
        ("leer.txt", b""),
    ],
)
def test_a_hostile_file_is_one_line_of_faults_and_no_plan(
    corpus: Corpus, file: str, content: bytes
) -> None:
    draft = draft_text(corpus, file, content, {})
    assert draft.code is None
    assert len(draft.faults) == 1
    assert "\n" not in str(draft.faults[0])
    assert {path.name for path in corpus.seeds.iterdir()} == {"alt.txt"}


def test_a_text_that_takes_too_long_is_given_up_with_all_it_started(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_bytes(TEXT)
    with pytest.raises(SeedError, match="takes more than 0 seconds"):
        read_apart(tmp_path, seconds=0)


def test_the_reader_gets_no_secret_of_the_bot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, str] = {}
    real = subprocess.Popen

    def noting(*args: object, env: dict[str, str], **options: object) -> object:
        given.update(env)
        return real(*args, env=env, **options)  # type: ignore[call-overload]

    monkeypatch.setenv("DISCORD_TOKEN", "geheim")
    monkeypatch.setattr(subprocess, "Popen", noting)
    (tmp_path / "x.txt").write_bytes(TEXT)
    assert read_apart(tmp_path)[0].theses == (1, 2)
    assert "geheim" not in given.values()


def test_a_text_is_removed_with_all_that_lies_beside_it(corpus: Corpus) -> None:
    take(corpus, "neu.txt")
    corpus.commit(draft_removal(corpus, "neu", "Neu"))
    assert {path.name for path in corpus.seeds.iterdir()} == {"alt.txt"}
    for name, reason in (("alt", "last"), ("neu", "unknown"), ("../alt", "unknown")):
        with pytest.raises(NotTakenError, match=reason):
            draft_removal(corpus, name, name)
