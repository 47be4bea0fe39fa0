"""The answers may not get worse: the project's own questions against the figures written here."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.answer import Answerer
from bot.evaluation import ALL, Row, measure, read_cases, recall_by_language, tabulate
from bot.language import LanguageDetector
from index import Searcher
from index.assemble import Known, assemble
from index.background import load_background
from index.seeds import read_seeds
from index.store import load_index
from index.vectors import Embedder
from tests.labelled import CORPORA, EVAL, folder_of

pytestmark = pytest.mark.model

# Per language: recall@1 and recall@3 at least, false answers and wrong refusals at most. A change
# that betters them writes the new figures here; `thesenbot eval tests/data/eval/bvdw.tsv` prints
# them. One question in two hundred is let through, for processors round differently.
FLOORS = {"de": (0.988, 0.994, 0.044, 0.012), "en": (0.976, 0.994, 0.044, 0.012)}
# recall@1 in German and English on texts with nothing beside them.
OTHER_FLOORS = {
    "handwerk": (0.575, 0.700),
    "schule": (0.667, 0.833),
    "reformation": (0.508, 0.729),
    "stadtverkehr": (0.562, 0.750),
    "vereine": (0.650, 0.700),
}
SLACK = 0.005


@pytest.fixture(scope="module")
def rows(own_index: Path, model: Embedder) -> list[Row]:
    contents = load_index(own_index)
    answerer = Answerer(contents.documents, Searcher(contents, model), LanguageDetector())
    return tabulate(measure(answerer, read_cases(EVAL / "bvdw.tsv", contents.documents)))


@pytest.mark.parametrize("language", FLOORS)
def test_answers_are_as_good_as_written_down(rows: list[Row], language: str) -> None:
    (row,) = [row for row in rows if (row.language, row.kind) == (language, ALL)]
    assert row.recall_1 is not None
    assert row.recall_3 is not None
    assert row.false_answers is not None
    assert row.wrong_refusals is not None
    first, third, false_answers, wrong_refusals = FLOORS[language]
    assert row.recall_1.value >= first - SLACK
    assert row.recall_3.value >= third - SLACK
    assert row.false_answers.value <= false_answers + SLACK
    assert row.wrong_refusals.value <= wrong_refusals + SLACK


@pytest.mark.parametrize("kind", ["number", "missing"])
def test_theses_asked_for_by_number_are_always_right(rows: list[Row], kind: str) -> None:
    own = [row for row in rows if row.kind == kind]
    assert len(own) == 2
    assert all(row.recall_1 is not None and row.recall_1.value == 1 for row in own)


@pytest.mark.parametrize("name", OTHER_FLOORS)
def test_theses_are_found_in_texts_with_nothing_beside_them(
    name: str, own_index: Path, model: Embedder
) -> None:
    with folder_of(CORPORA / f"{name}.txt") as folder:
        documents = read_seeds(folder)
    known = Known({}, {}, load_index(own_index).arrays)  # the background is embedded once
    contents, _ = assemble(documents, model, load_background(), known=known, false_answer_rate=0.05)
    answerer = Answerer(documents, Searcher(contents, model), LanguageDetector())
    found = recall_by_language(measure(answerer, read_cases(CORPORA / f"{name}.tsv", documents)))
    for language, floor in zip(("de", "en"), OTHER_FLOORS[name], strict=True):
        assert found[language] >= floor - 0.03  # one question in forty; processors round
