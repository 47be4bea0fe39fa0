"""What every command works with: config, texts, index and model, each had only when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from bot.answer import Answer, Answerer, Search
from bot.config import Config
from bot.language import LanguageDetector
from index import Document, Finding, Language, RetrievalError

if TYPE_CHECKING:
    from bot.library import Library
    from bot.worker.remote import RemoteSearch
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

        self._finish_changes()
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
        self._finish_changes()
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
        self.make_current()
        return self.searcher_in(None)

    def searcher_in(self, version: str | None) -> Searcher:
        """Search in that version of the index, or in the one in use; what loading took is returned.

        Raises:
            RetrievalError: There is none, it is damaged, or its model cannot be had.
        """
        from bot.timing import TimedEmbedder
        from index import Searcher
        from index.process import give_back_memory, multiply_alone
        from index.recent import RecentEmbedder
        from index.store import load_index

        embedder = TimedEmbedder(RecentEmbedder(self.embedder))
        searcher = Searcher(load_index(self.config.data, version), embedder)
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
        self._finish_changes()
        return is_current(
            config.seeds,
            config.data,
            model=config.model,
            fingerprint=embedder_fingerprint(config.model),
            false_answer_rate=config.false_answer_rate,
        )

    def again(self) -> Workplace:
        """A workplace of the same config for an index that has changed since; tells nobody.

        It shares what tells languages apart: a second one would take its memory for good.
        """
        other = Workplace(self.config, lambda _: None, unseen)
        other.detector = self.detector
        return other

    def _finish_changes(self) -> None:
        """What was committed to the texts is carried out, even if its process died."""
        from bot.corpus.changes import Corpus

        Corpus(self.config.seeds, self.config.data).finish()

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

    def renew(self) -> None:
        """As ``make_current``, but in a process that ends: a build needs memory, a bot does not.

        Raises:
            RetrievalError: It cannot be built.
        """
        if not self.is_current():
            self._search(version=None).close()

    def library(self) -> Library:
        """Texts of the index in use, and a worker process of its own that searches in them, ready.

        For a bot that runs on; the library has to be closed.

        Raises:
            RetrievalError: There is no index, it is damaged, or its model cannot be had.
        """
        from bot.library import Library
        from index.process import give_back_memory
        from index.store import index_version, load_documents

        version = index_version(self.config.data)
        documents = load_documents(self.config.data, version)
        search = self._search(version, meanwhile=self.detector.prepare)
        search.resolve_in(documents)
        give_back_memory()
        return Library(documents, search, self.detector, self.config.language)

    def _search(
        self, version: str | None, meanwhile: Callable[[], object] = lambda: None
    ) -> RemoteSearch:
        """A search in a worker that is ready, in that version or in one of the texts as they are.

        The worker builds that one first if the index in use is another. ``meanwhile`` is done
        while it gets ready.
        """
        from bot.worker.remote import RemoteSearch

        config = self.config
        names = {"seeds", "data", "model", "false_answer_rate"}
        settings = {
            "config": config.model_dump(mode="json", include=names),
            "memory_mb": config.worker_memory_mb,
            "version": version,
        }
        search = RemoteSearch(settings, tell=self._tell)
        search.start(meanwhile)
        return search

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


@contextmanager
def unseen(what: str) -> Iterator[Progress]:
    """Show no progress of ``what``."""
    yield lambda _done, _total: None


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
