from stentor.edge.admission.shown import MOVED_MAX, TICKETS_MAX, Shown


def test_a_ticket_counts_once_however_often_it_is_shown() -> None:
    shown = Shown()
    assert [shown.is_first(name) for name in (b"a", b"b", b"a")] == [True, True, False]


def test_a_sign_of_presence_counts_once_in_its_time() -> None:
    shown = Shown()
    times_s = (0.0, 9.9, 10.0, 11.0, 25.0)
    assert [shown.is_due(b"a", every_s=10, now_s=s) for s in times_s] == [True, False, True, False, True]


def test_moved_sessions_are_told_once_and_no_more_than_the_bound() -> None:
    shown = Shown()
    for number in [*range(MOVED_MAX + 5), 0]:
        shown.moved(number.to_bytes(8))
    told = shown.taken_moved()
    assert len(told) == 8 * MOVED_MAX
    assert shown.taken_moved() == b""


def test_the_tables_have_an_end() -> None:
    shown = Shown()
    for number in range(TICKETS_MAX + 1):
        shown.is_first(number.to_bytes(8))
        shown.is_due(number.to_bytes(8), every_s=10, now_s=0)
    assert shown.is_first((0).to_bytes(8))
    assert not shown.is_first((2).to_bytes(8))
    assert shown.is_due((1).to_bytes(8), every_s=10, now_s=0) is False
