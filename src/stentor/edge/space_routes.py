"""Small JSON answers: what a Space is doing, which Spaces there are, whether this edge is well.

Comes in: records and windows. Goes out: documents that a cache may keep for a second. Never: a name or a
figure that the tick does not already tell every listener.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from stentor.clock import Clock
from stentor.edge import answers
from stentor.edge.metrics import Metrics
from stentor.edge.spaces import Spaces
from stentor.log.bus import Bus
from stentor.space.lifecycle import State
from stentor.space.rung import Rung


@dataclass(frozen=True, slots=True)
class SpaceRoutes:
    """`space.json`, `spaces.json` and the operators' three addresses."""

    spaces: Spaces
    bus: Bus
    metrics: Metrics
    clock: Clock
    edge_urls: tuple[str, ...] = ()
    has_seats: Callable[[], bool] = lambda: True

    def routes(self) -> list[Route]:
        return [
            Route("/s/{name}/space.json", self.space),
            Route("/spaces.json", self.all),
            Route("/healthz", self.health),
            Route("/readyz", self.ready),
            Route("/metrics", self.figures),
        ]

    async def space(self, request: Request) -> Response:
        """Asking about a Space on the air is demand: whoever opens the page will listen in a moment."""
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
            }
        )

    async def all(self, request: Request) -> Response:  # noqa: ARG002
        """Spaces that are on the air or will be; `people` on stage is null while nobody listens here."""
        found = []
        for space in self.spaces.all():
            if space.state is State.ENDED:
                continue
            heard = self.spaces.heard(space.id)
            people = heard.window.known().get("people") if heard else None
            count = None if people is None else len(people)
            found.append({"id": space.id, "title": space.title, "state": space.state.value, "people": count})
        return _json(found)

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
