"""What bad lines do to speech on a real stage: words, sound, level, delay; and which part survives what.

    python bench/stage_bad_network.py [--again N]

Two people hold the built-in debate (92 s) over real WebRTC, all of whose datagrams go through a relay that
loses, delays and reorders them, both ways; the programme is what the log has. A recogniser compares the words
of each run with those of the clean one. Then the same speech on a virtual clock with and without redundancy
(FEC) in the packets, on the stage's own jitter buffer, and the depth that this buffer finds for each line.

Two runs at a time, each in a Space of its own. `--again` repeats the bad ones with other seeds.
"""

import argparse
import asyncio
import json
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from likeness import place_in_loop
from stage_house import Result, report, running_stage
from stage_people import DEBATE, Samples, debate_samples, integrated_lufs, on_stage, powers_of, programme_ear
from stentor.clock import SystemClock
from stentor.limits import CHUNK_SAMPLES, OPUS_FRAME_SAMPLES, RUNWAY_CHUNKS
from stentor.log.server import EmbeddedServer
from stentor.rehearsal.bad_line import PERFECT, Faults
from virtual_line import browser_packets, heard_through
from word_errors import Errors, recognised, word_errors

Turn = tuple[str, float, float, str]
"""Who, from when to when in seconds, what."""

NAMES = ("maya", "daniel")
TURNS: list[Turn] = [
    turn for turn in map(tuple, json.loads((DEBATE / "truth.json").read_text())) if len(turn[3].split()) > 3
]
"""Without the one back-channel, which is spoken into the other's turn."""
REAL_LINES = ("clean", "loss10", "loss5_jitter50", "loss10_jitter50", "burst3_loss10_jitter50")
"""On real stages; the virtual clock has them all."""
LINES = {
    "clean": PERFECT,
    "loss5": Faults(loss=0.05, delay_ms=20),
    "loss10": Faults(loss=0.10, delay_ms=20),
    "jitter50": Faults(delay_ms=20, jitter_ms=50),
    "loss5_jitter50": Faults(loss=0.05, delay_ms=20, jitter_ms=50),
    "loss10_jitter50": Faults(loss=0.10, delay_ms=20, jitter_ms=50),
    "burst3_loss10": Faults(loss=0.10, burst=3, delay_ms=20),
    "burst3_loss10_jitter50": Faults(loss=0.10, burst=3, delay_ms=20, jitter_ms=50, duplicates=0.02),
}
EXPECTED_LOSS_PERCENT = 10
"""What a browser comes to expect on such lines, by the stage's receiver reports."""
AT_ONCE = 2
SETTLED_S = 30
"""The levels of a voice are found in that time."""
LEAD_IN_MS = 8_000
"""From the offer to the first word; a join over a bad line takes up to 5 s."""
TURN_MARGIN_S = 0.15
"""Around each turn: the recogniser gets it by itself, and a voice on a bad line is up to 0.1 s late."""


@dataclass(frozen=True, slots=True)
class Programme:
    """One run on the real stage."""

    samples: Samples
    late_ticks: int
    connected_s: float


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--again", type=int, default=1, help="runs of each bad line, with other seeds")
    arguments = parser.parse_args()
    voices = {name: debate_samples(name) for name in NAMES}
    results = await on_real_stages(voices, arguments.again)
    report("stage_bad_network", results + on_virtual_lines(voices))


async def on_real_stages(voices: dict[str, Samples], again: int) -> list[Result]:
    packets = {
        name: browser_packets(said, expected_loss_percent=EXPECTED_LOSS_PERCENT)
        for name, said in voices.items()
    }
    runs: list[tuple[str, Programme]] = []
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedServer(Path(folder) / "nats")
        await server.start()
        try:
            wanted = [(line, seed) for line in REAL_LINES for seed in range(1 if line == "clean" else again)]
            for at in range(0, len(wanted), AT_ONCE):
                some = wanted[at : at + AT_ONCE]
                print("#", *(line for line, _ in some), flush=True)
                held = (
                    debate(server.url, Path(folder), packets, LINES[line], seed=100 + seed)
                    for line, seed in some
                )
                runs += zip((line for line, _ in some), await asyncio.gather(*held), strict=True)
        finally:
            await server.stop()
    return judged(runs, voices)


