from stentor.edge.audience import Audience


def ask(audience: Audience, address: str, now_s: float, agent: str = "player") -> None:
    audience.asked_hls("demo", address=address, agent=agent, now_s=now_s)


def test_a_player_that_asks_often_is_one_listener() -> None:
    audience = Audience()
    for step in range(12):
        ask(audience, "192.0.2.1", 100 + step / 2)
        ask(audience, "192.0.2.2", 100 + step / 2)
    ask(audience, "192.0.2.2", 103, agent="another")
    assert audience.figures(106)["demo"] == 3


def test_a_player_that_asks_once_per_segment_stays_counted() -> None:
    audience = Audience()
    for number in range(40):
        at_s = 1000 + number * 5.76
        ask(audience, "192.0.2.1", at_s)
        assert audience.figures(at_s + 5.7)["demo"] == 1


def test_a_player_that_left_is_forgotten_within_twelve_seconds() -> None:
    audience = Audience()
    ask(audience, "192.0.2.1", 100)
    assert audience.figures(112.1) == {}
    ask(audience, "192.0.2.1", 200)
    assert audience.figures(1000) == {}


def test_no_address_is_remembered() -> None:
    audience = Audience()
    ask(audience, "192.0.2.1", 100)
    assert "192.0.2" not in repr((audience._now, audience._before))
