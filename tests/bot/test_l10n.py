"""Both catalogues say the same things, and every message that code asks for is there."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest
from fluent.syntax import FluentParser, ast

from bot.l10n import LANGUAGES, MissingMessageError, numbers, say
from index import Language
from tests.conftest import ROOT


def catalogue(language: Language) -> dict[str, set[str]]:
    """The placeholders of each message."""
    text = (files("bot") / "l10n" / f"{language}.ftl").read_text(encoding="utf-8")
    body = FluentParser().parse(text).body
    assert not [entry for entry in body if isinstance(entry, ast.Junk)]
    return {
        entry.id.name: set(re.findall(r"\$(\w+)", text[entry.span.start : entry.span.end]))
        for entry in body
        if isinstance(entry, ast.Message) and entry.span is not None
    }


def test_both_catalogues_have_the_same_messages_and_placeholders() -> None:
    german, english = (catalogue(language) for language in LANGUAGES)
    assert german == english


def test_every_message_is_used_and_every_message_used_is_there() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot").rglob("*.py"))
    there = set(catalogue("de"))
    asked = set(re.findall(r'say\(\s*[\w.]+,\s*"([a-z-]+)"', code))
    assert asked <= there
    made = set(re.findall(r"f[\"']([a-z-]+)-\{", code))  # as in f"why-{kind}"
    unused = {
        name
        for name in there
        if not re.search(f"[\"']{name}[\"']", code)
        and not any(name.startswith(f"{start}-") for start in made)
    }
    assert unused == set()


@pytest.mark.parametrize("reason", ["empty", "too-long", "no-words", "other-language"])
def test_every_refusal_has_words(reason: str) -> None:
    for language in LANGUAGES:
        assert say(language, f"refuse-{reason}", {"limit": 9})


def test_a_missing_message_or_fact_is_an_error() -> None:
    with pytest.raises(MissingMessageError):
        say("de", "no-such-message")
    with pytest.raises(MissingMessageError):
        say("de", "thesis")


@pytest.mark.parametrize(
    ("values", "german", "english"),
    [
        ([], "", ""),
        ([3], "3", "3"),
        ([1, 2], "1 und 2", "1 and 2"),
        ([1, 2, 3, 4, 5], "1 bis 5", "1 to 5"),
        ([1, 2, 5], "1, 2 und 5", "1, 2 and 5"),
        ([7, 1, 2, 3, 9], "1 bis 3, 7 und 9", "1 to 3, 7 and 9"),
    ],
)
def test_numbers_read_as_a_person_would_say_them(
    values: list[int], german: str, english: str
) -> None:
    assert numbers("de", values) == german
    assert numbers("en", values) == english


def test_of_very_many_numbers_only_thirty_runs_are_named() -> None:
    assert numbers("en", range(0, 60, 2)).endswith("56 and 58")
    assert numbers("en", range(0, 64, 2)).endswith("56, 58 and 2 more")
    assert numbers("de", [*range(0, 60, 2), 100, 101, 102]).endswith(", 58 und 3 weitere")
