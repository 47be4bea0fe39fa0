from __future__ import annotations

import contextlib
import io
import random
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter

from index.errors import SeedError
from index.passage import Passage
from index.reading.decoding import MAX_TEXT_CHARACTERS, UnreadableError, decode
from index.reading.files import MAX_FILE_BYTES
from index.reading.formats import FORMATS, ending_of, read_source
from index.reading.html import MAX_HTML_BYTES
from tests.index.reading.texts import (
    TITLED,
    passages_of,
    read_summary,
    write_docx,
    write_html,
    write_pdf,
)

TEXT = (
    "Zehn Thesen für morgen\nWir sagen „ja“ – und meinen es.\n\n"
    "1. Größe zählt\nÜber Maße hinaus gilt das z. B. im Frühjahr. Ändern lässt es sich.\n"
    "2. Käufer reden\nSie öffnen die Türen. Das kostet 5 €.\n"
)
ENCODED = {
    "UTF-8": TEXT.encode(),
    "UTF-8 with mark": TEXT.encode("utf-8-sig"),
    "UTF-16 LE": TEXT.encode("utf-16-le"),
    "UTF-16 LE with mark": b"\xff\xfe" + TEXT.encode("utf-16-le"),
    "UTF-16 BE": TEXT.encode("utf-16-be"),
    "UTF-16 BE with mark": b"\xfe\xff" + TEXT.encode("utf-16-be"),
    "Windows-1252": TEXT.encode("cp1252"),
}
WORD = write_docx(TITLED, layout="typed")
PDF = write_pdf([["1. Eins gilt.", "2. Zwei gilt."]])
TWO = [("thesis", 1, None, ["Eins gilt."]), ("thesis", 2, None, ["Zwei gilt."])]


def refusal(content: str | bytes, file: str = "x.txt") -> str:
    with pytest.raises(SeedError) as caught:
        read_summary(content, file)
    (line,) = str(caught.value).splitlines()
    assert line.startswith(f"{file}:")
    return line.removeprefix(f"{file}:").strip()


def read_or_refuse(content: str | bytes, file: str) -> None:
    try:
        read_summary(content, file)
    except SeedError:
        refusal(content, file)


def quotes(text: str, passages: tuple[Passage, ...]) -> list[str]:
    return [
        span.of(text)
        for passage in passages
        for span in (passage.span, *passage.sentences, *([passage.title] if passage.title else []))
    ]


