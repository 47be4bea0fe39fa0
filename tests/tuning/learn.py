"""Learn the adapter of the bundled model: ``python -m tests.tuning.learn FILE`` writes it.

Questions are drawn to the passages that answer them and away from the others, and passages to their
questions and away from those that nothing answers (InfoNCE, van den Oord et al. 2018), by the kinds
of evidence that the index compares: whole passages, sentences and tokens. General questions and
statements shall stay where they are. Takes ten minutes on two cores; the figures
printed are over texts that nothing is learned from.
"""

from __future__ import annotations

import argparse
import math
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from rich.progress import track
from torch import Tensor
from torch.nn import Parameter, functional

from index.background import load_background
from index.scoring import WEIGHTS
from tests.tuning.encoder import AdaptedEncoder, States
from tests.tuning.lessons import Asked, Lesson, read_lessons


@dataclass(frozen=True, slots=True)
class Recipe:
    """How it is learned.

    Attributes:
        first: The lowest layer that learns, from 0.
        rank: Of the adapter's products.
        rounds: How often each text is seen.
        rate: Of learning, at its highest; rises over ten steps and falls along a cosine.
        aside: Texts that only figures are taken from.
        texts: In a step.
        questions: Of each passage in a step.
        unanswered: Questions of each text in a step that nothing answers.
        general: General texts in a step.
        alone: What each kind of evidence counts by itself, beside all together.
        backwards: What it counts that passages find their questions.
        still: What it counts that general texts stay.
    """

    first: int = 8
    rank: int = 16
    rounds: int = 1
    rate: float = 1e-3
    aside: int = 10
    texts: int = 4
    questions: int = 3
    unanswered: int = 5
    general: int = 32
    alone: float = 0.3
    backwards: float = 0.5
    still: float = 25.0


_SEED = 1  # of what is drawn
_RISE = 10  # steps
_LEAST_RATE = 0.05  # of the highest
_SHARPNESS = 1 / 0.03  # of the softmax, at first; learned
_SHARPNESS_ALONE = 50.0


class Learner:
    """Learns the adapter from lessons, step by step."""

    def __init__(
        self, encoder: AdaptedEncoder, general: Sequence[str], recipe: Recipe, steps: int
    ) -> None:
        """Prepare to learn.

        Args:
            encoder: With all texts of the lessons and ``general`` remembered.
            general: Texts that shall stay where they are.
            recipe: How it is learned.
            steps: How many there will be.
        """
        self._encoder, self._general, self._recipe = encoder, list(general), recipe
        self._steps, self._done = steps, 0
        self._random = random.Random(_SEED)
        with torch.no_grad():
            self._before = encoder.encode(self._general).vectors
        self._sharpness = Parameter(torch.full((3,), math.log(_SHARPNESS)))
        self._optimizer = torch.optim.AdamW(
            [
                {"params": encoder.parameters(), "weight_decay": 0.01},
                {"params": [self._sharpness], "lr": 0.01, "weight_decay": 0.0},
            ],
            lr=recipe.rate,
        )

    def step(self, lessons: Sequence[Lesson]) -> float:
        """Learn from some texts at once; gives the loss."""
        self._done += 1
        fall = 0.5 * (1 + math.cos(math.pi * self._done / self._steps))
        rate = min(1, self._done / _RISE) * (_LEAST_RATE + (1 - _LEAST_RATE) * fall)
        self._optimizer.param_groups[0]["lr"] = self._recipe.rate * rate
        loss = self._loss(lessons)
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self._encoder.parameters(), 1.0)
        self._optimizer.step()
        return loss.item()

    def _loss(self, lessons: Sequence[Lesson]) -> Tensor:
        questions, targets = self._draw_questions(lessons)
        sentences = [
            [self._random.choice(passage)] for lesson in lessons for passage in lesson.sentences
        ]
        passages = [passage for lesson in lessons for passage in lesson.passages]
        kinds = compare(self._encoder, questions, passages, sentences)
        together = weigh(kinds, self._sharpness.exp())
        answered = targets >= 0
        loss = functional.cross_entropy(together[answered], targets[answered])
        for kind in kinds:
            alone = functional.cross_entropy(_SHARPNESS_ALONE * kind[answered], targets[answered])
            loss = loss + self._recipe.alone * alone
        loss = loss + self._recipe.backwards * _backwards(together, targets)
        return loss + self._recipe.still * self._moved()

    def _draw_questions(self, lessons: Sequence[Lesson]) -> tuple[list[Asked], Tensor]:
        """Some questions of each passage, and the passage of each among all; -1 for none."""
        drawn: list[Asked] = []
        targets: list[int] = []
        first = 0
        for lesson in lessons:
            for place in [None, *range(len(lesson.passages))]:
                own = [question for question in lesson.questions if question.passage == place]
                most = self._recipe.unanswered if place is None else self._recipe.questions
                own = self._random.sample(own, min(len(own), most))
                drawn += own
                targets += [-1 if place is None else first + place] * len(own)
            first += len(lesson.passages)
        return drawn, torch.tensor(targets)

    def _moved(self) -> Tensor:
        """How far general texts have moved, 0 to 2."""
        rows = self._random.sample(range(len(self._general)), self._recipe.general)
        vectors = self._encoder.encode([self._general[row] for row in rows]).vectors
        return (1 - (vectors * self._before[rows]).sum(1)).mean()


