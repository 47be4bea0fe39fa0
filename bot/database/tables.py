"""The tables of the database, and how they are made."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Integer,
    MetaData,
    String,
    Table,
    insert,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.faults import Damaged, Newer

SCHEMA = 1
"""Raised whenever the tables change their form."""

LONGEST_PASSAGE = 64
"""Characters of a passage's key."""

_OPENING = 0x74686573656E  # any number that no other program locks

METADATA = MetaData()
VERSION = Table(
    "schema_version",
    METADATA,
    Column("version", Integer, primary_key=True, autoincrement=False),
)
SERVERS = Table(
    "servers",
    METADATA,
    Column("server", BigInteger, primary_key=True, autoincrement=False),
    Column("language", String(2)),
    Column("works", JSON, nullable=False),
    Column("inline_channels", JSON, nullable=False),
    Column("unasked_channels", JSON, nullable=False),
    Column("private", Boolean, nullable=False),
)
VOTES = Table(
    "votes",
    METADATA,
    Column("passage", String(LONGEST_PASSAGE), primary_key=True),
    Column("helpful", BigInteger, nullable=False),
    Column("unhelpful", BigInteger, nullable=False),
)


async def prepare(connection: AsyncConnection) -> None:
    """Create the tables, one process at a time, unless a newer version of the bot has done so."""
    if connection.dialect.name == "sqlite":
        await connection.exec_driver_sql("BEGIN IMMEDIATE")
        if await connection.scalar(text("PRAGMA integrity_check(1)")) != "ok":
            raise Damaged
    else:
        await connection.execute(text(f"SELECT pg_advisory_xact_lock({_OPENING})"))
    await connection.run_sync(VERSION.create, checkfirst=True)
    version = await connection.scalar(select(VERSION.c.version))
    if version is None:
        await connection.execute(insert(VERSION).values(version=SCHEMA))
    elif version != SCHEMA:
        raise Newer(version) if version > SCHEMA else Damaged
    await connection.run_sync(METADATA.create_all)
