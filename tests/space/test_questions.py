import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.errors import BadInput, NotFound
from stentor.limits import NAME_LENGTH_MAX, QUESTION_LENGTH_MAX, QUESTIONS_MAX
from stentor.space.questions import Question, Questions, checked_author, checked_question


def question(number: int, *, network: str = "n") -> Question:
    return Question(f"q{number}", f"Question {number}?", "Lea", number, network=network)


def asked(count: int) -> Questions:
    questions = Questions("demo")
    for number in range(count):
        questions = questions.asked(question(number))
    return questions


def test_only_what_a_host_puts_there_is_on_screen() -> None:
    assert asked(3).shown is None
    shown = asked(3).put_on_screen("q1")
    assert shown.shown == question(1)
    assert shown.put_on_screen("q2").on_screen == "q2"
    gone = shown.taken_off_screen()
    assert (gone.shown, gone.question("q1").is_done) == (None, True)


def test_what_is_put_away_is_done_and_not_on_screen() -> None:
    away = asked(2).put_on_screen("q1").put_away("q1")
    assert (away.on_screen, away.question("q1").is_done, away.question("q0").is_done) == (None, True, False)
    assert asked(2).put_on_screen("q1").put_away("q0").on_screen == "q1"


def test_a_question_that_made_room_is_not_found() -> None:
    for move in (Questions.put_on_screen, Questions.put_away, Questions.question):
        with pytest.raises(NotFound, match="made room"):
            move(asked(1), "q9")


def test_what_is_done_makes_room_first_then_the_oldest_but_never_the_one_on_screen() -> None:
    full = asked(QUESTIONS_MAX).put_on_screen("q0").put_away("q7")
    more = full.asked(question(1000))
    assert "q7" not in {q.id for q in more.items}
    more = more.asked(question(1001))
    assert {"q0"} <= {q.id for q in more.items}
    assert "q1" not in {q.id for q in more.items}
    assert len(more.items) == QUESTIONS_MAX


def test_a_banned_networks_questions_go_from_the_screen_too() -> None:
    questions = asked(2).asked(question(2, network="other")).put_on_screen("q0")
    left = questions.without_network("n")
    assert ([q.id for q in left.items], left.on_screen) == (["q2"], None)
    assert questions.put_on_screen("q2").without_network("n").on_screen == "q2"


@pytest.mark.parametrize("text", ["", "   ", "\u0007\n", "x" * (QUESTION_LENGTH_MAX + 1)])
def test_a_question_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        checked_question(text)


def test_a_question_and_a_name_at_the_limit_are_taken() -> None:
    assert checked_question("x" * QUESTION_LENGTH_MAX)
    assert checked_author("") == ""
    assert checked_author("x" * NAME_LENGTH_MAX)
    with pytest.raises(BadInput):
        checked_author("x" * (NAME_LENGTH_MAX + 1))


def test_the_fullest_list_fits_into_a_message() -> None:
    text, name = "𝄞" * QUESTION_LENGTH_MAX, "𝄞" * NAME_LENGTH_MAX
    items = tuple(Question(f"{n:08}", text, name, 1 << 41, network="a" * 24) for n in range(QUESTIONS_MAX))
    data = json.dumps(Questions("x" * 48, items=items).as_json(), ensure_ascii=False).encode()
    assert len(data) < 1 << 20


STEPS = st.lists(
    st.tuples(st.sampled_from(["ask", "screen", "off", "away", "ban", "open"]), st.integers(0, 9)),
    max_size=30,
)


@given(STEPS)
def test_whatever_is_done_what_is_on_screen_is_in_the_list(steps: list[tuple[str, int]]) -> None:
    now, count = Questions("demo"), 0
    for what, number in steps:
        known = {q.id for q in now.items}
        match what:
            case "ask":
                now, count = now.asked(question(count, network=f"n{count % 3}")), count + 1
            case "screen" if f"q{number}" in known:
                now = now.put_on_screen(f"q{number}")
            case "away" if f"q{number}" in known:
                now = now.put_away(f"q{number}")
            case "off":
                now = now.taken_off_screen()
            case "ban":
                now = now.without_network(f"n{number % 3}")
            case "open":
                now = now.opened(is_open=number > 4)
        assert (now.on_screen is None) == (now.shown is None)
        assert len({q.id for q in now.items}) == len(now.items)
    assert Questions.from_json(json.loads(json.dumps(now.as_json()))) == now
