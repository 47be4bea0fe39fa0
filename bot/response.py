"""From an answer to what a reply shows and offers; Discord itself is not needed here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.answer import (
    Answer,
    ByMeaning,
    ByNumber,
    NoSuchThesis,
    NothingFits,
    Outcome,
    Quote,
    Refusal,
    Unsure,
    WhichWork,
)
from bot.frame import message
from bot.keys import Place, Places
from bot.l10n import say
from bot.render import escape
from bot.reply import candidates, pages
from bot.state import MOST_KEYS, State, make_state
from index import Language


@dataclass(frozen=True, slots=True)
class Response:
    """One reply.

    Attributes:
        language: In which it speaks.
        header: The words above the quotation, or all there is to say.
        state: What is shown and can be shown; None where there is nothing to quote.
        offers: Whether the passages are only offered, to be chosen from.
    """

    language: Language
    header: str
    state: State | None = None
    offers: bool = False

    def only_sentence(self) -> Response:
        """The same with just the sentence that was marked."""
        if self.state is None or self.state.sentence is None:
            return self
        return replace(self, state=replace(self.state, only_sentence=True))

    def aimed_at(self, message: int) -> Response:
        """The same, to be posted as a reply to that message once it is shared."""
        if self.state is None:
            return self
        return replace(self, state=replace(self.state, target=message))

    def private(self) -> Response:
        """The same for the asker alone."""
        return (
            self if self.state is None else replace(self, state=replace(self.state, private=True))
        )

    def below(self, line: str) -> Response:
        """The same with a line above it."""
        return replace(self, header=f"{line}\n{self.header}") if line else self


def respond(answer: Answer, asker: int) -> Response:
    """The reply to an answer.

    Args:
        answer: The answer.
        asker: Who may delete the reply.
    """
    outcome, language = answer.outcome, answer.language
    header = escape(message(answer))
    match outcome:
        case NothingFits() | Refusal():
            return Response(language, header)
        case Unsure() | WhichWork():
            return offer(language, header, _places(outcome), asker)
        case NoSuchThesis(quotes=()):
            return Response(language, header)
        case ByNumber() | NoSuchThesis():
            return show(language, header, _places(outcome), asker)
        case ByMeaning(quotes=quotes, fitting=fitting):
            keys = tuple(place.key for place in _places(outcome))
            state = make_state(language, asker, keys, sentence=_sentence(quotes[0]))
            state = replace(state, together=min(fitting, len(state.keys)))
            return Response(language, header, state)


def show(
    language: Language,
    header: str,
    places: Sequence[Place],
    asker: int,
    sentence: int | None = None,
) -> Response:
    """A reply that shows all of ``places``; says so if they are more than one reply can hold."""
    if len(places) > MOST_KEYS:
        facts = {"count": len(places), "shown": MOST_KEYS}
        header = f"{header}\n{say(language, 'many-theses', facts)}"
    keys = tuple(place.key for place in places)
    state = make_state(language, asker, keys, sentence=sentence)
    return Response(language, header, replace(state, together=len(state.keys)))


def offer(language: Language, header: str, places: Sequence[Place], asker: int) -> Response:
    """A reply that lets the asker choose one of ``places``."""
    places = places[:MOST_KEYS]
    state = make_state(language, asker, tuple(place.key for place in places), sentence=None)
    listed = candidates(language, places)
    return Response(language, f"{header}\n{listed}", state, offers=True)


def write(response: Response, places: Places) -> list[str]:
    """The messages of a reply; a reply that only offers or says something has one.

    Raises:
        QuoteError: What would be displayed is not what the source says; nothing may be sent.
    """
    state = response.state
    if state is None or response.offers:
        return [response.header]
    found = [place for key in state.keys if (place := places.find(key)) is not None]
    return pages(state, found, response.header)


def _places(outcome: Outcome) -> tuple[Place, ...]:
    return tuple(Place(quote.document, quote.passage) for quote in outcome.quotes)


def _sentence(quote: Quote) -> int | None:
    if quote.highlight is None:
        return None
    return quote.passage.sentences.index(quote.highlight)
