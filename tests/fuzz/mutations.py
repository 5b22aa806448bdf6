"""Other inputs from good ones: what a fuzzer without sight of coverage does. Pure; randomness comes in."""

from collections.abc import Sequence
from random import Random
from typing import Final

SIZE_MAX: Final = 4_096
_WORDS: Final = (
    *(b"\0", b"\xff", b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\0\0\0"),
    *(b"-1", b"0", b"1e999", b"NaN", b"Infinity", b"null", b"[]", b"{}", b'""', b"true", b"9" * 400),
    *(b"[" * 500, b'{"a":' * 300, b"\\ud800", b"\xf0\x9f\x98", b"\r\n", b",", b"=", b"&", b":"),
)


def mutated(inputs: Sequence[bytes], chance: Random) -> bytes:
    """One to six changes of one of the inputs."""
    data = chance.choice(inputs) if inputs else b""
    for _ in range(chance.randint(1, 6)):
        data = _changed(data, inputs, chance)
    return data[:SIZE_MAX]


def _changed(data: bytes, inputs: Sequence[bytes], chance: Random) -> bytes:  # noqa: PLR0911
    at = chance.randint(0, len(data))
    until = min(len(data), at + chance.choice((1, 1, 2, 4, 8, 32)))
    match chance.randrange(9):
        case 0 if data:
            index = chance.randrange(len(data))
            return data[:index] + bytes([data[index] ^ (1 << chance.randrange(8))]) + data[index + 1 :]
        case 1:
            return data[:at] + chance.randbytes(until - at) + data[until:]
        case 2:
            return data[:at] + data[until:]
        case 3:
            return data[:at] + data[at:until] * chance.randint(2, 40) + data[until:]
        case 4:
            return data[:at] + chance.choice(_WORDS) + data[until:]
        case 5:
            return data[:at] + chance.choice(_WORDS) + data[at:]
        case 6:
            return data[:at]
        case 7 if inputs:
            other = chance.choice(inputs)
            return data[:at] + other[chance.randint(0, len(other)) :]
    return data + chance.randbytes(chance.randint(0, 16))
