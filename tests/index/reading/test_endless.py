"""PDFs that go round in circles or unpack without end are refused soon, in little memory."""

from __future__ import annotations

import resource
import zlib

import pytest

from index.reading import pdf
from index.reading.decoding import UnreadableError
from index.reading.pdf import read_pdf

_CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
_PAGES = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"


def written(*objects: bytes, more: bytes = b"") -> bytes:
    """A PDF of these objects, numbered from 1."""
    content, places = b"%PDF-1.4\n", []
    for number, words in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj%bendobj\n" % (number, words)
    start = len(content)
    content += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    content += b"".join(b"%010d 00000 n \n" % place for place in places)
    size = b"/Size %d" % (len(places) + 1)
    content += b"trailer<</Root 1 0 R%b%b>>\nstartxref\n%d\n%%%%EOF\n" % (size, more, start)
    return content


def stream(keys: bytes, content: bytes) -> bytes:
    return b"<<%b/Length %d>>stream\n%b\nendstream " % (keys, len(content), content)


def page(more: bytes) -> bytes:
    return b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]%b>>" % more


_FORM = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</A 5 0 R>>>>"
ENDLESS = {
    "a page tree that is its own child": lambda: written(
        _CATALOG, b"<</Type/Pages/Kids[2 0 R 2 0 R 2 0 R]/Count 3>>"
    ),
    "a table that comes after itself": lambda: written(
        _CATALOG, b"<</Type/Pages/Kids[]/Count 0>>", more=b"/Prev 98"
    ),
    "a form that draws itself twice": lambda: written(
        _CATALOG,
        _PAGES,
        page(b"/Contents 4 0 R/Resources<</XObject<</A 5 0 R>>>>"),
        stream(b"", b"/A Do"),
        stream(_FORM, b"/A Do /A Do"),
    ),
    "contents that hold themselves": lambda: written(
        _CATALOG, _PAGES, page(b"/Contents[4 0 R 4 0 R]"), b"[4 0 R 4 0 R]"
    ),
    "a hundred megabytes packed into one": lambda: written(
        _CATALOG,
        _PAGES,
        page(b"/Contents 4 0 R/Resources<<>>"),
        stream(b"/Filter/FlateDecode", zlib.compress(b"BT (x) Tj ET\n" * 8_000_000, 6)),
    ),
}


@pytest.mark.parametrize("kind", ENDLESS)
def test_a_pdf_without_end_is_refused_in_bounded_memory(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "_SECONDS", 30)
    with pytest.raises(UnreadableError) as caught:
        read_pdf(ENDLESS[kind]())
    assert "took more than" not in caught.value.reason
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    assert most <= pdf.MEMORY_BYTES


def test_a_pdf_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails without ``timeout`` (tried)."""
    monkeypatch.setattr(pdf, "_SECONDS", 0.01)
    with pytest.raises(UnreadableError, match="took more than"):
        read_pdf(ENDLESS["a form that draws itself twice"]())
