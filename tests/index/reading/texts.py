"""The same theses in many number styles and file formats."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Callable
from dataclasses import dataclass

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from index.passage import Passage
from index.reading.formats import read_source
from index.reading.lines import SourceText
from index.reading.passages import read_passages


@dataclass(frozen=True)
class Thesis:
    title: str | None
    body: tuple[str, ...]


TITLED = (
    Thesis("Social Media wird Alltag", ("Das galt z. B. schon 2010. Heute gilt es überall.",)),
    Thesis(
        "Employer Branding 2.0",
        (
            "Bewerber lesen mit. Im 19. Jahrhundert war das anders.",
            "Der 1. FC Köln weiß es auch, und am 3. Oktober wird gefeiert.",
        ),
    ),
    Thesis("CRM wird nicht mehr sein, was es war", ("Kunden reden „miteinander“, nicht mit uns.",)),
)
ONE_SENTENCE = (
    Thesis(None, ("Lehrlinge verdienen im ersten Jahr mindestens tausend Euro.",)),
    Thesis(None, ("Deutsch lernt man am besten an der Werkbank.",)),
    Thesis(None, ("Abiturienten gehören ins Handwerk, nicht trotz, sondern wegen ihrer Bildung.",)),
)
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")

Style = Callable[[int, str], str]
STYLES: dict[str, Style] = {
    "1. x": lambda n, words: f"{n}. {words}",
    "1.x": lambda n, words: f"{n}.{words}",
    "1) x": lambda n, words: f"{n}) {words}",
    "1)x": lambda n, words: f"{n}){words}",
    "(1) x": lambda n, words: f"({n}) {words}",
    "1.) x": lambda n, words: f"{n}.) {words}",
    "1: x": lambda n, words: f"{n}: {words}",
    "1 – x": lambda n, words: f"{n} – {words}",
    "§ 1 x": lambda n, words: f"§ {n} {words}",
    "§1 x": lambda n, words: f"§{n} {words}",
    "These 1: x": lambda n, words: f"These {n}: {words}",
    "THESE 1: x": lambda n, words: f"THESE {n}: {words}",
    "These Nr. 1: x": lambda n, words: f"These Nr. {n}: {words}",
    "Thesis 1 – x": lambda n, words: f"Thesis {n} – {words}",
    "Thesis #1: x": lambda n, words: f"Thesis #{n}: {words}",
    "These I: x": lambda n, words: f"These {ROMAN[n - 1]}: {words}",
    "- 1. x": lambda n, words: f"- {n}. {words}",
    "> 1. x": lambda n, words: f"> {n}. {words}",
    "**1.** x": lambda n, words: f"**{n}.** {words}",
    "**1. x**": lambda n, words: f"**{n}. {words}**",
    "1. **x**": lambda n, words: f"{n}. **{words}**",
    "# 1. x": lambda n, words: f"# {n}. {words}",
    "## These 1: x": lambda n, words: f"## These {n}: {words}",
    "### 1) x": lambda n, words: f"### {n}) {words}",
    "1\\. x": lambda n, words: f"{n}\\. {words}",
    "I. x": lambda n, words: f"{ROMAN[n - 1]}. {words}",
    "I) x": lambda n, words: f"{ROMAN[n - 1]}) {words}",
    "(I) x": lambda n, words: f"({ROMAN[n - 1]}) {words}",
    "1. alone": lambda n, words: f"{n}.\n{words}",
    "These 1 alone": lambda n, words: f"These {n}\n{words}",
    "§ 1 alone": lambda n, words: f"§ {n}\n\n{words}",
    "## 1. alone": lambda n, words: f"## {n}.\n\n{words}",
    "**These 1** alone": lambda n, words: f"**These {n}**\n{words}",
    "indented": lambda n, words: f"    {n}. {words}",
    "right-aligned": lambda n, words: f"{n:>3}. {words}",
}


def write_text(
    theses: tuple[Thesis, ...], style: Style, *, gap: str = "\n", width: int | None = None
) -> str:
    """The theses as text; ``gap`` stands between theses and between title and paragraphs."""
    blocks = []
    for number, thesis in enumerate(theses, 1):
        first, *rest = [thesis.title, *thesis.body] if thesis.title else thesis.body
        paragraphs = [style(number, first), *rest]
        if width:
            paragraphs = [
                paragraph if "\n" in paragraph else textwrap.fill(paragraph, width)
                for paragraph in paragraphs
            ]
        blocks.append(gap.join(paragraphs))
    return gap.join(blocks) + "\n"


def passages_of(text: str, file: str = "x.txt") -> tuple[Passage, ...]:
    source = read_source(file, text.encode())
    return read_passages(source, document="x", file=file, language="de")


def summary(source: SourceText, passages: tuple[Passage, ...]) -> list[tuple[object, ...]]:
    """Kind, number, title and sentences of each passage, as plain words."""
    text = source.text
    return [
        (
            passage.kind,
            passage.thesis,
            passage.title.of(text) if passage.title else None,
            [" ".join(sentence.of(text).split()) for sentence in passage.sentences],
        )
        for passage in passages
    ]


def read_summary(content: str | bytes, file: str = "x.txt") -> list[tuple[object, ...]]:
    source = read_source(file, content.encode() if isinstance(content, str) else content)
    passages = read_passages(source, document="x", file=file, language="de")
    return summary(source, passages)


def write_html(theses: tuple[Thesis, ...], *, layout: str) -> str:
    """A page with the theses as headings, as a numbered list or as paragraphs."""
    parts = []
    for number, thesis in enumerate(theses, 1):
        body = "".join(f"<p>{paragraph}</p>" for paragraph in thesis.body)
        if layout == "headings":
            parts.append(f"<h2>{number}. {thesis.title or ''}</h2>{body}")
        elif layout == "list":
            title = f"<b>{thesis.title}</b>" if thesis.title else ""
            parts.append(f"<li>{title}{body}</li>")
        else:
            title = f"{thesis.title}<br>" if thesis.title else ""
            parts.append(f"<p>{number}. {title}{thesis.body[0]}</p>")
            parts += [f"<p>{paragraph}</p>" for paragraph in thesis.body[1:]]
    inner = "\n".join(parts)
    if layout == "list":
        inner = f"<ol>{inner}</ol>"
    return f"<html><head><title>No</title></head><body><nav>Menü</nav>{inner}</body></html>"


def write_docx(theses: tuple[Thesis, ...], *, layout: str) -> bytes:
    """A Word document with typed numbers, automatic numbers or headings."""
    document = docx.Document()
    for number, thesis in enumerate(theses, 1):
        first, *rest = [thesis.title, *thesis.body] if thesis.title else thesis.body
        if layout == "headings":
            document.add_heading(f"{number}. {first}", 2)
        elif layout == "automatic":
            document.add_paragraph(first, style="List Number")
        else:
            document.add_paragraph(f"{number}. {first}")
        for paragraph in rest:
            document.add_paragraph(paragraph)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def restart_list(paragraph: object, start: int) -> None:
    """Set ``w:start`` of all automatic lists in a paragraph's document (python-docx object)."""
    numbering = paragraph.part.numbering_part.element  # type: ignore[attr-defined]
    for level in numbering.iter(qn("w:lvl")):
        element = level.find(qn("w:start"))
        if element is None:
            element = OxmlElement("w:start")
            level.insert(0, element)
        element.set(qn("w:val"), str(start))


def write_pdf(pages: list[list[str]]) -> bytes:
    """A PDF that shows lines of text, one list of lines a page."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    kids = " ".join(f"{4 + 2 * i} 0 R" for i in range(len(pages)))
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode())
    objects.append(
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    )
    for i, lines in enumerate(pages):
        shown = b" T* ".join(
            b"(" + line.encode("cp1252").replace(b"(", b"\\(").replace(b")", b"\\)") + b") Tj"
            for line in lines
        )
        stream = b"BT /F1 10 Tf 14 TL 50 780 Td " + shown + b" ET"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * i} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    content = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    table += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return content + table + trailer % (len(objects) + 1, len(content))
