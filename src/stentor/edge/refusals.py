"""Answers to those who are not answered: made once at start, written as they are.

Comes in: what kind of «no», and over how many seconds it is spread. Goes out: bytes. Never: a ticket, a word
about who asked, two askers of one moment who are told to come back in the same second.
"""

import itertools
import json
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from stentor.admission.shedding import RETRY_S_MAX

_SECONDS: Final = range(1, int(RETRY_S_MAX) + 1)
_FIELDS: Final = (
    "Content-Type: application/problem+json\r\n"
    "Access-Control-Allow-Origin: *\r\n"
    "Access-Control-Expose-Headers: Retry-After\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: no-referrer\r\n"
)
BUSY: Final = "The door is very busy"
TOO_MANY: Final = "Too much from your network at once"


@dataclass(frozen=True, slots=True)
class Refusals:
    """One kind of refusal, in all its variants: 240 of some 400 bytes."""

    status: HTTPStatus
    title: str
    _turns: "itertools.cycle[int]" = field(default_factory=lambda: itertools.cycle(range(1 << 16)))
    _made: dict[tuple[int, bool, bool, bool], bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for seconds in _SECONDS:
            for is_for_all, has_body, is_kept in itertools.product((False, True), repeat=3):
                self._made[seconds, is_for_all, has_body, is_kept] = _made(
                    self.status,
                    self.title,
                    seconds=seconds,
                    is_for_all=is_for_all,
                    has_body=has_body,
                    is_kept=is_kept,
                )

    def next(self, *, spread_s: float, is_for_all: bool, has_body: bool, is_kept: bool) -> bytes:
        """The next variant: `Retry-After` goes round from 1 to `spread_s`."""
        seconds = 1 + next(self._turns) % min(max(round(spread_s), 1), len(_SECONDS))
        return self._made[seconds, is_for_all, has_body, is_kept]


def _made(
    status: HTTPStatus, title: str, *, seconds: int, is_for_all: bool, has_body: bool, is_kept: bool
) -> bytes:
    told = {"type": "about:blank", "title": title, "status": status.value, "retry_after_s": seconds}
    body = json.dumps(told, separators=(",", ":")).encode()
    cache = "public, max-age=1" if is_for_all else "no-store"
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\n{_FIELDS}Cache-Control: {cache}\r\n"
        f"Retry-After: {seconds}\r\nContent-Length: {len(body)}\r\n"
        f"Connection: {'keep-alive' if is_kept else 'close'}\r\n\r\n"
    )
    return head.encode() + (body if has_body else b"")


SHED: Final = Refusals(HTTPStatus.SERVICE_UNAVAILABLE, BUSY)
OVER_BUDGET: Final = Refusals(HTTPStatus.TOO_MANY_REQUESTS, TOO_MANY)
