"""OpenID Connect against a certified provider that runs here: the whole code flow, and what must break it."""

import asyncio
import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import aiohttp
import pytest
import pytest_asyncio

from backstage.access.conftest import BEHIND_A_PROXY, Person, a_person
from stage_door import OpenDoor, opened_door
from stentor.backstage.access.open_doorkeeper import open_doorkeeper
from stentor.clock import SystemClock
from stentor.config import Settings
from stentor.errors import CannotStart, NotSignedIn, NotYet

pytestmark = pytest.mark.asyncio(loop_scope="module")
HERE = Path(__file__).parent / "provider"
INSTALLED = Path(__file__).parents[3] / "build" / "provider"
SECRET = "between the house and its provider"
ALLOWED = ("ana@example.org=operator", "sub:kept-by-subject=owner")


@dataclass(frozen=True)
class Provided:
    """A provider and a door that believes it."""

    issuer: str
    door: OpenDoor
    settings: Settings


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """The provider's own process, on a port from the system."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("Node.js is missing")
    INSTALLED.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", "provider.mjs"):
        shutil.copy(HERE / name, INSTALLED / name)
    if not (INSTALLED / "node_modules" / "oidc-provider").is_dir():
        command = [npm, "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
        done = subprocess.run(command, cwd=INSTALLED, capture_output=True, text=True, timeout=90, check=False)
        if done.returncode != 0:
            pytest.skip(f"npm ci: {done.stderr.strip()[-200:]}")
    process = subprocess.Popen(
        [node, "provider.mjs", SECRET],
        cwd=INSTALLED,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    yield process.stdout.readline().strip()
    process.stdin.close()
    process.wait(10)
    process.stdout.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def open_house(
    nats_url: str, tmp_path_factory: pytest.TempPathFactory, issuer: str
) -> AsyncIterator[OpenDoor]:
    directory = tmp_path_factory.mktemp("door")
    secret = directory / "secret"
    secret.touch(0o600)
    secret.write_text(SECRET + "\n")
    settings: dict[str, Any] = {
        "oidc_issuer": issuer,
        "oidc_client_id": "stentor",
        "oidc_client_secret_file": secret,
        "oidc_allowed": ALLOWED,
        "trusted_proxies": BEHIND_A_PROXY,
    }
    async with opened_door(nats_url, directory, **settings) as door:
        yield door


@pytest.fixture
def provided(door: OpenDoor, issuer: str) -> Provided:
    return Provided(issuer, door, door.door.settings)


async def begun(person: Person) -> str:
    """Where the door sends the browser to."""
    status, told = await person.ask("POST", "/api/access/oidc", {})
    assert status == 200, told
    return str(told["url"])


async def at_the_provider(url: str, login: str) -> str:
    """Logs in and agrees, as a browser would. Returns: the path that the browser is sent back to."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        answer = await http.get(url, allow_redirects=False)
        for _ in range(10):
            where = answer.headers.get("Location")
            if where is None:
                page = await answer.text()
                form = re.search(r'action="([^"]+)"', page)
                prompt = re.search(r'name="prompt" value="(\w+)"', page)
                assert form is not None, page[:500]
                assert prompt is not None, page[:500]
                data = {"prompt": prompt[1], "login": login, "password": "any"}
                answer = await http.post(form[1], data=data, allow_redirects=False)
                continue
            if "/api/access/oidc/callback" in where:
                parts = urlsplit(where)
                return f"{parts.path}?{parts.query}"
            answer = await http.get(where if "//" in where else _origin(url) + where, allow_redirects=False)
    raise AssertionError("the provider did not send the browser back")


def _origin(url: str) -> str:
    return "{0.scheme}://{0.netloc}".format(urlsplit(url))


def changed(url: str, **values: str) -> str:
    """The same address with some of its parameters changed."""
    parts = urlsplit(url)
    query = {name: found[0] for name, found in parse_qs(parts.query).items()} | values
    return urlunsplit(parts._replace(query=urlencode(query)))


async def sent_back(person: Person, path: str) -> str:
    """Where the door sends on to, from the provider's answer."""
    status, _ = await person.ask("GET", path)
    assert status == 303
    return person.answer_headers["Location"]


async def account_of(person: Person) -> dict[str, str] | None:
    _, told = await person.ask("GET", "/api/session")
    account: dict[str, str] | None = told["account"]
    return account


async def test_whoever_is_on_the_list_comes_in_with_the_rank_that_it_says(person: Person) -> None:
    _, before = await person.ask("GET", "/api/session")
    assert before["ways"]["provider"] == "localhost"
    url = await begun(person)
    asked = {name: found[0] for name, found in parse_qs(urlsplit(url).query).items()}
    assert asked["code_challenge_method"] == "S256"
    assert asked["scope"].split()[0] == "openid"
    assert min(len(asked["state"]), len(asked["nonce"])) >= 32
    assert await sent_back(person, await at_the_provider(url, "ana")) == "/"
    account = await account_of(person)
    assert account is not None
    assert (account["name"], account["rank"]) == ("ana@example.org", "operator")
    assert (await person.ask("GET", "/api/accounts"))[0] == 403, "an operator does not keep the house"
    # The second time it is the same account.
    async with a_person(person.door) as again:
        await sent_back(again, await at_the_provider(await begun(again), "ana"))
        second = await account_of(again)
        assert second is not None
        assert second["id"] == account["id"]


