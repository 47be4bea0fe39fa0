"""Texts to vectors through sentence-transformers; the only module that imports that library."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from index.errors import ModelError
from index.model import BUNDLED, ModelSource
from index.pieces import join, split
from index.vectors import Encoded, Progress, Vectors
from index.views import Role

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

_BATCH = 32
_PROMPT_NAMES: dict[Role, tuple[str, ...]] = {
    "query": ("query",),
    "passage": ("passage", "document"),
}


class SentenceTransformerEmbedder:
    """Embeds with any sentence-transformers model, on the processor."""

    def __init__(self, source: ModelSource) -> None:
        """Load the model; takes seconds and some hundred megabytes.

        Raises:
            ModelError: It cannot be loaded.
        """
        self.fingerprint = source.fingerprint
        self._model = _load(source)
        self._prompts = {role: _prompt(self._model.prompts, role) for role in _PROMPT_NAMES}
        self.dimension = int(self._model.get_embedding_dimension() or 0)

    def encode(
        self, texts: Sequence[str], role: Role, *, progress: Progress | None = None
    ) -> Encoded:
        """Embed ``texts``; see ``Embedder``.

        A text longer than the model reads at once is read in pieces: its vector is their mean, its
        tokens are those of all.
        """
        pieces, owners = split(texts)
        vectors, tokens = self._encode_pieces(pieces, self._prompts[role], progress)
        return join(vectors, tokens, owners, len(texts))

    def _encode_pieces(
        self, pieces: Sequence[str], prompt: str, progress: Progress | None
    ) -> tuple[Vectors, list[Vectors]]:
        vectors = np.zeros((len(pieces), self.dimension), np.float32)
        tokens: list[Vectors] = [np.zeros((0, self.dimension), np.float32)] * len(pieces)
        # Longest first: a batch is padded to its longest, and memory peaks at once, not at the end.
        order = sorted(range(len(pieces)), key=lambda i: -len(pieces[i]))
        for start in range(0, len(order), _BATCH):
            rows = order[start : start + _BATCH]
            batch, states = self._forward([prompt + pieces[i] for i in rows], prompt)
            vectors[rows] = batch
            for row, state in zip(rows, states, strict=True):
                tokens[row] = state
            if progress is not None:
                progress(min(start + _BATCH, len(order)), len(order))
        return vectors, tokens

    def _forward(self, texts: list[str], prompt: str) -> tuple[Vectors, list[Vectors]]:
        import torch

        with torch.inference_mode():
            features = self._model.preprocess(texts)
            output = self._model(features)
        vectors = output["sentence_embedding"].float().numpy()
        states = output.get("token_embeddings")
        if states is None:
            return vectors, [np.zeros((0, self.dimension), np.float32)] * len(texts)
        return vectors, self._own_tokens(states, output["input_ids"], prompt)

    def _own_tokens(self, states: torch.Tensor, ids: torch.Tensor, prompt: str) -> list[Vectors]:
        """The states of each text's own tokens, without special ones and those of the prompt."""
        tokenizer: Any = self._model.tokenizer
        special = set(tokenizer.all_special_ids)
        skipped = len(tokenizer(prompt.rstrip(), add_special_tokens=False)["input_ids"])
        own = []
        for state, row in zip(states.float().numpy(), ids.tolist(), strict=True):
            kept = [i for i, token in enumerate(row) if token not in special][skipped:]
            own.append(state[kept])
        return own


def _load(source: ModelSource) -> SentenceTransformer:
    from safetensors import SafetensorError
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as noise

    noise.set_verbosity_error()  # type: ignore[no-untyped-call]  # the library ships it untyped
    noise.disable_progress_bar()  # type: ignore[no-untyped-call]
    logging.getLogger("sentence_transformers").setLevel(logging.WARNING)
    try:
        return SentenceTransformer(
            source.location,
            device="cpu",
            prompts=source.prompts,
            trust_remote_code=False,
            local_files_only=source.is_local,
        )
    except (OSError, ValueError, RuntimeError, TypeError, KeyError, SafetensorError) as error:
        reason = str(error).strip().split("\n")[0][:200]
        message = (
            f"model {source.name!r} cannot be loaded ({reason}); a name is fetched from the model "
            f'hub, which needs the network once; `model = "{BUNDLED}"` needs none'
        )
        raise ModelError(message) from error


def _prompt(prompts: Mapping[str, str | None], role: Role) -> str:
    return next((found for name in _PROMPT_NAMES[role] if (found := prompts.get(name))), "")
