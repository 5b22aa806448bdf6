"""Places: an order that nobody chose and everybody can check."""

from hypothesis import given
from hypothesis import strategies as st

from stentor.admission.line.place import DRAWS, Place, commitment_of, place_of
from stentor.admission.token import EFFORT_MAX, Ticket

SEED = b"s" * 32
IDS = st.binary(min_size=8, max_size=8)


@given(id_=IDS, effort=st.integers(0, EFFORT_MAX))
def test_a_bid_moves_forward_by_half_the_way_at_most(id_: bytes, effort: int) -> None:
    calm = place_of(Ticket(0, id_, 3), SEED)
    bid = place_of(Ticket(0, id_, 3, effort), SEED)
    assert calm.bucket == bid.bucket == 3, "never into another bucket"
    assert calm.draw / 2 - 1 <= bid.draw <= calm.draw < DRAWS


def test_whoever_came_in_an_earlier_second_is_before() -> None:
    assert Place(2, DRAWS - 1) < Place(3, 0)


def test_draws_are_spread_evenly() -> None:
    draws = [place_of(Ticket(0, n.to_bytes(8), 0), SEED).draw / DRAWS for n in range(4000)]
    tenths = [sum(1 for draw in draws if tenth / 10 <= draw < (tenth + 1) / 10) for tenth in range(10)]
    assert all(330 < count < 470 for count in tenths)


def test_another_seed_is_another_order_and_the_commitment_fits_one_only() -> None:
    tickets = [Ticket(0, n.to_bytes(8), 0) for n in range(50)]
    order = sorted(tickets, key=lambda ticket: place_of(ticket, SEED))
    assert order != sorted(tickets, key=lambda ticket: place_of(ticket, b"t" * 32))
    assert commitment_of(SEED) != commitment_of(b"t" * 32)