async def test_a_subject_on_the_list_needs_no_address(person: Person) -> None:
    assert await sent_back(person, await at_the_provider(await begun(person), "kept-by-subject")) == "/"
    account = await account_of(person)
    assert account is not None
    assert account["rank"] == "owner"


@pytest.mark.parametrize("login", ["eve", "mallory", "ANA@EXAMPLE.ORG"])
async def test_an_unknown_or_unverified_address_is_not_let_in(person: Person, login: str) -> None:
    path = await at_the_provider(await begun(person), login)
    assert await sent_back(person, path) == "/sign-in?refused=unknown"
    assert (await account_of(person), person.cookie) == (None, "")


async def test_a_token_for_another_nonce_is_refused(person: Person) -> None:
    url = changed(await begun(person), nonce="of-somebody-else")
    assert await sent_back(person, await at_the_provider(url, "ana")) == "/sign-in?refused=again"
    assert person.cookie == ""


async def test_an_answer_is_taken_once(person: Person) -> None:
    path = await at_the_provider(await begun(person), "ana")
    binding = {c.key: c.value for c in person.http.cookie_jar}
    assert await sent_back(person, path) == "/"
    async with a_person(person.door) as thief:
        cookie = "; ".join(f"{name}={value}" for name, value in binding.items())
        status, _ = await thief.ask("GET", path, Cookie=cookie)
        assert (status, thief.answer_headers["Location"]) == (303, "/sign-in?refused=again")
        assert thief.cookie == ""


async def test_an_answer_is_for_the_browser_that_began(person: Person) -> None:
    """Else somebody could make others sign in as themselves, and read what they do then."""
    path = await at_the_provider(await begun(person), "ana")
    async with a_person(person.door) as victim:
        assert await sent_back(victim, path) == "/sign-in?refused=again"
        await begun(victim)
        assert await sent_back(victim, path) == "/sign-in?refused=again"
        assert victim.cookie == ""


async def test_a_code_of_another_sign_in_is_refused(person: Person) -> None:
    async with a_person(person.door) as ana:
        stolen = await at_the_provider(await begun(ana), "ana")
    own = await at_the_provider(await begun(person), "eve")
    code = parse_qs(urlsplit(stolen).query)["code"][0]
    assert await sent_back(person, changed(own, code=code)) == "/sign-in?refused=again"
    assert person.cookie == ""


@pytest.mark.parametrize(
    "change",
    [
        {"state": "forged"},
        {"code": "forged"},
        {"iss": "https://evil.example"},
        {"state": "*"},
        {"state": ">"},
    ],
)
async def test_a_forged_answer_is_refused(person: Person, change: dict[str, str]) -> None:
    path = await at_the_provider(await begun(person), "ana")
    assert await sent_back(person, changed(path, **change)) == "/sign-in?refused=again"
    assert person.cookie == ""


async def test_a_refusal_at_the_provider_is_no_fault(person: Person) -> None:
    state = parse_qs(urlsplit(await begun(person)).query)["state"][0]
    path = f"/api/access/oidc/callback?error=access_denied&state={state}"
    assert await sent_back(person, path) == "/sign-in?refused=again"


async def test_whoever_leaves_the_list_is_out_with_their_session(provided: Provided, person: Person) -> None:
    await sent_back(person, await at_the_provider(await begun(person), "ana"))
    token = person.cookie
    door = provided.door.door
    assert (await door.keeper.present(token)).account.rank.value == "operator"
    for allowed, rank in (("ana@example.org=host",), "host"), (("sub:ana=owner",), "owner"):
        settings = provided.settings.model_copy(update={"oidc_allowed": allowed})
        keeper = await open_doorkeeper(door.bus, settings, clock=SystemClock())
        assert (await keeper.present(token)).account.rank.value == rank
    for change in ({"oidc_allowed": ()}, {"oidc_issuer": ""}):
        settings = provided.settings.model_copy(update=change)
        keeper = await open_doorkeeper(door.bus, settings, clock=SystemClock())
        with pytest.raises(NotSignedIn):
            await keeper.present(token)


async def test_a_provider_that_is_away_or_another_is_said_in_time(provided: Provided) -> None:
    door = provided.door.door
    closed = provided.issuer.rpartition(":")[0] + ":9"
    for issuer in (closed, provided.issuer + "/"):
        settings = provided.settings.model_copy(update={"oidc_issuer": issuer})
        keeper = await open_doorkeeper(door.bus, settings, clock=SystemClock())
        async with asyncio.timeout(6):
            with pytest.raises(NotYet):
                await keeper.provider.begin()


async def test_settings_that_cannot_be_stop_the_start(provided: Provided, tmp_path: Path) -> None:
    open_secret = tmp_path / "open"
    open_secret.write_text("x")
    open_secret.chmod(0o644)
    for change in (
        {"oidc_client_id": ""},
        {"oidc_client_secret_file": open_secret},
        {"oidc_client_secret_file": tmp_path / "none"},
        {"oidc_allowed": ("ana@example.org",)},
        {"oidc_allowed": ("ana@example.org=king",)},
        {"oidc_allowed": ("example.org=host",)},
    ):
        with pytest.raises(CannotStart):
            await open_doorkeeper(
                provided.door.door.bus, provided.settings.model_copy(update=change), clock=SystemClock()
            )
