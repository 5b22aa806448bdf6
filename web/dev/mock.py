"""A stage door and a front door of cardboard, to look at the pages without Stentor. Development only.

    .venv/bin/python web/dev/mock.py [--port 8090]

Spaces: `/s/debate` is on the air, `/s/crowded` has long names and many people, `/s/later` is not yet,
`/s/over` has ended. Invited: `/i/host`, `/i/guest`. `POST /dev/<what>` makes trouble: `cut` (every live
connection), `silence` (the stage, 6 s), `pause`, `end`, `down` (nobody answers any more), `empty` (no
Spaces), `start` (all is well).
Sound is a chord encoded here; ticks name who «speaks». The pages come with the real doors' strict policy.
"""

import argparse
import asyncio
import time
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import numpy as np
from aiohttp import web
from aiohttp.typedefs import Handler
from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaRelay

from stentor.formats.cmaf import chunk, init_segment
from stentor.formats.emsg import tick_box
from stentor.limits import CHUNK_MS, CHUNK_SAMPLES
from stentor.space.rung import Codec
from stentor.space.tick import TickWriter

PAGES = Path(__file__).parents[2] / "src" / "stentor" / "pages"
POLICY = "default-src 'self'; media-src 'self' blob:; style-src 'self' 'unsafe-inline'; object-src 'none'"
STARTED_MS = time.time_ns() // 1_000_000
EPOCH_MS = STARTED_MS - 3_600_000
PEOPLE = [
    {"id": "ana", "name": "Ana Ferreira", "role": "host", "muted": False},
    {"id": "ben", "name": "Ben Okafor", "role": "cohost", "muted": False},
    {"id": "chloe", "name": "Chloé Dubois", "role": "speaker", "muted": True},
    {"id": "dae", "name": "Dae-jung Kim", "role": "speaker", "muted": False},
    {"id": "ewa", "name": "Ewa Wiśniewska", "role": "speaker", "muted": False},
]
TITLES = {
    "debate": "Who pays for the river? The town asks, the council answers",
    "crowded": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk, and what a very long title does to a "
    "phone: the whole council, the harbour, the railways and everybody who lives beside them, in one evening",
    "later": "An evening with the harbour pilots",
    "over": "Yesterday’s rehearsal",
}
CROWD = [
    {"id": f"p{i}", "name": name, "role": "host" if i == 0 else "speaker", "muted": i % 3 == 1}
    for i, name in enumerate(
        [
            "Maximiliane-Alexandra von Hohenstein-Wittgenstein",
            "Wolfeschlegelsteinhausenbergerdorff",
            "鈴木 一郎",
            "María del Carmen Fernández de la Vega y Rodríguez",
            "Bo",
            *(f"Guest {n}" for n in range(6, 15)),
        ]
    )
]


