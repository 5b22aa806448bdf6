"""Whose clock it is, and whether a draw was kept."""

import base64
import json

import pytest

from stentor.admission.line.line_clock import Doors, LineClock
from stentor.admission.line.place import commitment_of
from stentor.admission.line.signing import ClockSigner
from stentor.client.clock_check import ClockCheck, key_of
from stentor.client.verifying import found_in
from stentor.errors import BadInput

SEED = bytes(range(32))
SIGNER = ClockSigner(b"s" * 32)


def clock(*, seed: bytes | None, promised: bytes = SEED, signer: ClockSigner = SIGNER) -> bytes:
    told = LineClock(
        "demo",
        1,
        1_800_000_000_000,
        Doors.LOBBY if seed is None else Doors.HELD,
        commitment=commitment_of(promised),
        seed=None if seed is None else seed.hex(),
    )
    return told.encoded(signer.sign)


def check() -> ClockCheck:
    made = ClockCheck()
    made.key = SIGNER.public_key
    return made


def test_a_clock_of_somebody_else_is_not_believed() -> None:
    assert check().read(clock(seed=SEED)).seed == SEED.hex()
    for forged in (
        clock(seed=SEED, signer=ClockSigner(b"o" * 32)),
        clock(seed=SEED).replace(b"held", b"open"),
    ):
        with pytest.raises(BadInput, match="not signed"):
            check().read(forged)


def test_a_clock_that_came_inside_another_document_is_the_same_bytes() -> None:
    document = clock(seed=SEED)
    again = json.dumps(json.loads(document), separators=(",", ":")).encode()
    assert check().read(again) == LineClock.parse(document)


def test_an_old_clock_and_another_spaces_are_not_believed() -> None:
    mine = check()
    told = {key: LineClock(*key, 0, Doors.HELD).encoded(SIGNER.sign) for key in (("demo", 4), ("demo", 5))}
    told["hall", 6] = LineClock("hall", 6, 0, Doors.HELD).encoded(SIGNER.sign)
    assert mine.read(told["demo", 5]).number == 5
    for other in (("demo", 4), ("hall", 6)):
        with pytest.raises(BadInput, match="another Space, or an old one"):
            mine.read(told[other])
    assert mine.read(told["demo", 5]).number == 5


def test_a_draw_that_was_changed_after_the_promise_is_noticed() -> None:
    mine = check()
    assert mine.is_draw_true(mine.read(clock(seed=SEED))) is None, "nobody had heard a promise"
    mine.read(clock(seed=None))
    assert mine.is_draw_true(mine.read(clock(seed=SEED))) is True
    other = b"x" * 32
    assert mine.is_draw_true(mine.read(clock(seed=other, promised=other))) is False


def test_the_findings_say_what_does_not_hold() -> None:
    document = clock(seed=b"x" * 32)
    found = list(found_in(document, ClockSigner(b"o" * 32).public_key, ticket=None, commitment=""))
    assert [finding.holds for finding in found] == [False, False]


@pytest.mark.parametrize("told", [b"", b"[]", b"{}", b'{"clock_key":"AAAA","alg":"Ed25519"}'])
def test_a_house_without_a_key_is_said_to_have_none(told: bytes) -> None:
    with pytest.raises(BadInput):
        key_of(told)
    key = base64.b64encode(SIGNER.public_key).decode()
    assert key_of(json.dumps({"clock_key": key, "alg": "Ed25519"}).encode()) == SIGNER.public_key
