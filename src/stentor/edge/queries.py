"""Queries that no route has, refused before one is looked for. Pure.

Comes in: a path and its query as they were sent. Goes out: the first name that nothing here knows. Never: a
reading of values; which route takes which name is the route's to say (`answers.checked_query`).

A name at random makes every cache ask the edge for an object that it has. Pages take any: a link that was
sent round has its sender's notes on it.
"""

from typing import Final

KNOWN: Final = frozenset(
    {
        "_HLS_msn",
        "_HLS_part",
        "_HLS_skip",
        "codec",
        "download",
        "from",
        "from_ms",
        "limit",
        "pass",
        "q",
        "state",
        "ticket",
        "to_ms",
    }
)
"""Of all routes together."""
_OF_ANY_QUERY: Final = frozenset({"", "/", "/oembed"})


def unknown_name(path: str, query: bytes) -> str | None:
    """None: none.

    Bounds: 2 µs for a query of the length that `connection.py` lets through.
    """
    if not query or path in _OF_ANY_QUERY:
        return None
    if path.startswith("/s/"):
        what = path[3:].partition("/")[2]
        if what in {"", "embed"}:
            return None
    for item in query.split(b"&"):
        # Percent-encoded letters of a known name are one more way to write the same URL.
        name = item.partition(b"=")[0].decode("latin-1")
        if name not in KNOWN:
            return name
    return None
