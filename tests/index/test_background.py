"""The background is well-formed and independent of what the project is measured with."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files

import pytest

from index.background import LANGUAGES, load_background
from index.labelled import read_labelled
from index.passage import Language
from tests.conftest import ROOT
from tests.labelled import all_questions

LONGEST = 2_000


def bare(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold()))


def lines(name: str) -> list[str]:
    text = (files("index") / "background" / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]


def evaluated() -> set[str]:
    return {bare(labelled.question) for labelled in all_questions()}


def kept_beside_the_seeds() -> Iterator[str]:
    for path in sorted((ROOT / "seeds").glob("*.questions.tsv")):
        for labelled in read_labelled(path):
            yield bare(labelled.question)


def test_there_is_something_to_compare_with() -> None:
    assert len(evaluated()) > 100
    assert len(list(kept_beside_the_seeds())) > 100


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_enough_questions_and_statements(language: Language) -> None:
    background = load_background()
    assert background.languages.count(language) >= 400
    assert len(lines(f"passages.{language}.txt")) >= 50


def test_questions_and_languages_go_together_german_first() -> None:
    background = load_background()
    assert len(background.languages) == len(background.questions)
    assert list(background.languages) == sorted(background.languages, key=LANGUAGES.index)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_line_is_a_topic_a_tab_and_a_text(language: Language) -> None:
    for line in lines(f"questions.{language}.tsv"):
        topic, text = line.split("\t")
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", topic), line
        assert_clean(text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_statement_line_is_one_sentence_of_words(language: Language) -> None:
    for line in lines(f"passages.{language}.txt"):
        assert "\t" not in line
        assert bare(line)
        assert_clean(line)


def assert_clean(text: str) -> None:
    assert text
    assert text == text.strip()
    assert text == unicodedata.normalize("NFC", text)
    assert len(text) <= LONGEST
    assert not any(unicodedata.category(c) in {"Cc", "Cs", "Co", "Cn"} for c in text), text


def test_what_is_loaded_is_every_line_of_the_files() -> None:
    background = load_background()
    asked = [line.split("\t")[1] for lang in LANGUAGES for line in lines(f"questions.{lang}.tsv")]
    stated = [line for lang in LANGUAGES for line in lines(f"passages.{lang}.txt")]
    assert list(background.questions) == asked
    assert list(background.passages) == stated


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_of_a_language_stands_in_it_twice(language: Language) -> None:
    asked = [line.split("\t")[1] for line in lines(f"questions.{language}.tsv")]
    texts = [*asked, *lines(f"passages.{language}.txt")]
    counts = Counter(bare(text) or text for text in texts)
    assert [text for text, count in counts.items() if count > 1] == []


def test_no_text_is_a_question_it_is_measured_with() -> None:
    background = load_background()
    texts = {bare(text) for text in (*background.questions, *background.passages)} - {""}
    assert sorted(texts & evaluated()) == []


def test_no_text_is_a_question_that_a_seed_answers() -> None:
    background = load_background()
    texts = {bare(text) for text in (*background.questions, *background.passages)} - {""}
    assert sorted(texts & set(kept_beside_the_seeds())) == []


def test_no_question_beside_a_seed_is_one_it_is_measured_with() -> None:
    assert sorted(set(kept_beside_the_seeds()) & evaluated()) == []
