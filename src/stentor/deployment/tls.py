"""What is offered in TLS. Pure.

Source: Mozilla's guideline 5.7, «intermediate»: every browser since 2016. Without its three of finite-field
Diffie-Hellman: they need a parameter file, cost a server ten times an elliptic curve's, and nobody who plays
low-latency HLS or WebRTC lacks the others.
"""

from typing import Final

_NAMES: Final = (
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-CHACHA20-POLY1305",
    "ECDHE-RSA-CHACHA20-POLY1305",
)
CIPHERS: Final = ":".join(_NAMES)
"""TLS 1.2."""
CIPHERSUITES: Final = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
"""TLS 1.3."""
CURVES: Final = "X25519:prime256v1:secp384r1"
