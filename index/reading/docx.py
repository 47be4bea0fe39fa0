"""DOCX to the text that Word shows, automatic numbers included; python-docx opens it."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from index.reading.blocks import Block, join_blocks, write_number
from index.reading.decoding import UnreadableError
from index.reading.lines import SourceText

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.table import Table
    from docx.text.paragraph import Paragraph

MAX_UNPACKED_BYTES = 50_000_000
"""Most bytes that the archive's parts may unpack to."""

_MAX_XML_BYTES = 15_000_000
_MAX_PARTS = 5_000
_HEADING_STYLE = re.compile(r"(?:heading|überschrift) ?([1-9])", re.IGNORECASE)
_KINDS = {
    "upperRoman": "I",
    "lowerRoman": "i",
    "upperLetter": "A",
    "lowerLetter": "a",
}


def read_docx(content: bytes) -> SourceText:
    """The paragraphs and table cells of a document, one a line, an empty line between two.

    Raises:
        UnreadableError: It is no Word document, or unpacks to more than the limits.
    """
    import docx
    from docx.opc.exceptions import OpcError

    _refuse_bomb(content)
    try:
        document = docx.Document(io.BytesIO(content))
        return join_blocks(_blocks(document))
    except (
        OpcError,
        SyntaxError,  # what lxml raises for XML that is none
        zipfile.BadZipFile,
        zlib.error,
        KeyError,
        ValueError,
        AttributeError,
        TypeError,
        IndexError,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
    ) as error:
        raise UnreadableError("is no Word document that can be read") from error


def _refuse_bomb(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise UnreadableError("is no Word document: not a ZIP archive") from error
    largest = max((p.file_size for p in parts if p.filename.endswith((".xml", ".rels"))), default=0)
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MAX_UNPACKED_BYTES or largest > _MAX_XML_BYTES or len(parts) > _MAX_PARTS:
        raise UnreadableError(f"unpacks to {unpacked:,} bytes; that is no text to quote from")


def _blocks(document: WordDocument) -> Iterator[Block]:
    numbers = _Numbers(document)
    for paragraph in _paragraphs(document):
        block = Block(level=_level(paragraph))
        block.mark, block.depth = numbers.next_mark(paragraph)
        for run in paragraph.iter_inner_content():
            is_bold = bool(getattr(run, "bold", False))
            block.add(run.text.replace("\t", " "), is_bold=is_bold)
        yield block


def _paragraphs(document: WordDocument) -> Iterator[Paragraph]:
    """All paragraphs in order, those of tables too, cell by cell."""
    from docx.table import Table

    stack: list[Paragraph | Table] = list(document.iter_inner_content())[::-1]
    while stack:
        item = stack.pop()
        if isinstance(item, Table):
            stack.extend(_cells_content(item)[::-1])
        else:
            yield item


def _cells_content(table: Table) -> list[Paragraph | Table]:
    from docx.table import _Cell

    cells = (_Cell(tc, table) for row in table._tbl.tr_lst for tc in row.tc_lst)
    return [item for cell in cells for item in cell.iter_inner_content()]


def _level(paragraph: Paragraph) -> int | None:
    name = paragraph.style.name if paragraph.style is not None else None
    match = _HEADING_STYLE.match(name or "")
    if match:
        return min(int(match[1]), 6)
    return 1 if name in ("Title", "Titel") else None


class _Numbers:
    """Word's automatic paragraph numbers, counted as Word counts them while reading on."""

    def __init__(self, document: WordDocument) -> None:
        from docx.oxml.ns import qn

        self._qn = qn
        self._levels: dict[tuple[str, int], tuple[str, str, int]] = {}
        self._list_of: dict[str, str] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        part = next(
            (
                r.target_part
                for r in document.part.rels.values()
                if r.reltype.endswith("/numbering")
            ),
            None,
        )
        element = getattr(part, "element", None)
        if element is not None:
            self._read_definitions(element)

    def _read_definitions(self, numbering: BaseOxmlElement) -> None:
        for abstract in numbering.findall(self._qn("w:abstractNum")):
            for level in abstract.findall(self._qn("w:lvl")):
                key = (self._value(abstract, "w:abstractNumId"), self._integer(level, "w:ilvl"))
                self._levels[key] = (
                    self._child(level, "w:numFmt", "decimal"),
                    self._child(level, "w:lvlText", ""),
                    int(self._child(level, "w:start", "1")),
                )
        for number in numbering.findall(self._qn("w:num")):
            self._list_of[self._value(number, "w:numId")] = self._child(
                number, "w:abstractNumId", ""
            )

    def next_mark(self, paragraph: Paragraph) -> tuple[str, int]:
        """The mark in front of a paragraph and its depth; an empty mark where none is."""
        number_id, depth = self._numbering_of(paragraph)
        abstract = self._list_of.get(number_id, "")
        if not paragraph.text.strip() or (abstract, depth) not in self._levels:
            return "", 0
        kind, pattern, start = self._levels[abstract, depth]
        if kind == "bullet":
            return "- ", depth
        counts = self._counts[number_id]
        counts[depth] = counts.get(depth, start - 1) + 1
        for deeper in [level for level in counts if level > depth]:
            del counts[deeper]
        return self._written(pattern, abstract, counts), depth

    def _written(self, pattern: str, abstract: str, counts: dict[int, int]) -> str:
        def number(match: re.Match[str]) -> str:
            level = int(match[1]) - 1
            kind, _, start = self._levels.get((abstract, level), ("decimal", "", 1))
            return write_number(counts.get(level, start), _KINDS.get(kind, "1"))

        mark = re.sub(r"%([1-9])", number, pattern)
        return f"{mark} " if mark else ""

    def _numbering_of(self, paragraph: Paragraph) -> tuple[str, int]:
        """The list that a paragraph, or else its style, is in, and its level there."""
        candidates = [paragraph._p.pPr]
        style = paragraph.style
        for _ in range(10):  # styles may be based on each other in a circle
            if style is None:
                break
            candidates.append(style.element.find(self._qn("w:pPr")))
            style = style.base_style
        for properties in candidates:
            own = None if properties is None else properties.find(self._qn("w:numPr"))
            if own is not None:
                return self._child(own, "w:numId", ""), int(self._child(own, "w:ilvl", "0"))
        return "", 0

    def _child(self, element: BaseOxmlElement, name: str, default: str) -> str:
        child = element.find(self._qn(name))
        return default if child is None else child.get(self._qn("w:val"), default)

    def _value(self, element: BaseOxmlElement, name: str) -> str:
        return str(element.get(self._qn(name), ""))

    def _integer(self, element: BaseOxmlElement, name: str) -> int:
        return int(element.get(self._qn(name), "0"))
