"""Public addresses: ours are known by their origin and their shape, whatever a request says."""

import pytest
from starlette.requests import Request

from stentor.edge.public.addresses import Addresses

HOUSE = Addresses("https://live.example/", ("https://edge-2.example",))


def asked(host: str = "127.0.0.1:8080") -> Request:
    headers = [(b"host", host.encode())]
    return Request({"type": "http", "scheme": "http", "server": None, "path": "/", "query_string": b"",
                    "headers": headers, "method": "GET"})  # fmt: skip


def test_the_operators_word_wins_over_the_requests() -> None:
    assert HOUSE.base(asked("evil.example")) == "https://live.example"
    assert Addresses().base(asked()) == "http://127.0.0.1:8080"
    assert Addresses().base(asked("[::1]:8080")) == "http://[::1]:8080"


@pytest.mark.parametrize("host", ['"><script>', "a b", "a/b", "user@host", "", "x" * 300])
def test_a_host_that_is_none_is_not_repeated(host: str) -> None:
    assert Addresses().base(asked(host)) == ""


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://live.example/s/bees", "bees"),
        ("https://LIVE.example/s/bees/", "bees"),
        ("https://live.example/s/bees/embed", "bees"),
        ("https://live.example/s/bees.key?lang=fr#t", "bees.key"),
        ("https://edge-2.example/s/bees", "bees"),
        ("http://live.example/s/bees", None),
        ("https://live.example:444/s/bees", None),
        ("https://live.example.evil/s/bees", None),
        ("https://live.example@evil/s/bees", None),
        ("https://me@live.example/s/bees", None),
        ("https://live.example/s/", None),
        ("https://live.example/s/bees/live.aac", None),
        ("https://live.example/x/s/bees", None),
        ("https://[live.example/s/bees", None),
        ("javascript:alert(1)", None),
        ("/s/bees", None),
        ("", None),
    ],
)
def test_only_our_own_pages_are_ours(url: str, name: str | None) -> None:
    assert HOUSE.name_in(url, asked()) == name


def test_a_house_below_a_path_knows_its_pages() -> None:
    house = Addresses("https://example.org/radio")
    assert house.name_in("https://example.org/radio/s/bees", asked()) == "bees"
