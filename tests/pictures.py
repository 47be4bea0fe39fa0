"""Draws the README's pictures of replies, in a simulated Discord with the real model.

Run as ``python -m tests.pictures FOLDER [CHROMIUM]``; needs ``simcord[screenshot]`` installed and a
Chromium, neither of which the project itself uses. Pillow comes with both.
"""

from __future__ import annotations

import asyncio
import importlib
import sys
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import discord
import simcord
from PIL import Image

from bot.client import ThesenBot
from bot.config import Config
from bot.database import Database
from bot.desk import Desk
from bot.workplace import Workplace
from tests.bot.discord.people import mention
from tests.conftest import ROOT, silent

SIZE = (760, 560)


def use_chromium(path: str) -> None:
    """Have the screenshots made by that browser."""
    browsers = importlib.import_module("playwright.async_api").BrowserType
    launch = browsers.launch

    async def launched(self: Any, **options: Any) -> Any:
        options |= {"executable_path": path, "args": ["--no-sandbox", "--disable-gpu"]}
        return await launch(self, **options)

    browsers.launch = launched


async def draw(folder: Path, scratch: Path) -> None:
    """One picture each of an answer, a list, a refusal, a gap and the settings."""
    workplace = Workplace(Config(seeds=ROOT / "seeds", data=scratch / "data"), print, silent)
    url = f"sqlite+aiosqlite:///{scratch / 'settings.sqlite'}"
    workplace.renew()
    library = workplace.library()
    bot = ThesenBot(library, Database(url), Desk())
    bot.shard_count = 1
    async with simcord.run(bot) as env, AsyncExitStack() as at_end:
        at_end.callback(library.close)
        guild = env.create_guild("Thesen")
        admins = guild.create_role("Leitung", permissions=discord.Permissions(manage_guild=True))
        channel = guild.create_text_channel("diskussion")
        anna = guild.add_member(env.create_user("anna"), roles=[admins])
        acts: dict[str, Callable[[], Awaitable[Any]]] = {
            "answer-de": lambda: anna.send(channel, f"{mention(env)} Was wird aus Praktikanten?"),
            "answer-en": lambda: anna.send(channel, f"{mention(env)} How do firms find new staff?"),
            "refusal": lambda: anna.send(channel, f"{mention(env)} Was verdient ein Dachdecker?"),
            "gap": lambda: anna.send(channel, f"{mention(env)} Was steht in These 8?"),
            "list": lambda: anna.slash(channel, "theses"),
            "settings": lambda: anna.slash(channel, "settings show"),
        }
        for name, act in acts.items():
            done = await act()
            shown = getattr(done, "response", None) or channel.last_message
            async with env.preview(channel, viewers=[anna], width=SIZE[0], height=SIZE[1]) as page:
                await page.show(shown)
                await page.screenshot(folder / f"{name}.png")
            shrink(folder / f"{name}.png")


def shrink(file: Path) -> None:
    """Keep a picture with as few colours as do it no harm that can be seen."""
    with Image.open(file) as picture:
        picture.convert("RGB").quantize(24, dither=Image.Dither.NONE).save(file, optimize=True)
    print(file.name, file.stat().st_size, "bytes")


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    if len(sys.argv) > 2:
        use_chromium(sys.argv[2])
    with tempfile.TemporaryDirectory() as scratch:
        asyncio.run(draw(folder, Path(scratch)))


if __name__ == "__main__":
    main()
