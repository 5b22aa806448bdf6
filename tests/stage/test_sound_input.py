"""What strangers send becomes frames, or one sentence."""

import io
import os
import random
import threading
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from stage.sounds import packed, stereo, strength
from stentor.errors import BadInput
from stentor.stage.sound_input import Form, SoundInput

FRAME = 960


def all_of(data: bytes, form: Form | None = None) -> tuple[int, np.ndarray]:
    sound = SoundInput(io.BytesIO(data), form=form)
    frames = list(sound.frames())
    assert {len(frame) for frame in frames} == {FRAME * sound.channels}
    return sound.channels, np.concatenate(frames).reshape(-1, sound.channels)


@pytest.mark.parametrize(
    ("container", "form"),
    [("ogg", Form.OGG), ("mp3", Form.MP3), ("adts", Form.AAC), ("ogg", None), ("wav", None), ("flac", None)],
)
def test_every_form_gives_both_sides_at_their_level(container: str, form: Form | None) -> None:
    """Left on the left, right on the right, as loud as it was."""
    channels, samples = all_of(packed(stereo(1, left_hz=440, right_hz=1000), container), form)
    assert channels == 2
    assert abs(len(samples) - 48_000) < 4_000
    left, right = samples[9_600:43_200].T
    assert strength(left, 440) == pytest.approx(0.3, abs=0.03)
    assert strength(right, 1000) == pytest.approx(0.3, abs=0.03)
    assert strength(left, 1000) < 0.03


def test_another_rate_becomes_ours_and_mono_stays_mono() -> None:
    time = np.arange(44_100) / 44_100
    tone = (0.3 * np.sin(2 * np.pi * 440 * time)).astype(np.float32)
    channels, samples = all_of(packed(tone, "mp3", rate_hz=44_100), Form.MP3)
    assert channels == 1
    assert abs(len(samples) - 48_000) < 4_000
    assert strength(samples[9_600:43_200, 0], 440) == pytest.approx(0.3, abs=0.03)


def test_streams_one_after_the_other_are_one_sound() -> None:
    """As radio encoders send them: with each title a new beginning, and another rate."""
    first = packed(stereo(0.5, left_hz=440, right_hz=440), "mp3")
    second = packed(stereo(0.5, left_hz=1000, right_hz=1000)[::2], "mp3", rate_hz=24_000)
    _, samples = all_of(first + second, Form.MP3)
    assert strength(samples[:19_200, 0], 440) > 0.25
    assert len(samples) > 40_000


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"#EXTM3U\n#EXTINF:5,\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile '/etc/hostname'\n",
        b"RIFF\xff\xff\xff\xffWAVEfmt ",
        b"OggS" + bytes(500),
        random.Random(5).randbytes(20_000),
    ],
)
def test_what_is_no_sound_is_refused_in_one_sentence(data: bytes) -> None:
    """Also lists that would make FFmpeg open other files."""
    for form in (None, Form.OGG, Form.MP3, Form.AAC):
        with pytest.raises(BadInput):
            all_of(data, form)


def test_a_rate_that_nobody_uses_is_refused() -> None:
    """One sample a second would be an hour of sound in a few bytes."""
    wav = bytearray(packed(stereo(0.1, left_hz=440, right_hz=440), "wav"))
    at = wav.index(b"fmt ") + 12
    wav[at : at + 4] = (1).to_bytes(4, "little")
    with pytest.raises(BadInput):
        all_of(bytes(wav))


@pytest.mark.parametrize(("container", "form"), [("ogg", Form.OGG), ("mp3", Form.MP3), ("adts", Form.AAC)])
def test_damaged_bytes_raise_nothing_but_our_error(container: str, form: Form) -> None:
    """What can be decoded comes; the end is an end or a sentence."""
    whole = packed(stereo(0.5, left_hz=440, right_hz=1000), container)
    for seed in range(20):
        chance = random.Random(seed)
        data = bytearray(whole)
        for _ in range(40):
            data[chance.randrange(len(data))] = chance.randrange(256)
        cut = io.BytesIO(bytes(data[: chance.randrange(len(data))]))
        with suppress(BadInput):
            for frame in SoundInput(cut, form=form).frames():
                assert np.abs(frame).max() <= 1.0


def test_a_pipe_is_heard_while_it_is_still_open(tmp_path: Path) -> None:
    """A live stream: the first frames come long before the last byte."""
    data = packed(stereo(4, left_hz=440, right_hz=440), "ogg")
    reading, writing = os.pipe()
    go_on = threading.Event()

    def send() -> None:
        with os.fdopen(writing, "wb", buffering=0) as pipe:
            pipe.write(data[: len(data) // 2])
            go_on.wait(10)
            pipe.write(data[len(data) // 2 :])

    sender = threading.Thread(target=send)
    sender.start()
    with os.fdopen(reading, "rb", buffering=0) as pipe:
        frames = SoundInput(pipe, form=Form.OGG).frames()
        early = [next(frames) for _ in range(50)]
        go_on.set()
        late = list(frames)
    sender.join()
    assert len(early) + len(late) == pytest.approx(200, abs=3)
