"""The books of a hand-over: every descriptor is closed once or given to somebody else."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from stentor.edge.framing import Format
from stentor.edge.handover import Ack, Books, Handover
from stentor.space.rung import Codec


def test_a_message_arrives_as_it_was_sent() -> None:
    wish = Handover("demo", Codec.OPUS, Format.MP4, 12, b"HTTP/1.1 200 OK\r\n\r\n")
    assert Handover.parse(wish.encoded()) == wish
    wish = replace(wish, session=(1 << 64) - 1)
    assert Handover.parse(wish.encoded()) == wish
    assert Ack.parse(Ack(7, 5).encoded()) == Ack(7, 5)


@given(st.lists(st.integers(0, 5), max_size=60))
def test_what_is_taken_is_closed_once_and_what_is_not_is_given_back(acks: list[int]) -> None:
    books, sent, taken, closed = Books(), 0, 0, list[int]()
    for count in acks:
        for _ in range(3):
            books.sent(sent, b"")
            sent += 1
        taken = min(sent, taken + count)
        closed += books.acked(Ack(taken, taken))
        assert books.seats == sent
    assert closed == list(range(taken))
    assert [fd for fd, _ in books.lost()] == list(range(taken, sent))
    assert books.lost() == []
