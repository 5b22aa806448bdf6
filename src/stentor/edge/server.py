"""The gate's HTTP server: uvicorn, without what a public door must not have.

Comes in: the front door's parts. Goes out: a server for a socket that somebody else has opened. Never: a log
line per request, a header that names the server, a client's word about its own address.
"""

import contextlib
from collections.abc import Iterator

import uvicorn

from stentor.edge.app import Parts, front_door
from stentor.edge.connection import patient

KEEP_ALIVE_S = 20
_BACKLOG = 4096
_GRACE_S = 2


class Server(uvicorn.Server):
    """uvicorn without hands on our signals: whoever stops it says so."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def http_server(parts: Parts) -> Server:
    """A server that is not yet serving."""
    config = uvicorn.Config(
        front_door(parts),
        http=patient(parts.waits.socket_s, on_stall=parts.metrics.stalled),
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",  # a line per junk request would be the attacker's pen
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=_GRACE_S,
        backlog=_BACKLOG,
    )
    return Server(config)
