"""Two edges and one page: the edge that served the page dies, and the sound goes on."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from house.browser import a_page, chromium, state, until
from house.house import DEBATE, House, eventually, free_port, get
from stentor.log.server import url_of

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, str]]:
    """A house on the air whose pages know a second edge, and where that edge will be, again and again."""
    house = House(tmp_path_factory.mktemp("two-edges") / "data")
    url = f"http://127.0.0.1:{free_port()}"
    with pytest.MonkeyPatch.context() as settings:
        settings.setenv("STENTOR_EDGE_URLS", json.dumps([house.edge_url, url]))
        try:
            house.start()
            house.open_space("debate")
            house.speak("debate", {"Maya": DEBATE / "maya.opus", "Daniel": DEBATE / "daniel.opus"})
            house.until_speaking("debate", "Maya", "Daniel")
            yield house, url
        finally:
            house.stop()


@contextmanager
def second_edge(house: House, url: str) -> Iterator[subprocess.Popen[bytes]]:
    """A second edge of the same house, as on another machine."""
    environment = {
        **house.environment,
        "STENTOR_EDGE_PORT": url.rpartition(":")[2],
        "STENTOR_NATS_URL": url_of(house.data_dir / "nats"),
    }
    with (house.data_dir.parent / "mortal.log").open("ab") as log:
        edge = subprocess.Popen(
            [sys.executable, "-m", "stentor.edge.main"], env=environment, stdout=log, stderr=log
        )
    try:
        eventually(lambda: get(f"{url}/readyz")[0] == 200, "the second edge is ready")
        yield edge
    finally:
        if edge.poll() is None:
            edge.kill()
            edge.wait()


@pytest.mark.parametrize("query", ["", "?mode=hls"])
def test_a_page_goes_on_at_another_edge_when_its_own_is_killed(house: tuple[House, str], query: str) -> None:
    """By the endless response and by hls.js, which the page loads where a browser takes no such response."""
    home, url = house
    with (
        second_edge(home, url) as mortal,
        chromium() as browser,
        a_page(browser, f"{url}/s/debate{query}") as page,
    ):
        page.click("[data-test=listen]")
        until(page, "live", timeout_s=25)
        page.wait_for_timeout(5000)
        before, before_s = state(page), time.monotonic()
        mortal.kill()
        mortal.wait()
        until(page, "rejoining")
        until(page, "live", "catching_up", timeout_s=5)
        back_s = time.monotonic() - before_s
        page.wait_for_timeout(4000)
        after, after_s = state(page), time.monotonic()
        assert get(f"{url}/healthz")[0] == 0
    assert back_s <= 2, back_s
    heard_s, took_s = after["currentTime"] - before["currentTime"], after_s - before_s
    # Nothing is jumped over: the ear has moved as the clock has, the wait for bytes (if any) left out.
    # A player that ran dry hurries by 5 % at most.
    assert took_s - 2 <= heard_s <= took_s + 0.3


def test_the_browsers_own_hls_goes_on_at_another_edge(house: tuple[House, str]) -> None:
    """Chromium's native HLS stands for an iPhone's: an error without a status, then the next edge."""
    home, url = house
    eventually(lambda: home.head("debate") > 3 * 9, "three segments are there", timeout_s=30)
    with (
        second_edge(home, url) as mortal,
        chromium() as browser,
        a_page(browser, f"{url}/s/debate?mode=native") as page,
    ):
        page.click("[data-test=listen]")
        until(page, "live", timeout_s=25)
        mortal.kill()
        mortal.wait()
        # What is buffered goes on; the browser notices when it wants the next segment.
        until(page, "rejoining", timeout_s=15)
        noticed_s = time.monotonic()
        until(page, "live", "catching_up", timeout_s=5)
        assert time.monotonic() - noticed_s <= 2
