"""How a feed writes texts, dates and times. Pure."""

import re
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from typing import Final

_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Source: XML 1.0, production 2: no control characters, no halves of characters, two more."""


def xml_safe(text: str) -> str:
    """The text without what no XML document may have, however it is written."""
    return _NOT_XML.sub("", text)


def html(*paragraphs: str) -> str:
    """A description: readers of feeds take it for HTML, and people wrote plain text."""
    written = (escape(text.strip(), quote=False).replace("\n", "<br>") for text in paragraphs if text.strip())
    return "".join(f"<p>{text}</p>" for text in written)


def date(at_ms: int, *, is_iso: bool = False) -> str:
    """RFC 2822 with the zone GMT, or ISO 8601."""
    at = datetime.fromtimestamp(at_ms // 1000, UTC)
    return at.isoformat() if is_iso else format_datetime(at, usegmt=True)


def clock(duration_ms: int) -> str:
    """`hh:mm:ss`; at least a second."""
    whole = max(1, round(duration_ms / 1000))
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"


def seconds(ms: int) -> str:
    """`12.5`."""
    return f"{ms / 1000:.3f}".rstrip("0").rstrip(".")
