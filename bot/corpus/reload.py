"""A new index beside the running bot: noticed, loaded, tried, taken in one step, or refused."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

from bot.corpus.shelf import Shelf
from bot.desk import DeskError
from bot.keys import Place
from bot.library import Library
from bot.operation.logs import facts
from bot.response import respond, show, write
from index import Document, Language
from index.store import pointer_of

log = logging.getLogger(__name__)

EVERY_SECONDS = 3.0
TRIALS: dict[Language, str] = {"de": "Worum geht es hier?", "en": "What is this about?"}
"""One question a language, asked of every library before anybody else may ask it."""

InLine = Callable[[Callable[[], None]], Awaitable[None]]

_PROVED = 25  # passages of each text, from its first to its last


class BadLibrary(Exception):
    """A library does not answer as it must; one line says why."""


def prove_library(library: Library) -> None:
    """Return if the library answers: by number, by meaning in each language, word for word.

    Raises:
        BadLibrary: It holds no text, or does not find what it holds.
        QuoteError: A reply of it would not be what its text says.
        RetrievalError: The search fails.
    """
    if not library.documents:
        raise BadLibrary("it holds no text")
    places = library.places()
    for document in library.documents:
        _find_first_thesis(library, document)
        for place in _some_places(document):
            write(show("de", "", [place], asker=0), places)
    for language, question in TRIALS.items():
        if not library.hits(question, language):
            raise BadLibrary(f"nothing at all is found by meaning ({language})")
        write(respond(library.answerer().answer(question), asker=0), places)


def _find_first_thesis(library: Library, document: Document) -> None:
    first = next((p for p in document.passages if p.thesis is not None), None)
    if first is None:
        return
    outcome = library.answerer([document.name]).look_up(f"These {first.thesis}")
    if outcome is None or first not in [quote.passage for quote in outcome.quotes]:
        raise BadLibrary(f"{document.name}: thesis {first.thesis} is not found by its number")


def _some_places(document: Document) -> Iterator[Place]:
    step = max(1, len(document.passages) // _PROVED)
    for passage in document.passages[::step]:
        yield Place(document, passage)


class Reloader:
    """Keeps what is answered from in step with the index in the data folder."""

    def __init__(
        self,
        shelf: Shelf,
        data: Path,
        load: Callable[[], Library],
        in_line: InLine,
        seen: bytes | None,
    ) -> None:
        """Watch nothing yet.

        Args:
            shelf: What is answered from.
            data: Where the index is.
            load: Loads the index that is there now; called off the event loop, may take long.
            in_line: Has work done where questions are answered, as no model is asked twice at once.
            seen: What ``pointer_of`` told of the index before the one on the shelf was loaded.
        """
        self._shelf = shelf
        self.data = data
        self._load = load
        self._in_line = in_line
        self._seen = seen
        self._refusal: str | None = None
        self._turn = asyncio.Lock()

    async def watch(self, every_seconds: float = EVERY_SECONDS) -> None:
        """Look again and again, until cancelled."""
        while True:
            await asyncio.sleep(every_seconds)
            await self.look()

    async def look(self) -> str | None:
        """Take the index that is there if it is another one; one that was refused is not retried.

        Returns:
            Why the index that is there is refused, in one line; None if it is the one in use.
        """
        async with self._turn:
            found = await asyncio.to_thread(pointer_of, self.data)
            if found is None or found == self._seen:
                return self._refusal
            try:
                library = await self._load_proved()
            except DeskError as error:
                log.warning("the new index could not be tried (%s)", type(error).__name__)
                return None  # the next look tries it again
            except Exception as error:  # noqa: BLE001 - whatever it is, the old index serves on
                reason = " ".join(f"{type(error).__name__}: {error}".split())
                log.error("the new index is refused, the old one serves on: %s", reason)
                self._seen, self._refusal = found, reason
                return reason
            self._seen, self._refusal = found, None
            self._shelf.replace(library)
            log.info("new index", extra=facts(texts=len(library.documents)))
            return None

    async def _load_proved(self) -> Library:
        library = await asyncio.to_thread(self._load)
        try:
            await self._in_line(lambda: prove_library(library))
        except BaseException:
            await asyncio.to_thread(library.close)
            raise
        return library
