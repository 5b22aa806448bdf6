"""The gate's HTTP server: uvicorn behind a doorstep of our own, without what a public door must not have.

Comes in: the front door's application, what all connections share. Goes out: a server for a socket that
somebody else has opened. Never: a log line per request, a header that names the server, a client's word about
its own address.
"""

import contextlib
import socket
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

from stentor.edge.connection import KEEP_ALIVE_S, Connection, Hall, connections
from stentor.edge.doorstep import Doorstep

_GRACE_S = 2


class Server(uvicorn.Server):
    """uvicorn without hands on our signals, and without its own accept."""

    def __init__(self, config: uvicorn.Config, hall: Hall, *, takes_proxy: bool) -> None:
        super().__init__(config)
        self._hall = hall
        self._takes_proxy = takes_proxy
        self._steps: list[Doorstep] = []

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are whoever's who stops it and says so."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Instead of uvicorn's: the same without `loop.create_server`."""
        assert sockets, "the edge opens the door, its gates inherit it"
        self.servers = []
        made = connections(self._hall)

        def protocol() -> Connection:
            return made(config=self.config, server_state=self.server_state, app_state={})

        for listening in sockets:
            step = Doorstep(listening, protocol, self._hall, takes_proxy=self._takes_proxy)
            step.open()
            self._steps.append(step)
        self.started = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for step in self._steps:
            step.close()
        await super().shutdown(sockets)


def http_server(application: ASGIApp, hall: Hall, *, takes_proxy: bool = False) -> Server:
    """A server that is not yet serving."""
    config = uvicorn.Config(
        application,
        interface="asgi3",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",  # a line per junk request would be the attacker's pen
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=_GRACE_S,
    )
    return Server(config, hall, takes_proxy=takes_proxy)
