"""The plots of docs/PERFORMANCE.md: figures in, SVG out, the same bytes for the same figures.

Comes in: the rows of build/bench/*.json. Goes out: `docs/images/bench-*.svg`. Never: a figure that is not in
the tables beside it. Grounds are transparent and all ink is of middle lightness, so that a plot can be read
on a light and on a dark page.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

Rows = Mapping[str, float]
"""One benchmark's figures by name."""
Benches = Mapping[str, Rows]
"""By the benchmark's name; those that did not run are not there."""
_INK = "#7d8590"
_BLUE, _ORANGE, _GREEN, _PURPLE, _RED = "#3b82f6", "#d9730d", "#2da44e", "#a371f7", "#e5534b"
_COST = "µs of CPU per listener-second"
_STYLE: dict[Any, Any] = {  # matplotlib types its keys as one literal of 320 names
    "font.family": "sans-serif",
    "font.size": 11,
    "svg.fonttype": "none",
    "svg.hashsalt": "stentor",
    "text.color": _INK,
    "axes.labelcolor": _INK,
    "axes.edgecolor": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": _INK,
    "grid.alpha": 0.25,
    "legend.frameon": False,
}


@dataclass(frozen=True, slots=True)
class Plot:
    """One picture.

    Args:
        bench: the table that it stands beside.
        draw: returns whether there was anything to draw.
    """

    name: str
    bench: str
    alt: str
    draw: Callable[[Axes, Benches], bool]


def by_cadence(axes: Axes, benches: Benches) -> bool:
    """Bars of `crowd_cost`; LL-HLS, which has no cadence, as lines across."""
    rows, hls = benches.get("crowd_cost", {}), benches.get("crowd_hls", {})
    sizes = _sizes(rows, "cost_fanout_x1_")
    if not sizes:
        return False
    listeners = sizes[-1]
    servers = [("floor", "bare writes", _INK), ("fanout", "fan-out", _BLUE), ("icecast", "Icecast", _ORANGE)]
    width = 0.26
    for place, (server, label, colour) in enumerate(servers):
        known = _sizes(rows, f"cost_{server}_x1_")
        if not known:
            continue
        at = listeners if listeners in known else known[-1]
        heights = [rows.get(f"cost_{server}_x{cadence}_{at}", 0.0) for cadence in (1, 2, 4)]
        spots = [group + (place - 1) * width for group in range(3)]
        bars = axes.bar(spots, heights, width * 0.92, label=f"{label}, {at:,}", color=colour)
        axes.bar_label(bars, fmt="%.0f", fontsize=9, color=_INK)
    ways = [("nginx_files", "nginx, LL-HLS files", _GREEN), ("nginx_cache", "nginx, LL-HLS cache", _PURPLE)]
    for server, label, colour in ways:
        for at in _sizes(hls, f"cost_{server}_x1_")[-1:]:
            cost = hls[f"cost_{server}_x1_{at}"]
            axes.axhline(cost, color=colour, linestyle="--", label=f"{label}, {at:,}")
            axes.annotate(f"{cost:.0f}", (2.45, cost), color=_INK, fontsize=9, va="bottom")
    axes.set_xticks(range(3), ["1: each 0.64 s", "2: each 1.28 s", "4: each 2.56 s"])
    axes.grid(visible=False, axis="x")
    axes.set(xlabel="cadence", ylabel=_COST)
    _legend(axes)
    axes.margins(y=0.1)
    return True


def hls_sizes(axes: Axes, benches: Benches) -> bool:
    rows = benches.get("crowd_hls", {})
    lines = [
        ("cost_fanout_x1_", "fan-out, cadence 1", _BLUE),
        ("cost_fanout_x2_", "fan-out, cadence 2", _RED),
        ("cost_nginx_files_x1_", "nginx, LL-HLS as files", _GREEN),
        ("cost_nginx_cache_x1_", "nginx, LL-HLS as our cache", _PURPLE),
    ]
    return _lines(axes, rows, lines, "listeners of each server", _COST)


def listeners(axes: Axes, benches: Benches) -> bool:
    rows = benches.get("crowd_growth", {})
    lines = [
        (f"growth_listeners_x{cadence}_", f"cadence {cadence}", colour)
        for cadence, colour in ((1, _BLUE), (4, _GREEN))
    ]
    return _lines(axes, rows, lines, "listeners in one Space", _COST)


