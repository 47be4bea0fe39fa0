"""Every word the bot says, in German and English, by message id; see ``de.ftl`` and ``en.ftl``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from index import Language

if TYPE_CHECKING:
    from fluent.runtime import FluentBundle

_MOST_RUNS = 30

LANGUAGES: tuple[Language, ...] = ("de", "en")


class MissingMessageError(KeyError):
    """A message id that a catalogue does not have, or a placeholder that was not given."""


@cache
def _bundle(language: Language) -> FluentBundle:
    from fluent.runtime import FluentBundle, FluentResource

    bundle = FluentBundle([language], use_isolating=False)
    text = (files("bot") / "l10n" / f"{language}.ftl").read_text(encoding="utf-8")
    bundle.add_resource(FluentResource(text))
    return bundle


def say(language: Language, message: str, facts: Mapping[str, str | int] | None = None) -> str:
    """The message with that id, its placeholders filled with ``facts``.

    Quotations never go through here: what a source says is no template.

    Raises:
        MissingMessageError: There is no such message, or a fact it needs is missing.
    """
    bundle = _bundle(language)
    pattern = bundle.get_message(message).value if bundle.has_message(message) else None
    if pattern is None:
        raise MissingMessageError(message)
    text, errors = bundle.format_pattern(pattern, dict(facts or {}))
    if errors:
        raise MissingMessageError(f"{message}: {errors[0]}")
    return str(text)


def numbers(language: Language, values: Sequence[int]) -> str:
    """Numbers as one reads them: runs of three or more as ranges, "and" before the last.

    After 30 runs it is only said how many numbers there are besides.

    >>> numbers("en", [1, 2, 3, 4, 5, 9])
    '1 to 5 and 9'
    """
    runs: list[list[int]] = []
    for value in sorted(set(values)):
        if runs and value == runs[-1][-1] + 1:
            runs[-1].append(value)
        else:
            runs.append([value])
    parts: list[str] = []
    for run in runs[:_MOST_RUNS]:
        if len(run) > 2:
            parts.append(say(language, "range", {"first": str(run[0]), "last": str(run[-1])}))
        else:
            parts += [str(value) for value in run]
    if left := sum(map(len, runs[_MOST_RUNS:])):
        return say(language, "list-more", {"most": ", ".join(parts), "count": left})
    if len(parts) < 2:
        return "".join(parts)
    return say(language, "list", {"most": ", ".join(parts[:-1]), "last": parts[-1]})
