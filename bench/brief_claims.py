"""How many of the planted claims are found: bench/data/claims.json, both halves. Part of bench/brief.py."""

import json
from dataclasses import dataclass
from pathlib import Path

from stentor.scribe.brief.claims import judge
from stentor.scribe.brief.lexicon import lexicon

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Found:
    """What the judge made of marked sentences."""

    hits: int
    misses: tuple[str, ...]
    invented: tuple[str, ...]
    kinds_right: int

    @property
    def recall(self) -> float:
        return self.hits / (self.hits + len(self.misses))

    @property
    def precision(self) -> float:
        return self.hits / (self.hits + len(self.invented))


def found(name: str, *, parity: int | None = None) -> Found:
    """Args: parity: 0: the half that weights were tuned on, 1: the half that was held out; None: all."""
    rows = json.loads((DATA / name).read_text())
    if parity is not None:
        rows = rows[parity::2]
    table = lexicon("en")
    judged = [(row, judge(row["text"], table)) for row in rows]
    hits = [(row, claim) for row, claim in judged if row["kind"] and claim.kind]
    return Found(
        hits=len(hits),
        misses=tuple(row["text"] for row, claim in judged if row["kind"] and not claim.kind),
        invented=tuple(
            f"{row['text']} ({claim.kind})" for row, claim in judged if claim.kind and not row["kind"]
        ),
        kinds_right=sum(row["kind"] == claim.kind for row, claim in hits),
    )
