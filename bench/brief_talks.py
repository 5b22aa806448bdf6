"""Talks that the brief is judged by: a debate and three longer texts, as transcripts. Part of bench/brief.py.

The longer ones (`bench/data/talk_*.txt`) have lines with `##` where a person would begin a new topic, and how
a person would call it.
"""

import json
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path

from stentor.record.sentences import sentence_starts
from stentor.record.transcript import Transcript, Turn, Word

DATA = Path(__file__).parent / "data"
DEBATE = Path(__file__).parents[1] / "src" / "stentor" / "data" / "debate" / "truth.json"
WORDS_PER_MINUTE = 145
PAUSE_MS = 400
HOUR_WORDS = 10_000


@dataclass(frozen=True, slots=True)
class Talk:
    """Args: topics: what a person would call them → where they begin, record time."""

    name: str
    transcript: Transcript
    topics: dict[str, int]


def debate() -> Talk:
    rows = json.loads(DEBATE.read_text())
    turns = [
        spoken(f"t{number}", who, said, start_ms=round(start_s * 1000), end_ms=round(end_s * 1000))
        for number, (who, start_s, end_s, said) in enumerate(rows)
    ]
    topics = {"Free buses": 0, "Tallinn": 18_350, "Air quality": 36_180, "Safety at night": 70_700}
    return Talk("debate", _transcript(turns), topics)


def talks() -> list[Talk]:
    return [debate(), *(written(path) for path in sorted(DATA.glob("talk_*.txt")))]


def written(path: Path) -> Talk:
    """A talk from its text, spoken at an even pace."""
    at_ms = 0
    turns: list[Turn] = []
    topics: dict[str, int] = {}
    for line in path.read_text().splitlines():
        if line.startswith("## "):
            topics[line.removeprefix("## ")] = at_ms
            continue
        who, _, said = line.partition(": ")
        end_ms = at_ms + len(said.split()) * 60_000 // WORDS_PER_MINUTE
        turns.append(spoken(f"t{len(turns)}", who, said, start_ms=at_ms, end_ms=end_ms))
        at_ms = end_ms + PAUSE_MS
    return Talk(path.stem.removeprefix("talk_"), _transcript(turns), topics)


def an_hour() -> Transcript:
    """All talks over and over until there are 10,000 words."""
    parts = [talk.transcript for talk in talks()]
    turns: list[Turn] = []
    names: dict[str, str] = {}
    at_ms = words = 0
    for part in cycle(parts):
        if words >= HOUR_WORDS:
            break
        names |= part.names
        turns += [_later(turn, by_ms=at_ms, turn_id=f"{len(turns) + n}") for n, turn in enumerate(part.turns)]
        words += sum(len(turn.words) for turn in part.turns)
        at_ms = turns[-1].end_ms + PAUSE_MS
    return Transcript(1, "en", "written", names, tuple(turns))


def spoken(turn_id: str, who: str, said: str, *, start_ms: int, end_ms: int) -> Turn:
    """A turn whose words have times by their lengths."""
    texts = said.split()
    letters = sum(len(text) + 1 for text in texts)
    words, before = [], 0
    for text in texts:
        begin = start_ms + (end_ms - start_ms) * before // letters
        before += len(text) + 1
        words.append(Word(text, begin, start_ms + (end_ms - start_ms) * before // letters, 1.0))
    return Turn(turn_id, who, tuple(words), sentence_starts(words))


def _transcript(turns: list[Turn]) -> Transcript:
    names = {turn.person_id: turn.person_id for turn in turns}
    return Transcript(1, "en", "written", names, tuple(turns))


def _later(turn: Turn, *, by_ms: int, turn_id: str) -> Turn:
    words = tuple(
        replace(word, start_ms=word.start_ms + by_ms, end_ms=word.end_ms + by_ms) for word in turn.words
    )
    return replace(turn, id=turn_id, words=words)
