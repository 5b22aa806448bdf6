"""The gate's own accept: who has connected and has not said anything yet stands on the doorstep.

Comes in: a listening socket. Goes out: connections whose first request may be answered, as uvicorn's protocol
takes them; a refusal for the others, without a transport, a parser or a task. Never: more than a turn's worth
of newcomers before the loop does something else; a connection that is silent for 3 s.

A silent connection costs a descriptor and a line of a table here; as a transport with a parser it cost 9 kB.
The first bytes are looked at and left in the kernel (`MSG_PEEK`), so that the protocol reads them itself.
TCP_DEFER_ACCEPT would keep the silent out of here, in a queue of the kernel's that they then fill for all.
"""

import asyncio
import contextlib
import itertools
import select
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from stentor.admission.proxy_protocol import proxied
from stentor.edge.asked import asked
from stentor.edge.connection import Arrival, Connection, Hall
from stentor.edge.express import Taking
from stentor.edge.knock import knocked
from stentor.edge.refusals import OVER_BUDGET
from stentor.edge.sockets import waiting_to_be_accepted
from stentor.errors import BadInput

ACCEPTS_PER_TURN: Final = 64
"""Of those who are listened to; and below this nobody speaks of a queue."""
_TURN_S: Final = 0.005
_TURN_S_MAX: Final = 0.1
_TURN_SHARE: Final = 0.3
"""Of the loop's time belongs to who comes new, when as many come: a flood over open connections made a turn
600 ms long, and at 64 newcomers a turn everybody's wait was seconds."""
_LOOKS_AT_THE_TIME: Final = 8
PEEK_BYTES: Final = 2048
"""The first line (1 KiB at most, `connection.py`) behind a PROXY header."""
_FULL_AGAIN_S: Final = 0.1
_SWEEPS: Final = 12
"""In the time that a connection may be silent."""
_TOO_MANY_S: Final = 10.0
_RESET: Final = struct.pack("ii", 1, 0)


@dataclass(eq=False, slots=True)
class Caller:
    """A connection that has said nothing yet.

    Args:
        needs_proxy: it must begin with a PROXY header.
    """

    sock: socket.socket
    address: str
    port: int
    at_s: float
    step: "Doorstep"
    needs_proxy: bool = False
    is_over_budget: bool = False
    is_on_reserve: bool = False
    is_listened_to: bool = False

    def give_up(self) -> None:
        self.step.drop(self)


