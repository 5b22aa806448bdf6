"""The record at the stage door, of cardboard: the real nouns in memory. Development only, see mock.py.

`/record/tram` is complete, `/record/debate` is being recorded, `/record/board` is not recorded.
`POST /dev/record/<what>`: `faster` (somebody saves the transcript), `fail` (the brief failed), `removed`
(waiting people are done), `fresh`.
"""

import time
from dataclasses import replace
from typing import Any

import mock_record
from aiohttp import web

from stentor.errors import BadInput
from stentor.record.brief import Brief
from stentor.record.editing import TurnEdit, edited
from stentor.record.proof import proved, required
from stentor.record.transcript import Transcript

SPACES = {"tram": "ended", "debate": "on_air", "board": "green_room"}
FILES = {
    "recording.m4a": 748_211,
    "transcript.vtt": 4_120,
    "transcript.srt": 4_020,
    "transcript.txt": 2_512,
    "transcript.html": 9_812,
    "brief.md": 1_810,
    "brief.html": 7_744,
    "chapters.json": 512,
    "voices/maya.opus": 351_040,
    "voices/daniel.opus": 298_144,
    "counts.jsonl": 88_120,
    "events.jsonl": 12_480,
}


def now_ms() -> int:
    return time.time_ns() // 1_000_000


class Kept:
    """One record, and what was wished of it."""

    def __init__(self) -> None:
        first = Transcript.from_json(
            {"by": "machine", "made_ms": now_ms() - 3_600_000, "version": 1, "is_machine": True}
            | mock_record.transcript(1, None)
        )
        self.transcripts = [first]
        draft = Brief.from_json(
            {"version": 1, "transcript": 1, "title": "The tram, ten years on"} | mock_record.brief(None)
        )
        self.briefs = [proved(draft, first).brief]
        self.chapters = [
            {"start_ms": start, "title": title, "is_machine": start > 0}
            for start, title in mock_record.CHAPTERS
        ]
        self.wishes: dict[str, Any] = {"is_published": True, "keep_until_ms": None}
        self.formats: dict[str, str] = {}
        self.languages = {"fr": "made"}
        self.removing: list[str] = []
        self.removed: list[str] = []
        self.brief_stage, self.problem, self.is_gone = "made", None, False


KEPT = Kept()


def told(request: web.Request) -> dict[str, Any]:
    space_id = request.match_info["id"]
    is_over = SPACES[space_id] == "ended" and not KEPT.is_gone
    is_recorded = space_id != "board"
    stage = "made" if is_over else "running" if is_recorded and not KEPT.is_gone else "none"
    names = {**FILES, **{f"recording.{f}": 1_480_000 for f, s in KEPT.formats.items() if s == "made"}}
    files = [
        {
            "name": name,
            "size_bytes": size,
            "sha256": "",
            "mime": "",
            "url": f"/api/spaces/{space_id}/file/{name}?key=k",
        }
        for name, size in names.items()
    ]
    people = [{"id": i, "name": name, "role": "speaker"} for i, name in mock_record.NAMES.items()]
    return {
        "is_recorded": is_recorded,
        "programme": stage,
        "transcript": stage if is_over else "none",
        "brief": KEPT.brief_stage if is_over else "none",
        "problem": KEPT.problem if is_over else None,
        "sealed_ms": now_ms() if is_over else None,
        "edition": 1 + len(KEPT.removed) if is_over else 0,
        "duration_ms": 93_000 if is_over else 0,
        "is_unwanted": KEPT.is_gone,
        "is_gone": KEPT.is_gone,
        "formats": KEPT.formats,
        "languages": KEPT.languages if is_over else {},
        "transcript_version": len(KEPT.transcripts) if is_over else 0,
        "brief_version": len(KEPT.briefs) if is_over else 0,
        "removed": KEPT.removed,
        "removing": KEPT.removing,
        "withdrawn": [],
        "chapters": KEPT.chapters if is_over else [],
        "people": people if is_recorded else [],
        "files": files if is_over else [],
        "listen_url": f"{request.scheme}://{request.host}/s/older",
        **KEPT.wishes,
    }


async def record(request: web.Request) -> web.Response:
    KEPT.formats = dict.fromkeys(KEPT.formats, "made") if request.query else KEPT.formats
    return web.json_response(told(request))


async def change(request: web.Request) -> web.Response:
    KEPT.wishes |= await request.json()
    return web.json_response(told(request))


async def delete(request: web.Request) -> web.Response:
    KEPT.is_gone = True
    return web.json_response(told(request), status=202)


async def formats(request: web.Request) -> web.Response:
    KEPT.formats[(await request.json())["format"]] = "running"
    return web.json_response(told(request), status=202)


async def languages(request: web.Request) -> web.Response:
    KEPT.languages[(await request.json())["language"]] = "running"
    return web.json_response(told(request), status=202)


