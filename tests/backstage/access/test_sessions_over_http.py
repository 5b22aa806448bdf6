"""Sessions through a real door: the owner's link, cookies, forgery, fixation, ranks, the end of it."""

import asyncio

import pytest
from yarl import URL

from backstage.access.conftest import Person, a_person, enter_as, enter_as_owner, use
from stage_door import OpenDoor

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def owner_link(door: OpenDoor) -> str:
    _, told = await door.ask("POST", "/api/accounts/owner-link", json={}, headers=door.owner)
    return str(told["link"])


async def test_the_owners_link_makes_the_owners_session_once(door: OpenDoor, person: Person) -> None:
    link = await owner_link(door)
    assert link.startswith(door.door.keeper.origins.best + "/own/")
    status, told = await use(person, link)
    assert (status, told["account"]["rank"], told["is_fresh"]) == (200, "owner", True)
    assert (await person.ask("GET", "/api/accounts"))[0] == 200
    async with a_person(door) as second:
        assert (await use(second, link))[0] == 401
        assert second.cookie == ""


async def test_looking_at_a_link_uses_nothing_up(door: OpenDoor, person: Person) -> None:
    link = await owner_link(door)
    (door.door.pages_dir / "sign-in.html").write_text("<!doctype html><title>sign in</title>")
    assert (await person.ask("GET", "/own/" + link.rpartition("/")[2]))[0] == 200
    assert (await use(person, link))[0] == 200


async def test_a_new_owners_link_ends_the_one_before(door: OpenDoor, person: Person) -> None:
    first, second = await owner_link(door), await owner_link(door)
    assert (await use(person, first))[0] == 401
    assert (await use(person, second))[0] == 200


async def test_the_first_link_is_not_made_again_once_an_owner_came(door: OpenDoor, owner: Person) -> None:
    wanted = {"only_first": True}
    status, _ = await door.ask("POST", "/api/accounts/owner-link", json=wanted, headers=door.owner)
    assert status == 409


async def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(owner: Person) -> None:
    async with a_person(owner.door) as person:
        await enter_as_owner(owner.door, person)
        cookie = person.answer_headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/whip/a-space"),
        ("DELETE", "/whip/a-space/a-session"),
        ("PUT", "/source/a-space"),
        ("GET", "/api/me"),
        ("GET", "/api/me/live"),
        ("POST", "/api/me/claim"),
        ("POST", "/api/me/mute"),
    ],
)
async def test_where_every_page_may_ask_and_where_people_hold_links_no_cookie_counts(
    owner: Person, method: str, path: str
) -> None:
    body = {"name": "A"} if path.endswith("claim") else {"muted": True} if path.endswith("mute") else None
    status, problem = await owner.ask(method, path, body)
    assert (status, problem["type"]) == (401, "tag:stentor,2026:bad-invitation")


@pytest.mark.parametrize("body", [{}, {"token": ""}, {"token": "x" * 129}, {"token": "abc", "more": 1}])
async def test_a_link_that_is_none_is_refused(person: Person, body: dict[str, object]) -> None:
    assert (await person.ask("POST", "/api/access/once", body))[0] == 400
    assert (await person.ask("POST", "/api/access/once", {"token": "no-such-link"}))[0] == 401


# ── forgery ───────────────────────────────────────────────────────────────────────────────────────────


async def test_a_change_needs_the_sessions_own_token(owner: Person) -> None:
    wanted, good = {"name": "Maya", "rank": "host"}, owner.csrf
    for forged in ("", "0" * 32, good[:-1]):
        owner.csrf = forged
        assert (await owner.ask("POST", "/api/accounts", wanted))[0] == 403
    owner.csrf = good
    assert (await owner.ask("POST", "/api/accounts", wanted))[0] == 201


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
        {},
    ],
)
async def test_a_change_from_elsewhere_is_refused_even_with_the_token(
    owner: Person, headers: dict[str, str]
) -> None:
    owner.origin = None
    wanted = {"name": "Maya", "rank": "host"}
    assert (await owner.ask("POST", "/api/accounts", wanted, **headers))[0] == 403


