"""FFmpeg as a WHIP client: three seconds of a tone on each side. A process of its own, since FFmpeg's muxer
blocks while it waits for the door's answer.

    python ffmpeg_whip_sender.py URL TOKEN SCRATCH_DIRECTORY
"""

import datetime
import sys
import time
from pathlib import Path

import av
import numpy as np
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

PITCHES_HZ = (440, 1_000)
"""Left and right."""
AMPLITUDE = 8_000


def send_tone(url: str, token: str, directory: Path, *, seconds: float) -> None:
    """Stereo, as FFmpeg's muxer insists on, in real time."""
    options = {"authorization": token, **certificate(directory)}
    with av.open(url, "w", format="whip", options=options) as output:
        stream = output.add_stream("libopus", rate=48_000, layout="stereo", bit_rate=32_000)
        # The handshakes are over when this returns; what was sent meanwhile would come in one burst.
        output.start_encoding()
        began_s = time.monotonic()
        for first in range(0, int(seconds * 48_000), 960):
            time_s = np.arange(first, first + 960) / 48_000
            sides = [AMPLITUDE * np.sin(2 * np.pi * pitch_hz * time_s) for pitch_hz in PITCHES_HZ]
            both = np.stack(sides, axis=1).astype(np.int16).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(both, format="s16", layout="stereo")
            frame.sample_rate, frame.pts = 48_000, first
            output.mux(stream.encode(frame))
            time.sleep(max(0.0, began_s + first / 48_000 - time.monotonic()))


def certificate(directory: Path) -> dict[str, str]:
    """A P-256 certificate. The one that this FFmpeg (GnuTLS) makes for itself is P-224, which OpenSSL 4, and
    so aiortc, refuses with an illegal_parameter alert (read off the handshake)."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "whip")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    (directory / "cert.pem").write_bytes(made.public_bytes(pem))
    (directory / "key.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    return {"cert_file": str(directory / "cert.pem"), "key_file": str(directory / "key.pem")}


if __name__ == "__main__":
    send_tone(sys.argv[1], sys.argv[2], Path(sys.argv[3]), seconds=3.0)
