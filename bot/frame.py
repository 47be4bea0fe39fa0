"""The words around a quotation: what an answer says before it quotes, in German or English."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from bot.answer import (
    LONGEST_QUESTION,
    Answer,
    ByMeaning,
    ByNumber,
    NoSuchThesis,
    NothingFits,
    Refusal,
    Unsure,
    WhichWork,
)
from bot.l10n import numbers, say
from index import Document, Language, Work

_LONGEST_TITLE = 150  # a longer one is named by its short title


def message(answer: Answer) -> str:
    """One or two sentences that say what the answer is; holds no word of the quotation."""
    language = answer.language
    match answer.outcome:
        case ByNumber():
            return say(language, "answer-number")
        case ByMeaning(fitting=fitting):
            return say(language, "answer-several" if fitting > 1 else "answer-meaning")
        case Unsure():
            return say(language, "answer-unsure")
        case WhichWork(numbers=asked):
            return say(language, "answer-which-work", {"numbers": _wanted(language, asked)})
        case NothingFits():
            return say(language, "answer-none")
        case NoSuchThesis() as gap:
            return _gap(language, gap)
        case Refusal(reason=reason):
            return say(language, f"refuse-{reason}", {"limit": LONGEST_QUESTION})
        case outcome:
            assert_never(outcome)


def missing_theses(document: Document, language: Language) -> str | None:
    """What the source announces but does not hold; None if it holds all or announces nothing."""
    announced = document.work.announced_theses
    held = [p.thesis for p in document.passages if p.thesis is not None]
    if announced is None or len(held) >= announced:
        return None
    facts = {"announced": say(language, "announced", {"count": announced})}
    return say(language, "list-gap", {**facts, "held": _held(language, held)})


def _held(language: Language, held: Sequence[int]) -> str:
    return say(language, "held", {"count": len(held), "numbers": numbers(language, held)})


def _gap(language: Language, gap: NoSuchThesis) -> str:
    work = gap.document.work
    facts: dict[str, str | int] = {
        "title": _short_title(work),
        "wanted": _wanted(language, gap.wanted),
        "held": _held(language, gap.held),
    }
    if work.announced_theses is None:
        return say(language, "no-such-thesis", facts)
    announced = say(language, "announced", {"count": work.announced_theses})
    return say(language, "no-such-thesis-announced", {**facts, "announced": announced})


def _short_title(work: Work) -> str:
    title = work.short_title or work.title if len(work.title) > _LONGEST_TITLE else work.title
    return title if len(title) <= _LONGEST_TITLE else f"{title[:_LONGEST_TITLE]}…"


def _wanted(language: Language, asked: tuple[int, ...]) -> str:
    return say(language, "wanted", {"count": len(asked), "numbers": numbers(language, asked)})
