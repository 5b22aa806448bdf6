"""A Space as a calendar's event. The one file that imports icalendar.

Comes in: a Space with a date. Goes out: `event.ics` (RFC 5545). Never: a line of the host's that a calendar
could read as one of its own: the library escapes texts.
"""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from icalendar import Calendar, Event

from stentor.edge.public.addresses import page_url
from stentor.errors import NotFound
from stentor.space.record import Space

MIME = "text/calendar; charset=utf-8; method=PUBLISH"
DURATION = timedelta(hours=1)
"""Nobody knows how long people will talk; an hour is what a calendar shows well."""


def event_ics(space: Space, *, hosts: tuple[str, ...], base: str, wall_ms: int) -> bytes:
    """The event; its UID stays, so that a changed date moves it in whatever calendar it is.

    Raises: NotFound: the Space has no date.
    """
    if space.starts_ms is None:
        raise NotFound("This Space has no date yet.")
    calendar = Calendar()
    calendar.add("prodid", "-//Stentor//Spaces//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    event, url = Event(), page_url(base, space)
    event.add("uid", f"{space.id}@{urlsplit(base).hostname or 'stentor'}")
    event.add("dtstamp", _moment(wall_ms))
    # Seconds since it was made: a later download is never the older one.
    event.add("sequence", max(0, wall_ms - space.created_ms) // 1000)
    event.add("dtstart", _moment(space.starts_ms))
    event.add("duration", DURATION)
    event.add("summary", space.title)
    event.add("url", url)
    event.add("location", url)
    words = [", ".join(hosts), space.description, url]
    event.add("description", "\n\n".join(word for word in words if word))
    calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def _moment(wall_ms: int) -> datetime:
    return datetime.fromtimestamp(wall_ms // 1000, UTC)
