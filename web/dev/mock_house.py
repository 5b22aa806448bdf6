"""Accounts, own Spaces and edges of cardboard. Development only, see mock.py.

`POST /dev/house/<what>`: `out` (nobody is signed in), `bare` (no Spaces, no edges), `fresh`.
"""

import time
from typing import Any

from aiohttp import web
from mock_world import DAY_MS, STARTED_MS

TITLES = [
    ("debate", "Who pays for the river? The town asks, the council answers", "on_air", None),
    ("pilots", "An evening with the harbour pilots", "scheduled", STARTED_MS + DAY_MS),
    ("board", "The board, behind closed doors", "green_room", None),
    ("tram", "The tram, ten years on", "ended", None),
]


class Accounts:
    """Who is signed in, and what they have."""

    def __init__(self) -> None:
        self.is_in = True
        self.spaces = [told(*row) for row in TITLES]
        self.edges = [
            edge("edge-hamburg-1", 21_480, line=0.91, rung="low", cadence=2, extras="off", held="line"),
            edge("edge-hamburg-2", 18_902, line=0.62, late_ms=41.0, extras="paced"),
            edge("edge-paris-1", 7_828, line=0.24, late_ms=3.0, forced=["cadence"]),
            edge("edge-oslo-1", 0, is_lost=True, line=None, late_ms=None, seats=None),
        ]


def told(space_id: str, title: str, state: str, starts_ms: int | None, **more: Any) -> dict[str, Any]:
    links = {"listen": f"http://127.0.0.1/s/{space_id}", "host": None}
    ended_ms = STARTED_MS - DAY_MS if state == "ended" else None
    space = {"id": space_id, "title": title, "state": state, "starts_ms": starts_ms, "ended_ms": ended_ms}
    space |= {
        "description": "",
        "speakers_max": None,
        "is_recorded": space_id != "board",
        "language": "en",
        "on_air_ms": None if state == "scheduled" else STARTED_MS,
    }
    return {**space, "created_ms": STARTED_MS, "is_private": space_id == "board", "links": links, **more}


def edge(name: str, admitted: int, **more: Any) -> dict[str, Any]:
    made = {
        "id": name,
        "is_lost": False,
        "estimated": 0,
        "forced": [],
        "admitted": admitted,
        "hearing": admitted,
        "seats": 25_000,
    }
    made |= {"room": 25_000 - admitted, "joins_per_s": 1_000.0, "held": "none"}
    made |= {"line": 0.1, "late_ms": 118.0, "rung": "high", "cadence": 1, "extras": "on"}
    return made | more


HOUSE = Accounts()


async def session(_: web.Request) -> web.Response:
    account = {"id": "u1", "name": "Ana", "rank": "owner"} if HOUSE.is_in else None
    return web.json_response({"account": account, "csrf": "word"})


async def spaces(_: web.Request) -> web.Response:
    return web.json_response({"items": HOUSE.spaces, "next": None})


async def make(request: web.Request) -> web.Response:
    wanted = await request.json()
    made = told("new", wanted["title"], "scheduled", wanted["starts_ms"])
    made["is_private"] = wanted["is_private"]
    made["links"] = {**made["links"], "host": f"http://{request.host}/i/host"}
    HOUSE.spaces.insert(0, made)
    return web.json_response(made, status=201)


async def change(request: web.Request) -> web.Response:
    space = next(s for s in HOUSE.spaces if s["id"] == request.match_info["id"])
    space |= await request.json()
    key = ".q7Kd2mWz" if space["is_private"] else ""
    space["links"] = {**space["links"], "listen": f"http://{request.host}/s/{space['id']}{key}"}
    return web.json_response(space)


async def delete(request: web.Request) -> web.Response:
    gone = next(s for s in HOUSE.spaces if s["id"] == request.match_info["id"])
    HOUSE.spaces.remove(gone)
    return web.json_response({**gone, "state": "deleted"})


async def house(_: web.Request) -> web.Response:
    heard = [e for e in HOUSE.edges if not e["is_lost"]]
    figures = {"hearing": sum(e["hearing"] for e in heard), "admitted": sum(e["admitted"] for e in heard)}
    seats = {"seats": 75_000, "taken": figures["admitted"], "is_whole": True}
    figures |= {"edges": len(heard), "unknown": 1}
    return web.json_response({"edges": HOUSE.edges, "figures": figures, "capacity": seats})


async def force(request: web.Request) -> web.Response:
    found = next(e for e in HOUSE.edges if e["id"] == request.match_info["edge"])
    for kind, value in (await request.json()).items():
        found["forced"] = [k for k in found["forced"] if k != kind] + [kind] * (value != "auto")
        if value != "auto":
            found[kind] = value
    return web.json_response(found)


async def log(_: web.Request) -> web.Response:
    now_ms = time.time_ns() // 1_000_000
    felt = {"line": 0.91, "late_ms": 118.0}
    lines: list[tuple[int, str, dict[str, Any]]] = [
        (40_000, "ladder", {"edge": "edge-hamburg-1", "cadence": [1, 2], "felt": felt}),
        (95_000, "ladder", {"edge": "edge-hamburg-1", "rung": ["high", "low"], "felt": felt}),
        (240_000, "edge_lost", {"edge": "edge-oslo-1", "listeners": 4_120}),
        (610_000, "ladder_order", {"edge": "edge-paris-1", "by": "Ana", "cadence": 1}),
        (1_840_000, "stage_died", {"space": "debate", "exit_code": -9, "again_in_s": 0.5}),
        (3_000_000, "edge_came", {"edge": "edge-oslo-1"}),
    ]
    told_lines = [
        {"n": k, "at_ms": now_ms - ago, "kind": kind, "facts": facts}
        for k, (ago, kind, facts) in enumerate(lines)
    ]
    return web.json_response({"items": told_lines if HOUSE.edges else [], "next": None})


async def trouble(request: web.Request) -> web.Response:
    HOUSE.__init__()  # type: ignore[misc]
    what = request.match_info["what"]
    HOUSE.is_in = what != "out"
    if what == "bare":
        HOUSE.spaces, HOUSE.edges = [], []
    return web.Response()


ROUTES = [
    web.get("/api/session", session),
    web.get("/api/spaces", spaces),
    web.post("/api/spaces", make),
    # The one on the air is the desk's.
    web.patch("/api/spaces/{id:(?!debate).+}", change),
    web.delete("/api/spaces/{id}", delete),
    web.get("/api/house", house),
    web.get("/api/house/log", log),
    web.post("/api/house/edges/{edge}/ladder", force),
    web.post("/dev/house/{what}", trouble),
]
