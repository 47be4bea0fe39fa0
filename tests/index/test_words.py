"""Shared wording finds names, compounds and typing errors, and never leaves its range."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from index import words
from index.words import WordIndex, grams

TEXTS = [
    "Äpfel wachsen auf großen Bäumen.",
    "Die Bindung von Kunden ist teuer.",
    "Der Straßenverkehr lärmt.",
    "Nichts davon.",
]
BACKGROUND = ["Wie wird das Wetter?", "What is the weather like?", "Die Katze schläft."]


def all_shares(index: WordIndex, question: str) -> NDArray[np.float32]:
    return index.compare(question).shares(np.arange(index.sizes[0]))


def shares(question: str) -> list[float]:
    return [float(share) for share in all_shares(WordIndex.of(TEXTS, BACKGROUND), question)]


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
    index = WordIndex.of(["zebra laufen", "alle laufen"], common)
    rare, frequent = all_shares(index, "zebra alle")
    assert rare > frequent > 0


def test_background_texts_only_teach_and_are_never_found() -> None:
    index = WordIndex.of(TEXTS, ["Die Katze schläft."])
    assert len(all_shares(index, "Katze")) == len(TEXTS)
    assert not all_shares(WordIndex.of(TEXTS, BACKGROUND), "Katze").any()
    assert not index.compare("Katze").likely(9).size


def test_words_that_no_text_has_lower_the_share() -> None:
    assert shares("Äpfel xylophon")[0] < shares("Äpfel")[0]


def test_repeating_the_question_changes_nothing() -> None:
    assert shares("Äpfel auf Bäumen " * 3) == shares("Äpfel auf Bäumen")


def test_a_passage_without_words_shares_nothing() -> None:
    found = all_shares(WordIndex.of(["Äpfel", ""], []), "Äpfel")
    assert found.tolist() == pytest.approx([1, 0], abs=1e-5)


def test_no_passages_give_no_shares() -> None:
    index = WordIndex.of([], BACKGROUND)
    assert all_shares(index, "Katze").shape == (0,)
    assert index.compare("Katze").likely(9).shape == (0,)


def test_a_very_long_question_is_read_from_its_start() -> None:
    assert shares("Äpfel" + " " * 10_000 + "Straßenverkehr") == shares("Äpfel")


@given(st.text())
def test_shares_lie_between_zero_and_one(question: str) -> None:
    found = all_shares(WordIndex.of(TEXTS, BACKGROUND), question)
    assert found.dtype == np.float32
    assert found.shape == (len(TEXTS),)
    assert np.isfinite(found).all()
    assert (found >= 0).all()
    assert (found <= 1 + 1e-5).all()


@given(st.lists(st.sampled_from([word for text in TEXTS for word in text.split()]), min_size=1))
def test_word_order_and_case_do_not_matter(drawn: list[str]) -> None:
    assert shares(" ".join(drawn)) == pytest.approx(shares(" ".join(drawn[::-1]).upper()))


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


SOUNDS = "ba be bi bo ka ke ki ko la le li lo".split()


def drawn_texts(count: int) -> list[str]:
    """Texts of a few made-up words, some of which are common."""
    random = np.random.default_rng(5)
    words = ["".join(random.choice(SOUNDS, 3)) for _ in range(300)]
    chances = 1 / np.arange(1, 301)
    return [" ".join(random.choice(words, 8, p=chances / chances.sum())) for _ in range(count)]


def test_likely_passages_are_those_with_the_highest_shares() -> None:
    texts = drawn_texts(400)
    index = WordIndex.of(texts, [])
    for question in texts[:20]:
        best = np.sort(all_shares(index, question))[::-1][:10]
        found = index.compare(question).likely(10)
        assert index.compare(question).shares(np.sort(found)).max() == best[0]
        assert index.compare(question).shares(found[:1]) == best[0]
        assert np.allclose(
            [index.compare(question).shares(found[i : i + 1])[0] for i in range(10)], best
        )


def test_only_allowed_passages_are_likely() -> None:
    texts = drawn_texts(400)
    allowed = np.arange(400) % 3 == 1
    found = WordIndex.of(texts, []).compare(texts[0]).likely(500, allowed)
    assert found.size
    assert allowed[found].all()


def test_likely_passages_are_found_by_rare_runs_though_few_are_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = [*drawn_texts(400), "zwetschgenmus"]
    monkeypatch.setattr(words, "_MOST_READ", 20)
    index = WordIndex.of(texts, [])
    assert index.compare(f"{texts[0]} zwetschgenmus").likely(5)[0] == 400
    assert len(index.compare(texts[0]).likely(500)) <= 20


def test_the_share_of_a_passage_does_not_depend_on_which_others_are_asked_for() -> None:
    texts = drawn_texts(50)
    index = WordIndex.of(texts, BACKGROUND)
    some = np.array([3, 17, 49])
    assert (
        index.compare(texts[3]).shares(some).tolist() == all_shares(index, texts[3])[some].tolist()
    )