async def test_another_site_cannot_sign_somebody_in(door: OpenDoor, person: Person) -> None:
    link, person.origin = await owner_link(door), "https://evil.example"
    assert (await use(person, link))[0] == 403
    assert person.cookie == ""
    person.origin = door.door.keeper.origins.best
    assert (await use(person, link))[0] == 200, "the refusal used nothing up"


async def test_another_sessions_token_is_not_taken(door: OpenDoor, owner: Person) -> None:
    async with a_person(door) as other:
        await enter_as_owner(door, other)
        owner.csrf = other.csrf
        assert (await owner.ask("POST", "/api/accounts", {"name": "M", "rank": "host"}))[0] == 403


async def test_reading_needs_no_token_and_a_bearer_needs_no_origin(door: OpenDoor, owner: Person) -> None:
    owner.csrf = ""
    assert (await owner.ask("GET", "/api/spaces"))[0] == 200
    status, _ = await door.ask(
        "POST", "/api/accounts", json={"name": "M", "rank": "host"}, headers=door.owner
    )
    assert status == 201


# ── fixation, end ─────────────────────────────────────────────────────────────────────────────────────


async def test_a_token_that_was_there_before_the_sign_in_is_worth_nothing(
    door: OpenDoor, person: Person
) -> None:
    planted = "planted" * 4
    person.http.cookie_jar.update_cookies({"stentor": planted}, URL(person.origin or ""))
    await enter_as_owner(door, person)
    assert person.cookie not in {"", planted}
    first = person.cookie
    await enter_as_owner(door, person)
    assert person.cookie != first
    async with a_person(door) as thief:
        for stolen in (planted, first):
            status, _ = await thief.ask("GET", "/api/spaces", Cookie=f"stentor={stolen}")
            assert status == 401


async def test_signing_out_ends_the_session_for_every_copy_of_the_cookie(
    door: OpenDoor, owner: Person
) -> None:
    kept = owner.cookie
    assert (await owner.ask("DELETE", "/api/session"))[0] == 204
    assert owner.cookie == ""
    async with a_person(door) as thief:
        assert (await thief.ask("GET", "/api/spaces", Cookie=f"stentor={kept}"))[0] == 401
        status, told = await thief.ask("GET", "/api/session", Cookie=f"stentor={kept}")
        assert (status, told["account"], told["csrf"]) == (200, None, None)


async def test_signing_out_everywhere_ends_the_other_browsers_too(door: OpenDoor, owner: Person) -> None:
    async with a_person(door) as second:
        await enter_as_owner(door, second)
        assert (await second.ask("DELETE", "/api/session?everywhere=true"))[0] == 204
    assert (await owner.ask("GET", "/api/spaces"))[0] == 401


@pytest.mark.parametrize("cookie", ["x", "x" * 128, "x" * 129, "*", ">", "a.b", "é", '"', "$KV.sessions.>"])
async def test_a_cookie_that_is_no_token_is_nobody(door: OpenDoor, cookie: str) -> None:
    status, _ = await door.ask("GET", "/api/spaces", headers={"Cookie": f"stentor={cookie}"})
    assert status == 401


# ── ranks ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("rank", "allowed"),
    [
        ("host", {"GET /api/spaces"}),
        ("operator", {"GET /api/spaces"}),
        ("owner", {"GET /api/spaces", "GET /api/accounts", "POST /api/accounts"}),
    ],
)
async def test_a_session_may_what_its_rank_may(owner: Person, rank: str, allowed: set[str]) -> None:
    async with a_person(owner.door) as person:
        await enter_as(owner, person, rank=rank)
        for route in ("GET /api/spaces", "GET /api/accounts", "POST /api/accounts"):
            method, path = route.split()
            body = {"name": "New", "rank": "host"} if method == "POST" else None
            status, _ = await person.ask(method, path, body)
            assert (status in {200, 201}) == (route in allowed), (route, status)
            assert status in {200, 201, 403}


