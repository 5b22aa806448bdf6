"""The owner's link and the roll of accounts, from the command line."""

import asyncio
import os
import re
import sys
from asyncio.subprocess import DEVNULL, PIPE

import aiohttp
import pytest

from stage_door import OpenDoor
from stentor.client.local import owner_token
from stentor.client.stage_door import StageDoor
from stentor.verbs.account import first_owner_link

pytestmark = pytest.mark.asyncio(loop_scope="module")
LINK = re.compile(r"(http://localhost:\d+)/own/(\w+)")


async def test_a_house_with_an_owner_shows_no_link_but_makes_one_when_asked(door: OpenDoor) -> None:
    settings = door.door.settings
    first = await first_owner_link(settings)
    assert first is not None
    async with aiohttp.ClientSession(headers={"Origin": door.url}) as http:
        body = {"token": first.link.rpartition("/")[2]}
        async with http.post(f"{door.url}/api/access/once", json=body) as answer:
            assert answer.status == 200
    assert await first_owner_link(settings) is None
    verb = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "stentor", "owner", "link"),
        stdin=DEVNULL,
        stdout=PIPE,
        env={**os.environ, **settings.as_environment()},
    )
    out, _ = await verb.communicate()
    assert LINK.search(out.decode())


async def test_the_owner_leads_the_roll_from_the_command_lines_client(door: OpenDoor) -> None:
    settings = door.door.settings
    async with StageDoor(settings.stage_door_url, token=owner_token(settings.data_dir)) as client:
        maya = await client.accounts.create("Maya", "host")
        assert "/own/" in maya.link
        assert (await client.accounts.edit(maya.id, rank="operator")).rank == "operator"
        assert [account.name for account in (await client.accounts.list()).items] == ["Maya"]
        await client.accounts.remove(maya.id)
        assert (await client.accounts.list()).items == ()
