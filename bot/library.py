"""The texts, the search over them and what answers from both; replaced as a whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.answer import Answerer, Search
from bot.keys import Place, Places
from bot.language import LanguageDetector
from index import ANSWER_SCORE, Document, Hit, Language, Passage, shared_words

_WORD = re.compile(r"[^\W_]+")
_SHORT = 3  # letters; shorter words are shared by chance


@dataclass(frozen=True, slots=True)
class Library:
    """What a running bot answers from.

    Attributes:
        documents: All texts.
        search: Finds passages in them by meaning.
        detector: Tells languages apart.
        default_language: Spoken where a question's language is unclear.
    """

    documents: tuple[Document, ...]
    search: Search
    detector: LanguageDetector
    default_language: Language
    _places: Places = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_places", Places(self.documents))

    def places(self) -> Places:
        """All passages by their keys."""
        return self._places

    def close(self) -> None:
        """Let go of what the search holds, a process perhaps; nothing may be asked any more."""
        close = getattr(self.search, "close", None)
        if close is not None:
            close()

    def chosen(self, works: Sequence[str]) -> tuple[Document, ...]:
        """The texts of those names, or all where none of them is there."""
        chosen = tuple(document for document in self.documents if document.name in works)
        return chosen or self.documents

    def answerer(self, works: Sequence[str] = (), language: Language | None = None) -> Answerer:
        """What answers from the texts of those names, or from all.

        Args:
            works: Names of documents; empty for all.
            language: Spoken where a question's is unclear; None for the default.
        """
        documents = self.chosen(works)
        return Answerer(documents, self.search, self.detector, language or self.default_language)

    def matches(self, words: str, language: Language, works: Sequence[str] = ()) -> list[Place]:
        """The passages that have the most of these words, or answer to them; the nearest first."""
        chosen = self.chosen(works)
        count = sum(len(document.passages) for document in chosen)
        hits = self.hits(words, language, works, top=count)
        rank = {(hit.document.name, hit.passage): i for i, hit in enumerate(hits)}
        answers = {(hit.document.name, hit.passage) for hit in hits if hit.score >= ANSWER_SCORE}
        having = _having_words(words, chosen)
        found = [
            Place(document, passage)
            for document in chosen
            for passage in document.passages
            if (document.name, passage) in answers or (document.name, passage) in having
        ]
        last = len(rank)
        found.sort(key=lambda place: rank.get((place.document.name, place.passage), last))
        return found

    def candidates(self, text: str, works: Sequence[str], top: int) -> tuple[Hit, ...]:
        """The passages that may be behind ``text``, the nearest first; none if nothing fits."""
        language = self.detector.detect(text).language or self.default_language
        names = [document.name for document in self.chosen(works)]
        (finding,) = self.search.search([text], language, top=top, documents=names)
        return () if finding.verdict == "none" else finding.hits

    def hits(
        self, text: str, language: Language, works: Sequence[str] = (), top: int = 10
    ) -> tuple[Hit, ...]:
        """The passages nearest to ``text``, best first, whatever the thresholds say."""
        names = [document.name for document in self.chosen(works)]
        (finding,) = self.search.search([text], language, top=top, documents=names)
        return finding.hits


def _having_words(words: str, documents: Sequence[Document]) -> set[tuple[str, Passage]]:
    """The passages that, in the source or its translation, have the most of ``words``."""
    counts: dict[tuple[str, Passage], int] = {}
    for document in documents:
        for position, passage in enumerate(document.passages):
            text = document.quote(passage.span)
            if document.rendering is not None:
                text += f"\n{document.rendering.passages[position].text}"
            counts[document.name, passage] = _count_words(words, text)
    most = max(counts.values(), default=0)
    return {key for key, count in counts.items() if count == most > 0}


def _count_words(words: str, text: str) -> int:
    """How many of ``words`` stand in ``text``, inflected ones too; short ones if all are short."""
    if shared := shared_words(words, text):
        return len(shared)
    wanted = {word.casefold() for word in _WORD.findall(words)}
    if any(len(word) > _SHORT for word in wanted):
        return 0
    return len(wanted.intersection(word.casefold() for word in _WORD.findall(text)))
