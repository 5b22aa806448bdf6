"""A request's class, from its first line alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.admission.shedding import Class
from stentor.edge.asked import asked

CLASSES = {
    "/s/demo/live.mp4": Class.JOIN,
    "/s/demo/live.aac?from=12": Class.JOIN,
    "/s/demo/line.json": Class.JOIN,
    "/s/demo/ticket": Class.JOIN,
    "/s/demo": Class.JOIN,
    "/assets/player.js": Class.JOIN,
    "/healthz": Class.JOIN,
    "/s/demo/hls/master.m3u8": Class.JOIN,
    "/s/demo/hls/index.m3u8?_HLS_msn=3": Class.HEAR,
    "/s/demo/hls/part/12.m4s": Class.HEAR,
    "/s/demo/hls/low.m3u8": Class.EXTRAS,
    "/s/demo/hls/low/seg/3.m4s": Class.EXTRAS,
    "/s/demo/react": Class.EXTRAS,
    "/s/demo/bid": Class.EXTRAS,
    "/s/demo/replay/master.m3u8": Class.EXTRAS,
    "/search.json?q=x": Class.EXTRAS,
    "/wp-login.php": Class.EXTRAS,
}


def line(target: str, method: str = "GET") -> bytes:
    return f"{method} {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


@pytest.mark.parametrize(("target", "class_"), CLASSES.items())
def test_what_is_asked_for_has_its_class(target: str, class_: Class) -> None:
    found = asked(line(target))
    assert found is not None
    assert found.class_ is class_


@pytest.mark.parametrize("query", ["pass=abc", "from=3&pass=abc", "pass=abc&from=3"])
def test_a_pass_in_the_query_is_found_with_its_space(query: str) -> None:
    found = asked(line(f"/s/demo.key/live.mp4?{query}"))
    assert found is not None
    assert (found.name, found.shown) == ("demo.key", "abc")


@pytest.mark.parametrize("query", ["", "bypass=abc", "pass=" + "a" * 65, "from=pass"])
def test_what_is_no_pass_is_not_taken_for_one(query: str) -> None:
    found = asked(line(f"/s/demo/live.mp4?{query}"))
    assert found is not None
    assert found.shown == ""


def test_a_refusal_may_be_kept_only_where_everybody_would_get_it() -> None:
    is_for_all = {
        "/s/demo/line.json": True,
        "/s/demo/live.mp4": False,
        "/s/demo/hls/index.m3u8?_HLS_msn=1&pass=abc": False,
    }
    for target, expected in is_for_all.items():
        found = asked(line(target))
        assert found is not None
        assert found.is_for_all is expected, target
    posted = asked(line("/s/demo/ticket", "POST"))
    assert posted is not None
    assert not posted.is_for_all


@pytest.mark.parametrize("data", [b"", b"GET / HT", b"GET /\r\n", b"\x16\x03\x01\r\n", b"GET / FTP/1\r\n"])
def test_half_a_line_and_what_is_no_http_is_left_to_the_parser(data: bytes) -> None:
    assert asked(data) is None


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_left(data: bytes) -> None:
    for text in (data + b"\r\n", b"GET /s/" + data + b" HTTP/1.1\r\n"):
        found = asked(text)
        assert found is None or len(found.name) <= 64
