"""libopus by ctypes."""

import gc

import numpy as np
import psutil
import pytest

from stentor.errors import BadInput
from stentor.formats.cmaf import OPUS_PRE_SKIP_SAMPLES
from stentor.sound.opus import APPLICATION_AUDIO, Decoder, Encoder
from webrtc_peer import FRAME, bursts


def encoded(encoder: Encoder, seconds: float = 2.0) -> list[bytes]:
    samples = bursts(seconds, pitch_hz=140, seed=5)
    return [encoder.encode(samples[at : at + FRAME]) for at in range(0, len(samples) - FRAME + 1, FRAME)]


def test_the_pre_skip_of_the_init_segment_is_the_encoder_s_own_look_ahead() -> None:
    """Both applications, so both the programme and the way back."""
    for application in (2048, APPLICATION_AUDIO):
        encoder = Encoder(bitrate_bps=32_000, application=application)
        assert encoder.lookahead_samples == OPUS_PRE_SKIP_SAMPLES


def test_a_lost_packet_comes_back_from_the_next_one() -> None:
    """With redundancy in the stream, recovery is nearer to the truth than concealment is."""
    encoder = Encoder(bitrate_bps=32_000, expected_loss_percent=20)
    packets = encoded(encoder)
    truth = Decoder()
    errors = {"recover": 0.0, "conceal": 0.0}
    frames = [truth.decode(packet) for packet in packets]
    for way in errors:
        decoder = Decoder()
        for at, packet in enumerate(packets[:-1]):
            if at % 10 != 9:
                decoder.decode(packet)
                continue
            following = packets[at + 1]
            guess = (
                decoder.recover(following, samples=FRAME)
                if way == "recover"
                else decoder.conceal(samples=FRAME)
            )
            errors[way] += float(((guess - frames[at]) ** 2).sum())
    assert errors["recover"] < 0.8 * errors["conceal"]


def test_concealment_fades_out() -> None:
    """A voice that has gone does not hum on."""
    decoder = Decoder()
    for packet in encoded(Encoder(bitrate_bps=32_000), 0.5):
        decoder.decode(packet)
    frames = [decoder.conceal(samples=FRAME) for _ in range(25)]
    assert np.abs(frames[-1]).max() < 0.02


@pytest.mark.parametrize("packet", [b"", b"\xfb", b"\xff" * 7, b"\xfb\x3f" + b"x" * 20])
def test_what_libopus_refuses_is_bad_input(packet: bytes) -> None:
    """And the decoder goes on."""
    decoder = Decoder()
    if packet:
        with pytest.raises(BadInput):
            decoder.decode(packet)
    assert len(decoder.decode(encoded(Encoder(bitrate_bps=32_000), 0.1)[0])) == FRAME


@pytest.mark.parametrize("samples", [480, 960, 1920, 2880])
def test_every_duration_that_a_browser_sends_is_decoded(samples: int) -> None:
    """10, 20, 40 and 60 ms."""
    packet = Encoder(bitrate_bps=32_000).encode(np.zeros(samples, np.float32))
    assert len(Decoder().decode(packet)) == samples


def test_a_reset_encoder_begins_anew() -> None:
    """The same bytes as a fresh one."""
    encoder = Encoder(bitrate_bps=32_000)
    first = encoded(encoder, 0.3)
    encoder.reset()
    assert encoded(encoder, 0.3) == first


def test_encoders_and_decoders_give_their_memory_back() -> None:
    """2,000 of each are 80 MB; a stage sees as many in a long evening."""
    process = psutil.Process()

    def use(count: int) -> None:
        for _ in range(count):
            Encoder(bitrate_bps=32_000)
            Decoder()
        gc.collect()

    use(200)
    before = process.memory_info().rss
    use(2_000)
    assert process.memory_info().rss - before < 12 << 20
