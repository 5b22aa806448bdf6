"""Passkeys with a real browser: Chromium's own authenticator, the real page, a real door."""

import json
import shutil
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
import pytest_asyncio
from playwright.async_api import Browser as Chromium
from playwright.async_api import CDPSession, Page, async_playwright

from backstage.access.conftest import ADDRESSES, BEHIND_A_PROXY, Person, a_person
from stage_door import OpenDoor, opened_door

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
ROOT = Path(__file__).parents[3]
PAGES = ROOT / "src" / "stentor" / "pages"
SCREENS = ROOT / "build" / "screens"
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
SCHEMES: list[Literal["light", "dark"]] = ["light", "dark"]
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@dataclass
class Browser:
    """A page of a browser that has an authenticator."""

    door: OpenDoor
    page: Page
    cdp: CDPSession
    authenticator: str
    complaints: list[str]

    @property
    def url(self) -> str:
        return self.door.door.keeper.origins.best

    async def credentials(self) -> list[dict[str, Any]]:
        told = await self.cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.authenticator})
        found: list[dict[str, Any]] = told["credentials"]
        return found

    async def press(self, name: str) -> None:
        await self.page.click(f"[data-test={name}]")

    async def state(self, wanted: str) -> None:
        await self.page.wait_for_selector(f"html[data-state={wanted}]")

    async def enter_by_link(self) -> None:
        _, told = await self.door.ask("POST", "/api/accounts/owner-link", json={}, headers=self.door.owner)
        await self.page.goto(told["link"])
        await self.press("use-link")
        await self.state("in")

    async def make_passkey(self) -> None:
        before = await self.page.locator("[data-test=passkey]").count()
        await self.press("make-passkey")
        await self.page.locator("[data-test=passkey]").nth(before).wait_for()

    async def sign_out(self) -> None:
        await self.press("sign-out")
        await self.state("out")

    async def refusal(self) -> str:
        trouble = self.page.locator("[data-test=trouble]:not(:empty)")
        await trouble.wait_for()
        return await trouble.inner_text()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def open_house(nats_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[OpenDoor]:
    assert (PAGES / "sign-in.html").is_file(), "make web"
    directory = tmp_path_factory.mktemp("door")
    async with opened_door(nats_url, directory, built_pages=PAGES, trusted_proxies=BEHIND_A_PROXY) as door:
        yield door


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Chromium]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    async with async_playwright() as playwright:
        if path is None and not Path(playwright.chromium.executable_path).exists():
            pytest.skip("there is no Chromium on this machine: apt install chromium")
        chromium = await playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu"]
        )
        yield chromium
        await chromium.close()


@pytest_asyncio.fixture(loop_scope="module")
async def browser(door: OpenDoor, chromium: Chromium) -> AsyncIterator[Browser]:
    """With an authenticator of its own; what the policy of the page forbids fails the test."""
    context = await chromium.new_context(
        locale="en-GB",
        viewport={"width": 390, "height": 844},
        extra_http_headers={"X-Forwarded-For": next(ADDRESSES)},
    )
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if "Security Policy" in m.text else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    cdp = await context.new_cdp_session(page)
    await cdp.send("WebAuthn.enable")
    added = await cdp.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    yield Browser(door, page, cdp, added["authenticatorId"], complaints)
    await context.close()
    assert complaints == []


async def test_the_owner_comes_by_link_makes_a_passkey_and_comes_back_with_it(browser: Browser) -> None:
    await browser.enter_by_link()
    assert "/own/" not in browser.page.url, "the link's token has left the address"
    await look(browser.page, "sign-in-first")
    await browser.make_passkey()
    await look(browser.page, "sign-in-inside")
    (kept,) = await browser.credentials()
    assert (kept["isResidentCredential"], kept["rpId"]) == (True, "localhost")
    await browser.sign_out()
    await look(browser.page, "sign-in-out")
    async with browser.page.expect_navigation(url=f"{browser.url}/operate"):
        await browser.page.goto(f"{browser.url}/sign-in?next=/operate")
        await browser.press("use-passkey")
    told = await browser.page.evaluate("fetch('/api/session').then((answer) => answer.json())")
    assert told["account"]["rank"] == "owner"
    (cookie,) = await browser.page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")


