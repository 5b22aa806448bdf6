"""How often one person may come anew."""

import pytest

from stentor.errors import TooMany
from stentor.stage.offers import OFFER_INTERVAL_S, OFFERS_BURST, PUT_AWAY_S, Offers


def accepted(offers: Offers, person: str, *, now_s: float) -> bool:
    try:
        offers.take(person, now_s=now_s)
    except TooMany:
        return False
    return True


def test_a_thousand_offers_in_a_minute_are_two_dozen() -> None:
    """Others are not touched by it."""
    offers = Offers()
    assert sum(accepted(offers, "troll", now_s=n * 0.06) for n in range(1_000)) <= OFFERS_BURST + 13
    assert accepted(offers, "maya", now_s=60)


def test_a_bad_line_may_come_again_each_time_it_breaks() -> None:
    """Every five seconds, all evening."""
    offers = Offers()
    assert all(accepted(offers, "maya", now_s=n * (OFFER_INTERVAL_S + 0.001)) for n in range(1_000))


def test_who_was_put_away_comes_back_after_a_minute() -> None:
    """And is told when."""
    offers = Offers()
    offers.hold("troll", now_s=100)
    with pytest.raises(TooMany) as refused:
        offers.take("troll", now_s=101)
    assert refused.value.retry_after_s == pytest.approx(PUT_AWAY_S - 1)
    assert accepted(offers, "troll", now_s=100 + PUT_AWAY_S)
