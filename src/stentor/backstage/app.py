"""The stage door's application: which routes there are, and nothing else.

`/api/openapi.json` is the contract; the pages' types are made from it. There is no interactive
documentation page: it would load its scripts from somebody else's server.
"""

from functools import cache

from fastapi import FastAPI, Response
from fastapi.routing import APIRoute

import stentor
from stentor.backstage import pages
from stentor.backstage.api import (
    accounts,
    bans,
    brief_routes,
    chapters_routes,
    history,
    house,
    invitations,
    line,
    me,
    me_record,
    people,
    questions,
    record_files,
    record_routes,
    search,
    session,
    sounds,
    source,
    spaces,
    transcript_routes,
    webhooks,
    whip,
)
from stentor.backstage.api.models import Health, Problem
from stentor.backstage.contract import contract_of
from stentor.backstage.door import Door, DoorHere
from stentor.backstage.metrics import MEDIA_TYPE
from stentor.backstage.middleware import AroundRequest, BoundedRequest
from stentor.backstage.problems import install
from stentor.errors import LogAway

_PARTS = (
    spaces,
    history,
    people,
    bans,
    questions,
    invitations,
    line,
    me,
    session,
    accounts,
    house,
    webhooks,
    sounds,
    record_files,
    record_routes,
    chapters_routes,
    transcript_routes,
    brief_routes,
    search,
    me_record,
    whip,
    source,
    pages,
)


def build_app(door: Door) -> FastAPI:
    """The application around a door whose parts are running."""
    app = FastAPI(
        title="Stentor stage door",
        version=stentor.__version__,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        responses={"default": {"model": Problem, "description": "RFC 9457 problem"}},
        generate_unique_id_function=_operation_id,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.door = door
    routers = [part.routes for part in _PARTS]
    routes = [route for router in routers for route in router.routes]
    install(app, routes)
    for router in routers:
        app.include_router(router)
    app.mount("/assets", pages.Assets(door.pages_dir), name="assets")
    app.add_api_route("/healthz", healthz, tags=["operators"])
    app.add_api_route("/readyz", readyz, tags=["operators"])
    app.add_api_route("/metrics", metrics, include_in_schema=False)
    app.openapi = cache(lambda: contract_of(app, routes))  # type: ignore[method-assign]
    app.add_middleware(BoundedRequest)
    is_secure = door.settings.stage_door_url.startswith("https://")
    app.add_middleware(AroundRequest, metrics=door.metrics, is_secure=is_secure)
    return app


async def healthz() -> Health:
    """The process lives."""
    return Health(status="ok")


async def readyz(door: DoorHere) -> Health:
    """It can do its work: NATS is reachable. 503 otherwise."""
    if not door.bus.is_connected:
        raise LogAway("this door's connection is being made again")
    return Health(status="ok")


async def metrics(door: DoorHere) -> Response:
    told = door.metrics.text(
        feed_count=door.live.feed_count,
        events_lost=door.events.lost_count,
        notes_lost=door.house_log.lost_count,
    )
    return Response(told, media_type=MEDIA_TYPE)


def _operation_id(route: APIRoute) -> str:
    """Function names as operation ids: they become the names in the pages' client."""
    return route.name
