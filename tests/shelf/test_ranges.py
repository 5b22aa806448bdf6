from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from stentor.shelf.ranges import is_known, sliced, span_of, tag_of

BODY = bytes(range(100))
TAG = tag_of(BODY)


def request(method: str = "GET", **headers: str) -> Request:
    fields = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": method, "headers": fields})


def test_the_same_bytes_have_the_same_tag_on_every_edge() -> None:
    assert tag_of(b"abc") == tag_of(b"abc") != tag_of(b"abd")


def test_a_tag_is_found_in_a_list_and_in_its_weak_form() -> None:
    assert is_known(request(if_none_match=f'"x", W/{TAG}'), TAG)
    assert is_known(request(if_none_match="*"), TAG)
    assert not is_known(request(if_none_match=TAG[:-1]), TAG)
    assert not is_known(request(), TAG)


def test_a_stale_if_range_gets_the_whole_file() -> None:
    assert span_of(request(range="bytes=1-2", if_range='"old"'), tag=TAG, size_bytes=100) is None
    assert span_of(request(range="bytes=1-2", if_range=TAG), tag=TAG, size_bytes=100) == (1, 2)


def test_only_get_has_ranges() -> None:
    assert span_of(request("HEAD", range="bytes=1-2"), tag=TAG, size_bytes=100) is None


def test_a_known_file_is_not_sent_even_in_pieces() -> None:
    answer = sliced(
        request(range="bytes=1-2", if_none_match=TAG), BODY, tag=TAG, mime="audio/mp4", headers={}
    )
    assert answer.status_code == 304


@given(st.text(alphabet="bytes=-,0123456789 ", max_size=30))
def test_whatever_is_asked_for_the_answer_is_a_piece_of_the_file_or_all_of_it(asked: str) -> None:
    answer = sliced(request(range=asked), BODY, tag=TAG, mime="audio/mp4", headers={})
    if answer.status_code == 206:
        span = answer.headers["Content-Range"].removeprefix("bytes ").partition("/")[0]
        first, last = map(int, span.split("-"))
        assert bytes(answer.body) == BODY[first : last + 1] != b""
    elif answer.status_code == 416:
        assert answer.headers["Content-Range"] == "bytes */100"
    else:
        assert bytes(answer.body) == BODY
