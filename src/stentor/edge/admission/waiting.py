"""The answers to somebody who waits: a place instead of a seat; a ticket that was asked for.

Comes in: a desk, who knocks. Goes out: the error that every route answers with; a ticket's document. Never: a
second ticket for somebody who has shown a good one.
"""

import json
import random
from collections.abc import Mapping
from typing import Final

from stentor.edge.admission.desk import Desk, Knock, Place
from stentor.errors import InLine
from stentor.space.record import Space

_POLL_S: Final = 2.0
_AT_DOOR_S: Final = 1.0
"""Whose place is called stands by: the next seat that becomes free is theirs within a second."""
_SPREAD: Final = 0.5
_NOTE: Final = "many from your network"


def in_line(desk: Desk, space: Space, knock: Knock) -> InLine:
    """Where they stand now, and when to look again: as the clock says, spread so that no wave forms.

    Raises: Gone. Conflict. TooMany: they have no ticket and get none.
    """
    place = knock.place or desk.place(space, knock.address)
    heard = desk.heard(space)
    poll_s = heard.clock.poll_s if heard else _POLL_S
    if desk.is_called(space, place):
        poll_s = _AT_DOOR_S
    return InLine(
        ticket=place.token,
        bucket=place.ticket.bucket,
        id_hex=place.ticket.id.hex(),
        clock=heard.raw if heard else None,
        retry_after_s=round(poll_s * random.uniform(1 - _SPREAD, 1 + _SPREAD), 1),  # noqa: S311  # spreads, keeps no secret
    )


def ticket_document(
    desk: Desk, space: Space, place: Place, *, challenge: Mapping[str, object] | None = None
) -> bytes:
    """What `POST …/ticket` answers with, in JSON."""
    heard = desk.heard(space)
    told = {
        "ticket": place.token,
        "bucket": place.ticket.bucket,
        "id": place.ticket.id.hex(),
        "behind_s": place.behind_s,
        "network_note": _NOTE if place.behind_s else None,
        "challenge": challenge,
        "clock": heard.raw.decode() if heard else None,
    }
    return json.dumps(told, separators=(",", ":")).encode()
