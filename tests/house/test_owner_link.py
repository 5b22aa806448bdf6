"""A newcomer's first start: the link that the terminal shows makes them the owner, once."""

import json
import re
import urllib.error
import urllib.request

import pytest

from house.house import House, eventually

LINK = re.compile(r"(http://localhost:\d+)/own/(\w+)")


def test_the_first_start_shows_the_owners_link_and_it_opens_once(house: House) -> None:
    shown = house.data_dir.parent / "house.log"
    eventually(lambda: LINK.search(shown.read_text()) is not None, "the link is shown", timeout_s=10)
    found = LINK.search(shown.read_text())
    assert found is not None
    asked = urllib.request.Request(
        f"{found[1]}/api/access/once",
        data=json.dumps({"token": found[2]}).encode(),
        headers={"Content-Type": "application/json", "Origin": found[1]},
    )
    with urllib.request.urlopen(asked, timeout=10) as answer:
        assert json.load(answer)["account"]["rank"] == "owner"
        assert "HttpOnly" in answer.headers["Set-Cookie"]
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(asked, timeout=10)
    assert refused.value.code == 401
    refused.value.close()
