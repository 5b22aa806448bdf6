"""Where the door is, as browsers see it, and whether a request comes from there."""

import pytest

from stentor.backstage.access.csrf import csrf_token, must_be_meant, must_be_own_page
from stentor.backstage.access.origins import Origins
from stentor.errors import NotAllowed

HOUSE = Origins.of("https://stage.example.org")


@pytest.mark.parametrize(
    ("url", "accepted", "rp_id", "is_secure"),
    [
        ("https://stage.example.org", ("https://stage.example.org",), "stage.example.org", True),
        ("https://stage.example.org:443/", ("https://stage.example.org",), "stage.example.org", True),
        ("https://x.org:8443", ("https://x.org:8443",), "x.org", True),
        ("http://127.0.0.1:8081", ("http://localhost:8081", "http://127.0.0.1:8081"), "localhost", False),
        ("http://[::1]:8081", ("http://localhost:8081", "http://[::1]:8081"), "localhost", False),
        ("http://localhost:8081", ("http://localhost:8081",), "localhost", False),
        ("http://192.0.2.7:8081", ("http://192.0.2.7:8081",), None, False),
        ("https://[2001:db8::1]", ("https://[2001:db8::1]",), None, True),
    ],
)
def test_a_doors_address_says_its_origin(
    url: str, accepted: tuple[str, ...], rp_id: str | None, is_secure: bool
) -> None:
    assert Origins.of(url) == Origins(accepted, rp_id, is_secure)


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "same-origin"},
        {"origin": "https://stage.example.org"},
        {"sec-fetch-site": "same-origin", "origin": "https://stage.example.org"},
    ],
)
def test_a_request_of_our_own_page_is_taken(headers: dict[str, str]) -> None:
    must_be_own_page(headers, HOUSE)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "null"},
        {"origin": "http://stage.example.org"},
        {"origin": "https://stage.example.org.evil.example"},
        {"origin": "https://example.org"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"sec-fetch-site": "same-origin", "origin": "https://evil.example"},
        {"sec-fetch-site": "cross-site", "origin": "https://stage.example.org"},
    ],
)
def test_a_request_of_another_page_is_not(headers: dict[str, str]) -> None:
    with pytest.raises(NotAllowed):
        must_be_own_page(headers, HOUSE)


def test_the_token_is_the_sessions_own_and_does_not_lead_back_to_it() -> None:
    good = {"sec-fetch-site": "same-origin", "x-csrf-token": csrf_token("session")}
    must_be_meant(good, HOUSE, session_token="session")
    assert "session" not in csrf_token("session")
    for wrong in (csrf_token("other"), "", "é"):
        with pytest.raises(NotAllowed):
            must_be_meant(good | {"x-csrf-token": wrong}, HOUSE, session_token="session")
