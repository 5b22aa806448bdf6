"""The listener's page as a replay, in a real browser: a talk is rewound, ends, is sealed, is played again."""

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Browser

from house.browser import DESKTOP, PHONE, a_page, became, chromium, complaints_of_axe, screen, state, until
from house.house import DEBATE, House, eventually, running_house
from house.test_deaths import nats_url_of
from stentor.limits import RUNWAY_CHUNKS
from stentor.log.bus import connected
from stentor.log.state import RecordingStore
from stentor.record.brief import Brief, Claim, Line, Quote, Section
from stentor.record.transcript import Transcript, Turn, Word
from stentor.shelf import layout
from stentor.shelf.store import Shelf

pytestmark = pytest.mark.browser
TALK_CHUNKS = 9
"""5.8 s, of which Maya says a few; a segment of it can be rewound to at once."""
SAID = {
    "Maya": (600, "Good evening everyone, and welcome to tonight's Space."),
    "Daniel": (7_530, "Free is never free. The network costs eighty two million euros."),
}
PLAYED = "window.stentor.replay"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house with the beginning of the debate on the air; no engine hears it, the test writes its words."""
    with running_house(tmp_path_factory.mktemp("replay"), STENTOR_END_UNDO_S="0") as house:
        house.open_space("buses", title="Should our city make its buses free?")
        house.speak("buses", {"Maya": DEBATE / "maya.opus", "Daniel": DEBATE / "daniel.opus"})
        house.until_speaking("buses", "Maya", "Daniel")
        eventually(lambda: house.head("buses") > RUNWAY_CHUNKS + TALK_CHUNKS, "it was on", timeout_s=40)
        yield house


@pytest.fixture(scope="module")
def sealed(talk: House) -> House:
    """The talk is over, the scribe has sealed it, and somebody has written what was said."""
    if talk.space("buses")["state"] != "ended":
        talk.call("POST", "/api/spaces/buses/state", {"state": "ended"})
    eventually(lambda: talk.space("buses").get("has_replay"), "there is a replay", timeout_s=40)
    with ThreadPoolExecutor(1) as thread:
        # Its own thread: the browser's library has an event loop in this one.
        thread.submit(asyncio.run, put_words(talk)).result()
    eventually(lambda: (talk.space("buses")["record"] or {}).get("has_brief"), "the edge has the words")
    return talk


def test_who_comes_late_hears_the_talk_from_its_start_and_goes_back_to_live(
    talk: House, browser: Browser
) -> None:
    with a_page(browser, f"{talk.edge_url}/s/buses") as page:
        page.click("[data-test=listen]")
        until(page, "live")
        page.click("[data-test=rewind]")
        page.wait_for_selector("[data-test=to-live]")
        became(page, f"{PLAYED}.positionS", lambda at: at > 1, "a second of it is heard")
        assert state(page)["replay"]["positionS"] < 6
        page.wait_for_selector("[data-test=person][data-speaking=true] .name >> text=Maya")
        assert state(page)["currentTime"] is None
        assert complaints_of_axe(page) == []
        page.screenshot(path=screen("listen-phone-rewound"))
        page.click("[data-test=to-live]")
        until(page, "live")
        became(
            page, "window.stentor.currentTime", lambda at: at > (RUNWAY_CHUNKS + TALK_CHUNKS) * 0.64, "live"
        )


def test_who_reads_captions_chooses_how_they_look(talk: House, browser: Browser) -> None:
    with a_page(browser, f"{talk.edge_url}/s/buses") as page:
        page.click("[data-test=listen]")
        until(page, "live")
        say(talk, "Free is never fr", is_final=False)
        page.wait_for_selector("[data-test=captions][aria-live=off] .draft >> text=Free is never fr")
        bottom = (
            "document.querySelector('[data-test=captions]').lastElementChild.getBoundingClientRect().bottom"
        )
        before = page.evaluate(bottom)
        say(talk, "Free is never free.", is_final=True)
        page.wait_for_selector("[data-test=captions] p:not(.draft) >> text=Free is never free.")
        assert page.evaluate(bottom) == before
        page.click("[data-test=caption-menu] summary")
        page.check("[data-test=captions-size-2]")
        page.check("[data-test=captions-boxed]")
        page.wait_for_selector("[data-test=captions].size-2.boxed")
        assert complaints_of_axe(page) == []
        page.screenshot(path=screen("listen-phone-captions-menu"))
        page.uncheck("[data-test=captions-on]")
        page.wait_for_selector("[data-test=captions]", state="detached")
        assert json.loads(page.evaluate("localStorage['stentor.captions.live']")) == {
            "isOn": False,
            "size": 2,
            "isBoxed": True,
            "isSpoken": False,
        }


def test_who_listens_to_the_end_finds_the_replay_on_the_same_page(talk: House, browser: Browser) -> None:
    with a_page(browser, f"{talk.edge_url}/s/buses") as page:
        page.click("[data-test=listen]")
        until(page, "live")
        talk.call("POST", "/api/spaces/buses/state", {"state": "ended"})
        page.wait_for_selector("[data-test=no-replay] >> text=being prepared")
        page.wait_for_selector("[data-test=bar] path", state="attached")
        page.click("[data-test=play]")
        became(page, f"{PLAYED}.positionS", lambda at: at > 1, "it is heard")


def test_a_link_to_a_moment_plays_from_there_and_to_the_end(sealed: House, browser: Browser) -> None:
    with a_page(browser, f"{sealed.edge_url}/s/buses#t=2", size=DESKTOP) as page:
        page.wait_for_selector("[data-test=bar] path", state="attached")
        assert round(state(page)["replay"]["positionS"]) == 2
        page.keyboard.press(" ")
        became(page, f"{PLAYED}.positionS", lambda at: at > 3, "a second of it is heard")
        page.wait_for_selector("[data-test=person][data-speaking=true] .name >> text=Maya")
        page.select_option("[data-test=rate]", "2")
        assert page.evaluate("navigator.mediaSession.playbackState") == "playing"
        duration_s = state(page)["replay"]["durationS"]
        page.focus("[data-test=seek]")
        page.keyboard.press("End")
        became(page, f"{PLAYED}.state", lambda now: now == "ended", "it ends")
        assert duration_s >= TALK_CHUNKS * 0.64
        page.evaluate("location.hash = '#t=1,2.5'")
        became(page, f"{PLAYED}.positionS", lambda at: at == 1, "an address on the page moves it")
        page.click("[data-test=play]")
        became(page, PLAYED, lambda now: now["state"] == "paused" and now["positionS"] >= 2.5, "a range ends")


def test_words_are_read_searched_and_played(sealed: House, browser: Browser) -> None:
    with a_page(browser, f"{sealed.edge_url}/s/buses") as page:
        page.click("[data-test=play-quote] >> nth=0")
        became(page, PLAYED, lambda now: now["isPlaying"] and now["positionS"] >= 7, "the quote is played")
        assert complaints_of_axe(page) == []
        page.screenshot(path=screen("replay-phone-brief"))
        page.click("[data-test=tab-transcript]")
        became(page, highlighted("heard"), bool, "the word at the ear is marked")
        assert page.evaluate(highlighted("unsure")) == ["million"]
        page.fill("[data-test=find]", "WELCOME to")
        assert page.inner_text("[data-test=hits]") == "1 of 1"
        assert page.evaluate(highlighted("hit")) == ["welcome to"]
        assert complaints_of_axe(page) == []
        page.screenshot(path=screen("replay-phone-transcript"))
        box = page.evaluate("[...CSS.highlights.get('hit')][0].getBoundingClientRect().toJSON()")
        page.mouse.click(box["x"] + 4, box["y"] + 4)
        became(page, f"{PLAYED}.positionS", lambda at: at < 3, "a word that is clicked is played")


def test_a_clip_and_the_files_are_taken_along(sealed: House, browser: Browser) -> None:
    with a_page(browser, f"{sealed.edge_url}/s/buses", language="fr-FR", scheme="dark") as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.click("[data-test=clip]")
        page.focus("[data-test=clip-to]")
        page.keyboard.press("Home")
        assert state(page)["replay"]["clip"] == {"fromS": 0, "toS": 1}
        page.click("[data-test=clip-copy]")
        page.wait_for_selector("text=est copié")
        assert page.evaluate("navigator.clipboard.readText()") == f"{sealed.edge_url}/s/buses#t=0,1"
        with page.expect_download() as clip:
            page.click("[data-test=clip-file]")
        assert b"ftyp" in clip.value.path().read_bytes()[:16]
        assert complaints_of_axe(page) == []
        page.screenshot(path=screen("replay-phone-dark-fr-clip"))
        page.click("[data-test=downloads]")
        with page.expect_download() as whole:
            page.click("[data-test='file-recording.m4a']")
        assert len(whole.value.path().read_bytes()) > 20_000
        for device, size in (
            ("phone", PHONE),
            ("desktop", DESKTOP),
            ("small", {"width": 360, "height": 640}),
        ):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), device
            page.screenshot(path=screen(f"replay-{device}-dark-fr"))


def test_what_hosts_take_back_is_gone_from_an_open_page(sealed: House, browser: Browser) -> None:
    with a_page(browser, f"{sealed.edge_url}/s/buses") as page:
        became(page, PLAYED, lambda now: now and now["tab"] == "brief", "the brief")
        sealed.call("PATCH", "/api/spaces/buses/record", {"is_published": False})
        eventually(lambda: not sealed.space("buses")["has_replay"], "the edge knows")
        page.click("[data-test=play]")
        page.wait_for_selector("[data-test=replay-gone]")
    sealed.call("PATCH", "/api/spaces/buses/record", {"is_published": True})
    eventually(lambda: sealed.space("buses")["has_replay"], "it is published again")


def say(house: House, text: str, *, is_final: bool) -> None:
    """As the captions' process tells the stage: a guess, then its words, under one id."""
    maya = next(person for person in house.space("buses")["people"] if person["name"] == "Maya")
    line = {"id": "c1", "person": maya["id"], "text": text, "is_final": is_final}

    async def told() -> None:
        async with connected(nats_url_of(house.data_dir), name="test") as bus:
            await bus.publish("stage.buses.captions", json.dumps({"lines": [line]}).encode())

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, told()).result()


