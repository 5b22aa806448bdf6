"""A knock, read without a parser: `GET /s/<name>/live.mp4` and `live.aac`, `POST /s/<name>/ticket`. Pure.

Comes in: the first bytes of a connection. Goes out: what is wished for. Never: a second opinion: what is not
whole, plain and alone on its connection is nobody's knock, and goes the way of every other request
(`connection.py`, `live.py`), where it is read again from its first byte.
"""

import re
from dataclasses import dataclass
from typing import Final

from stentor.edge.framing import Format
from stentor.space.rung import Codec

FIELDS_MAX: Final = 32
_HEAD_END: Final = b"\r\n\r\n"
_LIVE: Final = re.compile(
    rb"GET /s/([A-Za-z0-9._-]{1,80})/live\.(mp4|aac)(?:\?([A-Za-z0-9_=&-]{1,400}))? HTTP/1\.1\r\n"
)
_TICKET: Final = re.compile(rb"POST /s/([A-Za-z0-9._-]{1,80})/ticket HTTP/1\.1\r\n")
_MORE_TO_READ: Final = re.compile(
    rb"\n(?:content-length:(?!\s*0\r)|transfer-encoding|range:|expect:|upgrade:)", re.IGNORECASE
)
"""Fields that change what is asked for. A value that goes on in the next line is none of these names."""
_FIRST_DIGITS_MAX: Final = 12
_FORMATS: Final = {format_.value.encode(): format_ for format_ in Format}
_CODECS: Final = {codec.value.encode(): codec for codec in Codec}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a request for sound asks for.

    Args:
        first: `?from=`; None: now.
        ticket, pass_: as they were shown, unread.
    """

    codec: Codec
    first: int | None
    ticket: str | None = None
    pass_: str | None = None


@dataclass(frozen=True, slots=True)
class Knocked:
    """A knock that was read.

    Args:
        name: the Space's, as the URL has it.
        format: None: a ticket alone is asked for, no sound.
    """

    name: str
    format: Format | None
    wish: Wish


_NOW: Final = Wish(Codec.AAC, None)


def knocked(data: bytes) -> Knocked | None:
    """None: something else, or something about it is not plain.

    Bounds: 3 µs.
    """
    if data.find(_HEAD_END) != len(data) - len(_HEAD_END) or data.count(b"\n") > FIELDS_MAX + 2:
        return None
    line = _LIVE.match(data) or _TICKET.match(data)
    if line is None or _MORE_TO_READ.search(data):
        return None
    name = line[1].decode()
    if line.re is _TICKET:
        return Knocked(name, None, _NOW)
    format_ = _FORMATS[line[2]]
    wish = _NOW if line[3] is None else _wish(line[3], format_)
    return None if wish is None else Knocked(name, format_, wish)


def _wish(query: bytes, format_: Format) -> Wish | None:
    codec, first, shown = Codec.AAC, None, dict[bytes, str]()
    seen = set[bytes]()
    for item in query.split(b"&"):
        name, _, value = item.partition(b"=")
        if name in seen or not value or b"=" in value:
            return None
        seen.add(name)
        if name in {b"ticket", b"pass"}:
            shown[name] = value.decode()
        elif name == b"from" and value.isdigit() and len(value) <= _FIRST_DIGITS_MAX:
            first = int(value)
        elif name == b"codec" and format_ is Format.MP4 and value in _CODECS:
            codec = _CODECS[value]
        else:
            return None
    return Wish(codec, first, shown.get(b"ticket"), shown.get(b"pass"))
