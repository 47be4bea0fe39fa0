"""Change the texts from Discord: add, replace, remove, take back; for the bot's administrators."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime
from typing import Any, Self

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import ThesenBot
from bot.corpus.building import BuildFailed
from bot.corpus.changes import OutdatedError
from bot.corpus.intake import MAX_BYTES, Facts, NotTakenError, draft_removal, draft_text
from bot.corpus.keeper import BusyError, Keeper, NotAdministrator
from bot.corpus.preview import announce, failed, list_texts, name_change, preview
from bot.l10n import say
from bot.options import work_choices
from bot.translator import text
from index import Language, RetrievalError, SeedError
from index.store import load_manifest

_LONGEST_FACT = 200
_NOBODY = discord.AllowedMentions.none()


class CorpusButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"k:(?P<action>[yn]):(?P<code>\w{16})"
):
    """Takes a planned change over or discards it; the plan itself lies in the data folder."""

    def __init__(self, action: str, code: str, label: str = "") -> None:
        """A button for the plan of that code; ``y`` takes it over, ``n`` discards it."""
        self.action, self.code = action, code
        style = discord.ButtonStyle.success if action == "y" else discord.ButtonStyle.secondary
        button: discord.ui.Button[Any] = discord.ui.Button(
            label=label or None, style=style, custom_id=f"k:{action}:{code}"
        )
        super().__init__(button)

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str]
    ) -> Self:
        """The button of that id."""
        return cls(match["action"], match["code"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do it, if the one who pressed may; every press gets a visible end."""
        try:
            _admit(interaction)
            if self.action == "y":
                await _take_over(interaction, self.code)
            else:
                await _discard(interaction, self.code)
        except Exception as error:  # noqa: BLE001  # Discord's library would only log it
            await interaction.client.apologise(interaction, error)


