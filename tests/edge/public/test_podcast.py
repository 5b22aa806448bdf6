"""Readers that no one here wrote take a feed as it was meant: Ruby's validating one, the Podcast Index's."""

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caches.debian import need
from kept_record import BRIEF, NAMES
from stentor.edge.public.podcast import (
    Episode,
    Live,
    Person,
    Show,
    Sound,
    Soundbite,
    TranscriptText,
    feed_guid,
    rss,
)
from stentor.edge.public.podcast_quotes import LENGTH_MS_MIN, Quoted, soundbites_of
from stentor.edge.public.podcast_text import clock, date, html, seconds
from stentor.errors import BadInput
from stentor.record.brief import Line, Quote
from stentor.record.texts.briefs import brief_json

HERE = Path(__file__).parent / "podcast_parser"
INSTALLED = Path(__file__).parents[3] / "build" / "podcast_parser"
AT_MS = 1_795_464_000_000
BASE = "https://house.example"
ODD = "Tea & <b>Bees</b> \x00\x0b\ud800🐝 ]]> \u202e"
"""Half a character is in no text of ours, but JSON can carry one."""

SHOW = Show(
    title="The house",
    description="Live conversations.",
    url=f"{BASE}/",
    feed_url=f"{BASE}/feed.xml",
    cover_url=f"{BASE}/cover.png",
    author="Ana & Bo",
    language="pt-BR",
    category="Society & Culture",
    email="ana@house.example",
    hub_url="https://hub.example/",
)
EPISODE = Episode(
    guid="tea.5",
    title="Tea",
    description="Who pays?\nEverybody.",
    url=f"{BASE}/s/tea",
    cover_url=f"{BASE}/s/tea/cover.png",
    published_ms=AT_MS,
    duration_ms=3_723_400,
    sounds=(
        Sound(f"{BASE}/s/tea/record/recording.m4a", "audio/x-m4a", 12_345, "ab" * 32),
        Sound(f"{BASE}/s/tea/record/recording.mp3", "audio/mpeg", 23_456, "cd" * 32),
    ),
    note="Machine transcript",
    transcripts=(
        TranscriptText(f"{BASE}/s/tea/record/transcript.vtt", "text/vtt", "en", is_captions=True),
        TranscriptText(f"{BASE}/s/tea/record/transcript.html", "text/html", "en", is_captions=False),
    ),
    chapters_url=f"{BASE}/s/tea/record/chapters.json",
    people=(Person("Ana", "host"), Person("Bo", "cohost"), Person("Cy", "speaker")),
    soundbites=(Soundbite(12_500, 15_000, "Ana: who pays?"),),
)
LIVE = Live(
    guid="now.7.live",
    title="Now",
    description="",
    url=f"{BASE}/s/now",
    cover_url=f"{BASE}/s/now/cover.png",
    starts_ms=AT_MS,
    is_on_air=True,
    stream_url=f"{BASE}/s/now/hls/master.m3u8",
    people=(Person("Ana", "host"),),
)
COMING = replace(LIVE, guid="soon.8.live", title="Soon", is_on_air=False)
FEED = rss(SHOW, [EPISODE, replace(EPISODE, guid="odd.6", title=ODD, description=ODD)], [LIVE, COMING])

Read = Callable[[bytes], Any]


