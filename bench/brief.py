"""How good the extractive brief is: planted claims, topics, headings, balance, time for an hour of talk.

    python bench/brief.py

Prints `name value unit goal` lines and writes build/bench/brief.json; then the headings, to be looked at.
"""

import time
from pathlib import Path

from brief_claims import found
from brief_talks import Talk, an_hour, talks
from stage_house import Result, report
from stentor.record.brief import Brief
from stentor.record.proof import proved
from stentor.record.texts.moments import clock
from stentor.record.transcript import Transcript
from stentor.scribe.brief.extractive import Extractive
from stentor.scribe.brief.port import Material
from stentor.scribe.speech.weights import MINILM, folder_of

NEAR_MS = 20_000
"""A cut so near to where a person would cut is the same cut."""


def main() -> None:
    engine = Extractive(folder_of(MINILM, own=None, made=Path("build") / "models"))
    results = claims()
    seen: list[str] = []
    for talk in talks():
        brief = engine.drafted(Material(talk.name, "", talk.transcript))
        results += judged(talk, brief)
        seen += listed(talk, brief)
    results += hour(engine, "hour_with_model") + hour(Extractive(), "hour_by_words")
    report("brief", results)
    print(*seen, sep="\n")


def claims() -> list[Result]:
    results: list[Result] = []
    for half, parity in (("tuned", 0), ("held_out", 1), ("all", None)):
        result = found("claims.json", parity=parity)
        results += [
            (f"claims_{half}_recall", result.recall, "of planted claims", ">= 0.85"),
            (f"claims_{half}_precision", result.precision, "of claims shown", ">= 0.6"),
            (f"claims_{half}_kind", result.kinds_right / result.hits, "of claims found", "–"),
        ]
    return results


def judged(talk: Talk, brief: Brief) -> list[Result]:
    """Topics against a person's, and how far anybody is over their share of the talk."""
    wanted = list(talk.topics.values())
    cuts = [section.start_ms for section in brief.sections]
    hit = [cut for cut in cuts if any(abs(cut - place) <= NEAR_MS for place in wanted)]
    dropped = proved(brief, talk.transcript).dropped
    return [
        (f"{talk.name}_cuts_right", 100 * len(hit) / len(cuts), f"% of {len(cuts)} topics", "–"),
        (f"{talk.name}_over_share", 100 * over_share(talk.transcript, brief), "points of lines", "<= 20"),
        (f"{talk.name}_unproved", len(dropped), "lines", "<= 0"),
    ]


def over_share(talk: Transcript, brief: Brief) -> float:
    """The most that anybody's share of the brief's lines is over their share of the speaking time."""
    said = dict.fromkeys(talk.names, 0)
    for turn in talk.turns:
        said[turn.person_id] += turn.end_ms - turn.start_ms
    lines = [*brief.summary, *(line for section in brief.sections for line in section.lines)]
    quoted = [line.quotes[0].person_id for line in lines]
    return max(quoted.count(who) / len(quoted) - said[who] / sum(said.values()) for who in said)


def hour(engine: Extractive, name: str) -> list[Result]:
    talk = an_hour()
    before_s = time.process_time()
    brief = engine.drafted(Material("An hour", "", talk))
    took_s = time.process_time() - before_s
    return [
        (name, took_s, "s of a core for 10,000 words", "<= 20"),
        (f"{name}_topics", len(brief.sections), "topics", "<= 12"),
    ]


def listed(talk: Talk, brief: Brief) -> list[str]:
    wanted = ", ".join(f"{clock(at_ms)} {name}" for name, at_ms in talk.topics.items())
    made = ", ".join(f"{clock(section.start_ms)} {section.heading}" for section in brief.sections)
    return [f"\n{talk.name}", f"  a person: {wanted}", f"  the brief: {made}"]


if __name__ == "__main__":
    main()
