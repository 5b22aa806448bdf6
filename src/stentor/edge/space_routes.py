"""Small JSON answers: what a Space is doing, whether this edge is well.

Comes in: records and windows. Goes out: documents that a cache may keep for a second. Never: a name but of
those who host or are on stage, a figure that the tick does not tell every listener.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from stentor.clock import Clock
from stentor.edge import answers
from stentor.edge.ladder import Extras
from stentor.edge.metrics import Metrics
from stentor.edge.public.hosts import Hosts
from stentor.edge.replay.archive import Archive
from stentor.edge.spaces import Spaces
from stentor.log.bus import Bus
from stentor.space.record import Space
from stentor.space.rung import Rung


@dataclass(frozen=True, slots=True)
class SpaceRoutes:
    """`space.json` and the operators' three addresses."""

    spaces: Spaces
    bus: Bus
    metrics: Metrics
    clock: Clock
    hosts: Hosts
    archive: Archive
    extras: Callable[[], Extras]
    edge_urls: tuple[str, ...] = ()
    has_seats: Callable[[], bool] = lambda: True
    doors: Callable[[Space], str | None] = lambda _: None

    def routes(self) -> list[Route]:
        return [
            Route("/s/{name}/space.json", self.space),
            Route("/healthz", self.health),
            Route("/readyz", self.ready),
            Route("/metrics", self.figures),
        ]

    async def space(self, request: Request) -> Response:
        """Asking about a Space on the air is demand: whoever opens the page will listen in a moment."""
        answers.checked_query(request.query_params, ())
        space = self.spaces.record(request.path_params["name"])
        if space.state.has_programme:
            self.spaces.programme(space.id)
        heard = self.spaces.heard(space.id)
        known = heard.window.known() if heard else {}
        return _json(
            {
                "id": space.id,
                "title": space.title,
                "state": space.state.value,
                "epoch_ms": space.epoch_ms,
                "head": heard.window.head(Rung.AAC64) if heard else None,
                "now_ms": self.clock.wall_ms(),
                "people": known.get("people", []),
                "edges": self.edge_urls,
                "description": space.description,
                "hosts": self.hosts.names(space.id),
                "is_private": space.is_private,
                "starts_ms": space.starts_ms,
                "on_air_ms": space.on_air_ms,
                "over_at_ms": space.over_at_ms,
                "ended_ms": space.ended_ms,
                "is_recorded": space.is_recorded,
                "language": space.language,
                **await self.archive.hinted(space),
                "extras": "off" if self.extras() is Extras.OFF else "on",
                "line": self.doors(space),
                "question": known.get("question"),
                "hands": known.get("hands", 0),
            }
        )

    async def health(self, request: Request) -> Response:  # noqa: ARG002
        """This process answers."""
        return PlainTextResponse("ok\n", headers={"Cache-Control": answers.NO_STORE})

    async def ready(self, request: Request) -> Response:  # noqa: ARG002
        """New listeners may be sent here."""
        is_ready = self.bus.is_connected and self.spaces.has_looked.is_set() and self.has_seats()
        text = "ready\n" if is_ready else "not ready: NATS, the list of Spaces or every fan-out is away\n"
        return PlainTextResponse(text, 200 if is_ready else 503, {"Cache-Control": answers.NO_STORE})

    async def figures(self, request: Request) -> Response:  # noqa: ARG002
        return Response(
            self.metrics.text(),
            headers={"Cache-Control": answers.NO_STORE, "Content-Type": self.metrics.content_type},
        )


def _json(value: object) -> Response:
    body = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
    return Response(body, headers=answers.open_headers(answers.BRIEF), media_type="application/json")
