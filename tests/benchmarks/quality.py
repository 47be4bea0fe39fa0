"""Why each part of the search is there: quality with it and without it, as Markdown tables.

Run as ``python -m tests.benchmarks.quality``; ``--xquad DIR`` adds the paragraphs of XQuAD (a
folder with ``de/``, ``en/`` and ``questions.tsv``), which is not part of this repository. Figures
are over the lines marked dev, on which the weights were chosen; ``--split test`` takes those that
nothing was chosen on.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bot.answer import Answerer
from bot.evaluation import ALL, Case, Row, measure, read_cases, tabulate
from bot.language import LanguageDetector
from index import Document, Searcher
from index.assemble import assemble, calibrated
from index.background import load_background
from index.contents import IndexContents
from index.engine import load_embedder
from index.scoring import WEIGHTS, Weights
from index.seeds import read_seeds
from index.vectors import Embedder, Encoded, Progress, Vectors
from index.views import Role
from tests.labelled import CORPORA, EVAL, folder_of

ROOT = Path(__file__).parents[2]
BVDW = "bvdw-zehn-thesen-2011"
OTHERS = {"dev": ("handwerk", "schule"), "test": ("reformation", "stadtverkehr", "vereine")}
RATE = 0.05
LANGUAGES = ("de", "en")

VARIANTS: dict[str, Weights] = {
    "everything": WEIGHTS,
    "no whole passage": replace(WEIGHTS, whole=0.0),
    "no sentences": replace(WEIGHTS, sentence=0.0),
    "no tokens": replace(WEIGHTS, tokens=0.0),
    "no words": replace(WEIGHTS, words=0.0),
    "no written questions": replace(WEIGHTS, asked=0.0),
    "no introduction handicap": replace(WEIGHTS, introduction=0.0),
    "no nearness to general questions": replace(WEIGHTS, nearness=0.0),
}


class RememberingEmbedder:
    """Embeds each text once, however often it is asked for."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[tuple[Role, str], tuple[Vectors, Vectors]] = {}
        self.fingerprint = embedder.fingerprint
        self.dimension = embedder.dimension

    def encode(
        self, texts: Sequence[str], role: Role, *, progress: Progress | None = None
    ) -> Encoded:
        new = [text for text in dict.fromkeys(texts) if (role, text) not in self._known]
        encoded = self._embedder.encode(new, role, progress=progress)
        for row, text in enumerate(new):
            self._known[role, text] = encoded.vectors[row], encoded.tokens[row]
        found = [self._known[role, text] for text in texts]
        vectors = np.array([vector for vector, _ in found], np.float32)
        return Encoded(vectors.reshape(len(found), self.dimension), tuple(t for _, t in found))


@dataclass(frozen=True)
class Bench:
    """A corpus with its questions, its index built once."""

    documents: tuple[Document, ...]
    contents: IndexContents
    cases: tuple[Case, ...]
    embedder: Embedder

    @classmethod
    def over(cls, seeds: Path, questions: Path, split: str | None, embedder: Embedder) -> Bench:
        documents = read_seeds(seeds)
        contents, _ = assemble(documents, embedder, load_background(), false_answer_rate=RATE)
        return cls(documents, contents, read_cases(questions, documents, split=split), embedder)

    def rows(self, weights: Weights = WEIGHTS) -> dict[str, Row]:
        """The figures by language of the question."""
        contents = calibrated(self.contents, load_background(), RATE, weights)
        searcher = Searcher(contents, self.embedder)
        measured = measure(Answerer(self.documents, searcher, LanguageDetector()), self.cases)
        return {row.language: row for row in tabulate(measured) if row.kind == ALL}


def bvdw(split: str, embedder: Embedder, endings: Sequence[str]) -> Bench:
    """The BVDW theses with only some of the files beside them."""
    with folder_of(*(ROOT / "seeds" / f"{BVDW}{ending}" for ending in endings)) as folder:
        return Bench.over(folder, EVAL / "bvdw.tsv", split, embedder)


