"""An answer as one JSON object, for machines; the README documents the form."""

from __future__ import annotations

from typing import Any

from bot.answer import (
    Answer,
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
from index import Language, Span

_NAMES: dict[type[Outcome], str] = {
    ByNumber: "thesis",
    ByMeaning: "answer",
    Unsure: "unsure",
    WhichWork: "unsure",
    NothingFits: "none",
    Refusal: "none",
    NoSuchThesis: "no_such_thesis",
}


def outcome_name(outcome: Outcome) -> str:
    """``thesis``, ``answer``, ``unsure``, ``none`` or ``no_such_thesis``."""
    return _NAMES[type(outcome)]


def to_json(question: str, answer: Answer, timing_ms: dict[str, float]) -> dict[str, Any]:
    """The object for one question; ``passages`` best first, ``text`` verbatim."""
    return {
        "question": question,
        "language": answer.language,
        "outcome": outcome_name(answer.outcome),
        "passages": [_quote(quote, answer.language) for quote in answer.outcome.quotes],
        "message": message(answer),
        "timing_ms": timing_ms,
    }


def _quote(quote: Quote, language: Language) -> dict[str, Any]:
    document, passage = quote.document, quote.passage
    return {
        "document": document.name,
        "thesis": passage.thesis,
        "title": document.quote(passage.title) if passage.title else None,
        "text": document.quote(passage.span),
        "start": passage.span.start,
        "end": passage.span.end,
        "highlight": _span(quote.highlight),
        "score": round(quote.score, 6),
        "citation": cite(document, passage, language),
    }


def _span(span: Span | None) -> dict[str, int] | None:
    return None if span is None else {"start": span.start, "end": span.end}
