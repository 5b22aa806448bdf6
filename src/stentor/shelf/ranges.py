"""Asking for a piece, or whether anything is new: RFC 9110, sections 13 and 14. Pure.

Comes in: a request, bytes and their tag. Goes out: 200, 206, 304 or 416. Never: a list of ranges; one is what
players ask for, and several would let a request cost more than its object.
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

_RANGE: Final = re.compile(r"bytes=(\d{0,15})-(\d{0,15})", re.ASCII)


def tag_of(body: bytes) -> str:
    """A strong entity tag: two edges give the same bytes the same one."""
    return f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'


def is_known(request: Request, tag: str) -> bool:
    """Whether the client has this very representation (`If-None-Match`, weak comparison)."""
    given = request.headers.get("if-none-match", "").strip()
    return given == "*" or tag in {item.strip().removeprefix("W/") for item in given.split(",")}


def not_modified(tag: str, headers: Mapping[str, str]) -> Response:
    return Response(status_code=304, headers={**headers, "ETag": tag})


def sliced(request: Request, body: bytes, *, tag: str, mime: str, headers: Mapping[str, str]) -> Response:
    """A body that never changes under its name: whole, in one piece, or «you have it»."""
    headers = {**headers, "ETag": tag, "Accept-Ranges": "bytes"}
    if is_known(request, tag):
        return not_modified(tag, headers)
    span = span_of(request, tag=tag, size_bytes=len(body))
    if span is None:
        return Response(body, headers={**headers, "Content-Type": mime})
    first, last = span
    if first > last:
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{len(body)}"})
    headers |= {"Content-Range": f"bytes {first}-{last}/{len(body)}", "Content-Type": mime}
    return Response(body[first : last + 1], 206, headers)


def span_of(request: Request, *, tag: str, size_bytes: int) -> tuple[int, int] | None:
    """The one range that is asked for, as first and last byte; None: the whole file; first > last: outside.

    More than one range, another unit, another method than GET or a stale `If-Range` get the whole file, as
    RFC 9110 allows.
    """
    text = request.headers.get("range")
    if text is None or request.method != "GET" or request.headers.get("if-range", tag) != tag:
        return None
    found = _RANGE.fullmatch(text.strip())
    if found is None or found.group(0) == "bytes=-":
        return None
    first, last = found.groups()
    if not first:
        return (max(0, size_bytes - int(last)), size_bytes - 1) if int(last) else (size_bytes, size_bytes - 1)
    if last and int(last) < int(first):
        return None
    return (int(first), min(int(last), size_bytes - 1)) if last else (int(first), size_bytes - 1)
