"""The calendar's event, read back by a reader of calendars."""

from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from stentor.edge.public.calendar_event import event_ics
from stentor.errors import NotFound
from stentor.space.lifecycle import State
from stentor.space.record import Space

STARTS_MS = 1_795_464_000_000
EVIL = 'Bees; "and", more\nEND:VEVENT\r\nBEGIN:VALARM\\n'
SPACE = Space("bees", EVIL, State.SCHEDULED, 0, starts_ms=STARTS_MS, description=f"One\n\n{EVIL}é" * 9)


def test_a_calendar_reads_what_the_host_wrote_and_nothing_more() -> None:
    data = event_ics(SPACE, hosts=("Ada", "Bo"), base="https://live.example", wall_ms=60_000)
    calendar = Calendar.from_ical(data)
    (event,) = calendar.subcomponents
    assert event.subcomponents == []
    assert event["UID"] == "bees@live.example"
    assert event.decoded("DTSTART") == datetime(2026, 11, 23, 20, tzinfo=UTC)
    assert event.decoded("DTSTAMP") == datetime(1970, 1, 1, 0, 1, tzinfo=UTC)
    assert event.decoded("DURATION") == timedelta(hours=1)
    assert event["SEQUENCE"] == 60
    assert event["URL"] == "https://live.example/s/bees"
    assert str(event["SUMMARY"]).replace("\n", " ").startswith('Bees; "and", more END:VEVENT')
    assert str(event["DESCRIPTION"]).startswith("Ada, Bo\n\nOne\n\nBees;")
    assert str(event["DESCRIPTION"]).endswith("https://live.example/s/bees")
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))


def test_the_event_stays_the_same_one_when_its_date_moves() -> None:
    moved = Space("bees", "Bees", State.SCHEDULED, 0, starts_ms=STARTS_MS + 3_600_000)
    one, two = (
        Calendar.from_ical(event_ics(space, hosts=(), base="https://live.example", wall_ms=at_ms)).walk(
            "VEVENT"
        )[0]
        for space, at_ms in ((SPACE, 1_000), (moved, 2_000))
    )
    assert one["UID"] == two["UID"]
    assert one.decoded("SEQUENCE") < two.decoded("SEQUENCE")
    assert one.decoded("DTSTART") < two.decoded("DTSTART")


def test_the_event_of_a_private_space_leads_to_its_keyed_page() -> None:
    private = Space("bees", "Bees", State.SCHEDULED, 0, starts_ms=STARTS_MS, listen_key="key")
    data = event_ics(private, hosts=(), base="https://live.example", wall_ms=0)
    assert b"https://live.example/s/bees.key" in data


def test_a_space_without_a_date_has_no_event() -> None:
    with pytest.raises(NotFound):
        event_ics(Space("bees", "Bees", State.ON_AIR, 0), hosts=(), base="", wall_ms=0)
