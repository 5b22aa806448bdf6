"""What is said in a house: in captions at once, and after the end to be heard, read, summed up and found."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from house.house import DEBATE, House, eventually, get, running_house

SPACE = "buses"
WORDS_MIN = 6
TURNS_MIN = 2


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house that listens to what is said in it, with the debate on the air."""
    with running_house(tmp_path_factory.mktemp("said"), hears=True, STENTOR_END_UNDO_S="0") as house:
        house.open_space(SPACE, title="Should our city make its buses free?")
        house.speak(SPACE, {"Maya": DEBATE / "maya.opus", "Daniel": DEBATE / "daniel.opus"})
        house.until_speaking(SPACE, "Maya", "Daniel")
        yield house


def words(text: str) -> str:
    return " ".join(re.findall(r"[a-z']+", text.lower()))


def debate() -> str:
    return words(" ".join(turn[3] for turn in json.loads((DEBATE / "truth.json").read_text())))


def captions(house: House) -> list[str]:
    """The lines of the newest segments."""
    url = f"{house.edge_url}/s/{SPACE}/hls/captions"
    playlist = get(f"{url}.m3u8")[1].decode()
    segments = [line.rpartition("/")[2] for line in playlist.splitlines() if line.endswith(".vtt")]
    found = "\n".join(get(f"{url}/{name}")[1].decode() for name in segments[-4:])
    return [re.sub("<[^>]*>", "", line) for line in found.splitlines() if "-->" not in line]


def fetched(url: str) -> Any:
    status, body = get(url)
    return json.loads(body) if status == 200 else None


def test_it_stands_in_the_captions_word_for_word(talk: House) -> None:
    said = debate()

    def is_there() -> bool:
        told = [words(line) for line in captions(talk)]
        return any(len(line.split()) >= WORDS_MIN and line in said for line in told)

    eventually(is_there, "a sentence of the debate stands in the captions", timeout_s=40)


def test_after_the_end_it_is_heard_read_summed_up_and_found(talk: House) -> None:
    record = f"{talk.edge_url}/s/{SPACE}/record"
    eventually(lambda: len(captions(talk)) > 0, "somebody has said something", timeout_s=40)
    talk.call("POST", f"/api/spaces/{SPACE}/state", {"state": "ended"})
    eventually(lambda: talk.space(SPACE).get("has_replay"), "there is a replay", timeout_s=40)
    assert get(f"{talk.edge_url}/s/{SPACE}/replay/index.m3u8")[0] == 200
    eventually(lambda: fetched(f"{record}/brief.json"), "there is a brief", timeout_s=80)
    transcript, brief = fetched(f"{record}/transcript.json"), fetched(f"{record}/brief.json")
    turns = {turn["id"]: " ".join(word["text"] for word in turn["words"]) for turn in transcript["turns"]}
    assert len(turns) >= TURNS_MIN
    assert set(transcript["names"].values()) == {"Maya", "Daniel"}
    quotes = [quote for line in brief["summary"] for quote in line["quotes"]]
    assert quotes
    assert all(words(quote["text"]) in words(turns[quote["turn_id"]]) for quote in quotes)
    asked = f"{talk.edge_url}/search.json?q=buses"
    eventually(lambda: (fetched(asked) or {}).get("items"), "what was said is found", timeout_s=30)
    assert {item["space"] for item in fetched(asked)["items"]} == {SPACE}
