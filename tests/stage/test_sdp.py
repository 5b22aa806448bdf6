"""Offers are made fit, answers made whole."""

import pytest

from stentor.errors import BadOffer, TooLarge
from stentor.limits import SDP_SIZE_BYTES_MAX
from stentor.stage.sdp import CANDIDATES_MAX, audio_offer, whole_answer

SESSION = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1 2\r\n"
KEYS = "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\na=fingerprint:sha-256 00\r\n"
VIDEO = "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\na=mid:0\r\na=candidate:1 1 udp 1 192.0.2.1 5000 typ host\r\n"
AUDIO = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:1\r\na=rtpmap:111 opus/48000/2\r\n" + KEYS
DATA = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:2\r\n"


def test_only_the_audio_is_handed_on_with_the_bundle_s_candidates() -> None:
    """A browser writes the candidates of a bundle into its first section."""
    offer = audio_offer(SESSION + VIDEO + AUDIO + DATA)
    assert offer.sdp.count("m=") == 1
    assert "a=group:BUNDLE 1\r\n" in offer.sdp
    assert "192.0.2.1 5000" in offer.sdp


def test_the_answer_has_every_section_in_its_place() -> None:
    """Refused ones with port 0, as RFC 8829 wants; a browser rejects an answer that lacks one."""
    offer = audio_offer(SESSION + VIDEO + AUDIO + DATA)
    answer = whole_answer("v=0\r\ns=-\r\nm=audio 40000 UDP/TLS/RTP/SAVPF 111\r\na=mid:1\r\n", offer)
    media = [line for line in answer.splitlines() if line.startswith("m=")]
    assert media == [
        "m=video 0 UDP/TLS/RTP/SAVPF 96 97",
        "m=audio 40000 UDP/TLS/RTP/SAVPF 111",
        "m=application 0 UDP/DTLS/SCTP webrtc-datachannel",
    ]
    assert [line for line in answer.splitlines() if line.startswith("a=mid")] == [
        "a=mid:0",
        "a=mid:1",
        "a=mid:2",
    ]


def test_names_and_a_flood_of_candidates_are_left_out() -> None:
    """We look up no name and knock at few doors."""
    names = "a=candidate:1 1 udp 1 0b5.local 5000 typ host\r\n"
    many = "".join(f"a=candidate:1 1 udp 1 192.0.2.{i} 5000 typ host\r\n" for i in range(100))
    sdp = audio_offer(SESSION + AUDIO + names + many + "a=end-of-candidates\r\n").sdp
    assert ".local" not in sdp
    assert sdp.count("a=candidate:") == CANDIDATES_MAX
    assert "end-of-candidates" not in sdp


@pytest.mark.parametrize(
    "offer",
    [
        "",
        "hello",
        SESSION,
        SESSION + VIDEO,
        SESSION + AUDIO.replace("opus", "PCMU"),
        SESSION + AUDIO * 9,
        SESSION + AUDIO.replace("ice-pwd", "x"),
    ],
)
def test_an_offer_that_no_stage_can_answer_is_a_bad_offer(offer: str) -> None:
    """And its message says what is missing."""
    with pytest.raises(BadOffer, match=r"SDP|audio|Opus|sections|ice-pwd"):
        audio_offer(offer)


def test_the_size_is_looked_at_before_anything_else() -> None:
    """Below, at, above."""
    base = SESSION + AUDIO
    at_limit = base + "a=" + "x" * (SDP_SIZE_BYTES_MAX - len(base) - 2)
    assert audio_offer(at_limit)
    with pytest.raises(TooLarge):
        audio_offer(at_limit + "x")
