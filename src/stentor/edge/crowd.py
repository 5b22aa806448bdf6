"""The crowd of one fan-out: who is written what, turn by turn.

Comes in: sockets that were handed over, turns of the wheel. Goes out: bytes to listeners, counts. Never: a
read from the crowd, a wait, an allocation for a listener who keeps up.

All verbs run in one thread between two events of the loop; each is bounded by the slot's listeners.
"""

import random
import socket
from collections.abc import Callable

from stentor.edge import sockets
from stentor.edge.framing import Format
from stentor.edge.handover import Handover
from stentor.edge.ladder import Step
from stentor.edge.lane import Apart, Lane, Slot
from stentor.edge.listener import Listener, Wait, Write
from stentor.edge.patience import Patience, Totals
from stentor.edge.programme import Programme
from stentor.edge.seats import HEARING_S, Seats
from stentor.edge.sessions import Sessions
from stentor.edge.slots import look_is_due, steady_write
from stentor.limits import CHUNK_MS
from stentor.space.rung import Codec

_REVOLUTION_S = CHUNK_MS / 1000
_SOON_MAX = 512
"""Of those who catch up, so many are served per turn; the others at the next."""


class Crowd:
    """Everybody who sits in this process.

    Args:
        feed: called for somebody whose next chunk has left the window; their bytes come by `deliver`.
    """

    def __init__(
        self,
        *,
        fd_max: int,
        patience: Patience,
        feed: Callable[[Lane, Apart], None],
        chance: random.Random | None = None,
    ) -> None:
        self.seats = Seats(fd_max)
        self.sessions = Sessions(fd_max)
        self.totals = Totals()
        self._lanes: dict[tuple[str, Codec, Format], Lane] = {}
        self._socks: list[socket.socket | None] = [None] * fd_max
        self._lane_of: list[Lane | None] = [None] * fd_max
        self._slot_of = bytearray(fd_max)
        self._apart: dict[int, Apart] = {}
        self._soon: list[Apart] = []
        self._patience = patience
        self._feed = feed
        self._step = Step()
        self._index = 0
        self._chance = chance or random.Random()  # noqa: S311  # spreads load, guards nothing

    @property
    def apart_count(self) -> int:
        """Listeners who are not in step: newcomers, the slow, the stuck."""
        return len(self._apart)

    @property
    def slow_count(self) -> int:
        """Listeners whose sockets are full."""
        return sum(apart.pending is not None for apart in self._apart.values())

    def count_in(self, space_id: str) -> int:
        found = self.seats.counts.get(space_id)
        return found.admitted if found else 0

    def step(self, step: Step) -> None:
        """The ladder has moved."""
        self._step = step
        for lane in self._lanes.values():
            lane.step(step.quality.rung(lane.codec), step.cadence)

    # ── coming ───────────────────────────────────────────────────────────────────────────────────────

    def sit(self, sock: socket.socket, wish: Handover, programme: Programme, *, now_s: float) -> None:
        """A listener begins; what is there is written at once."""
        fd = sock.fileno()
        lane = self._lane(wish, programme, now_s)
        slot = lane.pick_slot()
        spread = self._chance.uniform(-1, 1) * self._patience.session_spread_s
        self._socks[fd], self._lane_of[fd], self._slot_of[fd] = sock, lane, slot
        self.seats.add(
            fd,
            wish.space_id,
            ends_s=now_s + self._patience.session_s + spread,
            acked=(sockets.acked_bytes(sock) or (0, 0.0))[0],
            now_s=now_s,
        )
        self.sessions.sat(fd, wish.session, now_s=now_s)
        if not lane.seat_count:
            lane.moved_s = now_s
        lane.seat_count += 1
        listener = Listener(first=wish.first, now_s=now_s, cadence=lane.cadence)
        apart = self._apart[fd] = Apart(fd, slot, listener, wish.head + lane.preamble)
        self._serve(lane, apart, lane.head(), now_s)

    def _lane(self, wish: Handover, programme: Programme, now_s: float) -> Lane:
        key = (wish.space_id, wish.codec, wish.format)
        lane = self._lanes.get(key)
        # A programme that was closed and opened again is another one; the old lane empties itself.
        if lane is None or lane.programme is not programme:
            if lane is not None:
                self._end_lane(lane, "over")
            lane = self._lanes[key] = Lane(programme, wish.codec, wish.format, now_s=now_s)
            lane.step(self._step.quality.rung(wish.codec), self._step.cadence)
            lane.turn_with_arrivals(self._index, now_s=now_s)
        return lane

    # ── turns ────────────────────────────────────────────────────────────────────────────────────────

    def turn(self, index: int, *, now_s: float) -> None:
        """One slot of every lane, and those who are catching up."""
        self._index = index
        for key, lane in list(self._lanes.items()):
            slot = lane.slot_at(index)
            if index == 0:
                self._look_at_lane(key, lane, now_s)
                if lane.slot_at(index) is not slot:
                    self._visit(lane, slot, now_s)  # its turns have moved; nobody is left out by that
                    slot = lane.slot_at(index)
            self._visit(lane, slot, now_s)
        soon, self._soon = self._soon[:_SOON_MAX], self._soon[_SOON_MAX:]
        for apart in soon:
            if self._apart.get(apart.fd) is apart:
                lane_of = self._lane_of[apart.fd]
                assert lane_of is not None
                self._serve(lane_of, apart, lane_of.head(), now_s)

    def _visit(self, lane: Lane, slot: Slot, now_s: float) -> None:
        if not slot.fds and not slot.apart:
            return
        head = lane.head()
        if head is not None:
            self._turn_slot(lane, slot, lane.due(slot.number, head, now_s=now_s), now_s)
        else:
            self._serve_apart(lane, slot, None, now_s)

    def _look_at_lane(self, key: tuple[str, Codec, Format], lane: Lane, now_s: float) -> None:
        """Once a revolution: whether its source has fallen silent, whether anybody needs it."""
        lane.look(now_s=now_s)
        lane.turn_with_arrivals(0, now_s=now_s)
        if lane.seat_count and now_s - lane.moved_s >= self._patience.silent_s:
            self._end_lane(lane, "silent")
        if not lane.seat_count and lane.is_over:
            del self._lanes[key]

    def _turn_slot(self, lane: Lane, slot: Slot, due: int, now_s: float) -> None:
        if not slot.fds:
            slot.next = due + 1  # nobody's: whoever comes level finds it where it should stand
        self._merge(slot)
        self._serve_apart(lane, slot, due, now_s)
        if slot.fds:
            self._look_at_slot(lane, slot, now_s)
            slot.next = max(slot.next, self._oldest_for(lane, slot))
            # Everything that is due now, in steps of two chunks at most while we have fallen behind.
            span = steady_write(next_=slot.next, due=due, cadence=lane.cadence)
            if span is not None:
                self._write_slot(lane, slot, *span, now_s=now_s)
        self._merge(slot)
        if lane.is_over and slot.next > due:
            for fd in list(slot.fds):
                self._leave(fd, "over")

    def _write_slot(self, lane: Lane, slot: Slot, first: int, last: int, *, now_s: float) -> None:
        data = lane.shared(first, last)
        if data is None:
            return
        count = len(slot.fds)
        short = sockets.write_all(slot.fds, data)
        slot.next, slot.wrote_s, slot.size = last + 1, now_s, len(data)
        slot.fresh.clear()
        self.totals.writes += count
        self.totals.sent_bytes += len(data) * (count - len(short))
        for fd, taken in short:
            if taken < 0:
                self._leave(fd, "left")
                continue
            slot.fds.remove(fd)
            self.seats.doubt(fd, now_s=now_s)
            self.totals.sent_bytes += taken
            listener = Listener(first=first, now_s=now_s, cadence=lane.cadence, is_joining=False)
            listener.plan(last, is_over=True)
            apart = self._apart[fd] = Apart(fd, self._slot_of[fd], listener)
            if taken:
                apart.pending, apart.write = memoryview(data)[taken:], Write(first, last, is_joining=False)
            slot.apart.append(apart)

    def _oldest_for(self, lane: Lane, slot: Slot) -> int:
        """A slot that was left behind by the window goes on with what is there."""
        oldest = lane.oldest()
        if slot.next < oldest:
            self.totals.skipped_chunks += (oldest - slot.next) * len(slot.fds)
        return oldest

    def _merge(self, slot: Slot) -> None:
        """Whoever stands where the slot stands is steady again."""
        still = []
        for apart in slot.apart:
            if apart.is_level and apart.listener.next == slot.next:
                del self._apart[apart.fd]
                slot.fds.append(apart.fd)
                slot.fresh.add(apart.fd)
            else:
                still.append(apart)
        slot.apart = still

    def _serve_apart(self, lane: Lane, slot: Slot, due: int | None, now_s: float) -> None:
        visited, slot.apart = slot.apart, []
        for apart in visited:
            self._serve(lane, apart, due, now_s)

    # ── one listener ─────────────────────────────────────────────────────────────────────────────────

    def _serve(self, lane: Lane, apart: Apart, due: int | None, now_s: float) -> None:
        """One write to somebody who is not in step, and where they stand afterwards."""
        if apart.pending is not None:
            self._push(lane, apart, now_s)
            return
        apart.listener.cadence = lane.cadence
        step = apart.listener.plan(-1 if due is None else due, is_over=True)
        if isinstance(step, Wait):
            if apart.preface:
                self._send(lane, apart, None, apart.preface, now_s)
            elif lane.is_over and due is not None:
                self._leave(apart.fd, "over")
            else:
                self._place(lane, apart)
            return
        data = lane.shared(step.first, step.last, is_joining=step.is_joining)
        if data is None:
            apart.is_fed = True
            self._feed(lane, apart)
            return
        self._send(lane, apart, step, data, now_s)

    def _send(self, lane: Lane, apart: Apart, write: Write | None, data: bytes, now_s: float) -> None:
        whole = data if write is None else apart.preface + data
        apart.preface = b""
        apart.pending, apart.write = memoryview(whole), write
        if write is not None:
            self.totals.skipped_chunks += write.skipped
        self._push(lane, apart, now_s)

    def _push(self, lane: Lane, apart: Apart, now_s: float) -> None:
        """Writes what is pending. Who takes all is visited again soon, who does not in their own slot."""
        pending = apart.pending
        assert pending is not None
        taken = sockets.write_some(apart.fd, pending)
        if taken < 0:
            self._leave(apart.fd, "left")
            return
        self.totals.writes += 1
        self.totals.sent_bytes += taken
        if taken < len(pending):
            apart.pending = pending[taken:]
            if taken:
                apart.listener.progressed(now_s=now_s)
            elif apart.listener.is_stuck(now_s=now_s, patience_s=self._patience.socket_s):
                self._leave(apart.fd, "stuck")
                return
            self._place(lane, apart)
            return
        apart.pending = None
        if apart.write is not None:
            apart.listener.took(apart.write, now_s=now_s)
            apart.write = None
        self._place(lane, apart)

    def _place(self, lane: Lane, apart: Apart) -> None:
        """Where somebody apart is visited next; who is fed is visited by their feeder."""
        if apart.is_fed:
            return
        head = lane.head()
        is_behind = apart.pending is None and head is not None and apart.listener.next <= head - lane.cadence
        (self._soon if is_behind else lane.slots[apart.slot].apart).append(apart)

    # ── those who are older than the window ──────────────────────────────────────────────────────────

    def deliver(self, lane: Lane, apart: Apart, write: Write, data: bytes, *, now_s: float) -> bool:
        """Bytes from the log for somebody who is fed. False: they have left."""
        if self._apart.get(apart.fd) is not apart:
            return False
        self._send(lane, apart, write, data, now_s)
        return self._apart.get(apart.fd) is apart

    def push_fed(self, lane: Lane, apart: Apart, *, now_s: float) -> bool:
        """The rest of what was delivered. False: they have left."""
        if self._apart.get(apart.fd) is not apart:
            return False
        self._push(lane, apart, now_s)
        return self._apart.get(apart.fd) is apart

    def fed(self, lane: Lane, apart: Apart) -> None:
        """The window has what comes next: they are an ordinary one who catches up."""
        if self._apart.get(apart.fd) is apart:
            apart.is_fed = False
            self._place(lane, apart)

    # ── going ────────────────────────────────────────────────────────────────────────────────────────

    def look(self, *, now_s: float) -> None:
        """Asks the kernel about those whose turn it is; who has sat long enough is let go."""
        for fd in self.seats.looks(now_s=now_s):
            self._look_at(fd, now_s)
        for fd in self.seats.sat_enough(now_s=now_s):
            if fd in self._apart:
                self.seats.stay(fd, ends_s=now_s + 1)
            else:
                self._leave(fd, "session")
        for fd in self.sessions.over(now_s=now_s):
            apart = self._apart.get(fd)
            is_amid = apart is not None and apart.pending is not None
            if not (is_amid and self.sessions.later(fd, now_s=now_s)):
                self._leave(fd, "elsewhere")

    def _look_at_slot(self, lane: Lane, slot: Slot, now_s: float) -> None:
        """Whether those who are in step still take what they get."""
        if not look_is_due(
            now_s=now_s,
            wrote_s=slot.wrote_s,
            sure_s=slot.sure_s,
            turn_s=_REVOLUTION_S,
            cadence=lane.cadence,
        ):
            return
        slot.sure_s = slot.wrote_s
        is_silent = now_s - slot.wrote_s >= HEARING_S
        doubtful = list(slot.fds) if is_silent else sockets.unacknowledged(slot.fds, slot.size)
        for fd in doubtful:
            if self.seats.is_trusted(fd):
                self._look_at(fd, now_s)

    def _look_at(self, fd: int, now_s: float) -> None:
        sock, lane = self._socks[fd], self._lane_of[fd]
        told = None if sock is None else sockets.acked_bytes(sock)
        if told is None or lane is None:
            self._leave(fd, "left")
            return
        acked, age_s = told
        moved_s = self.seats.acked(fd, acked, moved_s=now_s - age_s, now_s=now_s)
        if moved_s is None and self._is_dead(fd, now_s):
            self._leave(fd, "stuck")
            return
        slot = lane.slots[self._slot_of[fd]]
        is_in_step = fd not in self._apart and fd not in slot.fresh
        if is_in_step and moved_s is not None and moved_s >= slot.sure_s:
            self.seats.trust(fd)

    def _is_dead(self, fd: int, now_s: float) -> bool:
        """Bytes are on their way and none has arrived for as long as a full socket is borne.

        Not TCP_USER_TIMEOUT: it counts the time of a closed window too (Linux 6.18) and ended listeners
        who read slowly but did read (103 endings of 80 listeners in 40 s).
        """
        is_still = self.seats.still_s(fd, now_s=now_s) >= self._patience.socket_s
        return is_still and bool(sockets.unacknowledged((fd,), 1))

    def end_some(self, count: int, why: str) -> None:
        """Ends so many listeners, cleanly where they have whole chunks."""
        for fd in self.seats.order[-count:] if count else []:
            self._leave(fd, why)

    def leave(self, apart: Apart, why: str) -> None:
        """Ends somebody who is apart, if they are still here."""
        if self._apart.get(apart.fd) is apart:
            self._leave(apart.fd, why)

    def _end_lane(self, lane: Lane, why: str) -> None:
        for fd in [fd for fd in self.seats.order if self._lane_of[fd] is lane]:
            self._leave(fd, why)

    def _leave(self, fd: int, why: str) -> None:
        sock, lane = self._socks[fd], self._lane_of[fd]
        if sock is None or lane is None:
            return
        slot = lane.slots[self._slot_of[fd]]
        apart = self._apart.pop(fd, None)
        if apart is None:
            slot.fds.remove(fd)
            slot.fresh.discard(fd)
        elif apart in slot.apart:
            slot.apart.remove(apart)
        lane.seat_count -= 1
        self.seats.remove(fd)
        self.sessions.left(fd)
        self._socks[fd] = self._lane_of[fd] = None
        self.totals.ended[why] += 1
        if why == "stuck":  # the end of a stream would wait behind the very bytes that are stuck
            sockets.cut(sock)
        else:
            sockets.end(sock)
