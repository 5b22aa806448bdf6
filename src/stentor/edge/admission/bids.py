"""Bids: proof of work for a better place within one's bucket. Through here altcha enters.

Comes in: a ticket, the line's heat; a solved challenge. Goes out: a challenge bound to that ticket; the
effort that was proved. Never: a wall (who cannot or will not solve waits like everybody else), a memory of
challenges, a derivation to check one.

altcha's deterministic mode: this door picks the counter that the solver has to find, derives the key once
and signs it, so that checking an answer is two HMACs. The iterations of one try are few, the tries many: what
this door pays for a challenge is one try.
"""

import base64
import secrets
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import altcha

from stentor.admission.token import EFFORT_MAX, Ticket
from stentor.errors import BadInput, NotAllowed
from stentor.read_json import read_json

BID_S: Final = 600
"""So long a challenge can be answered; a phone that was put away and woken again still can."""
PROOF_LENGTH_MAX: Final = 2048
_ALGORITHM: Final = "PBKDF2/SHA-256"
_COST: Final = 100
"""Iterations of one try: 0.1 ms here; in a browser the call of WebCrypto around it costs as much."""
TRIES: Final = {1: 4_000, 2: 8_000, 3: 12_000}
"""Tries by effort, half of it to all of it by chance: 1 to 3 s on a phone (bench/door_costs.py says how)."""


@dataclass(frozen=True, slots=True)
class Bids:
    """Challenges of one house: any of its edges can check them.

    Args:
        secret: signs challenges. key_secret: signs what is to be found.
    """

    secret: bytes
    key_secret: bytes

    def challenge(self, ticket: Ticket, *, space_id: str, effort: int, now_s: float) -> dict[str, Any]:
        """What has to be solved, as altcha's clients take it.

        Args:
            effort: 1 to EFFORT_MAX.
        Bounds: 0.2 ms.
        """
        assert 1 <= effort <= EFFORT_MAX
        tries = TRIES[effort]
        made = altcha.create_challenge(
            _ALGORITHM,
            _COST,
            counter=tries // 2 + secrets.randbelow(tries // 2),
            data=_bound(ticket, space_id) | {"effort": effort, "until_s": int(now_s) + BID_S},
            hmac_secret=self.secret,
            hmac_key_secret=self.key_secret,
        )
        return made.to_dict()

    def effort(self, ticket: Ticket, proof: str, *, space_id: str, now_s: float) -> int:
        """The effort that was proved for this very ticket. The cheap checks come first.

        Raises: BadInput: no proof at all. NotAllowed: of another ticket, too late, or wrong.
        Bounds: 100 µs.
        """
        payload = _read(proof)
        data = payload.challenge.parameters.data
        if not isinstance(data, dict) or any(
            data.get(name) != fact for name, fact in _bound(ticket, space_id).items()
        ):
            raise NotAllowed("This proof belongs to another ticket.")
        until_s, effort = data.get("until_s"), data.get("effort")
        # Both are numbers if this house has signed them; whether it has is what comes last and costs most.
        if not isinstance(until_s, int) or until_s < now_s:
            raise NotAllowed("This proof comes too late. Ask for another challenge.")
        found = altcha.verify_solution(payload, self.secret, hmac_key_secret=self.key_secret)
        if not found.verified or not isinstance(effort, int):
            raise NotAllowed("This proof is wrong.")
        return min(effort, EFFORT_MAX)


def _bound(ticket: Ticket, space_id: str) -> dict[str, object]:
    return {"space": space_id, "id": ticket.id.hex(), "bucket": ticket.bucket}


def _read(proof: str) -> altcha.Payload:
    """Raises: BadInput."""
    if len(proof) <= PROOF_LENGTH_MAX:
        with suppress(ValueError, KeyError, TypeError, AttributeError):
            return altcha.Payload.from_dict(read_json(base64.b64decode(proof, validate=True)))
    raise BadInput("proof must be the base64 of altcha's {challenge, solution}.")
