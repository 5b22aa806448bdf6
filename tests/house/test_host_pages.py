"""The host's console in a real browser, with real voices: whom the host brings on stage is heard."""

import shutil
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from house.browser import DESKTOP, FLAGS, PHONE, complaints_of_axe, screen, state, until
from house.house import DEBATE, House, eventually, get, running_house
from house.sound import aligned, decoded, envelope
from stentor.limits import RUNWAY_CHUNKS

pytestmark = pytest.mark.browser
SPACE = "hosted"
SILENT = 1e-3
"""Root mean square: what an Opus encoder makes of silence lies far below."""


@dataclass(frozen=True)
class Scene:
    """A host and somebody of the audience, each in a browser of their own."""

    house: House
    host: Page
    guest: Page
    guest_token: str


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    directory = tmp_path_factory.mktemp("hosted")
    with running_house(directory) as house, sync_playwright() as playwright:
        links = house.open_space(SPACE, title="Should our city make its buses free?", state="green_room")
        token = house.invite(SPACE, "Lea", "listener")
        host = _browser(playwright, _microphone(directory, "daniel"))
        guest = _browser(playwright, _microphone(directory, "maya"))
        try:
            scene = Scene(house, _page(host, DESKTOP), _page(guest, PHONE), token)
            scene.host.goto(links["host"])
            scene.guest.goto(f"{house.door_url}/i/{token}")
            yield scene
        finally:
            guest.close()
            host.close()


def test_an_evening_from_the_console(scene: Scene) -> None:
    """Whoever asks is accepted and heard, and obeys: locked, in the audience, back by undo, removed."""
    the_host_goes_on_the_air(scene)
    a_listener_asks_and_is_accepted_by_a_letter(scene)
    who_was_accepted_is_heard(scene)
    a_locked_microphone_is_silent_and_its_owner_cannot_open_it(scene)
    who_is_moved_to_the_audience_comes_back_by_undo(scene)
    who_is_removed_is_off_the_stage_and_their_link_opens_nothing(scene)
    an_end_is_undone(scene)


def the_host_goes_on_the_air(scene: Scene) -> None:
    host = scene.host
    host.click("[data-test=allow]")
    host.click("[data-test=join]")
    _until(host, "on_stage")
    host.keyboard.press("m")
    eventually(lambda: _state(host)["isMuted"], "the host's letter mutes")
    host.click("[data-test=on-air]")


def a_listener_asks_and_is_accepted_by_a_letter(scene: Scene) -> None:
    host, guest = scene.host, scene.guest
    guest.fill("[data-test=note]", "I drive the night bus.")
    guest.click("[data-test=ask]")
    guest.wait_for_selector("[data-test=place]")
    assert "You are next." in guest.inner_text("[data-test=place]")
    guest.click("[data-test=allow]")
    guest.wait_for_selector(".meter")
    _shot(guest, "speak-waiting")
    host.wait_for_selector("[data-test=request]")
    assert "I drive the night bus." in host.inner_text("[data-test=request]")
    _shot(host, "console-request")
    host.keyboard.press("a")
    _until(guest, "on_stage")


def who_was_accepted_is_heard(scene: Scene) -> None:
    house = scene.house
    eventually(lambda: house.head(SPACE) > RUNWAY_CHUNKS + 6, "some seconds are on the air")
    heard = decoded(f"{house.edge_url}/s/{SPACE}/live.mp4?codec=opus", seconds=6)
    assert aligned(heard, decoded(DEBATE / "maya.opus")).correlation >= 0.8
    assert scene.guest.get_attribute("[data-test=line]", "data-line") in {"good", "fair"}
    _shot(scene.host, "console-on-air")


def a_locked_microphone_is_silent_and_its_owner_cannot_open_it(scene: Scene) -> None:
    host, guest = scene.host, scene.guest
    host.click(f"{_seat(scene)} [data-test=seat-lock]")
    eventually(lambda: _state(guest)["closedBy"] == "lock", "the guest is told")
    guest.dispatch_event("[data-test=mute]", "click")
    _shot(guest, "speak-locked")
    assert _loudest(scene.house) < SILENT
    assert _state(guest)["closedBy"] == "lock"
    host.click("[data-test=undo]")
    eventually(lambda: _state(guest)["closedBy"] == "nobody", "the lock is taken back")


def who_is_moved_to_the_audience_comes_back_by_undo(scene: Scene) -> None:
    house, host, guest = scene.house, scene.host, scene.guest
    host.click(f"{_seat(scene)} [data-test=seat-audience]")
    _until(guest, "audience")
    assert "moved you to the audience" in guest.inner_text("[data-test=state-line]")
    _shot(guest, "speak-moved")
    eventually(lambda: _names(house) == ["Host"], "the stage lets go")
    host.click("[data-test=undo]")
    # The microphone is still prepared, so nothing has to be pressed.
    _until(guest, "on_stage")
    eventually(lambda: _loudest(house) > SILENT, "heard again")


def who_is_removed_is_off_the_stage_and_their_link_opens_nothing(scene: Scene) -> None:
    house, host, guest = scene.house, scene.host, scene.guest
    host.click(f"{_seat(scene)} [data-test=seat-remove]")
    _until(guest, "removed")
    _shot(guest, "speak-removed")
    eventually(lambda: _names(house) == ["Host"], "nobody else is on stage")
    refused = {"Authorization": f"Bearer {scene.guest_token}"}
    assert get(f"{house.door_url}/api/me", headers=refused)[0] == 403


