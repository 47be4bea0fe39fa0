"""The bundled model as a graph for ONNX Runtime that multiplies 8-bit integers.

Weights are rounded once, with a scale a column; the input of a layer when it comes, with a scale a
row. What keeps that within three hundredths of a per cent of the float model, measured on questions
and passages: where the feed-forward part begins, features are brought to like sizes first; after
GELU, which is hardly ever negative, nearly all steps are above zero; and in the last third of the
layers attention is so sensitive that what rounding left over is rounded and multiplied again.
Integers add up exactly and every other step treats rows or texts by themselves, so a text's vector
does not depend on what stands beside it. The word table stays outside the graph, in the blocks of
the weights' own file, and is mapped: only the rows of words that are asked for take memory.
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
_FINE_FROM = 2 / 3  # of the layers
_GELU_ZERO = 32  # which step stands for zero after GELU
_GELU_LEAST = 0.1701  # no value of GELU is lower than this below zero
_EVENED = 0.85  # the power of a feature's size by which it is divided
_SPREAD = 3.0  # deviations from its mean that a feature is taken to reach
_TINY = 1e-9  # keeps the scale of a column of zeros from being zero
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
    """Names of rows as integers, (rows, width), of the one that is zero, and of scales, (rows,)."""

    integers: str
    zero: str
    scale: str


class _Encoder:
    """Collects the nodes and constants of the graph; a value is known by its name."""

    def __init__(self, weights: Weights, largest_weight: int) -> None:
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []
        self._weights = weights
        self._largest_weight = np.float32(largest_weight)
        self._tensors = weights.tensors

    def write(self) -> None:
        self._write_constants()
        self._node("Shape", ["words"], "shape")
        self._node("Slice", ["shape", "zero", "two", "zero"], "texts_and_tokens")
        self._node("Concat", ["texts_and_tokens", "three_wide"], "three_shape", axis=0)
        states = self._norm(self._placed(), "emb.ln", "flat", self._tensors["l0.ao.b"])
        self._node("Shape", [states], "flat_shape", end=1)
        self._node("Expand", ["middle", "flat_shape"], "middles")
        self._node("Expand", ["gelu_zero", "flat_shape"], "gelu_zeros")
        for layer in range(self._weights.layers):
            states = self._layer(layer, states)
        self._node("Reshape", [states, "shape"], "states")

    def _write_constants(self) -> None:
        hidden = self._weights.hidden
        for number, name in enumerate(("zero", "after", "two")):
            self._constant(name, np.array([number], np.int64))
        self._constant("last", np.array([-1], np.int64))
        self._constant("rows", np.array([-1, hidden], np.int64))
        self._constant("three_wide", np.array([3 * hidden], np.int64))
        self._constant("one", np.float32(1))
        self._constant("middle", np.uint8(128))
        self._constant("step", np.float32(1 / _LARGEST_INPUT))
        self._constant("fine", np.float32(_FINE))
        self._constant("gelu_zero", np.uint8(_GELU_ZERO))
        self._constant("gelu_step", np.float32(1 / (255 - _GELU_ZERO)))
        self._constant("gelu_least", np.float32(_GELU_LEAST / _GELU_ZERO))

    def _placed(self) -> str:
        """The words' vectors with those of their places and of the only token type, as rows."""
        tensors, hidden = self._tensors, self._weights.hidden
        places = tensors["emb.pos"].reshape(-1, hidden) + tensors["emb.type"][:hidden]
        self._constant("all_places", places)
        self._node("Shape", ["words"], "length", start=1, end=2)
        self._node("Slice", ["all_places", "zero", "length", "zero"], "places")
        self._node("Add", ["words", "places"], "placed")
        return self._node("Reshape", ["placed", "rows"], "placed_rows")

    def _layer(self, layer: int, states: str) -> str:
        """The states after a layer, from those before, to which its ``ao.b`` is added already.

        What a product is to have added is added to the states that are added to it, by the norm
        they come from, and taken off again where these states are multiplied: fewer steps.
        """
        name, tensors = f"l{layer}", self._tensors
        rounded = self._rounded(self._attention(layer, states), f"{name}.ao")
        attended = self._product(rounded, self._matrix(f"{name}.ao"), f"{name}.ao")
        own = tensors[f"{name}.fo.b"]
        states = self._norm(self._sum(attended, states), f"{name}.aln", f"{name}.mid", own)
        rounded = self._rounded_gelu(self._inner(name, states), f"{name}.fo")
        fed = self._product(rounded, self._matrix(f"{name}.fo"), f"{name}.fo")
        after = tensors.get(f"l{layer + 1}.ao.b", np.zeros_like(own))
        return self._norm(self._sum(fed, states), f"{name}.oln", f"{name}.out", after)

    def _attention(self, layer: int, states: str) -> str:
        name, tensors = f"l{layer}", self._tensors
        matrix = np.concatenate([self._matrix(f"{name}.{part}") for part in "qkv"])
        bias = np.concatenate([tensors[f"{name}.{part}.b"] for part in "qkv"])
        rounded = self._rounded(states, f"{name}.qkv")
        rest = None
        if layer >= _FINE_FROM * self._weights.layers:
            rest = self._rest(states, rounded, f"{name}.qkv")
        product = self._product(rounded, matrix, f"{name}.qkv", rest)
        self._node("Reshape", [product, "three_shape"], f"{name}.three")
        split = [f"{name}.{part}" for part in "qkv"]
        parts = self._nodes("Split", [f"{name}.three"], split, axis=2, num_outputs=3)
        parts.append(self._constant(f"{name}.qkv.b", bias - matrix @ tensors[f"{name}.ao.b"]))
        heads = self._weights.heads
        self._node("MultiHeadAttention", parts, f"{name}.seen", _MICROSOFT, num_heads=heads)
        return self._node("Reshape", [f"{name}.seen", "rows"], f"{name}.seen.rows")

    def _inner(self, name: str, states: str) -> str:
        """The feed-forward part's inner states."""
        tensors, matrix = self._tensors, self._matrix(f"{name}.fi")
        bias = tensors[f"{name}.fi.b"] - matrix @ tensors[f"{name}.fo.b"]
        sizes = np.abs(tensors[f"{name}.aln.b"]) + _SPREAD * np.abs(tensors[f"{name}.aln.w"])
        sizes = sizes**_EVENED / np.maximum(np.abs(matrix).max(axis=0), _TINY) ** (1 - _EVENED)
        self._constant(f"{name}.fi.parts", 1 / sizes)
        even = self._node("Mul", [states, f"{name}.fi.parts"], f"{name}.fi.even")
        product = self._product(self._rounded(even, f"{name}.fi"), matrix * sizes, f"{name}.fi")
        bias_name = self._constant(f"{name}.fi.b", bias)
        self._node("Add", [product, bias_name], f"{name}.fi.biased")
        return self._node("Gelu", [f"{name}.fi.biased"], f"{name}.gelu", _MICROSOFT)

    def _matrix(self, name: str) -> NDArray[np.float32]:
        return self._tensors[f"{name}.w"].reshape(len(self._tensors[f"{name}.b"]), -1)

    def _rounded(self, rows: str, name: str) -> _Rounded:
        """Rows as steps of one hundred and twenty-seventh of their largest number."""
        self._node("Abs", [rows], f"{name}.sizes")
        self._node("ReduceMax", [f"{name}.sizes", "last"], f"{name}.largest", keepdims=0)
        scale = self._node("Mul", [f"{name}.largest", "step"], f"{name}.scale")
        return _Rounded(self._integers(rows, scale, f"{name}.coarse"), "middle", scale)

    def _rounded_gelu(self, rows: str, name: str) -> _Rounded:
        self._node("ReduceMax", [rows, "last"], f"{name}.largest", keepdims=0)
        self._node("Mul", [f"{name}.largest", "gelu_step"], f"{name}.upper")
        scale = self._node("Max", [f"{name}.upper", "gelu_least"], f"{name}.scale")
        integers = self._integers(rows, scale, f"{name}.coarse", "gelu_zeros")
        return _Rounded(integers, "gelu_zero", scale)

    def _rest(self, rows: str, rounded: _Rounded, name: str) -> str:
        """What rounding has left of the rows, as integers of ``_FINE`` of a step."""
        inputs = [rounded.integers, rounded.scale, "middles"]
        self._node("DequantizeLinear", inputs, f"{name}.near", axis=0)
        self._node("Sub", [rows, f"{name}.near"], f"{name}.rest")
        self._node("Mul", [rounded.scale, "fine"], f"{name}.fine_scale")
        return self._integers(f"{name}.rest", f"{name}.fine_scale", f"{name}.fine")

    def _integers(self, rows: str, scale: str, output: str, zeros: str = "middles") -> str:
        return self._node("QuantizeLinear", [rows, scale, zeros], output, axis=0)

    def _product(
        self, rounded: _Rounded, matrix: NDArray[np.float32], name: str, rest: str | None = None
    ) -> str:
        """Rows times a matrix, (outputs, inputs); ``rest`` as ``_rest`` gives it."""
        scales = np.abs(matrix).max(axis=1) / self._largest_weight + np.float32(_TINY)
        whole = self._constant(f"{name}.w", np.rint(matrix / scales[:, None]).astype(np.int8).T)
        columns = self._constant(f"{name}.columns", scales.astype(np.float32))
        inputs = [rounded.integers, whole, "one", columns, rounded.zero]
        product = self._node("MatMulIntegerToFloat", inputs, f"{name}.unscaled", _MICROSOFT)
        if rest is not None:
            inputs = [rest, whole, "fine", columns, "middle"]
            self._node("MatMulIntegerToFloat", inputs, f"{name}.unscaled_rest", _MICROSOFT)
            product = self._node("Add", [product, f"{name}.unscaled_rest"], f"{name}.both")
        self._node("Unsqueeze", [rounded.scale, "after"], f"{name}.scales")
        return self._node("Mul", [product, f"{name}.scales"], f"{name}.product")

    def _sum(self, rows: str, before: str) -> str:
        return self._node("Add", [rows, before], f"{rows}.sum")

    def _norm(self, rows: str, name: str, output: str, added: NDArray[np.float32]) -> str:
        """The rows' layer norm, and ``added`` to it."""
        tensors = self._tensors
        scale = self._constant(f"{name}.w", tensors[f"{name}.w"])
        bias = self._constant(f"{name}.b", tensors[f"{name}.b"] + added)
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
        return self._nodes(operator, inputs, [output], domain, **options)[0]

    def _nodes(
        self,
        operator: str,
        inputs: Sequence[str],
        outputs: Sequence[str],
        domain: str = "",
        **options: Any,
    ) -> list[str]:
        from onnx import helper

        self.nodes.append(
            helper.make_node(operator, inputs, outputs, outputs[0], domain=domain, **options)
        )
        return list(outputs)
