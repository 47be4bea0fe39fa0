"""Why the database cannot be used, in words that say what to do."""

from __future__ import annotations

import json
import socket
import sqlite3

from sqlalchemy.exc import SQLAlchemyError

_DAMAGED = "the database is damaged; restore a backup, or move it away to start with an empty one"
_SQLITE_REASONS = {
    sqlite3.SQLITE_BUSY: "locked by another program; close that one and try again",
    sqlite3.SQLITE_LOCKED: "locked by another program; close that one and try again",
    sqlite3.SQLITE_READONLY: "cannot be written to; let the bot write to the file and its folder",
    sqlite3.SQLITE_PERM: "may not be used; let the bot write to the file and its folder",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened; name a file in a folder the bot can write to",
    sqlite3.SQLITE_IOERR: "the disk cannot be read or written; check the disk and its free space",
    sqlite3.SQLITE_FULL: "the disk is full; make room on it",
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
}
_DISK_FULL = "53100"
_PASSING = ("08", "40", "53", "55", "57")  # classes of SQLSTATE
_POSTGRESQL_REASONS = {
    "08": "the server cannot be reached; check that it runs, and host and port in the address",
    "25": "cannot be written to; name the primary server, not a read-only copy",
    "28": "user or password is refused; check both in the address",
    "3D": "the server has no database of this name; create it",
    "40": "locked by another program; try again",
    "42501": "the user may not do this; make it the owner of the database",
    _DISK_FULL: "the server's disk is full; make room on it",
    "53": "the server lacks room or connections; give it more",
    "55": "locked by another program; try again",
    "57": "the server is shutting down or starting; try again",
    "XX": _DAMAGED,
}


class DatabaseError(Exception):
    """The database cannot be used; one line says what is wrong, where, and what to do."""


class DatabaseAway(DatabaseError):
    """It cannot be used now, but may be later, without anything being mended."""


class Damaged(Exception):
    """The database holds what the bot never wrote."""


class Newer(Exception):
    """The tables are those of a later version of the bot, of the schema given."""


def passes(error: Exception) -> bool:
    """Whether it may work later: the server is out of reach or busy, or others hold the lock."""
    origin = getattr(error, "orig", None) or error
    if isinstance(origin, sqlite3.Error):
        code = getattr(origin, "sqlite_errorcode", 0) & 0xFF
        return code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    if state := getattr(origin, "sqlstate", None):
        return str(state)[:2] in _PASSING and state != _DISK_FULL
    return isinstance(origin, (ConnectionError, TimeoutError, socket.gaierror))


def reason_of(error: Exception) -> str | None:
    """What is wrong and what to do; None for faults of the program."""
    if isinstance(error, ModuleNotFoundError):
        return f"the driver {error.name} is missing; run `pip install {error.name}`"
    if isinstance(error, Newer):
        return f"made by a newer thesenbot (schema {error}); update thesenbot"
    if isinstance(error, (Damaged, UnicodeDecodeError, json.JSONDecodeError)):
        return _DAMAGED
    origin = getattr(error, "orig", None) or error
    if isinstance(origin, sqlite3.Error):
        code = getattr(origin, "sqlite_errorcode", 0) & 0xFF
        return _SQLITE_REASONS.get(code, f"the database failed: {origin}")
    if state := getattr(origin, "sqlstate", None):
        known = _POSTGRESQL_REASONS.get(state) or _POSTGRESQL_REASONS.get(state[:2])
        return known or f"the database failed with SQLSTATE {state}: {origin}"
    if isinstance(origin, (ConnectionError, TimeoutError, socket.gaierror)):
        return _POSTGRESQL_REASONS["08"]
    if isinstance(origin, OSError):
        return f"{origin.strerror or 'no answer'}; check that it exists and the bot may use it"
    return f"the database failed: {origin}" if isinstance(error, SQLAlchemyError) else None
