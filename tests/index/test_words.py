"""Shared wording finds names, compounds and typing errors, and never leaves its range."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.words import WordIndex, grams

TEXTS = [
    "Äpfel wachsen auf großen Bäumen.",
    "Die Bindung von Kunden ist teuer.",
    "Der Straßenverkehr lärmt.",
    "Nichts davon.",
]
BACKGROUND = ["Wie wird das Wetter?", "What is the weather like?", "Die Katze schläft."]


def shares(question: str) -> list[float]:
    return [float(share) for share in WordIndex(TEXTS, BACKGROUND).shares(question)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Äpfel", "Aepfel"),
        ("Öfen", "OEFEN"),
        ("Übung", "uebung"),
        ("Straße", "Strasse"),
        ("STRAẞE", "strasse"),
        ("Kühe, Milch!", "kühe milch"),
        ("snake_case", "snake case"),
    ],
)
def test_spellings_of_the_same_word_have_the_same_runs(one: str, other: str) -> None:
    assert grams(one) == grams(other)


def test_runs_mark_where_words_begin_and_end_and_keep_short_words() -> None:
    assert grams("Tor im Tor") == ["^tor", "tor$", "^im$", "^tor", "tor$"]
    assert grams("a") == ["^a$"]


@pytest.mark.parametrize("text", ["", "   ", "!?…", "🙂🙂", "___", "\0"])
def test_text_without_words_has_no_runs_and_shares_nothing(text: str) -> None:
    assert grams(text) == []
    assert shares(text) == [0.0] * len(TEXTS)


def test_a_question_without_overlap_shares_nothing() -> None:
    assert shares("xylophon quartz") == [0.0] * len(TEXTS)


def test_all_of_a_passages_words_give_the_whole_share() -> None:
    for place, text in enumerate(TEXTS):
        found = shares(text)
        assert found[place] == pytest.approx(1, abs=1e-5)
        assert np.argmax(found) == place


@pytest.mark.parametrize(
    ("question", "place"),
    [
        ("aepfel", 0),
        ("Kundenbindung", 1),
        ("Strassenverkehrslärm", 2),
        ("Straßenverkher", 2),
        ("Bäumn", 0),
    ],
)
def test_umlauts_compounds_and_typing_errors_find_their_passage(question: str, place: int) -> None:
    found = shares(question)
    assert np.argmax(found) == place
    assert found[place] > 0.25


def test_a_typing_error_shares_less_than_the_word_itself() -> None:
    assert 0 < shares("Straßenverkher")[2] < shares("Straßenverkehr")[2]


def test_rare_words_count_more_than_common_ones() -> None:
    common = ["alle reden viel"] * 20
    rare, frequent = WordIndex(["zebra laufen", "alle laufen"], common).shares("zebra alle")
    assert rare > frequent > 0


def test_background_texts_only_teach_and_are_never_found() -> None:
    index = WordIndex(TEXTS, ["Die Katze schläft."])
    assert len(index.shares("Katze")) == len(TEXTS)
    assert not WordIndex(TEXTS, BACKGROUND).shares("Katze").any()


def test_words_that_no_text_has_lower_the_share() -> None:
    assert shares("Äpfel xylophon")[0] < shares("Äpfel")[0]


def test_repeating_the_question_changes_nothing() -> None:
    assert shares("Äpfel auf Bäumen " * 3) == shares("Äpfel auf Bäumen")


def test_a_passage_without_words_shares_nothing() -> None:
    assert WordIndex(["Äpfel", ""], []).shares("Äpfel").tolist() == pytest.approx([1, 0], abs=1e-5)


def test_no_passages_give_no_shares() -> None:
    assert WordIndex([], BACKGROUND).shares("Katze").shape == (0,)


def test_a_very_long_question_is_read_from_its_start() -> None:
    assert shares("Äpfel" + " " * 10_000 + "Straßenverkehr") == shares("Äpfel")


@given(st.text())
def test_shares_lie_between_zero_and_one(question: str) -> None:
    found = WordIndex(TEXTS, BACKGROUND).shares(question)
    assert found.dtype == np.float32
    assert found.shape == (len(TEXTS),)
    assert np.isfinite(found).all()
    assert (found >= 0).all()
    assert (found <= 1 + 1e-5).all()


@given(st.lists(st.sampled_from([word for text in TEXTS for word in text.split()]), min_size=1))
def test_word_order_and_case_do_not_matter(words: list[str]) -> None:
    assert shares(" ".join(words)) == pytest.approx(shares(" ".join(words[::-1]).upper()))


@pytest.mark.parametrize(
    ("question", "written"),
    [
        pytest.param(
            unicodedata.normalize("NFD", "Äpfel"), "Äpfel", id="umlaut of two code points"
        ),
        pytest.param("ﬁnden", "finden", id="ligature"),
    ],
)
def test_another_encoding_of_the_same_letters_has_the_same_runs(
    question: str, written: str
) -> None:
    assert grams(question) == grams(written)