@pytest.fixture(scope="module")
def read() -> Read:
    """The Podcast Index's parser."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("Node.js is missing")
    INSTALLED.mkdir(parents=True, exist_ok=True)
    for path in HERE.iterdir():
        if path.is_file():
            shutil.copy(path, INSTALLED)
    if not (INSTALLED / "node_modules" / "podcast-partytime").is_dir():
        command = [npm, "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
        done = subprocess.run(command, cwd=INSTALLED, capture_output=True, text=True, timeout=90, check=False)
        if done.returncode != 0:
            pytest.skip(f"npm ci: {done.stderr.strip()[-200:]}")

    def run(feed: bytes) -> Any:
        done = subprocess.run([node, "read.cjs"], cwd=INSTALLED, input=feed, capture_output=True, check=True)
        assert done.stderr == b"", "it warns"
        return json.loads(done.stdout)

    return run


def validated(*feeds: bytes) -> list[str]:
    """A line for each."""
    command = [need("ruby", "ruby"), str(HERE / "validate.rb")]
    done = subprocess.run(command, input=b"\0".join(feeds), capture_output=True, check=True)
    return done.stdout.decode().splitlines()


def test_a_validating_reader_takes_it_and_would_not_take_any() -> None:
    assert validated(
        FEED,
        rss(SHOW, []),
        FEED.replace(b'length="12345" ', b"", 1),
        FEED.replace(b"<link>https://house.example/</link>", b"", 1),
        FEED.replace(b"<ttl>5<", b"<ttl>five<", 1),
        FEED[:-20],
    ) == [
        "valid | The house | false | 12345 | 12345",
        "valid | The house | false",
        "RSS::MissingAttributeError",
        "RSS::MissingTagError",
        "RSS::NotAvailableValueError",
        "RSS::NotWellFormedError",
    ]


def test_the_podcast_index_reads_what_was_meant(read: Read) -> None:
    told = read(FEED)
    assert (told["title"], told["language"], told["medium"]) == ("The house", "pt-BR", "podcast")
    assert told["guid"] == feed_guid(SHOW.feed_url)
    assert told["locked"] is True
    assert told["podcastOwner"] == "ana@house.example"
    assert told["pubsub"] == {"hub": "https://hub.example/", "self": SHOW.feed_url}
    assert told["itunesImage"] == SHOW.cover_url
    assert told["itunesCategory"] == ["Society & Culture"]
    item, _odd = told["items"]
    assert (item["guid"], item["title"], item["duration"]) == ("tea.5", "Tea", 3_723)
    enclosure = item["enclosure"]
    assert (enclosure["url"], enclosure["type"], enclosure["length"]) == (
        EPISODE.sounds[0].url,
        "audio/x-m4a",
        12_345,
    )
    assert [(t["url"], t["type"], t["language"], t.get("rel")) for t in item["podcastTranscripts"]] == [
        (EPISODE.transcripts[0].url, "text/vtt", "en", "captions"),
        (EPISODE.transcripts[1].url, "text/html", "en", None),
    ]
    assert item["podcastChapters"] == {"url": EPISODE.chapters_url, "type": "application/json+chapters"}
    assert [(p["name"], p["role"].lower()) for p in item["podcastPeople"]] == [
        ("Ana", "host"),
        ("Bo", "co-host"),
        ("Cy", "guest"),
    ]
    (bite,) = item["podcastSoundbites"]
    assert (bite["startTime"], bite["duration"], bite["title"]) == (12.5, 15, "Ana: who pays?")
    assert [(e["type"], e["length"], e.get("default", False)) for e in item["alternativeEnclosures"]] == [
        ("audio/x-m4a", 12_345, True),
        ("audio/mpeg", 23_456, False),
    ]
    assert [(live["title"], live["status"]) for live in told["podcastLiveItems"]] == [
        ("Now", "live"),
        ("Soon", "pending"),
    ]
    live = told["podcastLiveItems"][0]
    assert (live["enclosure"]["url"], live["contentLinks"][0]["url"]) == (LIVE.stream_url, LIVE.url)
    assert live["podcastPeople"][0]["name"] == "Ana"


@given(st.text(alphabet=st.characters(codec=None), max_size=60))
def test_any_text_leaves_a_feed_that_can_be_parsed(text: str) -> None:
    feed = rss(
        replace(SHOW, title=text or "x"), [replace(EPISODE, title=text, description=text, note=text)], []
    )
    item = ET.fromstring(feed).find("channel/item")
    assert item is not None
    kept = (item.findtext("title") or "").replace("\r\n", "\n").replace("\r", "\n")
    assert set(kept) <= set(text) | {"\n"}


def test_the_same_content_is_the_same_bytes() -> None:
    assert (
        rss(SHOW, [EPISODE, replace(EPISODE, guid="odd.6", title=ODD, description=ODD)], [LIVE, COMING])
        == FEED
    )


def test_a_feeds_guid_is_that_of_the_standards_example() -> None:
    assert feed_guid("https://mp3s.nashownotes.com/pc20rss.xml") == "917393e3-1b1e-5cef-ace4-edaa54e1f810"


def test_times_and_texts_are_written_as_feeds_want_them() -> None:
    assert date(AT_MS) == "Mon, 23 Nov 2026 20:00:00 GMT"
    assert date(AT_MS, is_iso=True) == "2026-11-23T20:00:00+00:00"
    assert [clock(ms) for ms in (0, 59_900, 3_723_400)] == ["00:00:01", "00:01:00", "01:02:03"]
    assert [seconds(ms) for ms in (0, 12_500, 60_000)] == ["0", "12.5", "60"]
    assert html("a < b\nc", " ", "d") == "<p>a &lt; b<br>c</p><p>d</p>"


def quoted(*starts_ms: int) -> tuple[Line, ...]:
    return tuple(
        Line(f"at {ms}", (Quote("t1", "maya", f"at {ms}", ms, ms + 2_000, 0.9),)) for ms in starts_ms
    )


def test_soundbites_are_the_summarys_quotes_long_enough_and_apart() -> None:
    brief = replace(BRIEF, summary=quoted(60_000, 100, 62_000, 119_000), names=NAMES)
    assert soundbites_of(brief, duration_ms=120_000) == (
        Soundbite(0, LENGTH_MS_MIN, "Maya: at 100"),
        Soundbite(59_500, LENGTH_MS_MIN, "Maya: at 60000"),
        Soundbite(105_000, LENGTH_MS_MIN, "Maya: at 119000"),
    )
    assert soundbites_of(brief, duration_ms=LENGTH_MS_MIN - 1) == ()


def test_a_machines_brief_says_so_in_the_feed() -> None:
    found = Quoted.of(brief_json(replace(BRIEF, summary=quoted(0))), duration_ms=60_000)
    assert found.note
    assert len(found.soundbites) == 1
    for data in (b"", b"[]", b"{}", b'"x"'):
        with pytest.raises(BadInput):
            Quoted.of(data, duration_ms=60_000)
