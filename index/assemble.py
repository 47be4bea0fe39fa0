"""Documents and a model to an index in memory; what an older index already has is not embedded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from index.background import LANGUAGES, Background
from index.calibrate import calibrate
from index.contents import Arrays, IndexContents
from index.evidence import Centres, encode_question
from index.nearest import Rows
from index.passage import Document
from index.ranking import Ranker
from index.scoring import WEIGHTS, BackgroundQuestions, Weights
from index.vectors import Embedder, Encoded, Progress, Vectors, unit
from index.views import Role, View, ViewTable, make_views
from index.words import WordIndex

_WITH_TOKENS = {"whole", "rendering"}
_WORDED = {"whole", "rendering", "question"}

_AT_ONCE = 1_024  # texts embedded before what is not kept of them is let go

Key = tuple[Role, str]
"""What decides a view's vector: its role and its text."""


@dataclass(frozen=True, slots=True)
class Known:
    """What an older index of the same model has already embedded.

    Attributes:
        vectors: By role and text, (dimension,) each.
        tokens: For the texts that passages keep tokens of: centred, unit length, float16.
        background: Its background as ``Arrays`` has it; None if the texts have changed.
    """

    vectors: Mapping[Key, Vectors]
    tokens: Mapping[Key, NDArray[np.float16]]
    background: Arrays | None


NOTHING_KNOWN = Known({}, {}, None)


@dataclass(frozen=True, slots=True)
class _Ground:
    """The embedded background."""

    questions: Encoded
    passage_centre: Vectors


def know(contents: IndexContents, *, same_background: bool) -> Known:
    """What can be taken over from ``contents``."""
    vectors: dict[Key, Vectors] = {}
    tokens: dict[Key, NDArray[np.float16]] = {}
    arrays = contents.arrays
    start = 0
    views = make_views(contents.documents)
    for row, (view, count) in enumerate(zip(views, arrays.view_tokens, strict=True)):
        key = (view.role, view.text)
        vectors[key] = arrays.vectors[row]
        if view.kind in _WITH_TOKENS:
            tokens[key] = arrays.tokens[start : start + count]
        start += count
    return Known(vectors, tokens, arrays if same_background else None)


def assemble(
    documents: Sequence[Document],
    embedder: Embedder,
    background: Background,
    *,
    known: Known = NOTHING_KNOWN,
    false_answer_rate: float,
    progress: Progress | None = None,
) -> tuple[IndexContents, int]:
    """The index over ``documents``, and how many texts were embedded for it.

    Args:
        documents: At least one passage among them.
        embedder: The model.
        background: The general texts to calibrate with.
        known: What need not be embedded again.
        false_answer_rate: See ``calibrate``.
        progress: Told of the texts embedded.
    """
    views = make_views(documents)
    ground = _embed_background(background, embedder, known, progress)
    missing = _missing(views, known)
    vectors, tokens = _embed(missing, embedder, ground.passage_centre, progress)
    arrays = _arrays(views, {**known.vectors, **vectors}, {**known.tokens, **tokens}, ground)
    centres = Centres(
        {
            language: _centre(ground.questions.tokens, background.languages, language)
            for language in LANGUAGES
        },
        ground.passage_centre,
    )
    contents = IndexContents(
        tuple(documents),
        ViewTable.of(views),
        arrays,
        Rows.of(arrays.vectors, arrays.background),
        WordIndex.of(_worded(views), [*background.questions, *background.passages]),
        centres,
        {},
    )
    return calibrated(contents, background, false_answer_rate), len(missing)


def _worded(views: Sequence[View]) -> list[str]:
    """The wording of each passage."""
    texts = [""] * (views[-1].passage + 1)
    for view in views:
        if view.kind in _WORDED:
            texts[view.passage] += f"{view.text}\n"
    return texts


def calibrated(
    contents: IndexContents,
    background: Background,
    false_answer_rate: float,
    weights: Weights = WEIGHTS,
) -> IndexContents:
    """The same index with scale and thresholds measured; nothing is embedded.

    Args:
        contents: An index whose ``arrays`` hold ``background``, embedded.
        background: The general texts to calibrate with.
        false_answer_rate: See ``calibrate``.
        weights: How much each kind of evidence counts.
    """
    arrays = contents.arrays
    encoded = _stored_questions(arrays)
    questions = [
        encode_question(encoded, row, text, language, contents.centres)
        for row, (text, language) in enumerate(
            zip(background.questions, background.languages, strict=True)
        )
    ]
    measured = calibrate(
        Ranker(replace(contents, weights=weights)),
        questions,
        background.languages,
        BackgroundQuestions(arrays.background),
        false_answer_rate,
    )
    return replace(contents, calibrations=measured, weights=weights)


