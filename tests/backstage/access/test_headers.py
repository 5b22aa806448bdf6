"""What every answer of the stage door says to browsers, and what a door behind TLS says besides."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from backstage.access.conftest import Person, a_person
from stage_door import OpenDoor, opened_door

SECURE = "https://stage.example.org"


@pytest.fixture
async def secure(nats_url: str, tmp_path: Path) -> AsyncIterator[OpenDoor]:
    """As behind a proxy that ends TLS."""
    async with opened_door(nats_url, tmp_path, backstage_url=SECURE) as door:
        yield door


async def headers_of(person: Person, path: str) -> dict[str, str]:
    await person.ask("GET", path)
    return person.answer_headers


async def test_every_answer_is_guarded_pages_apis_refusals_and_files(secure: OpenDoor) -> None:
    paths = ("/sign-in", "/operate", "/i/token", "/api/session", "/api/accounts", "/none", "/healthz")
    async with a_person(secure) as person:
        for path in (*paths, "/assets/speak-1a2b.js", "/api/access/oidc/callback"):
            found = await headers_of(person, path)
            policy = found["Content-Security-Policy"]
            assert "default-src 'none'" in policy, path
            assert "frame-ancestors 'none'" in policy, path
            assert "unsafe-inline" not in policy.replace("style-src-attr 'unsafe-inline'", ""), path
            assert found["X-Content-Type-Options"] == "nosniff", path
            assert found["Referrer-Policy"] == "no-referrer", path
            assert found["X-Frame-Options"] == "DENY", path
            assert found["Cross-Origin-Opener-Policy"] == "same-origin", path
            assert found["Strict-Transport-Security"].startswith("max-age="), path


async def test_what_an_api_says_is_kept_by_nobody(secure: OpenDoor) -> None:
    async with a_person(secure) as person:
        for path in ("/api/session", "/api/accounts", "/sign-in", "/own/once"):
            assert (await headers_of(person, path))["Cache-Control"] == "no-store"


async def test_a_session_behind_tls_is_for_this_host_and_never_without_tls(secure: OpenDoor) -> None:
    _, told = await secure.ask("POST", "/api/accounts/owner-link", json={}, headers=secure.owner)
    assert told["link"].startswith(f"{SECURE}/own/")
    body = {"token": told["link"].rpartition("/")[2]}
    async with a_person(secure) as person:
        assert (await person.ask("POST", "/api/access/once", body))[0] == 200
        cookie = person.answer_headers["Set-Cookie"]
        assert cookie.startswith("__Host-stentor=")
        assert "; Secure" in cookie
        assert "; HttpOnly" in cookie
        assert "; SameSite=Strict" in cookie
        token = cookie.partition("=")[2].partition(";")[0]
        # Only the name that another host of the domain cannot set is believed.
        for name, status in (("__Host-stentor", 200), ("stentor", 401)):
            assert (await person.ask("GET", "/api/spaces", Cookie=f"{name}={token}"))[0] == status


async def test_a_door_without_a_name_says_that_it_has_no_passkeys(nats_url: str, tmp_path: Path) -> None:
    address = "http://192.0.2.7:8081"
    async with opened_door(nats_url, tmp_path, backstage_url=address) as door, a_person(door) as person:
        _, told = await person.ask("GET", "/api/session")
        assert told["ways"] == {"passkey": False, "provider": None}
        status, problem = await person.ask("POST", "/api/access/passkey/begin", {})
        assert (status, "host name" in problem["detail"]) == (409, True)
        assert (await person.ask("POST", "/api/access/oidc", {}))[0] == 404
