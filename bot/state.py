"""All that a reply's buttons need to know, packed into their ids: nothing is kept in memory."""

from __future__ import annotations

import base64
import binascii
import struct
from dataclasses import dataclass, replace
from typing import get_args

from bot.keys import KEY_BYTES
from index import Language

MOST_KEYS = 10
"""Most passages one reply can lead through; more would not fit into a button's id."""

MOST_CHARACTERS = 96
"""Longest packed state; Discord takes 100 characters in an id, which names an action too."""

_HEAD = struct.Struct(">BQQBBB")  # 20 bytes
_CHECK = struct.Struct(">H")  # a CRC over all before it: one changed letter is always noticed
_VERSION = 2
_LANGUAGES: tuple[Language, ...] = get_args(Language)
_NO_SENTENCE = 255


@dataclass(frozen=True, slots=True)
class State:
    """What a reply shows and could show.

    Attributes:
        language: In which it speaks.
        asker: Who may delete it; 0 for nobody but moderators.
        keys: The passages it leads through, the best first.
        at: The position in ``keys`` of the first one shown.
        together: How many are shown at once from there.
        page: Which page of them, from 0.
        sentence: The sentence of the passage at ``at`` that comes nearest to the question.
        only_sentence: Whether only that sentence is shown.
        private: Whether only the asker sees it.
        target: The message it is meant to reply to once it is shared; 0 for none.
    """

    language: Language
    asker: int
    keys: tuple[bytes, ...]
    at: int = 0
    together: int = 1
    page: int = 0
    sentence: int | None = None
    only_sentence: bool = False
    private: bool = False
    target: int = 0

    def turned(self, page: int) -> State:
        """The same reply, another page."""
        return replace(self, page=page)

    def moved(self, at: int) -> State:
        """The same reply, another passage, whole, from its first page."""
        return replace(self, at=at, together=1, page=0, sentence=None, only_sentence=False)

    def pack(self) -> str:
        """Letters, digits, ``-`` and ``_``; at most ``MOST_CHARACTERS``."""
        flags = _LANGUAGES.index(self.language) | self.only_sentence << 1 | self.private << 2
        head = _HEAD.pack(
            _VERSION << 4 | flags,
            self.asker,
            self.target,
            self.at << 4 | self.together,
            min(self.page, 255),
            _NO_SENTENCE if self.sentence is None else self.sentence,
        )
        content = head + b"".join(self.keys)
        return base64.urlsafe_b64encode(content + _check(content)).decode().rstrip("=")


def make_state(
    language: Language, asker: int, keys: tuple[bytes, ...], *, sentence: int | None
) -> State:
    """A new reply's state; passages beyond ``MOST_KEYS`` are left to another question."""
    if sentence is not None and sentence >= _NO_SENTENCE:
        sentence = None
    return State(language, asker, keys[:MOST_KEYS], sentence=sentence)


def unpack(packed: str) -> State | None:
    """The state that ``State.pack`` wrote; None for anything else, forged ids among it."""
    try:
        whole = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
        content, check = whole[: -_CHECK.size], whole[-_CHECK.size :]
        version, asker, target, shown, page, sentence = _HEAD.unpack_from(content)
        keys = content[_HEAD.size :]
        state = State(
            language=_LANGUAGES[version & 1],
            asker=asker,
            keys=tuple(keys[i : i + KEY_BYTES] for i in range(0, len(keys), KEY_BYTES)),
            at=shown >> 4,
            together=shown & 15,
            page=page,
            sentence=None if sentence == _NO_SENTENCE else sentence,
            only_sentence=bool(version & 2),
            private=bool(version & 4),
            target=target,
        )
    except (ValueError, struct.error):
        return None
    sound = check == _check(content) and _is_sound(state, version >> 4)
    return state if sound and state.pack() == packed else None


def _check(content: bytes) -> bytes:
    return _CHECK.pack(binascii.crc_hqx(content, 0))


def _is_sound(state: State, version: int) -> bool:
    count = len(state.keys)
    whole = all(len(key) == KEY_BYTES for key in state.keys)
    shown = state.together > 0 and state.at + state.together <= count <= MOST_KEYS
    return version == _VERSION and whole and shown
