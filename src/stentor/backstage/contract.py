"""The stage door's OpenAPI document: what FastAPI knows of the routes, and what it cannot know.

Comes in: the application's routes. Goes out: the document with every refusal of every route, the ways to show
who one is, examples. Never: a fact that is written twice: who may call a route is read from its dependencies,
and a sentence such as «409: the id is taken.» in a route's docstring becomes that answer.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from stentor.backstage.contract_examples import EXAMPLES

_WORDS: Final = {
    400: "The request cannot be read: a field is missing, unknown, or outside its bounds.",
    401: "Nobody: no token or session, or one that is not valid any more.",
    403: "Somebody who may not do this.",
    404: "What the path names is not there.",
    408: "The body did not come in time.",
    409: "Not possible in the state that things are in.",
    410: "It was there and is over.",
    413: "The body is too large.",
    415: "The body is of another kind than this route takes.",
    422: "The Idempotency-Key came with another request before.",
    429: "Too many; `Retry-After` says when to ask again.",
    503: "Not now; `Retry-After` says when to ask again.",
}
_TITLES: Final = {400: "This request cannot be read", 404: "Not found", 409: "Not possible now"}
_IN_DOCSTRING: Final = re.compile(r"\b([45]\d\d): (.+?)(?=\.(?:\s|$)|\n\n|$)", re.DOTALL)

_MEDIA: Final = {
    "follow": "text/event-stream",
    "follow_space": "text/event-stream",
    "join": "application/sdp",
    "read_record_file": "application/octet-stream",
}
"""Answers that are no JSON."""
_RAW_BODIES: Final = {"join": ("application/sdp", "The offer, with all its candidates.")}
"""Bodies that are read by the route itself."""

_TAGS: Final = (
    ("spaces", "Spaces: made, described, moved through their life, deleted."),
    ("people", "The people of a Space: the line, the stage, who is silent, who leads, who is out."),
    ("line", "Who waits to come in and why; the doors."),
    ("invitations", "Links that bring people on stage."),
    ("questions", "What the audience asks, and what is on everybody's screen."),
    ("sounds", "Files played into a Space."),
    (
        "record",
        "What is left of a Space: recording, chapters, transcript, brief; who is in it.",
    ),
    ("me", "What an invitation's holder asks and is told."),
    ("whip", "Media: WebRTC by one exchange (RFC 9725)."),
    ("source", "Media: an endless body, as Icecast sources send it."),
    ("session", "Signing in and out of this house."),
    ("accounts", "Who belongs to this house."),
    ("house", "Edges, capacity, pressure."),
    ("webhooks", "Other programs that are told what happens."),
    ("operators", "Health and figures."),
)
_SCHEMES: Final = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "An invitation's token (the last part of its link), or the owner's (in the data "
        "directory).",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-stentor",
        "description": "A signed-in account (`stentor` without https). Everything but GET needs the header "
        "`X-CSRF-Token` with `csrf` from GET /api/session.",
    },
}


def contract_of(app: FastAPI, routes: Sequence[BaseRoute]) -> dict[str, Any]:
    """The document. Args: routes: the application's own; those of mounted parts are no contract."""
    document = get_openapi(
        title=app.title,
        version=app.version,
        description=(
            "Every refusal is `application/problem+json` (RFC 9457); its `type` is one of docs/ERRORS.md. "
            "Every list is a page: ask with its `next` as `cursor`. Any request may also be answered by 408, "
            "431 or 500. How to use it: docs/API.md."
        ),
        routes=app.routes,
        tags=[{"name": name, "description": words} for name, words in _TAGS],
    )
    by_name = {route.name: route for route in routes if isinstance(route, APIRoute)}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            _complete(operation, by_name.get(operation["operationId"]), method=method, path=path)
    components = document["components"]
    for unused in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(unused, None)
    for name, example in EXAMPLES.items():
        if name in components["schemas"]:
            components["schemas"][name]["examples"] = [example]
    components["schemas"]["Problem"]["example"] = _example(409, "The Space 'debate' has ended.")
    components["securitySchemes"] = _SCHEMES
    return document


def rights_of(route: APIRoute) -> str | None:
    """What the route asks to be allowed: an action, `holder` of an invitation, `present` in a session."""
    for part in _parts(route.dependant):
        action = getattr(part.call, "stentor_action", None)
        if action is not None:
            return str(action.value)
        name = getattr(part.call, "__name__", "")
        if name in {"holder", "present"}:
            return name
    return None


def _parts(dependant: Dependant) -> Iterator[Dependant]:
    for part in dependant.dependencies:
        yield part
        yield from _parts(part)


def _complete(operation: dict[str, Any], route: APIRoute | None, *, method: str, path: str) -> None:
    answers = operation["responses"]
    for unwanted in ("422", "default"):
        answers.pop(unwanted, None)
    if route is None:
        answers.update(_refusals(_derived(operation, None, method=method, path=path)))
        return
    right = rights_of(route)
    if right is not None or path.startswith("/api/me"):
        operation["security"] = {
            "present": [{"session": []}],
            "holder": [{"bearer": []}],
            None: [{"bearer": []}],
        }.get(right, [{"bearer": []}, {"session": []}])
        operation["x-stentor-right"] = right or "invitation"
    if route.name in _MEDIA:
        good = next(status for status in answers if status.startswith("2"))
        answers[good]["content"] = {_MEDIA[route.name]: {"schema": {"type": "string"}}}
    if route.name in _RAW_BODIES:
        media_type, words = _RAW_BODIES[route.name]
        operation["requestBody"] = {
            "description": words,
            "required": True,
            "content": {media_type: {"schema": {"type": "string"}}},
        }
    found = _derived(operation, right, method=method, path=path) | _promised(route)
    answers.update(_refusals(found))


def _derived(operation: dict[str, Any], right: str | None, *, method: str, path: str) -> dict[int, str]:
    """The refusals that follow from what a route takes and where it is."""
    has_body = "requestBody" in operation
    is_personal, is_way_in = path.startswith("/api/me"), path.startswith("/api/access/")
    rules = {
        (400,): has_body or bool(operation.get("parameters")),
        (413,): has_body,
        (401, 403): right is not None or is_personal,
        (403, 429): is_way_in,
        (503,): right is not None or is_personal or path.startswith(("/api/", "/readyz")),
        (404,): "{" in path,
        (410,): "{space_id}" in path or is_personal,
        # Two who change the same thing at once: one of them may have to ask again.
        (409,): right is not None and method != "get",
        (409, 422): any(p["name"].lower() == "idempotency-key" for p in operation.get("parameters", ())),
    }
    return {status: _WORDS[status] for statuses, holds in rules.items() if holds for status in statuses}


def _promised(route: APIRoute) -> dict[int, str]:
    """The refusals that the docstring names, in its own words."""
    found = {}
    for status, words in _IN_DOCSTRING.findall(route.description):
        text = " ".join(words.split())
        found[int(status)] = f"{text[0].upper()}{text[1:]}."
    return found


def _refusals(found: dict[int, str]) -> dict[str, Any]:
    return {
        str(status): {
            "description": words,
            "content": {
                "application/problem+json": {
                    "schema": {"$ref": "#/components/schemas/Problem"},
                    "example": _example(status, words),
                }
            },
        }
        for status, words in sorted(found.items())
    }


def _example(status: int, detail: str) -> dict[str, Any]:
    title = _TITLES.get(status, "Not allowed" if status == 403 else "Refused")  # noqa: PLR2004
    return {"type": "about:blank", "title": title, "status": status, "detail": detail}