def spaces(axes: Axes, benches: Benches) -> bool:
    rows = benches.get("crowd_growth", {})
    lines = [
        ("growth_spaces_cpu_", "fan-out, with its crowd", _BLUE),
        ("growth_spaces_gate_", "gate, nobody joins", _ORANGE),
    ]
    label = "Spaces, the same crowd over all of them"
    return _lines(axes, rows, lines, label, "ms of CPU per second", is_log=False)


def rungs(axes: Axes, benches: Benches) -> bool:
    rows = benches.get("crowd_growth", {})
    found = [name for name in rows if re.fullmatch(r"growth_rungs_[a-z]+\d+(_[a-z]+\d+)*", name)]
    if not found:
        return False
    names = [name.removeprefix("growth_rungs_").replace("_", " + ") for name in found]
    bars = axes.barh(names[::-1], [rows[name] for name in found][::-1], color=_BLUE, height=0.7)
    axes.bar_label(bars, fmt="%.1f", padding=3, fontsize=9, color=_INK)
    axes.grid(visible=False, axis="y")
    axes.set(xlabel=_COST)
    return True


def hold(axes: Axes, benches: Benches) -> bool:
    """What `crowd_hold` says second by second: `hold_at_<s>_listeners`."""
    rows = benches.get("crowd_hold", {})
    points = _series(rows, r"hold_at_(\d+)_listeners")
    if not points:
        return False
    axes.plot([s for s, _ in points], [value for _, value in points], color=_BLUE)
    axes.set(xlabel="s since the first join", ylabel="listeners who hear")
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter("{x:,.0f}")
    return True


PLOTS = (
    Plot(
        "cadence",
        "crowd_cost",
        "Cost per listener-second by cadence, beside bare writes and others",
        by_cadence,
    ),
    Plot("hls", "crowd_hls", "Cost per listener-second of the fan-out and of nginx on LL-HLS", hls_sizes),
    Plot("listeners", "crowd_growth", "Cost per listener-second over the number of listeners", listeners),
    Plot("spaces", "crowd_growth", "CPU over the number of Spaces", spaces),
    Plot("rungs", "crowd_growth", "Cost per listener-second by rung and format", rungs),
    Plot("hold", "crowd_hold", "Listeners who hear, over the time of the hold", hold),
)


def write(folder: Path, benches: Benches) -> dict[str, list[Plot]]:
    """Writes what there are figures for. Returns the plots by benchmark."""
    done: dict[str, list[Plot]] = {}
    with mpl.rc_context(_STYLE):
        for plot in PLOTS:
            figure = Figure(figsize=(7.4, 3.9), layout="constrained")
            axes = figure.add_subplot()
            if plot.draw(axes, benches):
                figure.savefig(path_of(folder, plot), transparent=True, metadata={"Date": None})
                done.setdefault(plot.bench, []).append(plot)
    return done


def path_of(folder: Path, plot: Plot) -> Path:
    return folder / f"bench-{plot.name}.svg"


def _lines(
    axes: Axes,
    rows: Rows,
    lines: list[tuple[str, str, str]],
    xlabel: str,
    ylabel: str,
    *,
    is_log: bool = True,
) -> bool:
    """A line per prefix; the rest of a figure's name is its place."""
    places: set[int] = set()
    for prefix, label, colour in lines:
        points = _series(rows, rf"{prefix}(\d+)")
        if points:
            places |= {x for x, _ in points}
            axes.plot([x for x, _ in points], [y for _, y in points], "o-", label=label, color=colour)
            axes.annotate(f" {points[-1][1]:.0f}", points[-1], color=_INK, fontsize=9, va="bottom")
    if not places:
        return False
    if is_log:
        axes.set_xscale("log")
    axes.set_xticks(sorted(places), [f"{place:,}" for place in sorted(places)])
    axes.minorticks_off()
    axes.set_ylim(bottom=0)
    axes.set(xlabel=xlabel, ylabel=ylabel)
    _legend(axes)
    return True


def _legend(axes: Axes) -> None:
    """Above the plot, where no figure can ever be."""
    axes.legend(fontsize=9, ncols=3, loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2)


def _series(rows: Rows, pattern: str) -> list[tuple[int, float]]:
    found = ((re.fullmatch(pattern, name), value) for name, value in rows.items())
    return sorted((int(match[1]), value) for match, value in found if match)


def _sizes(rows: Rows, prefix: str) -> list[int]:
    return [size for size, _ in _series(rows, rf"{prefix}(\d+)")]
