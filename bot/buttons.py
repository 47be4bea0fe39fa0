"""The buttons below a reply; all they know is in their ids, so they work after any restart."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self, TypeAlias

import discord

from bot.keys import Place
from bot.l10n import say
from bot.render import escape
from bot.reply import ASKED, header_of, pages, short_name
from bot.response import Response, show
from bot.state import State, unpack
from index import Hit, shared_words

if TYPE_CHECKING:
    from bot.client import ThesenBot

    Interaction: TypeAlias = discord.Interaction[ThesenBot]

_PICKS = "0123456789"
_LONGEST_LABEL = 80
_NOBODY = discord.AllowedMentions.none()


@dataclass(frozen=True, slots=True)
class _Press:
    """One press of a button: by whom, on what."""

    interaction: Interaction
    state: State
    places: tuple[Place, ...]

    @property
    def content(self) -> str:
        """The text of the message the button is under."""
        message = self.interaction.message
        return message.content if message is not None else ""

    async def tell(self, words: str) -> None:
        """Say something to the one who pressed."""
        await self.interaction.response.send_message(words, ephemeral=True)


class ReplyButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"t:(?P<action>[a-z0-9]):(?P<state>.+)"
):
    """Any button below any reply."""

    def __init__(self, action: str, packed: str, label: str = "", row: int | None = None) -> None:
        """A button that does ``action`` to the reply whose state is ``packed``."""
        self.action, self.packed = action, packed
        style = discord.ButtonStyle.danger if action == "d" else discord.ButtonStyle.secondary
        button: discord.ui.Button[Any] = discord.ui.Button(
            label=label[:_LONGEST_LABEL] or None,
            style=style,
            custom_id=f"t:{action}:{packed}",
            row=row,
        )
        super().__init__(button)

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str]
    ) -> Self:
        """The button of that id; what it holds is checked when it is pressed."""
        return cls(match["action"], match["state"], getattr(item, "label", None) or "")

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do what the button says; Discord's library would only log an error, so it ends here."""
        try:
            await press(interaction, self.action, self.packed)
        except Exception as error:  # noqa: BLE001  # every press gets a visible end
            await interaction.client.apologise(interaction, error)