async def test_another_rank_holds_with_the_next_request(owner: Person) -> None:
    async with a_person(owner.door) as person:
        account = await enter_as(owner, person, rank="owner")
        assert (await person.ask("GET", "/api/accounts"))[0] == 200
        path = f"/api/accounts/{account}"
        assert (await owner.ask("PATCH", path, {"rank": "host"}))[0] == 200
        assert (await person.ask("GET", "/api/accounts"))[0] == 403


async def test_a_removed_accounts_session_ends_at_once(owner: Person) -> None:
    async with a_person(owner.door) as person:
        account = await enter_as(owner, person, rank="operator")
        assert (await owner.ask("DELETE", f"/api/accounts/{account}"))[0] == 204
        assert (await person.ask("GET", "/api/spaces"))[0] == 401


async def test_a_removed_accounts_link_opens_nothing(owner: Person) -> None:
    _, made = await owner.ask("POST", "/api/accounts", {"name": "Maya", "rank": "host"})
    assert (await owner.ask("DELETE", f"/api/accounts/{made['id']}"))[0] == 204
    async with a_person(owner.door) as person:
        assert (await use(person, made["link"]))[0] == 401


async def test_the_last_owner_can_be_neither_removed_nor_lowered(owner: Person) -> None:
    _, told = await owner.ask("GET", "/api/session")
    path = f"/api/accounts/{told['account']['id']}"
    # Somebody who was only invited to be an owner cannot come in yet.
    await owner.ask("POST", "/api/accounts", {"name": "Invited", "rank": "owner"})
    assert (await owner.ask("DELETE", path))[0] == 409
    assert (await owner.ask("PATCH", path, {"rank": "host"}))[0] == 409
    async with a_person(owner.door) as second:
        await enter_as(owner, second, rank="owner", name="Second")
        assert (await owner.ask("DELETE", path))[0] == 204
        assert (await second.ask("GET", "/api/accounts"))[0] == 200


async def test_a_host_sees_and_leads_only_their_own_spaces(owner: Person) -> None:
    async with a_person(owner.door) as maya, a_person(owner.door) as ben:
        await enter_as(owner, maya, rank="host")
        await enter_as(owner, ben, rank="host", name="Ben")
        status, space = await maya.ask("POST", "/api/spaces", {"title": "Maya's evening"})
        assert status == 201
        path = f"/api/spaces/{space['id']}"
        assert (await maya.ask("GET", path))[0] == 200
        assert (await ben.ask("GET", path))[0] == 403
        assert (await ben.ask("POST", f"{path}/state", {"state": "green_room"}))[0] == 403


async def test_who_has_signed_out_is_told_nothing_more(owner: Person) -> None:
    """An open page's stream ends with its session, not when the page is closed."""
    async with a_person(owner.door) as maya:
        await enter_as(owner, maya, rank="host")
        _, space = await maya.ask("POST", "/api/spaces", {"title": "Another evening"})
        url = f"{maya.door.url}/api/spaces/{space['id']}/live".replace("127.0.0.1", "localhost")
        async with maya.http.get(url) as stream, asyncio.timeout(15):
            assert (await stream.content.readline()).startswith(b"event: ")
            assert (await maya.ask("DELETE", "/api/session"))[0] == 204
            while await stream.content.readline():
                pass


# ── paced ─────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_network_that_tries_too_often_waits(person: Person) -> None:
    statuses = set()
    for _ in range(25):
        status, _ = await person.ask("POST", "/api/access/once", {"token": "guess"})
        statuses.add(status)
    assert statuses == {401, 429}
    assert int(person.answer_headers["Retry-After"]) >= 1
    assert (await person.ask("GET", "/api/session"))[0] == 200, "reading is not paced"
