from stentor.backoff import Backoff


def test_a_child_that_keeps_dying_waits_longer_and_a_good_life_is_forgiven() -> None:
    backoff = Backoff()
    assert [backoff.after_death(lived_s=0.5) for _ in range(8)] == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]
    assert backoff.after_death(lived_s=10.0) == 0.1
