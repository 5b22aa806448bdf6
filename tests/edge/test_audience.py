from stentor.edge.audience import Audience


def take(audience: Audience, address: str, chunk: int, now_s: float, agent: str = "player") -> None:
    audience.took("demo", chunk=chunk, address=address, agent=agent, now_s=now_s)


def test_a_player_that_asks_often_is_one_listener() -> None:
    audience = Audience()
    for step in range(12):
        take(audience, "192.0.2.1", 700 + step, 100 + step / 2)
        take(audience, "192.0.2.2", 700 + step, 100 + step / 2)
    for step in range(2):
        take(audience, "192.0.2.2", 700 + step, 103, agent="another")
    assert audience.figures(106)["demo"] == 3


def test_a_player_that_asks_once_per_segment_stays_counted() -> None:
    audience = Audience()
    for number in range(40):
        at_s = 1000 + number * 5.76
        take(audience, "192.0.2.1", 9 * number, at_s)
        if number:
            assert audience.figures(at_s + 5.7)["demo"] == 1


def test_a_flood_of_the_same_objects_hears_nothing() -> None:
    audience = Audience()
    for step in range(3000):
        take(audience, f"192.0.2.{step % 100}", 700 + step % 3, 100 + step / 100)
    assert audience.figures(130) == {}
    assert not audience.is_known("demo", address="192.0.2.1", agent="player", now_s=130)


def test_a_player_that_left_is_forgotten_within_twelve_seconds() -> None:
    audience = Audience()
    for step in range(2):
        take(audience, "192.0.2.1", step, 100)
    assert audience.figures(101) == {"demo": 1}
    assert audience.is_known("demo", address="192.0.2.1", agent="player", now_s=101)
    assert audience.figures(112.1) == {}
    for step in range(2):
        take(audience, "192.0.2.1", step, 200)
    assert audience.figures(1000) == {}


def test_no_address_is_remembered() -> None:
    audience = Audience()
    take(audience, "192.0.2.1", 7, 100)
    assert "192.0.2" not in repr((audience._now, audience._before))
