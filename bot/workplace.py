"""What every command works with: config, texts, index and model, each had only when asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from bot.answer import Answerer
from bot.config import Config
from bot.language import LanguageDetector
from index import Document, Finding, Language, StoreMissing

if TYPE_CHECKING:
    from index.build import BuildReport
    from index.contents import IndexContents
    from index.embedder import SentenceTransformerEmbedder
    from index.search import Searcher
    from index.vectors import Progress

Tell = Callable[[str], None]
"""Told in one English line what takes a while."""


class Workplace:
    """The things of one config."""

    def __init__(self, config: Config, tell: Tell) -> None:
        """Work with ``config``; ``tell`` hears what takes long."""
        self.config = config
        self._tell = tell

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        """The texts, without model or vectors: from the index, or from the seeds without one.

        Raises:
            RetrievalError: Neither can be read.
        """
        from index.seeds import read_seeds
        from index.store import load_documents

        try:
            return load_documents(self.config.data)
        except StoreMissing:
            return read_seeds(self.config.seeds)

    @cached_property
    def embedder(self) -> SentenceTransformerEmbedder:
        """The embedding model, loaded; takes seconds.

        Raises:
            ModelError: It cannot be had.
        """
        from index.embedder import SentenceTransformerEmbedder
        from index.model import prepare_model

        self._tell(f"loading the model ({self.config.model}) …")
        return SentenceTransformerEmbedder(prepare_model(self.config.model))

    def build(self, *, dry_run: bool = False, progress: Progress | None = None) -> BuildReport:
        """Bring the index up to date with the seeds.

        Raises:
            RetrievalError: The texts, the model or the index folder are at fault.
        """
        from index.build import build

        config = self.config
        return build(
            config.seeds,
            config.data,
            self.embedder,
            model_name=config.model,
            false_answer_rate=config.false_answer_rate,
            dry_run=dry_run,
            progress=progress,
        )

    @cached_property
    def index(self) -> IndexContents:
        """The index, built first if there is none or the texts have changed.

        Raises:
            RetrievalError: It is damaged, or cannot be built.
        """
        raise NotImplementedError
