"""What passes the gate of a media port, and in which pace."""

import pytest
from aioice import stun

from stentor.stage.stun_gate import STUN_BYTES_MAX, StunGate

HERE, THERE = ("192.0.2.1", 5000), ("192.0.2.2", 5000)


def check(name: str = "abcd:wxyz", *, password: bytes = b"p" * 22) -> bytes:
    """A connectivity check as aioice and browsers send it."""
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    message.attributes.update({"USERNAME": name, "PRIORITY": 1, "ICE-CONTROLLING": 2})
    message.add_message_integrity(password)
    return bytes(message)


def admitted(data: bytes, *, gate: StunGate | None = None, is_known: bool = False, now_s: float = 0) -> bool:
    gate = gate or StunGate("abcd")
    return gate.admits(data, source=HERE, is_known=is_known, awaited=set(), now_s=now_s)


def test_a_check_with_our_name_passes() -> None:
    """Whatever name the other side gave itself."""
    assert admitted(check())
    assert admitted(check("abcd:"))


@pytest.mark.parametrize(
    "data",
    [
        check("abce:wxyz"),
        check("abcd"),
        check("xabcd:wxyz"),
        check()[:-4],
        check() + b"\0\0\0\0",
        check()[:20],
        b"\0\1\0\0" + check()[4:20],
        b"\0\x11" + check()[2:],
        check()[:4] + b"\0\0\0\0" + check()[8:],
        check("abcd:" + "x" * STUN_BYTES_MAX),
    ],
    ids=["name", "colon", "prefix", "short", "long", "head", "bare", "indication", "cookie", "size"],
)
def test_what_is_not_a_check_for_us_does_not_pass(data: bytes) -> None:
    """Before anything is parsed or hashed."""
    assert not admitted(data)


def test_an_answer_passes_if_somebody_waits_for_it() -> None:
    """By its transaction, which only whoever was asked has seen."""
    answer = bytes(stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, b"t" * 12))
    gate = StunGate("abcd")
    assert not gate.admits(answer, source=HERE, is_known=True, awaited=set(), now_s=0)
    assert gate.admits(answer, source=HERE, is_known=False, awaited={b"t" * 12}, now_s=0)


def test_one_source_is_slowed_down_and_others_are_not() -> None:
    """Fifty at once, then fifty a second."""
    gate = StunGate("abcd")
    data = check()
    passed = [gate.admits(data, source=HERE, is_known=True, awaited=set(), now_s=0) for _ in range(200)]
    assert 49 <= sum(passed) <= 51
    assert gate.admits(data, source=THERE, is_known=True, awaited=set(), now_s=0)
    assert gate.admits(data, source=HERE, is_known=True, awaited=set(), now_s=0.05)


def test_forged_sources_share_one_pace_and_leave_the_speaker_theirs() -> None:
    """Ten thousand addresses in one second: at most 200 are looked at; consent goes on."""
    gate = StunGate("abcd")
    data = check()
    passed = [
        gate.admits(data, source=number, is_known=False, awaited=set(), now_s=number / 10_000)
        for number in range(10_000)
    ]
    assert sum(passed) <= 200
    assert gate.admits(data, source=HERE, is_known=True, awaited=set(), now_s=1)
