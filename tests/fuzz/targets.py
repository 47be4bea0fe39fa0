"""All that reads text from outside, each as a function of bytes that must end well.

A target returns, whatever the bytes are: what it reads either makes sense or is refused in the way
its docstring names. Any other error is a finding.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from bot.answer import LONGEST_QUESTION, Answerer
from bot.config import load_config
from bot.errors import ConfigError
from bot.exactness import check_quote
from bot.inline import bracketed
from bot.jsonform import to_json
from bot.keys import Places
from bot.language import LanguageDetector
from bot.options import number_choices, read_code, work_choices
from bot.proof import prove
from bot.reference import find_reference
from bot.render import LEAST_ROOM, quote_pieces
from bot.state import unpack
from index import Document, RetrievalError, Span, Work
from index.labelled import read_labelled
from index.reading.formats import FORMATS, read_source
from index.reading.passages import read_passages
from index.reading.sidecars import read_questions, read_work
from tests.fakes import WordSearch, make_document

Target = Callable[[bytes], None]

_DOCUMENT = make_document("obst", ["Äpfel sind rot.", "Birnen sind gelb.", "Kirschen hängen hoch."])
_DOCUMENTS = (_DOCUMENT,)


def _text(content: bytes) -> str:
    return content.decode("utf-8", "surrogateescape")


def _question(content: bytes) -> None:
    answerer = Answerer(_DOCUMENTS, WordSearch(_DOCUMENTS), LanguageDetector())
    question = _text(content)
    for quote in to_json(question, answerer.answer(question), {})["passages"]:
        assert quote["text"] == _DOCUMENT.text[quote["start"] : quote["end"]]


def _reference(content: bytes) -> None:
    text = _text(content)
    reference = find_reference(text)
    if reference is not None:
        reference.resolve((1, 2, 3))
    bracketed(text)
    number_choices(_DOCUMENTS, text, "de")
    work_choices(_DOCUMENTS, text)


def _quotation(content: bytes) -> None:
    check_quote(_text(content)[:LONGEST_QUESTION], _DOCUMENTS)


def _display(content: bytes) -> None:
    text = _text(content)
    whole = Span(0, len(text))
    document = Document("any", "any.txt", "", text, Work("any"), ())
    if text:
        prove(document, whole, quote_pieces(document, whole, (), LEAST_ROOM))


def _button(content: bytes) -> None:
    packed = _text(content)
    state = unpack(packed)
    assert state is None or state.pack() == packed
    read_code(Places(_DOCUMENTS), packed)


def _source(ending: str, content: bytes) -> None:
    with suppress(RetrievalError):
        source = read_source(f"any{ending}", content)
        for passage in read_passages(source, document="any", file=f"any{ending}", language=None):
            assert passage.span.of(source.text).strip()


def _metadata(content: bytes) -> None:
    with suppress(RetrievalError):
        read_work("any.toml", content, title="any")


def _from_file(read: Callable[[Path], object], content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder, suppress(RetrievalError, ConfigError):
        path = Path(folder) / "any"
        path.write_bytes(content)
        read(path)


TARGETS: dict[str, Target] = {
    "question": _question,
    "reference": _reference,
    "quotation": _quotation,
    "display": _display,
    "button": _button,
    "metadata": _metadata,
    "config": partial(_from_file, load_config),
    "labelled": partial(_from_file, read_labelled),
    "questions": partial(_from_file, lambda path: read_questions(path, _DOCUMENT)),
    **{f"source{ending}": partial(_source, ending) for ending in FORMATS if ending != ".htm"},
}
"""Every target by its name."""
