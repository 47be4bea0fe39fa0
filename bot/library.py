"""The texts, the search over them and what answers from both; replaced as a whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.answer import Answerer, Search
from bot.keys import Places
from bot.language import LanguageDetector
from index import ANSWER_SCORE, Document, Hit, Language, shared_words


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

    def places(self) -> Places:
        """All passages by their keys."""
        return Places(self.documents)

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

    def matches(self, words: str, language: Language, works: Sequence[str] = ()) -> tuple[Hit, ...]:
        """The passages that have these words, or answer to them; the nearest first."""
        return tuple(
            hit
            for hit in self.hits(words, language, works)
            if hit.score >= ANSWER_SCORE
            or shared_words(words, hit.document.quote(hit.passage.span))
        )

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
