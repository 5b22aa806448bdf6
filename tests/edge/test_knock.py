"""Knocks read without a parser: nothing is read otherwise than the application would read it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from stentor.edge.framing import Format
from stentor.edge.knock import Wish, knocked
from stentor.edge.live import wish_of
from stentor.errors import BadInput
from stentor.space.rung import Codec

HEAD = b" HTTP/1.1\r\nHost: x\r\n\r\n"
items = st.sampled_from(
    [
        *("from=12", "from=-1", "from=", "from=0012", "from=9999999999999", "codec=opus", "codec=aac"),
        *("codec=mp3", "ticket=AQ_-", "ticket=", "ticket=a=b", "ticket=a%41", "ticket", "pass=AQ"),
        *("x=1", "=", "&"),
    ]
)


@given(st.lists(items, max_size=4), st.sampled_from(Format))
def test_what_is_read_here_is_what_the_application_reads(query: list[str], format_: Format) -> None:
    text = "&".join(query)
    knock = knocked(f"GET /s/demo/live.{format_.value}?{text}".encode() + HEAD)
    if knock is None:
        return
    request = Request({"type": "http", "query_string": text.encode(), "headers": []})
    assert knock.wish == wish_of(request, format_)
    assert (knock.name, knock.format) == ("demo", format_)


@given(st.binary(max_size=300))
def test_no_bytes_at_all_raise(data: bytes) -> None:
    knocked(data)
    knocked(b"GET /s/demo/live.mp4?" + data + HEAD)
    knocked(b"GET /s/demo/live.mp4 HTTP/1.1\r\n" + data + b"\r\n\r\n")


def test_plain_knocks_are_read() -> None:
    knock = knocked(b"GET /s/demo.key/live.mp4?codec=opus&from=7&ticket=T-_1&pass=P" + HEAD)
    assert knock is not None
    assert (knock.name, knock.wish) == ("demo.key", Wish(Codec.OPUS, 7, "T-_1", "P"))
    ticket = knocked(b"POST /s/demo/ticket HTTP/1.1\r\nContent-Length: 0\r\n\r\n")
    assert ticket is not None
    assert ticket.format is None


@pytest.mark.parametrize(
    "data",
    [
        b"GET /s/demo/live.mp4 HTTP/1.1\r\nHost: x\r\n",
        b"GET /s/demo/live.mp4 HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        b"GET /s/demo/live.mp4 HTTP/1.0\r\n\r\n",
        b"HEAD /s/demo/live.mp4 HTTP/1.1\r\n\r\n",
        b"GET /s/demo/live.aac HTTP/1.1\r\nrange: bytes=0-1\r\n\r\n",
        b"POST /s/demo/ticket HTTP/1.1\r\nContent-Length: 02\r\n\r\n",
        b"POST /s/demo/ticket HTTP/1.1\r\nContent-Length: 10\r\n\r\n",
        b"POST /s/demo/ticket HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST /s/demo/ticket?x=1 HTTP/1.1\r\n\r\n",
        b"GET /s/demo/live.mp4 HTTP/1.1\r\n" + b"X: y\r\n" * 40 + b"\r\n",
        b"GET /s/" + b"x" * 81 + b"/live.mp4 HTTP/1.1\r\n\r\n",
    ],
)
def test_what_is_not_plain_or_not_alone_goes_the_other_way(data: bytes) -> None:
    assert knocked(data) is None


def test_a_query_that_is_refused_there_is_not_taken_here() -> None:
    request = Request({"type": "http", "query_string": b"codec=opus", "headers": []})
    with pytest.raises(BadInput):
        wish_of(request, Format.AAC)
    assert knocked(b"GET /s/demo/live.aac?codec=opus" + HEAD) is None
