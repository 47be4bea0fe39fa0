"""A question is read with its typing errors put right and by its telling words."""

from __future__ import annotations

import numpy as np
import pytest

from index.background import Background
from index.question import QuestionReader, Reading
from index.vectors import encode_twice
from tests.fakes import HashEmbedder

GENERAL = Background(
    ("Wie ist das Wetter?", "Wie ist der Film?", "What is the weather?", "What is the film?"),
    ("de", "de", "en", "en"),
    (),
)


@pytest.fixture(scope="module")
def reader() -> QuestionReader:
    return QuestionReader(GENERAL, lambda: ["Mittelstand und Handwerk"])


def test_the_core_leaves_out_what_general_questions_say(reader: QuestionReader) -> None:
    assert reader.read("Wie ist das Handwerk im Wandel?", "de").core == "Handwerk im Wandel"
    assert reader.read("Wie ist das Handwerk?", "en").core == "Wie ist das Handwerk"


def test_the_core_is_that_of_the_corrected_question(reader: QuestionReader) -> None:
    read = reader.read("wie ist der Mitelstant?", "de")
    assert read == Reading("wie ist der Mittelstand?", "Mittelstand")


@pytest.mark.parametrize("question", ["Wie ist das?", "", "?!", "\ud800"])
def test_a_question_without_telling_words_is_its_own_core(
    reader: QuestionReader, question: str
) -> None:
    assert reader.read(question, "de") == Reading(question, question)


def test_two_readings_are_one_vector_and_the_tokens_of_both() -> None:
    embedder = HashEmbedder()
    questions, cores = ["wie geht Handwerk", "Handwerk"], ["Handwerk", "Handwerk"]
    vectors, both = encode_twice(embedder, questions, cores)
    whole, core = embedder.encode(questions, "query"), embedder.encode(cores, "query")
    assert np.array_equal(vectors, whole.vectors)
    assert np.allclose(np.linalg.norm(both.vectors, axis=1), 1, atol=1e-6)
    assert np.allclose(both.vectors[1], core.vectors[1], atol=1e-6)
    assert np.allclose(both.vectors[0] @ whole.vectors[0], both.vectors[0] @ core.vectors[0])
    assert [len(tokens) for tokens in both.tokens] == [4, 2]


def test_equal_texts_are_embedded_once() -> None:
    embedder = HashEmbedder()
    encode_twice(embedder, ["Handwerk", "Handwerk"], ["Handwerk", "Lehre"])
    assert embedder.embedded == ["Handwerk", "Lehre"]
