"""What the bundled model has learned from questions about theses: small changes to its weights.

A low-rank adapter (LoRA, Hu et al. 2021): for each linear map it touches two narrow matrices, whose
product is added to the map's weights once, when the model is converted, so that a question costs
no more than without it. ``tests/tuning`` holds the texts it was learned from, and learns it anew.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from index.bundled import Weights
from index.manifest import file_digest

ADAPTER = Path(__file__).with_name("adapter.safetensors")
"""For a map ``l3.q``: ``l3.q.down``, (rank, inputs), and ``l3.q.up``, (outputs, rank), float16."""

_DOWN, _UP = ".down", ".up"


@cache
def adapter_digest() -> str:
    """What the adapter is told from another by, twelve hexadecimal digits."""
    return file_digest(ADAPTER)[:12]


def adapted(weights: Weights, adapter: Path = ADAPTER) -> Weights:
    """The model with what it has learned; ``weights`` stays as it is."""
    from safetensors.numpy import load_file

    changes = load_file(adapter)
    tensors = dict(weights.tensors)
    for name in changes:
        if name.endswith(_DOWN):
            linear = name.removesuffix(_DOWN)
            change = changes[linear + _UP].astype(np.float32) @ changes[name].astype(np.float32)
            tensors[f"{linear}.w"] = tensors[f"{linear}.w"] + change.reshape(-1)
    return replace(weights, tensors=tensors)
