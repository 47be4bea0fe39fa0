"""An embedding model that tells how long it takes."""

from __future__ import annotations

from collections.abc import Sequence

from bot.request import step
from index.vectors import Embedder, Encoded, Progress
from index.views import Role


class TimedEmbedder:
    """Embeds as another one does; its time is a step of the request."""

    def __init__(self, embedder: Embedder) -> None:
        """Embed with ``embedder``."""
        self._embedder = embedder
        self.dimension = embedder.dimension
        self.fingerprint = embedder.fingerprint

    def encode(
        self, texts: Sequence[str], role: Role, *, progress: Progress | None = None
    ) -> Encoded:
        """See ``Embedder``."""
        with step("embed"):
            return self._embedder.encode(texts, role, progress=progress)
