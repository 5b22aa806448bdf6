"""WebVTT and SubRip of a transcript. Pure.

Source: W3C WebVTT (voice spans carry who speaks); SubRip has no standard, players agree on its numbers and
commas and nothing else, so the speaker stands in front of the text.
"""

from collections.abc import Iterable
from html import escape

from stentor.record.texts.cues import Cue, cues
from stentor.record.texts.labels import labels_of
from stentor.record.texts.moments import timestamp
from stentor.record.transcript import Transcript

_LABEL_MS_MAX = 3_000
_LABEL_MS_MIN = 1_000


def webvtt(transcript: Transcript) -> bytes:
    """A whole file. A machine's says so in a NOTE at its top: a cue would stand on the picture."""
    blocks = ["WEBVTT", f"NOTE {label(transcript)}"] if label(transcript) else ["WEBVTT"]
    return ("\n\n".join([*blocks, *vtt_cues(cues(transcript), transcript)]) + "\n").encode()


def vtt_cues(found: Iterable[Cue], transcript: Transcript) -> list[str]:
    """The blocks of these cues, for a file or a segment of HLS."""
    return [
        f"{timestamp(cue.start_ms)} --> {timestamp(cue.end_ms)}\n"
        f"<v {_annotation(transcript.names.get(cue.person_id, cue.person_id))}>"
        + "\n".join(escape(line, quote=False) for line in cue.lines)
        for cue in found
    ]


def subrip(transcript: Transcript) -> bytes:
    """A whole file. SubRip has no comments: a machine's says so in its first cue.

    Nor has it a way to write its own arrow as a text: ffmpeg takes a line with times around one for a cue.
    """
    found, said = cues(transcript), label(transcript)
    blocks = []
    if said:
        first_ms = found[0].start_ms if found else _LABEL_MS_MAX
        blocks.append((0, max(_LABEL_MS_MIN, min(first_ms, _LABEL_MS_MAX)), f"[{said}]"))
    speaker = None
    for cue in found:
        name = transcript.names.get(cue.person_id, cue.person_id)
        in_front = "" if cue.person_id == speaker else f"{' '.join(name.split())}: "
        blocks.append((cue.start_ms, cue.end_ms, in_front + "\n".join(cue.lines)))
        speaker = cue.person_id
    texts = [
        f"{number}\n{timestamp(start_ms, mark=',')} --> {timestamp(end_ms, mark=',')}\n"
        f"{text.replace('-->', '→')}\n"
        for number, (start_ms, end_ms, text) in enumerate(blocks, 1)
    ]
    return "\n".join(texts).encode()


def label(transcript: Transcript) -> str:
    """What must be said of this text; empty: a person has gone through it."""
    labels = labels_of(transcript.language)
    if transcript.translated_from is not None:
        return labels.machine_translation
    return labels.machine_transcript if transcript.is_machine else ""


def _annotation(name: str) -> str:
    """A voice span's annotation ends at `>`; it takes character references."""
    return escape(" ".join(name.split()), quote=False)
