"""Other frameworks over the same texts, each as its own documentation would write it.

Run by ``tests.benchmarks.others`` in an environment that has them; imports nothing of this project.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.figures import FIRST, MEMORY, asked, built, proportional

QUIET = {
    "ANONYMIZED_TELEMETRY": "False",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "HF_HUB_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "TQDM_DISABLE": "1",
}
QUERY, PASSAGE = "query: ", "passage: "

Build = Callable[[Sequence[str]], None]
Ask = Callable[[str], int]
"""From a question to the position of the nearest passage."""


@dataclass(frozen=True)
class Plain:
    """sentence-transformers with a flat FAISS index."""

    model: str
    folder: Path

    def builder(self) -> Build:
        import faiss

        model = load(self.model)

        def build(passages: Sequence[str]) -> None:
            vectors = model.encode_document(list(passages), normalize_embeddings=True)
            index = faiss.IndexFlatIP(vectors.shape[1])
            index.add(vectors)
            faiss.write_index(index, str(self.folder / "flat.faiss"))

        return build

    def asker(self) -> Ask:
        import faiss

        model = load(self.model)
        index = faiss.read_index(str(self.folder / "flat.faiss"))

        def ask(question: str) -> int:
            vector = model.encode_query([question], normalize_embeddings=True)
            return int(index.search(vector, 3)[1][0, 0])

        return ask


@dataclass(frozen=True)
class Txtai:
    """txtai's embeddings database."""

    model: str
    folder: Path

    def builder(self) -> Build:
        from txtai import Embeddings

        instructions = {"query": QUERY, "data": PASSAGE}
        embeddings = Embeddings(path=self.model, instructions=instructions, gpu=False)

        def build(passages: Sequence[str]) -> None:
            embeddings.index(list(enumerate(passages)))
            embeddings.save(str(self.folder / "txtai"))

        return build

    def asker(self) -> Ask:
        from txtai import Embeddings

        embeddings = Embeddings()
        embeddings.load(str(self.folder / "txtai"))
        return lambda question: int(embeddings.search(question, 3)[0][0])


@dataclass(frozen=True)
class Haystack:
    """Haystack's in-memory store with its sentence-transformers components."""

    model: str
    folder: Path

    def builder(self) -> Build:
        from haystack import Document
        from haystack.document_stores.in_memory import InMemoryDocumentStore
        from haystack_integrations.components.embedders.sentence_transformers import (
            SentenceTransformersDocumentEmbedder,
        )

        embedder = SentenceTransformersDocumentEmbedder(prefix=PASSAGE, **self._options())
        embedder.warm_up()

        def build(passages: Sequence[str]) -> None:
            documents = [Document(id=str(i), content=text) for i, text in enumerate(passages)]
            store = InMemoryDocumentStore()
            store.write_documents(embedder.run(documents)["documents"])
            store.save_to_disk(str(self.folder / "haystack.json"))

        return build

    def asker(self) -> Ask:
        from haystack import Pipeline
        from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
        from haystack.document_stores.in_memory import InMemoryDocumentStore
        from haystack_integrations.components.embedders.sentence_transformers import (
            SentenceTransformersTextEmbedder,
        )

        store = InMemoryDocumentStore.load_from_disk(str(self.folder / "haystack.json"))
        embedder = SentenceTransformersTextEmbedder(prefix=QUERY, **self._options())
        pipeline = Pipeline()
        pipeline.add_component("embedder", embedder)
        pipeline.add_component("retriever", InMemoryEmbeddingRetriever(store, top_k=3))
        pipeline.connect("embedder.embedding", "retriever.query_embedding")
        pipeline.warm_up()

        def ask(question: str) -> int:
            found = pipeline.run({"embedder": {"text": question}})
            return int(found["retriever"]["documents"][0].id)

        return ask

    def _options(self) -> dict[str, Any]:
        from haystack.utils import ComponentDevice

        device = ComponentDevice.from_str("cpu")
        quiet = {"normalize_embeddings": True, "progress_bar": False}
        return {"model": self.model, "device": device, **quiet}


@dataclass(frozen=True)
class Chroma:
    """Chroma on disk, with vectors by sentence-transformers."""

    model: str
    folder: Path

    def builder(self) -> Build:
        model, collection = load(self.model), self._collection()

        def build(passages: Sequence[str]) -> None:
            vectors = model.encode_document(list(passages), normalize_embeddings=True)
            ids = [str(i) for i in range(len(passages))]
            collection.add(ids=ids, documents=list(passages), embeddings=vectors)

        return build

    def asker(self) -> Ask:
        model, collection = load(self.model), self._collection()

        def ask(question: str) -> int:
            vector = model.encode_query([question], normalize_embeddings=True)
            return int(collection.query(query_embeddings=vector, n_results=3)["ids"][0][0])

        return ask

    def _collection(self) -> Any:
        import chromadb

        client = chromadb.PersistentClient(str(self.folder / "chroma"))
        return client.get_or_create_collection(
            "texts", configuration={"hnsw": {"space": "ip"}}, embedding_function=None
        )


def load(model: str) -> Any:
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(model, device="cpu")


CONTENDERS: dict[str, type[Plain | Txtai | Haystack | Chroma]] = {
    "plain": Plain,
    "txtai": Txtai,
    "Haystack": Haystack,
    "Chroma": Chroma,
}


def work(side: str, task: str, folder: Path, started: float) -> dict[str, Any]:
    """What one process measures; for ``ask`` also the passage found first for each question."""
    given = json.loads((folder / "given.json").read_text(encoding="utf-8"))
    contender = CONTENDERS[side](given["model"], folder)
    if task == "build":
        build = contender.builder()
        return dict(built(lambda: build(given["passages"])))
    ask, questions = contender.asker(), given["questions"]
    ask(questions[0])
    first = time.time() - started
    figures, found = asked(ask, questions)
    return {FIRST: first, **figures, MEMORY: proportional(), "found": found}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("side", "task", "folder", "started"):
        parser.add_argument(name)
    given = parser.parse_args()
    os.environ |= QUIET
    print(json.dumps(work(given.side, given.task, Path(given.folder), float(given.started))))


if __name__ == "__main__":
    main()
