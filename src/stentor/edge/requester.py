"""Whose request it is: the one place that reads an address from one.

Comes in: a request, the proxies that are believed. Goes out: the address to count. Never: anything that keeps
it.
"""

from starlette.requests import Request

from stentor.admission.forwarded import Trusted


def requester_of(request: Request, trusted: Trusted) -> str:
    """The connected address, or what a trusted proxy says of it; empty where there is none."""
    peer = request.client.host if request.client else ""
    # HAProxy appends a header field of its own, so there may be several, and the first is the client's word.
    return trusted.requester(peer, ",".join(request.headers.getlist("x-forwarded-for")))
