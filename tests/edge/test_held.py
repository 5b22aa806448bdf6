"""Connections that a gate holds: bounded, with a fifth for those who are in."""

import resource
from dataclasses import dataclass, field

from stentor.edge.held import Held, room_for_connections


@dataclass(eq=False)
class Open:
    """A connection that notes when it had to go."""

    gone: list["Open"] = field(default_factory=list)

    def give_up(self) -> None:
        self.gone.append(self)


def opened(held: Held, count: int) -> list[Open]:
    """So many, idle in this order."""
    gone: list[Open] = []
    found = [Open(gone) for _ in range(count)]
    for connection in found:
        held.comes(connection)
        held.wakes(connection)
        held.rests(connection)
    return found


def test_room_is_made_by_whoever_has_been_idle_the_longest() -> None:
    held = Held(10)
    first, second, *rest = opened(held, 8)
    held.wakes(first)
    held.rests(first)
    held.make_room()
    assert first.gone == [second]
    assert len(held) == 7
    held.make_room()
    assert len(first.gone) == 1
    assert rest


def test_who_never_said_anything_goes_before_who_was_answered() -> None:
    held = Held(10)
    opened(held, 7)
    silent = Open()
    held.comes(silent)
    held.make_room()
    assert silent.gone == [silent]


def test_nobody_is_closed_while_being_answered_and_the_reserve_stays() -> None:
    held, gone = Held(10), list[Open]()
    for _ in range(8):
        held.wakes(Open(gone))
    held.make_room()
    assert gone == []
    assert held.is_scarce
    assert not held.is_full
    held.wakes(Open())
    held.wakes(Open())
    assert held.is_full


def test_an_end_is_counted_once() -> None:
    held = Held(10)
    (one,) = opened(held, 1)
    held.ends(one)
    held.ends(one)
    held.rests(one)
    assert len(held) == 0


def test_the_room_is_no_larger_than_the_descriptors() -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    assert room_for_connections(50) == 50
    if hard != resource.RLIM_INFINITY:
        assert room_for_connections(hard) < hard / 2
