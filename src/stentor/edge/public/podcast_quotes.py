"""What a feed takes from a brief: its best quotes as soundbites, what must be said of its texts. Pure."""

from dataclasses import dataclass
from typing import Final, Self

from stentor.edge.public.listing import excerpt
from stentor.edge.public.podcast import Soundbite
from stentor.errors import BadInput
from stentor.read_json import read_json
from stentor.record.brief import Brief, Quote

SOUNDBITES_MAX: Final = 5
LENGTH_MS_MIN: Final = 15_000
LENGTH_MS_MAX: Final = 120_000
"""Source: the podcast namespace, `podcast:soundbite`: 15 to 120 s, a title of 128 characters."""
_TITLE_MAX: Final = 128
_BEFORE_MS: Final = 500
"""So that the first word is whole."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """Args: note: such as «Machine transcript»; empty: a person has read it."""

    soundbites: tuple[Soundbite, ...] = ()
    note: str = ""

    @classmethod
    def of(cls, data: bytes, *, duration_ms: int) -> Self:
        """Of a `brief.json`. Raises: BadInput: it is none."""
        try:
            told = read_json(data)
            brief = Brief.from_json(told)
            note = told.get("label") or ""
        except (ValueError, AttributeError) as error:
            raise BadInput(f"This is no brief: {error}.") from None
        return cls(soundbites_of(brief, duration_ms=duration_ms), note if isinstance(note, str) else "")


def soundbites_of(brief: Brief, *, duration_ms: int) -> tuple[Soundbite, ...]:
    """The summary's quotes, in their order, one for each moment; each as long as players want it."""
    chosen: list[Soundbite] = []
    for quote in (quote for line in brief.summary for quote in line.quotes):
        bite = _soundbite(quote, brief, duration_ms)
        if bite is not None and not any(_overlap(bite, other) for other in chosen):
            chosen.append(bite)
    return tuple(sorted(chosen[:SOUNDBITES_MAX], key=lambda bite: bite.start_ms))


def _soundbite(quote: Quote, brief: Brief, duration_ms: int) -> Soundbite | None:
    """None: the record is too short for it."""
    length_ms = min(max(quote.end_ms - quote.start_ms + _BEFORE_MS, LENGTH_MS_MIN), LENGTH_MS_MAX)
    start_ms = max(0, min(quote.start_ms - _BEFORE_MS, duration_ms - length_ms))
    if length_ms > duration_ms:
        return None
    name = brief.names.get(quote.person_id, "")
    said = f"{name}: {quote.text}" if name else quote.text
    return Soundbite(start_ms, length_ms, excerpt(said, _TITLE_MAX - 1))


def _overlap(one: Soundbite, other: Soundbite) -> bool:
    return one.start_ms < other.start_ms + other.length_ms and other.start_ms < one.start_ms + one.length_ms
