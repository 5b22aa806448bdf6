"""The record's files at the front door: what there is, and each of them, whole or in pieces.

Comes in: requests of pages, podcast players, people who download. Goes out: `record.json`, recordings, texts,
and, while the Space is on the air, the record so far. Never: a voice by itself, an event log, an old version:
those are the hosts' (the stage door has them).
"""

import asyncio
import re
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from stentor.edge import answers
from stentor.edge.replay.archive import Archive
from stentor.edge.replay.listing import chapters_of, feeds_of, record_told
from stentor.edge.replay.shared import Shared
from stentor.errors import BadInput, NotFound
from stentor.record.chapters import Chapter
from stentor.record.recording import Recording
from stentor.record.texts.page import SERVED_POLICY
from stentor.shelf import layout
from stentor.shelf.giving import given, mime_of
from stentor.space.timeline import RECORD_FIRST

_LANGUAGE: Final = r"(\.[A-Za-z0-9-]{2,35})?"
_PUBLIC: Final = re.compile(
    r"recording\.(m4a|mp3|opus)|chapters\.json|activity\.json"
    rf"|transcript{_LANGUAGE}\.({'|'.join(layout.TRANSCRIPT_TEXTS)})"
    rf"|brief{_LANGUAGE}\.({'|'.join(layout.BRIEF_TEXTS)})",
    re.ASCII,
)
_TEXT_BYTES_MAX: Final = 8 << 20
"""A transcript of ten hours with the times of its words; what is longer is given unpacked."""
_TEXTS_KEPT_BYTES_MAX: Final = 32 << 20
_CHAPTERS_MIME: Final = "application/json+chapters"


def is_public(name: str) -> bool:
    """Whether listeners may have a file of this name."""
    return _PUBLIC.fullmatch(name) is not None


def _texts() -> Shared[tuple[str, str], answers.Text]:
    return Shared(
        "The texts", cost_max=_TEXTS_KEPT_BYTES_MAX, cost=lambda text: len(text.raw) + len(text.packed)
    )


@dataclass(frozen=True, slots=True)
class FileRoutes:
    """Everything under `record/`."""

    archive: Archive
    texts: Shared[tuple[str, str], answers.Text] = field(default_factory=_texts)

    def routes(self) -> list[Route]:
        base = "/s/{name}/record"
        return [
            Route(f"{base}/record.json", self.record),
            Route(f"{base}/so-far.mp4", self.so_far),
            Route(f"{base}/{{file}}", self.file),
        ]

    async def record(self, request: Request) -> Response:
        """What is in the record, for pages and players."""
        answers.checked_query(request.query_params, ())
        recording = self.archive.sealed(request)
        manifest = await self.archive.catalogue.manifest(recording)
        words = await self.archive.catalogue.words(recording)
        told = record_told(
            recording,
            manifest,
            words,
            chapters=await self._chapters(recording),
            feeds=feeds_of(self.archive.spaces.known(recording.space_id)),
            is_public=is_public,
        )
        return JSONResponse(told, headers=answers.open_headers(answers.RECORD))

    async def file(self, request: Request) -> Response:
        """One file. `download=1`: it is to be saved, under a name that a person can read."""
        query = answers.checked_query(request.query_params, ("download",))
        if query.get("download", "1") != "1":
            raise BadInput("download is given as 1 or not at all.")
        name = request.path_params["file"]
        recording = self.archive.sealed(request)
        files = await self.archive.catalogue.files(recording)
        kept = files.files.get(name)
        if kept is None or not is_public(name):
            raise NotFound(f"The record has no file {name[:60]!r}.")
        headers = answers.open_headers(answers.RECORD)
        if "download" in query:
            manifest = await self.archive.catalogue.manifest(recording)
            headers["Content-Disposition"] = attachment(saved_name(manifest.title, name))
        if name.endswith(".html"):
            headers["Content-Security-Policy"] = SERVED_POLICY
        self.archive.check_line()
        is_text = not name.startswith("recording.") and kept.size_bytes <= _TEXT_BYTES_MAX
        if is_text and "range" not in request.headers:
            text = await self._text(recording, name, kept.sha256)
            self.archive.sent(len(text.packed))
            return text.response(request, headers)
        self.archive.downloads.check()
        answer = await given(request, files, name, kept, headers=headers)
        if isinstance(answer, StreamingResponse):
            pieces = _bytes(answer.body_iterator)
            answer.body_iterator = self.archive.sending(self.archive.downloads, pieces)
        return answer

    async def so_far(self, request: Request) -> Response:
        """What has been on the air until now, as one file that plays from 0. It is read while it is sent."""
        query = answers.checked_query(request.query_params, ("download",))
        if query.get("download", "1") != "1":
            raise BadInput("download is given as 1 or not at all.")
        if self.archive.finished(request) is not None:
            raise NotFound("The Space is over; its record is recording.m4a.")
        space, programme, head = await self.archive.growing(request)
        headers = answers.open_headers(answers.NO_STORE) | {"Accept-Ranges": "none"}
        if "download" in query:
            headers["Content-Disposition"] = attachment(saved_name(space.title, "so-far.mp4"))
        if request.method == "HEAD":
            return answers.unmeasured(headers, mime_of("so-far.mp4"))
        self.archive.check_line()
        self.archive.so_far.check()
        pieces = self.archive.past.file(space, programme, first=RECORD_FIRST, end=head + 1)
        body = self.archive.sending(self.archive.so_far, pieces)
        return StreamingResponse(body, headers=headers, media_type=mime_of("so-far.mp4"))

    async def _chapters(self, recording: Recording) -> tuple[Chapter, ...]:
        """The hosts' own, else those that the brief found."""
        if recording.wishes.chapters:
            return recording.wishes.chapters
        files = await self.archive.catalogue.files(recording)
        if layout.CHAPTERS not in files.files:
            return ()
        return chapters_of(await files.whole(layout.CHAPTERS))

    async def _text(self, recording: Recording, name: str, digest: str) -> answers.Text:
        mime = _CHAPTERS_MIME if name == layout.CHAPTERS else mime_of(name)

        async def read() -> answers.Text:
            raw = await (await self.archive.catalogue.files(recording)).whole(name)
            return await asyncio.to_thread(answers.Text, raw, mime, tag=f'"{digest}"')

        return await self.texts.get((mime, digest), read)


def saved_name(title: str, name: str) -> str:
    """`recording.m4a` of «Tea» → `Tea.m4a`; other files keep their own name behind the title."""
    plain = re.sub(r'[\s\x00-\x1f\x7f/\\:*?"<>|]+', " ", title).strip(" .")[:100] or "Space"
    return f"{plain}{name.removeprefix('recording')}" if name.startswith("recording.") else f"{plain} {name}"


def attachment(name: str) -> str:
    """RFC 6266: the name in ASCII for old programs, and as it is."""
    ascii_name = name.encode("ascii", "replace").decode().replace("?", "_")
    return f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name, safe='')}"


async def _bytes(pieces: AsyncIterable[str | bytes | memoryview]) -> AsyncIterator[bytes]:
    async for piece in pieces:
        assert isinstance(piece, bytes), "files are bytes"
        yield piece
