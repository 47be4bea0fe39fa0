"""A small server that speaks Discord's protocol over a real socket, and can misbehave.

It answers the requests that the bot makes, keeps a record of them, and sends the events a test
tells it to. What it does wrong, a test says beforehand: statuses for coming requests, a connection
that drops, a session that is not resumed, a heartbeat that nobody answers.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import WSMsgType, web

BOT, APPLICATION, GUILD, CHANNEL, ANNA = (10**17 + n for n in range(5))
DISPATCH, HEARTBEAT, IDENTIFY, RESUME = 0, 1, 2, 6
RECONNECT, INVALID_SESSION, HELLO, ACKNOWLEDGED = 7, 9, 10, 11

Json = dict[str, Any]
Headers = dict[str, str]


@dataclass
class Request:
    """One request that the bot made, and the status it got."""

    method: str
    path: str
    body: Any
    status: int


@dataclass
class _Fault:
    method: str
    path: re.Pattern[str]
    answers: deque[tuple[int, Json, Headers]]


@dataclass
class DiscordServer:
    """The server; ``async with`` starts it on a free port of this machine.

    Attributes:
        heartbeat_seconds: How often the bot is told to send heartbeats.
        answers_heartbeats: Whether it answers them.
        resumes: Whether a session may be resumed.
        token: The only one that is taken.
        close_code: Closes every connection with this code once it has identified; None not to.
        requests: All requests in their order.
        patience_seconds: How long ``until`` waits.
        gateway: The operation codes that the bot has sent, in order; heartbeats left out.
    """

    heartbeat_seconds: float = 40.0
    answers_heartbeats: bool = True
    resumes: bool = True
    token: str = "token"
    close_code: int | None = None
    patience_seconds: float = 5.0
    requests: list[Request] = field(default_factory=list)
    gateway: list[int] = field(default_factory=list)
    messages: dict[int, Json] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._faults: list[_Fault] = []
        self._events: list[Json] = []
        self._socket: web.WebSocketResponse | None = None
        self._ids = itertools.count(10**17 + 1_000)
        self._changed = asyncio.Condition()
        routes: dict[str, tuple[int, Callable[..., Any]]] = {
            "GET /users/@me": (200, lambda _: _user(BOT, "thesenbot", bot=True)),
            "GET /oauth2/applications/@me": (200, lambda _: _application()),
            "GET /gateway/bot": (200, lambda _: self._gateway_address()),
            r"PUT /applications/\d+/commands": (200, lambda _: []),
            r"GET /channels/\d+/messages": (200, lambda _: list(self.messages.values())),
            r"POST /channels/(\d+)/messages": (200, self._message),
            r"POST /webhooks/.*": (200, self._message),
            r"PATCH /(?:channels|webhooks)/.*": (200, self._message),
            "POST /users/@me/channels": (200, lambda _: self._direct_channel()),
            r"POST /channels/\d+/typing": (204, lambda _: None),
            r"POST /interactions/(\d+)/.*/callback": (200, _callback),
            "DELETE .*": (204, lambda _: None),
        }
        self._routes = [(re.compile(route), *answer) for route, answer in routes.items()]

    async def __aenter__(self) -> Self:
        application = web.Application()
        application.router.add_get("/gateway", self._serve_gateway)
        application.router.add_route("*", "/api/{path:.*}", self._serve)
        self._runner = web.AppRunner(application, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    @property
    def api_base(self) -> str:
        """What ``api_base`` in the config has to be."""
        return f"http://127.0.0.1:{self._port}/api"

    def next_id(self) -> int:
        """An id that nothing else has."""
        return next(self._ids)

    def fail(self, method: str, path: str, *statuses: int, code: int = 0, **extra: object) -> None:
        """Answer the next requests that match with these statuses, then as usual.

        Args:
            method: Of the requests.
            path: A regular expression that their whole path must match.
            statuses: One for each of them.
            code: Discord's own code of the error.
            extra: More of the body; ``retry_after`` and ``global`` belong to status 429.
        """
        body: Json = {"code": code, "message": "as told", **extra}
        headers = {"Via": "1.1 google"}
        answers = deque((status, body, headers) for status in statuses)
        self._faults.append(_Fault(method, re.compile(path), answers))

    def made(self, method: str, path: str) -> list[Request]:
        """The requests that match so far."""
        wanted = re.compile(path)
        return [r for r in self.requests if r.method == method and wanted.fullmatch(r.path)]

    async def until(self, holds: Callable[[], object]) -> None:
        """Wait until something holds after a request or a word from the bot."""
        async with asyncio.timeout(self.patience_seconds), self._changed:
            await self._changed.wait_for(lambda: bool(holds()))

    async def send(self, event: str, content: Json) -> None:
        """Send an event, or keep it for a bot that resumes."""
        payload = {"op": DISPATCH, "t": event, "s": len(self._events) + 2, "d": content}
        self._events.append(payload)
        if self._socket is not None and not self._socket.closed:
            await self._socket.send_json(payload)

    async def tell(self, content: str) -> None:
        """Send the bot just these characters."""
        assert self._socket is not None
        await self._socket.send_str(content)

    async def drop(self, code: int = 1006) -> None:
        """Drop the connection: without a word, or with a closing code."""
        socket, self._socket = self._socket, None
        assert socket is not None
        if code == 1006:
            transport = socket._req.transport if socket._req else None
            assert transport is not None
            transport.close()
        else:
            await socket.close(code=code)

    async def _serve_gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._socket = socket
        hello = {"heartbeat_interval": int(self.heartbeat_seconds * 1000)}
        await socket.send_json({"op": HELLO, "d": hello, "s": None, "t": None})
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await self._hear(socket, message.json())
        return socket

    async def _hear(self, socket: web.WebSocketResponse, said: Json) -> None:
        match said["op"]:
            case op if op == HEARTBEAT:
                if self.answers_heartbeats:
                    await socket.send_json({"op": ACKNOWLEDGED, "d": None, "s": None, "t": None})
                return
            case op if op == IDENTIFY:
                await self._identify(socket, said["d"])
            case op if op == RESUME:
                await self._resume(socket, said["d"]["seq"])
        async with self._changed:
            self.gateway.append(said["op"])
            self._changed.notify_all()

    async def _identify(self, socket: web.WebSocketResponse, said: Json) -> None:
        if self.close_code is not None or said["token"] != self.token:
            await socket.close(code=self.close_code or 4004)
            return
        self._events.clear()
        ready = {
            "v": 10,
            "user": _user(BOT, "thesenbot", bot=True),
            "guilds": [{"id": str(GUILD), "unavailable": True}],
            "session_id": "session",
            "shard": [0, 1],
            "resume_gateway_url": f"ws://127.0.0.1:{self._port}/gateway",
            "application": {"id": str(APPLICATION), "flags": 0},
        }
        await socket.send_json({"op": DISPATCH, "t": "READY", "s": 1, "d": ready})
        await self.send("GUILD_CREATE", _guild())

    async def _resume(self, socket: web.WebSocketResponse, heard: int) -> None:
        if not self.resumes:
            await socket.send_json({"op": INVALID_SESSION, "d": False, "s": None, "t": None})
            return
        for event in self._events:
            if event["s"] > heard:
                await socket.send_json(event)
        await socket.send_json({"op": DISPATCH, "t": "RESUMED", "s": heard, "d": {}})

    async def _serve(self, request: web.Request) -> web.Response:
        path = f"/{request.match_info['path']}"
        body = await request.json() if request.content_type == "application/json" else None
        status, answer, headers = self._fault(request.method, path) or self._answer(
            request, path, body
        )
        async with self._changed:
            self.requests.append(Request(request.method, path, body, status))
            self._changed.notify_all()
        if status == 204:
            return web.Response(status=204)
        headers = {"Content-Type": "application/json", **headers}
        return web.Response(body=json.dumps(answer), status=status, headers=headers)

    def _fault(self, method: str, path: str) -> tuple[int, Any, Headers] | None:
        for fault in self._faults:
            if fault.method == method and fault.path.fullmatch(path) and fault.answers:
                return fault.answers.popleft()
        return None

    def _answer(self, request: web.Request, path: str, body: Any) -> tuple[int, Any, Headers]:
        by_link = path.startswith(("/interactions/", "/webhooks/"))
        if not by_link and request.headers.get("Authorization") != f"Bot {self.token}":
            return 401, {"code": 0, "message": "401: Unauthorized"}, {}
        for route, status, answer in self._routes:
            if found := route.fullmatch(f"{request.method} {path}"):
                return status, answer(body, *found.groups()), {}
        return 404, {"code": 0, "message": "404: Not Found"}, {}

    def _gateway_address(self) -> Json:
        limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
        url = f"ws://127.0.0.1:{self._port}/gateway"
        return {"url": url, "shards": 1, "session_start_limit": limit}

    def _direct_channel(self) -> Json:
        return {"id": str(self.next_id()), "type": 1, "recipients": [_user(ANNA, "anna")]}

    def _message(self, body: Json, channel: str = str(CHANNEL)) -> Json:
        message = message_from(self.next_id(), body.get("content") or "", int(channel), author=BOT)
        if reference := body.get("message_reference"):
            message |= {"message_reference": reference, "type": 19}
        self.messages[int(message["id"])] = message
        return message


def message_from(
    number: int, content: str, channel: int = CHANNEL, *, author: int = ANNA, **more: object
) -> Json:
    """A message as Discord tells of it."""
    return {
        "id": str(number),
        "channel_id": str(channel),
        "author": _user(author, "anna", bot=author == BOT),
        "content": content,
        "timestamp": "2026-01-01T00:00:00+00:00",
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [_user(BOT, "thesenbot", bot=True)] if f"<@{BOT}>" in content else [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "pinned": False,
        "type": 0,
        **({"guild_id": str(GUILD)} if channel == CHANNEL else {}),
        **more,
    }


def interaction(number: int, kind: int, data: Json, **more: object) -> Json:
    """An interaction of Anna's in the channel: 2 a command, 3 a button, 4 an autocompletion."""
    member = {
        "user": _user(ANNA, "anna"),
        "roles": [],
        "joined_at": "2026-01-01T00:00:00+00:00",
        "deaf": False,
        "mute": False,
        "flags": 0,
        "permissions": str(2**40 - 1),
    }
    return {
        "id": str(number),
        "application_id": str(APPLICATION),
        "type": kind,
        "token": f"interaction{number}",
        "version": 1,
        "guild_id": str(GUILD),
        "channel_id": str(CHANNEL),
        "channel": _channel(),
        "member": member,
        "locale": "en-GB",
        "guild_locale": "en-GB",
        "app_permissions": str(2**40 - 1),
        "attachment_size_limit": 10_000_000,
        "entitlements": [],
        "authorizing_integration_owners": {"0": str(GUILD)},
        "context": 0,
        "data": data,
        **more,
    }


