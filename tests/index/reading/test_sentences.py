from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import SeedError
from index.passage import Language, Passage, Span
from index.reading.formats import read_source
from index.reading.passages import read_passages
from index.reading.sentences import guess_language, split_sentences, trim

PROPERTY = settings(max_examples=60, deadline=None, derandomize=True, database=None)
NUMBER_MARK = re.compile(
    r"[\s>#*_+–•-]*(?:(?:these|thesis)\s*(?:nr\.?|no\.?|number|nummer|#)?|§)?\s*\(?"
    r"(?:\d{1,3}|[IVXLC]+)[\\.:)–—\s>#*_+•‣·-]*",
    re.IGNORECASE,
)


def split(text: str, language: Language = "de") -> list[str]:
    spans = split_sentences(text, Span(0, len(text)), language)
    return [span.of(text) for span in spans]


@pytest.mark.parametrize(
    "sentence",
    [
        "Das gilt z. B. im Handel.",
        "Das gilt z.B. im Handel.",
        "Man reist, d. h. man fährt.",
        "Das sagt Dr. Weber heute.",
        "Prof. Dr. Weber sagt das.",
        "Siehe Nr. 5 der Liste.",
        "Es kommen ca. 30 Leute.",
        "Am 3. Oktober wird gefeiert.",
        "Am 3.10. wird gefeiert.",
        "Am 3. 10. 2011 war es so.",
        "Im 19. Jahrhundert war es anders.",
        "Der 1. FC Köln gewinnt.",
        "Er wohnt im 2. Stock.",
        "Das steht in Abs. 2 des Gesetzes.",
        "Laut § 5 Abs. 2 Nr. 3 gilt das.",
        "Es gibt Äpfel, Birnen usw. in Kisten.",
        "Es kostet 5 Mio. Euro im Jahr.",
        "Sie zahlt 3 Mrd. Euro.",
        "Sie wohnt Hauptstr. 5 in Köln.",
        "Vgl. S. 5 dort.",
        "Das gilt u. a. in Köln.",
        "Das gilt i. d. R. immer.",
        "Das war v. Chr. so.",
        "Das gilt bzw. gilt nicht.",
        "Die Fa. Weber zahlt.",
        "Heinrich VIII. war König.",
        "Es sind 1.000 Euro.",
        "Version 3.5 ist gut.",
        "Die Seite www.example.org zeigt es.",
        "Mittelstand, B2B, NGOs - für sie gilt es.",
    ],
)
def test_abbreviations_and_ordinals_end_no_sentence(sentence: str) -> None:
    assert split(f"Vorher. {sentence} Nachher.") == ["Vorher.", sentence, "Nachher."]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Die Budgets sind gefolgt.", "2011 werden es mehr."),
        ("Es ist gut!", "2011 wird besser."),
        ("Ist es gut?", "30 Leute meinen ja."),
        ("Er sagt: „So gilt es immer.“", "2011 war anders."),
        ("Es galt 2011.", "Dann nicht mehr."),
        ("Wirklich?!", "Ja, wirklich."),
        ("Er sagt: „Das gilt. Immer.“", "Dann geht er."),
        ('"Das gilt. Immer", sagt er.', "Dann geht er."),
        ("Sie rief: „Komm!“, und ging.", "Er kam."),
        ("»Das gilt.«", "So sagt man."),
        ("Das gilt (z. B. hier).", "Und dort."),
    ],
)
def test_two_sentences_are_cut_where_the_second_begins(first: str, second: str) -> None:
    assert split(f"{first} {second}") == [first, second]


@pytest.mark.parametrize(
    "text",
    ["Er ist Nr. 1. Sie ist Nr. 2.", "Sie wohnt in der Hauptstr. 5. Er auch.", "Er kam am 3. Ja."],
)
def test_a_short_number_with_a_stop_is_rather_an_ordinal_than_an_end(text: str) -> None:
    assert split(text) == [text]


def test_small_letters_begin_no_sentence() -> None:
    assert split("Das gilt etc. und so weiter. Ja.") == ["Das gilt etc. und so weiter.", "Ja."]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", " \n  "])
def test_line_ends_end_no_sentence(line_end: str) -> None:
    text = f"Das gilt{line_end}überall. Auch{line_end}hier."
    assert split(text) == [f"Das gilt{line_end}überall.", f"Auch{line_end}hier."]


