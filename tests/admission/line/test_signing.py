"""The clock's signature: what the house said is known from what anybody else says."""

from hypothesis import given
from hypothesis import strategies as st

from stentor.admission.line.line_clock import Doors, LineClock
from stentor.admission.line.signing import ClockSigner, is_signed_by

SIGNER = ClockSigner(b"s" * 32)
CLOCK = LineClock("demo", 7, 1_800_000_000_000, Doors.HELD, arrivals=((1, 3), (5, 8)), waiting=11)
DOCUMENT = CLOCK.encoded(SIGNER.sign)


def test_a_clock_that_the_house_signed_is_known() -> None:
    assert is_signed_by(SIGNER.public_key, DOCUMENT)
    assert LineClock.parse(DOCUMENT) == CLOCK


@given(at=st.integers(0, len(DOCUMENT) - 1), bit=st.integers(0, 7))
def test_a_clock_with_any_bit_changed_is_not(at: int, bit: int) -> None:
    forged = bytearray(DOCUMENT)
    forged[at] ^= 1 << bit
    assert not is_signed_by(SIGNER.public_key, bytes(forged))


def test_another_houses_clock_is_not() -> None:
    assert not is_signed_by(ClockSigner(b"o" * 32).public_key, DOCUMENT)


@given(st.binary(max_size=300))
def test_noise_is_not(noise: bytes) -> None:
    assert not is_signed_by(SIGNER.public_key, noise)
