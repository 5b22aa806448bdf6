"""libopus: the one file that touches it.

Comes in: Opus packets or samples. Goes out: samples or Opus packets. Never: RTP, time, a second codec.

By ctypes on the copy inside the PyAV wheel (else the system's): PyAV's own decoder offers neither
concealment nor forward error correction nor a reset, and those are what a lossy line is survived by
(envelope correlation at 5 % loss: 0.96 with them, 0.55 without).
"""

import ctypes
import ctypes.util
import weakref
from functools import cache
from pathlib import Path
from typing import Final

import av
import numpy as np
from numpy.typing import NDArray

from stentor.errors import BadInput, CannotStart
from stentor.limits import SAMPLE_RATE_HZ

Samples = NDArray[np.float32]

PACKET_SAMPLES_MAX: Final = 5_760
"""120 ms, the longest packet of RFC 6716."""
PACKET_BYTES_MAX: Final = 1_275
APPLICATION_VOICE: Final = 2048
APPLICATION_AUDIO: Final = 2049

_SET_BITRATE, _SET_COMPLEXITY, _SET_FEC, _SET_LOSS = 4002, 4010, 4012, 4014
_GET_LOOKAHEAD, _RESET = 4027, 4028


class Decoder:
    """One voice's decoder, mono; stereo packets are mixed down by libopus itself.

    Args:
        rate_hz: of the samples that it gives: 48, 24, 16, 12 or 8 kHz; libopus needs no filter for it.
    """

    def __init__(self, *, rate_hz: int = SAMPLE_RATE_HZ) -> None:
        lib = _library()
        error = ctypes.c_int()
        self._lib = lib
        self._state = lib.opus_decoder_create(rate_hz, 1, ctypes.byref(error))
        _checked(error.value)
        self._out = np.zeros(PACKET_SAMPLES_MAX, np.float32)
        self._free = weakref.finalize(self, lib.opus_decoder_destroy, self._state)

    def decode(self, packet: bytes) -> Samples:
        """All samples of a packet. Raises: BadInput: libopus cannot read it."""
        return self._decode(packet, PACKET_SAMPLES_MAX, with_fec=0)

    def recover(self, following: bytes, *, samples: int) -> Samples:
        """The packet before `following` from the redundancy inside it, or concealment where it has none.

        Raises: BadInput: libopus cannot read it.
        """
        return self._decode(following, samples, with_fec=1)

    def conceal(self, *, samples: int) -> Samples:
        """What was lost, guessed from what was before; fades out by itself after some 100 ms."""
        return self._decode(None, samples, with_fec=0)

    def _decode(self, packet: bytes | None, samples: int, *, with_fec: int) -> Samples:
        size = 0 if packet is None else len(packet)
        count = self._lib.opus_decode_float(
            self._state, packet, size, self._out.ctypes.data, samples, with_fec
        )
        if count < 0:
            raise BadInput(f"An Opus packet of {size} bytes cannot be decoded ({_reason(count)}).")
        return self._out[:count].copy()


class Encoder:
    """One stream's encoder at 48 kHz.

    Args:
        channels: 2 for what is stereo by nature; voices and the programme are mono.
    """

    def __init__(
        self,
        *,
        bitrate_bps: int,
        complexity: int = 9,
        application: int = APPLICATION_VOICE,
        expected_loss_percent: int = 0,
        channels: int = 1,
    ) -> None:
        lib = _library()
        error = ctypes.c_int()
        self._lib = lib
        self._channels = channels
        self._state = lib.opus_encoder_create(SAMPLE_RATE_HZ, channels, application, ctypes.byref(error))
        _checked(error.value)
        self._out = ctypes.create_string_buffer(PACKET_BYTES_MAX)
        self._free = weakref.finalize(self, lib.opus_encoder_destroy, self._state)
        self._set(_SET_BITRATE, bitrate_bps)
        self._set(_SET_COMPLEXITY, complexity)
        self._set(_SET_FEC, int(expected_loss_percent > 0))
        self._set(_SET_LOSS, expected_loss_percent)

    def encode(self, frame: Samples) -> bytes:
        """One packet.

        Args:
            frame: float32 (samples · channels,), −1…1, left and right in turn, of one of Opus's durations
                (2.5 to 60 ms).
        """
        frame = np.ascontiguousarray(frame, np.float32)
        samples = len(frame) // self._channels
        size = self._lib.opus_encode_float(
            self._state, frame.ctypes.data, samples, self._out, PACKET_BYTES_MAX
        )
        assert size > 0, f"libopus refuses a frame of {len(frame)} samples: {_reason(size)}"
        return self._out.raw[:size]

    def reset(self) -> None:
        """Forgets the past, keeps the settings: for a stream that begins anew."""
        _checked(self._lib.opus_encoder_ctl(self._state, _RESET))

    @property
    def lookahead_samples(self) -> int:
        """By how much the decoded sound is late: the `pre_skip` of `dOps`."""
        value = ctypes.c_int()
        _checked(self._lib.opus_encoder_ctl(self._state, _GET_LOOKAHEAD, ctypes.byref(value)))
        return value.value

    def _set(self, request: int, value: int) -> None:
        _checked(self._lib.opus_encoder_ctl(self._state, request, ctypes.c_int(value)))


@cache
def _library() -> ctypes.CDLL:
    """Raises: CannotStart: neither PyAV's wheel nor the system has a libopus."""
    bundled = sorted((Path(av.__file__).parent.parent / "av.libs").glob("libopus*"))
    name = str(bundled[0]) if bundled else ctypes.util.find_library("opus")
    if name is None:
        raise CannotStart(
            "The stage",
            because="there is no libopus, neither in the PyAV wheel nor on the system",
            next_step="install the wheel of PyAV, or the system's package libopus0",
        )
    lib = ctypes.CDLL(name)
    pointer, number = ctypes.c_void_p, ctypes.c_int
    lib.opus_decoder_create.restype = lib.opus_encoder_create.restype = pointer
    lib.opus_decoder_create.argtypes = [number, number, pointer]
    lib.opus_encoder_create.argtypes = [number, number, number, pointer]
    lib.opus_decode_float.argtypes = [pointer, ctypes.c_char_p, number, pointer, number, number]
    lib.opus_encode_float.argtypes = [pointer, pointer, number, pointer, number]
    # The control calls take a variable list: only the first two arguments have a fixed type.
    lib.opus_encoder_ctl.argtypes = [pointer, number]
    lib.opus_decoder_destroy.argtypes = lib.opus_encoder_destroy.argtypes = [pointer]
    lib.opus_decoder_destroy.restype = lib.opus_encoder_destroy.restype = None
    lib.opus_strerror.restype = ctypes.c_char_p
    return lib


def _reason(code: int) -> str:
    text: bytes = _library().opus_strerror(code)
    return text.decode()


def _checked(code: int) -> None:
    assert code == 0, f"libopus: {_reason(code)}"
