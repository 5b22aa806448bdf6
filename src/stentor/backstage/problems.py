"""Every answer that is not the wanted one, as `application/problem+json` (RFC 9457).

Comes in: our errors, and the framework's: validation, unknown path, wrong method, body over the limit.
Never: a value that the caller sent in a field (it may be a token), a trace.
"""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match

from stentor.errors import BadInput, Broken, StentorError

_MEDIA_TYPE = "application/problem+json"


def install(app: FastAPI, routes: Sequence[BaseRoute]) -> None:
    """Args: routes: all of the application's own, for the answer to a wrong method."""
    app.state.routes = routes
    app.add_exception_handler(StentorError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _framework)
    app.add_exception_handler(Exception, _unexpected)


def answer_of(error: StentorError) -> Response:
    return _answer(error.answer_status, error.problem(), error.headers())


async def _ours(_request: Request, error: Exception) -> Response:
    return answer_of(error) if isinstance(error, StentorError) else await _unexpected(_request, error)


async def _invalid(_request: Request, error: Exception) -> Response:
    """Names the field and the rule; the value stays out."""
    found = error.errors() if isinstance(error, RequestValidationError) else []
    places = [f"{'.'.join(str(part) for part in e['loc'])}: {e['msg']}" for e in found[:5]]
    return answer_of(BadInput("; ".join(places) or "The request cannot be read."))


async def _framework(request: Request, error: Exception) -> Response:
    status, headers = 500, {}
    if isinstance(error, HTTPException):
        status, headers = error.status_code, dict(error.headers or {})
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(sorted(_methods_here(request)))
    return plain(status, headers)


def _methods_here(request: Request) -> set[str]:
    """All that this path can do; the framework names only the first of its routes that has the path."""
    found: set[str] = set()
    for route in request.app.state.routes:
        if route.matches(request.scope)[0] is not Match.NONE:
            found |= route.methods
    return found


async def _unexpected(_request: Request, _error: Exception) -> Response:
    """A mistake of ours: the server logs the trace, the caller learns only that it is not theirs."""
    return answer_of(Broken("This is a fault of the server; it has been logged."))


def plain(status: int, headers: Mapping[str, str]) -> Response:
    """A problem that has no leaf of its own: 404 of an unknown path, 405, 413, 415."""
    phrase = HTTPStatus(status).phrase
    body = {"type": "about:blank", "title": phrase, "status": status, "detail": f"{phrase}."}
    return _answer(status, body, headers)


def _answer(status: int, body: Mapping[str, object], headers: Mapping[str, str]) -> Response:
    content = json.dumps(body, ensure_ascii=False).encode()
    # A refusal must not be kept by anybody: the next moment it may be a yes.
    return Response(content, status, {"Cache-Control": "no-store", **headers}, _MEDIA_TYPE)
