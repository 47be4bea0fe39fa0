"""A workplace has config, texts, index and model, each only when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.answer import ByMeaning, ByNumber, NoSuchThesis
from bot.config import Config
from bot.workplace import Workplace
from index import Language, ModelError, SeedError, StoreError, StoreMismatch
from index.engine import choose_engine
from index.vectors import Progress
from tests.conftest import silent
from tests.fakes import HashEmbedder, write_seeds

TEXTS = {
    "obst": ["Äpfel sind rot und rund.", "Birnen sind grün.", "Kirschen hängen hoch."],
    "vieh": ["Kühe geben Milch.", "Hühner legen Eier."],
}

pytestmark = pytest.mark.usefixtures("small_background")


class Loader:
    """Stands where models are loaded, and counts."""

    def __init__(self) -> None:
        self.loaded: list[HashEmbedder] = []
        self.fingerprint = "hash-1"

    def __call__(self, _: object) -> HashEmbedder:
        self.loaded.append(HashEmbedder(self.fingerprint))
        return self.loaded[-1]


@pytest.fixture
def loader(monkeypatch: pytest.MonkeyPatch) -> Loader:
    loader = Loader()
    monkeypatch.setattr("index.engine.load_embedder", loader)
    monkeypatch.setattr("index.engine.embedder_fingerprint", lambda _: loader.fingerprint)
    return loader


@pytest.fixture
def told() -> list[str]:
    return []


Make = Callable[..., Workplace]


@pytest.fixture
def make(tmp_path: Path, told: list[str], loader: Loader) -> Make:
    write_seeds(tmp_path / "seeds", TEXTS)

    def make_one(language: Language = "de", false_answer_rate: float = 0.05) -> Workplace:
        config = Config(
            seeds=tmp_path / "seeds",
            data=tmp_path / "data",
            language=language,
            false_answer_rate=false_answer_rate,
        )
        return Workplace(config, told.append, silent)

    return make_one


def test_theses_are_looked_up_without_model_or_index(
    make: Make, loader: Loader, told: list[str], tmp_path: Path
) -> None:
    answer = make().look_up("These 3")
    assert answer is not None
    assert isinstance(answer.outcome, ByNumber)
    assert (loader.loaded, told) == ([], [])
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_look_up_is_answered_in_the_configured_language(make: Make, language: Language) -> None:
    answer = make(language).look_up("9")
    assert answer is not None
    assert answer.language == language
    assert isinstance(answer.outcome, NoSuchThesis)


def test_a_look_up_of_no_number_is_none(make: Make) -> None:
    assert make().look_up("Wie sind Birnen?") is None


def test_an_answerer_needs_no_model_until_a_question_does(make: Make, loader: Loader) -> None:
    answerer = make().answerer()
    answerer.answer("These 3")
    answerer.answer("")
    assert loader.loaded == []
    answerer.answer("Wie sind Birnen?")
    assert len(loader.loaded) == 1


def test_the_model_is_loaded_and_the_index_built_once(
    make: Make, loader: Loader, told: list[str], tmp_path: Path
) -> None:
    workplace = make()
    workplace.prepare()
    outcome = workplace.answerer().answer("Birnen sind grün.").outcome
    workplace.answerer().answer("Kühe geben Milch.")
    assert isinstance(outcome, ByMeaning)
    assert outcome.quotes[0].passage.thesis == 2
    assert len(loader.loaded) == 1
    assert told == [
        f"building the index in {tmp_path / 'data'} …",
        "loading the model (bundled) …",
    ]


def test_an_index_that_is_current_is_not_built_again(make: Make, told: list[str]) -> None:
    make().prepare()
    told.clear()
    make().prepare()
    assert told == ["loading the model (bundled) …"]


def test_a_changed_text_is_found_without_a_build_being_asked_for(
    make: Make, tmp_path: Path
) -> None:
    make().prepare()
    write_seeds(tmp_path / "seeds", {"vieh": ["Gänse schnattern.", "Hühner legen Eier."]})
    outcome = make().answerer().answer("Gänse schnattern.").outcome
    assert isinstance(outcome, ByMeaning)
    best = outcome.quotes[0]
    assert best.document.quote(best.passage.span) == "1. Gänse schnattern."


def test_a_changed_setting_builds_the_index_anew(make: Make, told: list[str]) -> None:
    make().prepare()
    told.clear()
    make(false_answer_rate=0.1).prepare()
    assert told[0].startswith("building the index in ")


def test_answers_by_meaning_quote_the_texts_of_the_seeds_folder(make: Make) -> None:
    workplace = make()
    for document in workplace.documents:
        for passage in document.passages:
            question = document.quote(passage.sentences[0])
            outcome = workplace.answerer().answer(question).outcome
            best = outcome.quotes[0]
            assert (best.document, best.passage) == (document, passage)


def test_a_named_work_is_searched_alone(make: Make, tmp_path: Path) -> None:
    (tmp_path / "seeds" / "obst.toml").write_text('short_title = "Obst"\n', encoding="utf-8")
    answerer = make().answerer()
    for question, searched in (
        ("Wie sind Birnen?", {"obst", "vieh"}),
        ("Wie sind Birnen im Obst?", {"obst"}),
    ):
        outcome = answerer.answer(question, top=9).outcome
        assert {quote.document.name for quote in outcome.quotes} == searched


def test_a_dry_run_writes_nothing(make: Make, tmp_path: Path) -> None:
    assert make().build(dry_run=True).added == ("obst", "vieh")
    assert not (tmp_path / "data").exists()


def test_check_names_each_thing_and_its_fault(make: Make) -> None:
    workplace = make()
    (texts, model, index) = workplace.check()
    by_engine = f"model by {choose_engine('bundled').words}"
    assert (texts, model) == (("texts", None), (by_engine, None))
    assert index[0] == "index"
    assert "thesenbot build" in str(index[1])
    workplace.build()
    assert list(workplace.check()) == [("texts", None), (by_engine, None), ("index", None)]


def test_check_says_why_a_model_is_not_run_quickly(make: Make, tmp_path: Path) -> None:
    config = make().config.model_copy(update={"model": str(tmp_path)})
    names = [name for name, _ in Workplace(config, print, silent).check()]
    assert names[1].startswith("model by sentence-transformers, for only the bundled model")


def test_an_index_of_another_engine_is_built_anew(
    make: Make, loader: Loader, told: list[str]
) -> None:
    make().prepare()
    loader.fingerprint = "hash-2"
    told.clear()
    workplace = make()
    assert not workplace.is_current()
    workplace.prepare()
    assert "building the index" in " ".join(told)
    assert workplace.is_current()
    assert len(loader.loaded[-1].embedded) > 40  # nothing of the other's is taken over


def test_check_goes_on_after_a_fault(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_: str) -> None:
        raise ModelError("no model here")

    monkeypatch.setattr("index.engine.load_embedder", missing)
    (tmp_path / "seeds" / "leer.txt").write_bytes(b"")
    (_, texts), (_, model), (_, index) = make().check()
    assert "leer.txt" in str(texts)
    assert model == "no model here"
    assert index is not None


def test_faults_of_texts_model_and_index_are_retrieval_errors(make: Make, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("no folder", encoding="utf-8")
    with pytest.raises(StoreError):
        make().prepare()
    (tmp_path / "data").unlink()
    make().prepare()
    (tmp_path / "data" / "current").write_text("x", encoding="utf-8")
    with pytest.raises(StoreMismatch, match="thesenbot build"):
        make().prepare()
    (tmp_path / "seeds" / "leer.txt").write_bytes(b"")
    with pytest.raises(SeedError, match=r"leer\.txt"):
        _ = make().documents


def test_progress_of_a_build_is_heard(tmp_path: Path, loader: Loader) -> None:
    write_seeds(tmp_path / "seeds", TEXTS)
    heard: list[tuple[int, int]] = []

    @contextmanager
    def hear(what: str) -> Iterator[Progress]:
        assert what
        yield lambda done, total: heard.append((done, total))

    Workplace(Config(seeds=tmp_path / "seeds", data=tmp_path / "data"), print, hear).build()
    assert any(total > 0 for _, total in heard)
    assert all(0 <= done <= total for done, total in heard)
