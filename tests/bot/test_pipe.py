"""Whatever a worker says is taken as findings of the texts that are there, or refused."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.worker.pipe import (
    Found,
    Garbled,
    Positions,
    found_message,
    found_of,
    from_line,
    to_line,
)
from index import Wanted
from tests.bot.worker_double import DOCUMENTS
from tests.fakes import WordSearch

WANTED = [Wanted(["Äpfel?"], "de", 3, None)]
POSITIONS = Positions(DOCUMENTS)
FOUND = POSITIONS.found(WordSearch(DOCUMENTS).search(["Welche Äpfel sind rot?"], "de")[0])
SOUND: dict[str, Any] = json.loads(to_line(found_message(7, [[FOUND]])))

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(st.binary(max_size=200))
def test_any_line_is_a_message_or_refused(line: bytes) -> None:
    with suppress(Garbled):
        assert isinstance(from_line(line), dict)


@given(anything)
def test_any_reply_is_findings_or_refused(found: Any) -> None:
    try:
        (one,) = found_of({"reply": 7, "found": found}, 7, WANTED)
    except Garbled:
        return
    if not isinstance(one, str):
        assert all(isinstance(each, Found) for each in one)


def test_a_sound_reply_is_what_was_found() -> None:
    assert found_of(SOUND, 7, WANTED) == [(FOUND,)]


def test_the_reply_to_another_request_is_refused() -> None:
    """Fails without the number of the request (tried)."""
    with pytest.raises(Garbled):
        found_of(SOUND, 8, WANTED)


@pytest.mark.parametrize("change", [{"document": 2}, {"passage": 3}, {"highlight": (0, 5)}])
def test_a_place_that_is_not_there_is_refused(change: dict[str, Any]) -> None:
    """Fails without the checks of ``Positions.finding`` (each tried)."""
    hit = replace(FOUND.hits[0], **change)
    with pytest.raises(Garbled):
        POSITIONS.finding(Found("answer", (hit,)))


@pytest.mark.parametrize("key", ["document", "passage"])
def test_a_negative_place_is_none(key: str) -> None:
    """Python would count it from the end; fails without ``ge=0`` (tried)."""
    message = json.loads(json.dumps(SOUND))
    message["found"][0][0]["hits"][0][key] = -1
    with pytest.raises(Garbled):
        found_of(message, 7, WANTED)


@pytest.mark.parametrize("found", [[], [[]], [[FOUND, FOUND]], [[FOUND], [FOUND]]])
def test_other_counts_than_were_asked_for_are_refused(found: list[list[Found]]) -> None:
    message = json.loads(to_line(found_message(7, found)))
    with pytest.raises(Garbled):
        found_of(message, 7, WANTED)
