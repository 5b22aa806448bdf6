"""The host's console in a real browser, with real voices: whom the host brings on stage is heard."""

import json
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page

from house.browser import until
from house.house import DEBATE, House, eventually, get, running_house
from house.scene import (
    Scene,
    a_new_page,
    from_now_on,
    loudest,
    names,
    person,
    seat,
    shot,
    speaker,
    two_browsers,
    until_on,
)
from house.sound import aligned, decoded
from stentor.limits import RUNWAY_CHUNKS

pytestmark = pytest.mark.browser
SPACE, SHARED = "hosted", "shared"
SILENT = 1e-3
"""Root mean square: what an Opus encoder makes of silence lies far below."""


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A host and somebody of the audience; nobody sends more than one listener home alone."""
    directory = tmp_path_factory.mktemp("hosted")
    with (
        running_house(directory, STENTOR_END_CONFIRM_ABOVE="1") as house,
        two_browsers(directory, "daniel", "maya") as (host, guest),
    ):
        links = house.open_space(SPACE, title="Should our city make its buses free?", state="green_room")
        token = house.invite(SPACE, "Lea", "listener")
        host.goto(links["host"])
        guest.goto(f"{house.door_url}/i/{token}")
        yield Scene(house, host, guest, token)


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
    until_on(host, "on_stage")
    host.keyboard.press("m")
    eventually(lambda: speaker(host)["isMuted"], "the host's letter mutes")
    host.click("[data-test=on-air]")


def a_listener_asks_and_is_accepted_by_a_letter(scene: Scene) -> None:
    host, guest = scene.host, scene.guest
    guest.fill("[data-test=note]", "I drive the night bus.")
    guest.click("[data-test=ask]")
    guest.wait_for_selector("[data-test=place]")
    assert "You are next." in guest.inner_text("[data-test=place]")
    guest.click("[data-test=allow]")
    guest.wait_for_selector(".meter")
    shot(guest, "speak-waiting")
    host.wait_for_selector("[data-test=request]")
    assert "I drive the night bus." in host.inner_text("[data-test=request]")
    shot(host, "console-request")
    host.keyboard.press("a")
    until_on(guest, "on_stage")


def who_was_accepted_is_heard(scene: Scene) -> None:
    house = scene.house
    eventually(lambda: house.head(SPACE) > RUNWAY_CHUNKS + 6, "some seconds are on the air")
    heard = decoded(f"{house.edge_url}/s/{SPACE}/live.mp4?codec=opus", seconds=6)
    assert aligned(heard, decoded(DEBATE / "maya.opus")).correlation >= 0.8
    assert scene.guest.get_attribute("[data-test=line]", "data-line") in {"good", "fair"}
    shot(scene.host, "console-on-air")


def a_locked_microphone_is_silent_and_its_owner_cannot_open_it(scene: Scene) -> None:
    host, guest = scene.host, scene.guest
    host.click(f"{seat(scene, SPACE, 'Lea')} [data-test=seat-lock]")
    eventually(lambda: speaker(guest)["closedBy"] == "lock", "the guest is told")
    guest.dispatch_event("[data-test=mute]", "click")
    shot(guest, "speak-locked")
    assert loudest(scene.house, SPACE) < SILENT
    assert speaker(guest)["closedBy"] == "lock"
    host.click("[data-test=undo]")
    eventually(lambda: speaker(guest)["closedBy"] == "nobody", "the lock is taken back")


def who_is_moved_to_the_audience_comes_back_by_undo(scene: Scene) -> None:
    house, host, guest = scene.house, scene.host, scene.guest
    host.click(f"{seat(scene, SPACE, 'Lea')} [data-test=seat-audience]")
    until_on(guest, "audience")
    assert "moved you to the audience" in guest.inner_text("[data-test=state-line]")
    shot(guest, "speak-moved")
    eventually(lambda: names(house, SPACE) == ["Host"], "the stage lets go")
    host.click("[data-test=undo]")
    # The microphone is still prepared, so nothing has to be pressed.
    until_on(guest, "on_stage")
    eventually(lambda: loudest(house, SPACE) > SILENT, "heard again")


def who_is_removed_is_off_the_stage_and_their_link_opens_nothing(scene: Scene) -> None:
    house, host, guest = scene.house, scene.host, scene.guest
    host.click(f"{seat(scene, SPACE, 'Lea')} [data-test=seat-remove]")
    until_on(guest, "removed")
    shot(guest, "speak-removed")
    eventually(lambda: names(house, SPACE) == ["Host"], "nobody else is on stage")
    refused = {"Authorization": f"Bearer {scene.guest_token}"}
    assert get(f"{house.door_url}/api/me", headers=refused)[0] == 403


def an_end_is_undone(scene: Scene) -> None:
    house, host = scene.house, scene.host
    host.click("[data-test=end]")
    host.wait_for_selector("[data-test=end-undo]")
    shot(host, "console-ending")
    assert house.call("GET", f"/api/spaces/{SPACE}")["state"] == "ending"
    host.click("[data-test=end-undo]")
    eventually(lambda: house.call("GET", f"/api/spaces/{SPACE}")["state"] == "on_air", "the end is undone")


def test_an_account_leads_without_an_invitation(scene: Scene) -> None:
    """Signed in by the owner's one-time link: own Spaces, a new one, its console, the house."""
    house = scene.house
    page = scene.host.context.new_page()
    page.goto(f"{house.door_url}/")
    page.wait_for_selector("[data-test=sign-in]")
    shot(page, "door-outside")
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
    shot(page, "door")
    page.click("[data-test=space]:first-child [data-test=console]")
    page.wait_for_selector("[data-test=green-room]")
    page.click("[data-test=green-room]")
    page.wait_for_selector("[data-test=on-air]")
    what_is_said_about_it_is_changed_and_undone(page)
    page.fill("[data-test=invite-name]", "Ben")
    page.click("[data-test=invite]")
    page.wait_for_selector("[data-test=invitation-link]")
    assert "/i/" in page.input_value("[data-test=invitation-link]")
    page.click("[data-test=invitation]:first-child [data-test=revoke]")
    page.click("[data-test=revoke-yes]")
    page.wait_for_selector("[data-test=invitation-link]", state="detached")
    shot(page, "host")
    page.goto(f"{house.door_url}/operate")
    page.wait_for_selector("[data-test=edge]")
    page.select_option("[data-test=force-cadence]", "2")
    page.wait_for_selector("[data-step=two].here")
    shot(page, "operate")
    page.select_option("[data-test=force-cadence]", "auto")
    page.close()


