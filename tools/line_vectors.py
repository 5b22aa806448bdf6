"""Makes tests/vectors/line.json: clocks, places, and what somebody at that place is told.

    python -m tools.line_vectors

The reference is `admission/line/forecast.py`; the pages' TypeScript has to give the same. Run it when the
arithmetic changes, and read the difference.
"""

import itertools
import json
from dataclasses import asdict, replace
from pathlib import Path

from stentor.admission.line.forecast import forecast
from stentor.admission.line.line_clock import Doors, LineClock, Why
from stentor.admission.line.place import DRAWS, Place, commitment_of, place_of
from stentor.admission.token import Ticket

PAGE = Path(__file__).resolve().parent.parent / "tests" / "vectors" / "line.json"
SEED = bytes(range(32))
DOORS_MS = 1_800_000_000_000
HELD = LineClock(
    "demo",
    number=90,
    at_ms=DOORS_MS + 60_000,
    doors=Doors.HELD,
    why=Why.SEATS,
    doors_ms=DOORS_MS,
    called=Place(0, DRAWS // 4),
    arrivals=((0, 3000), (1, 400), (2, 250), (3, 1000), (11, 2000), (62, 90)),
    show=0.8,
    admits_per_s=40.0,
    room=0,
    leaves_per_s=20.0,
    waiting=5400,
    admitted=10_000,
    poll_s=30.0,
    here_s=34.0,
    commitment=commitment_of(SEED),
    seed=SEED.hex(),
)
CLOCKS = {
    "lobby": replace(HELD, doors=Doors.LOBBY, why=Why.NONE, doors_ms=None, seed=None, poll_s=10.0),
    "open": replace(HELD, doors=Doors.OPEN, why=Why.NONE),
    "seats": HELD,
    "room": replace(HELD, why=Why.JOINS, room=2000),
    "joins": replace(HELD, why=Why.JOINS, room=1_000_000, leaves_per_s=0.0),
    "stuck": replace(HELD, why=Why.HOST, admits_per_s=0.0, leaves_per_s=0.0),
    "nobody_leaves": replace(HELD, room=100, leaves_per_s=0.0),
    "near": replace(HELD, joins_per_s=400.0),
    "given_up": replace(HELD, gives_up_per_s=0.0004, room=300),
    "later": replace(HELD, called=Place(5, 1 << 31), arrivals=((5, 70), (7, 50), (62, 0)), heat=2),
    "over": replace(HELD, doors=Doors.OVER, why=Why.NONE),
}
PLACES = (
    *(Place(0, draw) for draw in (0, DRAWS // 4 - 1, DRAWS // 4, DRAWS // 2, DRAWS - 1)),
    *(Place(bucket, 1 << 31) for bucket in (1, 3, 5, 6, 30, 61)),
    *(Place(bucket, 7) for bucket in (62, 200, 5000)),
)


def vectors() -> dict[str, object]:
    """Everything in the file."""
    forecasts = [
        {"clock": name, "place": [place.bucket, place.draw], "forecast": asdict(forecast(clock, place))}
        for (name, clock), place in itertools.product(CLOCKS.items(), PLACES)
    ]
    places = [
        {"id": id_.hex(), "bucket": 3, "effort": effort, "place": [place.bucket, place.draw]}
        for id_ in (bytes(8), b"\xff" * 8, bytes(range(8)))
        for effort in range(4)
        for place in [place_of(Ticket(0, id_, 3, effort), SEED)]
    ]
    clocks = {name: json.loads(clock.encoded(lambda _: bytes(64))) for name, clock in CLOCKS.items()}
    return {
        "seed": SEED.hex(),
        "commitment": commitment_of(SEED),
        "places": places,
        "clocks": clocks,
        "forecasts": forecasts,
    }


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(json.dumps(vectors(), indent=1) + "\n")