class Doorstep:
    """One listening socket's.

    Args:
        listening: not blocking. made: uvicorn's protocol, for a connection that is let in.
        takes_proxy: named proxies speak the PROXY protocol.
    """

    def __init__(
        self,
        listening: socket.socket,
        made: Callable[[], Connection],
        hall: Hall,
        *,
        takes_proxy: bool = False,
    ) -> None:
        self._listening = listening
        host, port, *_ = listening.getsockname()
        self._door = (host, port)
        self._made = made
        self._guard = hall.guard
        self._express = hall.express
        self._held = hall.held
        self._silent_s = hall.silent_s
        self._takes_proxy = takes_proxy
        self._loop = asyncio.get_running_loop()
        self._callers: dict[int, Caller] = {}
        self._over_budget = 0
        self._accepted = 0
        self._turn_ended_s = self._loop.time()
        self._asked_s = self._loop.time()
        self._epoll = select.epoll()
        self._entering: set[asyncio.Task[None]] = set()
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def waits_ms(self) -> float:
        """How long whoever connects now waits until they are accepted: a queue in the kernel, which the
        loop's own lateness does not show. To be asked a few times a second."""
        now_s = self._loop.time()
        accepted_per_s = self._accepted / max(now_s - self._asked_s, _TURN_S)
        self._accepted, self._asked_s = 0, now_s
        queued = waiting_to_be_accepted(self._listening)
        return 1000 * queued / max(accepted_per_s, 1.0) if queued > ACCEPTS_PER_TURN else 0.0

    def open(self) -> None:
        self._guard.waits_ms.append(self.waits_ms)
        self._loop.add_reader(self._epoll.fileno(), self._look)
        self._loop.add_reader(self._listening.fileno(), self._accept)
        self._sweep()

    def close(self) -> None:
        """No more newcomers; the sockets of those who have said nothing are closed. The listening one is not
        ours."""
        self._guard.waits_ms.remove(self.waits_ms)
        self._loop.remove_reader(self._listening.fileno())
        self._loop.remove_reader(self._epoll.fileno())
        for timer in self._timers.values():
            timer.cancel()
        for caller in list(self._callers.values()):
            self.drop(caller)
        self._epoll.close()

    def drop(self, caller: Caller, *, resets: bool = False) -> None:
        """Closes a connection that never was one."""
        self._forget(caller)
        self._held.ends(caller)
        if resets:
            with contextlib.suppress(OSError):
                caller.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        caller.sock.close()

    def _accept(self) -> None:
        now_s = self._loop.time()
        elsewhere_s = now_s - self._turn_ended_s
        ends_s = now_s + min(max(_TURN_SHARE * elsewhere_s, _TURN_S), _TURN_S_MAX)
        for number in itertools.count():
            if number % _LOOKS_AT_THE_TIME == 0 and (now_s := self._loop.time()) > ends_s:
                self._turn_ended_s = now_s
                return
            if self._held.is_full:
                self._pause()
                return
            try:
                sock, (peer, port, *_rest) = self._listening.accept()
            except (BlockingIOError, InterruptedError):
                self._turn_ended_s = now_s
                return
            except ConnectionError:
                continue
            except OSError:
                # No descriptor, no memory: the kernel keeps them until there is some.
                self._pause()
                return
            self._accepted += 1
            self._held.make_room()
            # A door for both protocols tells IPv4 in IPv6's clothes.
            self._take(sock, peer.removeprefix("::ffff:") if "." in peer else peer, port, now_s)

    def _take(self, sock: socket.socket, address: str, port: int, now_s: float) -> None:
        is_exempt = self._guard.is_exempt(address)
        is_over = not is_exempt and not self._guard.budgets.connection(address, now_s=now_s)
        if is_over and self._over_budget >= self._guard.told_max:
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            sock.close()
            return
        sock.setblocking(False)
        caller = Caller(
            sock,
            address,
            port,
            now_s,
            self,
            needs_proxy=self._takes_proxy and self._guard.trusted.has(address),
            is_over_budget=is_over,
            is_on_reserve=self._held.is_scarce,
        )
        self._over_budget += is_over
        self._callers[sock.fileno()] = caller
        self._held.comes(caller)
        # While the door is busy the request is here already: nothing has to be registered for it.
        self._hear(caller, now_s)

    def _look(self) -> None:
        now_s = self._loop.time()
        for fd, _ in self._epoll.poll(0, ACCEPTS_PER_TURN):
            caller = self._callers.get(fd)
            if caller is not None:
                self._hear(caller, now_s)

    def _hear(self, caller: Caller, now_s: float) -> None:
        try:
            data = caller.sock.recv(PEEK_BYTES, socket.MSG_PEEK)
        except BlockingIOError:
            self._listen_to(caller)
            return
        except OSError:
            data = b""
        if not data:
            self.drop(caller)
            return
        if caller.needs_proxy:
            try:
                head = proxied(data)
            except BadInput:
                self.drop(caller, resets=True)
                return
            if head is None:
                self._listen_to(caller)
                return
            caller.sock.recv(head.size_bytes)
            data = data[head.size_bytes :]
            caller.needs_proxy = False
            if head.address is not None:
                caller.address = head.address
                caller.is_over_budget = not self._guard.budgets.connection(head.address, now_s=now_s)
                self._over_budget += caller.is_over_budget
            if not data:
                self._listen_to(caller)
                return
        self._let_in(caller, data, now_s)

    def _let_in(self, caller: Caller, data: bytes, now_s: float) -> None:
        what = asked(data)
        # Whoever is in comes back out of their neighbours' flood as well.
        if caller.is_over_budget and (what is None or self._guard.session(what, now_s=now_s) is None):
            self._refuse(
                caller, OVER_BUDGET.next(spread_s=_TOO_MANY_S, is_for_all=False, has_body=True, is_kept=False)
            )
            return
        is_refused = (
            what is not None
            and not self._guard.is_exempt(caller.address)
            and self._guard.refuses(
                what, caller.address, port=caller.port, now_s=now_s, is_scarce=caller.is_on_reserve
            )
        )
        if self._is_served(caller, data, may_sit=not is_refused):
            return
        if is_refused and what is not None:
            self._refuse(caller, self._guard.told(what, is_kept=False))
            return
        self._forget(caller)
        task = self._loop.create_task(self._enter(caller, was_judged=what is not None))
        self._entering.add(task)
        task.add_done_callback(self._entering.discard)

    def _is_served(self, caller: Caller, data: bytes, *, may_sit: bool) -> bool:
        """At the express desk."""
        if self._express is None or self._guard.trusted.has(caller.address):
            return False
        knock = knocked(data)
        if knock is None:
            return False
        answer = self._express.answer(knock, caller.address, may_sit=may_sit, is_kept=False)
        if isinstance(answer, bytes):
            self._refuse(caller, answer)
        elif answer is None or not self._is_seated(caller, answer, len(data)):
            return False
        return True

    def _is_seated(self, caller: Caller, taking: Taking, size_bytes: int) -> bool:
        assert self._express is not None, "it made the seat"
        if not self._express.take(taking, caller.sock.fileno()):
            return False
        # What is not read would end the stream with a reset. The fan-out never reads.
        caller.sock.recv(size_bytes)
        self._forget(caller)
        self._held.ends(caller)
        # The descriptor stays open until the fan-out has acknowledged its copy.
        caller.sock.detach()
        return True

    def _refuse(self, caller: Caller, refusal: bytes) -> None:
        with contextlib.suppress(OSError):
            # What is not read makes the kernel answer a close with a reset, which overtakes the answer.
            caller.sock.recv(1 << 16)
            caller.sock.send(refusal)
        self.drop(caller)

    async def _enter(self, caller: Caller, *, was_judged: bool) -> None:
        arrival = Arrival(
            caller.address,
            caller.port,
            self._door,
            caller.at_s,
            was_judged=was_judged,
            is_on_reserve=caller.is_on_reserve,
        )

        def made() -> Connection:
            protocol = self._made()
            protocol.arrival = arrival
            return protocol

        try:
            await self._loop.connect_accepted_socket(made, caller.sock)
        except OSError:
            caller.sock.close()
        finally:
            self._held.ends(caller)

    def _forget(self, caller: Caller) -> None:
        fd = caller.sock.fileno()
        if self._callers.pop(fd, None) is not None:
            self._over_budget -= caller.is_over_budget
            if caller.is_listened_to:
                self._epoll.unregister(fd)

    def _listen_to(self, caller: Caller) -> None:
        if not caller.is_listened_to:
            caller.is_listened_to = True
            # Edge-triggered: half a line is looked at once more when more of it has come, and not before.
            flags = select.EPOLLIN | select.EPOLLRDHUP | select.EPOLLET
            self._epoll.register(caller.sock.fileno(), flags)

    def _pause(self) -> None:
        self._loop.remove_reader(self._listening.fileno())
        self._timers["accept"] = self._loop.call_later(
            _FULL_AGAIN_S, self._loop.add_reader, self._listening.fileno(), self._accept
        )

    def _sweep(self) -> None:
        """The table is in order of arrival, so only those who are too late are looked at."""
        late_s = self._loop.time() - self._silent_s
        while self._callers and (caller := next(iter(self._callers.values()))).at_s <= late_s:
            self.drop(caller)
        self._timers["sweep"] = self._loop.call_later(self._silent_s / _SWEEPS, self._sweep)
