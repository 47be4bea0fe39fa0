"""A deep look at all the bot needs, without Discord and without a server: one finding a thing."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.answer import Answer
from bot.database import Database, DatabaseError
from bot.errors import ConfigError
from bot.jsonform import outcome_name
from bot.keys import Place, Places
from bot.proof import QuoteError
from bot.response import respond, show, write
from bot.workplace import Workplace
from index import Document, Language, RetrievalError

_LEAST_DISK = 500  # MB: the converted model or a second index beside the first
_LEAST_MEMORY = 1_000  # MB: model, index and libraries
_TRIALS: dict[Language, str] = {"de": "Worum geht es hier?", "en": "What is this about?"}
_MEMORY = Path("/proc/meminfo")


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one thing.

    Attributes:
        name: The thing.
        sound: Whether it is as it must be.
        words: What it is, or what is wrong with it; one line.
    """

    name: str
    sound: bool
    words: str


def inspect(workplace: Workplace) -> Iterator[Finding]:
    """Look at each thing; what goes wrong with one does not hide the others.

    The index is read, not built: what is missing is told.
    """
    steps: dict[str, Callable[[Workplace], str]] = {
        "config": _config,
        "texts": _texts,
        "model": _model,
        "index": _index,
        "question (de)": lambda place: _ask(place, "de"),
        "question (en)": lambda place: _ask(place, "en"),
        "quotations": _quotations,
        "database": _database,
        "disk": _disk,
    }
    if _MEMORY.is_file():
        steps["memory"] = lambda _: _memory()
    for name, step in steps.items():
        try:
            yield Finding(name, sound=True, words=step(workplace))
        except (RetrievalError, ConfigError, DatabaseError, QuoteError, OSError) as error:
            yield Finding(name, sound=False, words=" ".join(str(error).split()))


def _config(workplace: Workplace) -> str:
    token = workplace.config.token()
    return "ready, with a token" if token is not None else "ready, without a token"


def _texts(workplace: Workplace) -> str:
    documents = workplace.documents
    count = sum(len(document.passages) for document in documents)
    return f"{len(documents)} with {count} passages"


def _model(workplace: Workplace) -> str:
    from index.engine import choose_engine

    embedder = workplace.embedder
    encoded = embedder.encode([_TRIALS["de"]], "query")
    engine = choose_engine(workplace.config.model).words
    return f"{workplace.config.model} by {engine}, {encoded.vectors.shape[1]} dimensions"


def _index(workplace: Workplace) -> str:
    from index.store import index_version, load_index, load_manifest

    config = workplace.config
    load_index(config.data, thorough=True)  # checks the digest of each file
    manifest = load_manifest(config.data)
    named = f"{index_version(config.data)} of {manifest.created}, {len(manifest.files)} files whole"
    if not workplace.is_current():
        fault = f"{named}, but of other texts, settings or model; run `thesenbot build`"
        raise ConfigError(fault)
    return named


def _ask(workplace: Workplace, language: Language) -> str:
    from index import Searcher
    from index.store import load_index

    searcher = Searcher(load_index(workplace.config.data), workplace.embedder)
    question = _TRIALS[language]
    (finding,) = searcher.search([question], language)
    if not finding.hits:
        raise ConfigError("a search found nothing at all; run `thesenbot build`")
    answer: Answer = workplace.answerer_over(searcher).answer(question, language=language)
    write(respond(answer, asker=0), Places(searcher.documents))
    return f"ready ({outcome_name(answer.outcome)})"


def _quotations(workplace: Workplace) -> str:
    """Every passage as a reply would show it, proved against its source."""
    from index.store import load_documents

    documents = load_documents(workplace.config.data)
    places = Places(documents)
    count = 0
    for place in _all(documents):
        write(show("de", "", [place], asker=0), places)
        count += 1
    return f"{count} passages proved"


def _all(documents: tuple[Document, ...]) -> Iterator[Place]:
    for document in documents:
        for passage in document.passages:
            yield Place(document, passage)


def _database(workplace: Workplace) -> str:
    async def look() -> None:
        database = Database(workplace.config.database_address())
        await database.open()
        await database.close()

    asyncio.run(look())
    return "ready"


def _disk(workplace: Workplace) -> str:
    folder = workplace.config.data
    while not folder.exists():
        folder = folder.parent
    return _enough(shutil.disk_usage(folder).free // 1_000_000, _LEAST_DISK, f"in {folder}")


def _memory() -> str:
    lines = _MEMORY.read_text(encoding="ascii").splitlines()
    available = next((line for line in lines if line.startswith("MemAvailable:")), None)
    if available is None:
        return "unknown"
    return _enough(int(available.split()[1]) * 1024 // 1_000_000, _LEAST_MEMORY, "of memory")


def _enough(free: int, least: int, where: str) -> str:
    if free < least:
        raise ConfigError(f"{free} MB free {where}, less than {least} MB")
    return f"{free} MB free {where}"
