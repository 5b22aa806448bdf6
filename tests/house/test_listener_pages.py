"""The listeners' pages in a real browser, before, during and after a talk, and on somebody else's site."""

import json
import os
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from house.browser import (
    DESKTOP,
    PHONE,
    Scheme,
    a_page,
    became,
    chromium,
    complaints_of_axe,
    screen,
    state,
    until,
)
from house.house import DEBATE, House, eventually, get, running_house
from stentor.edge.notice import NOTICE_S
from stentor.limits import CHUNK_MS

pytestmark = pytest.mark.browser
HOUR_MS = 3_600_000
REMEMBER_NOTIFICATIONS = """
  window.reminders = [];
  window.Notification = class extends EventTarget {
    static requestPermission() { return Promise.resolve("granted"); }
    constructor(title, options) { super(); window.reminders.push([title, options.body]); }
  };
"""
"""Headless Chromium shows no notifications, so the page's own are noted."""


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house with Maya on the air in `talk`, and `past`, which is over."""
    with running_house(tmp_path_factory.mktemp("listeners")) as house:
        house.open_space("talk", title="Who pays for the river?")
        house.speak("talk", {"Maya": DEBATE / "maya.opus"})
        # What was never on the air ends at once; nobody has to be given time to undo it.
        house.open_space("past", title="A rehearsal", state="green_room")
        house.call("POST", "/api/spaces/past/state", {"state": "ended"})
        house.until_speaking("talk", "Maya")
        yield house


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def test_before_the_start_the_page_counts_down_and_offers_the_calendar(talk: House, browser: Browser) -> None:
    starts_ms = int(time.time() * 1000) + 2 * HOUR_MS
    wanted = {
        "id": "later",
        "title": "An evening with the pilots",
        "description": "Three pilots.\nBring questions.",
        "starts_ms": starts_ms,
    }
    talk.call("POST", "/api/spaces", wanted)
    eventually(lambda: talk.space("later").get("starts_ms") == starts_ms, "the edge knows the Space")
    with a_page(browser, f"{talk.edge_url}/s/later") as page:
        page.wait_for_selector("[data-test=countdown]")
        left_s = []
        for _ in range(24):
            left_s.append(int(page.get_attribute("[data-test=countdown]", "data-left") or 0))
            page.wait_for_timeout(100)
        assert abs(left_s[0] - (starts_ms / 1000 - time.time() + 2.4)) < 3
        steps = [before - after for before, after in pairwise(left_s)]
        assert set(steps) == {0, 1}, left_s
        with page.expect_download() as download:
            page.click("[data-test=calendar]")
        event = download.value.path().read_text()
        assert "BEGIN:VEVENT" in event
        assert "An evening with the pilots" in event
        assert page.inner_text("[data-test=description]") == "Three pilots.\nBring questions."
        page.screenshot(path=screen("listen-phone-before"))


def test_who_waits_is_reminded_and_hears_the_beginning(talk: House, browser: Browser) -> None:
    starts_ms = int(time.time() * 1000) + 60_000
    talk.call("POST", "/api/spaces", {"id": "soon", "title": "A short wait", "starts_ms": starts_ms})
    eventually(lambda: talk.space("soon").get("state") == "scheduled", "the edge knows the Space")
    url = f"{talk.edge_url}/s/soon"
    with a_page(browser, url, script=REMEMBER_NOTIFICATIONS) as page:
        page.click("[data-test=remind]")
        page.wait_for_selector("[data-test=remind][aria-pressed=true]")
        page.click("[data-test=listen]")
        talk.call("POST", "/api/spaces/soon/state", {"state": "on_air"})
        until(page, "live")
        assert page.evaluate("window.reminders") == [["A short wait", "It is on the air now."]]
        _plays(page)


def test_what_a_listener_does_reaches_the_hosts_and_everybody(talk: House, browser: Browser) -> None:
    with a_page(browser, f"{talk.edge_url}/s/talk", is_moving=True) as page, _news(talk, "talk") as told:
        page.click("[data-test=listen]")
        until(page, "live")
        for _ in range(3):
            page.click("[data-test=react-clap]")
        page.wait_for_selector(".figure")
        page.click("[data-test=hand]")
        page.wait_for_selector("[data-test=hand][aria-pressed=true]")
        page.click("[data-test=question]")
        page.fill("[data-test=text]", "Who owns the land under the bridge?")
        page.fill("[data-test=name]", "Ruth")
        page.screenshot(path=screen("listen-phone-asking"))
        assert complaints_of_axe(page) == []
        page.click("[data-test=send]")
        page.wait_for_selector("[data-test=sheet]", state="detached")
        asked = talk.call("GET", "/api/spaces/talk/questions")["items"]
        assert [(q["text"], q["name"]) for q in asked] == [("Who owns the land under the bridge?", "Ruth")]
        talk.call("POST", f"/api/spaces/talk/questions/{asked[0]['id']}/screen")
        page.wait_for_selector("[data-test=on-screen] >> text=Who owns the land")
        became(page, "window.stentor.hands", lambda hands: hands == 1, "one hand, as the tick says")
        page.screenshot(path=screen("listen-phone-taking-part"))
        eventually(lambda: any(_claps(event) >= 1 for event in told), "the hosts are told of the applause")
        page.click("[data-test=hand]")
        became(page, "window.stentor.hands", lambda hands: hands == 0, "no hand once it is lowered")
    talk.call("DELETE", "/api/spaces/talk/questions/screen")


def test_who_asks_to_speak_gets_a_place_and_goes_to_the_stage_door(talk: House, browser: Browser) -> None:
    with a_page(browser, f"{talk.edge_url}/s/talk") as page:
        page.click("[data-test=listen]")
        page.focus("[data-test=speak]")
        page.keyboard.press("Enter")
        page.wait_for_selector("[data-test=sheet] [data-test=name]:focus")
        page.keyboard.press("Escape")
        page.wait_for_selector("[data-test=sheet]", state="detached")
        page.wait_for_selector("[data-test=speak]:focus")
        page.keyboard.press("Enter")
        page.keyboard.type("Ruth Meyer")
        page.fill("[data-test=text]", "The allotments")
        page.click("[data-test=send]")
        page.wait_for_selector("[data-test=speak-go]")
        page.screenshot(path=screen("listen-phone-place"))
        crew = talk.call("GET", "/api/spaces/talk/people")
        waiting = [m for m in crew["members"] if m["is_waiting"]]
        assert [(m["name"], m["note"]) for m in waiting] == [("Ruth Meyer", "The allotments")]
        assert crew["line"] == [waiting[0]["id"]]
        page.click("[data-test=speak-go]")
        page.wait_for_url(f"{talk.door_url}/i/*")


@pytest.mark.alone
def test_a_slower_cadence_is_told_made_ready_for_and_stalls_nobody(talk: House, browser: Browser) -> None:
    """Up to 4, half a minute more, only where there is time."""
    (edge,) = (edge["id"] for edge in talk.call("GET", "/api/house")["edges"])
    with a_page(browser, f"{talk.edge_url}/s/talk") as page:
        page.click("[data-test=listen]")
        until(page, "live")
        _plays(page)
        page.wait_for_timeout(1_000)
        stalls, before = state(page)["stalls"], 1
        for cadence in (2, 4) if os.environ.get("STENTOR_LONG") else (2,):
            talk.call("POST", f"/api/house/edges/{edge}/ladder", {"cadence": cadence})
            is_taken = partial(_has_cadence, talk, cadence)
            waited_s = eventually(is_taken, "the fan-outs take it", timeout_s=NOTICE_S * cadence + 5)
            assert waited_s > NOTICE_S * (cadence - before) - 1
            page.wait_for_timeout(2.5 * cadence * CHUNK_MS)
            assert state(page)["stalls"] == stalls, state(page)
            before = cadence
        assert state(page)["latencyS"] < 1.9 + (before - 1) * CHUNK_MS / 1000 + 0.2
        talk.call("POST", f"/api/house/edges/{edge}/ladder", {"cadence": "auto"})
        eventually(partial(_has_cadence, talk, 1), "at once", timeout_s=3)


def _has_cadence(house: House, cadence: int) -> bool:
    return f"\nstentor_edge_cadence {cadence}.0\n" in get(f"{house.edge_url}/metrics")[1].decode()


def test_a_private_space_is_heard_with_its_link_and_nothing_without(talk: House, browser: Browser) -> None:
    wanted = {"id": "board", "title": "Behind closed doors", "is_private": True}
    link = talk.call("POST", "/api/spaces", wanted)["links"]["listen"]
    talk.call("POST", "/api/spaces/board/state", {"state": "on_air"})
    name = link.rpartition("/")[2]
    assert name.startswith("board.")
    eventually(lambda: talk.space(name).get("state") == "on_air", "the edge lets in who has the key")
    assert b"noindex" in get(f"{talk.edge_url}/s/{name}")[1]
    with a_page(browser, f"{talk.edge_url}/s/{name}") as page:
        page.wait_for_selector("[data-test=private]")
        page.click("[data-test=listen]")
        until(page, "live")
        _plays(page)
        page.goto(f"{talk.edge_url}/s/board")
        until(page, "unknown")
        assert "closed doors" not in page.content()


def test_a_space_plays_on_somebody_elses_page(talk: House, browser: Browser) -> None:
    """As an element and in a frame, from another origin, both at once."""
    body = f"""<!doctype html><html lang="fr"><meta charset="utf-8"><title>A blog</title>
      <style>p {{ display: none }} button {{ all: unset }}</style>
      <script type="module" src="{talk.edge_url}/embed.js"></script>
      <main>
        <h1>A blog</h1>
        <stentor-player space="{talk.edge_url}/s/talk"></stentor-player>
        <iframe src="{talk.edge_url}/s/talk/embed?lang=en" title="Talk" width="520" height="190"></iframe>
      </main></html>"""
    with _foreign_site(body) as url, a_page(browser, url, size=DESKTOP) as page:
        page.click("stentor-player [data-test=press]")
        page.wait_for_selector("stentor-player[data-state=live]")
        now = "(() => document.querySelector('stentor-player').now.currentTime)()"
        first = page.evaluate(now)
        became(page, now, lambda at: at > first + 1, "a second further on")
        assert "après le direct" in page.inner_text("[data-test=sentence]")
        frame = page.frames[1]
        frame.click("[data-test=press]")
        frame.wait_for_selector("stentor-player[data-state=live]")
        assert "behind" in frame.inner_text("[data-test=sentence]")
        assert complaints_of_axe(page) == []
        page.screenshot(path=screen("embed-desktop-foreign"))
        page.click("stentor-player [data-test=press]")
        page.wait_for_selector("stentor-player[data-state=ready]")


def test_the_front_page_finds_what_is_on_coming_and_over(talk: House, browser: Browser) -> None:
    # Noon: 26 hours from now are the day after tomorrow when it is late in the evening.
    tomorrow = datetime.now().astimezone().replace(hour=12) + timedelta(days=1)
    starts_ms = int(tomorrow.timestamp() * 1000)
    talk.call("POST", "/api/spaces", {"id": "trees", "title": "On trees", "starts_ms": starts_ms})
    with a_page(browser, f"{talk.edge_url}/", size=DESKTOP) as page:
        page.wait_for_selector(".on_air [data-space=talk]")
        page.wait_for_selector(".coming [data-space=trees] >> text=Tomorrow")
        page.wait_for_selector(".earlier [data-space=past]")
        page.fill("[data-test=search]", "tree")
        page.wait_for_selector("[data-space=talk]", state="detached")
        assert page.locator("[data-test=space]").count() == 1
        page.fill("[data-test=search]", "submarines")
        page.wait_for_selector("text=Nothing was found for “submarines”")
        page.click("[data-test=clear]")
        page.click("[data-space=past]")
        page.wait_for_selector("[data-test=ended-at]")
        assert state(page)["state"] == "ended"


@pytest.mark.parametrize(
    ("scheme", "language"), [("light", "en-US"), ("dark", "fr-FR")], ids=["light-en", "dark-fr"]
)
def test_every_page_fits_a_phone_and_a_desk_and_is_accessible(
    talk: House, browser: Browser, scheme: Scheme, language: str
) -> None:
    addresses = {
        "home": ("/", "[data-test=space]"),
        "before": ("/s/later", "[data-test=countdown]"),
        "live": ("/s/talk", "[data-test=person]"),
        "ended": ("/s/past", "[data-test=ended-at]"),
        "unknown": ("/s/nowhere", ".notice"),
        "embed": ("/s/talk/embed", "[data-test=press]"),
    }
    with a_page(browser, talk.edge_url, scheme=scheme, language=language) as page:
        for name, (address, landmark) in addresses.items():
            page.goto(talk.edge_url + address)
            page.wait_for_selector(landmark)
            page.evaluate("document.fonts.ready")
            for device, size in (("phone", PHONE), ("desktop", DESKTOP)):
                page.set_viewport_size(size)
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, device)
                page.screenshot(path=screen(f"listener-{name}-{device}-{scheme}-{language[:2]}"))
            assert complaints_of_axe(page) == [], name


def _plays(page: Page) -> None:
    """A second of it is heard."""
    first = state(page)["currentTime"]
    became(page, "window.stentor.currentTime", lambda at: at > first + 1, "a second further on", timeout_s=30)


def _claps(event: dict[str, Any]) -> int:
    return int(event.get("reactions", {}).get("clap", 0))


@contextmanager
def _news(house: House, space_id: str) -> Iterator[list[dict[str, Any]]]:
    """What a host's console is told while it is open."""
    token = (house.data_dir / "owner.token").read_text().strip()
    request = urllib.request.Request(
        f"{house.door_url}/api/spaces/{space_id}/live", headers={"Authorization": f"Bearer {token}"}
    )
    told: list[dict[str, Any]] = []
    answer = urllib.request.urlopen(request, timeout=5)
    is_over = threading.Event()

    def read() -> None:
        while not is_over.is_set():
            line = answer.readline()
            if line.startswith(b"data: "):
                told.append(json.loads(line[6:]))

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield told
    finally:
        is_over.set()
        reader.join(10)
        answer.close()


@contextmanager
def _foreign_site(body: str) -> Iterator[str]:
    """Another origin that knows nothing of us."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/" else 204)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            if self.path == "/":
                self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
