"""hls.js and shaka-player in Chromium, the listener's page in Firefox: sound goes on, nothing complains."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from playwright.async_api import Page, async_playwright

from caches.debian import need
from players.conftest import IS_LONG, PLAY_S, OnAir
from players.firefox import Firefox, firefox
from players.npm import npm_file
from replay_door import CHUNKS, ended
from stentor.edge.pages import BUILT
from stentor.log.bus import Bus
from synthetic_stage import CAPTION_CHUNKS

QUERIES = ["", "?mode=hls"] if IS_LONG else [""]
pytestmark = [pytest.mark.alone, pytest.mark.browser, pytest.mark.timeout(PLAY_S + 90)]
SHAKA = ("shaka-player", "5.2.12")
SHAKA_INTEGRITY = (
    "sha512-vEsuVDI3+oLh+yqpjXexQZlg2XMUBI0VrqatDuKWacPaxAud6Uph5uCowUPLhUgNG5XKWCpoM4l1r8qYzWH+zg=="
)
SHAKA_PAGE = """<!doctype html><meta charset=utf-8><title>shaka</title>
<link rel=icon href="data:,"><audio id=sound></audio>
<script src=/shaka.js></script><script>
  window.errors = [];
  shaka.polyfill.installAll();
  const audio = document.getElementById("sound"), player = new shaka.Player();
  player.addEventListener("error", (event) => errors.push(`${event.detail.code}: ${event.detail.data}`));
  player.configure("streaming.lowLatencyMode", true);
  window.start = async (url) => {
    try { await player.attach(audio); await player.load(url); await audio.play(); }
    catch (error) { errors.push(String(error.code ?? error)); }
  };
  window.sound = () => ({
    currentTime: audio.currentTime, errors,
    latencyS: player.getStats().liveLatency, stalls: player.getStats().stallsDetected,
  });
</script>"""
HLS_JS = ("hls.js", "1.7.4")
HLS_JS_INTEGRITY = (
    "sha512-3GlxGdPvT2YHvQYOt+yOzT/DEior/qJVNIylHA77kgeoBTdQQqi70GwefNEUmHQeNGyjC8U62+bruqW/Tpm+tg=="
)
HLS_JS_PAGE = """<!doctype html><meta charset=utf-8><title>hls.js</title>
<link rel=icon href="data:,"><video id=sound></video>
<script src=/hls.js></script><script>
  window.errors = [];
  const video = document.getElementById("sound"), player = new Hls({ lowLatencyMode: true });
  player.on(Hls.Events.ERROR, (_, data) => errors.push(`${data.type}: ${data.details}`));
  window.start = async (url) => {
    player.loadSource(url); player.attachMedia(video); await video.play(); player.subtitleTrack = 0;
  };
  window.seek = (seconds) => { video.currentTime = seconds; };
  window.sound = () => ({
    currentTime: video.currentTime, duration: video.duration, errors,
    playingMs: player.playingDate?.getTime() ?? null,
    shown: [...video.textTracks].filter(({ kind }) => kind === "subtitles").flatMap(
      (track) => [...track.activeCues ?? []]).map((cue) => cue.getCueAsHTML().textContent),
  });
