"""What the bot remembers: settings of servers and counts of votes, nothing about people."""

from bot.database.faults import DatabaseAway, DatabaseError
from bot.database.settings import Database, ServerSettings
from bot.database.tables import SCHEMA

__all__ = ["SCHEMA", "Database", "DatabaseAway", "DatabaseError", "ServerSettings"]
