"""Discord displays exactly the words of the source, whatever stands in them."""

from __future__ import annotations

import random
import re
import time
from itertools import pairwise

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.proof import prove
from bot.render import (
    MESSAGE_LIMIT,
    Piece,
    escape,
    length,
    quote_pieces,
    unescape,
    unquote,
)
from index import Document, Span, Work
from index.seeds import read_seeds
from tests.conftest import ROOT

MARKUP = {
    "*kursiv*": r"\*kursiv\*",
    "_kursiv_": r"\_kursiv\_",
    "**fett**": r"\*\*fett\*\*",
    "__unterstrichen__": r"\_\_unterstrichen\_\_",
    "***beides***": r"\*\*\*beides\*\*\*",
    "~~weg~~": r"\~\~weg\~\~",
    "||geheim||": r"\|\|geheim\|\|",
    "`code`": r"\`code\`",
    "```py\ncode\n```": "\\`\\`\\`py\ncode\n\\`\\`\\`",
    "# Titel": r"\# Titel",
    "### Titel": r"\#\#\# Titel",
    "  # Titel": r"  \# Titel",
    "a\n# Titel": "a\n\\# Titel",
    "a\r\n# Titel": "a\n\\# Titel",
    "a\r# Titel": "a\n\\# Titel",
    "a\u2028# Titel": "a\u2028\\# Titel",
    "-# klein": r"\-\# klein",
    "- Punkt": r"\- Punkt",
    "+ Punkt": r"\+ Punkt",
    "* Punkt": r"\* Punkt",
    "- - # Punkt": r"\- \- \# Punkt",
    "1. Punkt": r"1\. Punkt",
    "12) Punkt": r"12\) Punkt",
    "a\n  3. Punkt": "a\n  3\\. Punkt",
    "1.": r"1\.",
    "> Zitat": r"\> Zitat",
    ">>> Zitat": r"\>\>\> Zitat",
    "[Wort](https://a.example)": r"\[Wort\]\(https\://a.example)",
    "<https://a.example>": r"\<https\://a.example\>",
    "https://a.example": r"https\://a.example",
    "HTTP://A.EXAMPLE": r"HTTP\://A.EXAMPLE",
    "steam://run": r"steam\://run",
    "www.a.example": r"www\.a.example",
    "Www.a.example": r"Www\.a.example",
    "discord.gg/abc": r"discord\.gg/abc",
    "Discord.com/invite/abc": r"Discord\.com/invite/abc",
    "discordapp.com/invite/abc": r"discordapp\.com/invite/abc",
    "post@a.example": r"post\@a.example",
    "<mailto:a@b.example>": r"\<mailto:a\@b.example\>",
    "<tel:+4912345>": r"\<tel:+4912345\>",
    "@everyone": r"\@everyone",
    "@here": r"\@here",
    "<@1>": r"\<\@1\>",
    "<@!1>": r"\<\@!1\>",
    "<@&1>": r"\<\@&1\>",
    "<#1>": r"\<#1\>",
    "</befehl:1>": r"\</befehl:1\>",
    "<t:1>": r"\<t:1\>",
    "<t:1:R>": r"\<t\:1:R\>",
    "<id:guide>": r"\<id:guide\>",
    ":smile:": r"\:smile:",
    ":a_b::skin-tone-2:": r"\:a\_b\:\:skin-tone-2:",
    "::smile:": r"\:\:smile:",
    "<:a:1>": r"\<\:a:1\>",
    "<a:b:2>": r"\<a\:b:2\>",
    "¯\\_(ツ)_/¯": r"¯\\\_(ツ)\_/¯",
}

PROSE = [
    "Die Zeit, in der Unternehmen ihre Praktikanten twittern ließen, soll vorbei sein.",
    "Er sagte: „Hobby-Lösungen“ – mit Praktikanten – haben ausgedient; wirklich!",
    "Social Media 2.0 (auch 2011) wächst um 3,5 % & mehr: 100 € + 5 = 105?",
    "2,5 Prozent. Nr. 4 ist #1, d. h. am 3. Oktober um 10:30 Uhr",
    "1.Social Media wird in Unternehmensorganisationen integriert",
    "3.5 per cent - it's “that” simple: B2B/B2C, NGOs … $5; a.b.example",
]

