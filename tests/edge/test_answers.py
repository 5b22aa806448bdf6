import gzip
import json

import pytest
from starlette.datastructures import QueryParams

from stentor.edge.answers import Text, checked_query, problem, takes_gzip, whole_number
from stentor.errors import BadInput, Full, Gone, LogAway, NoSuchSpace, NotOnAir, OutOfRange, StentorError


@pytest.mark.parametrize("header", ["gzip", "br, gzip", "GZIP;q=0.5", "*", "deflate, gzip;q=1.0"])
def test_whoever_takes_gzip_gets_it(header: str) -> None:
    assert takes_gzip(header)


@pytest.mark.parametrize("header", ["", "br", "gzip;q=0", "gzip; q=0.0", "identity"])
def test_whoever_does_not_take_gzip_does_not_get_it(header: str) -> None:
    assert not takes_gzip(header)


def test_a_query_of_known_names_is_a_table() -> None:
    assert checked_query(QueryParams("from=5&codec=aac"), ("from", "codec")) == {"from": "5", "codec": "aac"}


@pytest.mark.parametrize("query", ["t=1", "from=1&from=1", "from=1&=2", "From=1"])
def test_a_query_that_would_split_a_cache_is_refused(query: str) -> None:
    with pytest.raises(BadInput):
        checked_query(QueryParams(query), ("from",))


@pytest.mark.parametrize("text", ["", "-1", "+1", "1.0", "1e3", " 1", "٣", "1" * 13])
def test_a_number_is_plain_digits(text: str) -> None:
    with pytest.raises(BadInput):
        whole_number("from", text)
    assert whole_number("from", "1" * 12) == int("1" * 12)


@pytest.mark.parametrize(
    ("error", "cache"),
    [
        (OutOfRange("from", 9, lowest=1, highest=5), "public, max-age=1"),
        (NoSuchSpace("x"), "public, max-age=1"),
        (Gone("over"), "public, max-age=1"),
        (NotOnAir("x"), "public, max-age=1"),
        (Full("The edge", limit=5), "no-store"),
        (LogAway("x"), "no-store"),
    ],
)
def test_a_refusal_that_holds_for_all_may_be_kept_for_a_second_and_another_not_at_all(
    error: StentorError, cache: str
) -> None:
    answer = problem(error)
    assert answer.headers["Cache-Control"] == cache
    assert json.loads(bytes(answer.body))["status"] == answer.status_code == error.status


def test_two_edges_pack_a_text_to_the_same_bytes() -> None:
    one, two = Text(b"abc" * 100, "text/plain"), Text(b"abc" * 100, "text/plain")
    assert one.packed == two.packed
    assert gzip.decompress(one.packed) == one.raw


def test_each_coding_of_a_text_has_a_tag_of_its_own() -> None:
    text = Text(b"abc" * 100, "text/plain")
    assert text.tag != text.packed_tag
    assert text.tag == Text(b"abc" * 100, "text/html").tag
    assert text.tag != Text(b"abc" * 99, "text/plain").tag
