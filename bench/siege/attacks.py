"""The attacks: what each does, with which program, at which strength.

Comes in: the scene: a house, a field, a folder, how many connections. Goes out: attackers at work, and what
they offered. Never: an attacker outside the field's own place for them, or one that goes on after its block.
"""

import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from crowd_addresses import spread
from siege import tools
from siege.field import FLOODS, HOUSE_ADDRESS, Field, Place
from siege.flood import CHANCE, Flood, FloodPlan
from siege.house import pinned
from siege.tools import Tool

NICE = 10
"""The attackers share a core with the crowd: who reads and who measures comes first on it."""
_KEPT_CONNECTIONS = 200
_HELD_S = 60.0


@dataclass(frozen=True, slots=True)
class Scene:
    """Whom, where, how strongly.

    Args:
        slow_connections: of each of the slow attacks.
        flood_connections: at once, of each flood of new ones: so many that slow answers do not slow it.
        live, pages: of a server that is not ours: its stream, its other addresses.
        silent_connections: as many as one process may have files, in the full drill.
    """

    field: Field
    cores: frozenset[int]
    port: int
    space_id: str
    slow_connections: int
    silent_connections: int
    flood_connections: int
    seconds: int
    live: str = ""
    pages: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        return f"http://{HOUSE_ADDRESS}:{self.port}"

    @property
    def stream(self) -> str:
        return self.live or f"{self.space}/live.mp4"

    @property
    def space(self) -> str:
        return f"/s/{self.space_id}"


@dataclass(frozen=True, slots=True)
class Offered:
    """What attackers really did, and what the house said to it."""

    what: str
    count: int
    note: str


Attackers = Tool | Flood
Attack = Callable[[Scene, Path], Sequence[tuple[str, Attackers]]]


class Assault:
    """Some attacks at once, for as long as the block runs."""

    def __init__(self, scene: Scene, attacks: Sequence[Attack]) -> None:
        self._scene = scene
        self._attacks = attacks
        self._stack = ExitStack()
        self._at_work: list[tuple[str, Attackers]] = []

    def __enter__(self) -> Self:
        with (
            ExitStack() as stack,
            self._scene.field.within(Place.ATTACKERS),
            pinned(self._scene.cores),
        ):
            for attack in self._attacks:
                folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
                for what, attackers in attack(self._scene, folder):
                    stack.enter_context(attackers)
                    self._at_work.append((what, attackers))
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def ended(self) -> list[Offered]:
        """Ends them all, as nearly at once as may be, and asks what they did."""
        found = []
        for what, attackers in self._at_work:
            if isinstance(attackers, Flood):
                seen = attackers.so_far()
                answers = ", ".join(f"{key}: {seen.answers[key]:,}" for key in sorted(seen.answers))
                found.append(
                    Offered(what, seen.opened, f"{answers or 'no answer'}; at once {seen.held_max:,}")
                )
            else:
                told = attackers.ended()
                well = "" if told.answered_well is None else f"2xx or 3xx: {told.answered_well:,}"
                found.append(Offered(what, told.offered, "; ".join(filter(None, (well, told.note)))))
        self._stack.close()
        return found


def join_flood(scene: Scene, _folder: Path) -> list[tuple[str, Attackers]]:
    return [
        (
            "joins on new connections",
            _flood(scene, [_get(scene.stream)]),
        )
    ]


def ticket_flood(scene: Scene, _folder: Path) -> list[tuple[str, Attackers]]:
    wish = _post(f"{scene.space}/ticket", b"")
    return [("tickets on new connections", _flood(scene, [wish]))]


def slow_heads(scene: Scene, _folder: Path) -> list[tuple[str, Attackers]]:
    return [("slowhttptest -H, connections", _slow(scene, "H", scene.stream))]


def slow_bodies(scene: Scene, _folder: Path) -> list[tuple[str, Attackers]]:
    return [("slowhttptest -B, connections", _slow(scene, "B", f"{scene.space}/react"))]


def slow_reads(scene: Scene, _folder: Path) -> list[tuple[str, Attackers]]:
    return [("slowhttptest -X, connections", _slow(scene, "X", f"{scene.space}/hls/plain.m3u8"))]


def many_ranges(scene: Scene, _folder: Path) -> list[tuple[str, Attackers]]:
    return [("slowhttptest -R, connections", _slow(scene, "R", f"{scene.space}/hls/init.mp4"))]


def silence(scene: Scene, _folder: Path) -> list[tuple[str, Attackers]]:
    attackers = _flood(scene, [b""], at_once=scene.silent_connections, held_s=_HELD_S)
    return [("connections without a word", attackers)]


def get_flood_wrk(scene: Scene, folder: Path) -> list[tuple[str, Attackers]]:
    return [("wrk, GETs on every public route", _wrk(scene, folder, routes(scene)))]


def get_flood_h2load(scene: Scene, folder: Path) -> list[tuple[str, Attackers]]:
    paths = [path for path in routes(scene) if "$" not in path]
    load = tools.h2load(
        scene.url, paths, folder, connections=_KEPT_CONNECTIONS, seconds=scene.seconds, nice=NICE
    )
    return [("h2load, GETs on every public route", load)]


