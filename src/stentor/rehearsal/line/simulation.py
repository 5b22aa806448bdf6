"""An evening, second by second: the real line and the real budgets against a crowd in arrays. Pure.

Comes in: an evening and a seed. Goes out: what became of everybody, and of every second (`outcome.py`).
Never: a clock, a socket, a shortcut: people know the clock when they poll it, the line knows what beats told
a second ago.

One second: streams end; who is impatient goes; people come, and get sound or a ticket; who was called and has
seen it stands at the door; those at the door are let in as seats and joins allow, in no order; the line
steps.
"""

import numpy as np

from stentor.admission.line.forecast import forecast
from stentor.admission.line.line import Line
from stentor.admission.line.line_clock import Doors, LineClock
from stentor.admission.line.place import DRAWS, Place
from stentor.admission.line.second import Second
from stentor.admission.line.telling import POLL_SPREAD
from stentor.rehearsal.line.crowd import NEVER, Crowd, crowd_of
from stentor.rehearsal.line.evening import Evening, Fleet
from stentor.rehearsal.line.gateways import Integers
from stentor.rehearsal.line.outcome import CALLED, GONE, SEATED, STANDING, WAITING, Outcome, SecondSeen

_DOORS_MS = 1_800_000_000_000
_POLLERS_ASKED = 200
_POLLERS_ASKED_EACH_S = 20
_DRAWS_SHOWN = 33
_LOBBY_SEEN_S = 30
"""So long before the doors open the controller is looked at; the lobby before that is one sum."""


