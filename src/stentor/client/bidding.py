"""Proof of work as a bid for a better place, for listeners without a browser. Through here altcha enters.

Comes in: a challenge of the house. Goes out: its proof, and the effort that it is worth. Never: longer than
WORK_S; a place that depends on it alone: whoever does not bid is drawn like everybody else.
"""

from typing import Any, Final

import altcha

from stentor.errors import BadInput

WORK_S: Final = 30.0
"""A machine of today needs about a second."""


def solved(challenge: dict[str, Any]) -> tuple[str, int] | None:
    """The proof and its effort. For a thread: it works for a second. None: not found within WORK_S.

    Raises: BadInput: no challenge of ours.
    """
    try:
        asked = altcha.Challenge.from_dict(challenge)
        data = asked.parameters.data
        effort = int(data["effort"]) if isinstance(data, dict) else 0
        found = altcha.solve_challenge(asked, timeout=WORK_S)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(f"A challenge cannot be read: {type(error).__name__}.") from None
    return None if found is None else (altcha.Payload(asked, found).to_base64(), effort)
