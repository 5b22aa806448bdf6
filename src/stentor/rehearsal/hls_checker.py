"""A strict checker of LL-HLS: what Apple's player refuses, found without one. Pure.

Comes in: playlists, alone or one after the other, a delta with its base, media. Goes out: violations, each
with its rule. Never: leniency; a player that forgives is not the one that will come.

Each rule is a fault that stopped real players of other servers, or that Apple's validator reports.
Source: draft-pantos-hls-rfc8216bis, 4.4, 6.2; Apple's authoring specification.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from stentor.rehearsal.hls_playlist import Part, Playlist, Segment

_PART_SHARE_MIN = 0.85
_HOLD_BACK_PARTS_MIN = 3.0
_SKIP_TARGETS_MIN = 6
_VERSION_OF_SKIP = 9
_DATE_TOLERANCE = timedelta(milliseconds=1)
_EXACT_S = 1e-6


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that was broken, and how."""

    rule: str
    detail: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.detail}"


def check_playlist(playlist: Playlist, *, needs_map: bool = True) -> list[Violation]:
    """One LL-HLS playlist by itself.

    Args:
        needs_map: its segments are fMP4; WebVTT has no init segment.
    """
    return [
        *_check_head(playlist, needs_map=needs_map),
        *_check_parts(playlist),
        *_check_segments(playlist),
        *_check_dates(playlist),
        *_check_hint(playlist),
    ]


def check_succession(before: Playlist, after: Playlist) -> list[Violation]:
    """Two answers of one server, the second asked later."""
    return [
        *_check_constants(before, after),
        *_check_progress(before, after),
        *_check_overlap(before, after),
        *_check_hint_kept(before, after),
    ]


def check_delta(base: Playlist, delta: Playlist, full: Playlist) -> list[Violation]:
    """A delta update together with an older full playlist says what the full one of its time says."""
    found: list[Violation] = []
    if not delta.skipped:
        return found
    known = {segment.msn: segment for segment in base.segments}
    wanted = range(delta.media_sequence, delta.media_sequence + delta.skipped)
    lost = [msn for msn in wanted if msn not in known]
    if lost:
        return [Violation("delta-needs-base", f"segments {lost} are skipped but the base does not have them")]
    rebuilt = [_bare(known[msn]) for msn in wanted] + [_bare(s) for s in delta.segments]
    if rebuilt != [_bare(s) for s in full.segments] or delta.growing != full.growing:
        found.append(
            Violation("delta-equals-full", f"base + delta differ from the full list at {full.next_place}")
        )
    until_s = _number(delta.server_control.get("CAN-SKIP-UNTIL"))
    if until_s is not None and _length_s(delta.segments, delta.growing) < until_s - _EXACT_S:
        found.append(Violation("skip-boundary", "segments inside the skip boundary were left out"))
    return found


def check_answer(playlist: Playlist, *, msn: int, part: int) -> list[Violation]:
    """A blocking reload shows what was asked for."""
    if playlist.is_ended or (msn, part) < playlist.next_place:
        return []
    return [
        Violation(
            "answer-has-part", f"asked for part {part} of {msn}, the list ends before {playlist.next_place}"
        )
    ]


def check_media(segment: Segment, *, whole: bytes, parts: Sequence[bytes]) -> list[Violation]:
    """A segment's bytes are its parts' bytes one after the other, their `emsg` boxes included.

    Stricter than the text asks (it speaks of media): a cache or player may mix both, and ours never differ.
    """
    if b"".join(parts) == whole:
        return []
    sizes = sum(map(len, parts))
    return [Violation("parts-equal-segment", f"segment {segment.msn}: {len(whole)} bytes, its parts {sizes}")]


def check_renditions(sound: Playlist, captions: Playlist) -> list[Violation]:
    """Two playlists of one moment: a player finds a caption by the number or the date of its segment."""

    def places(playlist: Playlist) -> list[tuple[int, float | None, object]]:
        return [(segment.msn, segment.duration_s, segment.date) for segment in playlist.segments]

    if places(sound) == places(captions) and sound.next_place == captions.next_place:
        return []
    return [
        Violation(
            "renditions-match", f"the sound ends at {sound.next_place}, captions at {captions.next_place}"
        )
    ]


def _check_head(playlist: Playlist, *, needs_map: bool) -> Iterator[Violation]:
    control, target_s, part_s = playlist.server_control, playlist.target_s, playlist.part_target_s
    if target_s is None or part_s is None:
        yield Violation("head", "EXT-X-TARGETDURATION or EXT-X-PART-INF is missing")
        return
    if control.get("CAN-BLOCK-RELOAD") != "YES":
        yield Violation("can-block", "CAN-BLOCK-RELOAD=YES is missing")
    hold_s = _number(control.get("PART-HOLD-BACK"))
    if hold_s is None or hold_s < _HOLD_BACK_PARTS_MIN * part_s - _EXACT_S:
        yield Violation("part-hold-back", f"PART-HOLD-BACK is {hold_s}, under three parts of {part_s} s")
    skip_s = _number(control.get("CAN-SKIP-UNTIL"))
    if skip_s is not None and skip_s < _SKIP_TARGETS_MIN * target_s:
        yield Violation("can-skip-until", f"{skip_s} s is under six target durations of {target_s} s")
    if playlist.skipped and (playlist.version or 0) < _VERSION_OF_SKIP:
        yield Violation("version", f"EXT-X-SKIP needs version 9, not {playlist.version}")
    if needs_map and playlist.map_uri is None and not playlist.skipped:
        yield Violation("map", "EXT-X-MAP is missing")


