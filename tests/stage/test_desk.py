"""The mixing desk's turns: what a programme is to it, beside voices."""

import numpy as np
import pytest

from stage.sounds import stereo, strength
from stentor.sound.opus import APPLICATION_AUDIO, Decoder, Encoder
from stentor.stage.desk import Desk, Seat
from stentor.stage.return_feed import ReturnFeed
from stentor.stage.rtp import parse_rtp, rtp_header
from stentor.stage.speaker import Speaker
from webrtc_peer import FRAME, Samples

PT = 111
TICKS = 200


def packets(samples: Samples) -> list[bytes]:
    """Mono (samples,) or stereo (samples, 2) as RTP, 20 ms each."""
    channels = samples.ndim
    encoder = Encoder(bitrate_bps=128_000, application=APPLICATION_AUDIO, channels=channels)
    return [
        rtp_header(payload_type=PT, sequence=index, timestamp=index * FRAME, ssrc=channels)
        + encoder.encode(samples[at : at + FRAME].reshape(-1))
        for index, at in enumerate(range(0, len(samples) - FRAME + 1, FRAME))
    ]


def feed(ssrc: int) -> ReturnFeed:
    return ReturnFeed(payload_type=PT, ssrc=ssrc, sequence=0, timestamp=0)


def seat(*, is_programme: bool, is_deaf: bool = False) -> Seat:
    speaker = Speaker(payload_type=PT, level_id=None, is_programme=is_programme)
    return Seat(speaker, None if is_deaf else feed(1), is_programme=is_programme)


def mixed(desk: Desk, sent: dict[str, list[bytes]]) -> tuple[Samples, dict[str, list[bytes]]]:
    """The programme of all ticks but the first second, and everybody's packets."""
    frames: list[Samples] = []
    returns: dict[str, list[bytes]] = {person: [] for person in sent}
    for tick in range(TICKS):
        for person, line in sent.items():
            if tick < len(line):
                desk.seats[person].speaker.receive(line[tick])
        out = desk.turn(tick_in_chunk=tick % 32, is_logged=False)
        frames.append(out.programme)
        for person, packet in out.returns.items():
            returns[person].append(packet)
    return np.concatenate(frames[50:]), returns


def test_a_programme_is_mixed_as_it_comes_with_its_sides_folded() -> None:
    """Neither lifted nor lowered: a sound at −12 dB, and one so quiet that it would be no voice."""
    for gain in (0.25, 0.004):
        desk = Desk()
        desk.seat("obs", seat(is_programme=True))
        heard, _ = mixed(desk, {"obs": packets(stereo(4, left_hz=440, right_hz=1000, gain=gain))})
        assert strength(heard, 440) == pytest.approx(gain / 2, rel=0.1)
        assert strength(heard, 1000) == pytest.approx(gain / 2, rel=0.1)


def test_what_is_on_both_sides_is_as_loud_as_on_each() -> None:
    desk = Desk()
    desk.seat("obs", seat(is_programme=True))
    heard, _ = mixed(desk, {"obs": packets(stereo(4, left_hz=440, right_hz=440, gain=0.25))})
    assert strength(heard, 440) == pytest.approx(0.25, rel=0.1)


def test_people_hear_the_programme_and_a_deaf_line_gets_nothing() -> None:
    """A talker's own mix has the programme in it; a source over the wire costs no packet."""
    desk = Desk()
    desk.seat("file", seat(is_programme=True, is_deaf=True))
    desk.seat("obs", seat(is_programme=True))
    desk.seat("maya", seat(is_programme=False))
    voice = stereo(4, left_hz=700, right_hz=700)[:, 0]
    tone = packets(stereo(4, left_hz=440, right_hz=440, gain=0.2))
    _, returns = mixed(desk, {"file": tone, "obs": tone, "maya": packets(voice)})
    assert [len(returns[person]) for person in ("file", "obs", "maya")] == [0, TICKS, TICKS]
    hears = {person: decoded(returns[person]) for person in ("obs", "maya")}
    assert strength(hears["maya"], 440) > 0.3
    assert strength(hears["maya"], 700) < 0.02, "mix-minus"
    assert strength(hears["obs"], 700) > 0.1


def test_a_muted_programme_is_not_in_the_mix() -> None:
    desk = Desk()
    desk.seat("obs", seat(is_programme=True))
    desk.seats["obs"].is_muted = True
    heard, _ = mixed(desk, {"obs": packets(stereo(4, left_hz=440, right_hz=440))})
    assert np.abs(heard).max() == 0


def decoded(line: list[bytes]) -> Samples:
    decoder = Decoder()
    parsed = [parse_rtp(data) for data in line]
    return np.concatenate([decoder.decode(packet.payload) for packet in parsed if packet])[48_000:]