ATOMS = [
    *MARKUP,
    *PROSE,
    *"\\ * _ ~ ` | < > [ ] ( ) @ # - + . : ! & / 1 a ß „ “ \n \r \r\n \t \x0b \u2028 \u00a0".split(
        " "
    ),
    " ",
    "  ",
    "\n\n",
    "👩‍👩‍👧‍👦",
    "🇩🇪🇩🇪",
    "👍🏽",
    "1️⃣",
    "#️⃣",
    "e\u0301",
    "\u0301\u0302",
    "각",
    "\u200b",
    "\ufeff",
    "\\*",
    "://",
    "w" * 300,
    "😀" * 120,
    "Ein Satz. Noch einer! Wirklich?\r\n",
]

TEXTS = st.builds(
    lambda atoms, times: ("".join(atoms) * times)[:20_000] or "a",
    st.lists(st.sampled_from(ATOMS) | st.text(max_size=8), min_size=1, max_size=30),
    st.sampled_from([1, 1, 1, 3, 30]),
)
ROOMS = st.sampled_from([200, 250, 700, 1_900])
LONG = "".join(random.Random(1).choices(ATOMS, k=2_000))[:20_000]

_CONSTRUCTS = {
    "mention": r"@everyone|@here|<@[!&]?\d+>|<#\d+>|</[^>\n]+:\d+>|<t:-?\d+(?::\w)?>|<id:\w+>",
    "emoji": r"<a?:\w+:\d+>|:[^\s:]+?(?:::skin-tone-\d)?:",
    "link": r"(?:https?|steam|ftp)://[^\s<]+|\[[^\]]*\]\(|<(?:https?|mailto|tel|sms):|www\.\w"
    r"|(?:discord\.gg|discord(?:app)?\.com/invite|dis\.gd)/\w|\w@\w+\.\w",
    "emphasis": r"\*+[^*]+\*|_+[^_]+_",
    "code": r"`+[^`]+`",
    "spoiler": r"\|\|[\s\S]+?\|\|",
    "strikethrough": r"~~[\s\S]+?~~",
    "emoticon": r"¯\\_\(ツ\)_/¯",
}
_LINE_CONSTRUCTS = {
    "heading": r"\s*#{1,3}\s",
    "subtext": r"\s*-#\s",
    "list": r"\s*(?:[-+*]|\d+[.)])(?:\s|$)",
    "quote": r"\s*>(?:>>)?(?:\s|$)",
}
_ANYWHERE = [(name, re.compile(rule, re.IGNORECASE)) for name, rule in _CONSTRUCTS.items()]
_AT_LINE_START = [(name, re.compile(rule)) for name, rule in _LINE_CONSTRUCTS.items()]


def discord(text: str) -> tuple[str, set[str]]:
    """What a model of Discord's parser displays, and the markup that it finds, by kind."""
    shown: list[str] = []
    found: set[str] = set()
    at = 0
    while at < len(text):
        rules = _ANYWHERE
        if at == 0 or text[at - 1] in "\n\u2028":
            rules = _AT_LINE_START + _ANYWHERE
        found |= {name for name, rule in rules if rule.match(text, at)}
        if re.match(r"\\[^0-9A-Za-z\s]", text[at : at + 2]):
            at += 1
        shown.append(text[at])
        at += 1
    return "".join(shown), found


