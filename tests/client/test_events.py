"""Server-sent events are read whole however the line cuts them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.client.events import EVENT_BYTES_MAX, EventReader, News
from stentor.errors import TooLarge

TEXT = 'event: state\ndata: {"id":"é"}\n\n: ping\n\nevent: tick\r\ndata: 5\r\n\r\ndata: {"a":\ndata: 1}\n\n\n'
NEWS = [News("state", {"id": "é"}), News("tick", 5), News("message", {"a": 1})]


@given(st.lists(st.integers(1, 12), max_size=60))
def test_events_are_the_same_however_they_are_cut(sizes: list[int]) -> None:
    reader, data, found = EventReader(), TEXT.encode(), []
    for size in [*sizes, len(data)]:
        found += reader.feed(data[:size])
        data = data[size:]
    assert found == NEWS


@given(st.lists(st.binary(max_size=30), max_size=10))
def test_no_bytes_break_the_reader(parts: list[bytes]) -> None:
    reader = EventReader()
    for part in parts:
        reader.feed(part)


def test_what_is_no_json_is_told_as_it_is() -> None:
    assert EventReader().feed(b"data: hello\n\n") == [News("message", "hello")]


def test_an_event_without_end_is_refused() -> None:
    reader = EventReader()
    reader.feed(b"data: " + b"x" * (EVENT_BYTES_MAX - 100) + b"\n")
    with pytest.raises(TooLarge):
        reader.feed(b"data: " + b"x" * 200 + b"\n")
    with pytest.raises(TooLarge):
        EventReader().feed(b"x" * (EVENT_BYTES_MAX + 1))
