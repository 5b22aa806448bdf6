"""What anybody can check of a Space's line: the signature, the draw, the place of a ticket.

Comes in: a listeners' link, what one has noted of a ticket and of the promise. Goes out: sentences, and
whether all that can be checked is true. Never: a word that has to be believed.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from stentor.admission.line.forecast import forecast
from stentor.admission.line.line_clock import Doors, LineClock
from stentor.admission.line.place import DRAWS, place_of
from stentor.admission.line.signing import is_signed_by
from stentor.admission.line.words import span
from stentor.admission.token import Ticket
from stentor.client.clock_check import HOUSE_PATH, is_seed_of, key_of
from stentor.client.edges import Edges
from stentor.client.front_door import FrontDoor


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence. Args: holds: False: the house has not kept its word."""

    words: str
    holds: bool = True


async def findings(url: str, *, ticket: Ticket | None, commitment: str) -> list[Finding]:
    """Reads clock and key. Raises: RemoteProblem, Broken: there is none. BadInput: it is no clock.

    Args:
        commitment: as it was told before the doors opened; empty: nobody has noted it.
    """
    edges = Edges(url)
    async with FrontDoor() as http:
        document = await http.read(edges.url("line.json"))
        key = key_of(await http.read(edges.first + HOUSE_PATH))
    return list(found_in(document, key, ticket=ticket, commitment=commitment))


def found_in(document: bytes, key: bytes, *, ticket: Ticket | None, commitment: str) -> Iterator[Finding]:
    """The findings on one clock. Raises: BadInput."""
    is_signed = is_signed_by(key, document)
    clock = LineClock.parse(document)
    yield Finding(
        f"Clock {clock.number} is {'signed' if is_signed else 'NOT signed'} with the house's key.", is_signed
    )
    if commitment and commitment.lower() != clock.commitment:
        yield Finding("The house promises another draw now than the one you have noted.", holds=False)
    if clock.seed is None:
        yield Finding(f"The draw is still secret. Note what is promised: {clock.commitment}")
        return
    is_true = is_seed_of(clock.seed, commitment or clock.commitment)
    noted = "that you have noted" if commitment else "that is told with it"
    yield Finding(
        f"The draw's seed {'is' if is_true else 'is NOT'} the one of the promise {noted}.", holds=is_true
    )
    if ticket is not None:
        yield Finding(_place(clock, ticket, bytes.fromhex(clock.seed)))


def _place(clock: LineClock, ticket: Ticket, seed: bytes) -> str:
    place = place_of(ticket, seed)
    stands = f"The ticket stands in bucket {place.bucket} at {place.draw / DRAWS:.4%} of its draw"
    if clock.calls(place):
        return f"{stands}: it is called."
    if clock.doors is not Doors.HELD:
        return f"{stands}."
    found = forecast(clock, place)
    wait = "" if found.wait_s is None else f", about {span(found.wait_s[0])} to {span(found.wait_s[1])}"
    return f"{stands}: {found.ahead or 0:,} are before it{wait}."
