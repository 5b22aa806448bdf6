"""The stage door of cardboard. Development only, see mock.py."""

import asyncio
import time

from aiohttp import web
from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaRelay
from mock_world import PEOPLE, TITLES, WORLD, facts

from stentor.space.tick import TickWriter


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


ROUTES = [
    web.get("/api/me", me),
    web.post("/api/me/mute", mute),
    web.get("/api/me/live", news),
    web.post("/api/spaces/{id}/state", move),
    web.post("/whip/{id}", whip),
    web.delete("/whip/{id}/{session}", unwhip),
]
