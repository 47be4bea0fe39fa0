"""Numerals in words and Roman numerals are read, and nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.numerals import HIGHEST, cardinal, ordinal, roman


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("ein", 1), ("eins", 1), ("eine", 1), ("zwei", 2), ("zwo", 2), ("drei", 3), ("fünf", 5),
        ("fuenf", 5), ("sieben", 7), ("elf", 11), ("zwölf", 12), ("zwoelf", 12),
        ("sechzehn", 16), ("siebzehn", 17), ("zwanzig", 20), ("einundzwanzig", 21),
        ("zwoundzwanzig", 22), ("dreißig", 30), ("dreissig", 30), ("fünfundneunzig", 95),
        ("hundert", 100), ("einhundert", 100), ("hundertdrei", 103),
        ("hundertneunundneunzig", 199), ("one", 1), ("ten", 10), ("twelve", 12), ("thirteen", 13),
        ("twenty-one", 21), ("twentyone", 21), ("Ninety-Five", 95), ("hundred", 100),
        ("ZWÖLF", 12), ("one hundred", 100),
    ],
)  # fmt: skip
def test_a_numeral_in_words_is_read(word: str, number: int) -> None:
    assert cardinal(word) == number


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("erste", 1), ("ersten", 1), ("erster", 1), ("erstes", 1), ("erstens", 1), ("zweite", 2),
        ("zwoten", 2), ("dritte", 3), ("sechste", 6), ("siebte", 7), ("siebten", 7), ("achte", 8),
        ("zehnte", 10), ("zwölfte", 12), ("neunzehnte", 19), ("zwanzigste", 20),
        ("einundzwanzigste", 21), ("dreißigsten", 30), ("fünfundneunzigste", 95),
        ("hundertste", 100), ("hunderterste", 101), ("first", 1), ("firstly", 1), ("second", 2),
        ("third", 3), ("fifth", 5), ("eighth", 8), ("ninth", 9), ("twelfth", 12),
        ("thirteenth", 13), ("eighteenth", 18), ("twentieth", 20), ("twenty-first", 21),
        ("thirty-second", 32), ("eighty-eighth", 88), ("ninety-fifth", 95),
    ],
)  # fmt: skip
def test_an_ordinal_in_words_is_read(word: str, number: int) -> None:
    assert ordinal(word) == number


@pytest.mark.parametrize(
    "word",
    ["", "null", "zero", "keins", "einer", "tausend", "dreist", "tents", "zweig", "3", "\x00", "ſ"],
)
def test_other_words_are_no_numerals(word: str) -> None:
    assert cardinal(word) is None
    assert ordinal(word) is None


def test_a_cardinal_is_no_ordinal_and_the_other_way_round() -> None:
    for word in ("drei", "three", "zwanzig", "twenty"):
        assert ordinal(word) is None
    for word in ("dritte", "third", "zwanzigste", "twentieth"):
        assert cardinal(word) is None


def as_roman(number: int) -> str:
    values = {100: "C", 90: "XC", 50: "L", 40: "XL", 10: "X", 9: "IX", 5: "V", 4: "IV", 1: "I"}
    written = ""
    for value, letters in values.items():
        while number >= value:
            written, number = written + letters, number - value
    return written


@pytest.mark.parametrize("number", range(1, HIGHEST + 1))
def test_every_roman_numeral_is_read_in_either_case(number: int) -> None:
    assert roman(as_roman(number)) == roman(as_roman(number).lower()) == number


@pytest.mark.parametrize(
    "word", ["", "IIII", "VV", "IC", "XCX", "VX", "CC", "M", "D", "IVI", "I.", " I", "I\n", "ich"]
)
def test_what_is_no_proper_roman_numeral_is_none(word: str) -> None:
    assert roman(word) is None


@pytest.mark.parametrize("word", ["ı", "vı", "xıı"])
def test_turkish_letters_are_no_roman_numerals(word: str) -> None:
    assert roman(word) is None


def test_a_misspelt_twelve_is_read() -> None:
    assert cardinal("zwelf") == 12


def test_the_hundredth_is_read_with_and_without_one() -> None:
    assert ordinal("one hundredth") == 100
    assert ordinal("hundredth") == 100


@given(st.text(st.characters(exclude_characters="ıİ"), max_size=30))
def test_no_text_breaks_it(text: str) -> None:
    for read in (cardinal, ordinal, roman):
        number = read(text)
        assert number is None or 1 <= number <= HIGHEST