def _check_parts(playlist: Playlist) -> Iterator[Violation]:
    target_s = playlist.part_target_s or 0.0
    if not playlist.parts and not playlist.is_ended:
        yield Violation("has-parts", "a low-latency list without a single EXT-X-PART")
    rows = [segment.parts for segment in playlist.segments]
    if playlist.growing:
        # None of these need be the segment's last, so none is excused.
        rows.append((*playlist.growing.parts, Part("", target_s, is_independent=True)))
    for row in rows:
        for part in row:
            if part.duration_s > target_s + _EXACT_S:
                yield Violation("part-max", f"{part.uri} has {part.duration_s} s, PART-TARGET is {target_s}")
            if not part.is_independent:
                yield Violation("part-independent", f"{part.uri}: every part of audio is independent")
        for part in row[:-1]:
            if part.duration_s < _PART_SHARE_MIN * target_s - _EXACT_S:
                yield Violation("part-min", f"{part.uri} has {part.duration_s} s, under 85 % of {target_s}")


def _check_segments(playlist: Playlist) -> Iterator[Violation]:
    for segment in playlist.segments:
        if segment.duration_s is None:
            yield Violation("extinf", f"segment {segment.msn} has no EXTINF")
            continue
        if round(segment.duration_s) > (playlist.target_s or 0):
            yield Violation("target-duration", f"segment {segment.msn} has {segment.duration_s} s")
        listed_s = sum(part.duration_s for part in segment.parts)
        if segment.parts and abs(listed_s - segment.duration_s) > _EXACT_S:
            yield Violation(
                "parts-fill-segment", f"segment {segment.msn}: {segment.duration_s} s, parts {listed_s}"
            )


def _check_dates(playlist: Playlist) -> Iterator[Violation]:
    everything = [*playlist.segments, *([playlist.growing] if playlist.growing else [])]
    for segment in everything:
        if segment.date is None:
            yield Violation("date", f"segment {segment.msn} has no EXT-X-PROGRAM-DATE-TIME")
    for one, two in pairwise(everything):
        if one.date is None or two.date is None or one.duration_s is None:
            continue
        if abs(two.date - one.date - timedelta(seconds=one.duration_s)) > _DATE_TOLERANCE:
            yield Violation("date-continuous", f"from segment {one.msn} to {two.msn}: {two.date - one.date}")


def _check_hint(playlist: Playlist) -> Iterator[Violation]:
    if playlist.is_ended:
        if playlist.hint_uri is not None:
            yield Violation("hint-at-end", "an ended list hints at more")
    elif playlist.hint_uri is None:
        yield Violation("hint", "EXT-X-PRELOAD-HINT is missing; hls.js loops without it")
    elif playlist.hint_uri in {part.uri for part in playlist.parts}:
        yield Violation("hint-is-new", f"{playlist.hint_uri} is hinted and listed")


def _check_constants(before: Playlist, after: Playlist) -> Iterator[Violation]:
    pairs: dict[str, tuple[object, object]] = {
        "part-target-constant": (before.part_target_s, after.part_target_s),
        "target-duration-constant": (before.target_s, after.target_s),
        "server-control-constant": (before.server_control, after.server_control),
    }
    if before.map_uri is not None and after.map_uri is not None:
        pairs["map-constant"] = (before.map_uri, after.map_uri)
    for rule, (was, now) in pairs.items():
        if was != now:
            yield Violation(rule, f"{was} became {now}")


def _check_progress(before: Playlist, after: Playlist) -> Iterator[Violation]:
    if after.media_sequence < before.media_sequence:
        yield Violation("msn-monotonic", f"{before.media_sequence} became {after.media_sequence}")
    if after.next_place < before.next_place:
        yield Violation("end-monotonic", f"the end went from {before.next_place} back to {after.next_place}")
    if before.is_ended and not after.is_ended:
        yield Violation("end-is-final", "EXT-X-ENDLIST went away")


def _check_overlap(before: Playlist, after: Playlist) -> Iterator[Violation]:
    known = {segment.msn: _bare(segment) for segment in before.segments}
    for segment in after.segments:
        if known.get(segment.msn, _bare(segment)) != _bare(segment):
            yield Violation("segment-immutable", f"segment {segment.msn} changed its name, length or date")
    parts = {segment.msn: segment.parts for segment in _with_parts(before)}
    for segment in _with_parts(after):
        was = parts.get(segment.msn, ())
        if segment.parts[: len(was)] != was:
            yield Violation("part-immutable", f"parts of segment {segment.msn} changed")


def _check_hint_kept(before: Playlist, after: Playlist) -> Iterator[Violation]:
    if after.next_place <= before.next_place or before.hint_uri is None or after.is_ended:
        return
    msn, index = before.next_place
    row = next((segment.parts for segment in _with_parts(after) if segment.msn == msn), None)
    if row is not None and (len(row) <= index or row[index].uri != before.hint_uri):
        yield Violation("hint-becomes-part", f"{before.hint_uri} was hinted for {msn}.{index}")


def _with_parts(playlist: Playlist) -> list[Segment]:
    everything = [*playlist.segments, *([playlist.growing] if playlist.growing else [])]
    return [segment for segment in everything if segment.parts]


def _bare(segment: Segment) -> tuple[object, ...]:
    """Without its parts, which may leave the list before the segment does."""
    return segment.msn, segment.uri, segment.duration_s, segment.date


def _length_s(segments: Sequence[Segment], growing: Segment | None) -> float:
    whole = sum(segment.duration_s or 0.0 for segment in segments)
    return whole + sum(part.duration_s for part in growing.parts) if growing else whole


def _number(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None
