"""The files beside a source: its metadata, its translation, the questions it answers."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_type_hints

from index.errors import SeedError, SeedFault
from index.labelled import read_lines
from index.passage import (
    Document,
    Language,
    Passage,
    PassageKind,
    PassageQuestion,
    RenderedPassage,
    Rendering,
    Work,
)
from index.reading.decoding import UnreadableError, decode

INTRODUCTION = "introduction"
"""Target of a question that the introduction answers."""


def read_work(file: str, content: bytes, *, title: str) -> Work:
    """What the metadata file of a source says; ``title`` where it gives none.

    Raises:
        SeedError: It is no TOML, or a fault for each key that is unknown or of a wrong type.
    """
    from pydantic import ConfigDict, ValidationError, create_model

    try:
        values = tomllib.loads(decode(content))
    except UnreadableError as error:
        raise SeedError([SeedFault(file, error.line, error.reason)]) from error
    except (ValueError, RecursionError) as error:  # ValueError also for numbers without end
        raise SeedError([SeedFault(file, None, f"is not valid TOML: {error}")]) from error
    fields: dict[str, Any] = {name: (kind, None) for name, kind in get_type_hints(Work).items()}
    config = ConfigDict(strict=True, extra="forbid")
    try:
        create_model("Metadata", __config__=config, **fields).model_validate(values)
    except ValidationError as error:
        # Of several faults of one key, as of a union's members, the last tells most.
        faults = {str(fault["loc"][0]): fault for fault in error.errors()}
        raise SeedError(
            [
                SeedFault(file, None, f"{key}: {faults[key]['msg']}")
                if key in fields
                else SeedFault(file, None, f"unknown key {key!r}; known: {', '.join(fields)}")
                for key in values
                if key in faults
            ]
        ) from error
    return Work(**{"title": title} | values)


def make_rendering(
    source: Document, passages: Sequence[Passage], *, text: str, file: str, language: Language
) -> Rendering:
    """A translation, once its numbers, titles and introduction are those of its source.

    Args:
        source: The document translated.
        passages: The translation's own passages.
        text: The translation's text.
        file: The translation's file.
        language: The translation's language.

    Raises:
        SeedError: A fault for each way in which the two differ; each names both files.
    """
    reasons = list(_differences(source, passages))
    if language == source.work.language:
        reasons.append(f"is in {language}, the language of {source.file} itself")
    if reasons:
        raise SeedError([SeedFault(file, None, reason) for reason in reasons])
    rendered = [
        RenderedPassage(
            text=passage.span.of(text),
            title=passage.title.of(text) if passage.title else None,
            sentences=tuple(sentence.of(text) for sentence in passage.sentences),
        )
        for passage in passages
    ]
    return Rendering(language, tuple(rendered))


def _differences(source: Document, passages: Sequence[Passage]) -> list[str]:
    own = {passage.thesis: passage for passage in passages if passage.thesis is not None}
    others = {passage.thesis: passage for passage in source.passages if passage.thesis is not None}
    reasons = []
    for numbers, wrong in (
        (sorted(others.keys() - own.keys()), "lacks thesis"),
        (sorted(own.keys() - others.keys()), "has, unlike its source, thesis"),
    ):
        if numbers:
            reasons.append(f"{wrong} {', '.join(map(str, numbers))} (source: {source.file})")
    for number in sorted(own.keys() & others.keys()):
        if (own[number].title is None) != (others[number].title is None):
            titled, untitled = ("it", source.file) if own[number].title else (source.file, "it")
            reasons.append(f"thesis {number} has a title in {titled} and none in {untitled}")
    kinds: tuple[tuple[PassageKind, str], ...] = (
        ("introduction", "before the theses"),
        ("paragraph", "after the theses" if others else "in all"),
    )
    for kind, where in kinds:
        ours, theirs = (
            sum(passage.kind == kind for passage in side) for side in (passages, source.passages)
        )
        if ours != theirs:
            reasons.append(f"has {ours} paragraphs {where}; {source.file} has {theirs}")
    return reasons


def read_questions(path: Path, source: Document) -> tuple[PassageQuestion, ...]:
    """The questions that a source's passages answer, in the order of the list.

    Raises:
        SeedError: A fault for each line of another form or about a thesis the source lacks.
    """
    positions = {str(p.thesis): i for i, p in enumerate(source.passages) if p.thesis is not None}
    for position, passage in enumerate(source.passages):
        if passage.kind == INTRODUCTION:
            positions.setdefault(INTRODUCTION, position)
    questions: list[PassageQuestion] = []
    entries, faults = read_lines(path)
    for labelled in entries:
        found = positions.get(labelled.target)
        if found is None:
            what = labelled.target[:40]
            reason = f"{source.file} holds no thesis {what}; give a thesis number or {INTRODUCTION}"
            if what == INTRODUCTION:
                reason = f"{source.file} has no introduction"
            faults.append(SeedFault(path.name, labelled.line, reason))
        else:
            questions.append(PassageQuestion(found, labelled.language, labelled.question))
    if faults:
        raise SeedError(sorted(faults, key=lambda fault: fault.line or 0))
    return tuple(questions)
