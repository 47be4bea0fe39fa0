"""What people type as options of commands, and what they are offered meanwhile."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import product

from discord import app_commands

from bot.keys import Place, Places, Verified, citation_code
from bot.l10n import numbers, say
from bot.reference import find_reference
from bot.render import length
from index import Document, Language, Passage

LONGEST_NUMBER = 60
"""Characters that ``/thesis`` reads of a number."""

_CHOICES = 25
_LONGEST = 100
_ELLIPSIS = "…"
_MOST_ONES = 6

_Choice = app_commands.Choice[str]


def work_choices(documents: Sequence[Document], typed: str) -> list[_Choice]:
    """At most 25 texts whose title or name has what was typed."""
    wanted = typed.casefold().strip()
    return [
        _Choice(name=_label(_with_year(document)), value=_value(document.name))
        for document in documents
        if wanted in f"{document.work.title} {document.work.short_title} {document.name}".casefold()
    ][:_CHOICES]


def work_called(documents: Sequence[Document], typed: str) -> Document | None:
    """The text of that name or title, also if only one begins so; None if it is not to be told."""
    wanted = typed.casefold().strip()
    names = [(document, [name.casefold() for name in _names(document)]) for document in documents]
    exact = [document for document, called in names if wanted in called]
    begun = [d for d, called in names if any(name.startswith(wanted) for name in called)]
    for found in (exact, begun):
        if len(found) == 1:
            return found[0]
    return next((document for document in exact if document.name.casefold() == wanted), None)


def number_choices(documents: Sequence[Document], typed: str, language: Language) -> list[_Choice]:
    """At most 25 theses by number, then by words of their title, in the source or translated."""
    asked = _asked(typed)
    ranked: list[tuple[int, Place]] = []
    for document in documents:
        for passage in document.passages:
            if passage.thesis is not None:
                rank = _rank(Place(document, passage), typed.casefold().strip(), asked)
                ranked += [] if rank is None else [(rank, Place(document, passage))]
    places = [place for _, place in sorted(ranked, key=lambda found: found[0])]
    several = len(documents) > 1
    choices = [_thesis_choice(place, language, several=several) for place in places]
    held = {place.passage.thesis for _, place in ranked}
    if len(asked) > 1 and held & set(asked) and length(typed.strip()) <= LONGEST_NUMBER:
        facts: dict[str, str | int] = {"count": len(asked), "numbers": numbers(language, asked)}
        choices.insert(0, _Choice(name=_label(say(language, "wanted", facts)), value=typed.strip()))
    return choices[:_CHOICES]


def read_code(places: Places, typed: str) -> Verified | None:
    """What the code of a quotation stands for; of several readings, one whose words are the same.

    What stands around its letters does not count, and a 1 may be an I or an L.
    """
    found = [verified for code in _readings(typed) if (verified := places.verify(code))]
    same = (verified for verified in found if verified.change != "words")
    return next(same, found[0] if found else None)


def _readings(typed: str) -> Iterator[str]:
    code = re.sub(r"[^0-9A-Z]", "", typed.upper())
    ones = code.count("1")
    for letters in product("LI", repeat=min(ones, _MOST_ONES)):
        yield code.replace("1", "{}").format(*letters, *"L" * ones)


def line_of(document: Document, passage: Passage) -> str:
    """The title of a passage, or its first sentence, in one line."""
    span = passage.title or (passage.sentences[0] if passage.sentences else passage.span)
    return " ".join(document.quote(span).split())


def translated_line(document: Document, passage: Passage) -> str | None:
    """The same in the translation; None if there is none."""
    if document.rendering is None:
        return None
    rendered = document.rendering.passages[document.passages.index(passage)]
    first = rendered.sentences[0] if rendered.sentences else rendered.text
    return " ".join((rendered.title or first).split())


def _asked(typed: str) -> tuple[int, ...]:
    reference = find_reference(typed) or find_reference(f"These {typed}")
    return reference.numbers if reference is not None and reference.kind == "numbers" else ()


def _rank(place: Place, wanted: str, asked: Sequence[int]) -> int | None:
    """How near a thesis is to what was typed, 0 the nearest; None if it has nothing of it."""
    if place.passage.thesis in asked:
        return 0
    if str(place.passage.thesis).startswith(wanted):
        return 1
    lines = _lines(place)
    return 2 if any(wanted in line.casefold() for line in lines) else None


def _lines(place: Place) -> Iterator[str]:
    yield line_of(place.document, place.passage)
    if (translated := translated_line(place.document, place.passage)) is not None:
        yield translated


def _thesis_choice(place: Place, language: Language, *, several: bool) -> _Choice:
    """A thesis to choose; where several texts number theirs, its value is its citation's code."""
    document, passage = place.document, place.passage
    rendering = document.rendering
    spoken = translated_line(document, passage) if rendering is not None else None
    if rendering is None or rendering.language != language or spoken is None:
        spoken = line_of(document, passage)
    name = f"{passage.thesis}. {spoken}"
    if not several:
        return _Choice(name=_label(name), value=str(passage.thesis))
    tail = f" · {_label(document.work.short_title or document.work.title, _LONGEST // 2)}"
    return _Choice(name=_label(name, _LONGEST - length(tail)) + tail, value=citation_code(place))


def _names(document: Document) -> Iterator[str]:
    work = document.work
    yield from (document.name, work.title, _with_year(document))
    if work.short_title is not None:
        yield work.short_title


def _with_year(document: Document) -> str:
    work = document.work
    return f"{work.title} ({work.year})" if work.year else work.title


def _label(words: str, room: int = _LONGEST) -> str:
    """A label of one line; one that is too long ends with an ellipsis, for it is no quotation."""
    line = " ".join(words.split())
    return line if length(line) <= room else _value(line, room - 1).rstrip() + _ELLIPSIS


def _value(words: str, room: int = _LONGEST) -> str:
    """The beginning of ``words`` that fits."""
    beginning = words[:room]
    while length(beginning) > room:
        beginning = beginning[:-1]
    return beginning
