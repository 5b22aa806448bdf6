"""The front door of cardboard. Development only, see mock.py."""

import asyncio
import time
from typing import Any

import mock_line
from aiohttp import web
from mock_world import (
    CROWD,
    DESCRIPTIONS,
    EPOCH_MS,
    HOSTS,
    KEYS,
    OPEN,
    PEOPLE,
    STARTED_MS,
    TITLES,
    WORLD,
    audio,
    facts,
    id_of,
)

from stentor.formats.cmaf import init_segment
from stentor.formats.emsg import tick_box
from stentor.limits import CHUNK_MS
from stentor.space.rung import Codec
from stentor.space.tick import TickWriter


def told(space_id: str) -> dict[str, Any]:
    state = WORLD.state[space_id]
    is_on = state in {"on_air", "paused", "ending"}
    return {
        "id": space_id,
        "title": TITLES[space_id],
        "description": DESCRIPTIONS.get(space_id, ""),
        "state": state,
        "starts_ms": WORLD.starts_ms.get(space_id),
        "on_air_ms": EPOCH_MS if is_on else WORLD.ended_ms.get(space_id, 0) - 4_320_000 or None,
        "ended_ms": WORLD.ended_ms.get(space_id, STARTED_MS if state == "ended" else None),
        "hosts": HOSTS.get(space_id, []),
    }


async def spaces(request: web.Request) -> web.Response:
    q = request.query.get("q", "").casefold()
    items = []
    for space_id, state in WORLD.state.items():
        entry = told(space_id)
        text = f"{entry['title']} {entry['description']} {entry['hosts']}".casefold()
        if WORLD.is_empty or space_id in KEYS or q not in text:
            continue
        entry["description"] = entry["description"][:160]
        items.append({**entry, "people": len(PEOPLE) if state == "on_air" else 0})
    return web.json_response({"items": items})


async def space(request: web.Request) -> web.Response:
    space_id = id_of(request)
    entry = told(space_id)
    is_on = WORLD.state[space_id] in {"on_air", "paused", "ending"}
    return web.json_response(
        {
            **entry,
            "epoch_ms": EPOCH_MS if is_on else None,
            "head": WORLD.head() if is_on else None,
            "now_ms": time.time_ns() // 1_000_000,
            "line": {"draw": "lobby", "full": "held"}.get(space_id),
            "people": (CROWD if space_id == "crowded" else PEOPLE) if is_on else [],
            "is_private": space_id in KEYS,
            "has_replay": space_id in {"older", "long"} and not WORLD.is_taken_back,
            "is_recorded": space_id in {"debate", "older", "long", "over"},
            "can_rewind": space_id == "debate" and is_on,
            "extras": "on" if WORLD.has_extras else "off",
            "question": WORLD.screen,
            "hands": len(WORLD.hands),
        },
        headers=OPEN,
    )


async def live(request: web.Request) -> web.StreamResponse:
    space_id, codec = id_of(request), Codec(request.query.get("codec", "aac"))
    if WORLD.state[space_id] == "ended":
        raise web.HTTPGone(headers=OPEN)
    if WORLD.state[space_id] not in {"on_air", "paused", "ending"}:
        told = {"type": "tag:stentor,2026:not-on-air", "status": 503}
        return web.json_response(told, status=503, headers={"Retry-After": "2", **OPEN})
    if (answer := mock_line.in_line(request, space_id)) is not None:
        return answer
    number = int(request.query.get("from", WORLD.head() - 2))
    if number > WORLD.head() + 1:
        raise web.HTTPBadRequest(headers=OPEN)
    headers = {"Content-Type": "audio/mp4", "Stentor-First": str(number), "Stentor-Pass": "AgBq", **OPEN}
    answer = web.StreamResponse(headers=headers)
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
    if request.match_info["object"] == "init.mp4":
        return web.Response(body=init_segment(Codec.AAC), content_type="audio/mp4")
    k = int(request.match_info["object"].removeprefix("seg/").removesuffix(".m4s"))
    body = b"".join(audio(n, Codec.AAC) for n in range(k * 9, k * 9 + 9))
    return web.Response(body=body, content_type="audio/mp4")


async def react(request: web.Request) -> web.Response:
    id_of(request)
    refuse_extras()
    kind = (await request.json())["kind"]
    WORLD.reacted[kind] = WORLD.reacted.get(kind, 0) + 1
    return web.Response(status=204)


async def hand(request: web.Request) -> web.Response:
    id_of(request)
    refuse_extras()
    body = await request.json()
    (WORLD.hands.add if body["is_up"] else WORLD.hands.discard)(body["id"])
    return web.Response(status=204)


async def question(request: web.Request) -> web.Response:
    id_of(request)
    refuse_extras()
    text = (await request.json())["text"]
    if "closed" in text:
        raise web.HTTPConflict
    if "again" in text:
        raise web.HTTPTooManyRequests(headers={"Retry-After": "14"})
    WORLD.questions.append(text)
    return web.Response(status=202)


async def ask(request: web.Request) -> web.Response:
    id_of(request)
    return web.json_response({"link": f"{request.scheme}://{request.host}/i/guest"}, status=201)


def refuse_extras() -> None:
    if not WORLD.has_extras:
        raise web.HTTPServiceUnavailable


async def event(request: web.Request) -> web.Response:
    starts = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(WORLD.starts_ms[id_of(request)] / 1000))
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "BEGIN:VEVENT",
        f"DTSTART:{starts}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return web.Response(text="\r\n".join(lines), content_type="text/calendar")


async def search(request: web.Request) -> web.Response:
    """Something was said about buses, once shortly and once at length."""
    q = request.query["q"].strip().lower()
    texts = [
        ("Maya", 62_400, "Free buses cost the city 82 million a year."),
        (
            "Daniel",
            3_725_000,
            "…which is what the buses already cost when you count the drivers, the depots…",
        ),
    ]
    items = [
        {"space": "older", "title": "Should our city make its buses free?", "turn": f"t{n}", "person": name,
         "name": name, "start_ms": start_ms, "text": text, "marks": [[at, at + len(q)]]}
        for n, (name, start_ms, text) in enumerate(texts)
        if q and (at := text.lower().find(q)) >= 0
    ]  # fmt: skip
    return web.json_response({"items": items})


ROUTES = [
    web.get("/spaces.json", spaces),
    web.get("/search.json", search),
    web.get("/s/{name}/space.json", space),
    web.get("/s/{name}/live.mp4", live),
    web.get("/s/{name}/hls/index.m3u8", playlist),
    web.get("/s/{name}/hls/{object:.+}", hls_object),
    web.get("/s/{name}/event.ics", event),
    web.post("/s/{name}/react", react),
    web.post("/s/{name}/hand", hand),
    web.post("/s/{name}/question", question),
    web.post("/s/{name}/ask", ask),
]
