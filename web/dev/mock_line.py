"""A line of cardboard: at `/s/full` one waits, at `/s/draw` one is drawn. Development only, see mock.py."""

import json
import secrets
import time
from dataclasses import replace

from aiohttp import web
from mock_world import OPEN, STARTED_MS, id_of

from stentor.admission.line.line_clock import Doors, LineClock, Why
from stentor.admission.line.place import Place, commitment_of
from stentor.admission.token import KeyRing, Ticket

SEED = bytes(range(32))
RING = KeyRing.of(bytes(32))
BUCKET = 40
FAR = LineClock(
    "full",
    1,
    0,
    Doors.HELD,
    Why.SEATS,
    doors_ms=STARTED_MS - 60_000,
    called=Place(8, 0),
    arrivals=((8, 2210), (18, 1400), (32, 9000)),
    show=0.8,
    admits_per_s=11.2,
    room=0,
    leaves_per_s=11.2,
    waiting=9_480,
    admitted=48_210,
    poll_s=2,
    here_s=30,
    hears=True,
    commitment=commitment_of(SEED),
    seed=SEED.hex(),
)
NEAR = replace(
    FAR, called=Place(39, 0), arrivals=((39, 240), (41, 9000)), why=Why.JOINS, room=900, admits_per_s=40
)
DRAW = replace(
    FAR, doors=Doors.LOBBY, why=Why.NONE, seed=None, waiting=3_904, admitted=0, room=0, hears=False
)
CLOCKS = {
    "far": FAR,
    "near": NEAR,
    "host": replace(FAR, why=Why.HOST, admits_per_s=0, leaves_per_s=0, hears=False),
    "hot": replace(FAR, why=Why.LINE, heat=2, hears=False),
    "called": replace(FAR, called=Place(BUCKET + 10, 0), arrivals=()),
}


class Mood:
    """Where the line is."""

    now = "far"


def clock_of(space_id: str) -> bytes:
    told = DRAW if space_id == "draw" else CLOCKS[Mood.now]
    at_ms = time.time_ns() // 1_000_000
    return replace(told, space_id=space_id, number=at_ms // 1000, at_ms=at_ms).encoded(lambda _: bytes(64))


async def line(request: web.Request) -> web.Response:
    space_id = id_of(request)
    if space_id not in {"full", "draw"}:
        raise web.HTTPServiceUnavailable(headers={"Retry-After": "1", **OPEN})
    return web.Response(body=clock_of(space_id), content_type="application/json", headers=OPEN)


def ticket_of(space_id: str, effort: int = 0, id_: bytes | None = None) -> str:
    bucket = 0 if space_id == "draw" else BUCKET
    ticket = Ticket(int(time.time()), id_ or secrets.token_bytes(8), bucket, effort)
    return RING.sealed_ticket(ticket, space_id=space_id)


async def ticket(request: web.Request) -> web.Response:
    told = {"ticket": ticket_of(id_of(request)), "behind_s": 0, "network_note": None, "challenge": None}
    return web.json_response(told, status=201, headers=OPEN)


async def nothing(_: web.Request) -> web.Response:
    return web.Response(status=204, headers=OPEN)


async def bid(request: web.Request) -> web.Response:
    """A challenge that nobody solves: its state can be looked at."""
    id_of(request)
    parameters = {
        "algorithm": "PBKDF2/SHA-256",
        "nonce": "00" * 16,
        "salt": "00" * 16,
        "cost": 1000,
        "keyLength": 32,
        "keyPrefix": "ab" * 16,
    }
    return web.json_response({"challenge": {"parameters": parameters, "signature": ""}}, headers=OPEN)


def in_line(request: web.Request, space_id: str) -> web.Response | None:
    """The answer to who may not come in; None: they may."""
    if space_id != "full" or "pass" in request.query or (Mood.now == "called" and "ticket" in request.query):
        return None
    told = {
        "type": "tag:stentor,2026:in-line",
        "title": "In line",
        "status": 503,
        "retry_after_s": 2,
        "ticket": request.query.get("ticket") or ticket_of(space_id),
        "clock": json.loads(clock_of(space_id)),
    }
    return web.json_response(told, status=503, headers={"Retry-After": "2", **OPEN})


async def mood(request: web.Request) -> web.Response:
    Mood.now = request.match_info["mood"]
    return web.Response()


ROUTES = [
    web.get("/s/{name}/line.json", line),
    web.post("/s/{name}/ticket", ticket),
    web.post("/s/{name}/here", nothing),
    web.post("/s/{name}/bid", bid),
    web.post("/dev/line/{mood}", mood),
]
