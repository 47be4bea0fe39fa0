"""Sound inputs of every target, for a fuzzer to start from and to spoil."""

from __future__ import annotations

from bot.keys import Place, citation_code, passage_key
from bot.state import make_state
from tests.conftest import ROOT
from tests.fakes import make_document
from tests.index.reading.texts import STYLES, TITLED, write_docx, write_html, write_pdf, write_text


def samples(target: str) -> list[bytes]:
    """At least one sound input of the target of that name."""
    if target.startswith("source"):
        return [_source(target.removeprefix("source"))]
    document = make_document("obst", ["Äpfel sind rot."])
    passage = document.passages[0]
    keys = (passage_key(document, passage),)
    known = {
        "question": ["Was steht in These 3?", "How do they ripen, and what about apples?"],
        "reference": ["These 2-4", "dritte und fünfte These", "XIV", "[[BVDW 3]]", "die letzte"],
        "quotation": ["„Äpfel sind rot. […] Kirschen hängen hoch.“ (These 1)"],
        "display": ["1. *Fett* <@1> @everyone ||x|| [a](https://b.c) `code`\r\n> # -"],
        "button": [
            make_state("de", 7, keys, sentence=None).pack(),
            citation_code(Place(document, passage)),
        ],
        "metadata": ['title = "Thesen"\nyear = 2011\nannounced_theses = 10\n'],
        "config": [(ROOT / "config.example.toml").read_text(encoding="utf-8")],
        "labelled": ["obst#1\tde\tWas ist rot?\tkind\tdev\nnone\ten\tWho won?\n"],
        "questions": ["1\tde\tWas ist rot?\n2\ten\tWhat is yellow?\n"],
    }
    return [text.encode() for text in known[target]]


def _source(ending: str) -> bytes:
    """The same theses in one format."""
    text = write_text(TITLED, STYLES["1. x"])
    match ending:
        case ".docx":
            return write_docx(TITLED, layout="typed")
        case ".pdf":
            return write_pdf([text.splitlines()])
        case ".html":
            return write_html(TITLED, layout="headings").encode()
        case _:
            return text.encode()
