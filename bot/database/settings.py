"""What the bot remembers: settings of servers and counts of votes, nothing about people."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Table, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.database.engine import connect, parse_url, place_of
from bot.database.faults import Damaged, DatabaseError, reason_of
from bot.database.tables import LONGEST_PASSAGE, SERVERS, VOTES, prepare
from index import Language

_TRUSTED = 10  # seconds
_REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """What the people of one server chose; no ``works`` means all of them."""

    language: Language | None = None
    works: tuple[str, ...] = ()
    inline_channels: frozenset[int] = frozenset()
    unasked_channels: frozenset[int] = frozenset()
    private: bool = False


_SETTINGS = TypeAdapter(ServerSettings)


class Database:
    """One database; every method but the constructor may raise ``DatabaseError``.

    Args:
        url: Its address for SQLAlchemy; checked when it is opened.
        clock: Seconds that only grow; settings read less than ten of them ago are trusted.
    """

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._clock = clock
        self._place = "database"
        self._password = ""
        self._engine: AsyncEngine | None = None
        self._cache: dict[int, tuple[float, ServerSettings]] = {}
        self._changes = 0
        self._uses = 0
        self._unused = asyncio.Event()
        self._unused.set()

    async def open(self) -> None:
        """Connect, and create what is missing; to be called once, before all else.

        Raises:
            DatabaseError: It cannot be reached or made, is damaged, or has a newer schema.
        """
        with self._faults_named():
            url = parse_url(self._url)
            self._place = place_of(url)
            self._password = str(url.password or "")
            engine = connect(url)
            try:
                async with engine.begin() as connection:
                    await prepare(connection)
            except BaseException:
                await engine.dispose()
                raise
            self._engine = engine

    async def close(self) -> None:
        """Let go of all connections once what is being read or written is done.

        Nothing happens if there are none.

        Raises:
            DatabaseError: The last writing fails.
        """
        engine, self._engine = self._engine, None
        self._cache.clear()
        if engine is not None:
            await self._unused.wait()
            with self._faults_named():
                await engine.dispose()

    async def settings(self, server: int) -> ServerSettings:
        """The settings of a server, or the defaults; changes by other processes show within 10 s.

        Raises:
            DatabaseError: They cannot be read.
        """
        now, changes = self._clock(), self._changes
        if (kept := self._cache.get(server)) and now - kept[0] < _TRUSTED:
            return kept[1]
        statement = select(*SERVERS.c[1:]).where(SERVERS.c.server == server)
        with self._faults_named():
            async with self._use(self._opened.connect()) as connection:
                row = (await connection.execute(statement)).mappings().one_or_none()
            found = ServerSettings() if row is None else _parse_settings(dict(row))
        if changes == self._changes:
            self._cache.pop(server, None)
            if len(self._cache) >= _REMEMBERED:
                del self._cache[next(iter(self._cache))]
            self._cache[server] = now, found
        return found

    async def save(self, server: int, settings: ServerSettings) -> None:
        """Replace the settings of a server, all of them or, on any failure, none.

        Raises:
            DatabaseError: They cannot be written.
        """
        values = asdict(settings) | {
            "works": list(settings.works),
            "inline_channels": sorted(settings.inline_channels),
            "unasked_channels": sorted(settings.unasked_channels),
        }
        await self._change(server, self._upsert(SERVERS, {"server": server, **values}, values))

    async def forget(self, server: int) -> None:
        """Delete all that is known of a server.

        Raises:
            DatabaseError: It cannot be deleted.
        """
        await self._change(server, delete(SERVERS).where(SERVERS.c.server == server))

    async def vote(self, passage: str, *, helpful: bool) -> None:
        """Count one vote for or against a passage.

        Args:
            passage: Its key, of at most 64 characters.
            helpful: Whether the vote is for it.

        Raises:
            DatabaseError: It cannot be counted.
            ValueError: The key is too long.
        """
        if len(passage) > LONGEST_PASSAGE:
            message = f"a passage's key has at most {LONGEST_PASSAGE} characters"
            raise ValueError(message)
        counts = {"helpful": int(helpful), "unhelpful": int(not helpful)}
        counted = {name: VOTES.c[name] + count for name, count in counts.items()}
        statement = self._upsert(VOTES, {"passage": passage, **counts}, counted)
        with self._faults_named():
            async with self._use(self._opened.begin()) as connection:
                await connection.execute(statement)

    async def votes(self) -> dict[str, tuple[int, int]]:
        """How often each passage was voted helpful and not helpful, by its key.

        Raises:
            DatabaseError: They cannot be read.
        """
        with self._faults_named():
            async with self._use(self._opened.connect()) as connection:
                rows = (await connection.execute(select(VOTES))).all()
        return {row.passage: (row.helpful, row.unhelpful) for row in rows}

    @property
    def _opened(self) -> AsyncEngine:
        if self._engine is None:
            raise DatabaseError(f"{self._place}: not open; call open() first")
        return self._engine

    def _upsert(self, table: Table, values: dict[str, Any], changed: dict[str, Any]) -> Any:
        dialect = postgresql if self._opened.dialect.name == "postgresql" else sqlite
        return (
            dialect.insert(table)
            .values(values)
            .on_conflict_do_update(index_elements=list(table.primary_key), set_=changed)
        )

    async def _change(self, server: int, statement: Any) -> None:
        try:
            with self._faults_named():
                async with self._use(self._opened.begin()) as connection:
                    await connection.execute(statement)
        finally:  # also what was being read meanwhile is not to be kept
            self._changes += 1
            self._cache.pop(server, None)

    @asynccontextmanager
    async def _use(
        self, connecting: AbstractAsyncContextManager[AsyncConnection]
    ) -> AsyncIterator[AsyncConnection]:
        """The connection, which ``close`` waits for."""
        self._uses += 1
        self._unused.clear()
        try:
            async with connecting as connection:
                yield connection
        finally:
            self._uses -= 1
            if not self._uses:
                self._unused.set()

    @contextmanager
    def _faults_named(self) -> Iterator[None]:
        try:
            yield
        except DatabaseError:
            raise
        except Exception as error:
            reason = reason_of(error)
            if reason is None:
                raise
            if self._password:
                reason = reason.replace(self._password, "***")
            line = " ".join(f"{self._place}: {reason}".splitlines())
            raise DatabaseError(line) from error


def _parse_settings(values: dict[str, Any]) -> ServerSettings:
    try:
        return _SETTINGS.validate_python(values)
    except ValidationError as error:
        raise Damaged from error
