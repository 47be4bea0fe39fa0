"""A reply holds the words of the source whole, cut into messages that can be turned."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.keys import Place
from bot.render import MESSAGE_LIMIT, escape, length
from bot.reply import ask_line, asked_in, header_of, pages
from bot.state import State
from index import Document, Passage, Span, Work
from tests.bot.test_render import TEXTS, discord, lined, sentences

HEADERS = st.sampled_from(
    ["", "Das passt am besten zu deiner Frage:", "-# 💬 Wo\\?\nDarauf antworten mehrere:"]
)
WORKS = st.builds(
    Work,
    title=st.sampled_from(["Zehn Thesen", "*_~`|<>[]@#-+.:!\\" * 40, "🍒 Kirschen" * 30]),
    url=st.sampled_from([None, "https://a.example/x", "https://a.example/)x"]),
    year=st.sampled_from([None, 2011]),
)


def place_of(text: str, work: Work) -> Place:
    spans = tuple(sentences(text)) or (Span(0, len(text)),)
    passage = Passage("d", "thesis", 1, Span(0, len(text)), spans[0], spans)
    return Place(Document("d", "d.txt", "d", text, work, (passage,)), passage)


def displayed_quotations(message: str, header: str) -> list[str]:
    """What Discord displays of each quotation in a message, by the tests' own model of it."""
    body = message.removeprefix(f"{header}\n") if header else message
    quotations = re.split(r"(?m)^-# .*$\n?", body)
    shown = []
    for quotation in quotations:
        if quotation.strip():
            assert quotation.startswith("> ")
            words = "\n".join(line.removeprefix("> ") for line in quotation.split("\n"))
            text, markup = discord(words.replace("**", "") if "**" in words else words)
            assert not markup
            shown.append(text)
    return shown


@settings(deadline=None, max_examples=80)
@given(TEXTS, WORKS, HEADERS, st.sampled_from(["de", "en"]))
def test_the_messages_of_a_reply_joined_display_the_source_and_hold_the_limit(
    text: str, work: Work, header: str, language: str
) -> None:
    place = place_of(text, work)
    state = State("de" if language == "de" else "en", 1, (place.key,))
    messages = pages(state, [place], header)
    assert all(length(message) <= MESSAGE_LIMIT for message in messages)
    joined = ""
    for message in messages:
        (shown,) = displayed_quotations(message, header) or [""]
        joined += shown[:-1] if shown.endswith("\n") else shown
    # a line end between two messages belongs to the first, where nothing is displayed for it
    assert re.sub(r"\s", "", joined) == re.sub(r"\s", "", lined(text))


@settings(deadline=None, max_examples=60)
@given(TEXTS, TEXTS, WORKS, HEADERS)
def test_every_message_tells_what_stands_above_so_that_turning_cuts_alike(
    first: str, second: str, work: Work, header: str
) -> None:
    places = [place_of(first, work), place_of(second, work)]
    state = State("de", 1, tuple(place.key for place in places), together=2)
    messages = pages(state, places, header)
    for message in messages:
        assert header_of(message) == header
        assert pages(state, places, header_of(message)) == messages


@given(st.text(max_size=200))
def test_a_question_is_read_back_from_the_reply_that_repeats_it(question: str) -> None:
    line = ask_line(question)
    if line:
        assert asked_in(f"{line}\nDas passt:\n> a") == " ".join(question.split())
        assert discord(escape(" ".join(question.split())))[1] == set()
