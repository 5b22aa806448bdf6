"""What is said in a house stands in captions, as a player of HLS gets them."""

import json
import re

from house.house import DEBATE, House, eventually, get

WORDS_MIN = 6


def words(text: str) -> str:
    return " ".join(re.findall(r"[a-z']+", text.lower()))


def captions(house: House) -> list[str]:
    """The lines of the newest segments."""
    url = f"{house.edge_url}/s/debate/hls/captions"
    playlist = get(f"{url}.m3u8")[1].decode()
    segments = [line.rpartition("/")[2] for line in playlist.splitlines() if line.endswith(".vtt")]
    found = "\n".join(get(f"{url}/{name}")[1].decode() for name in segments[-4:])
    return [re.sub("<[^>]*>", "", line) for line in found.splitlines() if "-->" not in line]


def test_what_maya_and_daniel_say_stands_in_the_captions_word_for_word(house: House) -> None:
    said = words(" ".join(turn[3] for turn in json.loads((DEBATE / "truth.json").read_text())))

    def is_there() -> bool:
        told = [words(line) for line in captions(house)]
        return any(len(line.split()) >= WORDS_MIN and line in said for line in told)

    eventually(is_there, "a sentence of the debate stands in the captions", timeout_s=40)