async def test_an_answer_signs_in_once(browser: Browser) -> None:
    await browser.enter_by_link()
    await browser.make_passkey()
    await browser.sign_out()
    async with browser.page.expect_response("**/api/access/passkey") as taken:
        await browser.press("use-passkey")
    assert (await taken.value).status == 200
    body: dict[str, Any] = json.loads((await taken.value).request.post_data or "{}")
    async with a_person(browser.door) as thief:
        status, told = await thief.ask("POST", "/api/access/passkey", body)
        assert (status, thief.cookie) == (401, ""), told
        # A challenge of its own does not make it hold: it signs another one.
        _, begun = await thief.ask("POST", "/api/access/passkey/begin", {})
        client_data = {"type": "webauthn.get", "challenge": begun["options"]["challenge"]}
        client_data["origin"] = browser.url
        body["answer"]["response"]["clientDataJSON"] = base64url(json.dumps(client_data))
        assert (await thief.ask("POST", "/api/access/passkey", body))[0] == 401
        assert thief.cookie == ""


async def test_a_copy_of_an_authenticator_shows_itself(browser: Browser) -> None:
    await browser.enter_by_link()
    await browser.make_passkey()
    await browser.sign_out()
    (copy,) = await browser.credentials()
    async with browser.page.expect_navigation():
        await browser.press("use-passkey")
    # The copy counts from where it was copied.
    which = {"authenticatorId": browser.authenticator}
    await browser.cdp.send("WebAuthn.removeCredential", which | {"credentialId": copy["credentialId"]})
    await browser.cdp.send("WebAuthn.addCredential", which | {"credential": copy})
    await browser.page.context.clear_cookies()
    await browser.page.goto(f"{browser.url}/sign-in")
    await browser.press("use-passkey")
    assert "not taken" in await browser.refusal()
    assert await browser.page.context.cookies() == []


async def test_a_removed_passkey_opens_nothing_and_ends_the_other_browsers(browser: Browser) -> None:
    await browser.enter_by_link()
    await browser.make_passkey()
    async with a_person(browser.door) as other:
        account = await account_of(browser)
        _, told = await browser.door.ask("POST", f"/api/accounts/{account}/link", headers=browser.door.owner)
        await other.ask("POST", "/api/access/once", {"token": told["link"].rpartition("/")[2]})
        assert await is_in(other)
        for _ in range(2):
            await browser.page.click("[data-test=passkey] button")
        await browser.page.locator("[data-test=passkey]").wait_for(state="detached")
        assert not await is_in(other)
    await browser.sign_out()
    await browser.press("use-passkey")
    assert "removed" in await browser.refusal()


async def test_who_is_not_verified_by_the_authenticator_is_not_let_in(browser: Browser) -> None:
    await browser.enter_by_link()
    await browser.make_passkey()
    await browser.sign_out()
    which = {"authenticatorId": browser.authenticator, "isUserVerified": False}
    await browser.cdp.send("WebAuthn.setUserVerified", which)
    await browser.press("use-passkey")
    assert "Nothing was done" in await browser.refusal()


async def account_of(browser: Browser) -> str:
    told = await browser.page.evaluate("fetch('/api/session').then((answer) => answer.json())")
    return str(told["account"]["id"])


async def is_in(person: Person) -> bool:
    _, told = await person.ask("GET", "/api/session")
    return told["account"] is not None


def base64url(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


async def look(page: Page, name: str) -> None:
    """Keeps screenshots of phone and desktop, and lets axe-core look."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    for size, width in (("phone", 390), ("desktop", 1280)):
        for scheme in SCHEMES:
            await page.set_viewport_size({"width": width, "height": 844})
            await page.emulate_media(color_scheme=scheme)
            await page.screenshot(path=SCREENS / f"{name}-{size}-{scheme}.png")
            faults = await page.evaluate(
                f"{AXE.read_text()}; axe.run().then((found) => found.violations.map((v) => v.id))"
            )
            assert faults == [], (name, size, scheme)
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.emulate_media(color_scheme="light")
