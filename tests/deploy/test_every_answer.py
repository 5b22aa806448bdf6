"""What every answer of the front door says to browsers: each route that docs/PROTOCOL.md names is asked.

The stage door's is `tests/backstage/access/test_headers.py`; there one layer sees every answer.
"""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from edge_door import client, front_door
from stentor.log.bus import Bus
from synthetic_stage import SyntheticStage

PROTOCOL = Path(__file__).parents[2] / "docs" / "PROTOCOL.md"
WORDS = {
    **{"<k>": "2", "<n>": "40", "<edition>": "1", "<file>": "recording.m4a", "<lang>": "en"},
    **{"<account>": "ana", "[.": ".", "…": "x"},
}
MORE = [("GET", "/none"), ("OPTIONS", "/s/x/live.mp4"), ("GET", "/s/x/space.json?no=1")]
OPERATORS = {"/healthz", "/readyz", "/metrics"}


def routes() -> list[tuple[str, str]]:
    """Method and path of each row of the front door's table; names after a comma are in the same folder."""
    section = PROTOCOL.read_text().partition("## 3 The front door")[2].partition("\n## 4 ")[0]
    found = []
    for row in re.findall(r"^\| (`(?:GET|POST) .*?) \|", section, re.MULTILINE):
        base = ""
        method = "GET"
        for word in re.findall(r"`([^`]+)`", row):
            asked = re.match(r"(?:(GET|POST) )?(/[^ ?]*)", word)
            if asked:
                method, path = asked[1] or method, asked[2]
            elif re.fullmatch(r"[\w/<>.]+\.\w+", word):
                path = base + word
            else:
                continue
            base = path.partition("hls/")[0] + "hls/" if "/hls/" in path else path.rpartition("/")[0] + "/"
            found.append((method, path))
    return found


@pytest.fixture
async def http(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> AsyncIterator[aiohttp.ClientSession]:
    pages = tmp_path / "pages"
    (pages / "assets").mkdir(parents=True)
    for name in ("listen.html", "embed.html", "home.html"):
        (pages / name).write_text("<!doctype html><html><head><title>A page</title></head></html>")
    await SyntheticStage.open(bus, space_id, chunks=45)
    async with front_door(nats_url, pages_dir=pages) as base, client(base) as session:
        yield session


async def test_every_answer_is_guarded(http: aiohttp.ClientSession, space_id: str) -> None:
    asked = routes()
    assert len(asked) >= 45
    statuses = set()
    for method, pattern in [*asked, *MORE]:
        path = pattern.replace("<id>", space_id)
        for word, value in WORDS.items():
            path = path.replace(word, value)
        async with http.request(method, path) as answer:
            statuses.add(answer.status)
            fields = answer.headers
            where = (method, path, answer.status)
            assert fields.getall("X-Content-Type-Options", []) == ["nosniff"], where
            assert fields.getall("Referrer-Policy", []) == ["no-referrer"], where
            assert path in OPERATORS or len(fields.getall("Cache-Control", [])) == 1, where
            assert {"Set-Cookie", "Server", "X-Powered-By", "Via"}.isdisjoint(fields), where
            if answer.content_type == "text/html":
                assert "default-src 'none'" in fields["Content-Security-Policy"], where
                assert "microphone=()" in fields["Permissions-Policy"], where
    # Not one kind of answer only.
    assert {200, 204, 400, 404} <= statuses
