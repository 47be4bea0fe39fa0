"""The sentences of a stretch of text, as spans of it.

sentencex finds the boundaries: of sentencex, pysbd and syntok it kept the most German
abbreviations and quotes whole, gives exact offsets and is linear on nearly all hostile input.
What it still cuts too early (ordinals, some abbreviations) is joined again here, and what it
never cuts (a sentence that begins with a number) is cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.passage import Language, Span

_WINDOW = 20_000  # characters; sentencex is quadratic in unclosed quotes
_LEADING_MARKUP = re.compile(r"(?:[\s>]|[-*+•‣·–][ \t]|\#{1,6}[ \t])*")
_EMPHASIS = ("**", "__", "*", "_")
_ENDS_WITH_ORDINAL = re.compile(r"(?<![\w.,])\d{1,3}\.\s*\Z")
_ENDS_WITH_ABBREVIATION = re.compile(
    r"(?<!\w)(?:Abb|Abs|Abt|allg|Anm|approx|Aufl|Az|Bd|bes|Bsp|bspw|Dez|Dipl|dt|ehem|engl|est|exkl"
    r"|Fa|franz|Frl|geb|gegr|gem|Hd|hl|Hrsg|Ing|inkl|insb|Jh|Kap|Kfm|max|Ms|mult|Okt|Pkt|Red|resp"
    r"|tägl|Tel|verh|Verf|Verl|vol|Vors|Ziff|zzgl|Abschn|Jahrg|Bestellnr|\w*[Ss]tr)\.\s*\Z"
)
_BEFORE_NUMBER = re.compile(r"(?:[^\W\d_]{4}\.|[!?])[\"”“»«’‘)\]]*\s+(?=\d)")
_ENGLISH = re.compile(r"\b(?:the|and|of|is|that|to)\b", re.IGNORECASE)
_GERMAN = re.compile(r"\b(?:der|die|das|und|ist|ein|nicht)\b", re.IGNORECASE)


def guess_language(text: str) -> Language:
    """The language whose rules split this text, by its commonest words; German when unclear."""
    head = text[:_WINDOW]
    return "en" if len(_ENGLISH.findall(head)) > len(_GERMAN.findall(head)) else "de"


def split_sentences(text: str, span: Span, language: Language) -> tuple[Span, ...]:
    """The sentences of one paragraph, in order, without white space or markup around them.

    Line ends inside the paragraph do not end a sentence. A stretch without any word has none.
    """
    sentences: list[Span] = []
    start = span.start
    for end in _boundaries(text, span, language):
        sentence = trim(text, Span(start, end))
        if any(character.isalnum() for character in sentence.of(text)):
            sentences.append(sentence)
        start = end
    return tuple(sentences)


def trim(text: str, span: Span) -> Span:
    """The span without the white space and markup at its edges."""
    words = span.of(text)
    leading = _LEADING_MARKUP.match(words)
    start = span.start + (leading.end() if leading else 0)
    words = text[start : span.end].rstrip()
    for sign in _EMPHASIS:
        is_unpaired = words.count(sign) == 1
        opens, closes = words.startswith(sign), words.endswith(sign) and len(words) > len(sign)
        if opens and (closes or is_unpaired):
            start += len(sign)
            words = words[len(sign) :]
        if closes and (opens or is_unpaired):
            words = words[: -len(sign)]
    words = words.rstrip()
    return Span(start, start + len(words))


def _boundaries(text: str, span: Span, language: Language) -> Iterator[int]:
    """Ends of the sentences; the last is the span's own end."""
    start = span.start
    for end in _candidates(text, span, language):
        if end < span.end and not _cuts_inside(text[max(start, end - 40) : end], text[end]):
            yield end
            start = end
    yield span.end


def _candidates(text: str, span: Span, language: Language) -> Iterator[int]:
    """Ends that sentencex sees and those in front of a number, found window by window."""
    from sentencex import get_sentence_boundaries

    start = span.start
    while start < span.end:
        window = text[start : min(start + _WINDOW, span.end)]
        # A line end would be a paragraph's end to it, and a wide space in front of a stop stops
        # it altogether; the replacement keeps every offset.
        found = get_sentence_boundaries(language, re.sub(r"\s", " ", window))
        seen = {boundary["end_index"] for boundary in found}
        seen.update(match.end() for match in _BEFORE_NUMBER.finditer(window))
        ends = [start + end for end in sorted(seen)]
        cut = start + len(window)
        if cut < span.end:
            ends = [end for end in ends if end < cut]  # the rest goes into the next window
        yield from ends
        start = ends[-1] if ends and cut < span.end else cut


def _cuts_inside(before: str, first: str) -> bool:
    """Whether a boundary after ``before`` and in front of the character ``first`` is none."""
    if not before[-1].isspace() or first.islower():
        return True
    return bool(_ENDS_WITH_ORDINAL.search(before) or _ENDS_WITH_ABBREVIATION.search(before))
