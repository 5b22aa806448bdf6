"""The clock's document: read back as written, and signed as the very bytes that travel."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from stentor.admission.line.line_clock import Doors, LineClock, Why, signed_part
from stentor.admission.line.place import Place
from stentor.errors import BadInput

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
CLOCK = LineClock(
    "demo",
    number=7,
    at_ms=1_800_000_000_000,
    doors=Doors.HELD,
    why=Why.SEATS,
    called=Place(3, 99),
    arrivals=((3, 120), (4, 80), (8, 0)),
    seed="00" * 32,
)


def test_a_clock_is_read_back_as_it_was_written() -> None:
    assert LineClock.parse(CLOCK.encoded(KEY.sign)) == CLOCK


def test_the_signature_is_of_the_bytes_that_travel() -> None:
    data, signature = signed_part(CLOCK.encoded(KEY.sign))
    KEY.public_key().verify(signature, data)


@pytest.mark.parametrize("data", [b"", b"{}", b'{"sig":"x"}', b'[],"sig":"AA=="}', b"x" * 9000])
def test_what_is_no_clock_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(BadInput):
        LineClock.parse(data)
    with pytest.raises(BadInput):
        signed_part(data)


def test_who_is_called() -> None:
    assert CLOCK.calls(Place(3, 98))
    assert not CLOCK.calls(Place(3, 99))
    assert not CLOCK.calls(Place(4, 0))
    lobby = LineClock("demo", 1, 0, Doors.LOBBY, called=Place(9, 0))
    assert not lobby.calls(Place(0, 0)), "before the doors open nobody is called, whatever stands there"
