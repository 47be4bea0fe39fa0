"""The two buttons below a planned change of the texts: take it over, or discard it."""

from __future__ import annotations

import asyncio
import re
from typing import Any, Self

import discord

from bot.corpus.building import BuildFailed
from bot.corpus.changes import OutdatedError, UnfinishedError
from bot.corpus.keeper import BusyError, Keeper, NotAdministrator
from bot.corpus.preview import failed, name_change
from bot.l10n import say
from index import Language


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
            admit(interaction)
            if self.action == "y":
                await _take_over(interaction, self.code)
            else:
                await _discard(interaction, self.code)
        except Exception as error:  # noqa: BLE001  # Discord's library would only log it
            await interaction.client.apologise(interaction, error)


def confirming(code: str, language: Language) -> discord.ui.View:
    """Both buttons for the plan of that code."""
    view = discord.ui.View(timeout=None)
    view.add_item(CorpusButton("y", code, say(language, "button-corpus-yes")))
    view.add_item(CorpusButton("n", code, say(language, "button-corpus-no")))
    return view


def keeper_of(interaction: discord.Interaction[Any]) -> Keeper:
    """What changes the bot's texts.

    Raises:
        NotAdministrator: Nothing does, as the bot has no administrators any more.
    """
    keeper = interaction.client.keeper
    if not isinstance(keeper, Keeper):
        raise NotAdministrator
    return keeper


def admit(interaction: discord.Interaction[Any]) -> None:
    """Return if an administrator of the bot asks.

    Raises:
        NotAdministrator: Somebody else does.
    """
    if interaction.user.id not in keeper_of(interaction).administrators:
        raise NotAdministrator


async def _discard(interaction: discord.Interaction[Any], code: str) -> None:
    await asyncio.to_thread(keeper_of(interaction).corpus.cancel, code)
    words = say(interaction.client.language_of(interaction), "corpus-discarded")
    await interaction.response.edit_message(content=words, view=None)


async def _take_over(interaction: discord.Interaction[Any], code: str) -> None:
    """Carry a plan out, showing in its message how far it is."""
    language = interaction.client.language_of(interaction)
    await interaction.response.edit_message(content=say(language, "corpus-working"), view=None)
    told = _Told(interaction, language)
    keeper, view = keeper_of(interaction), None
    showing = asyncio.create_task(told.show(keeper.progress_every_seconds))
    try:
        change = await keeper.carry_out(code, told.note)
        words = say(language, "corpus-done", {"change": name_change(change, language)})
    except OutdatedError:
        words = say(language, "corpus-outdated")
    except BusyError:
        words, view = say(language, "corpus-busy"), confirming(code, language)
    except UnfinishedError as error:
        words = say(language, "corpus-unfinished", {"reason": str(error.strerror)})
    except (BuildFailed, OSError) as error:
        words = failed(str(getattr(error, "strerror", error)), language)
    finally:
        showing.cancel()
    await interaction.edit_original_response(
        content=words, view=view, allowed_mentions=discord.AllowedMentions.none()
    )


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