def what_is_said_about_it_is_changed_and_undone(page: Page) -> None:
    """A cancelled form changes nothing; private means another link, which is shown; undo brings it back."""
    public = page.input_value("[data-test=listen-url]")
    page.click("[data-test=edit]")
    page.fill("[data-test=new-title]", "Nothing of this is kept")
    page.click("[data-test=cancel]")
    page.click("[data-test=edit]")
    assert page.input_value("[data-test=new-title]") == "The night bus"
    page.fill("[data-test=new-title]", "The night bus, unheard")
    page.fill("[data-test=new-places]", "5")
    page.check("[data-test=new-private]")
    shot(page, "host-edit")
    page.click("[data-test=save]")
    page.wait_for_selector("h1 >> text=The night bus, unheard")
    private = page.input_value("[data-test=listen-url]")
    assert private.startswith(f"{public}.")
    eventually(lambda: get(f"{private}/space.json")[0] == 200, "the private link opens")
    assert get(f"{public}/space.json")[0] == 404
    page.click("[data-test=undo]")
    page.wait_for_selector("h1 >> text=/^The night bus$/")
    assert page.input_value("[data-test=listen-url]") == public


def test_a_shared_link_asks_for_a_name_and_becomes_ones_own(scene: Scene) -> None:
    house = scene.house
    told = house.call(
        "POST", f"/api/spaces/{SPACE}/invitations", {"role": "speaker", "name": "All", "uses_max": 3}
    )
    page = scene.guest.context.new_page()
    page.goto(told["link"])
    page.fill("[data-test=name]", "Mo")
    shot(page, "speak-naming")
    page.click("[data-test=claim]")
    page.wait_for_selector("[data-test=allow]")
    assert page.url != told["link"]
    assert "Mo, speaker" in page.inner_text(".title")
    page.close()


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
def test_two_lead_a_space_before_an_audience(scene: Scene) -> None:
    """A question, silence for all, a jingle, a ban; the host changes and is lost; two must want the end."""
    links = scene.house.open_space(SHARED, title="Who pays for the river?")
    scene.house.speak(SHARED, {"Mo": DEBATE / "daniel.opus"})
    cohost = f"{scene.house.door_url}/i/{scene.house.invite(SHARED, 'Ben', 'cohost')}"
    for page, link in ((scene.host, links["host"]), (scene.guest, cohost)):
        page.goto(link)
        page.click("[data-test=allow]")
        page.click("[data-test=join]")
    until_on(scene.host, "on_stage")
    scene.host.keyboard.press("m")
    until_on(scene.guest, "on_stage")
    scene.house.until_speaking(SHARED, "Mo")
    with a_listener(scene) as listener:
        a_listeners_question_is_seen_by_all(scene, listener)
        all_are_silenced_but_the_slip_is_undone_first(scene)
        a_jingle_is_heard_while_all_are_silent(scene)
        who_is_banned_stays_out_with_their_network_until_it_is_lifted(scene)
        the_hosts_role_is_handed_over(scene)
        the_cohost_leads_while_the_host_is_lost(scene, cohost)
        two_must_want_the_end(scene)


