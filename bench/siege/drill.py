"""The siege itself: a house with a crowd in it, one attack after the other, and what everybody noticed.

Comes in: how big. Goes out: one phase's figures after the other. Never: a pause of the crowd or the arrivals;
they are there from before the first attack until after the last.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from crowd_addresses import spread
from crowd_load import Back, Load
from siege.arrivals import Arrivals, Visit
from siege.attacks import SINGLE, Assault, Attack, Offered, Scene, segment_draining
from siege.field import NETWORKS, Field, Place
from siege.house import SPACE_ID, Cores, besieged, pinned
from siege.tone import Hole, holes_in
from siege.verdict import Phase, answered, longest
from siege.watch import Watch
from stentor.formats.cmaf import init_segment
from stentor.space.rung import Codec

CUSHION_S = 0.66
"""Ours begins 1.3 s behind the newest sound, of which the chunk takes 0.64 (`web/src/player/pace.ts`)."""
LISTENER_BITS_PER_S = 72_000
"""AAC64 with its framing and TCP."""
LINE_MARGIN = 1.5
"""The line carries so much more than the crowd takes on its best rung: it is at two thirds."""
_SEATS_MARGIN = 1.7
_PER_ADDRESS = 2
_KNOCK_AGAIN_S = 0.5
"""The player's first knock comes after 0.25 s, spread (`web/src/player/backoff.ts`)."""
_DECODER_STARTS_MS = 60
_SURGE_SHARE = 0.4
_KILLED_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Size:
    """How big the siege is.

    Args:
        settle_s: before each attack, and after everybody has come.
    """

    listeners: int
    joins_per_s: float
    arrivals_per_s: float
    attack_s: int
    recovery_s: int
    slow_connections: int
    silent_connections: int
    flood_connections: int
    settle_s: float


FULL = Size(20_000, 1_500, 100, 20, 12, 4_000, 18_500, 8_000, 5.0)


