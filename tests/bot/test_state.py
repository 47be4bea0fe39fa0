"""What a button's id holds: everything comes back from it, and nothing else passes for it."""

from __future__ import annotations

import base64
import string
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.keys import KEY_BYTES
from bot.state import MOST_CHARACTERS, MOST_KEYS, State, make_state, unpack

SNOWFLAKE = st.integers(0, 2**64 - 1)
KEY = st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES)
LETTERS = string.ascii_letters + string.digits + "-_"


@st.composite
def states(draw: st.DrawFn) -> State:
    keys = tuple(draw(st.lists(KEY, min_size=1, max_size=MOST_KEYS)))
    at = draw(st.integers(0, len(keys) - 1))
    return State(
        language=draw(st.sampled_from(["de", "en"])),
        asker=draw(SNOWFLAKE),
        keys=keys,
        at=at,
        together=draw(st.integers(1, len(keys) - at)),
        page=draw(st.integers(0, 255)),
        sentence=draw(st.none() | st.integers(0, 254)),
        only_sentence=draw(st.booleans()),
        private=draw(st.booleans()),
        target=draw(SNOWFLAKE),
    )


STATE = State("de", 7, (b"abcde", b"fghij"), at=1, page=3, sentence=2, target=9)


@given(states())
def test_what_was_packed_is_unpacked(state: State) -> None:
    assert unpack(state.pack()) == state


@given(states())
def test_an_id_of_any_state_is_one_of_discords(state: State) -> None:
    packed = state.pack()
    assert len(packed) <= MOST_CHARACTERS
    assert len(f"t:x:{packed}") <= 100
    assert set(packed) <= set(LETTERS)


def test_the_largest_state_of_all_fits_into_an_id() -> None:
    keys = (b"\xff" * KEY_BYTES,) * MOST_KEYS
    largest = State("en", 2**64 - 1, keys, 0, MOST_KEYS, 255, 254, True, True, 2**64 - 1)
    assert len(f"t:x:{largest.pack()}") <= 100
    assert unpack(largest.pack()) == largest


@given(states(), st.data())
def test_an_id_with_one_letter_changed_is_none(state: State, data: st.DataObject) -> None:
    packed = state.pack()
    at = data.draw(st.integers(0, len(packed) - 1))
    other = data.draw(st.sampled_from(sorted(set(LETTERS) - {packed[at]})))
    assert unpack(packed[:at] + other + packed[at + 1 :]) is None


@given(states(), st.data())
def test_an_id_cut_short_or_lengthened_is_none(state: State, data: st.DataObject) -> None:
    packed = state.pack()
    assert unpack(packed[: data.draw(st.integers(0, len(packed) - 1))]) is None
    assert unpack(packed + data.draw(st.text(min_size=1, max_size=9))) is None


@given(st.text(max_size=120) | st.text(LETTERS, max_size=96))
def test_any_other_text_is_none(text: str) -> None:
    assert unpack(text) is None


@given(st.binary(max_size=80))
def test_random_bytes_are_none(content: bytes) -> None:
    assert unpack(base64.urlsafe_b64encode(content).decode().rstrip("=")) is None


@pytest.mark.parametrize("noise", ["=", "\n", " ", "!", "ä", "==", "\0"])
def test_letters_that_base64_passes_over_do_not_make_an_id_of_it(noise: str) -> None:
    packed = STATE.pack()
    assert unpack(packed + noise) is None
    assert unpack(packed[:5] + noise + packed[5:]) is None


@pytest.mark.parametrize("version", [0, 1, 3, 15])
def test_an_id_of_another_version_is_none(version: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as other:
        other.setattr("bot.state._VERSION", version)
        packed = STATE.pack()
    assert unpack(packed) is None


@pytest.mark.parametrize(
    ("at", "together"), [(0, 0), (0, 3), (1, 2), (2, 1), (2, 0), (15, 1), (15, 15)]
)
def test_a_position_outside_the_keys_is_none(at: int, together: int) -> None:
    assert unpack(replace(STATE, at=at, together=together).pack()) is None


def test_no_keys_broken_keys_and_too_many_keys_are_none() -> None:
    for keys in [(), (b"abcd",), (b"abcde", b"f"), (b"abcde",) * (MOST_KEYS + 1)]:
        assert unpack(replace(STATE, keys=keys, at=0).pack()) is None


def test_a_page_beyond_the_last_that_fits_becomes_that_one() -> None:
    unpacked = unpack(STATE.turned(1_000).pack())
    assert unpacked == STATE.turned(255)


def test_a_new_state_keeps_the_best_and_drops_a_sentence_that_does_not_fit() -> None:
    keys = tuple(bytes([i]) * KEY_BYTES for i in range(MOST_KEYS + 5))
    assert make_state("de", 1, keys, sentence=254).keys == keys[:MOST_KEYS]
    assert make_state("de", 1, keys, sentence=254).sentence == 254
    assert make_state("de", 1, keys, sentence=255).sentence is None


def test_another_passage_is_shown_whole_from_its_first_page() -> None:
    state = replace(STATE, at=0, together=2, only_sentence=True, private=True)
    moved = state.moved(1)
    assert (moved.at, moved.together, moved.page) == (1, 1, 0)
    assert (moved.sentence, moved.only_sentence) == (None, False)
    assert (moved.private, moved.target, moved.asker) == (True, state.target, state.asker)