def a_listeners_question_is_seen_by_all(scene: Scene, listener: Page) -> None:
    listener.click("[data-test=question]")
    listener.fill("[data-test=text]", "Who owns the land under the bridge?")
    listener.click("[data-test=send]")
    scene.host.click("[data-test=to-screen]")
    listener.wait_for_selector("[data-test=on-screen] >> text=Who owns the land")
    scene.host.click("[data-test=off-screen]")
    listener.wait_for_selector("[data-test=on-screen]", state="detached")


def all_are_silenced_but_the_slip_is_undone_first(scene: Scene) -> None:
    scene.host.click("[data-test=mute-all]")
    eventually(lambda: speaker(scene.guest)["closedBy"] == "host", "the co-host is told")
    # The guest's feed may be faster than the host's own answer, and before that there is nothing to undo.
    scene.host.wait_for_selector("[data-test=undo]")
    scene.host.keyboard.press("z")
    eventually(lambda: speaker(scene.guest)["closedBy"] == "nobody", "who was open is open again")
    assert loudest(scene.house, SHARED) > SILENT
    scene.host.keyboard.press("x")
    eventually(lambda: speaker(scene.guest)["closedBy"] == "host", "silence")
    assert loudest(scene.house, SHARED) < SILENT


def a_jingle_is_heard_while_all_are_silent(scene: Scene) -> None:
    """Nobody but the file is heard: its own course of loudness comes out at the front door."""
    house, host = scene.house, scene.host
    host.set_input_files("[data-test=sound-file]", DEBATE / "daniel.opus")
    host.click("[data-test=sound-play]")
    host.wait_for_selector("[data-test=sound][data-playing=true]")
    heard = from_now_on(house, SHARED, seconds=4)
    assert aligned(heard, decoded(DEBATE / "daniel.opus")).correlation >= 0.8
    host.click("[data-test=sound-play]")
    host.wait_for_selector("[data-test=sound][data-playing=false]")


