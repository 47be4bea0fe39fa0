"""Build and ask beside plain sentence-transformers with a flat FAISS index, in one process.

Run as ``python -m tests.benchmarks.compare`` (or ``make bench``). Both sides use the same model,
texts and questions; "plain" embeds every passage whole and takes the nearest. Questions are asked
of both by turns, so that what else the machine does falls on both alike. Times are milliseconds,
but only the ratios mean something on another machine.
"""

from __future__ import annotations

import argparse
import json
import platform
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from index import Document, Searcher
from index.assemble import assemble
from index.background import load_background
from index.engine import load_embedder
from index.labelled import read_labelled
from index.model import prepare_model
from index.seeds import read_seeds
from tests.labelled import CORPORA, folder_of

WARM_UP = 10


class Plain:
    """What one writes in ten lines: whole passages, one vector each, nearest first."""

    def __init__(self, folder: Path) -> None:
        from sentence_transformers import SentenceTransformer

        self.model = SentenceTransformer(str(folder), device="cpu")

    def build(self, passages: Sequence[str]) -> None:
        import faiss

        vectors = self.model.encode_document(list(passages), normalize_embeddings=True)
        self.index = faiss.IndexFlatIP(vectors.shape[1])
        self.index.add(vectors)

    def ask(self, question: str) -> int:
        vector = self.model.encode_query([question], normalize_embeddings=True)
        return int(self.index.search(vector, 3)[1][0, 0])


def passages_of(documents: Sequence[Document]) -> list[str]:
    """All passages, as they are embedded."""
    return [
        "\n".join(document.quote(sentence) for sentence in passage.sentences)
        for document in documents
        for passage in document.passages
    ]


def timed(act: Callable[[], object]) -> float:
    """How long it takes, in milliseconds."""
    started = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - started)


def compare(texts: Path, questions: Sequence[str]) -> dict[str, Any]:
    """All figures; a ratio is ours by plain."""
    source = prepare_model("bundled")
    plain, embedder = Plain(Path(source.location)), load_embedder("bundled")
    documents, background = read_seeds(texts), load_background()
    passages = passages_of(documents)
    plain.model.encode_document(passages[:8])
    plain_build = timed(lambda: plain.build(passages))
    started = time.perf_counter()
    contents, _ = assemble(documents, embedder, background, false_answer_rate=0.05)
    our_build = 1000 * (time.perf_counter() - started)
    searcher = Searcher(contents, embedder)
    times: dict[str, list[float]] = {"plain": [], "ours": []}
    for question in [*questions[:WARM_UP], *questions]:
        times["plain"].append(timed(partial(plain.ask, question)))
        times["ours"].append(timed(partial(searcher.search, [question], "de")))
    asked = {name: np.array(values[WARM_UP:]) for name, values in times.items()}
    figures = {
        "build": (plain_build, our_build),
        "ask, median": tuple(float(np.median(asked[name])) for name in ("plain", "ours")),
        "ask, 99th percentile": tuple(
            float(np.percentile(asked[name], 99)) for name in ("plain", "ours")
        ),
    }
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}",
        "passages": len(passages),
        "questions": len(questions),
        "background": len(background.questions) + len(background.passages),
        "figures": {
            name: {"plain_ms": round(a, 2), "ours_ms": round(b, 2), "ratio": round(b / a, 3)}
            for name, (a, b) in figures.items()
        },
    }


def show(result: dict[str, Any]) -> None:
    print(f"{result['date']}, {result['machine']}")
    print(f"{result['passages']} passages, {result['questions']} questions, ", end="")
    print(f"{result['background']} background texts that only we embed")
    for name, figure in result["figures"].items():
        print(
            f"{name:>22}: plain {figure['plain_ms']:9.1f} ms, ours {figure['ours_ms']:9.1f} ms, ",
            end="",
        )
        print(f"ratio {figure['ratio']:.2f}")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument(
        "--texts", type=Path, help="folder of texts; the project's own if left out"
    )
    arguments.add_argument("--questions", type=Path, nargs="+", help="files of labelled questions")
    arguments.add_argument("--json", action="store_true", help="print one JSON object")
    chosen = arguments.parse_args()
    files = chosen.questions or sorted(CORPORA.glob("*.tsv"))
    questions = [entry.question for file in files for entry in read_labelled(file)]
    with folder_of(*CORPORA.glob("*.txt")) as own:
        result = compare(chosen.texts or own, questions)
    if chosen.json:
        print(json.dumps(result))
    else:
        show(result)


if __name__ == "__main__":
    main()
