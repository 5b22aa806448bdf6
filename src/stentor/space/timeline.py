"""Chunk numbers and audio time.

Audio time counts samples at 48 kHz from the Space's epoch. Chunk `n` covers the samples
[30 720·n, 30 720·(n+1)). Numbers are the stage's: they never repeat and never go back; after a restart
the number is the one that the wall clock names, and a missing number is a hole of silence.
"""

from dataclasses import dataclass

from stentor.limits import CHUNK_MS, CHUNK_SAMPLES, CHUNKS_PER_SEGMENT, RUNWAY_CHUNKS, SAMPLE_RATE_HZ

RECORD_FIRST = RUNWAY_CHUNKS
"""The chunk with which the record begins: its first sample is 0 ms of record time."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """Ties chunk numbers to wall time.

    Args:
        epoch_ms: wall time of sample 0, milliseconds since 1970.
    """

    epoch_ms: int

    def number_at(self, wall_ms: int) -> int:
        """The chunk that is being spoken at `wall_ms`; negative before the epoch."""
        return (wall_ms - self.epoch_ms) // CHUNK_MS

    def wall_ms_of(self, number: int) -> int:
        """When the first sample of chunk `number` is spoken."""
        return self.epoch_ms + number * CHUNK_MS

    def next_number(self, wall_ms: int, *, last_used: int | None) -> int:
        """The first chunk that a stage starting at `wall_ms` may fill from its first sample on.

        A wall clock that was set back would name a used number again; then the first free one is taken.
        """
        by_clock = self.number_at(wall_ms - 1) + 1
        return by_clock if last_used is None else max(by_clock, last_used + 1)


def first_sample_of(number: int) -> int:
    """Samples since the epoch: the `tfdt` of chunk `number`, in both codecs' time scale."""
    return number * CHUNK_SAMPLES


def segment_of(number: int) -> int:
    """The segment that holds chunk `number`."""
    return number // CHUNKS_PER_SEGMENT


def part_of(number: int) -> int:
    """Where chunk `number` stands in its segment, from 0."""
    return number % CHUNKS_PER_SEGMENT


def first_of_segment(segment: int) -> int:
    """The first chunk of a segment."""
    return segment * CHUNKS_PER_SEGMENT


def record_ms_of(number: int, *, offset_samples: int = 0) -> int:
    """Record time of a sample of chunk `number`; negative on the runway."""
    return (number - RECORD_FIRST) * CHUNK_MS + offset_samples * 1000 // SAMPLE_RATE_HZ


def chunk_at(record_ms: int) -> int:
    """The chunk in which a moment of record time lies."""
    return RECORD_FIRST + record_ms // CHUNK_MS
