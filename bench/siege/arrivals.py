"""Honest newcomers during a siege: each knocks from an address of their own, when they are due.

Comes in: how many a second. Goes out: what each was answered and how long after the *intended* moment. Never:
a knock that waits for another's answer (open loop).

A definite answer is sound, or a place in the line with a ticket. «Come again later» without a place is none.
Whoever has a place waits and knocks with the ticket when the house said, as our pages do; whoever hears
something leaves.
"""

import errno
import heapq
import random
import re
import select
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from multiprocessing.connection import Connection

from crowd_addresses import Addresses
from crowd_child import Child, begin_child, live
from crowd_load import Target
from crowd_process import connecting, reset

DEFINITE_S = 1.0
_ROUND_S = 0.002
_PATIENCE_S = 10.0
_WAITS_S_MAX = 60.0
_AGAIN_S = 2.0
"""Where a place comes without a time to knock again."""
_TICKET = re.compile(rb'"ticket": ?"([^"]+)"')
_AGAIN = re.compile(rb"\r\nretry-after: ?(\d+)\r\n", re.IGNORECASE)
_ANSWER_BYTES_MAX = 64 * 1024
_ON_ITS_WAY = {errno.EAGAIN, errno.ENOTCONN, errno.EINPROGRESS}


class Answer(StrEnum):
    """What somebody was told."""

    SOUND = "sound"
    PLACE = "place"
    REFUSED = "refused"
    CUT = "cut"
    NOTHING = "nothing"

    @property
    def is_definite(self) -> bool:
        return self in {Answer.SOUND, Answer.PLACE}


@dataclass(frozen=True, slots=True)
class Arrival:
    """One newcomer's story; `due_s` on this machine's monotonic clock."""

    due_s: float
    answer: Answer
    took_s: float

    @property
    def is_good(self) -> bool:
        return self.answer.is_definite and self.took_s <= DEFINITE_S


@dataclass(frozen=True, slots=True)
class Visit:
    """What they ask for.

    Args:
        sound: bytes that an answer with sound has in it.
    """

    target: Target
    per_s: float
    addresses: Addresses
    sound: bytes = b"mdat"


class Arrivals(Child):
    """Newcomers for as long as the block runs."""

    def __init__(self, visit: Visit, *, seconds_max: float) -> None:
        super().__init__(_arrive, visit, seconds_max)

    def since_asked(self) -> list[Arrival]:
        """Those who have been answered, or have waited too long; of each period's last second some come with
        the next."""
        found: list[Arrival] = self.ask("arrivals")
        return found


def answer_of(data: bytes, *, sound: bytes) -> Answer | None:
    """What has been answered so far; None: nothing that one could act on."""
    if data.startswith(b"HTTP/1."):
        status = data[9:12]
        if status == b"200":
            return Answer.SOUND if sound in data else None
        if status == b"503" and b'"ticket"' in data:
            return Answer.PLACE
    return None


def good_share(arrivals: Sequence[Arrival]) -> float:
    """Those with a definite answer in time; 1 where nobody came."""
    return sum(arrival.is_good for arrival in arrivals) / len(arrivals) if arrivals else 1.0


def recovered_s(arrivals: Sequence[Arrival], *, since_s: float) -> float:
    """How long after `since_s` the last one came who was not answered well; 0: all were."""
    return max((a.due_s - since_s for a in arrivals if a.due_s >= since_s and not a.is_good), default=0.0)


def _arrive(visit: Visit, seconds_max: float, pipe: Connection) -> None:
    begin_child()
    people = _People(visit)
    live(people.step, lambda _word: people.told(), pipe, seconds_max=seconds_max, round_s=_ROUND_S)


@dataclass(slots=True)
class _Knock:
    sock: socket.socket
    due_s: float
    index: int
    ticket: str
    asked_s: float
    has_asked: bool = False
    is_told: bool = False
    data: bytes = b""