@app_commands.guild_only()
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.default_permissions(administrator=True)
class CorpusCommands(
    commands.GroupCog,
    name=text("command-corpus"),
    description=text("command-corpus-description"),
):
    """Plans changes of the texts, each to be confirmed."""

    def __init__(self, bot: ThesenBot) -> None:
        """Change the texts of ``bot``."""
        self.bot = bot

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Only administrators of the bot; those of a server are not asked."""
        _admit(interaction)
        return True

    @app_commands.command(
        name=text("command-corpus-add"), description=text("command-corpus-add-description")
    )
    @app_commands.rename(
        file=text("option-file"),
        name=text("option-name"),
        title=text("option-title"),
        publisher=text("option-publisher"),
        year=text("option-year"),
        url=text("option-url"),
        spoken=text("option-spoken"),
    )
    @app_commands.describe(
        file=text("option-file-description"),
        name=text("option-name-description"),
        title=text("option-title-description"),
        publisher=text("option-publisher-description"),
        year=text("option-year-description"),
        url=text("option-url-description"),
        spoken=text("option-spoken-description"),
    )
    @app_commands.choices(
        spoken=[
            app_commands.Choice(name=text("language-de"), value="de"),
            app_commands.Choice(name=text("language-en"), value="en"),
        ]
    )
    async def add(
        self,
        interaction: discord.Interaction[Any],
        file: discord.Attachment,
        name: app_commands.Range[str, 1, 100] | None = None,
        title: app_commands.Range[str, 1, _LONGEST_FACT] | None = None,
        publisher: app_commands.Range[str, 1, _LONGEST_FACT] | None = None,
        year: app_commands.Range[int, 1, 2200] | None = None,
        url: app_commands.Range[str, 1, _LONGEST_FACT] | None = None,
        spoken: str | None = None,
    ) -> None:
        """Read a text and show what was read."""
        language = self.bot.language_of(interaction)
        await interaction.response.defer(thinking=True, ephemeral=True)
        given = {
            "title": title,
            "publisher": publisher,
            "year": year,
            "url": url,
            "language": spoken,
        }
        facts = {key: value for key, value in given.items() if value is not None}
        try:
            content = await _fetch(file, facts)
            draft = await asyncio.to_thread(
                draft_text, _keeper(interaction).corpus, file.filename, content, facts, name=name
            )
        except (NotTakenError, SeedError) as error:
            await _tell(interaction, _refusal(error, language))
            return
        view = None if draft.code is None else _buttons(draft.code, language)
        await _tell(interaction, preview(draft, language), view)

    @app_commands.command(
        name=text("command-corpus-remove"), description=text("command-corpus-remove-description")
    )
    @app_commands.rename(name=text("option-text"))
    @app_commands.describe(name=text("option-text-description"))
    async def remove(self, interaction: discord.Interaction[Any], name: str) -> None:
        """Ask whether a text shall go."""
        language, corpus = self.bot.language_of(interaction), _keeper(interaction).corpus
        await interaction.response.defer(thinking=True, ephemeral=True)
        titles = {d.name: d.work.title for d in self.bot.library.documents}
        try:
            code = await asyncio.to_thread(draft_removal, corpus, name, titles.get(name, name))
        except (NotTakenError, SeedError) as error:
            await _tell(interaction, _refusal(error, language))
            return
        words = announce(corpus.planned(code), language)
        await _tell(interaction, words, _buttons(code, language))

    @app_commands.command(
        name=text("command-corpus-undo"), description=text("command-corpus-undo-description")
    )
    async def undo(self, interaction: discord.Interaction[Any]) -> None:
        """Ask whether the last change shall be taken back."""
        language, corpus = self.bot.language_of(interaction), _keeper(interaction).corpus
        await interaction.response.defer(thinking=True, ephemeral=True)
        try:
            last = await asyncio.to_thread(corpus.last)
            plan = await asyncio.to_thread(corpus.plan_undo)
        except OutdatedError:
            await _tell(interaction, say(language, "corpus-outdated"))
            return
        if plan is None or last is None:
            await _tell(interaction, say(language, "corpus-nothing-to-undo"))
            return
        words = say(language, "corpus-preview-undo", {"change": name_change(last, language)})
        await _tell(interaction, words, _buttons(plan[0], language))

    @app_commands.command(
        name=text("command-corpus-list"), description=text("command-corpus-list-description")
    )
    async def show(self, interaction: discord.Interaction[Any]) -> None:
        """List the texts."""
        language, keeper = self.bot.language_of(interaction), _keeper(interaction)
        try:
            created = (await asyncio.to_thread(load_manifest, keeper.reloader.data)).created
            built = datetime.fromisoformat(created).timestamp()
        except (RetrievalError, ValueError):
            built = None
        words = list_texts(self.bot.library.documents, keeper.corpus.seeds, built, language)
        await _tell(interaction, words)

    @add.autocomplete("name")
    @remove.autocomplete("name")
    async def _names(
        self, interaction: discord.Interaction[Any], current: str
    ) -> list[app_commands.Choice[str]]:
        """The texts whose title or name has what was typed so far."""
        if interaction.user.id not in _keeper(interaction).administrators:
            return []
        return work_choices(self.bot.library.documents, current)


def _keeper(interaction: discord.Interaction[Any]) -> Keeper:
    keeper = interaction.client.keeper
    if not isinstance(keeper, Keeper):  # a button from when the bot had administrators
        raise NotAdministrator
    return keeper


def _admit(interaction: discord.Interaction[Any]) -> None:
    """Return if an administrator of the bot asks.

    Raises:
        NotAdministrator: Somebody else does.
    """
    if interaction.user.id not in _keeper(interaction).administrators:
        raise NotAdministrator


async def _fetch(file: discord.Attachment, facts: Facts) -> bytes:
    """The file's content, once nothing speaks against it.

    Raises:
        NotTakenError: Something does.
    """
    if file.size > MAX_BYTES:
        raise NotTakenError("large")
    if not re.match(r"https?://\S+$", str(facts.get("url", "https://-"))):
        raise NotTakenError("url")
    try:
        return await file.read()
    except (discord.HTTPException, OSError) as error:
        raise NotTakenError("gone") from error


def _refusal(error: NotTakenError | SeedError, language: Language) -> str:
    if isinstance(error, NotTakenError):
        return say(language, f"corpus-refused-{error.reason}")
    return failed(str(error), language)


def _buttons(code: str, language: Language) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    view.add_item(CorpusButton("y", code, say(language, "button-corpus-yes")))
    view.add_item(CorpusButton("n", code, say(language, "button-corpus-no")))
    return view


async def _tell(
    interaction: discord.Interaction[Any], words: str, view: discord.ui.View | None = None
) -> None:
    """Say something to the one who asked, and to nobody else."""
    options: dict[str, Any] = {"ephemeral": True, "allowed_mentions": _NOBODY}
    if view is not None:
        options["view"] = view
    if interaction.response.is_done():
        await interaction.followup.send(words, suppress_embeds=True, **options)
    else:
        await interaction.response.send_message(words, suppress_embeds=True, **options)


async def _discard(interaction: discord.Interaction[Any], code: str) -> None:
    await asyncio.to_thread(_keeper(interaction).corpus.cancel, code)
    words = say(interaction.client.language_of(interaction), "corpus-discarded")
    await interaction.response.edit_message(content=words, view=None)


async def _take_over(interaction: discord.Interaction[Any], code: str) -> None:
    """Carry a plan out, showing in its message how far it is."""
    language = interaction.client.language_of(interaction)
    await interaction.response.edit_message(content=say(language, "corpus-working"), view=None)
    told = _Told(interaction, language)
    keeper = _keeper(interaction)
    showing = asyncio.create_task(told.show(keeper.progress_every_seconds))
    try:
        change = await keeper.carry_out(code, told.note)
        words = say(language, "corpus-done", {"change": name_change(change, language)})
        view = None
    except OutdatedError:
        words, view = say(language, "corpus-outdated"), None
    except BusyError:
        words, view = say(language, "corpus-busy"), _buttons(code, language)
    except BuildFailed as error:
        words, view = failed(str(error), language), None
    finally:
        showing.cancel()
    await interaction.edit_original_response(content=words, view=view, allowed_mentions=_NOBODY)


class _Told:
    """How far a build is, in the message of the one who began it."""

    def __init__(self, interaction: discord.Interaction[Any], language: Language) -> None:
        self._interaction = interaction
        self._language = language
        self._percent: int | None = None

    def note(self, done: int, total: int) -> None:
        """Remember it until the message is edited next."""
        self._percent = 100 * done // max(1, total)

    async def show(self, every_seconds: float) -> None:
        """Edit the message now and then, if there is something new, until cancelled."""
        shown: int | None = None
        while True:
            await asyncio.sleep(every_seconds)
            if self._percent not in (None, shown):
                shown = self._percent
                words = say(self._language, "corpus-building", {"percent": shown or 0})
                try:
                    await self._interaction.edit_original_response(content=words)
                except discord.HTTPException:
                    return  # the message is gone; the change goes on


async def setup(bot: ThesenBot) -> None:
    """Add the cog."""
    bot.add_dynamic_items(CorpusButton)
    await bot.add_cog(CorpusCommands(bot))
