"""The stage door of cardboard: the real nouns in memory. Development only, see mock.py.

Invited: `/i/host` (Ana), `/i/cohost` (Ben), `/i/guest` (Dae), `/i/waiting` (Ida, third in line),
`/i/listener` (Leo, in the audience), `/i/locked` (Chloé), `/i/out` (removed), `/i/many` (a shared one).
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from aiohttp import web
from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaRelay
from mock_world import EPOCH_MS, PEOPLE, TITLES, WORLD, facts

from stentor.errors import StentorError
from stentor.space.crew import Ban, BanKind, Crew, Member, Silence
from stentor.space.people import Role
from stentor.space.questions import Question, Questions
from stentor.space.tick import TickWriter

SPACE = "debate"
TOKENS = {
    "host": "ana",
    "cohost": "ben",
    "guest": "dae",
    "locked": "chloe",
    "waiting": "ida",
    "listener": "leo",
    "out": "olaf",
}
UNDO_MS = 10_000


def now_ms() -> int:
    return time.time_ns() // 1_000_000


class Desk:
    """What hosts can change."""

    def __init__(self) -> None:
        began = now_ms()
        stage = tuple(
            Member(
                p["id"],
                p["name"],
                Role(p["role"]),
                f"i-{p['id']}",
                silence=Silence.LOCKED if p["id"] == "chloe" else Silence.NONE,
            )
            for p in PEOPLE
        )
        waiting = (
            ("sam", "Samira Haddad", "Eleven euros is not what the town said last year.", 412_000),
            ("jon", "Jónas Þórðarson", "", 260_000),
            (
                "ida",
                "Ida Lindqvist",
                "I live below the old bridge. The water was in our cellar twice.",
                95_000,
            ),
        )
        line = tuple(
            Member(i, n, Role.LISTENER, f"i-{i}", asked_ms=began - ago, is_waiting=True, note=note)
            for i, n, note, ago in waiting
        )
        others = (
            Member("leo", "Leo Marchetti", Role.LISTENER, "i-leo"),
            Member("olaf", "Olaf Brandt", Role.LISTENER, "i-olaf", is_out=True, silence=Silence.LOCKED),
            Member("pia", "Pia Kowalczyk", Role.SPEAKER, "i-pia"),
        )
        ban = Ban(BanKind.NETWORK, "n1", "Olaf Brandt", "ana", began)
        self.crew = Crew(SPACE, (*stage, *line, *others), (ban,))
        texts = (
            ("q1", "What happens to the allotments below the old bridge?", "Ruth M."),
            ("q2", "Has anybody asked the insurers what they would do?", ""),
            ("q3", "Why does the harbour decide about land that belongs to all of us?", "Tomasz"),
        )
        self.questions = Questions(
            SPACE, items=tuple(Question(i, t, n, began - 60_000 * k) for k, (i, t, n) in enumerate(texts))
        )
        self.invitations: list[dict[str, Any]] = [
            invitation("i-pia", "Pia Kowalczyk"),
            invitation("i-ben", "Ben Okafor", role="cohost", uses=1),
            invitation("i-many", "Shared link", uses=4, uses_max=10, is_shared=True, person=None),
        ]
        self.doors: dict[str, Any] = {"doors": "auto", "listeners_max": None}
        self.sounds = [
            {"id": "s1", "name": "Opening, brass.wav", "is_playing": False},
            {"id": "s2", "name": "Station jingle.mp3", "is_playing": True},
        ]
        self.said: dict[str, Any] = {}
        self.over_at_ms: int | None = None
        self.end_asked: dict[str, Any] | None = None
        self.needs_two = self.is_low = False
        self.here: dict[str, str] = {}
        self.removal = "none"


def invitation(i: str, name: str, **more: Any) -> dict[str, Any]:
    told = {"id": i, "role": "speaker", "name": name, "is_shared": False, "person": i, "uses": 0}
    return {**told, "uses_max": 1, "expires_ms": None, "is_source": False, "is_revoked": False, **more}


DESK = Desk()


def person(request: web.Request) -> str:
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token not in TOKENS:
        raise web.HTTPUnauthorized
    if DESK.crew.member(TOKENS[token]).is_out:
        raise web.HTTPForbidden
    return TOKENS[token]


def crew_told() -> dict[str, Any]:
    here = {p["id"] for p in PEOPLE} | {"sam", "ida"}
    return {
        "members": [
            {
                **{k: v for k, v in m.as_json().items() if k not in {"invitation_id", "network"}},
                "is_here": m.id in here and not (m.id == "ana" and WORLD.is_host_away),
                "is_away": m.id == "ana" and WORLD.is_host_away,
            }
            for m in DESK.crew.members
        ],
        "line": [m.id for m in DESK.crew.line],
        "lead": "ben" if WORLD.is_host_away else "ana",
        "bans": [b.as_json() for b in DESK.crew.bans],
    }


def questions_told() -> dict[str, Any]:
    told = DESK.questions.as_json()
    return {k: told[k] for k in ("is_open", "on_screen", "items")}


def space_told(request: web.Request) -> dict[str, Any]:
    key = ".k7Qm2xWv" if DESK.said.get("is_private") else ""
    return {
        "id": SPACE,
        "title": TITLES[SPACE],
        "description": "",
        "state": WORLD.state[SPACE],
        "created_ms": EPOCH_MS,
        "starts_ms": None,
        "epoch_ms": EPOCH_MS,
        "on_air_ms": EPOCH_MS + 23_040,
        "ended_ms": None,
        "over_at_ms": DESK.over_at_ms,
        "is_private": False,
        "is_recorded": True,
        "language": "en",
        "speakers_max": None,
        "account_id": None,
        "end_asked": DESK.end_asked,
        "links": {"listen": f"{request.scheme}://{request.host}/s/{SPACE}{key}", "host": None},
        **DESK.said,
    }


def figures() -> dict[str, Any]:
    hearing = 48_210 + WORLD.head() // 9 % 50
    told = {"hearing": hearing, "admitted": hearing + 391, "arrived": 91_402, "edges": 4, "unknown": 0}
    told |= {"rung": "low", "cadence": 4, "extras": "off"} if DESK.is_low else {"rung": "high", "cadence": 1}
    return {**told, "hands": 3, "waiting": 3_904, "turned_away": 12}


def doors() -> dict[str, Any]:
    now = {
        "at_ms": time.time_ns() // 1_000_000,
        "doors": "held" if DESK.doors["doors"] != "open" else "open",
        "why": "host" if DESK.doors["doors"] == "held" else "seats",
        "waiting": 3_904,
        "admitted": 48_601,
        "room": 0,
        "admits_per_s": 11.2,
        "wait_low_s": 260.0,
        "wait_high_s": 410.0,
    }
    return {**DESK.doors, "words": "", "now": now}


async def order_doors(request: web.Request) -> web.Response:
    DESK.doors |= await request.json()
    return web.json_response(doors())


def me_told(who: str) -> dict[str, Any]:
    m = DESK.crew.member(who)
    line = [w.id for w in DESK.crew.line]
    place = line.index(who) + 1 if who in line else None
    return {
        "name": m.name,
        "role": m.role.value,
        "silence": m.silence.value,
        "is_waiting": m.is_waiting,
        "note": m.note,
        "place": place,
        "is_source": False,
    }


async def me(request: web.Request) -> web.Response:
    url = f"{request.scheme}://{request.host}/s/{SPACE}"
    state = WORLD.state[SPACE]
    space = {"id": SPACE, "title": TITLES[SPACE], "state": state, "over_at_ms": DESK.over_at_ms}
    space |= {"is_recorded": True, "language": "en"}
    kept = {"is_published": True, "is_unwanted": False, "keep_until_ms": None}
    kept |= {"removal": DESK.removal, "is_own_wish": True, "has_replay": state == "ended"}
    if request.headers.get("Authorization") == "Bearer many":
        shared = {"person": None, "name": "Shared link", "role": "speaker", "is_shared": True}
        return web.json_response({"space": space, **shared, "listen_url": url})
    who = person(request)
    told = {"space": space, "person": who, **me_told(who), "record": kept}
    return web.json_response({**told, "listen_url": url})


async def own_record(request: web.Request) -> web.Response:
    """A speaker goes out of the record, or stays in it, or asks."""
    if request.method != "GET":
        DESK.removal = "waiting" if request.method == "DELETE" else "none"
    has_replay = WORLD.state[SPACE] == "ended"
    kept = {"is_published": True, "is_unwanted": False, "keep_until_ms": None, "has_replay": has_replay}
    return web.json_response({**kept, "removal": DESK.removal, "is_own_wish": True})


async def claim(request: web.Request) -> web.Response:
    return web.json_response(
        {"token": "guest", "link": f"{request.scheme}://{request.host}/i/guest"}, status=201
    )


Move = Callable[[Crew, web.Request, dict[str, Any]], Crew]
VERBS: dict[str, Move] = {
    "accept": lambda c, r, _: c.accepted(r.match_info["p"], speakers_max=13),
    "decline": lambda c, r, _: c.declined(r.match_info["p"]),
    "put-back": lambda c, r, _: c.put_back(r.match_info["p"], at_ms=now_ms()),
    "audience": lambda c, r, _: c.to_audience(r.match_info["p"]),
    "mute": lambda c, r, _: c.silenced(r.match_info["p"], Silence.MUTED),
    "lock": lambda c, r, _: c.silenced(r.match_info["p"], Silence.LOCKED),
    "unmute": lambda c, r, _: c.silenced(r.match_info["p"], Silence.NONE),
    "remove": lambda c, r, _: c.removed(r.match_info["p"]),
    "let-back": lambda c, r, _: c.let_back(r.match_info["p"]),
    "role": lambda c, r, b: c.with_role(r.match_info["p"], Role(b["role"])),
    "host": lambda c, r, _: c.handed_over(r.match_info["p"]),
    "ban": lambda c, r, _: c.banned(
        Ban(BanKind.PERSON, r.match_info["p"], c.member(r.match_info["p"]).name, "ana", now_ms())
    ),
}


async def body_of(request: web.Request) -> dict[str, Any]:
    found: dict[str, Any] = await request.json() if request.can_read_body else {}
    return found


async def moved(request: web.Request) -> web.Response:
    try:
        DESK.crew = VERBS[request.match_info["verb"]](DESK.crew, request, await body_of(request))
    except StentorError as error:
        return web.json_response({"detail": str(error)}, status=409)
    return web.json_response(crew_told())


async def mute_all(request: web.Request) -> web.Response:
    silence = Silence.LOCKED if (await request.json())["lock"] else Silence.MUTED
    DESK.crew = DESK.crew.all_silenced(silence, but="ana")
    return web.json_response(crew_told())


async def unban(request: web.Request) -> web.Response:
    DESK.crew = DESK.crew.unbanned(BanKind(request.match_info["kind"]), request.match_info["value"])
    return web.json_response(crew_told())


async def mute(request: web.Request) -> web.Response:
    wanted = (await request.json())["muted"]
    try:
        DESK.crew = DESK.crew.muted_self(person(request), is_muted=wanted)
    except StentorError as error:
        return web.json_response({"detail": str(error)}, status=403)
    return web.Response(status=204)


async def ask(request: web.Request) -> web.Response:
    note = (await request.json())["note"]
    DESK.crew = DESK.crew.asked(person(request), note=note, at_ms=now_ms())
    return web.Response(status=204)


async def unask(request: web.Request) -> web.Response:
    DESK.crew = DESK.crew.declined(person(request))
    return web.Response(status=204)


async def screen(request: web.Request) -> web.Response:
    q = request.match_info.get("q")
    DESK.questions = DESK.questions.put_on_screen(q) if q else DESK.questions.taken_off_screen()
    return web.json_response(questions_told())


async def put_away(request: web.Request) -> web.Response:
    DESK.questions = DESK.questions.put_away(request.match_info["q"])
    return web.json_response(questions_told())


async def open_questions(request: web.Request) -> web.Response:
    DESK.questions = DESK.questions.opened(is_open=(await request.json())["is_open"])
    return web.json_response(questions_told())


async def invite(request: web.Request) -> web.Response:
    wanted = await request.json()
    is_shared = wanted.get("uses_max", 1) > 1
    made = invitation(f"i-{len(DESK.invitations)}", wanted.get("name") or "Guest", role=wanted["role"])
    made |= {"is_shared": is_shared, "uses_max": wanted.get("uses_max", 1)}
    made |= {"is_source": wanted.get("is_source", False)}
    DESK.invitations.insert(0, made)
    link = f"{request.scheme}://{request.host}/i/Ue3n1vYx0Q2mKc7sTz5wPa"
    return web.json_response({**made, "link": link}, status=201)


async def revoke(request: web.Request) -> web.Response:
    DESK.invitations = [i for i in DESK.invitations if i["id"] != request.match_info["i"]]
    return web.Response(status=204)


async def sound(request: web.Request) -> web.Response:
    is_playing = request.match_info["verb"] == "play"
    DESK.sounds = [
        {**s, "is_playing": is_playing} if s["id"] == request.match_info["s"] else s for s in DESK.sounds
    ]
    return web.Response(status=204)


def series() -> dict[str, Any]:
    """An hour that rises, with a hole where an edge was not heard from."""
    points = [int(48_000 * (1 - 2.7 ** (-k / 70)) + 900 * ((k * 7) % 11) / 11) for k in range(358)]
    hearing: list[int | None] = [None if 200 < k < 208 else p for k, p in enumerate(points)]
    told = {"step_s": 10, "from_ms": EPOCH_MS + 20_000, "hearing": hearing}
    return {**told, "admitted": hearing, "arrived": hearing, "unknown": [0] * len(hearing)}


async def change(request: web.Request) -> web.Response:
    DESK.said |= await request.json()
    return web.json_response(space_told(request))


async def move(request: web.Request) -> web.Response:
    then = (await request.json())["state"]
    if then == "ended" and DESK.needs_two and DESK.end_asked is None:
        DESK.end_asked = {"by": "ben", "at_ms": now_ms()}
    elif then == "ended":
        WORLD.state[SPACE], DESK.over_at_ms, DESK.end_asked = "ending", now_ms() + UNDO_MS, None
    else:
        WORLD.state[SPACE], DESK.over_at_ms = then, None
    return web.json_response(space_told(request))


def parts(request: web.Request, who: str | None) -> dict[str, Any]:
    """What the live feed says when it has changed."""
    told: dict[str, Any] = {"state": {k: v for k, v in space_told(request).items() if k != "links"}}
    if who is not None:
        told["me"] = {"id": who, "asked_ms": DESK.crew.member(who).asked_ms, **me_told(who)}
    if who is None or DESK.crew.member(who).role.may_lead:
        told |= {"crew": crew_told(), "questions": questions_told(), "figures": figures()}
    return told


async def news(request: web.Request) -> web.StreamResponse:
    who = None if request.path.startswith("/api/spaces") else person(request)
    answer = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await answer.prepare(request)
    writer, number = TickWriter(), WORLD.head()
    said: dict[str, Any] = {}

    async def say(name: str, data: Any) -> None:
        await answer.write(f"event: {name}\ndata: {json.dumps(data)}\n\n".encode())

    while True:
        if who is not None and DESK.crew.member(who).is_out:
            await say("removed", {})
            return answer
        if WORLD.state[SPACE] == "ending" and (DESK.over_at_ms or 0) < now_ms():
            WORLD.state[SPACE] = "ended"
        for name, data in parts(request, who).items():
            if said.get(name) != data:
                said[name] = data
                await say(name, data)
        if number < WORLD.head():
            number = WORLD.head()
            told = {**facts(number), "people": people_told()}
            tick = writer.write(number=number, wall_ms=EPOCH_MS + number * 640, facts=told)
            await answer.write(b"event: tick\ndata: " + tick + b"\n\n")
        await asyncio.sleep(0.1)


def people_told() -> list[dict[str, Any]]:
    ids = {p["id"] for p in PEOPLE} | {"sam", "ida"}
    stage = [m for m in DESK.crew.members if m.may_be_on_stage and m.id in ids]
    return [
        {"id": m.id, "name": m.name, "role": m.role.value, "muted": m.is_muted}
        | ({"locked": True} if m.silence is Silence.LOCKED else {})
        | ({"away": True} if m.id == "ana" and WORLD.is_host_away else {})
        for m in stage
    ]


PEERS: set[RTCPeerConnection] = set()


async def whip(request: web.Request) -> web.Response:
    """Answers with an echo, so that the page has something to hear."""
    person(request)
    if time.monotonic() < WORLD.silent_until:
        raise web.HTTPServiceUnavailable(headers={"Retry-After": "1"})
    peer, relay = RTCPeerConnection(), MediaRelay()
    PEERS.add(peer)
    peer.on("track", lambda track: peer.addTrack(relay.subscribe(track)))
    await peer.setRemoteDescription(RTCSessionDescription(await request.text(), "offer"))
    await peer.setLocalDescription(await peer.createAnswer())
    return web.Response(
        status=201,
        text=peer.localDescription.sdp,
        content_type="application/sdp",
        headers={"Location": "/whip/debate/1"},
    )


async def unwhip(_: web.Request) -> web.Response:
    for peer in list(PEERS):
        await peer.close()
    PEERS.clear()
    return web.Response()


async def trouble(request: web.Request) -> web.Response:
    """`/dev/desk/<what>`: `two` (an end needs two people), `low` (pressure), `empty`, `fresh`."""
    global DESK  # noqa: PLW0603  # the cardboard house is one
    what = request.match_info["what"]
    if what == "two":
        DESK.needs_two = True
    elif what == "low":
        DESK.is_low = True
    elif what == "empty":
        DESK.crew = replace(DESK.crew, members=DESK.crew.members[:1], bans=())
        DESK.questions, DESK.invitations, DESK.sounds = Questions(SPACE), [], []
    else:
        DESK = Desk()
    return web.Response()


def telling(tell: Callable[[], Any]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response(tell())

    return answer


async def read_space(request: web.Request) -> web.Response:
    return web.json_response(space_told(request))


_AT = "/api/spaces/{id}"
ROUTES = [
    web.get("/api/me/record", own_record, allow_head=False),
    web.delete("/api/me/record", own_record),
    web.put("/api/me/record", own_record),
    web.get("/api/me", me),
    web.post("/api/me/claim", claim),
    web.post("/api/me/mute", mute),
    web.post("/api/me/ask", ask),
    web.delete("/api/me/ask", unask),
    web.get("/api/me/live", news),
    web.get(_AT, read_space),
    web.patch(_AT, change),
    web.post(f"{_AT}/state", move),
    web.get(f"{_AT}/live", news),
    web.get(f"{_AT}/people", telling(crew_told)),
    web.post(f"{_AT}/people/mute-all", mute_all),
    web.post(f"{_AT}/people/{{p}}/{{verb}}", moved),
    web.delete(f"{_AT}/bans/{{kind}}/{{value}}", unban),
    web.get(f"{_AT}/questions", telling(questions_told)),
    web.put(f"{_AT}/questions/open", open_questions),
    web.delete(f"{_AT}/questions/screen", screen),
    web.post(f"{_AT}/questions/{{q}}/screen", screen),
    web.delete(f"{_AT}/questions/{{q}}", put_away),
    web.get(f"{_AT}/invitations", telling(lambda: {"items": DESK.invitations, "next": None})),
    web.post(f"{_AT}/invitations", invite),
    web.delete(f"{_AT}/invitations/{{i}}", revoke),
    web.get(f"{_AT}/line", telling(doors)),
    web.patch(f"{_AT}/line", order_doors),
    web.get(f"{_AT}/audience", telling(series)),
    web.get(f"{_AT}/sounds", telling(lambda: {"items": DESK.sounds, "next": None})),
    web.post(f"{_AT}/sounds/{{s}}/{{verb}}", sound),
    web.post("/whip/{id}", whip),
    web.delete("/whip/{id}/{session}", unwhip),
    web.post("/dev/desk/{what}", trouble),
]
