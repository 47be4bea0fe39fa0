"""A question becomes an answer: which passages are quoted, or why none is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answer import (
    LONGEST_QUESTION,
    Answerer,
    ByMeaning,
    ByNumber,
    NoSuchThesis,
    NothingFits,
    Outcome,
    Quote,
    Refusal,
    Unsure,
    WhichWork,
)
from bot.frame import message
from bot.jsonform import to_json
from bot.language import LanguageDetector
from index import Document, Finding, Hit, Language, Span, Work
from index.hits import Verdict
from tests.fakes import make_document

FRUIT = make_document(
    "obst",
    ["Äpfel sind rot.", "Birnen sind grün.", "Kirschen hängen hoch."],
    work=Work("Zehn Thesen vom Obst", "Obst", "Gartenbund", year=2011, announced_theses=10),
)
CATTLE = make_document(
    "vieh",
    ["Kühe geben Milch.", "Hühner legen Eier."],
    work=Work("Thesen vom Vieh", "Vieh", "Bauernbund", year=2012),
)
PROSE = make_document("prosa", ["Es war einmal.", "Sie lebten."], numbers=[None, None])
DETECTOR = LanguageDetector()


@dataclass(frozen=True)
class Call:
    questions: tuple[str, ...]
    language: Language
    top: int
    documents: tuple[str, ...] | None


@dataclass
class ScriptedSearch:
    """Gives the finding written down for a question, else that nothing fits."""

    findings: Mapping[str, Finding] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)

    def search(
        self,
        questions: Sequence[str],
        language: Language,
        *,
        top: int = 3,
        documents: Sequence[str] | None = None,
    ) -> list[Finding]:
        named = None if documents is None else tuple(documents)
        self.calls.append(Call(tuple(questions), language, top, named))
        nothing = Finding("none", ())
        found = [self.findings.get(question, nothing) for question in questions]
        return [Finding(finding.verdict, finding.hits[:top]) for finding in found]


def found(verdict: Verdict, *theses: int, document: Document = FRUIT) -> Finding:
    passages = [document.passages[number - 1] for number in theses]
    return Finding(
        verdict,
        tuple(
            Hit(document, passage, 0.9 - place / 10, passage.sentences[0], {})
            for place, passage in enumerate(passages)
        ),
    )


def answerer(
    search: ScriptedSearch | None = None,
    documents: Sequence[Document] = (FRUIT,),
    language: Language = "de",
) -> Answerer:
    return Answerer(documents, search or ScriptedSearch(), DETECTOR, language)


def scripted(**findings: Finding) -> ScriptedSearch:
    return ScriptedSearch({key.replace("_", " "): value for key, value in findings.items()})


def theses(outcome: Outcome) -> list[tuple[str, int | None]]:
    return [(quote.document.name, quote.passage.thesis) for quote in outcome.quotes]


def test_theses_asked_for_by_number_come_in_the_order_asked_without_a_search() -> None:
    search = ScriptedSearch()
    outcome = answerer(search).answer("Thesen 3 und 1").outcome
    assert outcome == ByNumber(
        (Quote(FRUIT, FRUIT.passages[2]), Quote(FRUIT, FRUIT.passages[0])),
    )
    assert search.calls == []


def test_a_thesis_by_number_has_the_highest_score_and_no_highlight() -> None:
    (quote,) = answerer().answer("These 2").outcome.quotes
    assert (quote.score, quote.highlight) == (1.0, None)


def test_top_does_not_cut_what_was_asked_for_by_number() -> None:
    assert len(answerer().answer("alle Thesen", top=1).outcome.quotes) == 3


def test_the_best_passage_answers_and_the_others_are_candidates() -> None:
    search = scripted(**{"Wie sind Äpfel?": found("answer", 1, 3, 2)})
    outcome = answerer(search).answer("Wie sind Äpfel?").outcome
    assert isinstance(outcome, ByMeaning)
    assert outcome.fitting == 1
    assert theses(outcome) == [("obst", 1), ("obst", 3), ("obst", 2)]
    best = outcome.quotes[0]
    assert (best.score, best.highlight) == (0.9, FRUIT.passages[0].sentences[0])


def test_a_question_of_several_parts_is_answered_by_a_thesis_each() -> None:
    question = "Was ist mit Äpfeln und Kirschen?"
    search = ScriptedSearch(
        {
            question: found("answer", 1, 2, 3),
            "Was ist mit Äpfeln": found("answer", 1),
            "Kirschen?": found("answer", 3),
        }
    )
    outcome = answerer(search).answer(question).outcome
    assert isinstance(outcome, ByMeaning)
    assert outcome.fitting == 2
    assert theses(outcome) == [("obst", 1), ("obst", 3), ("obst", 2)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (found("answer", 1), found("unsure", 3)),
        (found("answer", 1), found("none", 3)),
        (found("answer", 1), found("answer", 1)),
        (found("unsure", 1), found("answer", 3)),
        (found("answer", 2), found("answer", 3)),
    ],
    ids=["unsure", "none", "the same", "the best is unsure", "the best answers no part"],
)
def test_a_part_that_no_other_thesis_clearly_answers_adds_none(
    first: Finding, second: Finding
) -> None:
    question = "Äpfel, Kirschen"
    search = ScriptedSearch({question: found("answer", 1, 3), "Äpfel": first, "Kirschen": second})
    outcome = answerer(search).answer(question).outcome
    assert isinstance(outcome, ByMeaning)
    assert outcome.fitting == 1


@pytest.mark.parametrize("verdict", ["unsure", "none"])
def test_the_parts_of_what_nothing_answers_are_not_searched_for(verdict: Verdict) -> None:
    search = ScriptedSearch({"Äpfel, Kirschen": found(verdict, 1, 3)})
    answerer(search).answer("Äpfel, Kirschen")
    assert [call.questions for call in search.calls] == [("Äpfel, Kirschen",)]


def test_a_thesis_that_answers_two_parts_is_quoted_once() -> None:
    question = "Äpfel, Birnen; Kirschen"
    search = ScriptedSearch(
        {
            question: found("answer", 1, 2, 3),
            "Äpfel": found("answer", 1),
            "Birnen": found("answer", 2),
            "Kirschen": found("answer", 2),
        }
    )
    outcome = answerer(search).answer(question).outcome
    assert isinstance(outcome, ByMeaning)
    assert outcome.fitting == 2
    assert len(outcome.quotes) == len(set(outcome.quotes)) == 3


def test_more_than_four_parts_are_asked_as_one() -> None:
    search = ScriptedSearch()
    answerer(search).answer("Äpfel, Birnen, Kirschen, Pflaumen, Quitten")
    assert [len(call.questions) for call in search.calls] == [1]


def test_a_doubtful_finding_is_unsure() -> None:
    outcome = answerer(scripted(Pflaumen=found("unsure", 2, 1))).answer("Pflaumen").outcome
    assert isinstance(outcome, Unsure)
    assert theses(outcome) == [("obst", 2), ("obst", 1)]


def test_nothing_fits_keeps_the_nearest_as_candidates() -> None:
    outcome = answerer(scripted(Panzer=found("none", 2, 1))).answer("Panzer").outcome
    assert isinstance(outcome, NothingFits)
    assert theses(outcome) == [("obst", 2), ("obst", 1)]


def test_nothing_found_at_all_is_nothing_that_fits() -> None:
    assert answerer().answer("Panzer").outcome == NothingFits(())


@pytest.mark.parametrize("verdict", ["answer", "unsure", "none"])
@pytest.mark.parametrize("top", [1, 2, 3])
def test_top_bounds_what_is_found_by_meaning(verdict: Verdict, top: int) -> None:
    search = scripted(Obstgarten=found(verdict, 1, 2, 3))
    outcome = answerer(search).answer("Obstgarten", top=top).outcome
    assert len(outcome.quotes) == top
    assert search.calls[0].top == top


def test_as_many_passages_are_sought_as_a_question_has_parts() -> None:
    search = ScriptedSearch()
    answerer(search).answer("Äpfel, Birnen, Kirschen", top=1)
    assert search.calls[0].top == 3


def test_no_more_theses_fit_than_are_quoted() -> None:
    question = "Äpfel, Kirschen"
    search = ScriptedSearch(
        {
            question: found("answer", 1, 3),
            "Äpfel": found("answer", 1),
            "Kirschen": found("answer", 3),
        }
    )
    outcome = answerer(search).answer(question, top=1).outcome
    assert isinstance(outcome, ByMeaning)
    assert outcome.fitting <= len(outcome.quotes)


def test_a_number_in_two_works_asks_which() -> None:
    outcome = answerer(documents=[FRUIT, CATTLE]).answer("These 2").outcome
    assert isinstance(outcome, WhichWork)
    assert outcome.numbers == (2,)
    assert theses(outcome) == [("obst", 2), ("vieh", 2)]


def test_numbers_in_two_works_are_named_once() -> None:
    outcome = answerer(documents=[FRUIT, CATTLE]).answer("Thesen 1 und 3").outcome
    assert isinstance(outcome, WhichWork)
    assert outcome.numbers == (1, 3)
    assert theses(outcome) == [("obst", 1), ("obst", 3), ("vieh", 1)]


def test_a_number_that_one_work_holds_is_no_question_of_which() -> None:
    outcome = answerer(documents=[FRUIT, CATTLE]).answer("These 3").outcome
    assert isinstance(outcome, ByNumber)
    assert theses(outcome) == [("obst", 3)]


@pytest.mark.parametrize(
    "question",
    ["These 2 vom Bauernbund", "These 2 (Vieh)", "These 2 von 2012", "Thesen vom Vieh, These 2"],
)
def test_a_named_work_is_the_one_meant(question: str) -> None:
    outcome = answerer(documents=[FRUIT, CATTLE]).answer(question).outcome
    assert isinstance(outcome, ByNumber)
    assert theses(outcome) == [("vieh", 2)]


def test_a_named_work_that_lacks_the_number_is_told_of_though_another_holds_it() -> None:
    outcome = answerer(documents=[FRUIT, CATTLE]).answer("These 3 (Vieh)").outcome
    assert outcome == NoSuchThesis(CATTLE, (3,), (1, 2), ())


def test_meaning_is_sought_in_the_named_work_only() -> None:
    search = ScriptedSearch()
    both = answerer(search, [FRUIT, CATTLE])
    both.answer("Was sagt der Bauernbund zur Milch?")
    both.answer("Wie entsteht Milch?")
    everything = (FRUIT.name, CATTLE.name)
    assert [call.documents for call in search.calls] == [("vieh",), everything]


def test_works_without_numbers_are_no_works_to_choose_from() -> None:
    outcome = answerer(documents=[FRUIT, PROSE]).answer("These 2").outcome
    assert isinstance(outcome, ByNumber)


def test_where_nothing_is_numbered_a_number_is_a_question_like_any_other() -> None:
    search = ScriptedSearch()
    assert isinstance(answerer(search, [PROSE]).answer("These 2").outcome, NothingFits)
    assert search.calls[0].questions == ("These 2",)


def test_a_missing_thesis_comes_with_what_is_held() -> None:
    assert answerer().answer("Was steht in These 8?").outcome == NoSuchThesis(
        FRUIT, (8,), (1, 2, 3), ()
    )


def test_theses_held_are_quoted_beside_the_missing_ones() -> None:
    outcome = answerer().answer("Thesen 2 bis 5").outcome
    assert isinstance(outcome, NoSuchThesis)
    assert outcome.wanted == (4, 5)
    assert theses(outcome) == [("obst", 2), ("obst", 3)]


@pytest.mark.parametrize(
    "question", ["die ersten 0 Thesen", "the first 0 theses", "zeig mir die ersten 0 Thesen"]
)
def test_asking_for_no_theses_at_all_is_not_answered_with_none(question: str) -> None:
    outcome = answerer().answer(question).outcome
    assert not (isinstance(outcome, ByNumber) and not outcome.quotes)


@pytest.mark.parametrize("question", ["", " ", "\n\t", "\u2003"])
def test_an_empty_question_is_refused(question: str) -> None:
    assert answerer().answer(question).outcome == Refusal("empty")


@pytest.mark.parametrize("question", ["?", "😀😀", "\x00", "\ud800", "...", "___", "\u202e"])
def test_a_question_without_words_is_refused(question: str) -> None:
    assert answerer().answer(question).outcome == Refusal("no-words")


def test_a_question_of_the_longest_length_is_read_and_one_longer_is_refused() -> None:
    search = ScriptedSearch()
    longest = ("wer " * LONGEST_QUESTION)[:LONGEST_QUESTION]
    assert isinstance(answerer(search).answer(longest).outcome, NothingFits)
    assert answerer(search).answer(f"{longest}w").outcome == Refusal("too-long")
    assert len(search.calls) == 1


FRENCH = "Qui a fondé Facebook en France ?"


def test_another_language_is_refused_where_nothing_fits_and_candidates_are_kept() -> None:
    outcome = answerer(ScriptedSearch({FRENCH: found("none", 1)})).answer(FRENCH).outcome
    assert isinstance(outcome, Refusal)
    assert outcome.reason == "other-language"
    assert theses(outcome) == [("obst", 1)]


def test_another_language_is_answered_where_something_fits() -> None:
    outcome = answerer(ScriptedSearch({FRENCH: found("answer", 1)})).answer(FRENCH).outcome
    assert isinstance(outcome, ByMeaning)


@pytest.mark.parametrize(
    ("question", "language"),
    [("Was sind Birnen?", "de"), ("What are pears?", "en"), ("thesis 2", "en")],
)
@pytest.mark.parametrize("default", ["de", "en"])
def test_the_answer_is_in_the_language_of_the_question(
    question: str, language: Language, default: Language
) -> None:
    search = ScriptedSearch()
    answer = answerer(search, language=default).answer(question)
    assert answer.language == language
    assert {call.language for call in search.calls} <= {language}


@pytest.mark.parametrize("question", ["These 2", "These 3!", "These III"])
def test_a_thesis_asked_for_in_german_is_answered_in_german(question: str) -> None:
    assert answerer().answer(question).language == "de"


@pytest.mark.parametrize("question", ["", "😀", "2", "III", FRENCH, "x" * 5_000])
@pytest.mark.parametrize("default", ["de", "en"])
def test_an_unclear_language_falls_back_to_the_configured_one(
    question: str, default: Language
) -> None:
    assert answerer(language=default).answer(question).language == default


def test_an_unclear_language_falls_back_to_that_of_the_last_clear_question() -> None:
    previous = ["Was sind Birnen?", "What are pears?", "2"]
    assert answerer().answer("3", previous=previous).language == "en"
    assert answerer().answer("😀", previous=previous[:1]).language == "de"


@pytest.mark.parametrize("question", ["Was sind Birnen?", "", "2", "x" * 5_000, FRENCH])
@pytest.mark.parametrize("language", ["de", "en"])
def test_a_language_given_goes_before_all_others(question: str, language: Language) -> None:
    answer = answerer().answer(question, previous=["What are pears?"], language=language)
    assert answer.language == language


FOLLOW_UPS = ["Und was ist mit Birnen?", "What about pears?", "Was bedeutet das?", "Why is that?"]


@pytest.mark.parametrize("question", FOLLOW_UPS)
def test_a_question_that_leans_on_the_last_is_asked_together_with_it(question: str) -> None:
    search = ScriptedSearch({f"Obstbau heute? {question}": found("answer", 2)})
    previous = ["Viehzucht heute?", "Obstbau heute?"]
    outcome = answerer(search).answer(question, previous=previous).outcome
    assert isinstance(outcome, ByMeaning)
    assert theses(outcome) == [("obst", 2)]


@pytest.mark.parametrize("question", FOLLOW_UPS)
def test_a_first_question_leans_on_nothing(question: str) -> None:
    search = ScriptedSearch()
    answerer(search).answer(question)
    assert len(search.calls) == 1


def test_a_question_with_an_answer_of_its_own_leans_on_nothing() -> None:
    question = "Was bedeutet das?"
    search = ScriptedSearch({question: found("answer", 1)})
    outcome = answerer(search).answer(question, previous=["Obstbau heute?"]).outcome
    assert theses(outcome) == [("obst", 1)]
    assert len(search.calls) == 1


def test_a_question_that_stands_alone_is_not_mixed_with_the_last() -> None:
    search = ScriptedSearch()
    answerer(search).answer("Wer erntet Birnen?", previous=["Obstbau heute?"])
    assert [call.questions for call in search.calls] == [("Wer erntet Birnen?",)]


def test_a_number_asked_for_needs_no_question_before_it() -> None:
    outcome = answerer().answer("und die zweite?", previous=["These 1"]).outcome
    assert theses(outcome) == [("obst", 2)]


def test_answers_do_not_depend_on_those_given_before() -> None:
    search = scripted(Obstgarten=found("answer", 1))
    asked = answerer(search)
    first = asked.answer("Obstgarten")
    for question in ("These 2", "", "Panzer", FRENCH):
        asked.answer(question)
    assert asked.answer("Obstgarten") == first


HOSTILE = {
    "NUL": "Was\x00ist\x00das?",
    "control characters": "".join(map(chr, range(32))) + "Was?",
    "lone surrogate": "Was ist \ud800 das?",
    "lone surrogate beside a word that tells no language": "Obstgarten \ud800",
    "emoji only": "😀🎉👩‍👩‍👧",
    "right to left": "\u202eשלום עולם\u202c",
    "right to left beside German": "Was ist \u202eمرحبا\u202c?",
    "100,000 characters": "wort " * 20_000,
    "100,000 letters": "a" * 100_000,
    "rich markup": "[bold]Was[/bold] ist [/] das? :smile: [link=http://x]y[/link]",
    "HTML": "<script>alert(1)</script>",
    "Markdown": "**Was** `ist` ||das|| @everyone <@1>?",
    "placeholders": "{0} {title} %s { $title } ${HOME}",
    "empty": "",
    "combining marks": "W" + "\u0301" * 3_000,
    "dotless i": "ı",
    "Turkish words": "vı ıı İİ",
    "long joints": "und " * 900,
    "many commas": "," * 3_999 + "a",
    "digits": "9" * 4_000,
    "zero width": "\u200b\u200c\u200d\ufeff",
}


@pytest.mark.parametrize("question", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("previous", [(), ("Was ist das?", "\ud800 \x00")], ids=["first", "later"])
def test_no_question_breaks_it(question: str, previous: Sequence[str]) -> None:
    answer = answerer(documents=[FRUIT, CATTLE]).answer(question, previous=previous)
    assert message(answer)
    assert to_json(question, answer, {})["question"] == question


TEXT = st.text(st.characters(codec="utf-8"), max_size=300)


@settings(max_examples=200, deadline=None)
@given(TEXT, st.lists(TEXT, max_size=2))
def test_no_text_breaks_it(question: str, previous: list[str]) -> None:
    answer = answerer(documents=[FRUIT, CATTLE]).answer(question, previous=previous)
    assert message(answer)


def test_a_lone_surrogate_in_an_earlier_question_does_no_harm() -> None:
    assert answerer().answer("2", previous=["Obstgarten \ud800"]).outcome.quotes


def test_a_very_long_question_before_does_not_push_the_question_out() -> None:
    search = ScriptedSearch()
    question = "Was bedeutet das?"
    answerer(search).answer(question, previous=["Obstbau " * 500])
    assert question in search.calls[-1].questions[0][:2_000]


def test_a_quote_lies_in_the_source_word_for_word() -> None:
    for document in (FRUIT, CATTLE):
        for number in (1, 2):
            outcome = answerer(documents=[document]).look_up(f"These {number}")
            assert outcome is not None
            (quote,) = outcome.quotes
            span = quote.passage.span
            assert isinstance(span, Span)
            assert document.text[span.start : span.end].startswith(f"{number}. ")


def test_a_text_that_asks_for_no_number_is_not_looked_up() -> None:
    assert answerer().look_up("Wie sind Birnen?") is None
    assert answerer(documents=[PROSE]).look_up("These 1") is None


def test_a_question_is_searched_in_its_own_language_whatever_the_reply_is_in() -> None:
    search = ScriptedSearch()
    answer = answerer(search).answer("Which fruit is stored in the cellar?", language="de")
    assert answer.language == "de"
    assert search.calls[-1].language == "en"