def buttons(response: Response, places: tuple[Place, ...], count: int) -> discord.ui.View | None:
    """The buttons below a reply of ``count`` pages; None where there is nothing to press."""
    state = response.state
    if state is None or not places:
        return None
    view = discord.ui.View(timeout=None)
    packed = state.pack()

    def add(action: str, message: str, row: int) -> None:
        view.add_item(ReplyButton(action, packed, say(state.language, message), row))

    if response.offers:
        several = len({place.document.name for place in places}) > 1
        for i, place in enumerate(places):
            label = f"{i + 1}. {short_name(place, state.language, with_work=several)}"
            view.add_item(ReplyButton(_PICKS[i], packed, label, i // 5))
        add("d", "button-delete", 2)
        return view
    if state.page > 0:
        add("b", "button-page-before", 0)
    if state.page < count - 1:
        add("f", "button-page-after", 0)
    if state.at + state.together < len(state.keys):
        add("o", "button-other", 0)
    if state.sentence is not None and state.together == 1:
        add("s", "button-whole" if state.only_sentence else "button-sentence", 0)
    add("c", "button-context", 0)
    add("w", "button-why", 1)
    if state.private:
        add("h", "button-share", 1)
    add("y", "button-helpful", 1)
    add("n", "button-unhelpful", 1)
    add("d", "button-delete", 1)
    return view


def state_of(message: discord.Message) -> State | None:
    """What a reply shows, read from its buttons; None if it has none or only offers."""
    for row in message.components:
        for item in getattr(row, "children", ()):
            match str(getattr(item, "custom_id", "")).split(":"):
                case ["t", "c", packed]:
                    return unpack(packed)
    return None


async def press(interaction: Interaction, action: str, packed: str) -> None:
    """Do to a reply what its button says; a forged or outdated button does nothing."""
    state = unpack(packed)
    act = _ACTIONS.get(action)
    if state is None or act is None:
        language = interaction.client.language_of(interaction)
        await interaction.response.send_message(say(language, "state-gone"), ephemeral=True)
        return
    found = tuple(interaction.client.places.find(key) for key in state.keys)
    places = tuple(place for place in found if place is not None)
    given = _Press(interaction, state, places)
    if len(places) < len(found) and action != "d":
        await given.tell(say(state.language, "state-gone"))
        return
    await act(given)


async def _edit(given: _Press, state: State, header: str) -> None:
    """Show the reply in another state."""
    filled = pages(state, given.places, header)
    state = state.turned(min(state.page, len(filled) - 1))
    view = buttons(Response(state.language, header, state), given.places, len(filled))
    await given.interaction.response.edit_message(
        content=filled[state.page], view=view, allowed_mentions=_NOBODY
    )


async def _page_before(given: _Press) -> None:
    await _edit(given, given.state.turned(max(0, given.state.page - 1)), header_of(given.content))


async def _page_after(given: _Press) -> None:
    await _edit(given, given.state.turned(given.state.page + 1), header_of(given.content))


async def _other(given: _Press) -> None:
    state = given.state.moved((given.state.at + given.state.together) % len(given.state.keys))
    await _edit(given, state, _header_for(given, state))


async def _pick(given: _Press, number: int) -> None:
    if number >= len(given.state.keys):
        await given.tell(say(given.state.language, "state-gone"))
        return
    state = given.state.moved(number)
    await _edit(given, state, _header_for(given, state))


def _header_for(given: _Press, state: State) -> str:
    """The words above another passage of the same reply, below the question if that is shown."""
    facts = {"at": state.at + 1, "count": len(state.keys)}
    asked = given.content.split("\n", 1)[0] if given.content.startswith(ASKED) else ""
    said = say(state.language, "answer-other", facts)
    return f"{asked}\n{said}" if asked else said


async def _sentence(given: _Press) -> None:
    state = replace(given.state, only_sentence=not given.state.only_sentence, page=0)
    await _edit(given, state, header_of(given.content))


async def _context(given: _Press) -> None:
    around = given.interaction.client.places.around(given.places[given.state.at])
    if not around:
        await given.tell(say(given.state.language, "context-none"))
        return
    response = show(
        given.state.language,
        say(given.state.language, "answer-context"),
        around,
        given.interaction.user.id,
    )
    await given.interaction.client.send(given.interaction, response.private(), private=True)


async def _share(given: _Press) -> None:
    state = replace(given.state, private=False, asker=given.interaction.user.id, page=0)
    name = escape(given.interaction.user.display_name)
    header = say(state.language, "answer-shared", {"name": name})
    response = Response(state.language, header, replace(state, target=0))
    await given.interaction.response.defer()
    if state.target and await _reply_to(given.interaction, state.target, response):
        return
    await given.interaction.client.send(given.interaction, response, private=False)


async def _reply_to(interaction: Interaction, target: int, response: Response) -> bool:
    """Post a reply to that message of the channel; False where the bot may not write there."""
    channel = interaction.channel
    if not isinstance(channel, discord.abc.Messageable) or isinstance(channel, discord.Object):
        return False
    content, view = interaction.client.written(response)
    reference = discord.MessageReference(message_id=target, channel_id=interaction.channel_id or 0)
    try:
        await interaction.client.post(channel, content, view, reference)
    except discord.HTTPException:
        return False
    return True


async def _delete(given: _Press) -> None:
    interaction, asker = given.interaction, given.state.asker
    if interaction.user.id != asker and not interaction.permissions.manage_messages:
        await given.tell(say(given.state.language, "delete-refused"))
        return
    await interaction.response.defer()
    await interaction.delete_original_response()


async def _helpful(given: _Press) -> None:
    await _vote(given, helpful=True)


async def _unhelpful(given: _Press) -> None:
    await _vote(given, helpful=False)


async def _vote(given: _Press, *, helpful: bool) -> None:
    key = given.state.keys[given.state.at].hex()
    await given.interaction.client.database.vote(key, helpful=helpful)
    await given.tell(say(given.state.language, "vote-thanks"))


async def _why(given: _Press) -> None:
    """What spoke for the passage, measured again for the question that the message still shows."""
    interaction, state = given.interaction, given.state
    await interaction.response.defer(ephemeral=True, thinking=True)
    question = await _question(given)
    if not question:
        await interaction.followup.send(say(state.language, "why-no-question"), ephemeral=True)
        return
    bot, place = interaction.client, given.places[state.at]
    library = bot.library
    hits = await bot.ask_desk(interaction, lambda: library.hits(question, state.language))
    hit = next((hit for hit in hits if hit.passage == place.passage), None)
    words = say(state.language, "why-not-found") if hit is None else _reasons(state, hit, question)
    await interaction.followup.send(words, ephemeral=True)


async def _question(given: _Press) -> str | None:
    """What the reply answers; the message that it is meant for, where it answers no other."""
    bot, channel, target = given.interaction.client, given.interaction.channel, given.state.target
    asked = await bot.question_before(given.interaction.message)
    if asked or not target or not isinstance(channel, discord.abc.Messageable):
        return asked
    try:
        return bot.without_mention((await channel.fetch_message(target)).content) or None
    except discord.HTTPException:
        return None


def _reasons(state: State, hit: Hit, question: str) -> str:
    def number(value: float) -> str:
        written = f"{value:+.1f}"
        return written.replace(".", ",") if state.language == "de" else written

    lines = [say(state.language, "why-intro")]
    for kind, value in hit.evidence.items():
        facts = {"kind": say(state.language, f"why-{kind}"), "value": number(value)}
        lines.append(f"- {say(state.language, 'why-line', facts)}")
    if shared := shared_words(question, hit.document.quote(hit.passage.span)):
        words = escape(", ".join(shared)[:500])
        lines.append(say(state.language, "why-words-shared", {"words": words}))
    return "\n".join(lines)


def _picking(number: int) -> Callable[[_Press], Awaitable[None]]:
    async def pick(given: _Press) -> None:
        await _pick(given, number)

    return pick


_ACTIONS: dict[str, Callable[[_Press], Awaitable[None]]] = {
    "b": _page_before,
    "f": _page_after,
    "o": _other,
    "s": _sentence,
    "c": _context,
    "w": _why,
    "h": _share,
    "d": _delete,
    "y": _helpful,
    "n": _unhelpful,
    **{digit: _picking(i) for i, digit in enumerate(_PICKS)},
}