class Simulation:
    """One run. `run` may be called once."""

    def __init__(self, evening: Evening, seed: int) -> None:
        self.evening = evening
        self.crowd: Crowd = crowd_of(evening, seed)
        self._rng = np.random.default_rng([seed, 1])
        self._line = Line("evening", self._rng.bytes(32))
        self._clock: LineClock | None = None
        count, lasts_s = len(self.crowd), evening.lasts_s
        self._begins = np.searchsorted(self.crowd.comes_s, np.arange(-_LOBBY_SEEN_S, lasts_s + 1))
        goes_s = np.maximum(self.crowd.knocks_s, 0).astype(np.int64) + self.crowd.patience_s
        goes_s = np.maximum(goes_s, self.crowd.comes_s + 1)
        self._goes = np.argsort(goes_s, kind="stable").astype(np.int32)
        self._went = np.searchsorted(goes_s[self._goes], np.arange(lasts_s + 2))
        self._bucket = np.zeros(count, np.int32)
        self._buckets: dict[int, list[Integers]] = {}
        self._sorted: tuple[int, Integers] = (-1, np.empty(0, np.int32))
        self._landing: dict[int, list[Integers]] = {}
        self._standing = np.empty(0, np.int32)
        self._ends = np.zeros(lasts_s + 2, np.int64)
        self._dated = np.zeros(lasts_s + 2, np.int64)
        self._admitted = 0
        self._present = 0
        self.out = Outcome.of(count)

    def run(self) -> Outcome:
        """The whole evening."""
        seen = Second()
        for at_s in range(-_LOBBY_SEEN_S, self.evening.lasts_s):
            if at_s == 0:
                self._line.opened(doors_ms=_DOORS_MS)
            second = self._second(at_s)
            before = self._clock
            self._clock = self._line.step(seen, at_ms=_DOORS_MS + at_s * 1000)
            seen = second
            if before is not None:
                self._hear(before, self._clock, at_s)
            if at_s >= 0 and at_s % _POLLERS_ASKED_EACH_S == 0:
                self._ask_pollers(at_s)
        return self.out

    # ── one second ───────────────────────────────────────────────────────────────────────────────────

    def _second(self, at_s: int) -> Second:
        left = self._leave(at_s)
        fleet = self._fleet(at_s)
        self._lose_patience(at_s)
        new = self._comers(at_s)
        self._arrive(at_s)
        free = max(fleet.seats - self._admitted, 0) if at_s >= 0 else 0
        open_joins = min(free, fleet.joins_per_s)
        joined = self._let_in(at_s, open_joins)
        came = 0
        if self._clock is not None and self._clock.doors is Doors.OPEN:
            came = min(len(new), open_joins - joined)
            self._seat(new[:came], at_s)
            self.out.shown_s[new[:came]] = 0
        # Who is dated ahead is not waited for: their time has not come.
        waited_for = self._present - int(self._dated[max(at_s, 0) + 2 :].sum())
        tickets = self._give_tickets(new[came:], at_s)
        here = self._say_here(at_s)
        room = max(fleet.seats - self._admitted, 0)
        if at_s >= 0:
            free_joins = min(room, fleet.joins_per_s - joined - came)
            self.out.seconds.append(
                SecondSeen(
                    at_s=at_s,
                    waiting=self._present,
                    standing=len(self._standing),
                    admitted=self._admitted,
                    idle=max(free_joins - left, 0) if waited_for else 0,
                    entered=joined + came,
                    tickets=sum(tickets.values()),
                    here=sum(here.values()),
                    over=max(joined + came - free, 0),
                )
            )
        return Second(
            tickets=tickets,
            joined=joined,
            came=came,
            left=left,
            here=here,
            admitted=self._admitted,
            room=room,
            joins_per_s=float(fleet.joins_per_s),
            standing=len(self._standing),
        )

    def _fleet(self, at_s: int) -> Fleet:
        return [fleet for fleet in self.evening.fleets if fleet.from_s <= max(at_s, 0)][-1]

    def _leave(self, at_s: int) -> int:
        left = int(self._ends[at_s]) if at_s >= 0 else 0
        self._admitted -= left
        return left

    def _lose_patience(self, at_s: int) -> None:
        if at_s < 0:
            return
        begin = 0 if at_s == 0 else self._went[at_s]
        going = self._goes[begin : self._went[at_s + 1]]
        state = self.out.state
        self._present -= self._real(going[state[going] == WAITING])
        going = going[(state[going] == WAITING) | (state[going] == CALLED) | (state[going] == STANDING)]
        state[going] = GONE
        if len(self._standing):
            self._standing = self._standing[state[self._standing] == STANDING]

    def _real(self, people: Integers) -> int:
        """Those who would come if they were called."""
        return int(np.count_nonzero(self.crowd.comes[people]))

    def _comers(self, at_s: int) -> Integers:
        index = at_s + _LOBBY_SEEN_S
        begin = 0 if index == 0 else self._begins[index]
        return np.arange(begin, self._begins[index + 1], dtype=np.int32)

    def _give_tickets(self, new: Integers, at_s: int) -> dict[int, int]:
        if not len(new):
            return {}
        now = max(at_s + 1, 0)
        bucket = now + self.crowd.dated_s[new]
        self._bucket[new] = bucket
        self.out.state[new] = np.where(self.crowd.patience_s[new] == 0, GONE, WAITING)
        self._present += self._real(new)
        np.add.at(self._dated, np.minimum(bucket, len(self._dated) - 1), self.crowd.comes[new])
        order = np.argsort(bucket, kind="stable")
        firsts, starts, counts = np.unique(bucket[order], return_index=True, return_counts=True)
        for first, start, count in zip(firsts.tolist(), starts.tolist(), counts.tolist(), strict=True):
            self._buckets.setdefault(first, []).append(new[order[start : start + count]])
        if at_s >= 0 and self._clock is not None:
            self._show(new[bucket == now], now, self._clock)
        return dict(zip(firsts.tolist(), counts.tolist(), strict=True))

    def _say_here(self, at_s: int) -> dict[int, int]:
        """A random person in `tickets / here_s` says it; found by asking whoever has come so far."""
        if self._clock is None or self._clock.here_s <= 0 or not self._present:
            return {}
        so_far = int(self._begins[at_s + _LOBBY_SEEN_S + 1])
        tried = self._rng.poisson(so_far / self._clock.here_s)
        if not so_far or not tried:
            return {}
        asked = self._rng.integers(0, so_far, tried)
        speaking = asked[(self.out.state[asked] == WAITING) & self.crowd.says_here[asked]]
        buckets, counts = np.unique(self._bucket[speaking], return_counts=True)
        return dict(zip(buckets.tolist(), counts.tolist(), strict=True))

    def _arrive(self, at_s: int) -> None:
        """Who was called, and has seen it, is at the door."""
        for group in self._landing.pop(at_s, []):
            arrived = group[self.out.state[group] == CALLED]
            self.out.state[arrived] = STANDING
            self._standing = np.concatenate([self._standing, arrived])

    def _let_in(self, at_s: int, at_most: int) -> int:
        count = min(len(self._standing), at_most)
        if count < len(self._standing):
            self._rng.shuffle(self._standing)
        lucky, self._standing = self._standing[:count], self._standing[count:]
        self._seat(lucky, at_s)
        return count

    def _seat(self, people: Integers, at_s: int) -> None:
        self.out.state[people] = SEATED
        self.out.entered_s[people] = at_s
        ends = np.minimum(at_s + self.crowd.stays_s[people].astype(np.int64), len(self._ends) - 1)
        np.add.at(self._ends, ends, 1)
        self._admitted += len(people)

    # ── what people know ─────────────────────────────────────────────────────────────────────────────

    def _hear(self, before: LineClock, now: LineClock, at_s: int) -> None:
        """Who has been called between two clocks sees it at their next poll."""
        if before.doors is Doors.LOBBY and now.doors is Doors.HELD:
            everybody = np.concatenate(self._buckets.get(0, [np.empty(0, np.int32)]))
            self._show(everybody[self.out.state[everybody] == WAITING], 0, now)
        end = Place(NEVER, 0) if now.doors is Doors.OPEN else now.called
        buckets = sorted(bucket for bucket in self._buckets if bucket <= end.bucket)
        for bucket in buckets:
            people = self._in_order(bucket)
            upto = len(people)
            if bucket == end.bucket:
                upto = int(np.searchsorted(self.crowd.draw[people], end.draw))
            called, rest = people[:upto], people[upto:]
            self._keep(bucket, rest)
            called = called[self.out.state[called] == WAITING]
            if len(called):
                self._call(called, before, at_s)

    def _in_order(self, bucket: int) -> Integers:
        """A bucket's people by draw; the one that is called in parts is sorted once."""
        groups = self._buckets[bucket]
        if self._sorted[0] == bucket and len(groups) == 1 and groups[0] is self._sorted[1]:
            return groups[0]
        people = np.concatenate(groups)
        return people[np.argsort(self.crowd.draw[people], kind="stable")]

    def _keep(self, bucket: int, rest: Integers) -> None:
        if len(rest):
            self._buckets[bucket] = [rest]
            self._sorted = (bucket, rest)
        else:
            del self._buckets[bucket]

    def _call(self, called: Integers, before: LineClock, at_s: int) -> None:
        self.out.state[called] = CALLED
        self.out.called_s[called] = at_s
        self._present -= self._real(called)
        place = Place(int(self._bucket[called[0]]), int(self.crowd.draw[called[0]]))
        poll_s = forecast(before, place).poll_s
        called = called[self.crowd.comes[called]]
        lands = at_s + 1 + np.floor(self._rng.random(len(called)) * poll_s * POLL_SPREAD).astype(np.int64)
        for second in np.unique(lands).tolist():
            self._landing.setdefault(second, []).append(called[lands == second])

    def _show(self, people: Integers, bucket: int, clock: LineClock) -> None:
        """The first wait that they are told: the middle of the range; in between, draws are interpolated."""
        draws = np.linspace(0, DRAWS - 1, _DRAWS_SHOWN if bucket == 0 else 3)
        told = [forecast(clock, Place(bucket, int(draw))).wait_s for draw in draws]
        waits = [np.nan if wait is None else (wait[0] * wait[1]) ** 0.5 for wait in told]
        self.out.shown_s[people] = np.interp(self.crowd.draw[people], draws, waits)
        self.out.shown_at_s[people] = bucket - 1 if bucket else 0

    def _ask_pollers(self, at_s: int) -> None:
        """Requests per second for the clock, by a sample of those who wait."""
        assert self._clock is not None
        waiting = np.flatnonzero(self.out.state[: self._begins[at_s + _LOBBY_SEEN_S]] == WAITING)
        if not len(waiting):
            return
        sample = self._rng.choice(waiting, _POLLERS_ASKED)
        places = zip(self._bucket[sample].tolist(), self.crowd.draw[sample].tolist(), strict=True)
        polls = [1 / forecast(self._clock, Place(*place)).poll_s for place in places]
        self.out.polls_per_s.append(float(np.mean(polls)) * len(waiting))
