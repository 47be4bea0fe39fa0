"""Whether a quotation stands word for word in the sources."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.exactness import (
    LONGEST_MESSAGE,
    Altered,
    Change,
    Exact,
    NotFound,
    Part,
    QuoteVerdict,
    Stitched,
    WrongThesis,
    check_quote,
)
from index import Document, Passage, Span
from index.seeds import read_seeds
from tests.conftest import ROOT
from tests.fakes import make_document
from tests.labelled import CORPORA, folder_of

HYPE = "Die Phase eines Hypes oder Trends ist vorbei"


@cache
def sources() -> tuple[Document, ...]:
    with folder_of(*sorted(CORPORA.glob("*.txt"))) as folder:
        return (*read_seeds(ROOT / "seeds"), *read_seeds(folder))


def words_of(verdict: Exact | Altered | WrongThesis | Part) -> str:
    return " ".join(verdict.document.quote(verdict.span).split())


EXACT = {
    HYPE: HYPE,
    f"{HYPE}.": HYPE,
    f"„{HYPE}“": HYPE,
    f"In These 1 steht: „{HYPE}“, finde ich gut": HYPE,
    f'thesis 1 says "{HYPE}," right?': HYPE,
    f"»{HYPE}« (These 1)": HYPE,
    f"«{HYPE}»": HYPE,
    f"‚{HYPE}‘ stimmt das so?": HYPE,
    f"'{HYPE}'": HYPE,
    f"“{HYPE}” – is that word for word?": HYPE,
    f"These 1: {HYPE}": HYPE,
    f"These 1: …{HYPE} …": HYPE,
    f"These 1 {HYPE}": HYPE,
    f"In der ersten These heißt es: {HYPE}.": HYPE,
    f"**{HYPE}**": HYPE,
    f"> **{HYPE}**\nstimmt das?": HYPE,
    "> Die Phase eines Hypes\n> oder Trends ist vorbei\n\nist das echt so?": HYPE,
    ">>> Die Phase eines Hypes\noder Trends ist vorbei": HYPE,
    "Die Phase\neines   Hypes oder\u00a0Trends\nist vorbei": HYPE,
    f"{HYPE}, finde ich gut": HYPE,
    f"{HYPE}. Stimmt das so?": HYPE,
    f"{HYPE} (These 1)": HYPE,
    f"1. {HYPE}": HYPE,
    f"Stimmt das Zitat: {HYPE}?": HYPE,
    f"Ist das exakt? {HYPE}.": HYPE,
    f"In These 1 steht {HYPE}": HYPE,
    f"<@1234567890> {HYPE}": HYPE,
    f"Ist „{HYPE}“ aus These 1 oder These 3?": HYPE,
    "„Die Phase eines Hypes […] oder Trends ist vorbei“": HYPE,
    "wird ein größeres Thema. „Hobby-Lösungen“ mit Praktikanten haben ausgedient.": (
        'wird ein größeres Thema. "Hobby-Lösungen" mit Praktikanten haben ausgedient'
    ),
    'These 1: "wird ein größeres Thema. "Hobby-Lösungen" mit Praktikanten haben ausgedient."': (
        'wird ein größeres Thema. "Hobby-Lösungen" mit Praktikanten haben ausgedient'
    ),
    'für sich entdecken", glaubt Mike Schnoor (sevenload), Unitleiter': (
        'für sich entdecken", glaubt Mike Schnoor (sevenload), Unitleiter'
    ),
    "> 1. Social Media wird in Unternehmensorganisationen integriert\n> Die Frage nach": (
        "1.Social Media wird in Unternehmensorganisationen integriert Die Frage nach"
    ),
    "„Wer ausbildet, erhält“": "Wer ausbildet, erhält",
    "Employer Branding 2.0": "Employer Branding 2.0",
    "wegen ihrer Bildung. Wer die Lehre abbricht": (
        "wegen ihrer Bildung. 5. Wer die Lehre abbricht"
    ),
    "sondern wegen ihrer Bildung.\n5. Wer die Lehre abbricht": (
        "sondern wegen ihrer Bildung. 5. Wer die Lehre abbricht"
    ),
}

ALTERED: dict[str, list[tuple[str, str]]] = {
    f"„{HYPE.replace('ist', 'ist nicht')}“": [("", "nicht")],
    f"In These 1 steht: „{HYPE.replace('oder', 'und')}“, gut": [("oder", "und")],
    f"These 1: {HYPE.replace('oder Trends ', '')}": [("oder Trends", "")],
    HYPE.replace("Hypes", "hypes"): [("Hypes", "hypes")],
    HYPE.replace("Hypes", "Hypse"): [("Hypes", "Hypse")],
    HYPE.replace("Hypes", "Hypes,"): [("Hypes", "Hypes,")],
    f"{HYPE}!": [("vorbei", "vorbei!")],
    "Die Phase eines Trends oder Hypes ist vorbei": [("Hypes", "Trends"), ("Trends", "Hypes")],
    "> Die Zeile eines Hypes oder Trends ist vorbei\nstimmt das?": [("Phase", "Zeile")],
    "will Disziplin-übergreifend organisiert werden": [
        ("Disziplin übergreifend organsiert", "Disziplin-übergreifend organisiert")
    ],
    'Produktentwicklung an Bedeutung verlieren", sagt Patrick Wessel (Faktor 3)': [
        ("gewinnen", "verlieren"),
        ("Wassel", "Wessel"),
    ],
    "„Abiturienten gehören ins Büro, nicht trotz, sondern wegen ihrer Bildung.“": [
        ("Handwerk", "Büro")
    ],
    "wird ein größeres Thema. „Hobby-Ideen“ mit Praktikanten haben ausgedient.": [
        ("Hobby-Lösungen", "Hobby-Ideen")
    ],
}

STITCHED = {
    "Im Text steht „Die Frage nach der richtigen Organisationsform […] wird ein größeres Thema“": [
        "Die Frage nach der richtigen Organisationsform",
        "wird ein größeres Thema",
    ],
    "„Social Media wird zum Alltag … eine zentrale Rolle spielen.“": [
        "Social Media wird zum Alltag",
        "eine zentrale Rolle spielen",
    ],
    f"{HYPE}, Lehrlinge verdienen im ersten Jahr mindestens tausend Euro.": [
        HYPE,
        "Lehrlinge verdienen im ersten Jahr mindestens tausend Euro",
    ],
    f"„{HYPE}. Die Frage nach der richtigen Organisationsform“": [
        HYPE,
        "Die Frage nach der richtigen Organisationsform",
    ],
    "These 1 sagt „Social Media wird zum Alltag“ und „Unternehmen ihre Praktikanten twittern“": [
        "Social Media wird zum Alltag",
        "Unternehmen ihre Praktikanten twittern",
    ],
}

WRONG = {
    f"In These 3 steht: „{HYPE}“, finde ich gut": (3,),
    f"These 2: {HYPE}": (2,),
    f"{HYPE} (These 4)": (4,),
    f"In These 3 steht {HYPE}": (3,),
    f"4. {HYPE}": (4,),
    f'thesis five says "{HYPE.replace("oder", "und")}"': (5,),
    f"> {HYPE}\nsteht das in der zweiten These?": (2,),
    f"„{HYPE}“ – Thesen 2 und 3": (2, 3),
}

NOT_FOUND = [
    "",
    "hallo",
    "was steht da?",
    "Ich mag Katzen und Hunde sehr gern und gehe im Park spazieren.",
    "In These 3 steht: „Die Bananen sind in diesem Jahr besonders krumm geraten“",
    "The quick brown fox jumps over the lazy dog.",
    "„Alle Menschen sind frei und gleich an Würde und Rechten geboren.“",
    "…",
    "„“ “” »«",
    "3",
]


@pytest.mark.parametrize(("message", "quoted"), EXACT.items())
def test_words_that_stand_so_are_exact(message: str, quoted: str) -> None:
    verdict = check_quote(message, sources())
    assert isinstance(verdict, Exact)
    assert words_of(verdict) == quoted


@pytest.mark.parametrize(("message", "changes"), ALTERED.items())
def test_changes_are_named_in_order(message: str, changes: list[tuple[str, str]]) -> None:
    verdict = check_quote(message, sources())
    assert isinstance(verdict, Altered)
    assert verdict.changes == tuple(Change(*change) for change in changes)


@pytest.mark.parametrize(("message", "parts"), STITCHED.items())
def test_words_of_several_places_are_stitched(message: str, parts: list[str]) -> None:
    verdict = check_quote(message, sources())
    assert isinstance(verdict, Stitched)
    assert [words_of(part) for part in verdict.parts] == parts


@pytest.mark.parametrize(("message", "claimed"), WRONG.items())
def test_words_of_another_thesis_are_told(message: str, claimed: tuple[int, ...]) -> None:
    verdict = check_quote(message, sources())
    assert isinstance(verdict, WrongThesis)
    assert (verdict.claimed, verdict.passage.thesis) == (claimed, 1)
    assert bool(verdict.changes) == ("und Trends" in message)


@pytest.mark.parametrize("message", NOT_FOUND)
def test_other_words_are_not_found(message: str) -> None:
    assert check_quote(message, sources()) == NotFound()


def test_nothing_is_found_where_there_is_no_source() -> None:
    assert check_quote(HYPE, ()) == NotFound()


def test_of_equal_words_those_of_the_claimed_thesis_are_meant() -> None:
    document = make_document("twice", ["Alles wird gut am Ende.", "Ja, alles wird gut am Ende."])
    verdict = check_quote("These 2: „wird gut am Ende“", [document])
    assert isinstance(verdict, Exact)
    assert verdict.passage.thesis == 2


def test_no_thesis_can_be_claimed_of_texts_that_number_none() -> None:
    document = make_document("plain", ["Alles wird gut am Ende."], numbers=[None])
    assert isinstance(check_quote("These 2: „wird gut am Ende“", [document]), Exact)


def test_a_quotation_may_not_run_from_one_text_into_the_next() -> None:
    red, blue = "Rot ist die Farbe hier.", "Blau war es nur dort."
    texts = [make_document("one", [red]), make_document("two", [blue])]
    assert isinstance(check_quote(f"{red} {blue}", texts), Stitched)


# Generated alterations


@dataclass(frozen=True)
class Stretch:
    document: Document
    passage: Passage
    words: tuple[str, ...]
    start: int

    @property
    def text(self) -> str:
        return " ".join(self.words).strip(".,;:–-\"'()")


AROUND = [
    ("", ""),
    ("Im Text steht: ", " – stimmt das?"),
    ("Da heißt es ", ", finde ich gut"),
    ("Somewhere it says ", " and I like it."),
    ("Hallo Bot,\n", "\nIst das ein exaktes Zitat?"),
]
MARKS = ["„“", '""', "«»", "»«", "‚‘", "''", "“”"]
STRANGE = """
Der Hund lag den ganzen Nachmittag vor der Tür und wartete auf den Briefträger.
Im Herbst ziehen die Kraniche in großen Keilen über das Moor nach Süden.
Sie rührte den Teig, bis er Blasen warf, und stellte ihn dann in die Wärme.
Das Schiff verließ den Hafen noch vor Sonnenaufgang, ohne Lichter zu setzen.
Niemand wusste, warum die Uhr am Kirchturm seit drei Tagen stillstand.
Wir haben gestern Abend noch lange über den neuen Film gesprochen.
Zum Frühstück gab es Brot mit Honig und dazu einen starken schwarzen Tee.
Die Mannschaft verlor in der letzten Minute durch einen unhaltbaren Freistoß.
Wer im Gebirge wandert, sollte immer eine Karte und genug Wasser bei sich haben.
In der Schule lernen wir für das Leben und nicht für die Lehrer, sagte sie.
Soziale Medien machen uns alle einsam und die Politik schaut dabei nur zu.
Das Handwerk hat goldenen Boden, aber nur, wenn der Nachwuchs auch mitmacht.
Vereine sind das Rückgrat der Gesellschaft und verdienen mehr Anerkennung.
Der Bus kommt in unserer Stadt nie, wenn man ihn am dringendsten braucht.
Unternehmen müssen im Internet mehr Werbung machen, um neue Kunden zu finden.
All human beings are born free and equal in dignity and rights.
It was a bright cold day in April, and the clocks were striking thirteen.
Companies should spend far more money on television than on the internet.
The train was late again, so we walked home along the river in the rain.
Teachers say that pupils have forgotten how to write by hand.
""".strip().split("\n")


@cache
def passages() -> list[tuple[Document, Passage]]:
    return [(d, p) for d in sources() for p in d.passages if len(_words(d, p)) >= 12]


def _words(document: Document, passage: Passage) -> list[str]:
    return " ".join(document.quote(sentence) for sentence in passage.sentences).split()


def stretch(rng: random.Random, least: int = 6, *, thesis: bool = False) -> Stretch:
    choices = [pair for pair in passages() if pair[1].thesis or not thesis]
    document, passage = rng.choice(choices)
    words = _words(document, passage)
    count = min(rng.randint(least, 30), len(words))
    start = rng.randint(0, len(words) - count)
    return Stretch(document, passage, tuple(words[start : start + count]), start)


def dressed(rng: random.Random, text: str, before: str = "", after: str = "") -> str:
    """The text as it may be sent: between marks and words, with line breaks."""
    said = "".join(f"\n{c}" if c == " " and rng.random() < 0.1 else c for c in text)
    said = said.replace("\n", " \n" if rng.random() < 0.5 else "\n")
    style = rng.choice(["marks", "marks", "block", "bare"])
    if style == "block":
        lines = "".join(f"> {line}\n" for line in said.split("\n"))
        return f"{before}\n{lines}{after}".lstrip("\n")
    if style == "bare":
        return f"{before.rstrip()}\n{text}\n{after.lstrip(', ')}".strip()
    marks = rng.choice(MARKS)
    opening, closing = marks[0], marks[1]
    return f"{before}{opening}{said}{closing}{after}"


def exact(rng: random.Random) -> str:
    return dressed(rng, stretch(rng).text, *rng.choice(AROUND))


def altered(rng: random.Random) -> str:
    words = list(stretch(rng, 9).words)
    for _ in range(rng.randint(1, 3)):
        i = rng.randrange(1, len(words) - 1)
        kind = rng.choice(["change", "drop", "add", "swap", "case", "typo"])
        letters = [k for k, letter in enumerate(words[i]) if letter.isalpha()]
        if kind == "change":
            words[i] = rng.choice(["Banane", "vielleicht", "niemals", "grün", "Kühlschrank"])
        elif kind == "drop":
            del words[i]
        elif kind == "swap" and words[i] != words[i + 1]:
            words[i], words[i + 1] = words[i + 1], words[i]
        elif kind == "case":
            words[i] = words[i].swapcase()
        elif kind == "typo" and len(letters) > 3:
            k = rng.choice(letters)
            words[i] = words[i][:k] + words[i][k + 1 :]
        else:
            words.insert(i, rng.choice(["wirklich", "nicht", "sehr", "besonders", "immer"]))
    return dressed(rng, " ".join(words).strip(".,;:–-\"'()"), *rng.choice(AROUND))


def stitched(rng: random.Random) -> str:
    one, other = stretch(rng), stretch(rng)
    while one.passage == other.passage or _is_next(one, other):
        other = stretch(rng)
    joint = rng.choice([" … ", " [...] ", "... ", " (…) ", ". ", " ", " und ", ", "])
    return dressed(rng, one.text + joint + other.text, *rng.choice(AROUND))


def _is_next(one: Stretch, other: Stretch) -> bool:
    return one.document is other.document and one.passage.span.end < other.passage.span.start <= (
        one.passage.span.end + 8
    )


def wrong_thesis(rng: random.Random) -> str:
    said = stretch(rng, thesis=True)
    number = rng.choice([n for n in range(1, 30) if n != said.passage.thesis])
    before, after = rng.choice(
        [
            (f"In These {number} steht: ", ", finde ich gut"),
            (f"These {number}: ", ""),
            (f"thesis {number} says: ", " – right?"),
            ("Es heißt: ", f" (These {number})"),
        ]
    )
    return dressed(rng, said.text, before, after)


def not_found(rng: random.Random) -> str:
    words = rng.choice(STRANGE).split()
    count = rng.randint(6, len(words)) if len(words) > 6 else len(words)
    start = rng.randint(0, len(words) - count)
    said = " ".join(words[start : start + count])
    if rng.random() < 0.3:
        said += " " + rng.choice(STRANGE)
    return dressed(rng, said.strip(".,"), *rng.choice(AROUND))


MAKERS: dict[type[QuoteVerdict], Callable[[random.Random], str]] = {
    Exact: exact,
    Altered: altered,
    Stitched: stitched,
    WrongThesis: wrong_thesis,
    NotFound: not_found,
}


def test_generated_quotations_are_judged_right() -> None:
    rng = random.Random(20110)
    confusion: Counter[tuple[str, str]] = Counter()
    wrong: list[str] = []
    for kind, make in MAKERS.items():
        for _ in range(120):
            message = make(rng)
            verdict = check_quote(message, sources())
            confusion[kind.__name__, type(verdict).__name__] += 1
            if not isinstance(verdict, kind):
                wrong.append(f"{kind.__name__}: {message!r} -> {verdict_shown(verdict)}")
    print(*(f"{a:>12} judged {b:<12} {n}" for (a, b), n in confusion.items()), sep="\n")
    print(*wrong, sep="\n")
    right = sum(n for (a, b), n in confusion.items() if a == b)
    assert right / confusion.total() >= 0.98


def verdict_shown(verdict: QuoteVerdict) -> str:
    shown = [words_of(part) for part in stretches(verdict)]
    return f"{type(verdict).__name__} {shown} {getattr(verdict, 'changes', '')}"


def stretches(verdict: QuoteVerdict) -> list[Part | Exact | Altered | WrongThesis]:
    match verdict:
        case Stitched():
            return list(verdict.parts)
        case NotFound():
            return []
        case _:
            return [verdict]


# Any text


@st.composite
def messages(draw: st.DrawFn) -> str:
    """Any text, or scraps of the sources with any text in between."""
    words = [word for d, p in passages() for word in _words(d, p)]
    scraps: list[str] = []
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(words)))
        scraps.append(" ".join(words[start : start + draw(st.integers(1, 12))]))
        scraps.append(draw(st.text(max_size=8) | st.sampled_from(["“", " „", "\n> ", "…", ": "])))
    return "".join(scraps) or draw(st.text())


def plain_words(text: str) -> Iterator[str]:
    word = ""
    for letter in text:
        if letter.isalnum():
            word += letter
        elif word:
            yield word
            word = ""
    if word:
        yield word


@settings(deadline=None, max_examples=200)
@given(messages())
def test_any_text_gets_a_verdict_that_is_true_to_the_source(message: str) -> None:
    verdict = check_quote(message, sources())
    for part in stretches(verdict):
        assert part.passage in part.document.passages
        assert part.span.start < part.span.end <= part.document.passages[-1].span.end
        assert part.passage.span.holds(Span(part.span.start, part.span.start + 1))
        if isinstance(part, Part):
            assert part.passage.span.holds(part.span)
    if isinstance(verdict, Altered):
        assert verdict.changes
    if isinstance(verdict, Exact):
        said = list(plain_words(message))
        quoted = list(plain_words(words_of(verdict)))
        if verdict.passage.span.holds(verdict.span):
            at = range(len(said) - len(quoted) + 1)
            assert any(said[i : i + len(quoted)] == quoted for i in at)


@pytest.mark.parametrize(
    "message",
    [
        "a " * 2_000,
        "die " * 1_000,
        "a." * 2_000,
        "a'" * 2_000,
        '"' * 4_000,
        "„" * 4_000,
        "'a" * 2_000,
        "\0" * 4_000,
        "\ud800 " * 2_000,
        "(" * 4_000,
        "[ " * 2_000,
        ">\n" * 2_000,
        "> " * 2_000,
        "3. " * 1_333,
        "These 3: " * 444,
        "… " * 2_000,
        "x" * 100_000,
        "\n" * 4_000,
        "," + " " * 3_999,
        "? " * 2_000,
    ],
    ids=lambda message: ascii(message[:8]),
)
def test_hostile_messages_take_bounded_time(message: str) -> None:
    check_quote(HYPE, sources())
    started = time.process_time()
    check_quote(message, sources())
    assert time.process_time() - started < 1


def test_no_more_is_read_than_a_message_holds() -> None:
    assert isinstance(check_quote(HYPE + " " * LONGEST_MESSAGE + "Banane", sources()), Exact)
