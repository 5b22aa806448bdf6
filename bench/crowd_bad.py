"""Whether good listeners notice bad ones: first without, then with them, the same crowd, one run.

    python bench/crowd_bad.py --listeners 4000

Of all listeners 10 % read at half of the bit rate, 5 % stop reading, 5 % reset their connection again and
again, 10 % come and go so that 2 % of the crowd does each second; the others are watched. Prints
`name value unit goal` lines; writes build/bench/crowd_bad.json.
"""

import argparse
import asyncio
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from crowd_figures import Figures, percentile_line
from crowd_house import Edge, cpu_s, edge_on_the_air, load_line, user_bytes
from crowd_load import Load
from crowd_rude import Manner, Manners, Rude, RudeFigures
from stage_house import Result, report
from stentor.edge.hls import KEPT_CHUNKS_MIN
from stentor.limits import CHUNK_MS
from stentor.space.rung import Codec, Rung

_JOINS_PER_S = 1500.0
_SETTLE_S = 6.0
_HEARING_S = 30.0
_QUIET_WINDOW_S = 15.0
_SAMPLES = 20
_READ_EVERY_S = 0.005
_FRAMED = 1.06
"""Bytes on the line per byte of the encoder's."""
_CHURN_PER_S = 0.02
_COUNT_AFTER_S = 16.0
"""Who has stopped is counted for 6 s after this machine took the last byte; it takes some for 8 s."""


@dataclass(frozen=True, slots=True)
class Window:
    """What was seen in one window.

    Args:
        us: CPU of the fan-outs, µs per listener-second.
        counts: once a second: what the edge says is hearing, and who really is.
        creep_bytes: what the fan-outs' memory has grown by while counts were taken. Framed chunks are kept
            for 144 s: 9 kB/s for each fan-out are theirs.
    """

    us: float
    heard: Figures
    before: Figures
    turn_late_ms: float
    counts: list[tuple[int, int]]
    creep_bytes: int


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--listeners", type=int, default=4000)
    parser.add_argument("--seconds", type=float, default=40, help="with the bad ones")
    arguments = parser.parse_args()
    listeners, seconds = arguments.listeners, arguments.seconds
    print(load_line(), flush=True)
    manners = Manners(
        slow=listeners // 10,
        stopped=listeners // 20,
        reset=listeners // 20,
        restless=listeners // 10,
        slow_bytes_per_s=_FRAMED * Rung.AAC64.bitrate_bps / 8 / 2,
        stay_s=listeners // 10 / (_CHURN_PER_S * listeners),
    )
    seconds_max = 90 + listeners / _JOINS_PER_S + _QUIET_WINDOW_S + seconds
    with tempfile.TemporaryDirectory() as folder:
        async with edge_on_the_air(Path(folder), listeners=listeners, spoken_chunks=KEPT_CHUNKS_MIN) as edge:
            await edge.order(rung="high", cadence=1)
            target = edge.target(Codec.AAC)
            with (
                Load(
                    target,
                    listeners=listeners - len(manners.all),
                    joins_per_s=_JOINS_PER_S,
                    samples=_SAMPLES,
                    seconds_max=seconds_max,
                    read_every_s=_READ_EVERY_S,
                    keeps_late=True,
                ) as load,
                Rude(target, manners, seconds_max=seconds_max) as rude,
            ):
                results = await compared(edge, load, rude, manners, seconds=seconds)
    print(load_line())
    report("crowd_bad", results)


async def compared(edge: Edge, load: Load, rude: Rude, manners: Manners, *, seconds: float) -> list[Result]:
    """Everybody joins and behaves; then some do not."""
    joined = await asyncio.to_thread(load.until_seated, 30 + load.listeners / _JOINS_PER_S)
    print(percentile_line("joining", joined), flush=True)
    async with asyncio.timeout(_HEARING_S):
        while edge.hearing < load.listeners + len(manners.all):  # noqa: ASYNC110  # another process's count
            await asyncio.sleep(0.1)
    await asyncio.sleep(_SETTLE_S)
    fanouts = edge.pids("fanout")
    await asyncio.to_thread(load.figures, "begin")
    without = await window(edge, load, rude, fanouts, _QUIET_WINDOW_S)
    full_bytes, skipped = user_bytes(*fanouts), sum(edge.skipped.values())
    began = await asyncio.to_thread(rude.begin)
    with_bad = await window(edge, load, rude, fanouts, seconds)
    ended = await asyncio.to_thread(rude.figures)
    grown_bytes = user_bytes(*fanouts) - full_bytes
    decoded = await asyncio.to_thread(load.decoded)
    reasons = {
        name: sum(e.get(name, 0) for e in edge.ended.values()) for name in ("stuck", "left", "session")
    }
    print(f"# ended by the edge: {reasons}, slow now: {sum(edge.slow.values())}")
    return [
        *good_lines(without, with_bad),
        ("bad_decoded", float(decoded.decoded - decoded.decode_faults), "good listeners", f">= {_SAMPLES}"),
        ("bad_cost_without", without.us, "us CPU per listener-second", ""),
        ("bad_cost_with", with_bad.us, "us CPU per listener-second", ""),
        ("bad_turn_late_without", without.turn_late_ms, "ms", ""),
        ("bad_turn_late_with", with_bad.turn_late_ms, "ms", ""),
        ("bad_skipped", float(sum(edge.skipped.values()) - skipped), "chunks, for the slow", ""),
        ("bad_memory_grown", grown_bytes / 1024, "KiB in all fan-outs", "<= 8192"),
        (
            "bad_memory_creep",
            with_bad.creep_bytes / 1024,
            "KiB of it in the seconds that count",
            "<= 2048",
        ),
        *rude_lines(began, ended, manners, seconds=seconds),
        *count_lines(with_bad.counts),
    ]


