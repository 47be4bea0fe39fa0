"""As many general questions are answered as the false-answer rate allows, in each language."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from index import Language, Searcher
from index.assemble import assemble
from index.background import LANGUAGES, Background
from index.calibrate import calibrate
from index.evidence import Centres, EncodedQuestion, encode_question
from index.ranking import Ranker
from index.scoring import WEIGHTS, BackgroundQuestions, Calibration, margin
from tests.fakes import HashEmbedder, make_document

BODIES = [
    "Kühe geben Milch und fressen Gras.",
    "Hühner legen Eier in das Stroh.",
    "Der Bauer fährt mit dem Traktor auf das Feld.",
    "Im Winter bleiben die Tiere im Stall.",
]
SUBJECTS = "Haus Auto Berg Fluss Brot Lied Bild Geld Wald Schiff".split()
THINGS = "house car hill river bread song picture money forest ship".split()
RATES = [0.02, 0.05, 0.2, 0.5]


def general_questions(start: int, stop: int) -> Background:
    """Questions that no two of the ranges 0 to 100 share."""
    german = [f"was kostet das {SUBJECTS[i % 10]} nummer{i} im stall" for i in range(start, stop)]
    english = [f"what about the {THINGS[i % 10]} item{i} in winter" for i in range(start, stop)]
    languages = tuple(language for language in LANGUAGES for _ in range(start, stop))
    statements = tuple(f"allgemeines über sache{i}" for i in range(10))
    return Background((*german, *english), languages, statements)


@dataclass
class Asked:
    """A ranker and general questions ready to be asked."""

    ranker: Ranker
    questions: list[EncodedQuestion]
    languages: tuple[Language, ...]
    background: BackgroundQuestions

    def calibrated(self, rate: float) -> dict[Language, Calibration]:
        return calibrate(self.ranker, self.questions, self.languages, self.background, rate)

    def margins(self, language: Language, calibration: Calibration) -> list[float]:
        nearness = self.background.own_nearness()
        found = []
        for row, question in enumerate(self.questions):
            if self.languages[row] == language:
                gathered = self.ranker.gather([question])
                (evidence,) = self.ranker.deepen([question], gathered, [calibration.scale])
                best = self.ranker.certainty(evidence, calibration.scale)
                found.append(margin(best, float(nearness[row]), calibration.scale, WEIGHTS))
        return found


@pytest.fixture(params=[1, len(BODIES)], ids=["one passage", "four passages"])
def asked(request: pytest.FixtureRequest) -> Asked:
    documents = [make_document("hof", BODIES[: request.param])]
    background = general_questions(0, 100)
    embedder = HashEmbedder()
    contents, _ = assemble(documents, embedder, background, false_answer_rate=0.05)
    encoded = embedder.encode(background.questions, "query")
    centres: Centres = contents.centres
    return Asked(
        Ranker(contents),
        [
            encode_question(encoded, row, text, language, centres)
            for row, (text, language) in enumerate(
                zip(background.questions, background.languages, strict=True)
            )
        ],
        background.languages,
        BackgroundQuestions(encoded.vectors),
    )


@pytest.mark.parametrize("rate", RATES)
def test_the_share_of_general_questions_answered_is_the_rate(asked: Asked, rate: float) -> None:
    for language, calibration in asked.calibrated(rate).items():
        margins = np.array(asked.margins(language, calibration))
        assert np.mean(margins >= calibration.answer) == pytest.approx(rate, abs=0.02)
        assert np.mean(margins >= calibration.unsure) >= np.mean(margins >= calibration.answer)


@pytest.mark.parametrize("rate", [0.0, *RATES, 1.0])
def test_every_language_has_finite_thresholds_in_order(asked: Asked, rate: float) -> None:
    calibrations = asked.calibrated(rate)
    assert set(calibrations) == set(LANGUAGES)
    for calibration in calibrations.values():
        assert np.isfinite([calibration.answer, calibration.unsure]).all()
        assert calibration.unsure <= calibration.answer
        assert np.isfinite(calibration.scale.means).all()
        assert min(calibration.scale.deviations) > 0
        assert calibration.scale.background_deviation > 0


def test_a_lower_rate_asks_for_more(asked: Asked) -> None:
    for language in LANGUAGES:
        answers = [asked.calibrated(rate)[language].answer for rate in RATES]
        assert answers == sorted(answers, reverse=True)
        assert answers[0] > answers[-1]


def test_the_scale_is_what_general_questions_get(asked: Asked) -> None:
    for language, calibration in asked.calibrated(0.05).items():
        tables = [
            calibration.scale.above(asked.ranker.gather([question])[0].table)
            for question, other in zip(asked.questions, asked.languages, strict=True)
            if other == language
        ]
        above = np.concatenate(tables)[:, [0, 1, 3]]
        assert above.mean(axis=0) == pytest.approx(np.zeros(3), abs=1e-2)


def test_languages_are_measured_apart(asked: Asked) -> None:
    both = asked.calibrated(0.05)
    assert both["de"] != both["en"]


@pytest.mark.usefixtures("small_background")
@pytest.mark.parametrize("rate", [0.05, 0.2])
@pytest.mark.parametrize("language", LANGUAGES)
def test_general_questions_it_never_saw_are_answered_no_oftener(
    rate: float, language: Language
) -> None:
    contents, _ = assemble(
        [make_document("hof", BODIES)],
        HashEmbedder(),
        general_questions(0, 100),
        false_answer_rate=rate,
    )
    unseen = general_questions(100, 200)
    own = [
        q for q, lang in zip(unseen.questions, unseen.languages, strict=True) if lang == language
    ]
    findings = Searcher(contents, HashEmbedder()).search(own, language)
    answered = sum(finding.verdict == "answer" for finding in findings) / len(own)
    assert answered <= rate + 0.06


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_shipped_background_is_answered_no_oftener_than_the_rate(language: Language) -> None:
    from index.background import load_background

    background = load_background()
    rate = 0.05
    contents, _ = assemble(
        [make_document("hof", BODIES)], HashEmbedder(), background, false_answer_rate=rate
    )
    own = [
        question
        for question, other in zip(background.questions, background.languages, strict=True)
        if other == language
    ]
    findings = Searcher(contents, HashEmbedder()).search(own, language)
    assert sum(finding.verdict == "answer" for finding in findings) / len(own) <= rate + 0.01


def test_no_more_questions_than_needed_are_asked_and_the_rate_still_holds() -> None:
    background = general_questions(0, 1_200)
    documents = [make_document("hof", BODIES)]
    contents, _ = assemble(documents, HashEmbedder(), background, false_answer_rate=0.1)
    own = background.questions[:1_200]
    findings = Searcher(contents, HashEmbedder()).search(own, "de")
    assert sum(finding.verdict == "answer" for finding in findings) / len(own) <= 0.15