def lined(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def document(text: str) -> Document:
    return Document("obst", "obst.txt", "", text, Work("Obst"), ())


def sentences(text: str) -> list[Span]:
    return [Span(m.start(), m.end()) for m in re.finditer(r"\w[^.!?]*[.!?]?", text)]


def pieces_of(text: str, room: int, highlight: Span | None = None) -> tuple[Piece, ...]:
    whole = Span(0, len(text))
    return quote_pieces(document(text), whole, sentences(text), room, highlight=highlight)


def unmarked(piece: Piece) -> str:
    return "\n".join(line.removeprefix("> ") for line in piece.text.split("\n"))


@pytest.mark.parametrize(("text", "escaped"), MARKUP.items())
def test_markup_is_escaped(text: str, escaped: str) -> None:
    assert escape(text) == escaped
    assert unescape(escaped) == lined(text)
    assert discord(escaped) == (lined(text), set())


@pytest.mark.parametrize("text", MARKUP)
def test_the_model_of_discord_finds_markup_that_is_not_escaped(text: str) -> None:
    assert discord(lined(text))[1]


@pytest.mark.parametrize("text", PROSE)
def test_prose_stays_as_it_is(text: str) -> None:
    assert escape(text) == text


@settings(deadline=None, max_examples=200)
@given(TEXTS)
def test_escaped_text_displays_as_the_source_and_comes_back(text: str) -> None:
    escaped = escape(text)
    assert discord(escaped) == (lined(text), set())
    assert unescape(escaped) == lined(text)


@pytest.mark.parametrize(("text", "units"), [("", 0), ("aä„", 3), ("😀", 2), ("👍🏽", 4)])
def test_length_counts_utf_16(text: str, units: int) -> None:
    assert length(text) == units


def test_a_short_quotation_is_one_block_quotation() -> None:
    assert pieces_of("1. Äpfel\r\n\r\nSie sind *rot*.", 200) == (
        Piece(Span(0, 27), "> 1\\. Äpfel\n> \n> Sie sind \\*rot\\*."),
    )


def test_a_quotation_of_nothing_has_no_pieces() -> None:
    assert pieces_of("", 200) == ()


def test_too_little_room_is_refused() -> None:
    with pytest.raises(ValueError, match="199"):
        pieces_of("a", 199)


def test_only_the_words_at_the_span_are_quoted() -> None:
    text = "Davor. Der Satz. Danach."
    piece = Piece(Span(7, 16), "> Der Satz.")
    assert quote_pieces(document(text), Span(7, 16), sentences(text), 200) == (piece,)


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("Kurz ist es. " + "a" * 90 + " b. " + "c d " * 40, 107),
        ("a" * 150 + ".“ " + "b" * 100 + ".", 153),
        ("a" * 150 + ".\r\n\r\n" + "b" * 100 + ".", 155),
        ("a b " * 40 + "\nc" + " d" * 60, 161),
        ("a" * 150 + "   " + "b" * 100, 153),
        ("a" * 300, 198),
        ("a" * 197 + "e\u0301" * 100, 197),
        ("a" * 197 + "👩‍👩‍👧‍👦" * 20, 197),
        ("*" * 300, 99),
    ],
)
def test_a_cut_lies_behind_a_sentence_a_line_a_word_or_a_cluster(text: str, cut: int) -> None:
    assert pieces_of(text, 200)[0].span == Span(0, cut)


def test_empty_lines_at_the_end_of_a_piece_bear_no_mark() -> None:
    first, second = pieces_of("a" * 150 + ".\n\n" + "b" * 100, 200)
    assert first.text == "> " + "a" * 150 + ".\n\n"
    assert second.text == "> " + "b" * 100


@pytest.mark.parametrize(
    ("text", "highlight", "shown"),
    [
        ("Ja. Nein. Ja.", Span(4, 9), "> Ja. **Nein.** Ja."),
        ("Ja. Nein. Ja.", Span(3, 10), "> Ja. **Nein.** Ja."),
        ("Eins\r\n\r\n zwei", Span(2, 13), "> Ei**ns**\n> \n>  **zwei**"),
        ("1. *a*", Span(3, 6), "> 1\\. **\\*a\\***"),
        ("# a", Span(0, 3), "> **\\# a**"),
        ("a e\u0301 b", Span(3, 6), "> a e\u0301 b"),
        ("a e\u0301 b", Span(0, 3), "> a e\u0301 b"),
        ("a  b", Span(1, 3), "> a  b"),
        ("ab", Span(5, 9), "> ab"),
    ],
)
def test_a_highlight_is_bold_where_it_can_be(text: str, highlight: Span, shown: str) -> None:
    (piece,) = pieces_of(text, 200, highlight)
    assert piece.text == shown
    assert unquote(piece.text) == lined(text)


