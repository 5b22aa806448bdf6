from stentor.log.freshness import Freshness


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
