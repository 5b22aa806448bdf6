"""Carries a webhook's message to its receiver. The one file of this role that imports aiohttp.

Comes in: a URL, a body, headers. Goes out: what became of it, in plain values. Never: a redirect followed, a
proxy of the environment, an answer's body read, an address connected to that `webhook_address.py` refuses.
"""

import asyncio
import socket
import time
from contextlib import suppress
from dataclasses import dataclass

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

import stentor
from stentor.backstage.control.webhook_address import checked_url, may_connect, parsed, refusal
from stentor.errors import BadInput

_TIMEOUT_S = 10.0
_CONNECTIONS_MAX = 64
_OK = range(200, 300)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message.

    Args:
        status: of the answer; None: there was none.
        failure: why it was not taken, in words; None: it was.
        asked_s: the receiver's Retry-After.
    """

    took_ms: int
    status: int | None = None
    failure: str | None = None
    asked_s: float | None = None


class Courier:
    """Use as an async context manager. Bounds: 10 s per message, 64 at a time."""

    def __init__(self, *, may_be_private: bool, timeout_s: float = _TIMEOUT_S) -> None:
        self._may_be_private = may_be_private
        self._timeout_s = timeout_s

    async def __aenter__(self) -> "Courier":
        connector = aiohttp.TCPConnector(
            resolver=_PublicOnly(may_be_private=self._may_be_private),
            limit=_CONNECTIONS_MAX,
            force_close=True,
            use_dns_cache=False,
        )
        self._http = aiohttp.ClientSession(
            connector=connector,
            timeout=aiohttp.ClientTimeout(total=self._timeout_s),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": f"stentor/{stentor.__version__}"},
            trust_env=False,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.close()

    async def post(self, url: str, body: bytes, headers: dict[str, str]) -> Outcome:
        """Never raises: every way to fail is an outcome. Without a Content-Type of its own it is JSON."""
        began_s = time.monotonic()
        status: int | None = None
        failure: str | None
        asked_s: float | None = None
        try:
            # Again, since the setting may have changed: names are checked when they are looked up.
            checked_url(url, may_be_private=self._may_be_private)
            sent = {"Content-Type": "application/json", **headers}
            async with self._http.post(url, data=body, headers=sent, allow_redirects=False) as answer:
                status = answer.status
                failure = None if status in _OK else f"It answered {status}."
                asked_s = _seconds(answer.headers.get("Retry-After", ""))
        except BadInput as error:
            failure = error.detail
        except TimeoutError:
            failure = f"No answer within {self._timeout_s:g} s."
        except aiohttp.ClientConnectorDNSError as error:
            refused = isinstance(error.os_error, _Refused)
            failure = str(error.os_error) if refused else "The host's name is not known."
        except aiohttp.ClientSSLError:
            failure = "Its certificate is not valid."
        except (aiohttp.ClientError, OSError, ValueError) as error:
            failure = f"The connection failed ({type(error).__name__})."
        return Outcome(int(1000 * (time.monotonic() - began_s)), status, failure, asked_s)


class _Refused(OSError):
    """A name that leads where webhooks may not go."""


class _PublicOnly(AbstractResolver):
    """Looks up as the system does; what may not be connected to is as if it were not there."""

    def __init__(self, *, may_be_private: bool) -> None:
        self._inner = ThreadedResolver(loop=asyncio.get_running_loop())
        self._may_be_private = may_be_private

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        good = [
            result
            for result in found
            if may_connect(parsed(result["host"]), may_be_private=self._may_be_private)
        ]
        if found and not good:
            raise _Refused(refusal(found[0]["host"]))
        return good

    async def close(self) -> None:
        await self._inner.close()


def _seconds(retry_after: str) -> float | None:
    """A date is passed over: our own waits will do."""
    with suppress(ValueError):
        seconds = float(retry_after)
        return seconds if 0 <= seconds < float("inf") else None
    return None