class _People:
    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._poll = select.epoll()
        self._began_s = time.monotonic()
        self._come = 0
        self._waiting: dict[int, _Knock] = {}
        self._told: list[Arrival] = []
        self._chance = random.Random(1)
        self._line: list[tuple[float, int, float, str]] = []

    def step(self, now_s: float) -> None:
        visit = self._visit
        due = int((now_s - self._began_s) * visit.per_s)
        while self._come < due:
            self._knock(self._come, self._began_s + self._come / visit.per_s)
            self._come += 1
        while self._line and self._line[0][0] <= now_s:
            _, index, due_s, ticket = heapq.heappop(self._line)
            self._knock(index, due_s, ticket=ticket)
        for fd, _ in self._poll.poll(0, 4096):
            self._hear(fd)
        # In order of their knocks: the first is the oldest.
        while self._waiting:
            fd, knock = next(iter(self._waiting.items()))
            if now_s - max(knock.asked_s, knock.due_s) < _PATIENCE_S:
                break
            self._ends(fd, Answer.NOTHING)

    def told(self) -> list[Arrival]:
        """Since it was last asked; those who have waited too long already are told now, and not again."""
        now_s = time.monotonic()
        for knock in self._waiting.values():
            waited_s = now_s - knock.due_s
            if not knock.is_told and waited_s > DEFINITE_S:
                self._told.append(Arrival(knock.due_s, Answer.NOTHING, waited_s))
                knock.is_told = True
        found, self._told = self._told, []
        return found

    def _knock(self, index: int, due_s: float, *, ticket: str = "") -> None:
        target = self._visit.target
        try:
            sock = connecting(target.host, target.port, source=self._visit.addresses.of(index))
        except OSError:
            if not ticket:
                self._told.append(Arrival(due_s, Answer.CUT, time.monotonic() - due_s))
            return
        knock = _Knock(sock, due_s, index, ticket, time.monotonic(), is_told=bool(ticket))
        self._waiting[sock.fileno()] = knock
        self._poll.register(sock.fileno(), select.EPOLLOUT)

    def _hear(self, fd: int) -> None:
        knock = self._waiting[fd]
        try:
            if not knock.has_asked:
                knock.sock.send(_request(self._visit.target, knock.ticket))
                knock.has_asked = True
                self._poll.modify(fd, select.EPOLLIN)
                return
            data = knock.sock.recv(_ANSWER_BYTES_MAX)
        except OSError as error:
            if error.errno not in _ON_ITS_WAY:
                self._ends(fd, Answer.CUT)
            return
        knock.data += data
        answer = answer_of(knock.data, sound=self._visit.sound)
        if answer is not None:
            self._ends(fd, answer)
        elif not data or len(knock.data) > _ANSWER_BYTES_MAX:
            self._ends(fd, Answer.REFUSED if knock.data.startswith(b"HTTP/") else Answer.CUT)

    def _ends(self, fd: int, answer: Answer) -> None:
        """The first answer is what is told; a place is waited for."""
        knock, now_s = self._waiting.pop(fd), time.monotonic()
        self._poll.unregister(fd)
        reset(knock.sock)
        if not knock.is_told:
            self._told.append(Arrival(knock.due_s, answer, now_s - knock.due_s))
        found = _TICKET.search(knock.data)
        ticket = found[1].decode() if found else knock.ticket
        if ticket and answer is not Answer.SOUND and now_s - knock.due_s < _WAITS_S_MAX:
            again = _AGAIN.search(knock.data)
            again_s = (float(again[1]) if again else _AGAIN_S) * self._chance.uniform(1.0, 1.25)
            heapq.heappush(self._line, (now_s + again_s, knock.index, knock.due_s, ticket))


def _request(target: Target, ticket: str) -> bytes:
    sign = "&" if "?" in target.path else "?"
    path = f"{target.path}{sign}ticket={ticket}" if ticket else target.path
    return f"GET {path} HTTP/1.1\r\nHost: {target.host}\r\nAccept: */*\r\n\r\n".encode()
