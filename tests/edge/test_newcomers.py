"""Newcomers at one gate, between two words of its edge."""

from stentor.edge.newcomers import GOOD_FOR_S, Newcomers


def test_no_more_come_than_the_edge_has_said_until_it_speaks_again() -> None:
    newcomers = Newcomers()
    newcomers.told(2, now_s=0)
    for _ in range(2):
        assert newcomers.may_come(now_s=0)
        newcomers.came()
    assert not newcomers.may_come(now_s=1)
    newcomers.told(1, now_s=1)
    assert newcomers.may_come(now_s=1)


def test_while_nobody_speaks_the_seats_are_the_bound() -> None:
    newcomers = Newcomers()
    assert newcomers.may_come(now_s=0)
    newcomers.told(0, now_s=0)
    assert not newcomers.may_come(now_s=GOOD_FOR_S - 0.01)
    assert newcomers.may_come(now_s=GOOD_FOR_S), "its steward has gone"
    newcomers.told(None, now_s=10)
    assert newcomers.may_come(now_s=10)
