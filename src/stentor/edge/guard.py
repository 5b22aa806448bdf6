"""The gate's guard: says who is answered, before anybody works for them.

Comes in: the first line of each request and who asks; how late the loop is. Goes out: yes, or the bytes of a
refusal. Never: a list of people; an address that is kept (`budgets.py` keeps hashes).
"""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from stentor.admission.budgets import THIS_MACHINE, Budgets
from stentor.admission.forwarded import NOBODY, Trusted
from stentor.admission.pace import Pace
from stentor.admission.shedding import COHORTS, Class, Shedder
from stentor.edge.asked import Asked
from stentor.edge.refusals import SHED

_SESSION_BURST: Final = 20
_SESSION_EVERY_S: Final = 0.25
"""An LL-HLS player asks 3.3 times a second; more than that, a pass is shown by more than one."""
_SESSIONS_MAX: Final = 32_768
TOLD_MAX: Final = 512

Knows = Callable[[str, str], bytes | None]
"""A Space's name and a token → the session of a pass that is good there; None: it is none."""


@dataclass(slots=True)
class Guard:
    """One per gate.

    Args:
        knows: asked only while the door is hot.
        shed: hears of each refusal.
        waits_ms: how long whoever connects now waits to be accepted, one per door; a queue that the loop's
            own lateness does not show.
        told_max: connections over their network's budget that are told so, at a time; further ones are reset.
    """

    budgets: Budgets = field(default_factory=Budgets)
    trusted: Trusted = NOBODY
    knows: Knows = lambda _name, _token: None
    shed: Callable[[Class], None] = lambda _class: None
    told_max: int = TOLD_MAX
    shedder: Shedder = field(default_factory=Shedder)
    waits_ms: list[Callable[[], float]] = field(default_factory=list)
    _sessions: Pace = field(
        default_factory=lambda: Pace(_SESSION_BURST, interval_s=_SESSION_EVERY_S, clients_max=_SESSIONS_MAX)
    )
    _secret: bytes = field(default_factory=lambda: os.urandom(16))

    def is_exempt(self, address: str) -> bool:
        """Whether a connection speaks for many: a proxy that was named, or one of this machine."""
        return address in THIS_MACHINE or self.trusted.has(address)

    def step(self, *, late_ms: float, busy: float, elapsed_s: float) -> None:
        """Ten times a second (`queue.py`)."""
        wait_ms = max((waits_ms() for waits_ms in self.waits_ms), default=0.0)
        self.shedder.step(late_ms=late_ms, busy=busy, elapsed_s=elapsed_s, wait_ms=wait_ms)

    def refusal(
        self,
        what: Asked,
        address: str,
        *,
        port: int,
        now_s: float,
        is_kept: bool,
        is_scarce: bool = False,
        is_pushy: bool = False,
    ) -> bytes | None:
        """None: answered.

        Args:
            address: of who asks, behind all proxies that were named. port: of the connection.
            is_scarce: connections are nearly used up, the rest are for those who are in.
            is_kept: the connection stays open after a refusal.
            is_pushy: the connection asks more often than a player does.
        """
        if not self.refuses(what, address, port=port, now_s=now_s, is_scarce=is_scarce, is_pushy=is_pushy):
            return None
        return self.told(what, is_kept=is_kept)

    def told(self, what: Asked, *, is_kept: bool) -> bytes:
        """The bytes of a refusal, counted."""
        self.shed(what.class_)
        return SHED.next(
            spread_s=self.shedder.retry_s(),
            is_for_all=what.is_for_all,
            has_body=what.has_body_back,
            is_kept=is_kept,
        )

    def refuses(
        self,
        what: Asked,
        address: str,
        *,
        port: int,
        now_s: float,
        is_scarce: bool = False,
        is_pushy: bool = False,
    ) -> bool:
        """Whether there is no time for what is asked; the asker is counted either way. See `refusal`."""
        if not self.shedder.is_hot and not is_scarce:
            # Counted as well: what is offered is known when the door becomes hot.
            self.shedder.admits(what.class_, 0)
            return False
        session, class_ = self.session(what, now_s=now_s), what.class_
        if session is not None:
            class_, cohort, is_heavy = Class.RENEW, session[0], False
        else:
            is_many = self.is_exempt(address)
            is_heavy = not is_many and (is_pushy or not self.budgets.request(address, now_s=now_s))
            cohort = self._cohort(f"{address}:{port}" if is_many else address)
        is_in = class_ is Class.RENEW or self.is_exempt(address)
        return (is_scarce and not is_in) or not self.shedder.admits(class_, cohort, is_heavy=is_heavy)

    def session(self, what: Asked, *, now_s: float) -> bytes | None:
        """Whose pass is shown; None: none that is good, or it is shown by too many."""
        session = self.knows(what.name, what.shown) if what.shown else None
        return None if session is None or self._sessions.wait_s(session, now_s=now_s) else session

    def _cohort(self, name: str) -> int:
        """The same for the same asker until this process ends."""
        return hashlib.blake2b(name.encode(), key=self._secret, digest_size=1).digest()[0] % COHORTS