def forgery(scene: Scene, _folder: Path) -> list[tuple[str, Attackers]]:
    token = CHANCE.decode()
    body = b'{"ticket":"%s"}' % CHANCE
    requests = [
        _get(f"{scene.space}/live.mp4?ticket={token}"),
        _get(f"{scene.space}/live.mp4?pass={token}"),
        _get(f"{scene.space}/live.mp4?pass=AQEAAAAA{token}"),
        # Its length is that of the text it becomes: 32 digits and 13 characters around them.
        _post(f"{scene.space}/pass", body, length=len(body) - len(CHANCE) + 32),
    ]
    return [("forged tickets and passes", _flood(scene, requests))]


def cache_busting(scene: Scene, folder: Path) -> list[tuple[str, Attackers]]:
    hls = f"{scene.space}/hls"
    paths = [
        f"{scene.space}?q=$CHANCE",
        f"{hls}/master.m3u8?x=$CHANCE",
        f"{hls}/plain.m3u8?x=$CHANCE",
        f"{hls}/seg/$CHANCE.m4s",
        f"{hls}/part/9$CHANCE.m4s",
        f"{scene.space}/line.json?$CHANCE",
        "/spaces.json?q=$CHANCE",
        "/search.json?q=$CHANCE",
        "/s/$CHANCE",
    ]
    return [("wrk, queries and names by chance", _wrk(scene, folder, paths))]


def poll_hammering(scene: Scene, folder: Path) -> list[tuple[str, Attackers]]:
    paths = [f"{scene.space}/line.json", f"{scene.space}/space.json", f"{scene.space}/hls/index.m3u8"]
    return [("wrk, polls without a pause", _wrk(scene, folder, paths))]


def segment_draining(scene: Scene, folder: Path) -> list[tuple[str, Attackers]]:
    """What fills a line: the biggest objects that anybody may have, without a pause."""
    paths = [f"{scene.space}/hls/seg/{number}.m4s" for number in range(4, 8)]
    return [("wrk, segments without a pause", _wrk(scene, folder, paths))]


SINGLE: dict[str, Attack] = {
    "join flood": join_flood,
    "ticket flood": ticket_flood,
    "slow heads": slow_heads,
    "slow bodies": slow_bodies,
    "slow reads": slow_reads,
    "many ranges": many_ranges,
    "silent connections": silence,
    "GET flood, wrk": get_flood_wrk,
    "GET flood, h2load": get_flood_h2load,
    "token forgery": forgery,
    "cache busting": cache_busting,
    "poll hammering": poll_hammering,
}


def routes(scene: Scene) -> list[str]:
    """Every public route that answers and ends; the endless ones are the join flood's."""
    if scene.pages:
        return list(scene.pages)
    space, hls = scene.space, f"{scene.space}/hls"
    return [
        *("/", "/spaces.json", "/embed.js", "/feed.xml", "/cover.png", "/healthz", "/readyz", "/metrics"),
        *("/search.json?q=tone", f"/oembed?url={scene.url}{space}&format=json"),
        *(space + name for name in ("", "/embed", "/space.json", "/line.json", "/event.ics", "/card.png")),
        *(space + name for name in ("/search.json?q=tone", "/record/record.json")),
        f"{space}/clip.m4a?from_ms=0&to_ms=9000",
        *(f"{hls}/{name}.m3u8" for name in ("master", "index", "plain", "captions", "low")),
        *(f"{hls}/init.mp4", f"{hls}/seg/4.m4s", f"{hls}/part/40.m4s", f"{hls}/low/seg/4.m4s"),
        *(f"{space}/replay/{name}.m3u8" for name in ("master", "index")),
        *("/assets/none.js", "/nowhere", "/s/$CHANCE/live.mp4"),
    ]


def _flood(
    scene: Scene, requests: Sequence[bytes], *, at_once: int | None = None, held_s: float = 5.0
) -> Flood:
    addresses = spread(FLOODS, per_address=8)
    plan = FloodPlan(
        HOUSE_ADDRESS, scene.port, requests, addresses, at_once or scene.flood_connections, held_s
    )
    return Flood(plan, nice=NICE, seconds_max=scene.seconds + 30)


def _wrk(scene: Scene, folder: Path, paths: Sequence[str]) -> Tool:
    return tools.wrk(
        scene.url, paths, folder, connections=_KEPT_CONNECTIONS, seconds=scene.seconds, nice=NICE
    )


def _slow(scene: Scene, mode: str, path: str) -> Tool:
    count = scene.slow_connections
    return tools.slowhttptest(
        mode,
        scene.url + path,
        connections=count,
        per_s=max(50, count // 5),
        seconds=scene.seconds,
        nice=NICE,
    )


def _get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: {HOUSE_ADDRESS}\r\nAccept: */*\r\n\r\n".encode()


def _post(path: str, body: bytes, *, length: int | None = None) -> bytes:
    fields = f"Host: {HOUSE_ADDRESS}\r\nContent-Type: application/json\r\nContent-Length: "
    size = len(body) if length is None else length
    return f"POST {path} HTTP/1.1\r\n{fields}{size}\r\n\r\n".encode() + body