def test_english_abbreviations_end_no_sentence() -> None:
    text = "Mr. Smith met Dr. Jones, e.g. at No. 5 Main St. today. He left. 2011 was over."
    assert split(text, "en")[1:] == ["He left.", "2011 was over."]


@pytest.mark.parametrize("text", ["", " ", "...", "– – –", "***", "„“"])
def test_what_has_no_words_has_no_sentence(text: str) -> None:
    assert split(text) == []


def test_only_the_given_stretch_is_split() -> None:
    text = "Nein. Ja doch. Auch das. Nein."
    spans = split_sentences(text, Span(6, 24), "de")
    assert spans == (Span(6, 14), Span(15, 24))


@pytest.mark.parametrize(
    ("text", "trimmed"),
    [
        ("  Ja.  ", "Ja."),
        ("- Ja.", "Ja."),
        ("> - Ja.", "Ja."),
        ("## Ja", "Ja"),
        ("**Ja.**", "Ja."),
        ("__Ja.__", "Ja."),
        ("*Ja.*", "Ja."),
        ("**Ja", "Ja"),
        ("Ja**", "Ja"),
        ("**Ja** und **Nein**", "Ja** und **Nein"),
        ("2 * 3", "2 * 3"),
        ("-5 Grad", "-5 Grad"),
        ("#hashtag", "#hashtag"),
    ],
)
def test_trimming_takes_white_space_and_markup_from_the_edges(text: str, trimmed: str) -> None:
    assert trim(text, Span(0, len(text))).of(text) == trimmed


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Die Welt ist nicht genug und das ist gut.", "de"),
        ("The world is not enough and that is good.", "en"),
        ("Quo vadis?", "de"),
        ("", "de"),
    ],
)
def test_the_commonest_words_tell_the_language(text: str, language: Language) -> None:
    assert guess_language(text) == language


def test_sentences_longer_than_a_window_stay_whole() -> None:
    long = "Wort " * 9_000 + "Ende."
    assert split(f"Anfang. {long} Schluss.") == ["Anfang.", long, "Schluss."]


