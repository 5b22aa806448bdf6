"""Levels: the voice's slow gain, the mix's ceiling."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stage_people import debate_samples, integrated_lufs, powers_of
from stentor.sound.loudness import (
    CEILING_DBFS,
    GAIN_DB_MAX,
    LIMITER_DELAY_SAMPLES,
    TARGET_LUFS,
    Leveller,
    Limiter,
    k_weighted_power,
    level_dbfs,
    loudness_lufs,
)
from webrtc_peer import FRAME, RATE_HZ, Samples, bursts

CEILING = 10 ** (CEILING_DBFS / 20)


def frames(samples: Samples) -> list[Samples]:
    return [samples[at : at + FRAME] for at in range(0, len(samples) - FRAME + 1, FRAME)]


def tone(hz: float, *, peak: float, seconds: float = 0.5) -> Samples:
    return (peak * np.sin(2 * np.pi * hz * np.arange(int(seconds * RATE_HZ)) / RATE_HZ)).astype(np.float32)


def filtered_lufs(samples: Samples) -> float:
    """ITU-R BS.1770 by its own recursive filters, sample by sample."""
    stages = (
        ((1.53512485958697, -2.69169618940638, 1.19839281085285), (-1.69065929318241, 0.73248077421585)),
        ((1.0, -2.0, 1.0), (-1.99004745483398, 0.99007225036621)),
    )
    signal = samples.astype(np.float64)
    for (b0, b1, b2), (a1, a2) in stages:
        out = np.zeros_like(signal)
        x1 = x2 = y1 = y2 = 0.0
        for at, x0 in enumerate(signal):
            y0 = b0 * x0 + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2
            x2, x1, y2, y1 = x1, x0, y1, y0
            out[at] = y0
        signal = out
    return float(-0.691 + 10 * np.log10(np.mean(signal**2)))


def test_a_full_scale_tone_at_1_khz_is_minus_3_lufs() -> None:
    """The calibration of BS.1770: 997 Hz, full scale, one channel: −3.01 LKFS."""
    values = [loudness_lufs(frame) for frame in frames(tone(997, peak=1.0))]
    assert np.mean(values) == pytest.approx(-3.01, abs=0.1)


@pytest.mark.parametrize("pitch_hz", [90, 140, 220, 400])
def test_the_spectrum_s_loudness_is_that_of_the_standard_s_filters(pitch_hz: float) -> None:
    """On voice-like sound within half a unit."""
    samples = bursts(1.0, pitch_hz=pitch_hz, seed=1)
    power = np.mean([10 ** (loudness_lufs(frame) / 10) for frame in frames(samples)])
    assert 10 * np.log10(power) == pytest.approx(filtered_lufs(samples), abs=0.5)


@pytest.mark.parametrize("gain_db", [-10, 0, 8])
def test_every_voice_comes_to_the_same_loudness(gain_db: float) -> None:
    """A soft one and a loud one, within the gain's bounds."""
    leveller = Leveller()
    source = tone(300, peak=0.25, seconds=20) * np.float32(10 ** (gain_db / 20))
    levelled = [leveller.level(frame) for frame in frames(source)]
    assert loudness_lufs(levelled[-1]) == pytest.approx(TARGET_LUFS, abs=1.0)


def test_a_pause_is_not_pumped_up() -> None:
    """Ten seconds of room noise after speech move the gain by less than a decibel."""
    leveller = Leveller()
    for frame in frames(tone(300, peak=0.2, seconds=5)):
        leveller.level(frame)
    before = leveller.gain_db
    noise = np.random.default_rng(1).normal(0, 0.002, 10 * RATE_HZ).astype(np.float32)
    for frame in frames(noise):
        leveller.level(frame)
    assert abs(leveller.gain_db - before) < 1.0