def packed(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def encrypted(password: str, owner_password: str) -> bytes:
    writer = PdfWriter()
    writer.append(io.BytesIO(PDF))
    writer.encrypt(password, owner_password, algorithm="RC4-128")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


@pytest.mark.parametrize("encoding", ENCODED)
@pytest.mark.parametrize("ending", [".txt", ".md"])
def test_every_encoding_gives_the_same_text_and_passages(ending: str, encoding: str) -> None:
    source = read_source("x" + ending, ENCODED[encoding])
    assert source.text == TEXT
    assert read_summary(ENCODED[encoding], "x" + ending) == read_summary(TEXT, "x" + ending)


@pytest.mark.parametrize("encoding", ENCODED)
def test_every_encoding_of_a_page_gives_the_same_theses(encoding: str) -> None:
    page = write_html(TITLED, layout="headings")
    mark = {"UTF-16 LE": b"\xff\xfe", "UTF-16 BE": b"\xfe\xff", "UTF-8": b"\xef\xbb\xbf"}
    base = encoding.removesuffix(" with mark")
    codec = {"Windows-1252": "cp1252"}.get(base, base.lower().replace(" ", "-"))
    content = (mark[base] if base != encoding else b"") + page.encode(codec)
    assert read_summary(content, "x.html") == read_summary(page, "x.html")


@pytest.mark.parametrize("ending", [".txt", ".md"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_line_end_gives_the_same_passages_and_is_kept_in_quotes(
    line_end: str, ending: str
) -> None:
    text = TEXT.replace("\n", line_end)
    source = read_source("x" + ending, text.encode())
    assert source.text == text
    assert read_summary(text, "x" + ending) == read_summary(TEXT, "x" + ending)
    found = quotes(text, passages_of(text, "x" + ending))
    expected = quotes(TEXT, passages_of(TEXT, "x" + ending))
    assert found == [quote.replace("\n", line_end) for quote in expected]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_faults_count_lines_the_same_for_every_line_end(line_end: str) -> None:
    text = line_end.join(["1. Eins gilt.", "2. Zwei gilt.", "2. Noch eins."])
    assert refusal(text).startswith("3: thesis 2 a second time")


def test_the_byte_order_mark_is_no_part_of_the_text() -> None:
    assert decode("\ufeffJa.".encode("utf-8-sig")) == "Ja."
    assert decode("Ja.".encode("utf-16")) == "Ja."


def test_windows_quotes_and_dashes_are_read() -> None:
    assert decode(b"\x84Ja\x93 \x96 5 \x80") == "„Ja“ – 5 €"


@given(st.text(alphabet=st.characters(codec="cp1252", exclude_categories=["Cc"]), min_size=1))
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
def test_utf_8_and_utf_16_with_marks_read_back_unchanged(text: str) -> None:
    assert decode(text.encode("utf-8-sig")) == text
    for mark, codec in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        assert decode(mark + text.encode(codec)) == text


@given(st.binary(max_size=300))
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
def test_any_bytes_are_text_without_control_characters_or_refused(content: bytes) -> None:
    with contextlib.suppress(UnreadableError):
        text = decode(content)
        assert not any(character < " " and character not in "\t\n\v\f\r" for character in text)


@pytest.mark.parametrize("ending", [".txt", ".md", ".html"])
@pytest.mark.parametrize("character", ["\x00", "\x01", "\x08", "\x1b", "\x1f"])
def test_a_control_character_is_named_with_its_line(character: str, ending: str) -> None:
    reason = refusal(f"Eins gilt.\nZwei{character} gilt.\n", "x" + ending)
    assert reason.startswith(f"2: holds the control character U+{ord(character):04X}")


def test_nothing_but_nul_bytes_is_no_text() -> None:
    assert "U+0000" in refusal(b"\x00" * 64)


@pytest.mark.parametrize(
    "content", [b"\xef\xbb\xbfGr\xfc\xdfe", b"\xff\xfea", b"\xfe\xff\xd8\x00a"]
)
def test_bytes_that_break_the_encoding_they_begin_with_are_refused(content: bytes) -> None:
    assert refusal(content).startswith("begins like UTF-")


def test_utf_32_is_refused() -> None:
    assert "control character U+0000" in refusal("Eins gilt.".encode("utf-32"))


def test_a_wrong_byte_in_utf_8_is_named_with_its_line() -> None:
    content = "Größe zählt.\nÜber Maße.\n".encode() + b"Stra\xdfe."
    assert refusal(content).startswith("3: byte 0xDF is neither UTF-8 nor Windows-1252")


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("ending", [ending for ending in FORMATS if ending != ".pdf"])
def test_random_bytes_are_refused(ending: str, seed: int) -> None:
    assert refusal(random.Random(seed).randbytes(3000), "x" + ending)


def test_random_bytes_are_no_pdf() -> None:
    assert refusal(random.Random(0).randbytes(3000), "x.pdf") == "is no PDF that can be read"


@pytest.mark.parametrize("ending", [".txt", ".md", ".html"])
@pytest.mark.parametrize("text", [" \n\t\n", "\ufeff", "\r\n\r\n"])
def test_white_space_is_no_text(text: str, ending: str) -> None:
    assert refusal(text, "x" + ending) == "holds no text"


def test_a_text_of_more_characters_than_allowed_is_refused() -> None:
    with pytest.raises(SeedError, match=r"x\.txt: holds more than 4,000,000 characters; split it"):
        read_source("x.txt", b"a" * (MAX_TEXT_CHARACTERS + 1))


def test_the_limit_of_characters_lies_within_that_of_bytes() -> None:
    assert MAX_HTML_BYTES < MAX_TEXT_CHARACTERS < MAX_FILE_BYTES


@pytest.mark.parametrize(
    ("file", "ending"),
    [("x.txt", ".txt"), ("X.TXT", ".txt"), ("a.b.Html", ".html"), ("x.", ".")],
)
def test_the_ending_is_what_follows_the_last_dot_in_small_letters(file: str, ending: str) -> None:
    assert ending_of(file) == ending


def test_a_name_without_a_dot_has_no_ending() -> None:
    assert ending_of("txt") == ""


def test_markdown_code_comments_and_rules_are_no_prose() -> None:
    text = (
        "```\n1. Code.\n```\n\n<!-- 1. Nein. -->\n\n"
        "1. Eins gilt.\n2. Zwei gilt.\n\n---\n\nNachwort steht hier.\n"
    )
    assert read_summary(text, "x.md") == [
        *TWO,
        ("paragraph", None, None, ["Nachwort steht hier."]),
    ]


def test_a_wordless_file_of_markdown_is_refused() -> None:
    assert refusal("```\nnur Code\n```\n", "x.md") == "holds no text"


@pytest.mark.parametrize("length", [0, 3, 10, 100, len(WORD) // 2, len(WORD) - 1])
def test_a_truncated_word_document_is_refused(length: int) -> None:
    assert "is no Word document" in refusal(WORD[:length], "x.docx")


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"hi.txt": b"Hallo"},
        {"word/document.xml": b"<w:document/>"},
        {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"no XML"},
        {"[Content_Types].xml": b"", "_rels/.rels": b""},
    ],
)
def test_an_archive_that_is_no_word_document_is_refused(parts: dict[str, bytes]) -> None:
    assert refusal(packed(parts), "x.docx") == "is no Word document that can be read"


def test_a_word_document_whose_main_part_is_no_xml_is_refused() -> None:
    with zipfile.ZipFile(io.BytesIO(WORD)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["word/document.xml"] = parts["word/document.xml"][:300]
    assert refusal(packed(parts), "x.docx") == "is no Word document that can be read"


def test_a_word_document_without_words_is_refused() -> None:
    assert refusal(write_docx((), layout="typed"), "x.docx") == "holds no text"


def test_a_word_document_that_unpacks_to_too_much_is_refused() -> None:
    bomb = packed({"word/document.xml": b"\0" * 16_000_000})
    assert len(bomb) < 100_000
    assert refusal(bomb, "x.docx").startswith("unpacks to 16,000,000 bytes")


def test_the_size_that_a_word_document_declares_is_believed_without_unpacking() -> None:
    bomb = packed({"word/media/image1.png": b"\0" * 10})
    at = bomb.rfind(b"PK\x01\x02") + 24
    bomb = bomb[:at] + (60_000_000).to_bytes(4, "little") + bomb[at + 4 :]
    assert refusal(bomb, "x.docx").startswith("unpacks to 60,000,000 bytes")


def test_a_word_document_of_too_many_parts_is_refused() -> None:
    parts = {f"{number}.xml": b"" for number in range(5_001)}
    assert refusal(packed(parts, zipfile.ZIP_STORED), "x.docx").startswith("unpacks to")


def test_a_word_document_with_changed_bytes_is_refused_or_read() -> None:
    central = WORD.rfind(b"PK\x05\x06")
    for position in range(central, len(WORD)):
        changed = WORD[:position] + bytes([WORD[position] ^ 0xFF]) + WORD[position + 1 :]
        read_or_refuse(changed, "x.docx")


def test_a_word_document_with_a_damaged_part_is_refused() -> None:
    start = WORD.find(b"word/document.xml") + len("word/document.xml")
    damaged = WORD[:start] + b"\xff" * 20 + WORD[start + 20 :]
    assert refusal(damaged, "x.docx") == "is no Word document that can be read"


@pytest.mark.parametrize("content", [PDF[: len(PDF) // 2], PDF[:9], b"%PDF-1.7\n%%EOF", b"Hallo"])
def test_a_damaged_pdf_is_refused(content: bytes) -> None:
    assert refusal(content, "x.pdf") == "is no PDF that can be read"


def test_an_encrypted_pdf_is_refused_with_what_to_do() -> None:
    reason = refusal(encrypted("geheim", "geheim"), "x.pdf")
    assert reason == "the PDF is encrypted; save it without a password"


def test_a_pdf_that_opens_without_password_is_read() -> None:
    assert read_summary(encrypted("", "geheim"), "x.pdf") == TWO


def test_a_scanned_pdf_is_refused_with_what_to_do() -> None:
    assert refusal(write_pdf([[], []]), "x.pdf") == (
        "holds no text; pages that are pictures need text recognition first"
    )


def test_a_pdf_of_one_page_among_empty_ones_is_read() -> None:
    assert read_summary(write_pdf([[], ["1. Eins gilt.", "2. Zwei gilt."]]), "x.pdf") == TWO


AES_256 = (
    b"%%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"3 0 obj<</Filter/Standard/V 5/R 6/Length 256/P -1/O<%s>/U<%s>/OE<%s>/UE<%s>/Perms<%s>"
    b"/CF<</StdCF<</CFM/AESV3/AuthEvent/DocOpen/Length 32>>>>/StmF/StdCF/StrF/StdCF>>endobj\n"
    b"trailer<</Root 1 0 R/Encrypt 3 0 R/ID[<00><00>]/Size 4>>\nstartxref\n0\n%%%%EOF\n"
) % (b"00" * 48, b"00" * 48, b"00" * 32, b"00" * 32, b"00" * 16)


def test_a_pdf_encrypted_the_modern_way_is_called_encrypted() -> None:
    assert "encrypted" in refusal(AES_256, "x.pdf")


def test_deep_nesting_is_read() -> None:
    page = "<div>" * 50_000 + "<p>1. Eins gilt.</p><p>2. Zwei gilt.</p>" + "</div>" * 50_000
    assert read_summary(page, "x.html") == TWO


@pytest.mark.parametrize("tag", ["ol", "b", "span", "article"])
def test_deep_nesting_of_any_element_is_read(tag: str) -> None:
    page = f"<{tag}>" * 5_000 + "Eins gilt."
    assert read_summary(page, "x.html")[0][3] == ["Eins gilt."]


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>var a = 'Nein.';</script>",
        "<style>p { color: red }</style>",
        "<noscript>Nein.</noscript>",
        "<template><p>Nein.</p></template>",
        "<nav>Nein.</nav>",
        "<footer>Nein.</footer>",
        "<aside>Nein.</aside>",
        "<form><p>Nein.</p></form>",
        "<button>Nein.</button>",
        "<svg><text>Nein.</text></svg>",
        "<iframe>Nein.</iframe>",
        "<p hidden>Nein.</p>",
        '<div aria-hidden="true"><p>Nein.</p></div>',
        '<p style="display: none">Nein.</p>',
        '<p style="color:red;VISIBILITY:hidden">Nein.</p>',
        "<!-- Nein. -->",
        "<![CDATA[Nein.]]>",
    ],
)
def test_hidden_parts_of_a_page_are_not_read(hidden: str) -> None:
    page = f"<body>{hidden}<p>1. Eins gilt.</p>{hidden}<p>2. Zwei gilt.</p>{hidden}</body>"
    assert read_summary(page, "x.html") == TWO


def test_a_page_whose_parts_are_all_hidden_holds_no_text() -> None:
    assert refusal("<body><p hidden>Nein.</p></body>", "x.html") == "holds no text"


@pytest.mark.parametrize(
    "hidden",
    [
        "<div hidden><article>Nein.</article></div>",
        "<aside><article>Nein.</article></aside>",
    ],
)
def test_a_hidden_main_part_is_not_taken_for_the_page(hidden: str) -> None:
    page = f"<body><p>1. Eins gilt.</p><p>2. Zwei gilt.</p>{hidden}</body>"
    assert read_summary(page, "x.html") == TWO


@pytest.mark.parametrize("name", ["main", "article"])
def test_the_main_part_of_a_page_alone_is_read(name: str) -> None:
    page = f"<p>Menü.</p><{name}><p>1. Eins gilt.</p><p>2. Zwei gilt.</p></{name}><p>Ende.</p>"
    assert read_summary(page, "x.html") == TWO


@pytest.mark.parametrize(
    ("declared", "codec"),
    [
        ("utf-8", "cp1252"),
        ("utf-16", "cp1252"),
        ("utf-16", "utf-8"),
        ("iso-8859-1", "utf-8"),
        ("ascii", "cp1252"),
        ("us-ascii", "utf-8"),
        ("none-such", "cp1252"),
        ("none-such", "utf-8"),
        ("hex", "cp1252"),
        ("rot13", "cp1252"),
        ("idna", "cp1252"),
        ("undefined", "cp1252"),
        ("", "cp1252"),
    ],
)
def test_a_wrong_declared_charset_does_not_spoil_the_text(declared: str, codec: str) -> None:
    page = f'<meta charset="{declared}"><p>Größe zählt überall.</p>'
    assert read_summary(page.encode(codec), "x.html")[0][3] == ["Größe zählt überall."]


@pytest.mark.parametrize(
    ("declared", "codec", "words"),
    [
        ("iso-8859-2", "iso-8859-2", "Łódź liegt weit weg."),
        ("windows-1251", "cp1251", "Привет миру."),
        ("shift_jis", "shift_jis", "日本語です"),
    ],
)
def test_a_right_declared_charset_is_used(declared: str, codec: str, words: str) -> None:
    page = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}"><p>{words}</p>'
    assert words in str(read_summary(page.encode(codec), "x.html"))


def test_control_characters_are_refused_under_a_declared_charset_too() -> None:
    page = b'<meta charset="iso-8859-1"><p>Gr\xfc\xdfe \x01 hier.</p>'
    assert "control character U+0001" in refusal(page, "x.html")


def test_a_charset_that_only_python_knows_is_not_used() -> None:
    page = b'<meta charset="unicode_escape"><p>Gr\xfc\xdfe \\x41 hier.</p>'
    assert read_summary(page, "x.html")[0][3] == ["Grüße \\x41 hier."]


@pytest.mark.parametrize(
    "content", ["https://example.org/thesen", "thesen.txt", '<?xml version="1.0"?><a>Ja, gilt.</a>']
)
def test_a_page_that_looks_like_something_else_is_read_without_a_warning(content: str) -> None:
    assert read_summary(content, "x.html")


def test_a_list_of_an_empty_type_is_numbered() -> None:
    page = '<ol type=""><li>Eins gilt.</li><li>Zwei gilt.</li></ol>'
    assert read_summary(page, "x.html") == TWO


@pytest.mark.parametrize(
    ("attributes", "numbers"),
    [
        ("", [1, 2]),
        ('start="4"', [4, 5]),
        ('start="x"', [1, 2]),
        ('type="I"', [1, 2]),
        ('start="9999999999"', [1, 2]),
    ],
)
def test_lists_are_numbered_as_a_browser_shows_them(attributes: str, numbers: list[int]) -> None:
    page = f"<ol {attributes}><li>Eins gilt.</li><li>Zwei gilt.</li></ol>"
    assert [found[1] for found in read_summary(page, "x.html")] == numbers


@pytest.mark.parametrize(
    "content",
    ["<![if foo]><p>Ja</p><![ x", "<!DOCTYPE <p>", "<p", "<<<>>>", "</p></p>", "&#0;&#xD800;&bad;"],
)
def test_broken_markup_is_refused_or_read(content: str) -> None:
    read_or_refuse(content, "x.html")


def test_a_page_of_more_than_the_limit_is_refused() -> None:
    assert refusal(b" " * (MAX_HTML_BYTES + 1), "x.html") == "larger than 3 MB of HTML; split it"


def test_a_wrong_byte_is_named_not_one_that_windows_knows() -> None:
    assert refusal(b"Gr\xfc\xdfe.\nZwei \x81") == (
        "2: byte 0x81 is neither UTF-8 nor Windows-1252; save it as UTF-8"
    )


@pytest.mark.parametrize(
    "line_end",
    [
        "\n",
        "\r\n",
        "\r",
    ],
)
def test_lines_before_a_wrong_byte_are_counted_for_every_line_end(line_end: str) -> None:
    content = f"Größe zählt.{line_end}Über Maße.{line_end}".encode() + b"Stra\xdfe."
    assert refusal(content).startswith("3: byte 0xDF")