def test_a_highlight_is_bold_in_every_piece_that_it_reaches() -> None:
    text = "a" * 150 + ". " + "b" * 150 + ". " + "c" * 150 + "."
    bold = [piece.text.count("**") for piece in pieces_of(text, 200, Span(100, 200))]
    assert bold == [2, 2, 0]


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        (r"> \*a\* **b**", "*a* b"),
        ("> a\n> \n> b\n\n", "a\n\nb\n\n"),
        (r"> \\**a\***", "\\a*"),
        ("> a\\b", "a\\b"),
        ("> *a* _b_ `c`", "a b c"),
        ("> <@1> :smile: https://a.example", "1 smile: https//a.example"),
        ("> # a\n> - b", " a\n b"),
    ],
)
def test_unquote_reads_as_discord_does(sent: str, shown: str) -> None:
    assert unquote(sent) == shown


@settings(deadline=None, max_examples=60)
@given(TEXTS, ROOMS, st.data())
def test_pieces_keep_the_room_cover_the_words_and_display_them(
    text: str, room: int, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    pieces = pieces_of(text, room, data.draw(st.sampled_from([None, Span(start, end)])))
    prove(document(text), Span(0, len(text)), pieces)
    assert "".join(document(text).quote(piece.span) for piece in pieces) == text
    assert max(length(piece.text) for piece in pieces) <= room


@settings(deadline=None, max_examples=60)
@given(TEXTS, ROOMS)
def test_discord_finds_no_markup_in_a_piece_and_no_cluster_is_cut(text: str, room: int) -> None:
    pieces = pieces_of(text, room)
    ends = {found.end() for found in regex.finditer(r"\X", text)}
    assert {piece.span.end for piece in pieces} <= ends
    for piece in pieces:
        assert discord(unmarked(piece)) == (lined(piece.span.of(text)), set())


@given(st.lists(st.integers(1, 190), min_size=1, max_size=80), ROOMS)
def test_sentences_that_fit_stay_whole_and_no_two_pieces_fit_as_one(
    sizes: list[int], room: int
) -> None:
    text = " ".join("a" * size + "." for size in sizes)
    pieces = pieces_of(text, room)
    assert all(piece.text.rstrip().endswith(".") for piece in pieces)
    for first, second in pairwise(pieces):
        assert length(first.text) + length(second.text) - len("> ") > room


@pytest.mark.parametrize("room", [200, 1_900])
@pytest.mark.parametrize(
    "text",
    [LONG, "a" * 20_000, "a " * 10_000, ":" * 20_000, "\n" * 20_000, "1" * 20_000, "- " * 10_000],
    ids=["mixed", "word", "words", "colons", "lines", "digits", "marks"],
)
def test_long_texts_are_cut_in_bounded_time(text: str, room: int) -> None:
    started = time.process_time()
    pieces = pieces_of(text, room, Span(100, 15_000))
    assert time.process_time() - started < 4
    assert max(length(piece.text) for piece in pieces) <= room
    prove(document(text), Span(0, len(text)), pieces)


def test_a_cluster_longer_than_the_room_is_cut_within() -> None:
    text = "e" + "\u0301" * 500
    pieces = pieces_of(text, 200)
    assert [len(piece.text) for piece in pieces] == [200, 200, 107]
    prove(document(text), Span(0, len(text)), pieces)


def test_the_passages_of_the_repository_are_quoted_whole() -> None:
    for source in read_seeds(ROOT / "seeds"):
        for passage in source.passages:
            for sentence in passage.sentences:
                (whole,) = quote_pieces(
                    source, passage.span, passage.sentences, 1_900, highlight=sentence
                )
                prove(source, passage.span, [whole])
                assert length(whole.text) < MESSAGE_LIMIT
                assert whole.text.count("**") == 2
            parts = quote_pieces(source, passage.span, passage.sentences, 200)
            prove(source, passage.span, parts)
            assert len(parts) > 1
            assert all(length(part.text) <= 200 for part in parts)