def compare(
    encoder: AdaptedEncoder,
    questions: Sequence[Asked],
    passages: Sequence[str],
    sentences: Sequence[Sequence[str]],
) -> tuple[Tensor, Tensor, Tensor]:
    """Evidence by whole passages, by their nearest sentences and by tokens, (questions, passages).

    Args:
        encoder: The model.
        questions: What is asked.
        passages: What may answer.
        sentences: Of each of the passages, at least one.
    """
    asked = encoder.encode([question.words for question in questions])
    whole = encoder.encode(passages)
    parts = encoder.encode([sentence for own in sentences for sentence in own])
    owners = torch.tensor([place for place, own in enumerate(sentences) for _ in own])
    by_part = asked.vectors @ parts.vectors.T
    nearest = torch.full((len(questions), len(passages)), -1.0).scatter_reduce(
        1, owners.expand(len(questions), -1), by_part, "amax"
    )
    return asked.vectors @ whole.vectors.T, nearest, _late_interaction(asked, questions, whole)


def _late_interaction(asked: States, questions: Sequence[Asked], whole: States) -> Tensor:
    """As ``index.evidence``: mean over a question's tokens of the nearest token's cosine."""
    centres = torch.zeros(len(questions), 1, asked.tokens.shape[2])
    for language in {question.language for question in questions}:
        rows = torch.tensor([question.language == language for question in questions])
        own = States(asked.vectors[rows], asked.tokens[rows], asked.own[rows])
        centres[rows] = own.mean_token()
    shown = asked.own > 0
    tokens = functional.normalize(asked.tokens - centres, dim=-1)[shown]
    owners = torch.arange(len(questions))[:, None].expand(shown.shape)[shown]
    others = functional.normalize(whole.tokens - whole.mean_token(), dim=-1)
    cosines = (tokens @ others.flatten(0, 1).T).reshape(len(tokens), *others.shape[:2])
    nearest = cosines.masked_fill(whole.own == 0, -1.0).amax(2)
    summed = torch.zeros(len(questions), len(others)).index_add(0, owners, nearest)
    return summed / asked.own.sum(1, keepdim=True).clamp(min=1)


def weigh(kinds: Sequence[Tensor], scales: Tensor) -> Tensor:
    """All evidence together, weighted as the index does."""
    weights = torch.tensor([WEIGHTS.whole, WEIGHTS.sentence, WEIGHTS.tokens])
    return (torch.stack(list(kinds)) * (weights * scales)[:, None, None]).sum(0)


def _backwards(together: Tensor, targets: Tensor) -> Tensor:
    """How badly each passage tells each of its questions from all that are not its own."""
    by_passage = together.T / 2
    own = targets == torch.arange(len(by_passage))[:, None]
    others = by_passage.masked_fill(own, -torch.inf).logsumexp(1, keepdim=True)
    worse = torch.logaddexp(by_passage, others.expand_as(by_passage)) - by_passage
    return worse[own].mean()


@torch.no_grad()
def figures(encoder: AdaptedEncoder, lessons: Sequence[Lesson]) -> str:
    """recall@1, and how often an answered question scores above one that nothing answers."""
    found: list[float] = []
    above: list[float] = []
    for lesson in lessons:
        kinds = compare(encoder, lesson.questions, lesson.passages, lesson.sentences)
        together = weigh(kinds, torch.stack([1 / kind.std() for kind in kinds]))
        targets = torch.tensor(
            [-1 if question.passage is None else question.passage for question in lesson.questions]
        )
        answered = targets >= 0
        found += (together.argmax(1) == targets)[answered].float().tolist()
        best = together.amax(1)
        above += (best[answered][:, None] > best[~answered]).float().flatten().tolist()
    return f"recall@1 {sum(found) / len(found):.3f}, AUROC {sum(above) / len(above):.3f}"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("file", type=Path, help="where the adapter goes (.safetensors)")
    chosen = arguments.parse_args()
    recipe = Recipe()
    torch.manual_seed(0)
    lessons = read_lessons()
    random.Random(0).shuffle(lessons)
    aside, seen = lessons[: recipe.aside], lessons[recipe.aside :]
    background = load_background()
    general = [*background.questions, *background.passages]
    encoder = AdaptedEncoder(recipe.first, recipe.rank)
    texts = [*general, *(text for lesson in lessons for text in lesson.texts())]
    for _ in track(encoder.remember(texts), "reading", total=None):
        pass
    batches = math.ceil(len(seen) / recipe.texts)
    learner = Learner(encoder, general, recipe, recipe.rounds * batches)
    print(f"{len(seen)} texts; before: {figures(encoder, aside)}", flush=True)
    start = time.monotonic()
    for number in range(1, recipe.rounds + 1):
        random.Random(number).shuffle(seen)
        losses = [
            learner.step(seen[batch * recipe.texts : (batch + 1) * recipe.texts])
            for batch in track(range(batches), f"round {number}")
        ]
        _save(encoder, chosen.file)
        loss, minutes = sum(losses) / len(losses), (time.monotonic() - start) / 60
        print(f"{minutes:.0f} min, loss {loss:.3f}: {figures(encoder, aside)}", flush=True)


def _save(encoder: AdaptedEncoder, path: Path) -> None:
    from safetensors.numpy import save_file

    save_file(encoder.adapter(), path)


if __name__ == "__main__":
    main()
