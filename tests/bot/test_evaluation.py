"""Labelled questions are read strictly and counted right."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bot.answer import Answer, Answerer
from bot.evaluation import (
    ALL,
    METHODS,
    Case,
    Figure,
    Measured,
    Row,
    Target,
    measure,
    read_cases,
    recall_by_language,
    report,
    tabulate,
)
from bot.language import LanguageDetector
from bot.plots import draw_methods, draw_scores, draw_trade_off
from index import Finding, Hit, Language, SeedError
from index.hits import Verdict
from tests.fakes import make_document

OBST = make_document("obst", ["Äpfel sind rot.", "Birnen sind grün.", "Kirschen hängen hoch."])
VIEH = make_document("vieh", ["Vorwort.", "Kühe geben Milch."], numbers=[None, 1])


def write(folder: Path, *lines: str) -> Path:
    path = folder / "fragen.tsv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_every_form_of_target_is_read(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "# target\tlanguage\tquestion",
        "obst#2\tde\tWas ist grün?\tkeyword\tdev",
        "obst\ten\tWhat hangs?",
        "vieh#introduction\tde\tWer schreibt?",
        "obst#1+vieh#1\tde\tRot und Milch?",
        "none\ten\tWho are you?\tgreeting",
        "vieh#9\tde\tWas steht in These 9?\tmissing",
    )
    cases = read_cases(path, [OBST, VIEH])
    assert [case.targets for case in cases] == [
        (Target("obst", 2),),
        (Target("obst", None),),
        (Target("vieh", 0),),
        (Target("obst", 1), Target("vieh", 1)),
        (),
        (Target("vieh", 9),),
    ]
    assert [case.kind for case in cases] == ["keyword", "", "", "", "greeting", "missing"]


def test_with_one_text_its_name_may_be_left_out(tmp_path: Path) -> None:
    path = write(tmp_path, "2\tde\tWas?", "introduction\tde\tWer?", "obst\tde\tWo?")
    targets = [case.targets[0] for case in read_cases(path, [OBST])]
    assert targets == [Target("obst", 2), Target("obst", 0), Target("obst", None)]


def test_only_the_lines_of_a_split_are_taken(tmp_path: Path) -> None:
    path = write(tmp_path, "1\tde\tA?\tk\tdev", "2\tde\tB?\tk\ttest", "3\tde\tC?")
    assert [case.question for case in read_cases(path, [OBST], split="test")] == ["B?"]
    with pytest.raises(SeedError, match="no questions of the split 'neu'"):
        read_cases(path, [OBST], split="neu")


def test_every_wrong_line_is_named_with_its_number(tmp_path: Path) -> None:
    path = write(tmp_path, "obst#2\tde\tWas?", "gemuese#2\tde\tWas?", "obst#zwei\tde\tWas?")
    with pytest.raises(SeedError) as caught:
        read_cases(path, [OBST, VIEH])
    assert [fault.line for fault in caught.value.faults] == [2, 3]
    path = write(tmp_path, "", "obst#2\tfr\tQuoi?")
    with pytest.raises(SeedError, match=r"fragen\.tsv:2: the language is 'fr'"):
        read_cases(path, [OBST, VIEH])


class Scripted:
    """Answers every question with the passages and the verdict that were written down for it."""

    def __init__(self, script: dict[str, tuple[Verdict, Sequence[int], float]]) -> None:
        self._script = script

    def search(
        self,
        questions: Sequence[str],
        language: Language,
        *,
        top: int = 3,
        documents: Sequence[str] | None = None,
    ) -> list[Finding]:
        found = []
        for question in questions:
            verdict, order, score = self._script[question]
            hits = [
                Hit(OBST, OBST.passages[i], score - 0.01 * n, None, {}) for n, i in enumerate(order)
            ]
            found.append(Finding(verdict, tuple(hits[:top])))
        return found


SCRIPT: dict[str, tuple[Verdict, Sequence[int], float]] = {
    "Welche Farbe haben Äpfel": ("answer", (0, 1, 2), 0.9),
    "Welche Farbe haben Birnen": ("unsure", (0, 1, 2), 0.5),
    "Wo hängen die Kirschen": ("none", (0, 1, 2), 0.2),
    "Wer regiert Rom": ("answer", (0, 1), 0.6),
    "Wie spät ist es": ("none", (0,), 0.1),
    "Wer bist du denn": ("unsure", (0,), 0.4),
}


def cases(**targets: Sequence[int]) -> list[Case]:
    return [
        Case(question, "de", "", tuple(Target("obst", n) for n in targets.get(f"q{i}", ())))
        for i, question in enumerate(SCRIPT)
    ]


def measured() -> list[Measured]:
    answerer = Answerer([OBST], Scripted(SCRIPT), LanguageDetector())
    return measure(answerer, cases(q0=[1], q1=[2], q2=[3]))


def test_ranks_outcomes_and_scores_are_those_of_the_answers() -> None:
    assert [(m.rank, m.outcome, m.score) for m in measured()] == [
        (1, "answer", 0.9),
        (2, "unsure", 0.5),
        (3, "none", 0.2),
        (None, "answer", 0.6),
        (None, "none", 0.1),
        (None, "unsure", 0.4),
    ]


def value(figure: Figure | None) -> float:
    assert figure is not None
    assert figure.low <= figure.value <= figure.high
    return figure.value


def test_figures_are_counted_as_they_say() -> None:
    row = tabulate(measured())[0]
    assert (row.language, row.kind, row.questions) == ("de", ALL, 6)
    assert value(row.recall_1) == pytest.approx(1 / 3)
    assert value(row.recall_3) == 1
    assert value(row.mrr) == pytest.approx((1 + 1 / 2 + 1 / 3) / 3)
    assert value(row.false_answers) == pytest.approx(1 / 3)
    assert value(row.false_offers) == pytest.approx(1 / 3)
    assert value(row.wrong_refusals) == pytest.approx(1 / 3)
    assert value(row.unsure) == pytest.approx(1 / 3)
    # Of nine pairs (0.9, 0.5, 0.2 against 0.6, 0.1, 0.4) six are in the right order.
    assert value(row.auroc) == pytest.approx(6 / 9)


def test_auroc_is_that_of_every_pair_compared() -> None:
    random = np.random.default_rng(7)
    good, off = random.normal(1, 1, 50).round(1), random.normal(0, 1, 30).round(1)
    on = Case("q", "de", "", (Target("obst", 1),))
    entries = [Measured(on, 1, "answer", float(score)) for score in good]
    entries += [Measured(Case("q", "de", "", ()), None, "none", float(score)) for score in off]
    pairs = (good[:, None] > off) + 0.5 * (good[:, None] == off)
    assert value(tabulate(entries)[0].auroc) == pytest.approx(pairs.mean())


def test_questions_by_number_count_only_in_their_own_rows() -> None:
    answerer = Answerer([OBST], Scripted(SCRIPT), LanguageDetector())
    asked = [
        Case("Was steht in These 2?", "de", "number", (Target("obst", 2),)),
        Case("Was steht in These 7?", "de", "missing", (Target("obst", 7),)),
        Case("Was steht in These 8?", "de", "missing", (Target("obst", 7),)),
    ]
    rows = {row.kind: row for row in tabulate(measure(answerer, asked))}
    assert rows.keys() == {"number", "missing"}
    assert value(rows["number"].recall_1) == 1
    assert value(rows["missing"].recall_1) == pytest.approx(1 / 2)
    assert value(rows["missing"].wrong_refusals) == pytest.approx(1 / 2)


def test_what_there_is_none_of_has_no_figure() -> None:
    (row, *_) = tabulate([m for m in measured() if m.case.targets])
    assert row.false_answers is None
    assert row.auroc is None


def test_intervals_narrow_as_questions_grow() -> None:
    few, many = tabulate(measured())[0], tabulate(measured() * 30)[0]
    for name in ("recall_1", "mrr", "false_answers", "auroc"):
        narrow, wide = getattr(many, name), getattr(few, name)
        assert narrow.high - narrow.low < wide.high - wide.low


def test_the_report_is_plain_json() -> None:
    rows = json.loads(json.dumps(report(tabulate(measured()))))["rows"]
    assert rows[0].keys() == Row.__dataclass_fields__.keys()
    assert rows[0]["recall_1"]["count"] == 3


def test_after_the_two_plainest_methods_each_adds_to_the_one_before() -> None:
    first, second, *weights = METHODS.values()
    assert sum(first.of_kinds() > 0) == sum(second.of_kinds() > 0) == 1
    for plain, richer in itertools.pairwise(weights):
        assert sum(plain.of_kinds() > 0) + 1 == sum(richer.of_kinds() > 0)


def test_pictures_are_drawn(tmp_path: Path) -> None:
    entries = measured()
    paths = [
        draw_scores(entries, tmp_path / "new"),
        draw_trade_off(entries, tmp_path / "new"),
        draw_methods({"plain": recall_by_language(entries), "all": {"de": 1.0}}, tmp_path / "new"),
    ]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in paths)


def test_progress_ends_with_the_last_question() -> None:
    told: list[tuple[int, int]] = []
    answerer = Answerer([OBST], Scripted(SCRIPT), LanguageDetector())
    measure(answerer, cases(), lambda done, total: told.append((done, total)))
    assert told[-1] == (6, 6)


def test_an_answer_is_asked_for_without_naming_its_language() -> None:
    class Spy(Answerer):
        def answer(self, *args: object, **options: object) -> Answer:
            assert "language" not in options
            return super().answer(*args, **options)  # type: ignore[arg-type]

    assert measure(Spy([OBST], Scripted(SCRIPT), LanguageDetector()), cases())