def who_is_banned_stays_out_with_their_network_until_it_is_lifted(scene: Scene) -> None:
    house, host = scene.house, scene.host
    shared = house.call("POST", f"/api/spaces/{SHARED}/invitations", {"role": "speaker", "uses_max": 3})
    host.click(f"{seat(scene, SHARED, 'Mo')} [data-test=seat-more]")
    host.click("[data-test=ban]")
    host.check("[data-test=ban-network]")
    host.click("[data-test=ban-yes]")
    eventually(lambda: "Mo" not in names(house, SHARED), "the stage lets go")
    host.wait_for_selector("[data-test=banned][data-kind=person]")
    assert _claimed(house, shared["link"], "Mo again") == 403
    shot(host, "console-banned")
    host.click("[data-test=banned][data-kind=network] [data-test=lift-ban]")
    host.wait_for_selector("[data-test=banned][data-kind=network]", state="detached")
    assert _claimed(house, shared["link"], "Somebody else") == 201


def the_hosts_role_is_handed_over(scene: Scene) -> None:
    host = scene.host
    host.click(f"{seat(scene, SHARED, 'Ben')} [data-test=seat-more]")
    host.click("[data-test=hand-over]")
    host.click("[data-test=hand-over-yes]")
    host.wait_for_selector(f"{seat(scene, SHARED, 'Ben')} >> text=Host")
    host.wait_for_selector(f"{seat(scene, SHARED, 'Host')} >> text=Co-host · you")
    assert scene.house.call("GET", f"/api/spaces/{SHARED}/people")["lead"] == person(scene, SHARED, "Ben")


def the_cohost_leads_while_the_host_is_lost(scene: Scene, link: str) -> None:
    """The host's browser dies without a word; they come back by the same link."""
    house, cohost = scene.house, scene.host
    with pytest.raises(PlaywrightError, match="crash"):
        scene.guest.goto("chrome://crash")
    cohost.wait_for_selector("[data-test=leading] >> text=You lead until they are back")
    assert speaker(cohost)["lead"] == person(scene, SHARED, "Host")
    assert _is_away(house, "Ben")
    scene.guest = a_new_page(scene.guest)
    scene.guest.goto(link)
    scene.guest.click("[data-test=allow]")
    scene.guest.click("[data-test=join]")
    until_on(scene.guest, "on_stage")
    cohost.wait_for_selector("[data-test=leading]", state="detached")
    assert house.call("GET", f"/api/spaces/{SHARED}/people")["lead"] == person(scene, SHARED, "Ben")
    eventually(lambda: not _is_away(house, "Ben"), "the audience is told")


def two_must_want_the_end(scene: Scene) -> None:
    house, host, cohost = scene.house, scene.guest, scene.host
    with urllib.request.urlopen(f"{house.edge_url}/s/{SHARED}/live.mp4"):
        eventually(lambda: cohost.inner_text("[data-test=hearing]") == "2", "two are hearing")
        host.click("[data-test=end]")
        host.wait_for_selector("[data-test=end-asked] >> text=Somebody else who leads")
        assert house.call("GET", f"/api/spaces/{SHARED}")["state"] == "on_air"
        cohost.wait_for_selector("[data-test=end-asked] >> text=Ben wants to end the Space")
        cohost.click("[data-test=end]")
        host.wait_for_selector("[data-test=end-undo]")
        assert house.call("GET", f"/api/spaces/{SHARED}")["state"] == "ending"


# ── helpers ──────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def a_listener(scene: Scene) -> Iterator[Page]:
    page = a_new_page(scene.host)
    page.goto(f"{scene.house.edge_url}/s/{SHARED}")
    page.click("[data-test=listen]")
    until(page, "live")
    try:
        yield page
    finally:
        page.context.close()


def _is_away(house: House, name: str) -> bool:
    """As the audience is told."""
    people = house.space(SHARED)["people"]
    return next(bool(p.get("away")) for p in people if p["name"] == name)


def _claimed(house: House, link: str, name: str) -> int:
    request = urllib.request.Request(
        f"{house.door_url}/api/me/claim",
        data=json.dumps({"name": name}).encode(),
        headers={"Authorization": f"Bearer {link.rpartition('/')[2]}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code
