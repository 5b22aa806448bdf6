"""Human speech with known words: the prompts of the Asterisk telephone system, from Debian's packages.

Comes in: nothing. Goes out: sound at 16 kHz and what is said in it. Never: an installed package; the files
(CC-BY-SA, 8 kHz, one speaker) are unpacked under build/.
"""

import gzip
import re
import subprocess
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

FOLDER = Path(__file__).resolve().parent.parent / "build" / "asterisk"
PACKAGES = ("asterisk-core-sounds-en-wav", "asterisk-core-sounds-en")
WORDS_MIN = 8
"""Shorter ones are single letters and names of menus, which nobody says in a talk."""
_LINE = re.compile(r"^([\w/-]+): ([^\[(]+)$")


def prompts() -> list[tuple[Samples, str]]:
    """Every prompt of at least WORDS_MIN words. Raises: CalledProcessError: no apt, or no mirror."""
    if not (FOLDER / "usr").is_dir():
        FOLDER.mkdir(parents=True, exist_ok=True)
        subprocess.run(["apt-get", "download", "-qq", *PACKAGES], cwd=FOLDER, check=True)
        for package in FOLDER.glob("*.deb"):
            subprocess.run(["dpkg-deb", "-x", package, FOLDER], check=True)
    voices = {path.stem: path for path in FOLDER.glob("usr/share/asterisk/sounds/*/*.wav")}
    texts = gzip.decompress(next(FOLDER.glob("usr/share/doc/*/core-sounds-en.txt.gz")).read_bytes()).decode()
    found = [match.groups() for line in texts.splitlines() if (match := _LINE.match(line))]
    return [
        (at_16_khz(voices[name]), text)
        for name, text in found
        if name in voices and len(text.split()) >= WORDS_MIN
    ]


def at_16_khz(path: Path) -> Samples:
    """A telephone's file, with a windowed sine between its samples."""
    with wave.open(str(path)) as file:
        assert file.getframerate() == 8_000
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32_768
    spread = np.zeros(2 * len(samples), np.float32)
    spread[::2] = samples
    at = np.arange(-32, 33)
    between = np.sinc(at / 2) * np.hanning(len(at) + 2)[1:-1]
    return np.convolve(spread, between, "same").astype(np.float32)
