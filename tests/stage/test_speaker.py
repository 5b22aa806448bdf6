"""One voice from RTP to frames."""

import random

import numpy as np
import pytest

from stentor.sound.opus import Encoder
from stentor.stage.conduct import PACKETS_BURST
from stentor.stage.desk import Desk, Seat
from stentor.stage.return_feed import ReturnFeed
from stentor.stage.rtp import parse_rtp, rtp_header
from stentor.stage.speaker import Speaker
from webrtc_peer import FRAME, Samples, best_correlation, bursts

PT = 96


def rtp(number: int, payload: bytes, *, samples: int = FRAME, ssrc: int = 7) -> bytes:
    return rtp_header(payload_type=PT, sequence=number, timestamp=number * samples, ssrc=ssrc) + payload


def speaker() -> Speaker:
    return Speaker(payload_type=PT, level_id=None)


def packets(said: Samples, *, samples: int = FRAME) -> list[bytes]:
    encoder = Encoder(bitrate_bps=32_000, expected_loss_percent=10)
    return [
        rtp(index, encoder.encode(said[at : at + samples]), samples=samples)
        for index, at in enumerate(range(0, len(said) - samples + 1, samples))
    ]


def through(voice: Speaker, arrivals: dict[int, list[bytes]], ticks: int) -> Samples:
    """Pulls tick by tick while packets arrive as the table says."""
    out = []
    for tick in range(ticks):
        for packet in arrivals.get(tick, []):
            voice.receive(packet)
        heard = voice.pull()
        out.append(np.zeros(FRAME, np.float32) if heard is None else heard.frame)
    return np.concatenate(out)


@pytest.mark.parametrize(("loss", "jitter_ticks"), [(0.0, 0), (0.05, 1), (0.1, 2), (0.05, 4)])
def test_a_lossy_line_keeps_the_voice(loss: float, jitter_ticks: int) -> None:
    """Envelope correlation at 5 % loss: aiortc's own buffer had 0.55."""
    chance = random.Random(3)
    said = bursts(20, pitch_hz=160, seed=8)
    arrivals: dict[int, list[bytes]] = {}
    for index, packet in enumerate(packets(said)):
        if chance.random() >= loss:
            arrivals.setdefault(index + chance.randint(0, jitter_ticks), []).append(packet)
    heard = through(speaker(), arrivals, 1010)
    assert best_correlation(heard, said) > 0.9


@pytest.mark.parametrize("samples", [480, 960, 1920, 2880])
def test_packets_of_any_duration_are_cut_into_ticks(samples: int) -> None:
    """10, 20, 40 and 60 ms."""
    said = bursts(10, pitch_hz=160, seed=9)
    arrivals: dict[int, list[bytes]] = {}
    for index, packet in enumerate(packets(said, samples=samples)):
        arrivals.setdefault((index + 1) * samples // FRAME, []).append(packet)
    assert best_correlation(through(speaker(), arrivals, 510), said) > 0.95


def test_the_packets_of_a_tick_are_told_with_their_place() -> None:
    """Two of 10 ms stand at 0 and 480."""
    voice = speaker()
    for packet in packets(np.zeros(4 * 480, np.float32), samples=480):
        voice.receive(packet)
    heard = voice.pull()
    assert heard is not None
    assert [p.offset_samples for p in heard.packets] == [0, 480]


def test_hostile_datagrams_are_counted_and_nothing_else() -> None:
    """Noise, other payload types, Opus that is none."""
    voice = speaker()
    for data in (b"", b"\x80" * 40, rtp(1, b"\xfb"), rtp(1, b"\x01" * 3)[:13]):
        voice.receive(data)
    for number in range(4):
        voice.receive(rtp(number, b"\xfb\x03" + b"x" * 4))
    for _ in range(4):
        voice.pull()
    assert voice.foreign_count >= 3
    assert voice.broken_count >= 1


def test_another_stream_of_the_same_person_is_followed() -> None:
    """The page has changed its microphone: numbers begin anywhere."""
    voice = speaker()
    encoder = Encoder(bitrate_bps=32_000)
    for number in range(4):
        voice.receive(rtp(number, encoder.encode(np.zeros(FRAME, np.float32))))
        voice.pull()
    for number in range(40_000, 40_003):
        voice.receive(rtp(number, encoder.encode(np.zeros(FRAME, np.float32)), ssrc=8))
    assert voice.pull() is not None


def test_the_muted_are_not_decoded_and_come_back_in_time() -> None:
    """After a mute the newest words are heard, not those said meanwhile."""
    said = packets(bursts(4, pitch_hz=160, seed=10))
    voice = speaker()
    for packet in said[:100]:
        voice.receive(packet)
        assert voice.pull(is_wanted=False) is None
    voice.receive(said[100])
    heard = voice.pull()
    assert heard is not None
    played = [p.payload for p in heard.packets]
    newest = [parsed.payload for p in said[97:101] if (parsed := parse_rtp(p)) is not None]
    assert played[0] in newest


def test_whoever_is_muted_is_in_no_mix_and_no_log() -> None:
    """The desk obeys at the next tick."""
    desk = Desk()
    voice = speaker()
    desk.seat("maya", Seat(voice, ReturnFeed(payload_type=PT, ssrc=1, sequence=0, timestamp=0)))
    for index, packet in enumerate(packets(np.tile(bursts(0.12, pitch_hz=160, seed=1), 8))):
        voice.receive(packet)
        desk.seats["maya"].is_muted = index >= 8
        out = desk.turn(tick_in_chunk=index % 32, is_logged=True)
        if index == 7:
            assert desk.end_chunk().voices
        if index > 8:
            assert not out.programme.any()
    assert desk.end_chunk().voices == {}


def test_the_way_back_counts_on_over_a_switch_and_a_skip() -> None:
    """Sequence by one, timestamp by the time that passed."""
    feed = ReturnFeed(payload_type=PT, ssrc=1, sequence=65_535, timestamp=2**32 - 960)
    silence = np.zeros(FRAME, np.float32)
    raw = [feed.shared(b"\xf8\xff\xfe"), feed.own(silence)]
    feed.skip(3)
    raw.append(feed.shared(b"\xf8\xff\xfe"))
    sent = [packet for data in raw if (packet := parse_rtp(data)) is not None]
    assert [p.sequence for p in sent] == [65_535, 0, 1]
    assert [p.timestamp for p in sent] == [2**32 - 960, 0, 4 * 960]


def test_what_is_above_the_ration_is_dropped_before_it_is_parsed() -> None:
    """A thousand packets in one tick; the next ticks bring four each."""
    voice = speaker()
    for number in range(1_000):
        voice.receive(rtp(number, b"\xf8\xff\xfe"))
    assert voice.received_count == PACKETS_BURST
    assert voice.excess_count == 1_000 - PACKETS_BURST


def test_a_packet_that_cannot_be_decoded_is_not_logged() -> None:
    """It would have to be read again by everybody who reads the voice."""
    voice = speaker()
    for number in range(4):
        voice.receive(rtp(number, b"\xfb\x03" + b"x" * 4))
    heard = voice.pull()
    assert heard is not None
    assert heard.packets == ()
    assert voice.broken_count == 1