</script>"""
START_WAIT_S = 25.0
SCREENS = Path(__file__).parents[2] / "build" / "screens"
Look = Callable[[], Awaitable[dict[str, Any]]]


async def advances(look: Look) -> dict[str, Any]:
    """Waits for the first sound, then checks each second for `PLAY_S` that it has gone on. The last look."""
    first = await look()
    async with asyncio.timeout(START_WAIT_S):
        # A player sets its position before there is sound; 0.3 s further on it is moving.
        while (now := await look())["currentTime"] is None or now["currentTime"] < (
            first["currentTime"] or 1e9
        ) + 0.3:
            first = first if first["currentTime"] else now
            await asyncio.sleep(0.1)
    began_s, at_s = time.monotonic(), now["currentTime"]
    before = now
    while time.monotonic() - began_s < PLAY_S:
        await asyncio.sleep(1)
        now = await look()
        assert now["currentTime"] > before["currentTime"] + 0.4, (before, now)
        before = now
    played_s, took_s = now["currentTime"] - at_s, time.monotonic() - began_s
    # Players run a few per cent fast or slow towards their target; a second lost would be a stall or a jump.
    assert played_s == pytest.approx(took_s, abs=0.08 * took_s + 0.5), now
    return now


@asynccontextmanager
async def chromium(url: str) -> AsyncIterator[tuple[Page, list[str]]]:
    """A page and what it complained about."""
    path = shutil.which("chromium") or need("chromium", "chromium")
    flags = ["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"]
    complaints: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=flags)
        try:
            page = await browser.new_page()
            page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            await page.goto(url)
            yield page, complaints
        finally:
            await browser.close()


@asynccontextmanager
async def hls_js_page() -> AsyncIterator[Page]:
    """hls.js as it is, on a page of another origin."""
    script = npm_file(*HLS_JS, integrity=HLS_JS_INTEGRITY, path="dist/hls.min.js")
    async with (
        serving(
            {"/": (HLS_JS_PAGE, "text/html"), "/hls.js": (script.read_text(), "text/javascript")}
        ) as base,
        chromium(base) as (page, complaints),
    ):
        yield page
        assert complaints == []


def need_pages() -> None:
    if not (BUILT / "listen.html").exists():
        pytest.skip("the pages are not built. Next step: make web")


async def test_hls_js_plays_the_low_latency_list(on_air: OnAir) -> None:
    need_pages()
    async with chromium(f"{on_air.space}?mode=hls") as (page, complaints):
        await page.click("[data-test=listen]")
        last = await advances(lambda: page.evaluate("JSON.parse(JSON.stringify(window.stentor))"))
    assert complaints == []
    assert last["mode"] == "hls"
    assert last["state"] == "live"
    assert last["stalls"] == 0
    assert last["latencyS"] < 4


async def test_shaka_plays_the_low_latency_list_from_another_origin(on_air: OnAir) -> None:
    """By the master list: without its codec shaka 5.2 guesses a type by the names, another after a reload."""
    script = npm_file(*SHAKA, integrity=SHAKA_INTEGRITY, path="dist/shaka-player.compiled.js")
    async with (
        serving(
            {"/": (SHAKA_PAGE, "text/html"), "/shaka.js": (script.read_text(), "text/javascript")}
        ) as base,
        chromium(base) as (page, complaints),
    ):
        await page.evaluate("url => window.start(url)", f"{on_air.space}/hls/master.m3u8")
        last = await advances(lambda: page.evaluate("window.sound()"))
    assert last["errors"] == []
    assert complaints == []
    assert last["stalls"] == 0
    assert last["latencyS"] < 4


async def test_hls_js_shows_the_captions_of_what_is_being_said(on_air: OnAir) -> None:
    async with hls_js_page() as page:
        await page.evaluate("url => window.start(url)", f"{on_air.space}/hls/master.m3u8")
        async with asyncio.timeout(START_WAIT_S):
            while not (last := await page.evaluate("window.sound()"))["shown"]:
                await asyncio.sleep(0.1)
    assert last["errors"] == []
    number = int((last["playingMs"] - on_air.epoch_ms) / 640)
    (shown,) = last["shown"]
    # What is on the screen is what stood in the tick of the chunk that is heard.
    assert abs(int(shown.removeprefix("Line ")) - number // CAPTION_CHUNKS) <= 1


async def test_hls_js_plays_a_finished_record_from_any_second(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    async with ended(nats_url, bus, space_id, tmp_path) as over, hls_js_page() as page:
        await page.evaluate("url => window.start(url)", f"{over.base}{over.path}/replay/master.m3u8")
        await page.wait_for_function("window.sound().shown.length > 0")
        first = await page.evaluate("window.sound()")
        await page.evaluate("window.seek(20)")
        await page.wait_for_function("window.sound().currentTime > 20.5")
        last = await page.evaluate("window.sound()")
    assert first["duration"] == pytest.approx(CHUNKS * 0.64, abs=0.05)
    assert first["shown"] == ["Machine transcript: a tone."]
    assert 1 <= first["currentTime"] < 3.3
    assert last["shown"] == []
    assert last["errors"] == []


@pytest.mark.parametrize("query", QUERIES)
async def test_firefox_plays_the_page(on_air: OnAir, tmp_path: Path, query: str) -> None:
    need_pages()
    async with firefox(tmp_path) as browser:
        await browser.go(on_air.space + query)
        await until(browser, "document.querySelector('[data-test=listen]') !== null")
        await browser.ask("document.querySelector('[data-test=listen]').click()")
        last = await advances(lambda: browser.ask("window.stentor"))
        assert browser.complaints == []
    # After its slow start Firefox plays 3 % faster for a while, and the page says so.
    assert last["state"] in {"live", "catching_up"}
    assert last["stalls"] == 0


@pytest.mark.parametrize("query", QUERIES)
async def test_firefox_without_a_sound_output_says_so_and_knocks_once_per_press(
    on_air: OnAir, tmp_path: Path, query: str
) -> None:
    need_pages()
    SCREENS.mkdir(parents=True, exist_ok=True)
    async with firefox(tmp_path, has_sound=False) as browser:
        await browser.go(on_air.space + query)
        for presses in (1, 2):
            await until(browser, "document.querySelector('[data-test=listen]') !== null")
            await browser.ask("document.querySelector('[data-test=listen]').click()")
            await until(browser, "window.stentor.state === 'no_output'")
            said = await browser.ask("document.querySelector('[data-test=state-line]').textContent")
            assert "no sound output" in said
            (SCREENS / "listen-no-output-firefox.png").write_bytes(await browser.screenshot())
            # Time enough for a page that would try again by itself: its first wait is a quarter of a second.
            await asyncio.sleep(2)
            streams = await browser.ask(
                "performance.getEntriesByType('resource').filter(({name}) => "
                "name.includes('live.mp4') || name.endsWith('index.m3u8')).length"
            )
            assert streams <= presses
            assert await browser.ask("window.stentor.state") == "no_output"


async def until(browser: Firefox, condition: str) -> None:
    async with asyncio.timeout(START_WAIT_S):
        while not await browser.ask(condition):
            await asyncio.sleep(0.1)


@asynccontextmanager
async def serving(files: dict[str, tuple[str, str]]) -> AsyncIterator[str]:
    """A site of a few files, for a page that is not ours."""
    app = web.Application()
    for path, (text, mime) in files.items():

        async def answer(_: web.Request, text: str = text, mime: str = mime) -> web.Response:
            return web.Response(text=text, content_type=mime)

        app.router.add_get(path, answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()
