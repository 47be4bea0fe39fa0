"""Lists that answer a command: the theses of the texts, and where the texts come from; paged."""

from __future__ import annotations

import hashlib
import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, Self, get_args

import discord

from bot.citation import name_passage
from bot.frame import missing_theses
from bot.keys import Place
from bot.l10n import LANGUAGES, numbers, say
from bot.options import line_of, translated_line
from bot.render import MESSAGE_LIMIT, escape, length
from index import Document, Language

if TYPE_CHECKING:
    from bot.client import ThesenBot

Kind = Literal["theses", "source"]

_KINDS: tuple[Kind, ...] = get_args(Kind)
_ROOM = MESSAGE_LIMIT - 60  # the line that numbers a page is kept room for
_LONGEST_LINE = MESSAGE_LIMIT // 2 - 100
_LONGEST_FACT = 400
_LONGEST_TITLES = 1_000
_LINK = re.compile(r"https?://[^\s<>()\\]+")
_LONGEST_REST = 90
_ALL = "-"
_NOBODY = discord.AllowedMentions.none()


class PageButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=rf"l:(?P<kind>{'|'.join(_KINDS)}):(?P<language>{'|'.join(LANGUAGES)})"
    r":(?P<work>-|[0-9a-f]{16}):(?P<page>[0-9]{1,4})",
):
    """Turns to a page of a list; all it knows is in its id."""

    def __init__(self, kind: Kind, language: Language, work: str, page: int, label: str) -> None:
        """A button that shows ``page``, from 0, of the list of ``work`` or of all texts."""
        self.kind, self.language, self.work, self.page = kind, language, work, page
        button: discord.ui.Button[Any] = discord.ui.Button(
            label=label or None, custom_id=f"l:{kind}:{language}:{work}:{page}"
        )
        super().__init__(button)

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str]
    ) -> Self:
        """The button of that id."""
        kind = next(kind for kind in _KINDS if kind == match["kind"])
        language = next(known for known in LANGUAGES if known == match["language"])
        return cls(kind, language, match["work"], int(match["page"]), "")

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Show the page in place of the one shown."""
        bot: ThesenBot = interaction.client
        try:
            settings = await bot.settings_of(interaction.guild_id)
            offered = bot.library.chosen(settings.works)
            named = tuple(d for d in offered if self.work in (_ALL, _key(d)))
            content, view = write_list(self.kind, self.language, named or offered, self.page)
            await interaction.response.edit_message(
                content=content, view=view, allowed_mentions=_NOBODY
            )
        except Exception as error:  # noqa: BLE001  # every press gets a visible end
            await bot.apologise(interaction, error)


def write_list(
    kind: Kind, language: Language, documents: Sequence[Document], page: int = 0
) -> tuple[str, discord.ui.View | None]:
    """One page of a list, and the buttons to the others; None where there are none.

    Args:
        kind: What is listed.
        language: In which the list speaks.
        documents: The texts: all that are offered, or a single one.
        page: From 0; the last one if there are not as many.
    """
    tell = _theses if kind == "theses" else _origin
    pages = _fill(line for document in documents for line in tell(document, language))
    if len(pages) == 1:
        return pages[0], None
    page = min(page, len(pages) - 1)
    work = _key(documents[0]) if len(documents) == 1 else _ALL
    view = discord.ui.View(timeout=None)
    for at, label in ((page - 1, "button-page-before"), (page + 1, "button-page-after")):
        if 0 <= at < len(pages):
            view.add_item(PageButton(kind, language, work, at, say(language, label)))
    part = say(language, "part", {"part": page + 1, "parts": len(pages)})
    return f"{pages[page]}\n-# {part}", view


def titles(documents: Iterable[Document]) -> str:
    """The titles, escaped, as many as fit into a sentence."""
    listed = ""
    for document in documents:
        title = _in_line(document.work.title)
        longer = f"{listed}, {title}" if listed else title
        if length(longer) > _LONGEST_TITLES:
            return f"{listed}, …"
        listed = longer
    return listed


def name_rest(places: Sequence[Place], language: Language) -> str:
    """A line, after a line break, that names passages found besides; empty if it would be long."""
    by_work: dict[str, list[Place]] = {}
    for place in places:
        work = place.document.work
        by_work.setdefault(_in_line(work.short_title or work.title), []).append(place)
    named = "; ".join(f"{title}: {_numbered(held, language)}" for title, held in by_work.items())
    line = say(language, "search-rest", {"names": named}) if named else ""
    return f"\n{line}" if 0 < length(line) <= _LONGEST_REST else ""


def _numbered(places: Sequence[Place], language: Language) -> str:
    held = [place.passage.thesis for place in places if place.passage.thesis is not None]
    facts: dict[str, str | int] = {"count": len(held), "numbers": numbers(language, held)}
    theses = [say(language, "wanted", facts)] if held else []
    others = [name_passage(p.passage, language) for p in places if p.passage.thesis is None]
    return ", ".join([*theses, *dict.fromkeys(others)])


def _theses(document: Document, language: Language) -> Iterator[str]:
    """The heading, one line a thesis with its whole title, and what the source lacks."""
    held = [passage for passage in document.passages if passage.thesis is not None]
    year = f" ({document.work.year})" if document.work.year else ""
    title = {"title": _in_line(document.work.title) + year}
    if not held:
        yield say(language, "list-none", title)
        return
    yield f"**{say(language, 'list-of', title)}**"
    spoken = document.rendering is not None and document.rendering.language == language
    for passage in held:
        line = name_passage(passage, language)
        title_line = escape(line_of(document, passage))
        if length(title_line) <= _LONGEST_LINE:
            line += f": {title_line}"
        translated = translated_line(document, passage) if spoken else None
        if translated and length(words := escape(translated)) <= _LONGEST_LINE:
            line += f" ({words})"
        yield line
    if spoken:
        yield f"-# {say(language, 'list-translated')}"
    for line in textwrap.wrap(missing_theses(document, language) or "", _LONGEST_LINE):
        yield f"-# {line}"


def _origin(document: Document, language: Language) -> Iterator[str]:
    work = document.work
    yield f"**{_in_line(work.title)}**"
    facts: dict[str, object] = {
        "publisher": work.publisher,
        "published-in": work.published_in,
        "year": work.year,
        "licence": work.licence,
        "url": work.url,
        "hash": document.sha256,
    }
    for name, value in facts.items():
        if value:
            written = str(value)
            is_link = len(written) <= _LONGEST_FACT and _LINK.fullmatch(written)
            words = f"<{written}>" if is_link else _in_line(written)
            yield f"- {say(language, f'source-{name}', {'value': words})}"


def _in_line(words: str) -> str:
    """A fact of a text in one line, escaped; one that has no end ends with an ellipsis."""
    line = " ".join(words.split())
    return escape(line if len(line) <= _LONGEST_FACT else f"{line[:_LONGEST_FACT]}…")


def _fill(lines: Iterable[str]) -> list[str]:
    """As few pages as the lines, in order, fit into."""
    pages = [""]
    for line in lines:
        if pages[-1] and length(pages[-1]) + 1 + length(line) > _ROOM:
            pages.append("")
        pages[-1] += f"\n{line}" if pages[-1] else line
    return pages


def _key(document: Document) -> str:
    name = document.name.encode("utf-8", "replace")
    return hashlib.blake2b(name, digest_size=8).hexdigest()