async def window(edge: Edge, load: Load, rude: Rude, fanouts: list[int], seconds: float) -> Window:
    """Some seconds, and each second's count."""
    before = await asyncio.to_thread(load.figures)
    edge.late_ms.clear()
    began_s, spent_s = time.monotonic(), cpu_s(*fanouts)
    counts: list[tuple[int, int]] = []
    open_sum = samples = early_bytes = 0
    while (elapsed_s := time.monotonic() - began_s) < seconds:
        await asyncio.sleep(min(1.0, seconds - elapsed_s + 0.001))
        bad = await asyncio.to_thread(rude.figures)
        open_sum += load.listeners + bad.reading + bad.stopped
        samples += 1
        if elapsed_s >= _COUNT_AFTER_S:
            early_bytes = early_bytes or user_bytes(*fanouts)
            counts.append((edge.hearing, load.listeners + bad.reading))
    spent_s, took_s = cpu_s(*fanouts) - spent_s, time.monotonic() - began_s
    heard = await asyncio.to_thread(load.figures, "late")
    return Window(
        1e6 * spent_s / took_s / (open_sum / samples),
        heard,
        before,
        max(edge.late_ms.values(), default=0.0),
        counts,
        user_bytes(*fanouts) - early_bytes if early_bytes else 0,
    )


def good_lines(without: Window, with_bad: Window) -> list[Result]:
    """What those who did nothing wrong have heard."""
    first, last = without.before.heard, with_bad.heard.heard
    found: list[Result] = [
        ("bad_good_gaps", float(last.gaps - first.gaps), "chunks missed or skipped", "<= 0"),
        ("bad_good_repeats", float(last.repeats - first.repeats), "chunks", "<= 0"),
        ("bad_good_ended", float(last.ended + last.refused), "listeners", "<= 0"),
    ]
    for name, seen in (("without", without), ("with", with_bad)):
        for label, share in (("p50", 0.5), ("p99", 0.99), ("max", 1.0)):
            found.append((f"bad_late_{name}_{label}", seen.heard.late_quantile_ms(share), "ms", ""))
        slipped = sum(late_ms > CHUNK_MS / 2 for late_ms in seen.heard.late_ms)
        share_percent = 100 * slipped / max(1, len(seen.heard.late_ms))
        found.append((f"bad_late_{name}_slipped", share_percent, "% of reads, a turn of their slot late", ""))
    grown_ms = with_bad.heard.late_quantile_ms(0.99) - without.heard.late_quantile_ms(0.99)
    found.append(("bad_late_p99_grown", grown_ms, "ms", "<= 20"))
    return found


def rude_lines(began: RudeFigures, ended: RudeFigures, manners: Manners, *, seconds: float) -> list[Result]:
    """That they were as bad as they were meant to be, and what became of them."""
    heard = {manner: ended.heard[manner] for manner in Manner}
    brief = (Manner.RESET, Manner.RESTLESS)
    closed_s = sorted(ended.closed_after_s)
    return [
        ("bad_slow_gaps", float(heard[Manner.SLOW].gaps), "chunks skipped for them", ""),
        ("bad_slow_repeats", float(heard[Manner.SLOW].repeats), "chunks", "<= 0"),
        ("bad_slow_ended", float(heard[Manner.SLOW].ended), "of the slow were ended", "<= 0"),
        ("bad_brief_gaps", float(sum(heard[m].gaps for m in brief)), "while they were there", "<= 0"),
        (
            "bad_brief_ended",
            float(sum(heard[m].ended + heard[m].refused for m in brief)),
            "by the edge",
            "<= 0",
        ),
        ("bad_resets", (ended.resets - began.resets) / seconds, "per s", ""),
        ("bad_churn", (ended.leaves - began.leaves) / seconds, "per s", ""),
        ("bad_stuck_closed", float(len(closed_s)), "of those who stopped", f">= {manners.stopped}"),
        (
            "bad_stuck_closed_max",
            closed_s[-1] if closed_s else 0.0,
            "s after this machine took the last byte; 15 s and a full send buffer",
            "<= 22",
        ),
    ]


def count_lines(counts: list[tuple[int, int]]) -> list[Result]:
    """The edge's count against the truth."""
    if not counts:
        return []
    hearing, truth = (sum(column) / len(counts) for column in zip(*counts, strict=True))
    worst = max(abs(told - true) / true for told, true in counts)
    return [
        ("bad_hearing", hearing, "by the edge's own count, on average", ""),
        ("bad_hearing_truth", truth, "connected and reading, on average", ""),
        ("bad_hearing_error", 100 * abs(hearing / truth - 1), "%", "<= 1"),
        ("bad_hearing_error_max", 100 * worst, "% in one second", ""),
    ]


if __name__ == "__main__":
    asyncio.run(main())