def highlighted(name: str) -> str:
    return f"[...(CSS.highlights.get('{name}') ?? [])].map(String)"


async def put_words(house: House) -> None:
    """As the stage door keeps what a host wrote: a version each and the wish; the scribe does the rest."""
    async with connected(nats_url_of(house.data_dir), name="test") as bus:
        shelf, store = Shelf.open(house.data_dir / "shelf").of("buses"), await RecordingStore.open(bus)
        manifest = json.loads(await shelf.get(layout.MANIFEST))
        transcript = transcript_of({person["name"]: person["id"] for person in manifest["people"]})
        versions = {
            layout.transcript_version(1): transcript.as_json(),
            layout.brief_version(1): brief_of(transcript).as_json(),
        }
        for name, text in versions.items():
            await shelf.put(name, json.dumps(text).encode(), is_new=True)
        await store.change("buses", lambda recording: recording.wished(transcript=1, brief=1))


def transcript_of(ids: dict[str, str]) -> Transcript:
    turns = []
    for number, (name, (start_ms, text)) in enumerate(SAID.items()):
        words = tuple(
            Word(word, start_ms + at * 300, start_ms + at * 300 + 250, 0.3 if word == "million" else 0.9)
            for at, word in enumerate(text.split())
        )
        turns.append(Turn(f"t{number}", ids[name], words))
    return Transcript(1, "en", "test", {person: name for name, person in ids.items()}, tuple(turns))


def brief_of(transcript: Transcript) -> Brief:
    turn = transcript.turns[1]
    quote = Quote(turn.id, turn.person_id, turn.text, turn.start_ms, turn.end_ms, 0.3)
    line = Line(quote.text, (quote,))
    return Brief(
        1,
        1,
        "en",
        "extractive",
        "Buses",
        transcript.names,
        summary=(line,),
        sections=(Section("What it costs", turn.start_ms, turn.end_ms, (line,)),),
        claims=(Claim(quote, "figure", ("eighty two million euros",)),),
    )
