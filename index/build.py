"""The seeds folder to the index on disk: read, embed what is new, calibrate, swap in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from index.assemble import NOTHING_KNOWN, Known, assemble, know
from index.background import load_background
from index.contents import IndexContents
from index.errors import StoreMismatch, StoreMissing
from index.manifest import CHUNKING, Recipe, make_recipe
from index.seeds import read_seeds
from index.store import load_index, load_manifest, prepare_folder, save_index
from index.vectors import Embedder, Progress


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did, or would do: names of documents, in order.

    ``embedded`` counts the texts that had to be embedded; 0 for a dry run.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    embedded: int = 0


def build(
    seeds: Path,
    data: Path,
    embedder: Embedder,
    *,
    model: str,
    false_answer_rate: float,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> BuildReport:
    """Bring the index in ``data`` up to date with the texts in ``seeds``.

    Only what changed is embedded; nothing is written if nothing changed. An index that is damaged
    or was made otherwise is built anew.

    Raises:
        SeedError: The texts have faults; nothing is written.
        StoreError: The index cannot be written; the old one stays.
    """
    old, contents = _old_index(data)
    is_alike = old is not None and old.chunking == CHUNKING
    known = contents.documents if contents is not None and is_alike else ()
    documents = read_seeds(seeds, {document.name: document for document in known})
    background = load_background()
    recipe = make_recipe(
        documents,
        background,
        model=model,
        fingerprint=embedder.fingerprint,
        false_answer_rate=false_answer_rate,
    )
    report = _compare(old.sources if old else {}, recipe.sources)
    if dry_run or old == recipe:
        return report
    prepare_folder(data)
    made, embedded = assemble(
        documents,
        embedder,
        background,
        known=_known(contents, old, recipe),
        false_answer_rate=false_answer_rate,
        progress=progress,
    )
    save_index(data, made, recipe)
    return BuildReport(report.added, report.changed, report.removed, report.unchanged, embedded)


def is_current(
    seeds: Path, data: Path, *, model: str, fingerprint: str, false_answer_rate: float
) -> bool:
    """Whether the index in ``data`` was built from these texts and settings, with this model.

    Raises:
        SeedError: The texts have faults.
        StoreMismatch: The index is damaged.
    """
    try:
        recipe = load_manifest(data).recipe
    except StoreMissing:
        return False
    wanted = make_recipe(
        read_seeds(seeds),
        load_background(),
        model=model,
        fingerprint=fingerprint,
        false_answer_rate=false_answer_rate,
    )
    return recipe == wanted


def _old_index(data: Path) -> tuple[Recipe, IndexContents] | tuple[None, None]:
    """The index in use and its recipe, if it is whole."""
    try:
        return load_manifest(data).recipe, load_index(data, thorough=True)
    except (StoreMissing, StoreMismatch):
        return None, None


def _known(contents: IndexContents | None, old: Recipe | None, new: Recipe) -> Known:
    if contents is None or old is None:
        return NOTHING_KNOWN
    if (old.fingerprint, old.chunking) != (new.fingerprint, new.chunking):
        return NOTHING_KNOWN
    return know(contents, same_background=old.background == new.background)


def _compare(old: Mapping[str, str], new: Mapping[str, str]) -> BuildReport:
    return BuildReport(
        added=tuple(name for name in new if name not in old),
        changed=tuple(name for name in new if name in old and old[name] != new[name]),
        removed=tuple(name for name in old if name not in new),
        unchanged=tuple(name for name in new if old.get(name) == new[name]),
    )
