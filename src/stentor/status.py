"""The live status view: what a Space and its house are doing, once a second, as a person reads it.

Comes in: ticks and beats from NATS, the supervisor's states. Goes out: a rich panel on a terminal, plain
lines elsewhere. Never: a figure that is not measured; what is not known is «–».
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from stentor.clock import Clock, SystemClock
from stentor.errors import BadInput
from stentor.limits import CHUNK_MS
from stentor.log.bus import Bus
from stentor.space.tick import decoded, merged
from stentor.supervise import ChildState

_REFRESH_S = 0.5
_LINE_EVERY_S = 2.0
_METER_CELLS = 20
_FLOOR_DB = -60
_STALE_AFTER_MS = 3 * CHUNK_MS


@dataclass(slots=True)
class SpaceView:
    """What the ticks have said so far. Pure but for the clock that it is given."""

    known: dict[str, Any] = field(default_factory=dict)
    late_ms: int | None = None
    """From the newest chunk's first sample, as it was mixed, to its arrival; 640 ms of it is the chunk."""
    arrived_ms: int | None = None

    def hear(self, payload: bytes, *, wall_ms: int) -> None:
        try:
            tick = decoded(payload)
        except BadInput:
            return
        self.known = merged(self.known, tick)
        self.late_ms = wall_ms - tick["t"]
        self.arrived_ms = wall_ms

    def is_stale(self, *, wall_ms: int) -> bool:
        return self.arrived_ms is None or wall_ms - self.arrived_ms > _STALE_AFTER_MS

    def speaking(self) -> list[tuple[str, int | None]]:
        """Everybody on stage with their level in dB, None while silent."""
        levels: Mapping[str, int] = self.known.get("speaking", {})
        return [(p["name"], levels.get(p["id"])) for p in self.known.get("people", [])]

    def captions(self) -> list[tuple[str, str]]:
        """Who says what just now. Not in the plain form, which ends in files: those hold no words."""
        names = {p["id"]: p["name"] for p in self.known.get("people", [])}
        return [(names.get(c["person"], ""), c["text"]) for c in self.known.get("captions", [])]

    def line(self, *, wall_ms: int) -> str:
        """The plain form."""
        if not self.known:
            return "waiting for the first chunk"
        voices = ", ".join(f"{name} {level} dB" for name, level in self.speaking() if level is not None)
        parts = [
            f"chunk {self.known['n']}",
            str(self.known.get("state", "–")),
            f"speaking: {voices or 'nobody'}",
            f"hearing {self.known.get('audience', {}).get('hearing', '–')}",
            f"latency {self.late_ms} ms",
        ]
        if self.is_stale(wall_ms=wall_ms):
            parts.append("NO NEW CHUNK")
        return " · ".join(parts)


class StatusView:
    """Shows one Space until cancelled.

    Args:
        links: label and URL, shown above.
        children: the supervisor's states; empty when somebody else supervises.
    """

    def __init__(
        self,
        bus: Bus,
        space_id: str,
        *,
        links: Mapping[str, str],
        children: Mapping[str, ChildState],
        console: Console,
        clock: Clock | None = None,
    ) -> None:
        self._bus = bus
        self._space_id = space_id
        self._links = links
        self._children = children
        self._console = console
        self._clock = clock or SystemClock()
        self._view = SpaceView()
        self._streams: dict[str, int] = {}

    async def run(self) -> None:
        await self._bus.subscribe(f"space.{self._space_id}.tick.*", self._tick)
        await self._bus.subscribe("edge.*.beat", self._beat)
        if self._console.is_terminal:
            await self._show_panel()
        else:
            await self._print_lines()

    def _tick(self, _subject: str, payload: bytes) -> None:
        self._view.hear(payload, wall_ms=self._clock.wall_ms())

    def _beat(self, _subject: str, payload: bytes) -> None:
        try:
            beat = json.loads(payload)
            counts = beat["spaces"].get(self._space_id, {})
            self._streams[str(beat["edge"])] = sum(int(counts.get(kind, 0)) for kind in ("admitted", "hls"))
        except (ValueError, KeyError, TypeError, AttributeError):
            return

    async def _print_lines(self) -> None:
        while True:
            await asyncio.sleep(_LINE_EVERY_S)
            self._console.print(
                self._view.line(wall_ms=self._clock.wall_ms()), highlight=False, soft_wrap=True
            )

    async def _show_panel(self) -> None:
        with Live(self._panel(), console=self._console, refresh_per_second=4, transient=False) as live:
            while True:
                await asyncio.sleep(_REFRESH_S)
                live.update(self._panel())

    def _panel(self) -> Panel:
        wall_ms = self._clock.wall_ms()
        view = self._view
        title = view.known.get("title", self._space_id)
        return Panel(
            Group(
                *(self._links_table(), Text(), self._people_table(), Text()),
                *(self._captions(), Text(), self._figures(wall_ms)),
            ),
            title=f"[bold]{title}[/]",
            subtitle="Ctrl-C ends it",
            border_style="red" if view.is_stale(wall_ms=wall_ms) else "yellow",
            width=min(96, self._console.width),
        )

    def _links_table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        for label, url in self._links.items():
            table.add_row(Text(label, style="dim"), Text(url, style="bold", overflow="fold"))
        return table

    def _people_table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        for name, level_db in self._view.speaking():
            cells = 0 if level_db is None else round((level_db - _FLOOR_DB) / -_FLOOR_DB * _METER_CELLS)
            meter = Text("█" * cells, style="yellow") + Text("·" * (_METER_CELLS - cells), style="dim")
            table.add_row(Text(name.ljust(16)), meter, Text("" if level_db is None else f"{level_db} dB"))
        if not self._view.speaking():
            table.add_row(Text("nobody is on stage yet", style="dim"))
        return table

    def _captions(self) -> Table:
        table = Table.grid(padding=(0, 2))
        for name, text in self._view.captions():
            table.add_row(Text(name.ljust(16), style="dim"), Text(text, style="italic"))
        return table

    def _figures(self, wall_ms: int) -> Table:
        view = self._view
        table = Table.grid(padding=(0, 2))
        late = "–" if view.late_ms is None else f"{view.late_ms} ms"
        hearing = view.known.get("audience", {}).get("hearing", "–")
        state = "no new chunk" if view.is_stale(wall_ms=wall_ms) else view.known.get("state", "–")
        table.add_row(
            f"chunk [bold]{view.known.get('n', '–')}[/]",
            f"{state}",
            f"hearing [bold]{hearing}[/]",
            f"streams [bold]{sum(self._streams.values())}[/]",
            f"latency [bold]{late}[/]",
        )
        roles = "  ".join(
            f"{s.name} {s.pid or 'down'}" + (f" (start {s.starts})" if s.starts > 1 else "")
            for s in self._children.values()
        )
        outer = Table.grid()
        outer.add_row(table)
        outer.add_row(Text(roles, style="dim"))
        return outer