async def person(request: web.Request) -> web.Response:
    who = request.match_info["person"]
    KEPT.removing = [p for p in KEPT.removing if p != who] + [who] * (request.method == "PUT")
    return web.json_response(told(request))


async def transcript(request: web.Request) -> web.Response:
    number = int(request.query.get("version", len(KEPT.transcripts)))
    return web.json_response(KEPT.transcripts[number - 1].as_json())


async def save_transcript(request: web.Request) -> web.Response:
    wanted, newest = await request.json(), KEPT.transcripts[-1]
    if wanted["version"] != newest.version:
        return web.json_response({"detail": f"{newest.by} has saved version {newest.version}."}, status=409)
    try:
        edits = [TurnEdit.from_json(turn) for turn in wanted["turns"]]
        KEPT.transcripts.append(edited(newest, edits, by="Ana", made_ms=now_ms()))
    except BadInput as error:
        return web.json_response({"detail": str(error)}, status=400)
    return await transcript(request)


async def versions(_: web.Request) -> web.Response:
    items = [
        {"version": t.version, "by": t.by, "made_ms": t.made_ms, "is_machine": t.is_machine}
        for t in reversed(KEPT.transcripts)
    ]
    return web.json_response({"items": items, "next": None})


async def brief_versions(_: web.Request) -> web.Response:
    items = [
        {"version": b.version, "by": b.by, "made_ms": b.made_ms, "is_machine": b.is_machine}
        for b in reversed(KEPT.briefs)
    ]
    return web.json_response({"items": items, "next": None})


async def brief(request: web.Request) -> web.Response:
    number = int(request.query.get("version", len(KEPT.briefs)))
    return web.json_response(KEPT.briefs[number - 1].as_json())


async def save_brief(request: web.Request) -> web.Response:
    wanted = Brief.from_json(await request.json())
    try:
        proof = required(replace(wanted, is_machine=False, by="Ana"), KEPT.transcripts[-1])
    except BadInput as error:
        return web.json_response({"detail": str(error)}, status=400)
    KEPT.briefs.append(replace(proof, version=len(KEPT.briefs) + 1, made_ms=now_ms()))
    return await brief(request)


async def chapters(request: web.Request) -> web.Response:
    if request.method == "POST":
        KEPT.chapters.append({"start_ms": 754_300, "is_machine": False, **await request.json()})
    if request.method == "PUT":
        KEPT.chapters = [{**c, "is_machine": False} for c in (await request.json())["chapters"]]
    return web.json_response({"items": KEPT.chapters})


async def space(request: web.Request) -> web.Response:
    space_id = request.match_info["id"]
    state = SPACES[space_id]
    told_ = {"id": space_id, "title": "The tram, ten years on", "state": state, "is_private": False}
    return web.json_response({**told_, "is_recorded": space_id != "board", "language": "en", "links": {}})


async def file(_: web.Request) -> web.FileResponse:
    return web.FileResponse(mock_record.DEBATE / "maya.opus", headers={"Content-Type": "audio/ogg"})


async def trouble(request: web.Request) -> web.Response:
    what = request.match_info["what"]
    if what == "faster":
        newest = KEPT.transcripts[-1]
        turns = [TurnEdit(turn.id, text=f"{turn.text} (Ben)") for turn in newest.turns[1:3]]
        KEPT.transcripts.append(edited(newest, turns, by="Ben", made_ms=now_ms()))
    elif what == "fail":
        KEPT.brief_stage, KEPT.problem = "failed", "The model did not answer within 60 s."
    elif what == "removed":
        KEPT.removed, KEPT.removing = KEPT.removing, []
    else:
        KEPT.__init__()  # type: ignore[misc]
    return web.Response()


_RECORD = "/api/spaces/{id:tram|board|debate}"
ROUTES = [
    web.get("/api/spaces/{id:tram|board}", space),
    web.get(f"{_RECORD}/record", record),
    web.patch(f"{_RECORD}/record", change),
    web.delete(f"{_RECORD}/record", delete),
    web.post(f"{_RECORD}/record/formats", formats),
    web.post(f"{_RECORD}/record/languages", languages),
    web.put(f"{_RECORD}/record/people/{{person}}", person),
    web.delete(f"{_RECORD}/record/people/{{person}}", person),
    web.get(f"{_RECORD}/transcript", transcript),
    web.put(f"{_RECORD}/transcript", save_transcript),
    web.get(f"{_RECORD}/transcript/versions", versions),
    web.get(f"{_RECORD}/brief", brief),
    web.get(f"{_RECORD}/brief/versions", brief_versions),
    web.put(f"{_RECORD}/brief", save_brief),
    web.get(f"{_RECORD}/chapters", chapters),
    web.put(f"{_RECORD}/chapters", chapters),
    web.post(f"{_RECORD}/chapters", chapters),
    web.get(f"{_RECORD}/file/{{name:.+}}", file),
    web.post("/dev/record/{what}", trouble),
]
