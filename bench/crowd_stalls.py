"""Silence that listeners would have heard, by the arithmetic of a player with a cushion. Pure.

Comes in: who has read which chunks when, the cadence that ticks tell. Goes out: seconds of silence. Never: a
player's jumps: whoever has stalled plays on that much later, so one late chunk is counted once.

A player begins so far behind the newest sound that chunks may come `cushion_s` late: of the 1.3 s that ours
keeps (`web/src/player/pace.ts`) the chunk itself takes 0.64 s. Counted is from when a chunk exists, which is
the earliest that anybody in this process has read one: who sits in a late slot of the fan-out's round has
less in hand, as in life, but never begins with less than 0.45 s of sound.

Ours also slows down, by 5 or 7 %, while it has less in hand than half a second and what a cadence needs that
is told and not there yet; no further behind than 1.9 s and the told cadence's chunks; and hurries back by
5 %. Others' players (`slows` is False) play at one speed.
"""

from dataclasses import dataclass
from typing import Final

from stentor.limits import CHUNK_MS

_CHUNK_S: Final = CHUNK_MS / 1000
_ENOUGH_S: Final = 0.55
_LITTLE_S: Final = 0.05
_MUCH_S: Final = 0.25
_BEGINS_WITH_S: Final = 0.45
_FURTHEST_S: Final = 1.9 - _CHUNK_S
_HURRY_OVER_S: Final = 0.5
"""All as in `pace.ts`."""
_LITTLE_SLOW, _SLOW, _FAST = 0.05, 0.07, -0.05


@dataclass(slots=True)
class _Player:
    """Args: plays_s: when chunk 0 would play. number: the last it has. read_s: when. slow: by how much."""

    plays_s: float
    number: int
    read_s: float
    slow: float = 0.0


class Stalls:
    """Bounds: four numbers per listener."""

    def __init__(self, cushion_s: float, *, slows: bool = False) -> None:
        self._cushion_s = cushion_s
        self._slows = slows
        self._players: dict[int, _Player] = {}
        self._expected_s: dict[int, float] = {}
        self._silent_s = 0.0
        self._exists_s = float("inf")
        self._cadence = 1
        self._told_by = -1

    def told(self, number: int, cadence: int) -> None:
        """A tick has said how many chunks the edge writes at a time."""
        if number >= self._told_by:
            self._told_by, self._cadence = number, cadence

    def expect(self, fd: int, dry_s: float) -> None:
        """Who sits there now has sound until `dry_s` from another connection."""
        self._expected_s[fd] = dry_s

    def heard(self, fd: int, number: int, now_s: float) -> None:
        """Somebody has read all up to chunk `number`, now or with an earlier read."""
        player = self._players.get(fd)
        if player is None:
            self._begin(fd, number, now_s)
            return
        if player.number == number:
            return
        # The first of what has come is what was waited for.
        written = max(1, number - player.number)
        offset_s = now_s - (number - written + 1) * _CHUNK_S
        if self._slows:
            self._exists_s = min(self._exists_s, now_s - number * _CHUNK_S)
            player.plays_s += player.slow * (now_s - player.read_s)
        if offset_s > player.plays_s:
            self._silent_s += offset_s - player.plays_s
            player.plays_s = offset_s
        if self._slows:
            player.slow = self._slow(player.plays_s, in_hand_s=player.plays_s - offset_s, written=written)
        player.number, player.read_s = number, now_s

    def dry_s(self, fd: int) -> float | None:
        """When their sound ends, by what they have; None: they have had none."""
        player = self._players.get(fd)
        return self._expected_s.get(fd) if player is None else _dry_s(player)

    def left(self, fd: int) -> None:
        """The connection is over. Silence until here stands; what follows is the next connection's."""
        self._players.pop(fd, None)
        self._expected_s.pop(fd, None)

    def total_s(self, now_s: float) -> float:
        """All silence until now, that of those included who are silent at this moment."""
        waiting_s = sum(max(0.0, now_s - _dry_s(player)) for player in self._players.values())
        return self._silent_s + waiting_s + sum(max(0.0, now_s - at_s) for at_s in self._expected_s.values())

    def _begin(self, fd: int, number: int, now_s: float) -> None:
        self._silent_s += max(0.0, now_s - self._expected_s.pop(fd, now_s))
        offset_s = now_s - number * _CHUNK_S
        plays_s = offset_s + self._cushion_s
        if self._slows:
            self._exists_s = min(self._exists_s, offset_s)
            later_s = (self._cadence - 1) * _CHUNK_S
            live_s = self._exists_s + self._cushion_s + later_s
            plays_s = max(live_s, offset_s - _CHUNK_S + _BEGINS_WITH_S)
        self._players[fd] = _Player(plays_s, number, now_s)

    def _slow(self, plays_s: float, *, in_hand_s: float, written: int) -> float:
        later_s = (self._cadence - 1) * _CHUNK_S
        missing_s = _ENOUGH_S + max(0, self._cadence - written) * _CHUNK_S - in_hand_s
        behind_s = plays_s - self._exists_s - later_s
        if missing_s > _LITTLE_S and behind_s < _FURTHEST_S:
            return _SLOW if missing_s > _MUCH_S else _LITTLE_SLOW
        if missing_s < -_MUCH_S and behind_s > self._cushion_s + _HURRY_OVER_S:
            return _FAST
        return 0.0


def _dry_s(player: _Player) -> float:
    """By its speed of now: what is slower lasts longer."""
    plays_s = player.plays_s + (player.number + 1) * _CHUNK_S
    return plays_s + player.slow * max(0.0, plays_s - player.read_s)
