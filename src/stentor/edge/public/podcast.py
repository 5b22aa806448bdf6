"""A podcast feed: RSS 2.0 with the tags of Apple and of Podcasting 2.0. Pure.

Comes in: a show, its episodes, what is on the air or coming. Goes out: XML. Never: a character that XML does
not have, markup that somebody wrote into a title.

Source: rssboard.org/rss-specification; podcasters.apple.com/support/823; the podcast namespace,
github.com/Podcastindex-org/podcast-namespace.
"""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid5
from xml.etree import ElementTree as ET

from stentor.edge.public.podcast_text import clock, date, html, seconds, xml_safe

MIME: Final = "application/rss+xml; charset=utf-8"
_NAMESPACES: Final = {
    "xmlns:atom": "http://www.w3.org/2005/Atom",
    "xmlns:itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "xmlns:podcast": "https://podcastindex.org/namespace/1.0",
}
_FEEDS: Final = UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
"""The namespace in which a feed's address becomes its `podcast:guid`."""
_HLS: Final = "application/x-mpegURL"
_ROLES: Final = {"host": "host", "cohost": "co-host"}
_MINUTES_KEPT: Final = 5


@dataclass(frozen=True, slots=True)
class Show:
    """The channel.

    Args:
        url: the page that people visit.
        feed_url: this feed's own address.
        author: who is named as its maker.
        email: of its owner; empty: nobody may take the feed over by an e-mail, and none is told.
        hub_url: where changes are announced (WebSub); empty: nowhere.
    """

    title: str
    description: str
    url: str
    feed_url: str
    cover_url: str
    author: str
    language: str
    category: str
    email: str = ""
    is_explicit: bool = False
    hub_url: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Args: role: in the Space: host, cohost, anything else is a guest."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Sound:
    """The programme in one format. Args: sha256: hexadecimal; empty: a stream has none."""

    url: str
    mime: str
    size_bytes: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class TranscriptText:
    """Args: is_captions: it has times."""

    url: str
    mime: str
    language: str
    is_captions: bool


@dataclass(frozen=True, slots=True)
class Soundbite:
    """A piece worth hearing first, with the words that were said there."""

    start_ms: int
    length_ms: int
    title: str


@dataclass(frozen=True, slots=True)
class Episode:
    """A record that listeners have.

    Args:
        guid: lasting, whatever its address becomes.
        note: what must be said of its texts, such as «machine transcript».
        sounds: the first is the enclosure.
    """

    guid: str
    title: str
    description: str
    url: str
    cover_url: str
    published_ms: int
    duration_ms: int
    sounds: tuple[Sound, ...]
    note: str = ""
    transcripts: tuple[TranscriptText, ...] = ()
    chapters_url: str = ""
    people: tuple[Person, ...] = ()
    soundbites: tuple[Soundbite, ...] = ()


@dataclass(frozen=True, slots=True)
class Live:
    """What is on the air, or has a date."""

    guid: str
    title: str
    description: str
    url: str
    cover_url: str
    starts_ms: int
    is_on_air: bool
    stream_url: str
    people: tuple[Person, ...] = ()


def rss(show: Show, episodes: Iterable[Episode], lives: Iterable[Live] = ()) -> bytes:
    """The feed. It says nothing of now, so the same content is the same bytes."""
    episodes = list(episodes)
    root = ET.Element("rss", {"version": "2.0", **_NAMESPACES})
    channel = ET.SubElement(root, "channel")
    _channel(channel, show, max((e.published_ms for e in episodes), default=None))
    for live in lives:
        _live(ET.SubElement(channel, "podcast:liveItem", _life(live)), live, show)
    for episode in episodes:
        _episode(ET.SubElement(channel, "item"), episode, show)
    written: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return written


def feed_guid(feed_url: str) -> str:
    """The show's lasting name. Source: the podcast namespace, `podcast:guid`."""
    return str(uuid5(_FEEDS, feed_url.partition("://")[2].rstrip("/")))


