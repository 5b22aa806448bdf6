"""One LL-HLS player's thinking: which request comes next. Pure.

Comes in: playlists and parts as they arrive, the time. Goes out: requests, and what is wrong with an answer.
Never: a socket, a byte decoded.

Two ways to follow, by what the server can do. *Blocking*: the next list is asked for at once and held by the
server, the hinted part beside it on a connection of its own, as AVPlayer does (draft-pantos-hls-rfc8216bis,
6.3.7). *Polling*: a server of plain files cannot hold a request, so the list is asked for again a part's
time after it was last asked for, or half of that when nothing was new (the same, 6.3.4), and the parts that
it lists after it, on the same connection: the fewest requests and the fewest connections that a player
can do with.
"""

from dataclasses import dataclass

from stentor.errors import BadInput
from stentor.limits import CHUNK_MS
from stentor.rehearsal.hls_playlist import Playlist, parsed

PART_S = CHUNK_MS / 1000
BEHIND_PARTS = 3
"""PART-HOLD-BACK: where a player begins."""
_ROUNDING_S = 0.04


@dataclass(frozen=True, slots=True)
class Listed:
    """What a player takes from a list.

    Args:
        first, last: the oldest and newest part that it names.
        hint: the part that does not exist yet and may be asked for.
        place: segment and part to wait for next.
    """

    sequence: int
    first: int
    last: int
    hint: int | None
    place: tuple[int, int]

    @classmethod
    def read(cls, text: str) -> "Listed":
        """Raises: BadInput: not a low-latency list."""
        found: Playlist = parsed(text)
        if not found.parts:
            raise BadInput("A low-latency list names no part.")
        return cls(
            found.media_sequence,
            _number(found.parts[0].uri),
            _number(found.parts[-1].uri),
            None if found.hint_uri is None else _number(found.hint_uri),
            found.next_place,
        )


@dataclass(frozen=True, slots=True)
class Ask:
    """A request.

    Args:
        part: the number of the part; None: the list.
    """

    uri: str
    part: int | None = None


class Player:
    """One player. The caller keeps at most one `list_ask` and one `part_ask` under way."""

    __slots__ = ("_asked_s", "_due_s", "_is_blocking", "_listed", "_waits_for", "next_part")

    def __init__(self, *, is_blocking: bool) -> None:
        self._is_blocking = is_blocking
        self._listed: Listed | None = None
        self._waits_for = -1
        self._asked_s = 0.0
        self._due_s = 0.0
        self.next_part = -1

    @property
    def due_s(self) -> float:
        """When the list may be asked for."""
        return self._due_s

    def list_ask(self, now_s: float) -> Ask:
        """The list, from now on under way."""
        # From when it was due: a reader in rounds would else drift away from the stage's clock.
        self._asked_s = max(self._due_s, now_s - _ROUNDING_S)
        if self._listed is None or not self._is_blocking:
            return Ask("index.m3u8")
        msn, part = self._listed.place
        self._waits_for = self._listed.last + 1
        return Ask(f"index.m3u8?_HLS_msn={msn}&_HLS_part={part}")

    def part_ask(self) -> Ask | None:
        """The next part that exists or is hinted at."""
        known = self._listed
        if known is None:
            return None
        until = known.last if known.hint is None or not self._is_blocking else known.hint
        return Ask(f"part/{self.next_part}.m4s", self.next_part) if self.next_part <= until else None

    def take_list(self, listed: Listed) -> str | None:
        """A list has come. Returns what is wrong with it."""
        before, self._listed = self._listed, listed
        is_new = before is None or listed.last > before.last
        self._due_s = self._asked_s + (0.0 if self._is_blocking else PART_S if is_new else PART_S / 2)
        if before is None:
            self.next_part = max(listed.first, listed.last + 1 - BEHIND_PARTS)
            return None
        if listed.sequence < before.sequence or listed.last < before.last:
            return "a list that went back"
        if listed.last < self._waits_for:
            return "a list that came early"
        if listed.first > self.next_part:
            self.next_part = listed.first
            return "parts that are gone"
        return None

    def take_part(self, number: int) -> str | None:
        """The part that was asked for has come, and says that it is `number`. Returns what is wrong."""
        expected, self.next_part = self.next_part, self.next_part + 1
        return None if number == expected else "another part"

    def failed(self, now_s: float) -> None:
        """An answer was none; the list is asked for again after a part's time."""
        self._due_s = now_s + PART_S


def part_number(body: bytes) -> int:
    """The chunk that a part's first `moof` names; −1: none."""
    at = body.find(b"mfhd")
    return int.from_bytes(body[at + 8 : at + 12], "big") - 1 if at >= 0 else -1


def _number(uri: str) -> int:
    return int(uri.rpartition("/")[2].removesuffix(".m4s"))
