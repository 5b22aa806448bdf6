"""A stage door and people who come to it with a browser's cookies.

One door for a file of tests, which run in one loop (`loop_scope="module"`); each test has an empty roll, and
each person comes from a network of their own, as behind a proxy of the house.
"""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from stage_door import OpenDoor, opened_door
from stentor.backstage.access.accounts import Roll

ADDRESSES = (f"10.{n // 250}.{n % 250}.1" for n in itertools.count(1))
BEHIND_A_PROXY = ("127.0.0.1", "::1")


@dataclass
class Person:
    """One browser: a cookie jar, the origin that it is at, the word against forgery that its page has read.

    Args:
        origin: None: no browser, nothing is said.
    """

    door: OpenDoor
    http: aiohttp.ClientSession
    origin: str | None
    address: str = field(default_factory=lambda: next(ADDRESSES))
    csrf: str = ""
    answer_headers: dict[str, str] = field(default_factory=dict)

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        headers = {"X-Forwarded-For": self.address} | headers
        said = {"Origin": self.origin} if self.origin and method != "GET" else {}
        said |= {"X-CSRF-Token": self.csrf} if self.csrf else {}
        url = self.door.url.replace("127.0.0.1", "localhost") + path
        async with self.http.request(
            method, url, json=body, headers=said | headers, allow_redirects=False
        ) as answer:
            self.answer_headers = dict(answer.headers)
            told = await answer.json() if answer.content_type.endswith("json") else await answer.text()
        if isinstance(told, dict) and "csrf" in told:
            self.csrf = told["csrf"] or ""
        return answer.status, told

    @property
    def cookie(self) -> str:
        """The session's token; empty: none."""
        return next((c.value for c in self.http.cookie_jar if c.key.endswith("stentor")), "")


@asynccontextmanager
async def a_person(door: OpenDoor) -> AsyncIterator[Person]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        yield Person(door, http, door.door.keeper.origins.best)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def open_house(nats_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[OpenDoor]:
    directory = tmp_path_factory.mktemp("door")
    async with opened_door(nats_url, directory, trusted_proxies=BEHIND_A_PROXY) as door:
        yield door


@pytest_asyncio.fixture(loop_scope="module")
async def door(open_house: OpenDoor) -> OpenDoor:
    await with_empty_roll(open_house)
    return open_house


@pytest_asyncio.fixture(loop_scope="module")
async def person(door: OpenDoor) -> AsyncIterator[Person]:
    async with a_person(door) as person:
        yield person


@pytest_asyncio.fixture(loop_scope="module")
async def owner(door: OpenDoor, person: Person) -> Person:
    """Somebody who has used the owner's link."""
    await enter_as_owner(door, person)
    return person


async def with_empty_roll(door: OpenDoor) -> None:
    await door.door.keeper.change_roll(lambda _: Roll())


async def enter_as_owner(door: OpenDoor, person: Person) -> None:
    status, told = await door.ask("POST", "/api/accounts/owner-link", json={}, headers=door.owner)
    assert status == 201, told
    assert (await use(person, told["link"]))[0] == 200


async def use(person: Person, link: str) -> tuple[int, Any]:
    return await person.ask("POST", "/api/access/once", {"token": link.rpartition("/")[2]})


async def enter_as(owner: Person, person: Person, *, rank: str, name: str = "Maya") -> str:
    """The owner makes an account and the person uses its link. Returns: the account's id."""
    status, made = await owner.ask("POST", "/api/accounts", {"name": name, "rank": rank})
    assert status == 201, made
    assert (await use(person, made["link"]))[0] == 200
    return str(made["id"])
