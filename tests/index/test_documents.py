"""Documents come back from a file as they were, whatever their texts hold."""

from __future__ import annotations

import gc
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import Work
from index.documents import dump_documents, read_documents
from tests.fakes import make_document

BREAKS = "a\r\nb\rc\nd\u2028e\u0085f\0g„ß🙂\\n"


@settings(deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from(BREAKS))))
def test_documents_come_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, bodies: list[str]
) -> None:
    path = tmp_path_factory.mktemp("documents") / "documents.jsonl"
    one = make_document("eins", [*bodies, BREAKS], work=Work(BREAKS, year=2011))
    documents = (one, replace(make_document("zwei", bodies), file="zwei.md"))
    path.write_bytes(dump_documents(documents))
    assert read_documents(path) == documents
    assert path.read_bytes().count(b"\n") == len(documents)


@pytest.mark.parametrize("is_collecting", [True, False])
def test_collecting_of_unused_objects_goes_on_as_before_even_after_faults(
    is_collecting: bool, tmp_path: Path
) -> None:
    path = tmp_path / "documents.jsonl"
    path.write_bytes(b"{}\n")
    before = gc.isenabled()
    try:
        (gc.enable if is_collecting else gc.disable)()
        with pytest.raises(ValueError, match="Document"):
            read_documents(path)
        assert gc.isenabled() == is_collecting
    finally:
        (gc.enable if before else gc.disable)()
