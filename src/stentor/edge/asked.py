"""What a request is about, from its first line alone. Pure.

Comes in: the beginning of a request's bytes. Goes out: its class for shedding, the pass it shows, what
kind of «no» it can be told. Never: a decision; a word that is believed: a pass is one when its MAC is right.
"""

from dataclasses import dataclass
from typing import Final

from stentor.admission.shedding import Class
from stentor.admission.token import TOKEN_LENGTH_MAX

_LIVE: Final = frozenset({b"live.mp4", b"live.aac"})
_COMING: Final = frozenset({b"", b"line.json", b"space.json", b"ticket", b"pass", b"here", b"embed"})
_HOUSE: Final = frozenset({b"/", b"/healthz", b"/spaces.json", b"/embed.js", b"/.well-known/stentor.json"})
_ASSETS: Final = b"/assets/"
_NAME_LENGTH_MAX: Final = 64


@dataclass(frozen=True, slots=True)
class Asked:
    """A first line that was read.

    Args:
        name: the Space's, as the URL has it; empty: about none.
        shown: a pass in the query, unproved; empty: none.
        is_for_all: the answer is everybody's, so is its refusal: a cache may keep it for a second.
        has_body_back: the answer to HEAD has none.
    """

    class_: Class
    name: str = ""
    shown: str = ""
    is_for_all: bool = True
    has_body_back: bool = True


def asked(data: bytes) -> Asked | None:
    """None: the line has not come whole, or is no HTTP: `connection.py` has a word for that.

    Bounds: 2 µs.
    """
    end = data.find(b"\r\n")
    if end < 0:
        return None
    method, _, rest = data[:end].partition(b" ")
    target, _, version = rest.partition(b" ")
    if not version.startswith(b"HTTP/1."):
        return None
    path, _, query = target.partition(b"?")
    has_body_back = method != b"HEAD"
    if not path.startswith(b"/s/"):
        is_coming = path in _HOUSE or path.startswith(_ASSETS)
        return Asked(Class.JOIN if is_coming else Class.EXTRAS, has_body_back=has_body_back)
    name, _, what = path[3:].partition(b"/")
    shown = _pass_in(query)
    return Asked(
        _class_of(what),
        name[:_NAME_LENGTH_MAX].decode("latin-1"),
        shown,
        is_for_all=method == b"GET" and what not in _LIVE and not shown,
        has_body_back=has_body_back,
    )


def _class_of(what: bytes) -> Class:
    if what in _LIVE or what in _COMING:
        return Class.JOIN
    if what.startswith(b"hls/"):
        thing = what[4:]
        if thing.startswith(b"low"):
            return Class.EXTRAS
        return Class.JOIN if thing == b"master.m3u8" else Class.HEAR
    return Class.EXTRAS


def _pass_in(query: bytes) -> str:
    at = 0 if query.startswith(b"pass=") else query.find(b"&pass=") + 1
    if not at and not query.startswith(b"pass="):
        return ""
    token = query[at + 5 :].partition(b"&")[0]
    return token.decode("latin-1") if len(token) <= TOKEN_LENGTH_MAX else ""
