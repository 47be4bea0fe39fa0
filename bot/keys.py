"""Short names for passages: in the ids of buttons, and as the code of a citation."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index import Document, Passage, Span

KEY_BYTES = 5
"""Length of a passage's key; of ten thousand passages two share one with odds of 1 in 20,000."""

_DIGEST_BYTES = 4
_GROUP = 4
_LOOK_ALIKES = str.maketrans("018", "OLB")


@dataclass(frozen=True, slots=True)
class Place:
    """A passage in its document."""

    document: Document
    passage: Passage

    @property
    def key(self) -> bytes:
        """What names it, also after its words or its place have changed."""
        return passage_key(self.document, self.passage)

    def span(self, sentence: int | None = None) -> Span:
        """All of it, or one of its sentences."""
        return self.passage.span if sentence is None else self.passage.sentences[sentence]


@dataclass(frozen=True, slots=True)
class Verified:
    """What became of the words a citation's code stands for.

    Attributes:
        place: Where they stand, or, if they have changed, the passage they stood in.
        sentence: Which of its sentences they are; None for the whole passage.
        change: ``none``, ``moved`` (same words, another number or place) or ``words``.
    """

    place: Place
    sentence: int | None
    change: str


def passage_key(document: Document, passage: Passage) -> bytes:
    """Five bytes that name a passage by its document and its number, or else its position."""
    number = f"#{passage.thesis}"
    if passage.thesis is None:
        number = f"{passage.kind}{document.passages.index(passage)}"
    return _hash(f"{document.name}\0{number}", KEY_BYTES)


def _hash(text: str, size: int) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=size).digest()


class Places:
    """All passages of some documents, by their keys."""

    def __init__(self, documents: Sequence[Document]) -> None:
        """Name every passage of ``documents``."""
        self.documents = tuple(documents)
        self._by_key = {place.key: place for place in self._all()}

    def _all(self) -> Iterator[Place]:
        for document in self.documents:
            for passage in document.passages:
                yield Place(document, passage)

    def find(self, key: bytes) -> Place | None:
        """The passage of that key; None if no text has it any more."""
        return self._by_key.get(key)

    def around(self, place: Place) -> tuple[Place, ...]:
        """The passages before and after, in order, as far as there are any."""
        passages = place.document.passages
        at = passages.index(place.passage)
        beside = (*passages[max(0, at - 1) : at], *passages[at + 1 : at + 2])
        return tuple(Place(place.document, passage) for passage in beside)

    def verify(self, code: str) -> Verified | None:
        """What a citation's code stands for now; None if it is no code or nothing is left."""
        content = _decode(code)
        if content is None:
            return None
        key, sentence = content[:KEY_BYTES], content[KEY_BYTES] - 1 if content[KEY_BYTES] else None
        digest = content[KEY_BYTES + 1 :]
        place = self.find(key)
        if place is not None and _words_digest(place, sentence) == digest:
            return Verified(place, sentence, "none")
        for other in self._all():
            for i in (None, *range(len(other.passage.sentences))):
                if (i is None) == (sentence is None) and _words_digest(other, i) == digest:
                    return Verified(other, i, "moved")
        return None if place is None else Verified(place, None, "words")


def citation_code(place: Place, sentence: int | None = None) -> str:
    """Sixteen letters and digits in groups of four: which words are cited, and a digest of them.

    The first five bytes are the passage's key, then the sentence counted from 1 or 0 for the whole,
    then four bytes of BLAKE2b over the words; in base 32 (RFC 4648).
    """
    if sentence is not None and sentence > 254:
        sentence = None  # a passage of so many sentences is cited whole
    number = 0 if sentence is None else sentence + 1
    content = place.key + bytes([number]) + (_words_digest(place, sentence) or b"")
    letters = base64.b32encode(content).decode()
    return "-".join(letters[i : i + _GROUP] for i in range(0, len(letters), _GROUP))


def _words_digest(place: Place, sentence: int | None) -> bytes | None:
    if sentence is not None and sentence >= len(place.passage.sentences):
        return None
    return _hash(place.document.quote(place.span(sentence)), _DIGEST_BYTES)


def _decode(code: str) -> bytes | None:
    letters = re.sub(r"[\s-]", "", code[:80]).upper().translate(_LOOK_ALIKES)
    try:
        content = base64.b32decode(letters)
    except ValueError:
        return None
    return content if len(content) == KEY_BYTES + 1 + _DIGEST_BYTES else None
