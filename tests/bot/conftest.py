"""A bot in a simulated Discord, over two small texts whose words are easy to tell apart."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import simcord

from bot.client import ThesenBot
from bot.database import Database
from bot.desk import Desk
from bot.language import LanguageDetector
from bot.library import Library
from index.seeds import read_seeds
from tests.fakes import WordSearch

OBST = """Vom Obst

Fünf Thesen über das Obst im Garten.

1. Äpfel
Äpfel sind rot und rund. Man lagert sie kühl im Keller.

2. Birnen
Birnen sind grün oder gelb. Sie reifen spät im Herbst nach.

3. Kirschen
Kirschen hängen hoch im Baum. Stare fressen sie gern.

4. Pflaumen
Pflaumen werden zu Mus gekocht. Das Mus hält sich jahrelang.

5. Quitten
Quitten duften stark. Roh schmecken sie herb.
"""
OBST_EN = """On fruit

Five theses on the fruit of the garden.

1. Apples
Apples are red and round. They are stored cool in the cellar.

2. Pears
Pears are green or yellow. They ripen late in autumn.

3. Cherries
Cherries hang high in the tree. Starlings like to eat them.

4. Plums
Plums are cooked into jam. The jam keeps for years.

5. Quinces
Quinces smell strongly. Raw they taste tart.
"""
OBST_WORK = """title = "Fünf Thesen vom Obst"
short_title = "Obst"
publisher = "Gartenbund"
published_in = "gartenblatt.example"
year = 2009
language = "de"
url = "https://gartenblatt.example/obst"
announced_theses = 8
"""
VIEH = "1. Kühe geben Milch und fressen Gras auf der Weide.\n2. Hühner legen Eier ins Stroh.\n"
VIEH_WORK = 'title = "Vom Vieh"\nshort_title = "Vieh"\nyear = 2011\nlanguage = "de"\n'


def write_texts(folder: Path) -> Path:
    """A seeds folder with both texts."""
    folder.mkdir()
    for name, words in {
        "obst.txt": OBST,
        "obst.en.txt": OBST_EN,
        "obst.toml": OBST_WORK,
        "vieh.txt": VIEH,
        "vieh.toml": VIEH_WORK,
    }.items():
        (folder / name).write_text(words, encoding="utf-8")
    return folder


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """Both texts, found by shared words."""
    documents = read_seeds(write_texts(tmp_path / "seeds"))
    return Library(documents, WordSearch(documents), LanguageDetector(), "de")


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'settings.sqlite'}"


@pytest.fixture
def intent() -> bool:
    """Whether the bot has the message content intent; a test may say otherwise."""
    return True


@pytest.fixture
def simcord_bot(library: Library, database_url: str, intent: bool) -> ThesenBot:
    """The bot; not yet connected."""
    desk = Desk(per_minute=1_000)
    bot = ThesenBot(library, Database(database_url), desk, message_content=intent)
    bot.shard_count = 1
    return bot


@pytest.fixture
async def env(simcord_env: simcord.Env) -> AsyncIterator[simcord.Env]:
    """The simulated Discord that the bot is logged in to; whichever bot is in it last is closed."""
    simcord_env.settle_timeout = 30.0  # seconds; a busy machine fails no test
    yield simcord_env
    await simcord_env.bot.close()
