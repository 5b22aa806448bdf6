"""Every route of the stage door, asked by every kind of asker: who is let by and who is not.

Whom a route lets by follows from what it says it needs (`x-stentor-right` of the contract, which is read from
its dependencies) and the table below, which is written by hand: the code's own table cannot vouch for itself.
"""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tools.contract import contract

from stage_door import FakeStage, OpenDoor, bearer, opened_door
from stentor.backstage.access.csrf import csrf_token
from stentor.backstage.access.rights import Rank

Headers = dict[str, str]

LISTENER, SPEAKER, COHOST, HOST = "listener", "speaker", "cohost", "host"
NOBODY, BAD, OTHER_HOST = "nobody", "bad token", "host of another Space"
OWN, OTHER, OPERATOR, KEEPER = "account that owns it", "account of another", "operator", "owner by session"
OWNER = "owner by token"
ASKERS = (NOBODY, BAD, LISTENER, SPEAKER, COHOST, HOST, OTHER_HOST, OWN, OTHER, OPERATOR, KEEPER, OWNER)
INVITED = {LISTENER, SPEAKER, COHOST, HOST}
ACCOUNTS = {OWN, OTHER, OPERATOR, KEEPER}

MAY = {
    "keep_house": {KEEPER, OWNER},
    "operate": {OPERATOR, KEEPER, OWNER},
    "create": {OWN, OTHER, OPERATOR, KEEPER, OWNER},
    "lead": {COHOST, HOST, OWN, OPERATOR, KEEPER, OWNER},
    "end": {HOST, OWN, OPERATOR, KEEPER, OWNER},
    "take_part": INVITED,
    "present": ACCOUNTS,
    # One's own invitation, whichever Space it is for.
    "holder": INVITED | {OTHER_HOST},
    "invitation": INVITED | {OTHER_HOST},
}
MAY_HERE = {
    # Media of one Space is for its own people.
    "join": INVITED,
    "leave": INVITED,
    # Their voice is kept, also of who was taken off the stage.
    "read_my_record": INVITED | {OTHER_HOST},
    "remove_me_from_record": INVITED | {OTHER_HOST},
    "keep_me_in_record": INVITED | {OTHER_HOST},
    # Checks itself: only a source's own invitation, which is none of these.
    "send_programme": set[str](),
    # Ways in are asked from our own page only; none of these says that it is one but accounts' browsers.
    "begin_passkey": ACCOUNTS,
    "begin_provider": ACCOUNTS,
    # What a stranger shows here is looked at before who they are; an empty body shows nothing.
    "use_link": set(ASKERS),
    "use_passkey": set(ASKERS),
    # The provider sends a browser here; it is led on whoever it is.
    "end_provider": set(ASKERS),
    "read_session": set(ASKERS),
    "describe_endpoint": set(ASKERS),
    "describe_session": set(ASKERS),
    "healthz": set(ASKERS),
    "readyz": set(ASKERS),
}
BODIES = {"claim_invitation": {"name": "Maya"}}
"""Of routes that look at their body first."""
LAST = ("sign_out", "delete_space")
"""What would take somebody's right away comes when all others have been asked."""
REFUSED = {401, 403}
BROKEN = 500


@pytest.fixture
async def door(nats_url: str, tmp_path: Path) -> AsyncIterator[OpenDoor]:
    async with opened_door(nats_url, tmp_path) as door:
        yield door


async def account(door: OpenDoor, name: str, rank: Rank) -> tuple[str, Headers]:
    """A signed-in account: its id, and what its browser sends."""
    keeper = door.door.keeper
    made = await keeper.new_account(name, rank)
    link, _ = await keeper.account_link(made.id)
    signed_in = await keeper.use_link(link.rpartition("/")[2])
    return made.id, {
        "Cookie": f"stentor={signed_in.token}",
        "Origin": keeper.origins.best,
        "X-CSRF-Token": csrf_token(signed_in.token),
    }


async def askers(door: OpenDoor, space_id: str) -> dict[str, Headers]:
    _, own = await account(door, "Own", Rank.HOST)
    wanted = {"id": space_id, "title": "A debate"}
    status, told = await door.ask("POST", "/api/spaces", json=wanted, headers=own)
    assert status == 201, told
    host = bearer(told["links"]["host"].rpartition("/")[2])
    found = {
        NOBODY: {},
        BAD: bearer("wrong"),
        HOST: host,
        OTHER_HOST: await door.space(f"{space_id}-2"),
        OWN: own,
        OTHER: (await account(door, "Other", Rank.HOST))[1],
        OPERATOR: (await account(door, "Operator", Rank.OPERATOR))[1],
        KEEPER: (await account(door, "Keeper", Rank.OWNER))[1],
        OWNER: door.owner,
    }
    for role in (LISTENER, SPEAKER, COHOST):
        found[role] = (await door.invite(space_id, host, role=role, name=role))["headers"]
    return found


