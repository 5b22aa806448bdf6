"""Replay and time-shift as HLS: one address before and after the end.

Comes in: requests of players. Goes out: lists that begin with the first second on the air, segments of the
sealed record, captions. Never: a segment of an edition that has been replaced.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stentor.edge import answers
from stentor.edge.hls_desk import SHAPE, number_of
from stentor.edge.playlists import MIME, multivariant
from stentor.edge.replay import captions, lists
from stentor.edge.replay.archive import Archive
from stentor.edge.replay.shared import Shared
from stentor.errors import NotFound, NotOnAir
from stentor.record.recording import Recording
from stentor.shelf import layout
from stentor.shelf.ranges import sliced, tag_of
from stentor.space.timeline import RECORD_FIRST, first_sample_of

_TEXTS_BYTES_MAX: Final = 16 << 20
_MEDIA_MIME: Final = "audio/mp4"
_FIRST_MEDIA_MS: Final = first_sample_of(RECORD_FIRST) * 1000 // 48_000


def _texts() -> Shared[tuple[object, ...], answers.Text]:
    return Shared("The lists", cost_max=_TEXTS_BYTES_MAX, cost=lambda text: len(text.raw) + len(text.packed))


@dataclass(frozen=True, slots=True)
class ReplayRoutes:
    """Everything under `replay/`."""

    archive: Archive
    texts: Shared[tuple[object, ...], answers.Text] = field(default_factory=_texts)

    def routes(self) -> list[Route]:
        base = "/s/{name}/replay"
        return [
            Route(f"{base}/master.m3u8", self.master),
            Route(f"{base}/index.m3u8", self.index),
            Route(f"{base}/e{{edition}}/seg/{{object}}", self.segment),
            Route(f"{base}/captions/{{language}}.m3u8", self.captions_list),
            Route(f"{base}/captions/{{language}}.vtt", self.captions_text),
        ]

    async def master(self, request: Request) -> Response:
        """Names the list, its codec and the languages in which it can be read."""
        answers.checked_query(request.query_params, ())
        recording = self.archive.finished(request)
        if recording is None:
            languages = [self.archive.spaces.record(request.path_params["name"]).language]
        else:
            languages = await self._languages(recording)
        text = multivariant(tuple((language, f"captions/{language}.m3u8") for language in languages))
        cache = answers.BRIEF if recording is None else answers.RECORD
        return text.response(request, answers.open_headers(cache))

    async def index(self, request: Request) -> Response:
        """The record from its first second: EVENT while it grows, VOD when it is sealed."""
        answers.checked_query(request.query_params, ())
        recording = self.archive.finished(request)
        if recording is None:
            return await self._growing(request, lists.growing)
        manifest = await self.archive.catalogue.manifest(recording)
        text = await self._text(
            (recording.space_id, manifest.sha256),
            lambda: lists.finished(
                on_air_ms=manifest.on_air_ms, chunks=manifest.chunks, edition=manifest.edition
            ),
        )
        return text.response(request, answers.open_headers(answers.RECORD))

    async def segment(self, request: Request) -> Response:
        """A segment of the sealed record, by a range of the shelf's file."""
        number = number_of(request, ending=".m4s")
        recording = self.archive.sealed(request)
        manifest = await self.archive.catalogue.manifest(recording)
        if request.path_params["edition"] != str(manifest.edition):
            raise NotFound(f"The record has edition {manifest.edition} now. Load its list again.")
        index = await self.archive.catalogue.index(recording)
        chunks = lists.segment_chunks(number, chunks=index.count)
        if chunks is None:
            raise NotFound(f"The record has no segment {number}.")
        start, end = index.span(*chunks)
        self.archive.check_line()
        files = await self.archive.catalogue.files(recording)
        name = layout.programme(SHAPE.rung.value, manifest.edition)
        body = await files.read(name, start=start, end=end)
        self.archive.sent(len(body))
        headers = answers.open_headers(answers.EDITION)
        return sliced(request, body, tag=tag_of(body), mime=_MEDIA_MIME, headers=headers)

    async def captions_list(self, request: Request) -> Response:
        answers.checked_query(request.query_params, ())
        language = request.path_params["language"]
        recording = self.archive.finished(request)
        if recording is None:
            if language != self.archive.spaces.record(request.path_params["name"]).language:
                raise NotFound(f"There are no captions in {language[:20]!r}.")
            return await self._growing(request, lists.growing_captions)
        await self._check_language(recording, language)
        manifest = await self.archive.catalogue.manifest(recording)
        text = lists.finished_captions(
            on_air_ms=manifest.on_air_ms, chunks=manifest.chunks, uri=f"{language}.vtt"
        )
        headers = answers.open_headers(answers.RECORD)
        return answers.Text(text.encode(), MIME).response(request, headers)

    async def captions_text(self, request: Request) -> Response:
        """The transcript's WebVTT on the media's own clock."""
        answers.checked_query(request.query_params, ())
        recording, language = self.archive.sealed(request), request.path_params["language"]
        name = await self._check_language(recording, language)
        files = await self.archive.catalogue.files(recording)
        kept = files.files[name]
        raw = await files.whole(name)
        text = await self._text(
            (recording.space_id, "vtt", kept.sha256),
            lambda: captions.mapped(raw, media_ms=_FIRST_MEDIA_MS).decode(),
            mime=captions.MIME,
        )
        return text.response(request, answers.open_headers(answers.RECORD))

    async def _growing(self, request: Request, written: lists.Growing) -> Response:
        space, _, head = await self.archive.growing(request)
        timeline = space.timeline
        assert timeline is not None, "`growing` has looked"
        end = lists.growing_end(head)
        if end is None:
            raise NotOnAir(space.id, retry_after_s=2.0)
        key = (space.id, written, timeline, end)
        text = await self._text(key, lambda: written(timeline, head))
        return text.response(request, answers.open_headers(answers.BRIEF))

    async def _languages(self, recording: Recording) -> list[str]:
        words = await self.archive.catalogue.words(recording)
        if words is None or not words.transcript:
            return []
        wanted = {words.language: layout.transcript_text("vtt")}
        wanted |= {each: layout.transcript_text("vtt", each) for each in words.languages}
        return [language for language, name in wanted.items() if name in words.files]

    async def _check_language(self, recording: Recording, language: str) -> str:
        """The name of its file. Raises: NotFound."""
        if language not in await self._languages(recording):
            raise NotFound(f"There are no captions in {language[:20]!r}.")
        words = await self.archive.catalogue.words(recording)
        is_spoken = words is not None and words.language == language
        return layout.transcript_text("vtt", None if is_spoken else language)

    async def _text(self, key: tuple[object, ...], write: lists.Written, *, mime: str = MIME) -> answers.Text:
        """Written and packed beside the loop: a day's list has 15,000 lines."""

        def packed() -> answers.Text:
            return answers.Text(write().encode(), mime)

        return await self.texts.get(key, lambda: asyncio.to_thread(packed))