def _user(number: int, name: str, *, bot: bool = False) -> Json:
    return {
        "id": str(number),
        "username": name,
        "discriminator": "0",
        "global_name": name,
        "avatar": None,
        "bot": bot,
    }


def _callback(body: Json, number: str) -> Json:
    return {"interaction": {"id": number, "type": 2}, "resource": {"type": body["type"]}}


def _application() -> Json:
    return {
        "id": str(APPLICATION),
        "name": "thesenbot",
        "icon": None,
        "description": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "",
        "flags": 0,
        "team": None,
        "owner": _user(ANNA, "anna"),
    }


def _channel() -> Json:
    return {
        "id": str(CHANNEL),
        "type": 0,
        "guild_id": str(GUILD),
        "name": "garten",
        "position": 0,
        "permission_overwrites": [],
        "nsfw": False,
        "parent_id": None,
    }


def _guild() -> Json:
    everyone = {
        "id": str(GUILD),
        "name": "@everyone",
        "permissions": str(2**40 - 1),
        "position": 0,
        "color": 0,
        "hoist": False,
        "managed": False,
        "mentionable": False,
    }
    return {
        "id": str(GUILD),
        "name": "Garten",
        "owner_id": str(ANNA),
        "unavailable": False,
        "member_count": 2,
        "roles": [everyone],
        "channels": [_channel()],
        "members": [],
        "threads": [],
        "emojis": [],
        "stickers": [],
        "features": [],
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
        "preferred_locale": "de",
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "premium_tier": 0,
        "nsfw_level": 0,
        "afk_timeout": 0,
        "system_channel_flags": 0,
    }
