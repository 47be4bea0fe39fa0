"""From a question to an answer: which passages are quoted, or why none is; no Discord here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from bot.followup import step_asked
from bot.language import LanguageDetector
from bot.reference import Reference, find_reference
from bot.works import named_works, works_of_reference
from index import Document, Finding, Hit, Language, Passage, Span

LONGEST_QUESTION = 4_000
"""Characters; as many as Discord's longest message has."""

_OF_BEFORE = 500  # characters of what was said before; the question itself is read first

Refused = Literal["empty", "too-long", "no-words", "other-language"]

_WORD = re.compile(r"[^\W_]")
_JOINTS = re.compile(r"\s*(?:[,;/&+]|\b(?:und|sowie|and|as well as)\b)\s*", re.IGNORECASE)
_LEANS_ON_LAST = re.compile(
    r"\W*(?:und|and|aber|but|oder|or|what about|how about|was ist mit|wie ist|wie sieht)\b"
    r"|\b(?:das|dies|diese[rs]?|dazu|davon|dafür|damit|it|that|this|they|them|those)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage to quote whole, by its place in the source.

    Attributes:
        document: The source.
        passage: What is quoted.
        highlight: The sentence in it that comes nearest to the question, if it has several.
        score: How well it fits, 0 to 1; 1 for a passage that was asked for by number.
    """

    document: Document
    passage: Passage
    highlight: Span | None = None
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class ByNumber:
    """The theses asked for by their numbers, in the order asked."""

    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class ByMeaning:
    """Passages that answer the question, the best first; more than one only if ``several``.

    The quotes after the ``fitting`` ones are further candidates.
    """

    quotes: tuple[Quote, ...]
    fitting: int = 1


@dataclass(frozen=True, slots=True)
class Unsure:
    """Passages that may be meant, the best first."""

    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class WhichWork:
    """The same numbers stand in several texts: the theses of each."""

    numbers: tuple[int, ...]
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class NothingFits:
    """No passage answers; the nearest are only candidates."""

    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class NoSuchThesis:
    """Numbers that a source does not hold.

    Attributes:
        document: The source.
        wanted: The numbers it lacks.
        held: All numbers it holds.
        quotes: Theses asked for in the same breath that it does hold.
    """

    document: Document
    wanted: tuple[int, ...]
    held: tuple[int, ...]
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was sent is no question that could be answered; quotes are only candidates."""

    reason: Refused
    quotes: tuple[Quote, ...] = ()


Outcome = ByNumber | ByMeaning | Unsure | WhichWork | NothingFits | NoSuchThesis | Refusal


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to a question, and in which language."""

    language: Language
    outcome: Outcome


class Search(Protocol):
    """Finds passages by meaning; see ``index.Searcher``."""

    def search(
        self,
        questions: Sequence[str],
        language: Language,
        *,
        top: int = 3,
        documents: Sequence[str] | None = None,
    ) -> list[Finding]:
        """One finding for each question."""


class Answerer:
    """Answers questions over some documents; nothing in it changes from question to question."""

    def __init__(
        self,
        documents: Sequence[Document],
        search: Search,
        detector: LanguageDetector,
        default_language: Language = "de",
    ) -> None:
        """Answer from ``documents``, in ``default_language`` where the question's is unclear."""
        self._documents = documents
        self._search = search
        self._detector = detector
        self._default = default_language

    def answer(
        self,
        question: str,
        *,
        previous: Sequence[str] = (),
        shown: Sequence[Quote] = (),
        language: Language | None = None,
        top: int = 3,
    ) -> Answer:
        """Answer one question.

        Args:
            question: What was asked, as it was typed.
            previous: Questions asked before it in the same conversation, oldest first.
            shown: What the answer quoted that this one follows up.
            language: To answer in; None for the question's own.
            top: Most passages in the answer.
        """
        if len(question) > LONGEST_QUESTION:
            return Answer(language or self._default, Refusal("too-long"))
        detected = self._detector.detect(question)
        spoken = language or detected.language or self._language_before(previous)
        if not _WORD.search(question):
            reason: Refused = "no-words" if question.strip() else "empty"
            return Answer(spoken, Refusal(reason))
        outcome: Outcome | None = _beside(question, shown) or self.look_up(question, shown)
        if outcome is None:
            asked_in = detected.language or spoken
            before = self._before(previous, shown)
            outcome = self._by_meaning(question, before, asked_in, top)
            if isinstance(outcome, NothingFits) and detected.other:
                outcome = Refusal("other-language", outcome.quotes)
        return Answer(spoken, outcome)

    def _language_before(self, previous: Sequence[str]) -> Language:
        for question in reversed(previous):
            if before := self._detector.detect(question).language:
                return before
        return self._default

    def look_up(
        self, text: str, shown: Sequence[Quote] = ()
    ) -> ByNumber | NoSuchThesis | WhichWork | None:
        """The theses that ``text`` asks for by number; None if it asks for none.

        A number that stands in several texts is that of a text in ``shown``, if it is one of them.
        Needs no model. Where no text numbers its theses, nothing can be asked for by number.
        """
        numbered = [document for document in self._documents if _held(document)]
        reference = find_reference(text) if numbered else None
        if reference is None or not any(reference.resolve(_held(d)) for d in numbered):
            return None
        named = works_of_reference(text, numbered) or numbered
        holding = [document for document in named if _wanted(reference, document)[0]]
        if len(holding) > 1 and len(near := _documents(shown, holding)) == 1:
            holding = near
        if len(holding) > 1:
            quotes = [quote for document in holding for quote in _wanted(reference, document)[0]]
            numbers = dict.fromkeys(quote.passage.thesis or 0 for quote in quotes)
            return WhichWork(tuple(numbers), tuple(quotes))
        document = (holding or _documents(shown, named) or named)[0]
        quotes, missing = _wanted(reference, document)
        if missing:
            return NoSuchThesis(document, missing, _held(document), tuple(quotes))
        return ByNumber(tuple(quotes))

    def _before(self, previous: Sequence[str], shown: Sequence[Quote]) -> list[str]:
        """What a question may lean on: the question before, unless a number; then the answer."""
        asked = [question for question in previous[-1:] if self.look_up(question) is None]
        return asked + [_line(quote) for quote in shown[:1]]

    def _by_meaning(
        self, question: str, before: Sequence[str], language: Language, top: int
    ) -> ByMeaning | Unsure | NothingFits:
        named = named_works(question, self._documents) or self._documents
        documents = [document.name for document in named]
        parts = _parts(question)
        finding, *by_part = self._search.search(
            [question, *parts], language, top=max(top, len(parts)), documents=documents
        )
        if finding.verdict != "answer" and before and _LEANS_ON_LAST.search(question):
            together = [f"{said[:_OF_BEFORE]} {question}" for said in before]
            found = self._search.search(together, language, top=top, documents=documents)
            finding = next((f for f in found if f.verdict == "answer"), found[0])
        quotes = tuple(_quote(hit) for hit in finding.hits)
        if finding.verdict == "none":
            return NothingFits(quotes[:top])
        if finding.verdict == "unsure":
            return Unsure(quotes[:top])
        fitting = _fitting(finding, by_part)
        ordered = (*fitting, *(quote for quote in quotes if quote not in fitting))
        return ByMeaning(ordered[:top], min(len(fitting), top))


def _beside(question: str, shown: Sequence[Quote]) -> ByNumber | NoSuchThesis | None:
    """The passage after or before what is shown, if that is what is asked for."""
    step = step_asked(question) if shown else 0
    if not step:
        return None
    beside = shown[-1] if step > 0 else shown[0]
    document, number = beside.document, beside.passage.thesis
    at = document.passages.index(beside.passage) + step
    if 0 <= at < len(document.passages):
        return ByNumber((Quote(document, document.passages[at]),))
    return NoSuchThesis(document, (number + step,), _held(document), ()) if number else None


def _documents(shown: Sequence[Quote], among: Sequence[Document]) -> list[Document]:
    return [document for document in among if any(q.document == document for q in shown)]


def _line(quote: Quote) -> str:
    """What a passage is about: its title, or its first sentence."""
    passage = quote.passage
    span = passage.title or (passage.sentences[0] if passage.sentences else passage.span)
    return quote.document.quote(span)


def _quote(hit: Hit) -> Quote:
    return Quote(hit.document, hit.passage, hit.highlight, hit.score)


def _held(document: Document) -> tuple[int, ...]:
    return tuple(p.thesis for p in document.passages if p.thesis is not None)


def _wanted(reference: Reference, document: Document) -> tuple[list[Quote], tuple[int, ...]]:
    """The theses asked for that the document holds, and the numbers it lacks."""
    quotes, missing = [], []
    for number in reference.resolve(_held(document)):
        passage = document.thesis(number)
        if passage is None:
            missing.append(number)
        else:
            quotes.append(Quote(document, passage))
    return quotes, tuple(missing)


def _parts(question: str) -> list[str]:
    """What a question asks about, one after the other, if it names several things."""
    parts = [part for part in _JOINTS.split(question) if _WORD.search(part)]
    return parts if 1 < len(parts) <= 4 else []


def _fitting(finding: Finding, by_part: Sequence[Finding]) -> tuple[Quote, ...]:
    """The best passage, and with it those that clearly answer another part of the question."""
    near = {hit.passage: hit for hit in finding.hits}
    chosen = [finding.hits[0]]
    answered = [part.hits[0].passage for part in by_part if part.verdict == "answer"]
    if chosen[0].passage in answered:
        chosen += [near[p] for p in dict.fromkeys(answered) if p in near and near[p] != chosen[0]]
    return tuple(_quote(hit) for hit in chosen)
