"""How a passage is cited: thesis, title, work, publisher and year, in the same form everywhere."""

from __future__ import annotations

from bot.l10n import say
from index import Document, Language, Passage


def cite(document: Document, passage: Passage, language: Language) -> str:
    """One line that names the passage and its work; the titles are those of the source.

    For example ``Thesis 2: Employer Branding 2.0 · BVDW präsentiert zehn Thesen … (BVDW,
    internetworld.de, 2011)``.
    """
    place = name_passage(passage, language)
    if passage.title is not None and passage.kind == "thesis":
        place = f"{place}: {document.quote(passage.title)}"
    work = document.work
    facts = [work.publisher, work.published_in, str(work.year) if work.year else None]
    known = ", ".join(fact for fact in facts if fact)
    cited = f"{place} · {work.title} ({known})" if known else f"{place} · {work.title}"
    return " ".join(cited.split())


def name_passage(passage: Passage, language: Language) -> str:
    """What the passage is: ``Thesis 2``, ``Introduction`` or ``Paragraph``."""
    if passage.thesis is not None:
        return say(language, "thesis", {"number": str(passage.thesis)})
    return say(language, "introduction" if passage.kind == "introduction" else "passage")
