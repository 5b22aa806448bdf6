"""The voices as they came."""

from stentor.formats.voice import VoicePacket, voice_packets
from stentor.limits import CHUNK_SAMPLES, VOICE_SIZE_BYTES_MAX
from stentor.stage.voices import VoiceCollector


def test_each_person_s_packets_stand_where_they_were_played() -> None:
    """And the next chunk starts empty."""
    voices = VoiceCollector()
    voices.add("maya", offset_samples=0, payload=b"a")
    voices.add("daniel", offset_samples=960, payload=b"b")
    voices.add("maya", offset_samples=1920, payload=b"c")
    messages = voices.end_chunk()
    assert voice_packets(messages["maya"]) == [VoicePacket(0, b"a"), VoicePacket(1920, b"c")]
    assert voice_packets(messages["daniel"]) == [VoicePacket(960, b"b")]
    assert voices.end_chunk() == {}


def test_a_packet_behind_the_chunk_s_end_is_kept_at_its_last_sample() -> None:
    """With 10 ms packets the second of a tick may begin there."""
    voices = VoiceCollector()
    voices.add("maya", offset_samples=CHUNK_SAMPLES + 100, payload=b"a")
    assert voice_packets(voices.end_chunk()["maya"]) == [VoicePacket(CHUNK_SAMPLES - 1, b"a")]


def test_a_message_stays_under_its_limit() -> None:
    """Whatever the sender's bit rate; what does not fit is counted."""
    voices = VoiceCollector()
    for _ in range(100):
        voices.add("maya", offset_samples=0, payload=bytes(1275))
    assert len(voices.end_chunk()["maya"]) <= VOICE_SIZE_BYTES_MAX
    assert voices.overflow_count > 0
