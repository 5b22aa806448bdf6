"""How late a browser's ear is: the listener page in real Chromium, in front of a whole house.

    python bench/page_latency.py [--seconds 30]

The page's own figure: wall time now, corrected to the edge's clock, less the wall time at which the sample at
the ear was mixed. Speaker to mixer comes on top (`speaker_to_speaker` in stage_latency). HLS the same way.
"""

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from house.browser import FLAGS, until
from house.house import DEBATE, House, running_house
from stage_house import Result, report


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=30)
    seconds = parser.parse_args().seconds
    results: list[Result] = []
    with tempfile.TemporaryDirectory() as folder, running_house(Path(folder)) as house:
        house.open_space("bench")
        house.speak("bench", {"Maya": DEBATE / "maya.opus", "Daniel": DEBATE / "daniel.opus"})
        house.until_speaking("bench", "Maya", "Daniel")
        for name, query, goals in (
            ("page_opus", "", ("<= 1.6", "<= 2")),
            ("page_aac", "?codec=aac", ("<= 1.6", "<= 2")),
            ("page_hls_js", "?mode=hls", ("<= 3", "<= 4")),
        ):
            results += measured(house, name, query, goals, seconds)
    report("page_latency", results)


def measured(house: House, name: str, query: str, goals: tuple[str, str], seconds: int) -> list[Result]:
    """One way to the ear, sampled four times a second."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        page = browser.new_page()
        page.goto(f"{house.edge_url}/s/bench{query}")
        page.click("[data-test=listen]")
        until(page, "live", timeout_s=30)
        page.wait_for_timeout(3000)
        seen = sorted(latency_s(page) for _ in range(4 * seconds))
        stalls = json.loads(page.evaluate("JSON.stringify(window.stentor)"))["stalls"]
        browser.close()
    return [
        (f"{name}_latency_p50", statistics.median(seen), "s", goals[0]),
        (f"{name}_latency_p95", seen[int(len(seen) * 0.95)], "s", goals[1]),
        (f"{name}_stalls", float(stalls), "stalls", "<= 0"),
    ]


def latency_s(page: Page) -> float:
    page.wait_for_timeout(250)
    return float(page.evaluate("window.stentor.latencyS"))


if __name__ == "__main__":
    main()