def routes() -> list[tuple[str, str, str, str | None, dict[str, str] | None]]:
    """Method, path, name, right, body; what takes rights away comes last."""
    found = []
    for path, methods in contract()["paths"].items():
        for method, operation in methods.items():
            name, right = operation["operationId"], operation.get("x-stentor-right")
            takes_json = "application/json" in operation.get("requestBody", {}).get("content", {})
            # An empty body: whoever is let by is told that fields are missing, and nothing is made.
            found.append((method.upper(), path, name, right, BODIES.get(name, {}) if takes_json else None))
    return sorted(found, key=lambda route: route[2] in LAST)


def may_ask(name: str, right: str | None) -> set[str]:
    if name in MAY_HERE:
        return MAY_HERE[name]
    assert right is not None, f"{name} says nothing about who may ask, and the table has no line for it"
    return MAY[right]


async def status_of(
    door: OpenDoor, method: str, path: str, headers: Headers, *, wanted: dict[str, str] | None
) -> int:
    url = door.url + path
    async with door.http.request(method, url, headers=headers, json=wanted, allow_redirects=False) as answer:
        # Not read: some answers never end.
        return answer.status


async def test_every_route_lets_by_whom_the_table_says_and_nobody_else(door: OpenDoor, space_id: str) -> None:
    everybody = await askers(door, space_id)
    stage = FakeStage()
    await stage.open(door.door.bus, space_id)
    state = f"/api/spaces/{space_id}/state"
    assert (await door.ask("POST", state, json={"state": "on_air"}, headers=door.owner))[0] == 200
    names = {"space_id": space_id, "kind": "person"}
    wrong = []
    for method, pattern, name, right, wanted in routes():
        path = re.sub(r"{(\w+)}", lambda found: names.get(found.group(1), "nobody"), pattern)
        for who in sorted(ASKERS, key=lambda who: who in may_ask(name, right)):
            status = await status_of(door, method, path, everybody[who], wanted=wanted)
            is_let_by = status not in REFUSED
            if is_let_by != (who in may_ask(name, right)) or status == BROKEN:
                wrong.append(f"{method} {pattern} by {who}: {status}")
    assert not wrong, "\n".join(wrong)


async def test_a_cohost_may_end_while_they_lead_and_only_then(door: OpenDoor, space_id: str) -> None:
    everybody = await askers(door, space_id)
    stage = FakeStage()
    await stage.open(door.door.bus, space_id)
    _, me = await door.ask("GET", "/api/me", headers=everybody[COHOST])
    endings = [(m, p) for m, p, _, right, _ in routes() if right == "end"]
    assert len(endings) >= 2
    for leader, is_let_by in ((None, False), (me["person"], True), ("somebody", False)):
        stage.lead = leader
        for method, pattern in sorted(endings, reverse=True):
            path = pattern.replace("{space_id}", f"{space_id}").replace("{person_id}", "nobody")
            if method == "DELETE" and is_let_by:
                continue  # the same right; it would end the test with the Space
            status = await status_of(door, method, path, everybody[COHOST], wanted=None)
            assert (status not in REFUSED) == is_let_by, (method, path, leader, status)


async def test_who_was_removed_is_nobody_whatever_they_hold(door: OpenDoor, space_id: str) -> None:
    everybody = await askers(door, space_id)
    _, me = await door.ask("GET", "/api/me", headers=everybody[COHOST])
    path = f"/api/spaces/{space_id}/people/{me['person']}/remove"
    assert (await door.ask("POST", path, headers=everybody[OWN]))[0] == 200
    names = {"space_id": space_id, "kind": "person"}
    let_by = []
    for method, pattern, name, right, wanted in routes():
        path = re.sub(r"{(\w+)}", lambda found: names.get(found.group(1), "nobody"), pattern)
        if right is None or name in MAY_HERE or name in BODIES:
            continue  # what `claim` says of a personal invitation is no secret
        status = await status_of(door, method, path, everybody[COHOST], wanted=wanted)
        if status not in REFUSED:
            let_by.append(f"{method} {pattern}: {status}")
    assert not let_by, "\n".join(let_by)
