"""An evening: who comes when, how patient, for how long, against which edges. Pure.

Comes in: nothing. Goes out: shapes with numbers, each an assumption that can be read and changed here. Never:
randomness (`crowd.py`).

The shapes follow the two evenings of DESIGN §1 (facts: 0, «The two evenings to beat»): a lobby that fills
while nothing can be heard, the notification's burst, a second coming when word goes round that it works now.
"""

from dataclasses import dataclass
from typing import Final

from stentor.admission.budgets import BEHIND_S_MAX


@dataclass(frozen=True, slots=True)
class Burst:
    """People who come because of one moment.

    Args:
        at_s: seconds after the doors open, from which they come.
        half_life_s: half of those still to come do so within this time.
    """

    people: int
    at_s: int
    half_life_s: float


@dataclass(frozen=True, slots=True)
class Fleet:
    """What listens can be taken in by, from a moment on.

    Args:
        from_s: seconds after the doors open.
    """

    from_s: int
    seats: int
    joins_per_s: int


@dataclass(frozen=True, slots=True)
class Bots:
    """Who comes for the place, not for the sound.

    Args:
        hosts: machines in networks of their own, each minting tickets as the budgets allow.
        tickets_per_min_held: the budgets' figure of one address.
        mints_s: for how long they mint.
        begins_s: from when on, after the doors open; negative: in the lobby.
        dated_s_max: they take no ticket that is dated further than this: it would come after the evening.
        comes: whether they take the seats, or leave their tickets behind as ghosts.
        says_here: whether they say «here».
    """

    hosts: int
    tickets_per_min_held: float
    mints_s: int
    begins_s: int = 0
    dated_s_max: int = BEHIND_S_MAX
    comes: bool = True
    says_here: bool = True


@dataclass(frozen=True, slots=True)
class Gateway:
    """People who have one address.

    Args:
        people: they come when everybody comes.
        times: so many times wider it is counted (setting `wide_networks`).
    """

    name: str
    people: int
    times: int = 1


@dataclass(frozen=True, slots=True)
class Evening:
    """One run.

    Args:
        lobby: people who come before the doors open, evenly over lobby_s.
        steady_per_s: who come all the time after the doors opened.
        lasts_s: seconds after the doors open that are looked at.
        fleets: in order of time.
        ghosts: share of people who take a ticket and close the page.
        hasty: share of those who wait that have no patience: mean hasty_s; the others' mean is patient_s.
        passing: share of listeners who only look in: mean passing_s; the others stay stays_s.
        gateways: people among all these who share addresses.
        bidders: share of people who solve proof of work at full effort, whatever it costs a phone.
    """

    name: str
    lobby: int
    lobby_s: int
    bursts: tuple[Burst, ...]
    steady_per_s: float
    lasts_s: int
    fleets: tuple[Fleet, ...]
    ghosts: float = 0.1
    hasty: float = 0.15
    hasty_s: float = 60.0
    patient_s: float = 3600.0
    passing: float = 0.35
    passing_s: float = 240.0
    stays_s: float = 3000.0
    bidders: float = 0.0
    bots: Bots | None = None
    gateways: tuple[Gateway, ...] = ()

    @property
    def people(self) -> int:
        """Everybody but the bots."""
        return round(
            self.lobby + sum(burst.people for burst in self.bursts) + self.steady_per_s * self.lasts_s
        )


EVENING_2024: Final = Evening(
    "evening-2024",
    lobby=1_200_000,
    lobby_s=2400,
    bursts=(Burst(3_200_000, at_s=0, half_life_s=60), Burst(1_400_000, at_s=2400, half_life_s=120)),
    steady_per_s=305.6,
    lasts_s=7200,
    fleets=(Fleet(0, seats=2_000_000, joins_per_s=40_000),),
)
"""Eight million against forty edges of 50,000 seats."""

EVENING_2023: Final = Evening(
    "evening-2023",
    lobby=100_000,
    lobby_s=600,
    bursts=(Burst(470_000, at_s=0, half_life_s=240),),
    steady_per_s=83.3,
    lasts_s=2400,
    fleets=(
        Fleet(0, seats=300_000, joins_per_s=6_000),
        Fleet(1200, seats=150_000, joins_per_s=3_000),
        Fleet(1260, seats=300_000, joins_per_s=6_000),
    ),
)
"""670,000 in twenty minutes; then half of the edges are lost for a minute and their listeners come back."""

STEADY: Final = Evening(
    "steady",
    lobby=0,
    lobby_s=60,
    bursts=(),
    steady_per_s=40.0,
    lasts_s=7200,
    fleets=(Fleet(0, seats=60_000, joins_per_s=1_000),),
)
"""A little more than there are seats for, for two hours."""

HOUR: Final = Evening(
    "hour",
    lobby=10_000,
    lobby_s=600,
    bursts=(Burst(60_000, at_s=0, half_life_s=300),),
    steady_per_s=5.0,
    lasts_s=7200,
    fleets=(Fleet(0, seats=20_000, joins_per_s=1_000),),
    passing=0.1,
)
"""A line of an hour, of which most give up before their turn."""

EVENINGS: Final = {evening.name: evening for evening in (EVENING_2024, EVENING_2023, STEADY, HOUR)}
