"""Fixed numbers and how they relate. What an operator may change is in `config.py`; these are the product.

The relations are checked once, at import: a change that breaks one fails before it can be heard.
"""

from typing import Final

# ── The grid of audio time ────────────────────────────────────────────────────────────────────────────
SAMPLE_RATE_HZ: Final = 48_000
AAC_FRAME_SAMPLES: Final = 1_024
OPUS_FRAME_SAMPLES: Final = 960
"""20 ms: the mixer's tick."""
CHUNK_SAMPLES: Final = 30_720
"""0.640 s. The smallest border that AAC and Opus frames share is 15 360 samples; two of them keep a
listener's writes at 1.56 a second."""
CHUNK_MS: Final = 640
AAC_FRAMES_PER_CHUNK: Final = 30
OPUS_FRAMES_PER_CHUNK: Final = 32
CHUNKS_PER_SEGMENT: Final = 9
"""A segment is 5.76 s: the unit of plain HLS and of the tick's full snapshot."""
SEGMENT_MS: Final = CHUNK_MS * CHUNKS_PER_SEGMENT
RUNWAY_CHUNKS: Final = 4 * CHUNKS_PER_SEGMENT
"""Silence (23 s) in front of the first live chunk, so that the first HLS playlist is already full."""

assert CHUNK_SAMPLES == AAC_FRAMES_PER_CHUNK * AAC_FRAME_SAMPLES
assert CHUNK_SAMPLES == OPUS_FRAMES_PER_CHUNK * OPUS_FRAME_SAMPLES
assert CHUNK_SAMPLES * 1000 == CHUNK_MS * SAMPLE_RATE_HZ

# ── Sizes ─────────────────────────────────────────────────────────────────────────────────────────────
CHUNK_SIZE_BYTES_MAX: Final = 64 * 1024
"""Ten times an `aac64` chunk at its loudest; what is longer is not a chunk."""
TICK_SIZE_BYTES_MAX: Final = 4 * 1024
VOICE_SIZE_BYTES_MAX: Final = 64 * 1024
"""Opus at its highest rate (510 kbit/s) is 41 kB in 0.64 s."""
SDP_SIZE_BYTES_MAX: Final = 32 * 1024
"""Chromium's audio-only offer is 2 to 4 kB; with a hundred candidates 12 kB."""
SOUND_SIZE_BYTES_MAX: Final = 50_000_000
"""A file that a host plays into a Space: half an hour at 220 kbit/s."""
SOUNDS_PER_SPACE_MAX: Final = 20
SOUNDS_AT_ONCE_MAX: Final = 4
TITLE_LENGTH_MAX: Final = 140
DESCRIPTION_LENGTH_MAX: Final = 4_000
NAME_LENGTH_MAX: Final = 60
NOTE_LENGTH_MAX: Final = 140
QUESTION_LENGTH_MAX: Final = 280
SOURCES_MAX: Final = 4
"""Programmes (encoders, files) on one stage at a time, beside its people."""
MEMBERS_MAX: Final = 600
"""People of one Space that have or had an invitation, or have asked to speak."""
LINE_LENGTH_MAX: Final = 200
"""People who wait to speak; whoever comes then is told that the line is full."""
BANS_MAX: Final = 1_000
QUESTIONS_MAX: Final = 200
CAPTION_LINES_MAX: Final = 3
CAPTION_LENGTH_MAX: Final = 200
CAPTION_SHOWN_S: Final = 8.0
"""After the last change: 20 words take 7 s at the 160 to 180 words a minute of the BBC's guidelines."""
INVITATIONS_PER_SPACE_MAX: Final = 500
INVITATIONS_ASKED_MAX: Final = 2_000
"""Links of one Space in all, with those of listeners who asked to speak; then the unused ones are removed."""
INVITATION_USES_MAX: Final = 100
CHAPTERS_MAX: Final = 200
RECORD_LANGUAGES_MAX: Final = 12
"""Into which a transcript and a brief are translated: each is as much work as the first brief."""
TRANSCRIPT_BODY_BYTES_MAX: Final = 4 * 1024 * 1024
"""An edit of every turn of a talk of ten hours, each letter as JSON may write it."""
BRIEF_BODY_BYTES_MAX: Final = 1024 * 1024
FILES_GIVEN_MAX: Final = 64
"""Of recordings that one stage door gives out at the same time, each with one piece in memory."""
REMOVED_PEOPLE_MAX: Final = MEMBERS_MAX
SPACE_ID_LENGTH_MAX: Final = 48

# ── Waiting ───────────────────────────────────────────────────────────────────────────────────────────
NATS_ACK_TIMEOUT_S: Final = 5.0
"""A leader election takes 4.5 to 8 s (measured): the writer asks again, the chunk waits in the spool."""
STAGE_ANSWER_TIMEOUT_S: Final = 4.0
"""From an offer at the stage door to the stage's answer; ICE gathering on one machine takes 10 ms."""
BEAT_INTERVAL_S: Final = 1.0
BEAT_UNKNOWN_AFTER_S: Final = 5.0
"""An edge that has been silent for so long turns its share of the count into «unknown»."""
END_ASKED_FOR_MS: Final = 60_000
"""So long one host's wish to end a large Space waits for another's."""
LEASE_TTL_S: Final = 5.0
SPEAKER_GONE_AFTER_S: Final = 3.0
"""Silence on RTP for so long means gone; consent checks would take 30 s to notice (measured)."""

AWAY_KEPT_S: Final = 30.0
"""So long the place of somebody whose line is lost is kept: a train's tunnel, a laptop that restarts."""

assert LEASE_TTL_S > 2 * BEAT_INTERVAL_S
assert BEAT_UNKNOWN_AFTER_S > 2 * BEAT_INTERVAL_S
