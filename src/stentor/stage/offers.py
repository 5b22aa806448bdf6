"""How often one person may offer a new connection. Pure.

Comes in: a person, the time. Goes out: nothing, or TooMany. Never: a refusal to somebody whose line is bad:
ten come at once, and one each five seconds after.

Each offer costs a key, a certificate, sockets and an answer, in the loop that mixes for everybody.
"""

from typing import Final

from stentor.admission.pace import Pace
from stentor.errors import TooMany

OFFERS_BURST: Final = 10
OFFER_INTERVAL_S: Final = 5.0
PUT_AWAY_S: Final = 60.0
_PEOPLE_MAX: Final = 1_024
_WHAT: Final = "Your connections to this stage"


class Offers:
    """The offers of all people of one Space."""

    def __init__(self) -> None:
        self._pace = Pace(OFFERS_BURST, OFFER_INTERVAL_S, clients_max=_PEOPLE_MAX)
        self._held_until_s: dict[str, float] = {}

    def take(self, person_id: str, *, now_s: float) -> None:
        """Counts an offer. Raises: TooMany."""
        held_s = self._held_until_s.get(person_id, now_s) - now_s
        if held_s > 0:
            raise TooMany(_WHAT, retry_after_s=held_s)
        self._held_until_s.pop(person_id, None)
        wait_s = self._pace.wait_s(person_id, now_s=now_s)
        if wait_s:
            raise TooMany(_WHAT, retry_after_s=wait_s)

    def hold(self, person_id: str, *, now_s: float) -> None:
        """Who was put away may come back after a minute.

        Bounds: only people who were on stage are held, of whom the crew has a bounded number.
        """
        self._held_until_s[person_id] = now_s + PUT_AWAY_S
