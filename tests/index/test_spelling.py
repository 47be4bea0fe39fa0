"""Unknown words become near words of the texts; all others stay as they are."""

from __future__ import annotations

import string

import pytest

from index.spelling import Spelling

TEXT = "Der Mittelstand setzt auf Marktforschung, Kundendienst, Praktikanten, Bau und Ämter."


@pytest.fixture(scope="module")
def spelling() -> Spelling:
    return Spelling(lambda: [TEXT])


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Mitelstant", "Mittelstand"),
        ("marktforchung tot?", "Marktforschung tot?"),
        ("kundendinst, kundendinst!", "Kundendienst, Kundendienst!"),
        ("Praktikannten dürfen", "Praktikanten dürfen"),
        ("Aemtre", "Ämter"),
    ],
)
def test_typing_errors_become_words_of_the_texts(
    spelling: Spelling, written: str, meant: str
) -> None:
    assert spelling.corrected(written) == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n?!",
        TEXT,
        TEXT.upper(),
        "Der Haushalt der Gemeinde",  # in no text, but in the dictionary
        "Schultüte und Bauarbeiten",  # two known words in one
        "Xylofonquark",  # nothing is near
        "Bad",  # too short to tell an error from another word
        "Lundendienst",  # the first letter is hardly ever mistyped
        "Mitelstant2000",
        "a" * 2_000,
        "\ud800 \x00",
    ],
)
def test_all_else_stays_as_it_is(spelling: Spelling, text: str) -> None:
    assert spelling.corrected(text) == text


def test_of_two_words_as_near_the_earlier_is_taken() -> None:
    assert Spelling(lambda: ["Zorkla Zorklo"]).corrected("zorkli") == "Zorkla"
    assert Spelling(lambda: ["Zorklo Zorkla"]).corrected("zorkli") == "Zorklo"


def test_only_so_many_words_are_put_right_that_time_is_bounded(spelling: Spelling) -> None:
    letters = sorted(set(string.ascii_lowercase) - set("nd"))  # those end the word
    errors = [f"Mittelsta{a}{b}" for a in letters for b in letters]
    corrected = spelling.corrected(" ".join(errors)).split()
    assert corrected.count("Mittelstand") <= 20
    assert len(corrected) == len(errors)


def test_a_spelling_without_words_changes_nothing() -> None:
    assert Spelling(list).corrected("Mitelstant") == "Mitelstant"
