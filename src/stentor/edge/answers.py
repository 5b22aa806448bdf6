"""Answers of the gate: cache rules per kind of object, problems, query checks. No I/O.

Comes in: content. Goes out: Starlette responses. Never: a `Set-Cookie`, a `Server`, an answer without an
explicit `Cache-Control`.
"""

import gzip
import json
from collections.abc import Iterable, Mapping
from typing import Final

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from stentor.errors import BadInput, InLine, NotYet, StentorError
from stentor.shelf.ranges import is_known, not_modified, tag_of

IMMUTABLE: Final = "public, max-age=1209600, immutable"
"""Parts, segments, init segments: names are a function of time. Two weeks, as AWS MediaPackage."""
DIRECTED_PLAYLIST: Final = "public, max-age=36"
"""A playlist URL with `_HLS_msn` is one answer for ever; six target durations are plenty."""
BRIEF: Final = "public, max-age=1"
"""Playlists without directives, space.json, and refusals: a cache takes a flood of them off the edge."""
RECORD: Final = "public, max-age=60"
"""Files and lists of a finished record: edits and removals replace them under the same name."""
EDITION: Final = "public, max-age=3600, immutable"
"""A finished record's segments. They never change under their name; but who was removed from the record shall
not be heard for two weeks by whoever still has an old list, so caches forget them within the hour."""
LIVE: Final = "no-store, no-transform"
NO_STORE: Final = "no-store"
_OPEN: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Stentor-First, Stentor-Pass, Date, Age, Retry-After, Content-Range",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
"""Audio is for every page; nothing here depends on who asks."""
_EMPTY: Final = InLine(ticket="", bucket=0, id_hex="", clock=None, retry_after_s=0).problem()
_IN_LINE: Final = json.dumps({name: _EMPTY[name] for name in ("type", "title", "status", "detail")})[:-1]
_OK: Final = 200
_NOT_FOUND_STATUS: Final = 404

OF_EVERY_ANSWER: Final = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
"""Tickets, passes and private Spaces' keys stand in addresses: nobody is told where a request came from."""


def open_headers(cache: str) -> dict[str, str]:
    """Headers of anything that other origins may fetch."""
    return {**_OPEN, "Cache-Control": cache}


def unmeasured(headers: Mapping[str, str], mime: str) -> Response:
    """What HEAD gets of an answer whose length nobody knows."""
    answer = Response(headers=dict(headers), media_type=mime)
    del answer.headers["content-length"]
    return answer


def problem(error: StentorError) -> Response:
    """RFC 9457.

    What depends only on the URL and the moment may be kept for a second, «not yet» too: behind a cache, 200
    players who wait for a stage that is away would else be held one after the other. What depends on who asks
    (a place in the line, full, a neighbour that does not answer) is not kept.
    """
    status = error.answer_status
    is_for_all = status in {400, _NOT_FOUND_STATUS, 410} or isinstance(error, NotYet)
    cache = BRIEF if is_for_all and not isinstance(error, InLine) else NO_STORE
    if isinstance(error, InLine):
        body = in_line_body(error)
    else:
        body = json.dumps(error.problem(), ensure_ascii=False).encode()
    headers = {**open_headers(cache), **error.headers()}
    return Response(body, status, headers, media_type="application/problem+json")


def in_line_body(error: InLine) -> bytes:
    """A place's document: the sentence, what is this asker's own, then the line's clock byte for byte."""
    own = (
        f'{_IN_LINE},"retry_after_s":{error.retry_after_s},"ticket":"{error.ticket}","bucket":{error.bucket},'
        f'"id":"{error.id_hex}","clock":'
    )
    return own.encode() + (error.clock or b"null") + b"}"


def plain_problem(status: int, title: str, headers: Mapping[str, str] | None = None) -> Response:
    """A problem that is HTTP's own (no such route, method not allowed)."""
    body = json.dumps({"type": "about:blank", "title": title, "status": status}).encode()
    cache = BRIEF if status == _NOT_FOUND_STATUS else NO_STORE
    return Response(
        body, status, {**open_headers(cache), **(headers or {})}, media_type="application/problem+json"
    )


class Text:
    """A text compressed once and shared by everybody who asks for it.

    Args:
        tag: its entity tag where it has one already; None: one is made of its bytes.
    """

    __slots__ = ("mime", "packed", "packed_tag", "raw", "tag")

    def __init__(self, raw: bytes, mime: str, *, tag: str | None = None) -> None:
        self.raw = raw
        self.mime = mime
        # mtime=0: two edges pack the same text to the same bytes.
        self.packed = gzip.compress(raw, compresslevel=6, mtime=0)
        self.tag = tag or tag_of(raw)
        # A tag names one representation: a cache that has the packed one must not pass it off as the other.
        self.packed_tag = f'{self.tag[:-1]}-gzip"'

    def response(self, request: Request, headers: Mapping[str, str], *, status: int = _OK) -> Response:
        """The text as the client can read it, or «not modified»."""
        packs = takes_gzip(request.headers.get("accept-encoding", ""))
        tag = self.packed_tag if packs else self.tag
        headers = {**headers, "Vary": "Accept-Encoding", "ETag": tag}
        if status == _OK and is_known(request, tag):
            return not_modified(tag, headers)
        coding = {"Content-Encoding": "gzip"} if packs else {}
        return Response(
            self.packed if packs else self.raw, status, {**headers, "Content-Type": self.mime, **coding}
        )


def takes_gzip(accept_encoding: str) -> bool:
    """Whether a client can unpack gzip (RFC 9110, 12.5.3); `q=0` says no."""
    for item in accept_encoding.lower().split(","):
        coding, _, weight = item.partition(";")
        if coding.strip() in {"gzip", "*"}:
            return weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


def checked_query(query: QueryParams, allowed: Iterable[str]) -> dict[str, str]:
    """The query as a plain table.

    An unknown name would make a shared cache ask the edge again for the same object, so it is refused.

    Raises: BadInput: a name that is not `allowed`, or one given twice.
    """
    known = frozenset(allowed)
    found: dict[str, str] = {}
    for name, value in query.multi_items():
        if name not in known:
            raise BadInput(
                f"The parameter {name[:40]!r} is unknown here. "
                f"Possible: {', '.join(sorted(known)) or 'none'}."
            )
        if name in found:
            raise BadInput(f"The parameter {name!r} is given twice. Give it once.")
        found[name] = value
    return found


def whole_number(name: str, text: str) -> int:
    """Raises: BadInput: not a number from 0 to 10^12."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 12):  # noqa: PLR2004
        raise BadInput(f"{name} is {text[:20]!r}; it must be a whole number.")
    return int(text)