async def debate(
    url: str, folder: Path, packets: dict[str, list[bytes]], faults: Faults, *, seed: int
) -> Programme:
    """The debate, once, with everybody behind such a line."""
    space_id = f"bench-line-{seed}-{abs(hash(faults)) % 10_000}"
    length = max(map(len, packets.values())) * OPUS_FRAME_SAMPLES
    async with (
        running_stage(url, folder, space_id) as stage,
        programme_ear(stage.bus, space_id) as ear,
        AsyncExitStack() as people,
    ):
        start_ms = SystemClock().wall_ms() + LEAD_IN_MS
        guests = [
            await people.enter_async_context(
                on_stage(
                    stage.bus, space_id, name, said, up=faults, down=faults, start_ms=start_ms, seed=seed + n
                )
            )
            for n, (name, said) in enumerate(packets.items())
        ]
        await ear.until(RUNWAY_CHUNKS)
        first = ear.latest
        last = first + -(-(length + LEAD_IN_MS * 48) // CHUNK_SAMPLES) + 1
        await ear.until(last, within_s=180)
        return Programme(
            ear.samples(range(first, last + 1)), stage.late_ticks(), max(g.connected_s for g in guests)
        )


def judged(runs: Sequence[tuple[str, Programme]], voices: dict[str, Samples]) -> list[Result]:
    """The figures of the real runs."""
    said = sum(voices.values(), np.zeros(1, np.float32))
    whole = [in_place(run.samples, said) for _, run in runs]
    heard = errors_of(whole, [TURNS] * len(whole))
    results: list[Result] = []
    clean_wer = clean_lufs = 0.0
    for line in dict(runs):
        mine = [index for index, (name, _) in enumerate(runs) if name == line]
        errors = sum((heard[index] for index in mine), Errors(0, 0))
        late_half = [powers_of(whole[index][SETTLED_S * 48_000 :]) for index in mine]
        loudness = float(np.mean([integrated_lufs(powers) for powers in late_half]))
        alike = float(np.mean([place_in_loop(whole[index], whole[0]).correlation for index in mine]))
        is_clean = line == "clean"
        if is_clean:
            clean_wer, clean_lufs = errors.percent, loudness
        results += [
            (
                f"{line}_word_errors",
                errors.percent,
                "% of words",
                "" if is_clean else f"<= {clean_wer + 5:.2f}",
            ),
            (f"{line}_envelope", alike, "correlation with clean", ""),
            (f"{line}_loudness", loudness - clean_lufs, "LU above clean", "" if is_clean else ">= -1"),
            (f"{line}_connected", max(runs[i][1].connected_s for i in mine), "s from the answer", ""),
            (f"{line}_late_ticks", float(sum(runs[i][1].late_ticks for i in mine)), "silent ticks", "<= 0"),
        ]
        if is_clean:
            results[2] = ("clean_loudness", loudness, "LUFS", "")
    return results


def on_virtual_lines(voices: dict[str, Samples]) -> list[Result]:
    """Redundancy or not, line by line: words, and how late the jitter buffer lets a voice be."""
    results: list[Result] = []
    seconds = len(voices["maya"]) / 48_000
    sounds: dict[tuple[str, str, str], Samples] = {}
    for kind, expected in (("plain", 0), ("fec", EXPECTED_LOSS_PERCENT)):
        for name, said in voices.items():
            packets = browser_packets(said, expected_loss_percent=expected)
            for line, faults in LINES.items():
                run = heard_through(packets, faults, seconds=seconds, seed=3)
                sounds[kind, line, name] = run.samples
                if kind == "fec" and name == "maya":
                    p95 = float(np.percentile(run.delays_ms, 95)) - faults.delay_ms
                    results += [
                        (f"buffer_{line}_p95", p95, "ms from arrival without jitter to the mix", "<= 240"),
                        (f"buffer_{line}_lost", float(run.line.lost), f"of {len(packets)} packets", ""),
                    ]
    turns = [[turn for turn in TURNS if turn[0].lower() == name] for _, _, name in sounds]
    heard = dict(zip(sounds, errors_of(list(sounds.values()), turns), strict=True))
    for kind in ("plain", "fec"):
        for line in LINES:
            errors = sum((heard[kind, line, name] for name in voices), Errors(0, 0))
            results.append((f"words_{kind}_{line}", errors.percent, "% of words", ""))
    return results


def errors_of(sounds: Sequence[Samples], turns: Sequence[Sequence[Turn]]) -> list[Errors]:
    """Each turn is recognised by itself: over minutes this recogniser loses its thread once in a while, on
    whatever sound, and a whole sentence with it."""
    parts = [cut(sound, turn) for sound, said in zip(sounds, turns, strict=True) for turn in said]
    texts = iter(recognised(parts))
    return [sum((word_errors(turn[3], next(texts)) for turn in said), Errors(0, 0)) for said in turns]


def cut(sound: Samples, turn: Turn) -> Samples:
    start, end = (
        round((at + margin) * 48_000) for at, margin in ((turn[1], -TURN_MARGIN_S), (turn[2], TURN_MARGIN_S))
    )
    return sound[max(0, start) : end]


def in_place(heard: Samples, said: Samples) -> Samples:
    """The one loop of a recording that began a little before it."""
    ahead = len(said) - place_in_loop(heard[: len(said)], said).at_samples
    assert ahead < 2 * LEAD_IN_MS * 48, "the recording began after the debate"
    return heard[ahead : ahead + len(said)]


if __name__ == "__main__":
    asyncio.run(main())
