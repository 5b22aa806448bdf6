"""The guard: calm it lets everybody in, hot it knows whom first."""

from plain_gate import hot
from stentor.admission.budgets import Budgets
from stentor.admission.forwarded import Trusted
from stentor.admission.shedding import Class
from stentor.edge.asked import Asked, asked
from stentor.edge.guard import Guard

PERSON = "198.51.100.7"
SESSION = b"session!"


def line(target: str) -> Asked:
    found = asked(f"GET {target} HTTP/1.1\r\n\r\n".encode())
    assert found is not None
    return found


def refused(guard: Guard, target: str, address: str = PERSON, *, count: int = 1, now_s: float = 0.0) -> int:
    return sum(
        guard.refusal(line(target), address, port=1, now_s=now_s, is_kept=True) is not None
        for _ in range(count)
    )


def full(guard: Guard) -> Guard:
    """Hot, and for newcomers nothing is left."""
    hot(guard)
    for _ in range(20):
        for class_ in (Class.JOIN, Class.RENEW):
            for _ in range(2000):
                guard.shedder.admits(class_, 0)
        guard.step(late_ms=300.0, busy=1.0, elapsed_s=0.1)
    return guard


def test_a_calm_door_asks_nobody_anything() -> None:
    asked_for: list[str] = []

    def knows(_name: str, token: str) -> None:
        asked_for.append(token)

    guard = Guard(Budgets(requests_per_s=1), knows=knows)
    assert refused(guard, "/s/demo/live.mp4?pass=x", count=1000) == 0
    assert asked_for == [], "no MAC is computed while there is no need"


def test_a_good_pass_outweighs_its_networks_flood_until_it_is_shown_by_too_many() -> None:
    shed: list[Class] = []
    guard = hot(
        Guard(
            Budgets(requests_per_s=0.001),
            knows=lambda name, token: SESSION if (name, token) == ("demo", "good") else None,
            shed=shed.append,
        )
    )
    refused(guard, "/s/demo/live.mp4", count=5)
    assert refused(guard, "/s/demo/live.mp4?pass=good", count=20) == 0
    assert refused(guard, "/s/demo/live.mp4?pass=good", count=100) == 100, "one pass, a hundred players"
    assert refused(guard, "/s/demo/live.mp4?pass=good", now_s=0.5) == 0
    assert refused(guard, "/s/other/live.mp4?pass=good", count=10) == 10, "of another Space"
    assert set(shed) == {Class.JOIN}


def test_the_same_asker_gets_the_same_answer() -> None:
    guard = full(Guard(Budgets(requests_per_s=0)))
    answers = {f"203.0.113.{host}": refused(guard, "/s/demo", f"203.0.113.{host}") for host in range(200)}
    assert 0 < sum(answers.values()) < 200
    for _ in range(5):
        assert all(refused(guard, "/s/demo", address) == answer for address, answer in answers.items())


def test_a_named_proxy_is_no_heavy_network() -> None:
    guard = hot(Guard(Budgets(requests_per_s=0.001), Trusted.parsed(("198.51.100.0/24",))))
    assert refused(guard, "/s/demo", count=10) == 0
    assert refused(guard, "/s/demo", "203.0.113.1", count=10) == 9


def test_refusals_say_when_by_how_much_too_many_came() -> None:
    guard = full(Guard(Budgets(requests_per_s=0.001)))
    refused(guard, "/s/demo", count=2)
    told = [guard.refusal(line("/s/demo"), PERSON, port=1, now_s=0.0, is_kept=True) for _ in range(100)]
    seconds = {int(answer.split(b"Retry-After: ")[1].split(b"\r\n")[0]) for answer in told if answer}
    assert min(seconds) == 1
    assert max(seconds) == round(guard.shedder.retry_s())