class Siege:
    """A house under attack, for as long as `ready` runs."""

    def __init__(self, field: Field, folder: Path, size: Size, *, say: Callable[[str], None]) -> None:
        self._field = field
        self._folder = folder
        self._size = size
        self._say = say
        self._cores = Cores.shared_out()

    @contextmanager
    def ready(self, *, phases: int) -> Iterator[None]:
        """The house is on the air, the crowd is in, people come."""
        size = self._size
        seconds_max = (
            120 + size.listeners / size.joins_per_s + phases * 2.5 * (size.attack_s + size.recovery_s)
        )
        bits_per_s = int(size.listeners * LISTENER_BITS_PER_S * LINE_MARGIN)
        with ExitStack() as stack:
            self._say("the house opens")
            self._house = stack.enter_context(
                besieged(
                    self._field,
                    self._folder,
                    seats=int(size.listeners * _SEATS_MARGIN) + 500,
                    cores=self._cores,
                    line_bits_per_s=bits_per_s,
                )
            )
            self._bits_per_s = bits_per_s
            with self._field.within(Place.HOUSE):
                watching = Watch(
                    self._house.nats_url, self._house.house.serve_pid, SPACE_ID, seconds_max=seconds_max
                )
                self._watch = stack.enter_context(watching)
            self._crowd = stack.enter_context(self._joining(size.listeners, seconds_max=seconds_max))
            found = self._crowd.until_seated(30 + 1.5 * size.listeners / size.joins_per_s)
            in_ms = found.join_ms(0.99)
            self._say(f"{found.heard.seated:,} of {size.listeners:,} are in, 99 % within {in_ms:.0f} ms")
            visit = Visit(self._house.target(), size.arrivals_per_s, spread(NETWORKS[Place.ARRIVALS]))
            with self._people(Place.ARRIVALS):
                self._arrivals = stack.enter_context(Arrivals(visit, seconds_max=seconds_max))
            time.sleep(size.settle_s)
            yield

    @property
    def scene(self) -> Scene:
        return Scene(
            self._field,
            self._cores.others,
            self._house.port,
            SPACE_ID,
            slow_connections=self._size.slow_connections,
            silent_connections=self._size.silent_connections,
            flood_connections=self._size.flood_connections,
            seconds=self._size.attack_s,
        )

    def quiet(self) -> Phase:
        """What it is like when nobody attacks: the same figures, the same time."""
        return self._phase("nobody attacks", nullcontext())

    def attacked(self, name: str, attacks: Sequence[Attack]) -> Phase:
        return self._phase(name, Assault(self.scene, attacks))

    def together(self) -> Phase:
        """All attacks at once."""
        return self.attacked("all together", list(SINGLE.values()))

    def narrow_line(self) -> Phase:
        """The line carries what it was said to carry; a surge and a drain want more."""
        size = self._size
        surge = self._joining(
            int(size.listeners * _SURGE_SHARE), seconds_max=size.attack_s + 60, first=size.listeners
        )
        with self._field.narrow_line(self._bits_per_s), surge as beside:
            return self._phase("saturated line", Assault(self.scene, [segment_draining]), beside=beside)

    def edge_killed(self, port: int) -> Phase:
        """Another edge of the house dies, and all who were there knock here."""
        count = int(self._size.listeners * _KILLED_SHARE)
        with self._house.second_edge(port) as edge:
            seconds_max = self._size.attack_s + 90
            coming = self._joining(count, seconds_max=seconds_max, first=2 * self._size.listeners, port=port)
            with coming as refugees:
                refugees.until_seated(30 + count / self._size.joins_per_s)
                time.sleep(self._size.settle_s)
                return self._phase("an edge is killed", _Killing(edge.kill, count), beside=refugees)

    def recorded_hole_ms(self) -> int:
        """The longest silence of the recording's growing file, from the tone's first sound to its end."""
        holes = holes_in(self._house.recording.read_bytes())
        return longest(holes, after_ms=1)

    def _phase(
        self, name: str, assault: "AbstractContextManager[_Attackers | None]", *, beside: Load | None = None
    ) -> Phase:
        size = self._size
        self._watch.since_asked()
        self._arrivals.since_asked()
        time.sleep(size.settle_s)
        before, crowd_before = self._watch.since_asked(), self._crowd.figures()
        came = self._arrivals.since_asked()
        began_s = time.monotonic()
        self._say(f"{name}: begins")
        with assault as attackers:
            time.sleep(size.attack_s)
            offered = attackers.ended() if attackers else []
        attack_ends_s = time.monotonic()
        attacked = self._watch.since_asked()
        time.sleep(size.recovery_s)
        crowd_after, truth_beside = self._crowd.figures(), _here(beside)
        after = self._watch.since_asked()
        took_s = time.monotonic() - began_s
        # Those who knocked in the last second have been answered by then, or are counted with the next.
        came += self._arrivals.since_asked()
        stalled_s = crowd_after.stalled_s - crowd_before.stalled_s
        return Phase(
            name=name,
            seconds=took_s,
            attack_s=attack_ends_s - began_s,
            seated=size.listeners,
            stall_share=stalled_s / (size.listeners * took_s),
            gaps=crowd_after.heard.gaps - crowd_before.heard.gaps,
            cut=crowd_after.heard.ended - crowd_before.heard.ended,
            late_ms=max(attacked.chunk_late_ms, after.chunk_late_ms),
            hole_ms=longest(self._holes(attacked.media + after.media), after_ms=_DECODER_STARTS_MS),
            missing=attacked.missing + after.missing,
            grown_bytes=max(attacked.memory_bytes, after.memory_bytes) - before.memory_bytes,
            files_share=max(attacked.files_share, after.files_share),
            hearing=after.hearing,
            estimated=after.estimated,
            truth=crowd_after.heard.seated - crowd_after.heard.ended + truth_beside,
            restarts=attacked.restarts + after.restarts,
            steps=tuple(sorted(attacked.steps | after.steps)),
            offered=tuple(offered),
            **answered(came, attack_ends_s=attack_ends_s),
        )

    def _holes(self, media: bytes) -> list[Hole]:
        return holes_in(init_segment(Codec.AAC) + media) if media else []

    @contextmanager
    def _joining(
        self, listeners: int, *, seconds_max: float, first: int = 0, port: int | None = None
    ) -> Iterator[Load]:
        """A crowd that comes for as long as the block runs; `first`: whose addresses nobody has yet."""
        addresses = spread(NETWORKS[Place.CROWD], per_address=_PER_ADDRESS).after(first)
        load = Load(
            self._house.target(port=port),
            listeners=listeners,
            joins_per_s=self._size.joins_per_s,
            addresses=addresses,
            cushion_s=CUSHION_S,
            back=Back(_KNOCK_AGAIN_S, self._house.target()),
            seconds_max=seconds_max,
        )
        with ExitStack() as stack:
            with self._people(Place.CROWD):
                stack.enter_context(load)
            yield load

    @contextmanager
    def _people(self, place: Place) -> Iterator[None]:
        with self._field.within(place), pinned(self._cores.others):
            yield


class _Attackers(Protocol):
    def ended(self) -> list[Offered]: ...


class _Killing:
    """An attack of one blow."""

    def __init__(self, kill: Callable[[], None], listeners: int) -> None:
        self._kill = kill
        self._listeners = listeners

    def __enter__(self) -> "_Killing":
        self._kill()
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def ended(self) -> list[Offered]:
        return [Offered("listeners of the edge that was killed", self._listeners, "they knock here")]


def _here(load: Load | None) -> int:
    if load is None:
        return 0
    heard = load.figures().heard
    return heard.seated - heard.ended
