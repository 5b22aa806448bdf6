"""The plots of docs/PERFORMANCE.md: there when there are figures, the same for the same figures."""

import xml.etree.ElementTree as ET
from pathlib import Path

import plots

FIGURES = {
    "crowd_cost": {f"cost_{who}_x{c}_1000": 20.0 / c for who in ("floor", "fanout") for c in (1, 2, 4)},
    "crowd_hls": {f"cost_{who}_x1_{n}": 60.0 for who in ("fanout", "nginx_files") for n in (500, 1000)},
    "crowd_growth": {
        "growth_one_listener": 8.0,
        "growth_listeners_x1_250": 50.0,
        "growth_listeners_x1_500": 40.0,
        "growth_spaces_cpu_1": 13.0,
        "growth_spaces_cpu_200": 230.0,
        "growth_rungs_opus32_aac64": 30.0,
        "growth_rungs_line_opus32_aac64": 60.0,
    },
    "crowd_hold": {"hold_at_1_listeners": 100.0, "hold_at_2_listeners": 200.0},
}


def test_every_plot_is_drawn_and_is_xml(tmp_path: Path) -> None:
    drawn = plots.write(tmp_path, FIGURES)
    assert {plot for found in drawn.values() for plot in found} == set(plots.PLOTS)
    for plot in plots.PLOTS:
        assert ET.parse(plots.path_of(tmp_path, plot)).getroot().tag.endswith("svg")


def test_nothing_is_drawn_without_figures(tmp_path: Path) -> None:
    assert plots.write(tmp_path, {"stage_cpu": {"stage_2_people": 1.0}}) == {}
    assert list(tmp_path.iterdir()) == []


def test_the_same_figures_are_the_same_bytes(tmp_path: Path) -> None:
    plots.write(tmp_path, FIGURES)
    first = {path: path.read_bytes() for path in tmp_path.iterdir()}
    plots.write(tmp_path, FIGURES)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == first
