"""Documents in a file, one a line, so that only one is taken apart at a time."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from index.passage import Document


def dump_documents(documents: Sequence[Document]) -> bytes:
    """The documents as JSON, which has no line breaks within, a line each."""
    from pydantic import TypeAdapter

    adapter = TypeAdapter(Document)
    return b"".join(adapter.dump_json(document) + b"\n" for document in documents)


def read_documents(path: Path) -> tuple[Document, ...]:
    """What ``dump_documents`` gave, from a file.

    Raises:
        OSError: It cannot be read.
        ValueError: It holds something else.
    """
    from pydantic import TypeAdapter

    with path.open("rb") as lines, _nothing_collected():
        return tuple(map(TypeAdapter(Document).validate_json, lines))


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """What is made stays: to walk over it again and again takes as long as making it."""
    was_collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_collecting:
            gc.enable()
