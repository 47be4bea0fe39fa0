"""What an administrator reads before, while and after the texts are changed; no Discord here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from bot.corpus.changes import Change
from bot.corpus.intake import Draft
from bot.l10n import numbers, say
from bot.render import MESSAGE_LIMIT, escape, length
from index import Document, Language

_ROOM = MESSAGE_LIMIT - 100
_LONGEST = 120
_DIGITS_OF_HASH = 12


def preview(draft: Draft, language: Language) -> str:
    """What was read of a text, or what is wrong with it: file, line and reason of each fault."""
    if draft.glimpse is None:
        faults = [f"- {one_line(str(fault), 2 * _LONGEST)}" for fault in draft.faults]
        return _message([say(language, "corpus-faults")], faults, language)
    read = draft.glimpse
    known = {"title": one_line(read.title), "name": _code(draft.name)}
    lines = [say(language, f"corpus-preview-{draft.kind}", known)]
    held: dict[str, str | int] = {
        "theses": len(read.theses),
        "passages": read.passages,
        "numbers": one_line(numbers(language, read.theses)),
    }
    lines.append(say(language, "corpus-size", held))
    if draft.set_aside:
        files = one_line(", ".join(draft.set_aside))
        lines.append(say(language, "corpus-set-aside", {"files": files}))
    return _message(lines, [f"- {one_line(title)}" for title in read.titles], language)


def announce(change: Change, language: Language) -> str:
    """What a plan to remove a text or to take back a change would do.

    For a plan to take one back, ``change`` is the one that would be taken back.
    """
    known = {"title": one_line(change.title), "name": _code(change.name)}
    return say(language, f"corpus-preview-{change.kind}", known)


def name_change(change: Change, language: Language) -> str:
    """A change in a few words."""
    return say(language, f"corpus-change-{change.kind}", {"title": one_line(change.title)})


def failed(reason: str, language: Language) -> str:
    """That a change did not come about, and why."""
    reasons = [f"- {one_line(line, 2 * _LONGEST)}" for line in reason.splitlines()]
    return _message([say(language, "corpus-failed")], reasons, language)


def list_texts(
    documents: Sequence[Document], seeds: Path, built: float | None, language: Language
) -> str:
    """The texts with size, hash and the age of their files; ``built`` in seconds of the epoch."""
    facts: dict[str, str | int] = {"count": len(documents), "age": _age(built)}
    lines = []
    for document in documents:
        line: dict[str, str | int] = {
            "title": one_line(document.work.title),
            "name": _code(document.name),
            "passages": len(document.passages),
            "theses": sum(passage.thesis is not None for passage in document.passages),
            "hash": document.sha256[:_DIGITS_OF_HASH],
            "age": _age(_changed(seeds / document.file)),
        }
        lines.append(say(language, "corpus-list-line", line))
    return _message([say(language, "corpus-list-title", facts)], lines, language)


def one_line(words: str, most: int = _LONGEST) -> str:
    """Words of strangers in one line, escaped; too many end with an ellipsis."""
    line = " ".join(words.split())
    return escape(line if len(line) <= most else f"{line[: most - 1]}…")


def _code(words: str) -> str:
    """Words of strangers as they are, to stand between backquotes."""
    return " ".join(words.split()).replace("`", "'")[:_LONGEST]


def _changed(path: Path) -> float | None:
    try:
        return path.stat().st_mtime
    except OSError:
        return None


def _age(moment: float | None) -> str:
    """Discord writes it as "3 days ago", in the language of who reads it."""
    return "?" if moment is None else f"<t:{int(moment)}:R>"


def _message(head: Sequence[str], lines: Iterable[str], language: Language) -> str:
    """One message; the lines that it has no room for are counted."""
    written, rest = "\n".join(head), 0
    for line in lines:
        if rest or length(written) + 1 + length(line) > _ROOM:
            rest += 1
        else:
            written += f"\n{line}"
    return written + (f"\n{say(language, 'corpus-more', {'count': rest})}" if rest else "")
