"""A clip: a range of the record as a file of its own, which plays from 0.

Comes in: two moments of record time. Goes out: an init segment and the whole chunks around them, counted from
0 again, nothing encoded. Never: more than ten minutes; a clip in memory (a few chunks at a time are).
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from stentor.edge import answers
from stentor.edge.hls_desk import SHAPE
from stentor.edge.replay.archive import Archive
from stentor.edge.replay.files import attachment, saved_name
from stentor.errors import BadInput, NotFound, OutOfRange
from stentor.formats.cmaf import moved
from stentor.formats.programme_index import ProgrammeIndex
from stentor.record.recording import Recording
from stentor.shelf import layout
from stentor.shelf.giving import Readable
from stentor.shelf.ranges import is_known, not_modified, span_of
from stentor.space.timeline import chunk_at, record_ms_of

CLIP_MS_MAX: Final = 600_000
_MIME: Final = "audio/mp4"
_GROUP_CHUNKS: Final = 16
"""Read and sent together: 84 kB."""


@dataclass(frozen=True, slots=True)
class ClipRoutes:
    """`clip.m4a`."""

    archive: Archive

    def routes(self) -> list[Route]:
        return [Route("/s/{name}/clip.m4a", self.clip)]

    async def clip(self, request: Request) -> Response:
        """From the log while the Space is on the air, afterwards from the shelf."""
        wanted = wish_of(request)
        recording = self.archive.finished(request)
        if recording is None:
            return await self._growing(request, *wanted)
        return await self._sealed(request, recording, *wanted)

    async def _sealed(self, request: Request, recording: Recording, first: int, end: int) -> Response:
        """With ranges: a player asks for them, and a clip's bytes are a function of its address."""
        manifest = await self.archive.catalogue.manifest(recording)
        index = await self.archive.catalogue.index(recording)
        if first >= index.end:
            raise NotFound(f"The record is {manifest.duration_ms} ms long.")
        end = min(end, index.end)
        size = clip_bytes(index, first, end)
        tag = f'"clip-{manifest.edition}-{first}-{end}"'
        headers = self._headers(manifest.title, answers.RECORD) | {"ETag": tag, "Accept-Ranges": "bytes"}
        if is_known(request, tag):
            return not_modified(tag, headers)
        span = span_of(request, tag=tag, size_bytes=size)
        start, last = span or (0, size - 1)
        if start > last:
            headers["Content-Range"] = f"bytes */{size}"
            return Response(status_code=416, headers=headers)
        if span is not None:
            headers["Content-Range"] = f"bytes {start}-{last}/{size}"
        headers["Content-Length"] = str(last + 1 - start)
        if request.method == "HEAD":
            return Response(headers=headers, media_type=_MIME)
        files = await self.archive.catalogue.files(recording)
        name = layout.programme(SHAPE.rung.value, manifest.edition)
        self.archive.check_line()
        self.archive.downloads.check()
        whole = clip_pieces(files, name, index, first, end)
        body = self.archive.sending(self.archive.downloads, cut(whole, start=start, end=last + 1))
        status = 200 if span is None else 206
        return StreamingResponse(body, status, headers, media_type=_MIME)

    async def _growing(self, request: Request, first: int, end: int) -> Response:
        space, programme, head = await self.archive.growing(request)
        if first > head:
            raise NotFound(f"The Space is {record_ms_of(head + 1)} ms old.")
        end = min(end, head + 1)
        headers = self._headers(space.title, answers.NO_STORE) | {"Accept-Ranges": "none"}
        if request.method == "HEAD":
            return answers.unmeasured(headers, _MIME)
        self.archive.check_line()
        self.archive.downloads.check()
        pieces = self.archive.past.file(space, programme, first=first, end=end)
        body = self.archive.sending(self.archive.downloads, pieces)
        return StreamingResponse(body, headers=headers, media_type=_MIME)

    @staticmethod
    def _headers(title: str, cache: str) -> dict[str, str]:
        return answers.open_headers(cache) | {
            "Content-Disposition": attachment(saved_name(title, "clip.m4a"))
        }


def wish_of(request: Request) -> tuple[int, int]:
    """The chunks [first, end) that hold the range. Raises: BadInput. OutOfRange: over ten minutes."""
    query = answers.checked_query(request.query_params, ("from_ms", "to_ms"))
    if len(query) < 2:  # noqa: PLR2004  # both of them
        raise BadInput("A clip is clip.m4a?from_ms=…&to_ms=…, milliseconds from the beginning of the record.")
    from_ms, to_ms = (answers.whole_number(name, query[name]) for name in ("from_ms", "to_ms"))
    if not from_ms < to_ms <= from_ms + CLIP_MS_MAX:
        raise OutOfRange("to_ms", to_ms, lowest=from_ms + 1, highest=from_ms + CLIP_MS_MAX)
    return chunk_at(from_ms), chunk_at(to_ms - 1) + 1


def clip_bytes(index: ProgrammeIndex, first: int, end: int) -> int:
    """The size of the file: moving a chunk does not change its size."""
    start, stop = index.span(first, end)
    return len(SHAPE.preamble) + stop - start


async def clip_pieces(
    files: Readable, name: str, index: ProgrammeIndex, first: int, end: int
) -> AsyncIterator[bytes]:
    """The file, a few chunks at a time. Raises: ShelfAway, half way too."""
    yield SHAPE.preamble
    for group in range(first, end, _GROUP_CHUNKS):
        stop = min(group + _GROUP_CHUNKS, end)
        start_byte, end_byte = index.span(group, stop)
        data = await files.read(name, start=start_byte, end=end_byte)
        for number in range(group, stop):
            at, behind = index.span(number, number + 1)
            yield moved(data[at - start_byte : behind - start_byte], number - first)


async def cut(pieces: AsyncIterator[bytes], *, start: int, end: int) -> AsyncIterator[bytes]:
    """The bytes [start, end) of what the pieces are together."""
    at = 0
    async for piece in pieces:
        if at >= end:
            return
        inside = piece[max(0, start - at) : end - at]
        at += len(piece)
        if inside:
            yield inside