def _stored_questions(arrays: Arrays) -> Encoded:
    states = np.split(arrays.background_tokens, arrays.background_token_ends[:-1])
    return Encoded(arrays.background, tuple(state.astype(np.float32) for state in states))


def _embed_background(
    background: Background, embedder: Embedder, known: Known, progress: Progress | None
) -> _Ground:
    if known.background is not None:
        arrays = known.background
        return _Ground(_stored_questions(arrays), arrays.background_passage_centre)
    questions = embedder.encode(background.questions, "query", progress=progress)
    # Rounded as they are stored, so that a rebuild from the stored ones gives the same bytes.
    rounded = tuple(state.astype(np.float16).astype(np.float32) for state in questions.tokens)
    passages = embedder.encode(background.passages, "query", progress=progress)
    return _Ground(Encoded(questions.vectors, rounded), _mean(passages.tokens))


def _missing(views: Sequence[View], known: Known) -> dict[Key, bool]:
    """What must be embedded, and whether its token states are kept.

    A sentence that has become a passage of its own is embedded again for them.
    """
    missing: dict[Key, bool] = {}
    for view in views:
        key = (view.role, view.text)
        is_kept = view.kind in _WITH_TOKENS
        if key not in known.vectors or (is_kept and key not in known.tokens):
            missing[key] = missing.get(key, False) or is_kept
    return missing


def _embed(
    missing: Mapping[Key, bool], embedder: Embedder, centre: Vectors, progress: Progress | None
) -> tuple[dict[Key, Vectors], dict[Key, NDArray[np.float16]]]:
    """Vectors of all that is missing, and token states where these are kept.

    A number of texts at a time, for the states of all take a hundred times the memory of what is
    kept; those of like length together, which the model reads quicker.
    """
    vectors: dict[Key, Vectors] = {}
    tokens: dict[Key, NDArray[np.float16]] = {}
    ordered = sorted(missing, key=lambda key: (key[0], -len(key[1])))
    for role, own in groupby(ordered, key=lambda key: key[0]):
        keys = list(own)
        for start in range(0, len(keys), _AT_ONCE):
            some = keys[start : start + _AT_ONCE]
            told = None if progress is None else partial(_tell, progress, start, len(keys))
            encoded = embedder.encode([text for _, text in some], role, progress=told)
            for key, vector, states in zip(some, encoded.vectors, encoded.tokens, strict=True):
                vectors[key] = vector
                if missing[key]:
                    tokens[key] = unit(states - centre).astype(np.float16)
    return vectors, tokens


def _tell(progress: Progress, before: int, total: int, done: int, _: int) -> None:
    """Tell of the texts done of all, where ``done`` may count pieces of some of them."""
    progress(min(before + done, total), total)


def _arrays(
    views: Sequence[View],
    vectors: Mapping[Key, Vectors],
    tokens: Mapping[Key, NDArray[np.float16]],
    ground: _Ground,
) -> Arrays:
    kept = [tokens[view.role, view.text] if view.kind in _WITH_TOKENS else None for view in views]
    view_tokens = np.array([0 if states is None else len(states) for states in kept], np.int64)
    ends = np.cumsum(view_tokens)
    owners = np.array([view.passage for view in views])
    last_views = np.flatnonzero(np.append(owners[1:] != owners[:-1], True))
    states = ground.questions.tokens
    return Arrays(
        vectors=np.stack([vectors[view.role, view.text] for view in views]),
        tokens=np.concatenate([states for states in kept if states is not None]),
        view_tokens=view_tokens,
        token_ends=ends[last_views],
        background=ground.questions.vectors,
        background_tokens=np.concatenate(states).astype(np.float16),
        background_token_ends=np.cumsum([len(state) for state in states]),
        background_passage_centre=ground.passage_centre,
    )


def _centre(tokens: Sequence[Vectors], languages: Sequence[str], language: str) -> Vectors:
    own = [states for states, other in zip(tokens, languages, strict=True) if other == language]
    return _mean(own)


def _mean(states: Sequence[Vectors]) -> Vectors:
    """The mean of all rows; zeros where there are none."""
    rows = np.concatenate(states)
    mean: Vectors = rows.sum(axis=0) / np.float32(max(1, len(rows)))
    return mean
