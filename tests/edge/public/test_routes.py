"""What calendars, link readers and other people's pages get of an edge."""

import asyncio
import io
import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
from icalendar import Calendar
from PIL import Image

from edge_door import client, front_door
from stentor.log.bus import Bus
from stentor.log.state import CrewStore
from stentor.space.lifecycle import State
from stentor.space.people import Role
from stentor.space.record import Space
from synthetic_stage import SyntheticStage

STARTS_MS = 1_795_464_000_000
LISTED = ("id", "title", "state", "people", "hosts", "starts_ms")


async def asked(http: aiohttp.ClientSession, path: str, **query: str) -> tuple[int, Any]:
    async with http.get(path, params=query) as answer:
        body = await answer.read()
        return answer.status, json.loads(body) if "json" in answer.content_type else body


async def test_a_space_is_listed_dated_pictured_and_embedded(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage = await SyntheticStage.open(bus, space_id, state=State.SCHEDULED, chunks=0)
    await stage.store.change(space_id, lambda s: replace(s, title="Été", starts_ms=STARTS_MS))
    secret = await SyntheticStage.open(bus, f"{space_id}-secret", chunks=0)
    await secret.store.change(secret.space_id, lambda s: replace(s, listen_key="key"))
    crews = await CrewStore.open(bus)
    await crews.change(
        space_id, lambda crew: crew.invited("ada", name="Ada", role=Role.HOST, invitation_id="i")
    )
    page = f"/s/{space_id}"
    async with front_door(nats_url, pages_dir=tmp_path) as base, client(base) as http:
        hosts: list[str] = []
        while not hosts:  # crews are watched beside the Spaces; the list is made once a second
            _, told = await asked(http, "/spaces.json", q="ete", state="scheduled")
            hosts = told["items"][0]["hosts"]
        (item,) = told["items"]
        wanted = (space_id, "Été", "scheduled", None, ["Ada"], STARTS_MS)
        assert tuple(item[name] for name in LISTED) == wanted
        assert (await asked(http, "/spaces.json", state="on_air"))[1] == {"items": []}
        assert (await asked(http, "/spaces.json", state="paused"))[0] == 400
        assert (await asked(http, "/spaces.json", q="x" * 101))[0] == 400
        assert (await asked(http, "/spaces.json", page="2"))[0] == 400

        async with http.get(f"{page}/event.ics") as answer:
            assert answer.content_type == "text/calendar"
            assert answer.headers["Content-Disposition"] == f'attachment; filename="{space_id}.ics"'
            (event,) = Calendar.from_ical(await answer.read()).subcomponents
        assert event["URL"] == f"{base}{page}"
        assert (await asked(http, f"/s/{secret.space_id}.key/event.ics"))[0] == 404  # it has no date

        async with http.get(f"{page}/card.png") as answer:
            assert (answer.content_type, answer.headers["Cache-Control"]) == (
                "image/png",
                "public, max-age=300",
            )
            assert Image.open(io.BytesIO(await answer.read())).size == (1200, 630)
        assert (await asked(http, f"/s/{secret.space_id}.key/card.png"))[0] == 200

        status, told = await asked(http, "/oembed", url=f"{base}{page}", format="json", maxwidth="300", x="y")
        assert (status, told["title"], told["width"]) == (200, "Été", 300)
        assert f'src="{base}{page}/embed"' in told["html"]
        statuses = [
            (await asked(http, "/oembed", **query))[0]
            for query in (
                {},
                {"url": f"{base}{page}", "format": "xml"},
                {"url": f"{base}{page}", "maxwidth": "wide"},
                {"url": f"https://elsewhere.example{page}"},
                {"url": f"{base}/s/nowhere"},
                {"url": f"{base}/s/{secret.space_id}.key"},
                {"url": f"{base}/s/{secret.space_id}.wrong"},
            )
        ]
        assert statuses == [400, 501, 400, 404, 404, 401, 404]


async def test_a_page_before_the_start_and_after_the_end(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    (tmp_path / "listen.html").write_text("<html><head></head></html>")
    stage = await SyntheticStage.open(bus, space_id, state=State.SCHEDULED, chunks=0)
    page = f"/s/{space_id}"

    async def statuses(http: aiohttp.ClientSession) -> tuple[int, ...]:
        paths = (page, f"{page}/space.json", f"{page}/live.aac", f"{page}/hls/index.m3u8")
        return tuple([(await asked(http, path))[0] for path in paths])

    async with front_door(nats_url, pages_dir=tmp_path) as base, client(base) as http:
        assert await statuses(http) == (200, 200, 503, 503)
        for state, wanted in (
            (State.ENDED, (200, 200, 410, 410)),
            (State.DELETED, (404, 404, 404, 404)),
            (State.ENDED, (200, 200, 410, 410)),  # undone
        ):
            await stage.store.change(
                space_id, partial(Space.moved, then=state, wall_ms=stage.clock.wall_ms(), undo_ms=60_000)
            )
            async with asyncio.timeout(5):
                while await statuses(http) != wanted:
                    pass
