import math

from stentor.log.freshness import Freshness, Hints


def test_everything_is_read_once_and_then_nothing_until_there_is_something_new() -> None:
    fresh = Freshness()
    assert fresh.lacks(7)
    fresh.looked_at_all([3, 7])
    assert not fresh.lacks(7)
    assert fresh.lacks(8)


def test_a_hinted_change_needs_no_look_at_everything() -> None:
    fresh = Freshness()
    fresh.lacks(7)
    fresh.looked_at_all([7])
    fresh.saw([8])
    assert not fresh.lacks(8)


def test_a_replica_that_is_late_is_asked_again_soon() -> None:
    fresh = Freshness()
    fresh.lacks(7)
    fresh.looked_at_all([6])
    assert fresh.wait_s < 1
    assert fresh.lacks(7)
    fresh.looked_at_all([7])
    assert not fresh.lacks(7)
    assert fresh.wait_s >= 1


def test_a_deletion_leaves_nothing_to_see_and_is_believed_after_a_few_looks() -> None:
    fresh = Freshness()
    for _ in range(3):
        assert fresh.lacks(9)
        fresh.looked_at_all([4])
    assert not fresh.lacks(9)
    assert fresh.lacks(10)


def test_an_empty_house_is_looked_at_once() -> None:
    fresh = Freshness()
    assert not fresh.lacks(0)
    assert fresh.wait_s >= 1


def test_a_hint_is_looked_for_until_its_value_is_seen() -> None:
    hints = Hints()
    hints.take("demo", b"muted")
    hints.saw("demo", b"before")
    assert hints.keys == {"demo"}
    assert hints.wait_s < 0.1
    hints.saw("demo", b"muted")
    assert hints.keys == set()
    assert hints.wait_s == math.inf


def test_a_refused_change_is_given_up_within_half_a_second() -> None:
    hints = Hints()
    hints.take("demo", b"refused")
    hints.saw("demo", b"as it was")
    waited_s = 0.0
    while hints.keys:
        waited_s += hints.wait_s
        hints.saw("demo", b"as it was")
    assert 0.2 < waited_s < 0.5


def test_a_second_hint_is_looked_for_afresh() -> None:
    hints = Hints()
    hints.take("demo", b"one")
    hints.saw("demo", b"before")
    hints.take("demo", b"two")
    hints.saw("demo", b"one")
    assert hints.keys == {"demo"}
    hints.saw("demo", b"two")
    assert hints.keys == set()
