"""Nothing is sent that the source does not say, word for word and in order."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.proof import QuoteError, prove
from bot.render import Piece, quote_pieces
from index import Span
from tests.bot.test_render import ROOMS, TEXTS, document, lined, pieces_of

TEXT = "Eins ist *rot*.\r\nZwei ist blau. Drei."
WHOLE = Span(0, len(TEXT))
FIRST = Piece(Span(0, 17), "> Eins ist \\*rot\\*.\n")
SECOND = Piece(Span(17, 32), "> **Zwei** ist blau. ")
THIRD = Piece(Span(32, 37), "> Drei.")


def test_the_words_of_the_source_pass() -> None:
    prove(document(TEXT), WHOLE, [FIRST, SECOND, THIRD])
    prove(document(TEXT), Span(17, 37), [SECOND, THIRD])
    prove(document(TEXT), Span(0, 0), [])


@pytest.mark.parametrize(
    ("span", "pieces", "offset"),
    [
        (WHOLE, [], 0),
        (WHOLE, [SECOND, THIRD], 0),
        (WHOLE, [FIRST, THIRD], 17),
        (WHOLE, [FIRST, SECOND], 32),
        (WHOLE, [SECOND, FIRST, THIRD], 0),
        (WHOLE, [FIRST, SECOND, SECOND, THIRD], 32),
        (WHOLE, [FIRST, SECOND, THIRD, THIRD], 37),
        (Span(0, 32), [FIRST, SECOND, THIRD], 32),
        (WHOLE, [FIRST, replace(SECOND, text=THIRD.text), replace(THIRD, text=SECOND.text)], 17),
        (WHOLE, [FIRST, Piece(Span(17, 17), "> "), SECOND, THIRD], 17),
        (Span(-5, 37), [FIRST, SECOND, THIRD], -5),
        (Span(32, 38), [Piece(Span(32, 38), "> Drei.")], 32),
        (Span(32, 17), [], 32),
    ],
)
def test_pieces_missing_doubled_swapped_or_outside_are_refused(
    span: Span, pieces: list[Piece], offset: int
) -> None:
    with pytest.raises(QuoteError, match=f"^obst, character {offset}: [a-z ]+$") as caught:
        prove(document(TEXT), span, pieces)
    assert (caught.value.document, caught.value.offset) == ("obst", offset)


@pytest.mark.parametrize(
    "sent",
    [
        "> Eins ist *rot*.\n",
        "> Eins ist **rot**.\n",
        "> Eins ist rot.\n",
        "> Eins ist \\*rot\\*.",
        "> Eins ist \\*rot\\*\n",
        "> Eins ist \\*rot\\*. \n",
        "> eins ist \\*rot\\*.\n",
        "> Eins ist\u00a0\\*rot\\*.\n",
        "> > Eins ist \\*rot\\*.\n> ",
        "> Eins ist \\\\*rot\\*.\n",
        "",
    ],
)
def test_words_that_display_differently_are_refused(sent: str) -> None:
    with pytest.raises(QuoteError, match="differs"):
        prove(document(TEXT), Span(0, 17), [replace(FIRST, text=sent)])


@pytest.mark.parametrize(
    "source",
    ["*a*", "_a_", "~~a~~", "`a`", "||a||", "<@1>", "@here", ":a:", "http://a", "# a", "-# a"],
)
def test_markup_of_the_source_that_is_not_escaped_is_refused(source: str) -> None:
    span = Span(0, len(source))
    with pytest.raises(QuoteError, match="differs"):
        prove(document(source), span, [Piece(span, f"> {source}")])


@settings(deadline=None, max_examples=60)
@given(TEXTS, ROOMS, st.data())
def test_a_changed_character_is_found(text: str, room: int, data: st.DataObject) -> None:
    pieces = list(pieces_of(text, room))
    changed = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from("xyäÄ.,7"))
    assume(lined(text[changed]) != other and text[changed] not in "\r\n")
    altered = document(text[:changed] + other + text[changed + 1 :])
    with pytest.raises(QuoteError, match="differs"):
        prove(altered, Span(0, len(text)), pieces)


@settings(deadline=None, max_examples=60)
@given(TEXTS, st.data())
def test_a_dropped_or_swapped_piece_is_found(text: str, data: st.DataObject) -> None:
    whole = Span(0, len(text))
    pieces = list(quote_pieces(document(text), whole, (), 200))
    at = data.draw(st.integers(0, len(pieces) - 1))
    with pytest.raises(QuoteError):
        prove(document(text), whole, pieces[:at] + pieces[at + 1 :])
    if len(pieces) > 1:
        pieces[at - 1], pieces[at] = pieces[at], pieces[at - 1]
        with pytest.raises(QuoteError):
            prove(document(text), whole, pieces)