def _channel(channel: ET.Element, show: Show, newest_ms: int | None) -> None:
    _add(channel, "title", show.title)
    _add(channel, "link", show.url)
    _add(channel, "description", show.description)
    _add(channel, "language", show.language)
    _add(channel, "generator", "Stentor")
    _add(channel, "ttl", str(_MINUTES_KEPT))
    if newest_ms is not None:
        _add(channel, "pubDate", date(newest_ms))
    _add(channel, "atom:link", rel="self", type="application/rss+xml", href=show.feed_url)
    if show.hub_url:
        _add(channel, "atom:link", rel="hub", href=show.hub_url)
    image = ET.SubElement(channel, "image")
    _add(image, "url", show.cover_url)
    _add(image, "title", show.title)
    _add(image, "link", show.url)
    _add(channel, "itunes:author", show.author)
    _add(channel, "itunes:image", href=show.cover_url)
    _add(channel, "itunes:category", text=show.category)
    _add(channel, "itunes:explicit", _truth(show.is_explicit))
    _add(channel, "itunes:type", "episodic")
    if show.email:
        owner = ET.SubElement(channel, "itunes:owner")
        _add(owner, "itunes:name", show.author)
        _add(owner, "itunes:email", show.email)
    _add(channel, "podcast:guid", feed_guid(show.feed_url))
    _add(channel, "podcast:locked", "yes", **({"owner": show.email} if show.email else {}))
    _add(channel, "podcast:medium", "podcast")


def _episode(item: ET.Element, episode: Episode, show: Show) -> None:
    _about(item, episode, show)
    _add(item, "pubDate", date(episode.published_ms))
    first, *others = episode.sounds
    _enclosure(item, first)
    _add(item, "itunes:duration", clock(episode.duration_ms))
    _add(item, "itunes:episodeType", "full")
    for sound in (first, *others):
        _alternate(item, sound, is_default=sound is first)
    for text in episode.transcripts:
        timed = {"rel": "captions"} if text.is_captions else {}
        _add(item, "podcast:transcript", url=text.url, type=text.mime, language=text.language, **timed)
    if episode.chapters_url:
        _add(item, "podcast:chapters", url=episode.chapters_url, type="application/json+chapters")
    _people(item, episode.people)
    for bite in episode.soundbites:
        times = {"startTime": seconds(bite.start_ms), "duration": seconds(bite.length_ms)}
        _add(item, "podcast:soundbite", bite.title, **times)


def _live(item: ET.Element, live: Live, show: Show) -> None:
    _about(item, live, show)
    stream = Sound(live.stream_url, _HLS)
    _enclosure(item, stream)
    _alternate(item, stream, is_default=True)
    _people(item, live.people)
    _add(item, "podcast:contentLink", live.title, href=live.url)


def _life(live: Live) -> dict[str, str]:
    return {"status": "live" if live.is_on_air else "pending", "start": date(live.starts_ms, is_iso=True)}


def _about(item: ET.Element, one: Episode | Live, show: Show) -> None:
    note = one.note if isinstance(one, Episode) else ""
    _add(item, "title", one.title)
    _add(item, "link", one.url)
    _add(item, "guid", one.guid, isPermaLink="false")
    _add(item, "description", html(one.description or one.title, note))
    _add(item, "itunes:image", href=one.cover_url)
    _add(item, "itunes:explicit", _truth(show.is_explicit))


def _enclosure(item: ET.Element, sound: Sound) -> None:
    _add(item, "enclosure", url=sound.url, length=str(sound.size_bytes), type=sound.mime)


def _alternate(item: ET.Element, sound: Sound, *, is_default: bool) -> None:
    known = {"length": str(sound.size_bytes)} if sound.size_bytes else {}
    first = {"default": "true"} if is_default else {}
    other = _add(item, "podcast:alternateEnclosure", type=sound.mime, **known, **first)
    _add(other, "podcast:source", uri=sound.url)
    if sound.sha256:
        digest = base64.b64encode(bytes.fromhex(sound.sha256)).decode()
        _add(other, "podcast:integrity", type="sri", value=f"sha256-{digest}")


def _people(item: ET.Element, people: Iterable[Person]) -> None:
    for person in people:
        _add(item, "podcast:person", person.name, role=_ROLES.get(person.role, "guest"), group="cast")


def _truth(value: bool) -> str:
    return "true" if value else "false"


def _add(parent: ET.Element, tag: str, /, content: str = "", **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, tag, {name: xml_safe(value) for name, value in attributes.items()})
    if content:
        child.text = xml_safe(content)
    return child
