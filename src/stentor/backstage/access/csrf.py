"""Whether a request that changes something comes from our own page. Pure.

Comes in: a request's headers. Goes out: nothing, or NotAllowed. Never: a question to a request that carries
its own token: only cookies are sent by browsers without their page's will.

Two locks, each enough alone: the browser's word about where the request comes from (`Sec-Fetch-Site`,
`Origin`: no page can forge them), and a token that only a page of this origin can read.

Source: OWASP CSRF prevention, Fetch metadata; RFC 6454.
"""

import hmac
from collections.abc import Mapping
from hashlib import blake2b

from stentor.backstage.access.origins import Origins
from stentor.errors import NotAllowed

HEADER = "X-CSRF-Token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def csrf_token(session_token: str) -> str:
    """Follows from the session's token, so nothing is stored; does not lead back to it."""
    return blake2b(b"csrf", key=session_token.encode(), digest_size=16).hexdigest()


def must_be_own_page(headers: Mapping[str, str], origins: Origins) -> None:
    """Raises: NotAllowed: another site's page, or no browser that says where it is."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    is_told = site is not None or origin is not None
    if not is_told or site not in {None, "same-origin"} or (origin is not None and not origins.has(origin)):
        raise NotAllowed(
            "This request does not come from a page of this stage door. "
            f"Its own address is {origins.best} (setting backstage_url)."
        )


def must_be_meant(headers: Mapping[str, str], origins: Origins, *, session_token: str) -> None:
    """Raises: NotAllowed: not from our page, or without the session's own token."""
    must_be_own_page(headers, origins)
    told = headers.get(HEADER.lower(), "")
    if not hmac.compare_digest(told.encode(), csrf_token(session_token).encode()):
        raise NotAllowed(
            f"The header {HEADER} is missing or belongs to another session. Load the page again."
        )