def an_end_is_undone(scene: Scene) -> None:
    house, host = scene.house, scene.host
    host.click("[data-test=end]")
    host.wait_for_selector("[data-test=end-undo]")
    _shot(host, "console-ending")
    assert house.call("GET", f"/api/spaces/{SPACE}")["state"] == "ending"
    host.click("[data-test=end-undo]")
    eventually(lambda: house.call("GET", f"/api/spaces/{SPACE}")["state"] == "on_air", "the end is undone")


def test_an_account_leads_without_an_invitation(scene: Scene) -> None:
    """Signed in by the owner's one-time link: own Spaces, a new one, its console, the house."""
    house = scene.house
    page = scene.host.context.new_page()
    page.goto(f"{house.door_url}/")
    page.wait_for_selector("[data-test=sign-in]")
    _shot(page, "door-outside")
    link = house.call("POST", "/api/accounts/owner-link", {})["link"]
    page.evaluate(
        "token => fetch('/api/access/once', {method: 'POST', headers: {'Content-Type': 'application/json'},"
        " body: JSON.stringify({token})}).then((answer) => answer.json())",
        link.rpartition("/")[2],
    )
    page.reload()
    page.click("[data-test=new]")
    page.fill("[data-test=new-title]", "The night bus")
    page.click("[data-test=make]")
    page.wait_for_selector("[data-test=host-link]")
    _shot(page, "door")
    page.click("[data-test=space]:first-child [data-test=console]")
    page.wait_for_selector("[data-test=green-room]")
    page.click("[data-test=green-room]")
    page.wait_for_selector("[data-test=on-air]")
    page.fill("[data-test=invite-name]", "Ben")
    page.click("[data-test=invite]")
    page.wait_for_selector("[data-test=invitation-link]")
    assert "/i/" in page.input_value("[data-test=invitation-link]")
    page.click("[data-test=invitation]:first-child [data-test=revoke]")
    page.click("[data-test=revoke-yes]")
    page.wait_for_selector("[data-test=invitation-link]", state="detached")
    _shot(page, "host")
    page.goto(f"{house.door_url}/operate")
    page.wait_for_selector("[data-test=edge]")
    page.select_option("[data-test=force-cadence]", "2")
    page.wait_for_selector("[data-step=two].here")
    _shot(page, "operate")
    page.select_option("[data-test=force-cadence]", "auto")
    page.close()


def test_a_shared_link_asks_for_a_name_and_becomes_ones_own(scene: Scene) -> None:
    house = scene.house
    told = house.call(
        "POST", f"/api/spaces/{SPACE}/invitations", {"role": "speaker", "name": "All", "uses_max": 3}
    )
    page = scene.guest.context.new_page()
    page.goto(told["link"])
    page.fill("[data-test=name]", "Mo")
    _shot(page, "speak-naming")
    page.click("[data-test=claim]")
    page.wait_for_selector("[data-test=allow]")
    assert page.url != told["link"]
    assert "Mo, speaker" in page.inner_text(".title")
    page.close()


# ── helpers ──────────────────────────────────────────────────────────────────────────────────────────────


def _browser(playwright: Playwright, microphone: Path) -> Browser:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None and not Path(playwright.chromium.executable_path).exists():
        pytest.skip("there is no Chromium on this machine: apt install chromium")
    flags = [*FLAGS, f"--use-file-for-fake-audio-capture={microphone}"]
    return playwright.chromium.launch(executable_path=path, args=flags)


def _page(browser: Browser, size: Any) -> Page:
    page = browser.new_context(
        viewport=size, locale="en-US", permissions=["microphone"], reduced_motion="reduce"
    ).new_page()
    page.set_default_timeout(15_000)
    return page


def _microphone(directory: Path, voice: str) -> Path:
    path = directory / f"{voice}.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        samples = decoded(DEBATE / f"{voice}.opus")
        file.writeframes((np.clip(samples, -1, 1) * 32_767).astype("<i2").tobytes())
    return path


def _state(page: Page) -> dict[str, Any]:
    return state(page, "stentorSpeaker")


def _until(page: Page, wanted: str) -> None:
    until(page, wanted, name="stentorSpeaker")


def _seat(scene: Scene) -> str:
    """The guest's place in the host's console."""
    members = scene.house.call("GET", f"/api/spaces/{SPACE}/people")["members"]
    person = next(m["id"] for m in members if m["name"] == "Lea")
    return f"[data-test=seat][data-person='{person}']"


def _names(house: House) -> list[str]:
    return [person["name"] for person in house.space(SPACE)["people"]]


def _loudest(house: House) -> float:
    """Of a second and a half, from the chunk after the next: what is said from now on."""
    first = house.head(SPACE) + 2
    url = f"{house.edge_url}/s/{SPACE}/live.mp4?codec=opus&from={first}"
    return float(envelope(decoded(url, seconds=1.5)).max())


def _shot(page: Page, name: str) -> None:
    """A screenshot is left, nothing scrolls sideways, axe-core finds nothing."""
    page.screenshot(path=screen(f"{name}-live"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    assert complaints_of_axe(page) == [], name
