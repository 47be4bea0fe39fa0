"""What the model learns from is whole, and nothing that it is judged by is in it."""

from __future__ import annotations

from collections import Counter

import pytest
from rapidfuzz import fuzz, process

from tests.labelled import CORPORA, EVAL, all_questions
from tests.tuning.lessons import Lesson, read_lessons

LEAST_QUESTIONS = 4
NEARLY_THE_SAME = 80  # of 100


@pytest.fixture(scope="module")
def lessons() -> list[Lesson]:
    return read_lessons()


def test_each_thesis_has_questions_in_both_languages(lessons: list[Lesson]) -> None:
    for lesson in lessons:
        asked = Counter(question.passage for question in lesson.questions)
        languages = {(question.passage, question.language) for question in lesson.questions}
        theses = set(asked) - {None}
        assert theses, lesson.name
        for thesis in theses:
            assert asked[thesis] >= LEAST_QUESTIONS, (lesson.name, thesis)
            assert {(thesis, "de"), (thesis, "en")} <= languages, (lesson.name, thesis)


def test_each_text_has_questions_that_it_does_not_answer(lessons: list[Lesson]) -> None:
    for lesson in lessons:
        assert any(question.passage is None for question in lesson.questions), lesson.name


def test_no_question_that_answers_are_judged_by_is_learned_from(lessons: list[Lesson]) -> None:
    judged = [question.question.casefold() for question in all_questions()]
    learned = {question.words.casefold() for lesson in lessons for question in lesson.questions}
    shared = [question for question in judged if question in learned and " " in question]
    assert shared == []


def test_no_thesis_that_answers_are_judged_by_is_learned_from(lessons: list[Lesson]) -> None:
    learned = [passage for lesson in lessons for passage in lesson.passages]
    judged = [EVAL.parents[2] / "seeds" / "bvdw-zehn-thesen-2011.txt", *CORPORA.glob("*.txt")]
    for path in judged:
        for line in path.read_text(encoding="utf-8").splitlines():
            thesis = line.split(" ", 1)[-1]
            if len(thesis) > 40:
                best = process.extractOne(thesis, learned, scorer=fuzz.ratio)
                assert best is not None
                assert best[1] < NEARLY_THE_SAME, (path.name, thesis, best[0])