def corpus(name: str, embedder: Embedder) -> Bench:
    """One of the project's numbered texts that have nothing beside them."""
    with folder_of(CORPORA / f"{name}.txt") as folder:
        return Bench.over(folder, CORPORA / f"{name}.tsv", None, embedder)


def share(row: Row, name: str) -> str:
    figure = getattr(row, name)
    return "–" if figure is None else f"{figure.value:.3f}"


def print_table(head: Sequence[str], lines: Iterator[Sequence[str]]) -> None:
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for line in lines:
        print("| " + " | ".join(line) + " |", flush=True)
    print()


def print_reach(benches: dict[str, Bench]) -> None:
    """What everything together reaches."""
    names = ("recall_1", "recall_3", "false_answers", "wrong_refusals", "unsure", "auroc")
    head = ["questions about", "asked in", "number", *names]

    def lines() -> Iterator[Sequence[str]]:
        for name, bench in benches.items():
            for language, row in bench.rows().items():
                if language != ALL:
                    yield [name, language, str(row.questions), *(share(row, n) for n in names)]

    print_table(head, lines())


def print_ablation(benches: dict[str, Bench]) -> None:
    """recall@1 and AUROC with one part taken away at a time."""
    head = ["", *(f"{name}, {language}" for name in benches for language in LANGUAGES)]

    def lines() -> Iterator[Sequence[str]]:
        for variant, weights in VARIANTS.items():
            cells = [variant]
            for bench in benches.values():
                rows = bench.rows(weights)
                for language in LANGUAGES:
                    recall, area = (share(rows[language], n) for n in ("recall_1", "auroc"))
                    cells.append(recall if area == "–" else f"{recall} / {area}")
            yield cells

    print("recall@1 / AUROC")
    print_table(head, lines())


def half_indexed(xquad: Path, language: str, embedder: Embedder) -> Bench:
    """The first half of the articles indexed; questions about the others have no answer."""
    sources = sorted((xquad / language).iterdir())
    sources = sources[: len(sources) // 2]
    kept = {path.stem for path in sources}
    with folder_of(*sources) as folder, tempfile.NamedTemporaryFile("w", suffix=".tsv") as out:
        for line in (xquad / "questions.tsv").read_text(encoding="utf-8").splitlines():
            target, _, rest = line.partition("\t")
            if rest and not line.startswith("#"):
                out.write(f"{target if target in kept else 'none'}\t{rest}\n")
        out.flush()
        return Bench.over(folder, Path(out.name), None, embedder)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--xquad", type=Path, help="folder with de/, en/, questions.tsv")
    arguments.add_argument("--split", choices=list(OTHERS), default="dev")
    chosen = arguments.parse_args()
    if chosen.xquad is not None and not (chosen.xquad / "questions.tsv").is_file():
        sys.exit(f"{chosen.xquad}: no questions.tsv; XQuAD's folder is needed")
    embedder = RememberingEmbedder(load_embedder("bundled"))
    own = {
        "BVDW": bvdw(chosen.split, embedder, (".txt", ".toml", ".en.txt", ".questions.tsv")),
        "BVDW, no questions": bvdw(chosen.split, embedder, (".txt", ".toml", ".en.txt")),
        "BVDW, no translation": bvdw(chosen.split, embedder, (".txt", ".toml", ".questions.tsv")),
        "BVDW alone": bvdw(chosen.split, embedder, (".txt", ".toml")),
    }
    corpora = {name: corpus(name, embedder) for name in OTHERS[chosen.split]}
    xquad, halves = {}, {}
    if chosen.xquad is not None:
        for language in LANGUAGES:
            name, questions = f"XQuAD in {language}", chosen.xquad / "questions.tsv"
            xquad[name] = Bench.over(chosen.xquad / language, questions, None, embedder)
            halves[f"{name}, half"] = half_indexed(chosen.xquad, language, embedder)
    print_reach(own | corpora | xquad | halves)
    if chosen.split == "dev":
        print_ablation({"BVDW": own["BVDW"], "BVDW alone": own["BVDW alone"], **corpora, **xquad})


if __name__ == "__main__":
    main()
