"""The bundled model as a graph for ONNX Runtime that multiplies 8-bit integers.

Weights are rounded once, with a scale a column. The input of a layer is rounded when it comes, with
a scale a row, and what that left over is rounded again: two integers, coarse and fine, which stay
within a hundredth of a per cent of the float model. Integers add up exactly and every other step
treats rows or texts by themselves, so a text's vector does not depend on what stands beside it.
The word table stays outside the graph, in the blocks of the weights' own file, and is mapped: only
the rows of words that are asked for take memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.bundled import Weights

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto, TensorProto

GRAPH, TOKENIZER, WORDS = "graph.onnx", "tokenizer.model", "words.npy"
"""The files of the folder."""

_LARGEST_INPUT = 127
_FINE = 1 / (2 * _LARGEST_INPUT)  # of the coarse step: what rounding leaves is half a step at most
_TINY = 1e-9  # keeps the scale of a row of zeros from being zero
_MICROSOFT = "com.microsoft"
_OPSETS = {"": 20, _MICROSOFT: 1}
_IR_VERSION = 10  # the oldest with these operators, so that the runtime need not be the newest


def save_quick_model(weights: Weights, folder: Path, bits: int) -> None:
    """Write graph, tokenizer and word table into the existing, empty ``folder``.

    Args:
        weights: The model.
        folder: Where to.
        bits: How finely weights are rounded: 8, or 7 for processors without VNNI, which add two
            products in 16 bits and would overflow.
    """
    import onnx

    onnx.save(_make_graph(weights, 2 ** (bits - 1) - 1), folder / GRAPH)
    (folder / TOKENIZER).write_bytes(_make_tokenizer(weights))
    np.save(folder / WORDS, weights.words, allow_pickle=False)


def _make_tokenizer(weights: Weights) -> bytes:
    """The vocabulary as a sentencepiece model, with the normalisation the model was trained with.

    Against ``tokenizers`` it takes a fifth of the memory and of the time to load.
    """
    from sentencepiece import SentencePieceNormalizer, sentencepiece_model_pb2

    normalizer = SentencePieceNormalizer(
        rule_name="nmt_nfkc",
        add_dummy_prefix=True,
        remove_extra_whitespaces=True,
        escape_whitespaces=True,
    )
    messages: Any = sentencepiece_model_pb2  # made at import, so no type is known
    model = messages.ModelProto.FromString(normalizer.serialized_model_proto())
    trained = model.trainer_spec
    trained.model_type = trained.UNIGRAM
    trained.bos_id, trained.eos_id = weights.bos, weights.eos
    trained.pad_id, trained.unk_id = weights.pad, weights.unknown
    kinds = messages.ModelProto.SentencePiece
    for token, (piece, score) in enumerate(weights.vocabulary):
        kind = kinds.NORMAL
        if token == weights.unknown:
            kind = kinds.UNKNOWN
        elif piece in {"<s>", "<pad>", "</s>", "<mask>"}:
            kind = kinds.CONTROL  # never read out of a text
        model.pieces.add(piece=piece, score=score, type=kind)
    return bytes(model.SerializeToString(deterministic=True))


def _make_graph(weights: Weights, largest_weight: int) -> ModelProto:
    """BERT from the words' vectors, (texts, tokens, hidden), to the last states, same shape.

    All texts of a run have the same number of tokens, so no attention mask is needed.
    """
    from onnx import TensorProto, helper

    graph = _Encoder(weights, largest_weight)
    graph.write()
    shape: list[str | int | None] = ["texts", "tokens", weights.hidden]
    return helper.make_model(
        helper.make_graph(
            graph.nodes,
            "e5",
            [helper.make_tensor_value_info("words", TensorProto.FLOAT, shape)],
            [helper.make_tensor_value_info("states", TensorProto.FLOAT, shape)],
            graph.constants,
        ),
        opset_imports=[helper.make_opsetid(*opset) for opset in _OPSETS.items()],
        ir_version=_IR_VERSION,
    )


@dataclass(frozen=True, slots=True)
class _Rounded:
    """Names of rows as integers around 128, (rows, width), and of their scales, (rows, 1).

    A row is its scale times coarse and ``_FINE`` times fine.
    """

    coarse: str
    fine: str
    scales: str


class _Encoder:
    """Collects the nodes and constants of the graph; a value is known by its name."""

    def __init__(self, weights: Weights, largest_weight: int) -> None:
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []
        self._weights = weights
        self._largest_weight = np.float32(largest_weight)
        self._tensors = weights.tensors

    def write(self) -> None:
        hidden = self._weights.hidden
        self._constant("last", np.array([-1], np.int64))
        self._constant("after", np.array([1], np.int64))
        self._constant("zero", np.array([0], np.int64))
        self._constant("rows", np.array([-1, hidden], np.int64))
        self._constant("one", np.float32(1))
        self._constant("middle", np.uint8(128))
        self._constant("step", np.float32(1 / _LARGEST_INPUT))
        self._constant("fine", np.float32(_FINE))
        self._constant("tiny", np.float32(_TINY))
        self._node("Shape", ["words"], "shape")
        states = self._norm(self._placed(), "emb.ln", "flat")
        self._node("Shape", [states], "flat_shape", end=1)
        self._node("Expand", ["middle", "flat_shape"], "middles")
        for layer in range(self._weights.layers):
            output = f"l{layer}.out" if layer + 1 < self._weights.layers else "last_states"
            states = self._layer(f"l{layer}", states, output)
        self._node("Reshape", [states, "shape"], "states")

    def _placed(self) -> str:
        """The words' vectors with those of their places and of the only token type, as rows."""
        tensors, hidden = self._tensors, self._weights.hidden
        places = tensors["emb.pos"].reshape(-1, hidden) + tensors["emb.type"][:hidden]
        self._constant("all_places", places)
        self._node("Shape", ["words"], "length", start=1, end=2)
        self._node("Slice", ["all_places", "zero", "length", "zero"], "places")
        self._node("Add", ["words", "places"], "placed")
        return self._node("Reshape", ["placed", "rows"], "placed_rows")

    def _layer(self, name: str, states: str, output: str) -> str:
        rounded = self._rounded(states, f"{name}.in")
        parts = [
            self._node(
                "Reshape",
                [self._product(rounded, f"{name}.{part}"), "shape"],
                f"{name}.{part}.texts",
            )
            for part in "qkv"
        ]
        biases = [self._tensors[f"{name}.{part}.b"] for part in "qkv"]
        parts.append(self._constant(f"{name}.qkv.b", np.concatenate(biases)))
        heads = self._weights.heads
        self._node("MultiHeadAttention", parts, f"{name}.seen", _MICROSOFT, num_heads=heads)
        seen = self._node("Reshape", [f"{name}.seen", "rows"], f"{name}.seen.rows")
        attended = self._linear(seen, f"{name}.ao")
        states = self._norm(self._sum(attended, states), f"{name}.aln", f"{name}.mid")
        inner = self._node("Gelu", [self._linear(states, f"{name}.fi")], f"{name}.gelu", _MICROSOFT)
        return self._norm(
            self._sum(self._linear(inner, f"{name}.fo"), states), f"{name}.oln", output
        )

    def _linear(self, rows: str, name: str) -> str:
        product = self._product(self._rounded(rows, f"{name}.in"), name)
        bias = self._constant(f"{name}.b", self._tensors[f"{name}.b"])
        return self._node("Add", [product, bias], f"{name}.biased")

    def _rounded(self, rows: str, name: str) -> _Rounded:
        self._node("Abs", [rows], f"{name}.sizes")
        self._node("ReduceMax", [f"{name}.sizes", "last"], f"{name}.largest", keepdims=0)
        self._node("Mul", [f"{name}.largest", "step"], f"{name}.exact_scale")
        scale = self._node("Add", [f"{name}.exact_scale", "tiny"], f"{name}.scale")
        coarse = self._integers(rows, scale, f"{name}.coarse")
        self._node("DequantizeLinear", [coarse, scale, "middles"], f"{name}.near", axis=0)
        rest = self._node("Sub", [rows, f"{name}.near"], f"{name}.rest")
        fine_scale = self._node("Mul", [scale, "fine"], f"{name}.fine_scale")
        fine = self._integers(rest, fine_scale, f"{name}.fine")
        return _Rounded(coarse, fine, self._node("Unsqueeze", [scale, "after"], f"{name}.scales"))

    def _integers(self, rows: str, scale: str, output: str) -> str:
        return self._node("QuantizeLinear", [rows, scale, "middles"], output, axis=0)

    def _product(self, rounded: _Rounded, name: str) -> str:
        weights = self._tensors[f"{name}.w"].reshape(len(self._tensors[f"{name}.b"]), -1)
        scales = np.abs(weights).max(axis=1) / self._largest_weight + np.float32(_TINY)
        whole = self._constant(f"{name}.w", np.rint(weights / scales[:, None]).astype(np.int8).T)
        column_scales = self._constant(f"{name}.scales", scales)
        parts = [
            self._node(
                "MatMulIntegerToFloat",
                [integers, whole, step, column_scales, "middle"],
                f"{name}.{step}",
                _MICROSOFT,
            )
            for integers, step in ((rounded.coarse, "one"), (rounded.fine, "fine"))
        ]
        self._node("Add", parts, f"{name}.unscaled")
        return self._node("Mul", [f"{name}.unscaled", rounded.scales], f"{name}.product")

    def _sum(self, rows: str, before: str) -> str:
        return self._node("Add", [rows, before], f"{rows}.sum")

    def _norm(self, rows: str, name: str, output: str) -> str:
        scale, bias = (self._constant(f"{name}.{x}", self._tensors[f"{name}.{x}"]) for x in "wb")
        # As a node of its own; fused with the sum before it, it takes three times as long.
        return self._node(
            "LayerNormalization",
            [rows, scale, bias],
            output,
            epsilon=self._weights.layer_norm_eps,
        )

    def _constant(self, name: str, values: NDArray[Any] | np.generic) -> str:
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.asarray(values, order="C"), name))
        return name

    def _node(
        self, operator: str, inputs: Sequence[str], output: str, domain: str = "", **options: Any
    ) -> str:
        from onnx import helper

        self.nodes.append(
            helper.make_node(operator, inputs, [output], output, domain=domain, **options)
        )
        return output
