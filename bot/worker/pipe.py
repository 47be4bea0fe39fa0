"""What the bot and its worker say to each other: a JSON object a line, findings as positions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, TypeAlias

from pydantic import Field, TypeAdapter, ValidationError

from bot.answer import Search
from index import Document, Finding, Hit, Passage, Span, Wanted
from index.hits import Verdict

LONGEST_LINE = 64_000_000
"""Bytes; a longer line is no message."""

Message: TypeAlias = dict[str, Any]


class Garbled(Exception):
    """A line is no message, or not the one that is due."""


@dataclass(frozen=True, slots=True)
class FoundHit:
    """A ``Hit`` by positions: of its document in the index, and of its passage in the document."""

    document: Annotated[int, Field(ge=0)]
    passage: Annotated[int, Field(ge=0)]
    score: float
    highlight: tuple[int, int] | None
    evidence: dict[str, float]


@dataclass(frozen=True, slots=True)
class Found:
    """A ``Finding`` by positions."""

    verdict: Verdict
    hits: tuple[FoundHit, ...]


class Positions:
    """Findings to positions in ``documents`` and back; both sides hold the same documents."""

    def __init__(self, documents: Sequence[Document]) -> None:
        """Number ``documents`` and their passages in their order."""
        self._documents = documents
        self._places = {
            (document.name, passage.span): (at, i)
            for at, document in enumerate(documents)
            for i, passage in enumerate(document.passages)
        }

    def found(self, finding: Finding) -> Found:
        """What is sent for ``finding``."""
        return Found(finding.verdict, tuple(map(self._found_hit, finding.hits)))

    def _found_hit(self, hit: Hit) -> FoundHit:
        document, passage = self._places[hit.document.name, hit.passage.span]
        mark = hit.highlight
        highlight = None if mark is None else (mark.start, mark.end)
        return FoundHit(document, passage, float(hit.score), highlight, hit.evidence)

    def finding(self, found: Found) -> Finding:
        """What was sent as ``found``.

        Raises:
            Garbled: It names what is not there.
        """
        return Finding(found.verdict, tuple(map(self._hit, found.hits)))

    def _hit(self, found: FoundHit) -> Hit:
        try:
            document = self._documents[found.document]
            passage = document.passages[found.passage]
        except IndexError:
            raise Garbled("a passage that is not there") from None
        return Hit(document, passage, found.score, _mark(found, passage), found.evidence)


def _mark(found: FoundHit, passage: Passage) -> Span | None:
    if found.highlight is None:
        return None
    mark = Span(*found.highlight)
    if mark not in passage.sentences:
        raise Garbled("a sentence that is not there")
    return mark


def to_line(message: Message) -> bytes:
    """A message as a line of ASCII."""
    return json.dumps(message, ensure_ascii=True, separators=(",", ":")).encode("ascii") + b"\n"


def from_line(line: bytes) -> Message:
    """The message of a line.

    Raises:
        Garbled: There is none.
    """
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        raise Garbled("no JSON") from None
    if not line.endswith(b"\n") or not isinstance(message, dict):
        raise Garbled("no whole message")
    return message


def wanted_message(number: int, wanted: Sequence[Wanted]) -> Message:
    """A request for searches."""
    return {
        "request": number,
        "wanted": [
            [list(one.questions), one.language, one.top, _listed(one.documents)] for one in wanted
        ],
    }


def _listed(names: Any) -> list[str] | None:
    return None if names is None else list(names)


def wanted_of(message: Message) -> list[Wanted]:
    """The searches of a request."""
    return [Wanted(*one) for one in message["wanted"]]


def found_message(
    number: int, found: Sequence[Sequence[Found] | str], *, leaving: bool = False
) -> Message:
    """The reply to a request: for each search its findings, or the kind of error it met.

    ``leaving`` says that it is the worker's last one, as memory has run out.
    """
    whole = [one if isinstance(one, str) else tuple(one) for one in found]
    return {"reply": number, "leaving": leaving, "found": _replies().dump_python(whole)}


def found_of(
    message: Message, number: int, wanted: Sequence[Wanted]
) -> list[tuple[Found, ...] | str]:
    """What the reply to request ``number`` says of each of its searches.

    Raises:
        Garbled: It is no reply to that request.
    """
    if message.get("reply") != number:
        raise Garbled("no reply to what was asked")
    try:
        found = _replies().validate_python(message.get("found"))
    except ValidationError:
        raise Garbled("no findings") from None
    counts = [None if isinstance(one, str) else len(one) for one in found]
    if len(found) != len(wanted) or any(
        count not in (None, len(one.questions)) for count, one in zip(counts, wanted, strict=True)
    ):
        raise Garbled("not a finding for each question")
    return found


@cache
def _replies() -> TypeAdapter[list[tuple[Found, ...] | str]]:
    return TypeAdapter(list[tuple[Found, ...] | str])


def search_together(search: Search, wanted: Sequence[Wanted]) -> list[list[Finding]]:
    """Several searches, at once if ``search`` can do that."""
    together = getattr(search, "search_together", None)
    if together is not None:
        found: list[list[Finding]] = together(wanted)
        return found
    return [
        search.search(one.questions, one.language, top=one.top, documents=_listed(one.documents))
        for one in wanted
    ]