@pytest.mark.parametrize("unit", ["„", "(", '"a. B ', "Dr. ", "1. ", "! 2", "."])
def test_a_paragraph_of_hostile_marks_is_split(unit: str) -> None:
    text = unit * (60_000 // len(unit)) + "x"
    check_sentences(text, split_sentences(text, Span(0, len(text)), "de"), Span(0, len(text)))


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_capital_with_a_no_break_space_and_a_stop_is_split(language: Language) -> None:
    try:
        found = split("Es gilt Punkt B\u00a0. Ja, so.", language)
    except BaseException as error:  # noqa: BLE001
        pytest.fail(type(error).__name__)
    assert found


@pytest.mark.parametrize("text", ["/", "–––\n\nEs gilt.", "1. **\nEins gilt.\n2. Zwei gilt."])
def test_a_line_without_words_is_no_title(text: str) -> None:
    for passage in passages_or_none(text) or ():
        assert all(has_word(sentence.of(text)) for sentence in passage.sentences)
        assert passage.title is None or passage.title == passage.sentences[0]


@pytest.mark.parametrize("text", ["# ", "# \n\nEs gilt."])
def test_a_bare_heading_sign_starts_no_passage_behind_its_end(text: str) -> None:
    for passage in passages_or_none(text) or ():
        assert passage.span.start < passage.span.end
        assert all(passage.span.holds(sentence) for sentence in passage.sentences)


def passages_of(text: str) -> tuple[Passage, ...]:
    source = read_source("x.txt", text.encode())
    return read_passages(source, document="x", file="x.txt", language=None)


def passages_or_none(text: str) -> tuple[Passage, ...] | None:
    try:
        return passages_of(text)
    except SeedError:
        return None


def has_word(text: str) -> bool:
    return any(character.isalnum() for character in text)


def check_sentences(
    text: str,
    sentences: tuple[Span, ...],
    whole: Span,
    *,
    may_precede: Callable[[str], object] = lambda _: False,
) -> None:
    rebuilt = ""
    position = whole.start
    for sentence in sentences:
        assert whole.holds(sentence)
        assert position <= sentence.start < sentence.end
        between = text[position : sentence.start]
        assert not has_word(between) or (not rebuilt and may_precede(between))
        rebuilt += between + sentence.of(text)
        position = sentence.end
    rest = text[position : whole.end]
    assert not has_word(rest)
    assert rebuilt + rest == whole.of(text)


def check_passages(text: str) -> None:
    passages = passages_or_none(text)
    if passages is None:
        return
    assert passages
    last = 0
    for passage in passages:
        assert last <= passage.span.start < passage.span.end <= len(text)
        last = passage.span.end
        assert passage.sentences
        may_precede = NUMBER_MARK.fullmatch if passage.thesis else (lambda _: False)
        check_sentences(text, passage.sentences, passage.span, may_precede=may_precede)
        assert (passage.thesis is not None) == (passage.kind == "thesis")
        assert passage.title is None or passage.span.holds(passage.title)
    numbers = [passage.thesis for passage in passages if passage.thesis is not None]
    assert numbers == sorted(set(numbers))


WORDS = st.sampled_from(
    "Handel Kunden reden gilt immer z. B. Dr. Nr. 5 2011 Märkte öffnen „ja“ (nein) §".split()
)
SENTENCES = st.builds(
    lambda words, stop: " ".join(["Hier", *words, "steht"]) + stop,
    st.lists(WORDS, max_size=8),
    st.sampled_from([".", "!", "?", ":", "…", ""]),
)
BODIES = st.lists(SENTENCES, min_size=1, max_size=4)
MARKS = st.sampled_from(
    ["{}. ", "{}.", "{}) ", "({}) ", "§ {} ", "These {}: ", "## {}. ", "**{}.** ", "- {}. "]
)
FRAGMENTS = st.lists(
    st.sampled_from(
        "1. |2. |3)|IV. |(1)|§ 1 |These 2: |## |**|__|*|- |> |Eins gilt.|zwei|Teilen|Seite 3"
        '|2011 werden |z. B. |Dr. |„|“|"|…|!|?|:|é|😀|ß|١. |\u2028|\u200b|\t| |---|```|\\.'.split(
            "|"
        )
    )
    | st.sampled_from(["\n", "\n\n", "\r\n", "\r", "\x0b", "\x0c", "\x85"]),
    max_size=30,
).map("".join)


@given(
    mark=MARKS,
    bodies=st.lists(BODIES, min_size=2, max_size=6),
    introduction=st.lists(SENTENCES, max_size=3),
    gap=st.sampled_from(["\n", "\n\n", "\r\n", "\r"]),
    first=st.integers(1, 60),
)
@PROPERTY
def test_numbered_texts_are_covered_by_their_passages(
    mark: str, bodies: list[list[str]], introduction: list[str], gap: str, first: int
) -> None:
    theses = [mark.format(number) + gap.join(body) for number, body in enumerate(bodies, first)]
    check_passages(gap.join([*introduction, *theses]))


@given(bodies=st.lists(BODIES, min_size=2, max_size=8))
@PROPERTY
def test_every_generated_thesis_is_found_under_its_number(bodies: list[list[str]]) -> None:
    text = "\n\n".join(f"These {n}: {' '.join(body)}" for n, body in enumerate(bodies, 1))
    found = passages_of(text)
    assert [passage.thesis for passage in found] == list(range(1, len(bodies) + 1))
    assert [passage.span.of(text) for passage in found] == text.split("\n\n")


@given(st.text())
@PROPERTY
def test_any_text_is_covered_by_its_passages_or_refused(text: str) -> None:
    check_passages("Es gilt. " + text)


@given(FRAGMENTS)
@PROPERTY
def test_any_mix_of_marks_is_covered_by_its_passages_or_refused(text: str) -> None:
    check_passages("Es gilt.\n" + text)


@given(text=st.text(max_size=200), bounds=st.tuples(st.integers(0, 200), st.integers(0, 200)))
@PROPERTY
def test_any_stretch_is_covered_by_its_sentences(text: str, bounds: tuple[int, int]) -> None:
    start, end = sorted(min(bound, len(text)) for bound in bounds)
    check_sentences(text, split_sentences(text, Span(start, end), "de"), Span(start, end))
