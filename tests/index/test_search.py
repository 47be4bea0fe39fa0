"""The passage a question is about comes first, for sure, for any question, in any batch."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Document, Finding, Passage, Searcher, Span, Wanted
from index.assemble import assemble
from index.background import LANGUAGES, Background
from index.contents import IndexContents
from index.evidence import KINDS
from index.hits import LONGEST_QUESTION
from index.passage import PassageQuestion, RenderedPassage, Rendering
from index.ranking import _ALL_UP_TO as ALL_UP_TO
from index.scoring import Weights
from index.vectors import Encoded, Progress
from index.views import Role
from tests.fakes import HashEmbedder, make_document

FARM = [
    "Kühe geben Milch. Ihre Kälber trinken sie zuerst.",
    "Hühner legen Eier. Füchse holen sie nachts.",
    "Schafe liefern Wolle. Sommerhitze quält ungeschorene Tiere.",
]
TOWN = [
    "Busse fahren pünktlich. Straßenbahnen brauchen Gleise.",
    "Radwege verbinden Stadtteile. Ampeln bremsen alle.",
]

pytestmark = pytest.mark.usefixtures("small_background")


def in_sentences(document: Document) -> Document:
    """The same document with each passage cut into its sentences."""

    def cut(passage: Passage) -> Passage:
        (whole,) = passage.sentences
        found = re.finditer(r"\S[^.]*\.?", document.quote(whole))
        sentences = tuple(Span(whole.start + m.start(), whole.start + m.end()) for m in found)
        return replace(passage, sentences=sentences)

    return replace(document, passages=tuple(map(cut, document.passages)))


FARM_AND_TOWN = [
    in_sentences(make_document("hof", FARM)),
    in_sentences(make_document("stadt", TOWN)),
]


def contents_of(
    documents: list[Document], background: Background, embedder: HashEmbedder | None = None
) -> IndexContents:
    return assemble(documents, embedder or HashEmbedder(), background, false_answer_rate=0.05)[0]


@pytest.fixture
def contents(small_background: Background) -> IndexContents:
    return contents_of(FARM_AND_TOWN, small_background)


@pytest.fixture
def searcher(contents: IndexContents) -> Searcher:
    return Searcher(contents, HashEmbedder())


def ask(searcher: Searcher, question: str, **options: Any) -> Finding:
    (finding,) = searcher.search([question], "de", **options)
    return finding


def test_many_searches_together_find_what_each_finds_alone(searcher: Searcher) -> None:
    words = " ".join(FARM + TOWN).replace(".", "").split()
    wanted = [
        Wanted([" ".join(words[n % 31 :][: n % 5]), words[n % 29]][: 1 + n % 2], language, n)
        for n in range(1, 40)
        for language in LANGUAGES
    ]
    together = searcher.search_together(wanted)
    assert_the_same_alone(searcher, wanted, together)
    assert len({finding.hits[0].passage for (finding, *_) in together}) == len(FARM + TOWN)


def places(finding: Finding) -> list[tuple[str, int | None]]:
    return [(hit.document.name, hit.passage.thesis) for hit in finding.hits]


def assert_sound(finding: Finding) -> None:
    scores = [hit.score for hit in finding.hits]
    assert all(math.isfinite(score) and 0 <= score <= 1 for score in scores)
    assert scores == sorted(scores, reverse=True)
    for hit in finding.hits:
        assert hit.highlight is None or hit.highlight in hit.passage.sentences
        assert set(hit.evidence) <= set(KINDS)
        assert all(map(math.isfinite, hit.evidence.values()))


def assert_the_same_alone(
    searcher: Searcher, wanted: list[Wanted], together: list[list[Finding]]
) -> None:
    assert [len(found) for found in together] == [len(one.questions) for one in wanted]
    for one, found in zip(wanted, together, strict=True):
        alone = searcher.search(one.questions, one.language, top=one.top, documents=one.documents)
        assert list(map(places, found)) == list(map(places, alone))
        for own, other in zip(found, alone, strict=True):
            assert own.verdict == other.verdict
            scores = [hit.score for hit in own.hits]
            assert scores == pytest.approx([hit.score for hit in other.hits], abs=1e-4)
            assert [hit.highlight for hit in own.hits] == [hit.highlight for hit in other.hits]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_passages_own_words_find_it_first_and_for_sure(searcher: Searcher, language: Any) -> None:
    for document in FARM_AND_TOWN:
        for passage in document.passages:
            words = " ".join(document.quote(span) for span in passage.sentences)
            (finding,) = searcher.search([words], language)
            assert finding.verdict == "answer"
            assert finding.hits[0].passage == passage
            assert finding.hits[0].document == document
            assert_sound(finding)


def test_searches_together_find_what_each_finds_alone(searcher: Searcher) -> None:
    wanted = [
        Wanted(["Was geben Kühe?", "Wer legt Eier?"], "de", top=2),
        Wanted(["Do Busse fahren?"], "en", documents=["stadt"]),
        Wanted([], "de"),
        Wanted(["Wer legt Eier?"], "de", top=1, documents=["stadt", "hof"]),
        Wanted(["Ampeln bremsen alle.", ""], "de", documents=["stadt"]),
        Wanted(["Nichts davon."], "de", documents=["gibt es nicht"]),
    ]
    together = searcher.search_together(wanted)
    assert_the_same_alone(searcher, wanted, together)


def test_one_sentence_of_a_passage_finds_it_and_is_highlighted(searcher: Searcher) -> None:
    for document in FARM_AND_TOWN:
        for passage in document.passages:
            for sentence in passage.sentences:
                best = ask(searcher, document.quote(sentence)).hits[0]
                assert (best.passage, best.highlight) == (passage, sentence)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_fits_an_unrelated_question(searcher: Searcher, language: Any) -> None:
    unrelated = {"de": "worum geht es bei sache3", "en": "what about thing3"}[language]
    (finding,) = searcher.search([unrelated], language)
    assert finding.verdict == "none"
    assert finding.hits
    assert_sound(finding)


def test_a_question_the_keeper_wrote_down_finds_its_passage(small_background: Background) -> None:
    documents = [
        replace(
            FARM_AND_TOWN[0], questions=(PassageQuestion(1, "de", "Woher stammt das Frühstück?"),)
        ),
        FARM_AND_TOWN[1],
    ]
    searcher = Searcher(contents_of(documents, small_background), HashEmbedder())
    finding = ask(searcher, "Woher stammt das Frühstück?", top=9)
    assert places(finding)[0] == ("hof", 2)
    assert finding.verdict == "answer"
    assert "asked" in finding.hits[0].evidence
    assert all("asked" not in hit.evidence for hit in finding.hits[1:])
    assert_sound(finding)


def test_the_words_of_a_translation_find_the_passage_and_its_sentence(
    small_background: Background,
) -> None:
    sides = [
        ("Cows give milk.", "Calves drink it first."),
        ("Hens lay eggs.", "Foxes steal them."),
        ("Sheep yield wool.", "Summer heat torments them."),
    ]
    rendering = Rendering("en", tuple(RenderedPassage(" ".join(s), None, s) for s in sides))
    document = replace(FARM_AND_TOWN[0], rendering=rendering)
    searcher = Searcher(contents_of([document], small_background), HashEmbedder())
    (finding,) = searcher.search(["Foxes steal them."], "en")
    best = finding.hits[0]
    assert best.passage.thesis == 2
    assert best.highlight == best.passage.sentences[1]


def test_a_translation_of_other_sentences_highlights_nothing_wrong(
    small_background: Background,
) -> None:
    sides = [
        ("Cows give milk and calves drink it first.",),
        ("Hens.", "Eggs.", "Foxes."),
        ("Wool",),
    ]
    rendering = Rendering("en", tuple(RenderedPassage(" ".join(s), None, s) for s in sides))
    document = replace(FARM_AND_TOWN[0], rendering=rendering)
    searcher = Searcher(contents_of([document], small_background), HashEmbedder())
    (finding,) = searcher.search(["Eggs."], "en")
    assert finding.hits[0].passage.thesis == 2
    assert finding.hits[0].highlight is None
    assert_sound(finding)


def test_a_passage_of_one_sentence_has_no_highlight(small_background: Background) -> None:
    document = make_document("kurz", ["Kühe geben Milch.", "Hühner legen Eier."])
    searcher = Searcher(contents_of([document], small_background), HashEmbedder())
    assert [hit.highlight for hit in ask(searcher, "Kühe").hits] == [None, None]


def test_a_translated_passage_of_one_sentence_has_no_highlight(
    small_background: Background,
) -> None:
    rendering = Rendering("en", (RenderedPassage("Cows give milk.", None, ("Cows give milk.",)),))
    document = replace(make_document("kurz", ["Kühe geben Milch."]), rendering=rendering)
    searcher = Searcher(contents_of([document], small_background), HashEmbedder())
    assert [hit.highlight for hit in ask(searcher, "Kühe").hits] == [None]


def tied(background: Background, first: int, second: int) -> Searcher:
    """Two documents of so many passages, all of the same words."""
    words = "Kühe geben Milch."
    documents = [make_document("a", [words] * first), make_document("b", [words] * second)]
    return Searcher(contents_of(documents, background), HashEmbedder())


TIED = ["Kühe geben Milch.", "Milch heute", "Kühe auf der Weide", "Was ist mit Milch"]


def test_two_equal_passages_stand_in_order_of_the_sources(small_background: Background) -> None:
    searcher = tied(small_background, 1, 1)
    for question in TIED:
        assert places(ask(searcher, question)) == [("a", 1), ("b", 1)]


def test_many_equal_passages_stand_in_order_of_the_sources(small_background: Background) -> None:
    for first, second in [(7, 0), (5, 5), (8, 11)]:
        searcher = tied(small_background, first, second)
        expected = [("a", i + 1) for i in range(first)] + [("b", i + 1) for i in range(second)]
        for question in TIED:
            assert places(ask(searcher, question, top=99)) == expected


@pytest.mark.parametrize("top", [1, 2, 3, 5, 99])
def test_there_are_at_most_so_many_hits_and_they_begin_alike(searcher: Searcher, top: int) -> None:
    finding = ask(searcher, "Milch und Busse", top=top)
    whole = ask(searcher, "Milch und Busse", top=5)
    assert finding.hits == whole.hits[:top]
    assert len(finding.hits) == min(top, len(FARM) + len(TOWN))
    assert finding.verdict == whole.verdict


def test_no_hits_may_be_asked_for(searcher: Searcher) -> None:
    assert ask(searcher, "Milch", top=0).hits == ()


@pytest.mark.parametrize("names", [["stadt"], ["hof"], ["stadt", "hof"], {"hof", "unbekannt"}])
def test_only_the_named_documents_are_searched(searcher: Searcher, names: Any) -> None:
    finding = ask(searcher, "Kühe geben Milch.", top=9, documents=names)
    found = {name for name, _ in places(finding)}
    assert found == set(names) & {"hof", "stadt"}
    assert_sound(finding)


def test_a_passage_scores_the_same_whatever_else_is_searched(searcher: Searcher) -> None:
    whole = {hit.passage: hit.score for hit in ask(searcher, "Busse fahren", top=9).hits}
    for hit in ask(searcher, "Busse fahren", top=9, documents=["stadt"]).hits:
        assert hit.score == pytest.approx(whole[hit.passage], abs=1e-5)


@pytest.mark.parametrize("names", [[], ["unbekannt"]])
def test_no_documents_named_or_known_give_no_hits(searcher: Searcher, names: list[str]) -> None:
    assert ask(searcher, "Milch", documents=names) == Finding("none", ())


def test_no_questions_give_no_findings(searcher: Searcher) -> None:
    assert searcher.search([], "de") == []


def with_answer_at(contents: IndexContents, answer: float, unsure: float) -> Searcher:
    calibrations = {
        language: replace(calibration, answer=answer, unsure=unsure)
        for language, calibration in contents.calibrations.items()
    }
    return Searcher(replace(contents, calibrations=calibrations), HashEmbedder())


def margin_of(contents: IndexContents, question: str) -> float:
    """What the best score is measured by, found by moving the threshold there."""
    margin = 0.0
    for _ in range(20):
        score = ask(with_answer_at(contents, margin, margin), question).hits[0].score
        margin += 2 * math.tan(math.pi * (score - 0.5))
    return margin


@pytest.mark.parametrize("question", ["Milch und Wolken", "Wer fährt?", "Eier"])
def test_the_score_is_one_half_where_an_answer_begins(
    contents: IndexContents, question: str
) -> None:
    margin = margin_of(contents, question)
    at = ask(with_answer_at(contents, margin, margin), question)
    below = ask(with_answer_at(contents, margin + 0.01, margin - 0.01), question)
    far = ask(with_answer_at(contents, margin + 0.02, margin + 0.01), question)
    above = ask(with_answer_at(contents, margin - 0.01, margin - 0.02), question)
    assert at.hits[0].score == pytest.approx(0.5, abs=1e-6)
    assert (above.verdict, below.verdict, far.verdict) == ("answer", "unsure", "none")
    assert above.hits[0].score > 0.5 > below.hits[0].score > far.hits[0].score


def test_the_verdict_is_answer_exactly_from_one_half_on(searcher: Searcher) -> None:
    for question in ("Kühe", "Milch", "Bus", "was ist mit Eiern", "ding3", "", "Ampeln im Winter"):
        finding = ask(searcher, question)
        assert (finding.verdict == "answer") == (finding.hits[0].score >= 0.5)


def test_alone_and_in_a_batch_a_question_gets_the_same_hits(searcher: Searcher) -> None:
    questions = ["Kühe geben Milch", "", "worum geht es bei ding3", "Ampeln", "🙂", "Milch Bus"]
    for question, batched in zip(questions, searcher.search(questions, "de"), strict=True):
        alone = ask(searcher, question)
        assert alone.verdict == batched.verdict
        assert places(alone) == places(batched)
        for one, other in zip(alone.hits, batched.hits, strict=True):
            assert one.score == pytest.approx(other.score, abs=1e-5)
            assert one.highlight == other.highlight


def test_a_question_is_read_up_to_its_longest(searcher: Searcher) -> None:
    question = ("Kühe geben Milch. " * LONGEST_QUESTION)[:LONGEST_QUESTION]
    assert ask(searcher, question) == ask(searcher, question + " Hühner legen Eier." * 5_000)


def test_the_same_question_gets_the_same_finding_again(searcher: Searcher) -> None:
    assert ask(searcher, "Was legen Hühner?") == ask(searcher, "Was legen Hühner?")


@pytest.fixture(scope="module")
def shared() -> dict[str, Searcher]:
    return {}


@given(question=st.text() | st.lists(st.sampled_from(" ".join(FARM + TOWN).split())).map(" ".join))
def test_any_question_gets_sound_scores(shared: dict[str, Searcher], question: str) -> None:
    if not shared:
        general = Background(
            (
                *("was ist ding1", "wer ist ding2", "wo ist ding3", "wann ist ding4"),
                *("what is item1", "who is item2", "where is item3", "when is item4"),
            ),
            ("de",) * 4 + ("en",) * 4,
            ("allgemeines",),
        )
        mixed = replace(FARM_AND_TOWN[0], questions=(PassageQuestion(0, "de", "Was geben Kühe?"),))
        single = make_document("kurz", ["Wolken ziehen."])
        documents = [mixed, single, FARM_AND_TOWN[1]]
        shared["searcher"] = Searcher(contents_of(documents, general), HashEmbedder())
    for language in LANGUAGES:
        (finding,) = shared["searcher"].search([question], language, top=9)
        assert len(finding.hits) == 6
        assert_sound(finding)


class WithoutTokens(HashEmbedder):
    """A model that gives token states for the texts that ``has_tokens`` names."""

    def has_tokens(self, _: str) -> bool:
        return False

    def encode(self, texts: Any, role: Role, *, progress: Progress | None = None) -> Encoded:
        encoded = super().encode(texts, role, progress=progress)
        tokens = tuple(
            states if self.has_tokens(text) else states[:0]
            for text, states in zip(texts, encoded.tokens, strict=True)
        )
        return Encoded(encoded.vectors, tokens)


class TokensForLetters(WithoutTokens):
    """A model whose token states leave out what has no letters, as one of unknown signs does."""

    def has_tokens(self, text: str) -> bool:
        return any(map(str.isalpha, text))


@pytest.mark.filterwarnings("ignore:Mean of empty slice", "ignore:invalid value encountered")
def test_a_model_without_token_states_still_finds_the_passage(
    small_background: Background,
) -> None:
    contents = contents_of(FARM_AND_TOWN, small_background, WithoutTokens())
    finding = ask(Searcher(contents, WithoutTokens()), "Hühner legen Eier.", top=9)
    assert places(finding)[0] == ("hof", 2)
    assert all("tokens" not in hit.evidence for hit in finding.hits)
    assert_sound(finding)


def test_a_model_without_token_states_warns_of_nothing(small_background: Background) -> None:
    contents_of(FARM_AND_TOWN, small_background, WithoutTokens())


@pytest.mark.parametrize("bodies", [["Kühe geben Milch", "!!!"], ["!!!", "Kühe geben Milch"]])
def test_a_passage_without_token_states_has_no_such_evidence(
    bodies: list[str], small_background: Background
) -> None:
    contents = contents_of([make_document("a", bodies)], small_background, TokensForLetters())
    finding = ask(Searcher(contents, TokensForLetters()), "Kühe geben Milch", top=2)
    assert finding.hits[0].passage.thesis == bodies.index("Kühe geben Milch") + 1
    assert "tokens" not in finding.hits[1].evidence


MANY = ALL_UP_TO + 150


def numbered(count: int) -> Document:
    return make_document("gross", [f"Apfel sorte{i} wächst in garten{i % 7}" for i in range(count)])


@pytest.mark.parametrize("count", [ALL_UP_TO - 1, ALL_UP_TO, ALL_UP_TO + 1, MANY])
def test_the_right_one_of_many_passages_is_found(count: int, small_background: Background) -> None:
    documents = [numbered(count), FARM_AND_TOWN[0]]
    searcher = Searcher(contents_of(documents, small_background), HashEmbedder())
    for number in (0, 1, count // 2, count - 1):
        finding = ask(searcher, f"Wo wächst sorte{number}")
        assert places(finding)[0] == ("gross", number + 1)
        assert_sound(finding)
    assert places(ask(searcher, "Hühner legen Eier"))[0] == ("hof", 2)


def test_of_many_passages_the_nearest_is_found_though_others_share_more_letters(
    small_background: Background,
) -> None:
    alike = make_document("gleich", [f"Donaudampfschifffahrtsgesellschaft{i}" for i in range(60)])
    documents = [numbered(MANY), alike, make_document("korb", ["Eier"])]
    contents = replace(contents_of(documents, small_background), weights=Weights(words=0.0))
    finding = ask(Searcher(contents, HashEmbedder()), "Donaudampfschifffahrtsgesellschaften Eier")
    assert places(finding)[0] == ("korb", 1)


def test_of_many_passages_one_is_found_by_its_letters_alone(small_background: Background) -> None:
    starts = "bal dor fim gur hes jik kol lup mev nar".split()
    ends = "stein wald brück furt hausen dorf beck kamp loh".split()
    names = [a + b + c for a in starts for b in starts[::-1] for c in ends]
    searcher = Searcher(
        contents_of([make_document("orte", names)], small_background), HashEmbedder()
    )
    for number in range(0, len(names), len(names) // 12):
        misspelt = names[number] + "x"
        assert places(ask(searcher, misspelt))[0] == ("orte", number + 1)


def test_a_small_document_is_found_beside_a_big_one(small_background: Background) -> None:
    documents = [numbered(MANY), FARM_AND_TOWN[0]]
    searcher = Searcher(contents_of(documents, small_background), HashEmbedder())
    finding = ask(searcher, "Schafe liefern Wolle", documents=["hof"], top=9)
    assert places(finding)[0] == ("hof", 3)


def test_a_named_document_is_searched_even_if_others_lie_nearer(
    small_background: Background,
) -> None:
    documents = [numbered(700), make_document("klein", ["Wolken und Regen."])]
    searcher = Searcher(contents_of(documents, small_background), HashEmbedder())
    finding = ask(searcher, "Apfel sorte5", documents=["klein"])
    assert places(finding) == [("klein", 1)]
