"""Two edges and one page: the edge that served the page dies, and the sound goes on."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from house.house import DEBATE, House, eventually, free_port, get
from house.test_pages import a_page, chromium, state, until
from stentor.log.server import url_of

pytestmark = pytest.mark.browser


def test_a_page_goes_on_at_another_edge_when_its_own_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = House(tmp_path / "data")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    monkeypatch.setenv("STENTOR_EDGE_URLS", json.dumps([house.edge_url, url]))
    mortal: subprocess.Popen[bytes] | None = None
    try:
        house.start()
        environment = {
            **house.environment,
            "STENTOR_EDGE_PORT": str(port),
            "STENTOR_NATS_URL": url_of(house.data_dir / "nats"),
        }
        with (tmp_path / "mortal.log").open("ab") as log:
            mortal = subprocess.Popen(
                [sys.executable, "-m", "stentor.edge.main"], env=environment, stdout=log, stderr=log
            )
        eventually(lambda: get(f"{url}/readyz")[0] == 200, "the second edge is ready")
        house.open_space("debate")
        house.speak("debate", {"Maya": DEBATE / "maya.opus", "Daniel": DEBATE / "daniel.opus"})
        house.until_speaking("debate", "Maya", "Daniel")
        with chromium() as browser, a_page(browser, f"{url}/s/debate") as page:
            page.click("[data-test=listen]")
            until(page, "live")
            page.wait_for_timeout(4000)
            before, before_s = state(page), time.monotonic()
            mortal.kill()
            mortal.wait()
            until(page, "rejoining")
            until(page, "live", timeout_s=5)
            back_s = time.monotonic() - before_s
            page.wait_for_timeout(4000)
            after, after_s = state(page), time.monotonic()
        assert get(f"{url}/healthz")[0] == 0
        heard_s = after["currentTime"] - before["currentTime"]
        assert back_s <= 2, back_s
        # Nothing is jumped over: the ear has moved as the clock has, the wait for bytes (if any) left out.
        assert heard_s <= after_s - before_s + 0.2
        assert heard_s >= after_s - before_s - 2
    finally:
        if mortal is not None and mortal.poll() is None:
            mortal.kill()
            mortal.wait()
        house.stop()
