"""What every command works with: config, texts, index and model, each had only when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from bot.answer import Answer, Answerer, Search
from bot.config import Config
from bot.language import LanguageDetector
from index import Document, Finding, Language, RetrievalError, StoreMismatch

if TYPE_CHECKING:
    from bot.library import Library
    from bot.remote import RemoteSearch
    from index import Searcher
    from index.build import BuildReport
    from index.scoring import Weights
    from index.vectors import Embedder, Progress

Tell = Callable[[str], None]
"""Told in one English line what takes a while."""


class ShowProgress(Protocol):
    """Shows how far a long work is while it goes on."""

    def __call__(self, what: str) -> AbstractContextManager[Progress]:
        """``what`` begins; the progress it is told of is shown until the context ends."""


class Workplace:
    """The things of one config."""

    def __init__(self, config: Config, tell: Tell, show_progress: ShowProgress) -> None:
        """Work with ``config``; ``tell`` and ``show_progress`` hear what takes long."""
        self.config = config
        self._tell = tell
        self._show_progress = show_progress

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        """The texts of the seeds folder, without model or vectors.

        Raises:
            SeedError: They have faults.
        """
        from index.seeds import read_seeds

        return read_seeds(self.config.seeds)

    @cached_property
    def detector(self) -> LanguageDetector:
        """Tells languages apart; its models are loaded once for all libraries."""
        return LanguageDetector()

    @cached_property
    def embedder(self) -> Embedder:
        """The embedding model, loaded; may take seconds.

        Raises:
            ModelError: It cannot be had.
        """
        from index.engine import load_embedder

        self._tell(f"loading the model ({self.config.model}) …")
        return load_embedder(self.config.model)

    def build(self, *, dry_run: bool = False) -> BuildReport:
        """Bring the index up to date with the seeds.

        Raises:
            RetrievalError: The texts, the model or the index folder are at fault.
        """
        from index.build import build

        config = self.config
        embedder = self.embedder
        with self._show_progress("embedding") as progress:
            return build(
                config.seeds,
                config.data,
                embedder,
                model=config.model,
                false_answer_rate=config.false_answer_rate,
                dry_run=dry_run,
                progress=progress,
            )

    @cached_property
    def searcher(self) -> Searcher:
        """Search by meaning; the index is built first if there is none or the texts have changed.

        Raises:
            RetrievalError: The index is damaged, or cannot be built.
        """
        from bot.timing import TimedEmbedder
        from index import Searcher
        from index.process import give_back_memory, multiply_alone
        from index.recent import RecentEmbedder
        from index.store import load_index

        self.make_current()
        embedder = TimedEmbedder(RecentEmbedder(self.embedder))
        searcher = Searcher(load_index(self.config.data), embedder)
        multiply_alone()
        give_back_memory()
        return searcher

    def make_current(self) -> None:
        """Build the index if there is none or texts, settings or the model have changed.

        Raises:
            RetrievalError: It cannot be built.
        """
        if not self.is_current():
            self._tell(f"building the index in {self.config.data} …")
            self.build()

    def is_current(self) -> bool:
        """Whether the index was built from these texts and settings, and with this very model.

        The model is not loaded.

        Raises:
            RetrievalError: The texts, the index or the model are at fault.
        """
        from index.build import is_current
        from index.engine import embedder_fingerprint

        config = self.config
        return is_current(
            config.seeds,
            config.data,
            model=config.model,
            fingerprint=embedder_fingerprint(config.model),
            false_answer_rate=config.false_answer_rate,
        )

    def prepare(self) -> None:
        """Load or build all that answering needs, so that the first answer comes at once."""
        _ = self.searcher

    def look_up(self, text: str) -> Answer | None:
        """The theses ``text`` asks for by number, without a model; None if it asks for none."""
        outcome = self.answerer().look_up(text)
        return None if outcome is None else Answer(self.config.language, outcome)

    def check(self) -> Iterator[tuple[str, str | None]]:
        """Each thing that must be ready with what is wrong with it, None if nothing.

        The model's name says what runs it, and why not the quick engine if that does not.
        """
        from index.engine import choose_engine
        from index.store import load_index

        steps: list[tuple[str, Callable[[], object]]] = [
            ("texts", lambda: self.documents),
            (f"model by {choose_engine(self.config.model).words}", lambda: self.embedder),
            ("index", lambda: load_index(self.config.data)),
        ]
        for name, step in steps:
            try:
                step()
            except RetrievalError as error:
                yield name, str(error)
            else:
                yield name, None

    def library(self) -> Library:
        """Texts of the index, and a worker process of its own that searches in them, ready.

        For a bot that runs on; the library has to be closed.

        Raises:
            RetrievalError: The index is damaged, or cannot be built.
        """
        from bot.library import Library
        from index.process import give_back_memory
        from index.store import index_version, load_documents

        config = self.config
        if not self.is_current():
            self._worker()[0].close()  # it builds, and would keep half as much memory again
        search, version = self._worker(self.detector.prepare)
        try:
            documents = load_documents(config.data)
            if version != index_version(config.data):
                message = f"{config.data}: the index was replaced while it was loaded; start again"
                raise StoreMismatch(message)
        except BaseException:
            search.close()
            raise
        search.resolve_in(documents)
        give_back_memory()
        return Library(documents, search, self.detector, config.language)

    def _worker(
        self, meanwhile: Callable[[], object] = lambda: None
    ) -> tuple[RemoteSearch, str]:
        """A search in a worker that is ready, and the version of the index it has loaded."""
        from bot.remote import RemoteSearch

        config = self.config
        names = {"seeds", "data", "model", "false_answer_rate"}
        settings = {
            "config": config.model_dump(mode="json", include=names),
            "memory_mb": config.worker_memory_mb,
            "version": None,
        }
        search = RemoteSearch(settings, tell=self._tell)
        return search, search.start(meanwhile)

    def answerer(self) -> Answerer:
        """What answers questions; the model is loaded at the first that needs it."""
        return self._answerer(_Later(self))

    def answerer_with(self, weights: Weights) -> Answerer:
        """What answers questions with other weights than those in use, to compare with.

        Raises:
            RetrievalError: As for ``searcher``.
        """
        from index import Searcher
        from index.assemble import calibrated
        from index.background import load_background
        from index.store import load_index

        self.prepare()
        config = self.config
        contents = load_index(config.data)
        contents = calibrated(contents, load_background(), config.false_answer_rate, weights)
        return self._answerer(Searcher(contents, self.embedder))

    def answerer_over(self, search: Search) -> Answerer:
        """What answers from another search than that of the index in use."""
        return self._answerer(search)

    def _answerer(self, search: Search) -> Answerer:
        return Answerer(self.documents, search, self.detector, self.config.language)


class _Later:
    """The searcher of a workplace, had when the first question needs it."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def search(
        self,
        questions: Sequence[str],
        language: Language,
        *,
        top: int = 3,
        documents: Sequence[str] | None = None,
    ) -> list[Finding]:
        return self._workplace.searcher.search(questions, language, top=top, documents=documents)
