"""What a reply looks like in Discord: words around it, quotation, citation; within its limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from bot.citation import cite, name_passage
from bot.keys import Place, citation_code
from bot.l10n import say
from bot.proof import prove
from bot.render import LEAST_ROOM, MESSAGE_LIMIT, escape, length, quote_pieces, unescape
from bot.state import State
from index import Document, Language, Passage, RenderedPassage, Span, Work

ASKED = "-# 💬 "
"""What a line begins with that repeats the question a command was given."""

_LONGEST_FOOT = 700
_LONGEST_HEADER = 800
_LONGEST_QUESTION = 250
_NO_WORK = Work("")
_PART_ROOM = 60
"""Room kept for the line that numbers a part."""


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines that stay together; ``goes_on`` with a quotation, which no line break may interrupt."""

    text: str
    goes_on: bool = False


def pages(state: State, places: Sequence[Place], header: str) -> list[str]:
    """The messages that show the passages of a reply; joined, their quotations are whole.

    Args:
        state: What is shown.
        places: The passages of ``state.keys``, in their order.
        header: What stands above the quotations, on every page: a page that is turned is made
            anew from what it shows, and must be cut where it was cut before.

    Raises:
        QuoteError: What would be displayed is not what the source says; nothing may be sent.
    """
    if length(header) > _LONGEST_HEADER and header.startswith(ASKED):
        header = header.partition("\n")[2]
    if length(header) > _LONGEST_HEADER:
        header = ""
    above = f"{header}\n" if header else ""
    room = MESSAGE_LIMIT - length(above) - _PART_ROOM
    shown = places[state.at : state.at + state.together]
    blocks: list[_Block] = []
    for number, place in enumerate(shown):
        blocks += _quotation(place, state, state.sentence if number == 0 else None, room)
    filled = _fill(blocks, room)
    if len(filled) == 1:
        return [above + filled[0]]
    parts = [{"part": number, "parts": len(filled)} for number in range(1, len(filled) + 1)]
    return [
        f"{above}{page}\n-# {say(state.language, 'part', part)}"
        for page, part in zip(filled, parts, strict=True)
    ]


def header_of(content: str) -> str:
    """What stands above the quotations of a message that ``pages`` made."""

    def is_above(line: str) -> bool:
        return line.startswith(ASKED) or bool(line.strip() and not line.startswith(("> ", "-# ")))

    return "\n".join(takewhile(is_above, content.split("\n")))


def ask_line(question: str) -> str:
    """The line above a reply that repeats what a command was asked; empty if it is too long."""
    line = ASKED + escape(" ".join(question.split()))
    return line if length(line) <= _LONGEST_QUESTION else ""


def asked_in(content: str) -> str | None:
    """The question that ``ask_line`` repeats in a message; None if there is none."""
    first = content.split("\n", 1)[0]
    return unescape(first.removeprefix(ASKED)) if first.startswith(ASKED) else None


def candidates(language: Language, places: Sequence[Place]) -> str:
    """The passages to choose from, one a line, each with its whole title if all fit."""
    full = "\n".join(f"{i}. {escape(_titled(p, language))}" for i, p in enumerate(places, 1))
    if length(full) <= MESSAGE_LIMIT - _LONGEST_HEADER:
        return full
    return "\n".join(
        f"{i}. {escape(name_passage(place.passage, language))}" for i, place in enumerate(places, 1)
    )


def short_name(place: Place, language: Language, *, with_work: bool = False) -> str:
    """What a button or a list calls a passage, with its work's short title if asked for."""
    name = name_passage(place.passage, language)
    work = place.document.work
    return f"{work.short_title or work.title}: {name}" if with_work else name


def _titled(place: Place, language: Language) -> str:
    passage, work = place.passage, place.document.work
    line = passage.title or (passage.sentences[0] if passage.sentences else passage.span)
    words = " ".join(place.document.quote(line).split())
    year = f", {work.year}" if work.year else ""
    return f"{name_passage(passage, language)}: {words} ({work.short_title or work.title}{year})"


def _quotation(place: Place, state: State, sentence: int | None, room: int) -> Iterator[_Block]:
    """The quotation in as many blocks as it needs, its citation below, its translation last."""
    document, passage = place.document, place.passage
    sentences = passage.sentences
    marked = sentence if sentence is not None and sentence < len(sentences) else None
    only = marked if state.only_sentence else None
    span = place.span(only)
    foot = _foot(place, only, state.language)
    pieces = quote_pieces(
        document,
        span,
        sentences,
        max(LEAST_ROOM, room - length(foot) - 1),
        highlight=None if marked is None or only is not None else sentences[marked],
    )
    prove(document, span, pieces)
    for i, piece in enumerate(pieces):
        is_last = i == len(pieces) - 1
        yield _Block(f"{piece.text}\n{foot}" if is_last else piece.text, goes_on=i > 0)
    if (translated := _translation(place, only, state.language)) is not None:
        yield from _translation_blocks(translated, state.language, room)


def _foot(place: Place, sentence: int | None, language: Language) -> str:
    code = citation_code(place, sentence)
    link = place.document.work.url
    tail = f" · [{say(language, 'link')}](<{link}>)" if link and _is_plain(link) else ""
    for words in (
        cite(place.document, place.passage, language),
        short_name(place, language, with_work=True),
        name_passage(place.passage, language),
    ):
        foot = f"-# — {escape(words)}{tail} · `{code}`"
        if length(foot) <= _LONGEST_FOOT:
            break
    return foot


def _is_plain(link: str) -> bool:
    return link.startswith(("https://", "http://")) and not set(link) & set(" <>()\n\\")


def _translation(place: Place, sentence: int | None, language: Language) -> str | None:
    rendering = place.document.rendering
    if rendering is None or rendering.language != language:
        return None
    rendered: RenderedPassage = rendering.passages[place.document.passages.index(place.passage)]
    if sentence is None:
        return rendered.text
    aligned = len(rendered.sentences) == len(place.passage.sentences)
    return rendered.sentences[sentence] if aligned else None


def _translation_blocks(text: str, language: Language, room: int) -> Iterator[_Block]:
    """The translation, split like a quotation; a document of its own for this purpose."""
    whole = Span(0, len(text))
    alone = Document("", "", "", text, _NO_WORK, (_paragraph(whole),))
    heading = f"-# {say(language, 'unofficial-translation')}:"
    for i, piece in enumerate(quote_pieces(alone, whole, (), room - length(heading) - 1)):
        yield _Block(piece.text, goes_on=True) if i else _Block(f"{heading}\n{piece.text}")


def _fill(blocks: Iterable[_Block], room: int) -> list[str]:
    """As few messages as the blocks, in order, fit into."""
    filled: list[str] = []
    for block in blocks:
        fits = filled and length(filled[-1]) + 1 + length(block.text) <= room
        if fits and not block.goes_on:
            filled[-1] += f"\n{block.text}"
        else:
            filled.append(block.text)
    return filled


def _paragraph(span: Span) -> Passage:
    return Passage("", "paragraph", None, span, None, (span,))
