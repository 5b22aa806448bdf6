"""What one voice may send, and what becomes of it when it sends more, or nonsense."""

from stentor.stage.conduct import BYTES_BURST, PACKETS_BURST, PACKETS_PER_TICK, Conduct, Ration, Verdict


def test_a_ration_is_a_store_and_so_much_each_tick() -> None:
    """By packets."""
    ration = Ration()
    assert sum(ration.takes(100) for _ in range(PACKETS_BURST + 50)) == PACKETS_BURST
    assert ration.excess_count == 50
    ration.tick()
    assert sum(ration.takes(100) for _ in range(10)) == PACKETS_PER_TICK


def test_opus_at_its_highest_rate_fits_and_twice_as_much_does_not() -> None:
    """By bytes: 1,275 in 20 ms for ten minutes, 5,000 for a few seconds."""
    ration = Ration()
    for _ in range(30_000):
        assert ration.takes(1_275 + 12)
        ration.tick()
    assert sum(ration.takes(1_400) for _ in range(PACKETS_BURST)) == BYTES_BURST // 1_400


def test_a_good_voice_is_heard_and_one_accident_is_none() -> None:
    """A burst after a dead line, one torn packet."""
    conduct = Conduct()
    assert conduct.look(excess=0, broken=0) is Verdict.HEAR
    assert conduct.look(excess=25, broken=1) is Verdict.HEAR


def test_nonsense_is_silenced_at_once_and_heard_again_two_seconds_after_its_end() -> None:
    """Four looks without fault."""
    conduct = Conduct()
    assert conduct.look(excess=0, broken=2) is Verdict.SILENCE
    assert conduct.because == "broken"
    verdicts = [conduct.look(excess=0, broken=2) for _ in range(4)]
    assert verdicts == [Verdict.SILENCE] * 3 + [Verdict.HEAR]


def test_who_goes_on_is_put_away_after_five_seconds() -> None:
    """Ten looks."""
    conduct = Conduct()
    verdicts = [conduct.look(excess=100 * n, broken=0) for n in range(1, 11)]
    assert verdicts == [Verdict.SILENCE] * 9 + [Verdict.PUT_AWAY]
    assert conduct.because == "too_much"


def test_who_does_it_half_of_the_time_is_put_away_too() -> None:
    """Within 20 s; once every two seconds it is silence for ever, which harms nobody."""
    conduct = Conduct()
    looks = next(
        n for n in range(1, 100) if conduct.look(excess=100 * (n // 2), broken=0) is Verdict.PUT_AWAY
    )
    assert looks <= 40
    rare = Conduct()
    assert Verdict.PUT_AWAY not in {rare.look(excess=100 * (n // 4), broken=0) for n in range(400)}