class World:
    """What the cardboard Space is doing."""

    def __init__(self) -> None:
        self.state = {"debate": "on_air", "crowded": "on_air", "later": "scheduled", "over": "ended"}
        self.live: set[asyncio.Task[object]] = set()
        self.silent_until = 0.0
        self.held_head: int | None = None
        self.muted: set[str] = set()
        self.is_down = self.is_empty = False

    def head(self) -> int:
        if time.monotonic() < self.silent_until and self.held_head is not None:
            return self.held_head
        return (time.time_ns() // 1_000_000 - EPOCH_MS) // CHUNK_MS - 1


WORLD = World()


@cache
def sound(codec: Codec) -> list[bytes]:
    """Eight seconds of an unhurried chord as encoder packets, a whole number of chunks."""
    encoder = av.CodecContext.create("libopus" if codec is Codec.OPUS else "aac", "w")
    encoder.sample_rate, encoder.layout, encoder.bit_rate = 48_000, "mono", 32_000
    encoder.format = "flt" if codec is Codec.OPUS else "fltp"
    encoder.time_base = Fraction(1, 48_000)
    samples = 14 * CHUNK_SAMPLES
    t = np.arange(samples) / 48_000
    wave = (
        sum(np.sin(2 * np.pi * f * t) for f in (196.0, 246.9, 293.7)) * 0.05 * (1 + np.sin(2 * np.pi * t / 4))
    )
    packets: list[bytes] = []
    for at in range(0, samples, codec.frame_samples):
        part = wave[at : at + codec.frame_samples].astype(np.float32).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(part, format=encoder.format.name, layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, at, encoder.time_base
        packets += [bytes(p) for p in encoder.encode(frame)]
    packets += [bytes(p) for p in encoder.encode(None)]
    return packets[: 14 * codec.frames_per_chunk]


def audio(number: int, codec: Codec) -> bytes:
    packets, per_chunk = sound(codec), codec.frames_per_chunk
    at = number % (len(packets) // per_chunk) * per_chunk
    return chunk(number, codec, packets[at : at + per_chunk])


def facts(number: int) -> dict[str, object]:
    turn = number // 8 % 4
    speaking = {("ana", "ben", "dae", "ewa")[turn]: -18 + number % 3 * 3}
    if number % 8 == 7:
        speaking["ana"] = -24
    people = [{**p, "muted": p["muted"] or p["id"] in WORLD.muted} for p in PEOPLE]
    return {
        "state": WORLD.state["debate"],
        "title": TITLES["debate"],
        "people": people,
        "speaking": speaking,
        "audience": {"hearing": 48_210 + number // 9 % 50, "unknown": 0},
    }


async def page(request: web.Request) -> web.StreamResponse:
    name = {"s": "listen", "i": "speak"}.get(request.path.split("/")[1], "home")
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"}
    return web.FileResponse(PAGES / f"{name}.html", headers=headers)


async def spaces(_: web.Request) -> web.Response:
    entries = [
        {"id": i, "title": TITLES[i], "state": s, "people": len(PEOPLE) if s == "on_air" else 1}
        for i, s in WORLD.state.items()
        if not WORLD.is_empty
    ]
    return web.json_response(entries)


async def space(request: web.Request) -> web.Response:
    space_id = request.match_info["id"]
    if space_id not in TITLES:
        raise web.HTTPNotFound
    is_on = WORLD.state[space_id] in {"on_air", "paused"}
    return web.json_response(
        {
            "id": space_id,
            "title": TITLES[space_id],
            "state": WORLD.state[space_id],
            "epoch_ms": EPOCH_MS if is_on else None,
            "head": WORLD.head() if is_on else None,
            "now_ms": time.time_ns() // 1_000_000,
            "people": (CROWD if space_id == "crowded" else PEOPLE) if is_on else [],
        }
    )


async def live(request: web.Request) -> web.StreamResponse:
    space_id, codec = request.match_info["id"], Codec(request.query.get("codec", "aac"))
    if space_id not in TITLES:
        raise web.HTTPNotFound
    if WORLD.state[space_id] == "ended":
        raise web.HTTPGone
    if WORLD.state[space_id] not in {"on_air", "paused"}:
        raise web.HTTPServiceUnavailable(headers={"Retry-After": "2"})
    number = int(request.query.get("from", WORLD.head() - 2))
    if number > WORLD.head() + 1:
        raise web.HTTPBadRequest
    answer = web.StreamResponse(headers={"Content-Type": "audio/mp4", "Stentor-First": str(number)})
    answer.enable_chunked_encoding()
    await answer.prepare(request)
    task = asyncio.current_task()
    assert task
    WORLD.live.add(task)
    writer = TickWriter()
    try:
        await answer.write(init_segment(codec))
        while WORLD.state[space_id] != "ended":
            if number > WORLD.head():
                await asyncio.sleep(0.02)
                continue
            tick = writer.write(number=number, wall_ms=EPOCH_MS + number * CHUNK_MS, facts=facts(number))
            await answer.write(tick_box(number, tick) + audio(number, codec))
            number += 1
    except asyncio.CancelledError:
        if request.transport:
            request.transport.abort()
        raise
    finally:
        WORLD.live.discard(task)
    return answer


async def playlist(_: web.Request) -> web.Response:
    last = WORLD.head() // 9
    lines = ["#EXTM3U", "#EXT-X-VERSION:9", "#EXT-X-TARGETDURATION:6", f"#EXT-X-MEDIA-SEQUENCE:{last - 5}"]
    lines.append('#EXT-X-MAP:URI="init.mp4"')
    for k in range(last - 5, last):
        when = (EPOCH_MS + k * 9 * CHUNK_MS) / 1000
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(when)) + f".{int(when % 1 * 1000):03d}Z"
        lines += [f"#EXT-X-PROGRAM-DATE-TIME:{stamp}", "#EXTINF:5.76000,", f"seg/{k}.m4s"]
    return web.Response(text="\n".join(lines) + "\n", content_type="application/vnd.apple.mpegurl")


async def hls_object(request: web.Request) -> web.Response:
    if request.match_info["name"] == "init.mp4":
        return web.Response(body=init_segment(Codec.AAC), content_type="audio/mp4")
    k = int(request.match_info["name"].removeprefix("seg/").removesuffix(".m4s"))
    body = b"".join(audio(n, Codec.AAC) for n in range(k * 9, k * 9 + 9))
    return web.Response(body=body, content_type="audio/mp4")


def person(request: web.Request) -> str:
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token not in {"host", "guest"}:
        raise web.HTTPUnauthorized
    return {"host": "ana", "guest": "dae"}[token]


async def me(request: web.Request) -> web.Response:
    who = next(p for p in PEOPLE if p["id"] == person(request))
    url = f"{request.scheme}://{request.host}/s/debate"
    return web.json_response(
        {
            "space": {"id": "debate", "title": TITLES["debate"], "state": WORLD.state["debate"]},
            "person": who["id"],
            "name": who["name"],
            "role": who["role"],
            "listen_url": url,
            "ice_servers": [],
        }
    )


async def mute(request: web.Request) -> web.Response:
    wanted = (await request.json())["muted"]
    (WORLD.muted.add if wanted else WORLD.muted.discard)(person(request))
    return web.Response(status=204)


async def news(request: web.Request) -> web.StreamResponse:
    person(request)
    answer = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await answer.prepare(request)
    writer, number = TickWriter(), WORLD.head()
    while True:
        tick = writer.write(number=number, wall_ms=0, facts=facts(number))
        await answer.write(b"event: tick\ndata: " + tick + b"\n\n")
        while number >= WORLD.head():
            await asyncio.sleep(0.05)
        number += 1


async def move(request: web.Request) -> web.Response:
    person(request)
    WORLD.state["debate"] = (await request.json())["state"]
    return web.json_response({"id": "debate", "title": TITLES["debate"], "state": WORLD.state["debate"]})


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
    what = request.match_info["what"]
    if what == "silence":
        WORLD.held_head = WORLD.head()
        WORLD.silent_until = time.monotonic() + 6
        await unwhip(request)
    elif what == "cut":
        for task in list(WORLD.live):
            task.cancel()
    elif what == "empty":
        WORLD.is_empty = True
    elif what == "down":
        WORLD.is_down = True
        for task in list(WORLD.live):
            task.cancel()
        await unwhip(request)
    else:
        WORLD.is_down = WORLD.is_empty = False
        WORLD.state["debate"] = {"pause": "paused", "end": "ended", "green": "green_room"}.get(what, "on_air")
    return web.Response()


@web.middleware
async def nobody(request: web.Request, handler: Handler) -> web.StreamResponse:
    """While the house is down every connection is cut but the one that brings it back, and the pages' own."""
    is_spared = request.path.startswith(("/dev/", "/assets/")) or request.headers.get(
        "Accept", ""
    ).startswith("text/html")
    if WORLD.is_down and not is_spared and request.transport:
        request.transport.abort()
    return await handler(request)


def app() -> web.Application:
    made = web.Application(middlewares=[nobody])
    made.add_routes(
        [
            web.get("/", page),
            web.get("/s/{id}", page),
            web.get("/i/{token}", page),
            web.static("/assets", PAGES / "assets"),
            web.get("/spaces.json", spaces),
            web.get("/s/{id}/space.json", space),
            web.get("/s/{id}/live.mp4", live),
            web.get("/s/{id}/hls/index.m3u8", playlist),
            web.get("/s/{id}/hls/{name:.+}", hls_object),
            web.get("/api/me", me),
            web.post("/api/me/mute", mute),
            web.get("/api/me/live", news),
            web.post("/api/spaces/{id}/state", move),
            web.post("/whip/{id}", whip),
            web.delete("/whip/{id}/{session}", unwhip),
            web.post("/dev/{what}", trouble),
        ]
    )
    return made


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=8090)
    web.run_app(app(), host="127.0.0.1", port=parser.parse_args().port, print=None, access_log=None)
