"""Which records belong into which feed, and what is told of them. Pure but for the reading of the shelf.

Comes in: the Spaces, their records, the shelf's lists. Goes out: a show's episodes and what is on the air or
coming. Never: a private Space, a record that is not given out, somebody who was removed from it.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import structlog

from stentor.edge.public.addresses import page_url
from stentor.edge.public.podcast import Episode, Live, Person, Sound, TranscriptText
from stentor.edge.public.podcast_quotes import Quoted
from stentor.edge.replay.catalogue import Catalogue
from stentor.edge.replay.recordings import Recordings
from stentor.edge.replay.shared import Shared
from stentor.errors import BadInput, NotFound
from stentor.record.recording import Recording
from stentor.shelf import layout
from stentor.shelf.giving import mime_of
from stentor.shelf.manifest import FileKept, Manifest, Words
from stentor.space.record import Space

log = structlog.get_logger()

EPISODES_MAX: Final = 100
LIVES_MAX: Final = 20
_M4A: Final = "audio/x-m4a"
"""What Apple's directory calls it; the file itself is sent as audio/mp4, the same by another name."""
_TRANSCRIPTS: Final = ("vtt", "srt", "html")
"""`transcript.json` is none of them: players expect the podcast namespace's own JSON there."""
_UNTIMED: Final = "html"


@dataclass(frozen=True, slots=True)
class Selection:
    """What a feed shows, as it is known without a look at the shelf.

    Args:
        finished: the newest first.
        lives: on the air first, then the soonest.
    """

    finished: tuple[tuple[Space, Recording], ...]
    lives: tuple[Space, ...]

    @classmethod
    def of(cls, spaces: Iterable[Space], recordings: Recordings) -> "Selection":
        """Args: spaces: of the house, or of one host."""
        shown = [space for space in spaces if not space.is_private]
        over = [space for space in shown if recordings.has_replay(space)]
        over.sort(key=lambda s: (-(s.ended_ms or 0), s.id))
        on_air = [space for space in shown if space.state.has_programme]
        coming = [
            s for s in shown if not s.state.has_programme and not s.state.is_over and s.starts_ms is not None
        ]
        on_air.sort(key=lambda s: (-(s.on_air_ms or 0), s.id))
        coming.sort(key=lambda s: (s.starts_ms or 0, s.id))
        return cls(
            tuple((space, recordings.of(space.id)) for space in over[:EPISODES_MAX]),
            tuple([*on_air, *coming][:LIVES_MAX]),
        )

    @property
    def spaces(self) -> tuple[Space, ...]:
        return (*self.lives, *(space for space, _ in self.finished))

    @property
    def language(self) -> str:
        """What is spoken in most of them."""
        languages = Counter(space.language for space in self.spaces)
        return languages.most_common(1)[0][0] if languages else "en"


@dataclass(frozen=True, slots=True)
class Shelves:
    """Reads what the lists on the shelf say of records.

    Args:
        hosts: a Space's hosts by its id, the host first.
    """

    catalogue: Catalogue
    hosts: Callable[[str], tuple[str, ...]]
    quoted: Shared[tuple[str, str], Quoted] = field(
        default_factory=lambda: Shared("The reading of briefs", cost_max=4 * EPISODES_MAX)
    )

    async def episode(self, space: Space, recording: Recording, *, base: str) -> Episode | None:
        """None: it cannot be read, and will not be by asking again. Raises: NotYet. ShelfAway. Full."""
        try:
            manifest = await self.catalogue.manifest(recording)
            words = await self.catalogue.words(recording)
            files = {**manifest.files, **(words.files if words else {})}
            quoted = await self._quoted(recording, manifest, files)
        except (NotFound, BadInput) as error:
            log.warning("a record is not in the feed", space=space.id, because=error.detail)
            return None
        url = page_url(base, space)
        sounds = tuple(_sounds(f"{url}/record", manifest.files))
        if not sounds:
            return None
        removed = set(recording.wishes.removed)
        return Episode(
            guid=guid_of(space),
            title=space.title,
            description=space.description,
            url=url,
            cover_url=f"{url}/cover.png",
            published_ms=manifest.ended_ms,
            duration_ms=manifest.duration_ms,
            sounds=sounds,
            note=quoted.note,
            transcripts=tuple(_transcripts(f"{url}/record", files, words)) if words else (),
            chapters_url=f"{url}/record/{layout.CHAPTERS}" if layout.CHAPTERS in files else "",
            people=tuple(Person(p.name, p.role) for p in manifest.people if p.id not in removed),
            soundbites=quoted.soundbites,
        )

    def live(self, space: Space, *, base: str) -> Live:
        url = page_url(base, space)
        is_on_air = space.state.has_programme
        names = self.hosts(space.id)
        return Live(
            guid=f"{guid_of(space)}.live",
            title=space.title,
            description=space.description,
            url=url,
            cover_url=f"{url}/cover.png",
            starts_ms=(space.on_air_ms if is_on_air else space.starts_ms) or 0,
            is_on_air=is_on_air,
            stream_url=f"{url}/hls/master.m3u8",
            people=tuple(Person(name, "cohost" if n else "host") for n, name in enumerate(names)),
        )

    async def _quoted(
        self, recording: Recording, manifest: Manifest, files: Mapping[str, FileKept]
    ) -> Quoted:
        name = layout.brief_text("json")
        if name not in files:
            return Quoted()

        async def read() -> Quoted:
            data = await (await self.catalogue.files(recording)).whole(name)
            return await asyncio.to_thread(Quoted.of, data, duration_ms=manifest.duration_ms)

        return await self.quoted.get((recording.space_id, files[name].sha256), read)


def guid_of(space: Space) -> str:
    """Lasting and nobody else's: an id that a host has chosen is, in another house, somebody else's too."""
    return f"{space.id}.{space.created_ms}"


def _sounds(base: str, files: Mapping[str, FileKept]) -> Iterable[Sound]:
    for name in (layout.RECORDING, "recording.mp3", "recording.opus"):
        if (kept := files.get(name)) is not None:
            mime = _M4A if name == layout.RECORDING else mime_of(name)
            yield Sound(f"{base}/{name}", mime, kept.size_bytes, kept.sha256)


def _transcripts(base: str, files: Mapping[str, FileKept], words: Words) -> Iterable[TranscriptText]:
    for language in (None, *words.languages):
        for kind in _TRANSCRIPTS:
            name = layout.transcript_text(kind, language)
            if name in files:
                mime = mime_of(name).partition(";")[0]
                yield TranscriptText(
                    f"{base}/{name}", mime, language or words.language, is_captions=kind != _UNTIMED
                )
