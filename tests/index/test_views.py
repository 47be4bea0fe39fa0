"""Every passage shows its sides in a fixed order, grouped by passage."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Document, Passage, Span
from index.passage import PassageKind, PassageQuestion, RenderedPassage, Rendering
from index.views import View, ViewKind, make_views
from tests.fakes import make_document

TITLE, FIRST, SECOND = "Über Kühe", "Kühe geben Milch.", "Sie fressen Gras."


def long_document() -> Document:
    """One titled passage of two sentences, then one passage of one sentence."""
    text = f"1. {TITLE}\n{FIRST} {SECOND}\n2. Hühner legen Eier.\n"
    spans = [
        Span(text.index(words), text.index(words) + len(words))
        for words in (TITLE, FIRST, SECOND, "Hühner legen Eier.")
    ]
    passages = (
        Passage("vieh", "thesis", 1, Span(0, spans[2].end), spans[0], tuple(spans[:3])),
        Passage("vieh", "thesis", 2, Span(text.index("2."), spans[3].end), None, (spans[3],)),
    )
    return replace(make_document("vieh", []), text=text, passages=passages)


def rendered(document: Document, *sentences: tuple[str, ...]) -> Document:
    passages = tuple(RenderedPassage(" ".join(own), None, own) for own in sentences)
    return replace(document, rendering=Rendering("en", passages))


def asked(document: Document, *questions: tuple[int, str]) -> Document:
    entries = tuple(PassageQuestion(place, "de", text) for place, text in questions)
    return replace(document, questions=entries)


def with_kinds(document: Document, kinds: list[PassageKind]) -> Document:
    passages = tuple(
        replace(passage, kind=kind) for passage, kind in zip(document.passages, kinds, strict=True)
    )
    return replace(document, passages=passages)


def shown(*documents: Document) -> list[tuple[int, ViewKind, str, int | None]]:
    return [(view.passage, view.kind, view.text, view.sentence) for view in make_views(documents)]


def test_a_passage_shows_its_whole_then_its_title_and_sentences() -> None:
    assert shown(long_document()) == [
        (0, "whole", f"{TITLE}\n{FIRST}\n{SECOND}", None),
        (0, "title", TITLE, 0),
        (0, "sentence", FIRST, 1),
        (0, "sentence", SECOND, 2),
        (1, "whole", "Hühner legen Eier.", None),
    ]


def test_a_passage_of_one_sentence_has_no_sentence_view() -> None:
    assert shown(make_document("a", ["Kühe geben Milch."])) == [
        (0, "whole", "Kühe geben Milch.", None)
    ]


def test_no_documents_and_no_passages_give_no_views() -> None:
    assert make_views([]) == ()
    assert make_views([make_document("a", [])]) == ()


def test_an_aligned_rendering_points_to_the_sentences_it_translates() -> None:
    document = rendered(
        long_document(), ("On cows", "Cows give milk.", "They eat grass."), ("Hens lay eggs.",)
    )
    views = [entry for entry in shown(document) if entry[1] in {"rendering", "rendered_sentence"}]
    assert views == [
        (0, "rendering", "On cows Cows give milk. They eat grass.", None),
        (0, "rendered_sentence", "On cows", 0),
        (0, "rendered_sentence", "Cows give milk.", 1),
        (0, "rendered_sentence", "They eat grass.", 2),
        (1, "rendering", "Hens lay eggs.", None),
        (1, "rendered_sentence", "Hens lay eggs.", 0),
    ]


def test_a_rendering_of_other_sentences_points_to_none() -> None:
    document = rendered(long_document(), ("Cows give milk.", "They eat grass."), ("Eggs.", "Hens."))
    views = [entry for entry in shown(document) if entry[1] == "rendered_sentence"]
    assert [sentence for *_, sentence in views] == [None] * 4


def test_questions_come_last_with_their_passage_and_in_their_order() -> None:
    document = asked(
        rendered(long_document(), ("a", "b", "c"), ("d",)),
        (1, "Eier?"),
        (0, "Gras?"),
        (0, "Milch?"),
    )
    views = shown(document)
    assert [entry for entry in views if entry[1] == "question"] == [
        (0, "question", "Gras?", None),
        (0, "question", "Milch?", None),
        (1, "question", "Eier?", None),
    ]
    own = [kind for passage, kind, *_ in views if passage == 0]
    assert own[-2:] == ["question", "question"]


def test_questions_of_the_introduction_hang_at_its_first_paragraph() -> None:
    document = asked(
        with_kinds(
            make_document("a", ["Vorab.", "Noch vorab.", "These."], numbers=[None, None, 1]),
            ["introduction", "introduction", "thesis"],
        ),
        (0, "Worum geht es?"),
        (2, "Was ist die These?"),
    )
    assert [entry[:3] for entry in shown(document) if entry[1] == "question"] == [
        (0, "question", "Worum geht es?"),
        (1, "question", "Worum geht es?"),
        (2, "question", "Was ist die These?"),
    ]


def test_questions_of_a_paragraph_stay_with_it() -> None:
    document = asked(
        make_document("a", ["Eins.", "Zwei."], numbers=[None, None]), (0, "Eins?"), (1, "Zwei?")
    )
    assert [entry[0] for entry in shown(document) if entry[1] == "question"] == [0, 1]


def test_all_views_are_embedded_with_the_prompt_of_questions() -> None:
    kinds: tuple[ViewKind, ...] = get_args(ViewKind)
    roles = {kind: View(0, kind, "x").role for kind in kinds}
    assert set(roles.values()) == {"query"}


def test_passages_count_on_from_document_to_document() -> None:
    first = asked(make_document("a", ["Eins.", "Zwei."]), (1, "Zwei?"))
    second = asked(make_document("b", ["Drei."]), (0, "Drei?"))
    assert [(entry[0], entry[2]) for entry in shown(first, second)] == [
        (0, "Eins."),
        (1, "Zwei."),
        (1, "Zwei?"),
        (2, "Drei."),
        (2, "Drei?"),
    ]


@given(st.lists(st.lists(st.text(min_size=1), max_size=4), max_size=4))
def test_every_passage_has_exactly_one_whole_and_passages_never_mix(
    texts: list[list[str]],
) -> None:
    views = make_views([make_document(str(i), bodies) for i, bodies in enumerate(texts)])
    owners = [view.passage for view in views]
    assert owners == sorted(owners)
    wholes = [view.passage for view in views if view.kind == "whole"]
    assert wholes == list(range(sum(len(bodies) for bodies in texts)))


@pytest.mark.parametrize("kind", ["sentence", "title"])
def test_sentence_views_show_the_sentence_they_name(kind: ViewKind) -> None:
    document = long_document()
    for view in make_views([document]):
        if view.kind == kind:
            assert view.sentence is not None
            span = document.passages[view.passage].sentences[view.sentence]
            assert document.quote(span) == view.text
