"""Doubles for the outer edges: vectors and findings that a person can predict, and small texts."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np

from index import Document, Finding, Hit, Language, Passage, Span, Work
from index.hits import Verdict
from index.passage import PassageKind
from index.vectors import Encoded, Progress, Vectors, unit
from index.views import Role

DIMENSION = 64


class HashEmbedder:
    """Each word is a direction drawn from its hash, so shared words mean closeness."""

    dimension = DIMENSION

    def __init__(self, fingerprint: str = "hash-1") -> None:
        self.fingerprint = fingerprint
        self.embedded: list[str] = []

    def encode(
        self, texts: Sequence[str], role: Role, *, progress: Progress | None = None
    ) -> Encoded:
        self.embedded += texts
        tokens = tuple(_word_vectors(text) for text in texts)
        vectors = np.zeros((len(texts), DIMENSION), np.float32)
        for row, states in enumerate(tokens):
            vectors[row] = states.sum(axis=0)
        if progress is not None:
            progress(len(texts), len(texts))
        return Encoded(unit(vectors), tokens)


def _word_vectors(text: str) -> Vectors:
    words = re.findall(r"\w+", text.lower()) or [""]
    rows = [
        np.random.default_rng(
            int.from_bytes(hashlib.sha256(word.encode("utf-8", "replace")).digest()[:8])
        ).standard_normal(DIMENSION)
        for word in words
    ]
    return unit(np.array(rows, np.float32))


class WordSearch:
    """Finds the passages that share long words with a question; half of them make an answer."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = documents

    def search(
        self,
        questions: Sequence[str],
        language: Language,
        *,
        top: int = 3,
        documents: Collection[str] | None = None,
    ) -> list[Finding]:
        return [self._find(question, top, documents) for question in questions]

    def _find(self, question: str, top: int, documents: Collection[str] | None) -> Finding:
        hits = [
            _hit(question, document, i)
            for document in self._documents
            if documents is None or document.name in documents
            for i in range(len(document.passages))
        ]
        hits.sort(key=lambda hit: -hit.score)
        best = hits[0].score if hits else 0.0
        verdict: Verdict = "answer" if best >= 0.5 else "unsure" if best else "none"
        return Finding(verdict, tuple(hits[:top]))


def _hit(question: str, document: Document, at: int) -> Hit:
    passage = document.passages[at]
    texts = [document.quote(span) for span in passage.sentences]
    rendered = document.rendering.passages[at].text if document.rendering else ""
    wanted = _stems(question)
    score = len(wanted & _stems(" ".join([*texts, rendered]))) / max(1, len(wanted))
    counts = [len(wanted & _stems(text)) for text in texts]
    marked = passage.sentences[counts.index(max(counts))] if len(texts) > 1 else None
    return Hit(document, passage, score, marked, {"words": score})


def _stems(text: str) -> set[str]:
    """The first five letters of its words of more than three."""
    return {word[:5] for word in re.findall(r"\w{4,}", text.casefold())}


def make_document(
    name: str,
    bodies: Sequence[str],
    *,
    numbers: Sequence[int | None] | None = None,
    work: Work | None = None,
) -> Document:
    """A document of one passage a body, numbered from 1 unless ``numbers`` says otherwise."""
    text = ""
    passages = []
    for i, body in enumerate(bodies):
        number = numbers[i] if numbers is not None else i + 1
        start = len(text)
        text += f"{number}. " if number else ""
        sentence = Span(len(text), len(text) + len(body))
        kind: PassageKind = "thesis" if number else "paragraph"
        text += body
        passages.append(Passage(name, kind, number, Span(start, len(text)), None, (sentence,)))
        text += "\n"
    return Document(name, f"{name}.txt", name, text, work or Work(name), tuple(passages))


def write_seeds(folder: Path, texts: Mapping[str, Sequence[str]]) -> Path:
    """A seeds folder with one numbered text a name."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, theses in texts.items():
        lines = [f"{number}. {thesis}" for number, thesis in enumerate(theses, 1)]
        (folder / f"{name}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