@pytest.mark.parametrize("noise_dbfs", [-58, -50, -44])
def test_a_room_before_and_between_the_words_does_not_lift_them(noise_dbfs: float) -> None:
    """A fan, half a minute of listening, then a sentence: the gain is the voice's, not the fan's."""
    leveller = Leveller()
    chance = np.random.default_rng(2)
    said = bursts(12, pitch_hz=160, seed=4)
    silence = np.zeros(30 * RATE_HZ, np.float32)
    gains = []
    for part in (silence, said, silence, said):
        noisy = part + chance.normal(0, 10 ** (noise_dbfs / 20), len(part)).astype(np.float32)
        for frame in frames(noisy):
            leveller.level(frame)
        gains.append(leveller.gain_db)
    assert gains[0] == 0
    assert gains[2] == pytest.approx(gains[1], abs=1.0)
    assert gains[3] == pytest.approx(gains[1], abs=1.0)


@pytest.mark.parametrize("name", ["maya", "daniel"])
def test_speech_comes_to_the_level_as_a_whole(name: str) -> None:
    """By the standard's own measure, over the whole of a voice, within 1 LU (it was 1.1 and 2 off)."""
    said = debate_samples(name)
    leveller, powers = Leveller(), []
    loud = said * np.float32(10 ** ((-20 - integrated_lufs(powers_of(said))) / 20))
    for frame in frames(loud):
        powers.append(k_weighted_power(leveller.level(frame)))
    assert integrated_lufs(np.array(powers[20 * 50 :])) == pytest.approx(TARGET_LUFS, abs=1.0)


def test_the_gain_moves_slowly_and_stays_within_its_bounds() -> None:
    """No jump between two frames, never more than 12 dB up."""
    leveller, last = Leveller(), 0.0
    for frame in frames(bursts(15, pitch_hz=160, seed=3) * np.float32(0.04)):
        leveller.level(frame)
        assert abs(leveller.gain_db - last) <= 0.21
        last = leveller.gain_db
    assert last == pytest.approx(GAIN_DB_MAX)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.floats(0.1, 30))
def test_the_limiter_never_lets_a_sample_over_the_ceiling(seed: int, loudness: float) -> None:
    """Noise, steps and clicks up to 30 dB above it."""
    random = np.random.default_rng(seed)
    limiter = Limiter()
    for _ in range(12):
        kind = random.integers(4)
        frame = random.normal(0, loudness, FRAME) if kind == 0 else np.zeros(FRAME)
        if kind == 1:
            frame[random.integers(FRAME)] = loudness * 5
        if kind == 2:
            frame += loudness
        if kind == 3:
            frame = loudness * np.sin(np.arange(FRAME) * random.random() * np.pi)
        assert np.abs(limiter.limit(frame.astype(np.float32))).max() <= CEILING + 1e-7


def test_the_peak_between_the_samples_is_held_too() -> None:
    """A tone at a quarter of the rate whose samples all miss its crest by 3 dB."""
    time = np.arange(RATE_HZ // 2)
    source = (1.2 * np.sin(2 * np.pi * time / 4 + np.pi / 4)).astype(np.float32)
    limiter = Limiter()
    out = np.concatenate([limiter.limit(frame) for frame in frames(source)])[2 * FRAME :]
    assert 1.2 * np.sin(np.pi / 4) < CEILING, "its samples are all under the ceiling"
    crest = np.abs(out).max() / np.sin(np.pi / 4)
    assert crest <= CEILING * 1.06


def test_what_is_under_the_ceiling_is_only_late() -> None:
    """To the last bit."""
    source = bursts(1.0, pitch_hz=200, seed=2)
    limiter = Limiter()
    out = np.concatenate([limiter.limit(frame) for frame in frames(source)])
    assert np.array_equal(out[LIMITER_DELAY_SAMPLES:], source[:-LIMITER_DELAY_SAMPLES])


def test_limiting_does_not_crackle() -> None:
    """The gain of a tone that is switched from soft to loud changes evenly."""
    source = np.concatenate((tone(200, peak=0.5), tone(200, peak=2.0), tone(200, peak=0.5)))
    limiter = Limiter()
    out = np.concatenate([limiter.limit(frame) for frame in frames(source)])
    assert np.abs(np.diff(out)).max() < 0.06


def test_silence_has_a_level() -> None:
    """And no warning of a logarithm of zero."""
    assert level_dbfs(np.zeros(FRAME, np.float32)) < -100
