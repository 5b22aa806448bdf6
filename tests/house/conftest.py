"""One whole house for the tests that only listen; those that kill start their own."""

import shutil
from collections.abc import Iterator

import numpy as np
import pytest

from house.house import DEBATE, House, eventually, running_house
from house.sound import Samples, decoded
from stentor.limits import RUNWAY_CHUNKS


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house with the debate on the air in the Space `debate`."""
    if shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg is not installed")
    with running_house(tmp_path_factory.mktemp("house")) as house:
        house.open_space("debate", title="Should our city make its buses free?")
        house.speak("debate", {"Maya": DEBATE / "maya.opus", "Daniel": DEBATE / "daniel.opus"})
        house.until_speaking("debate", "Maya", "Daniel")
        yield house


@pytest.fixture
def settled(house: House, form: str) -> House:
    """The same house, once this form of it has its levels: the stage takes 10 s to find them,
    and HLS begins up to three segments behind live. Whoever only asks questions need not wait for it."""
    chunks = 50 if form.startswith("hls/") else 20
    eventually(lambda: house.head("debate") > RUNWAY_CHUNKS + chunks, f"{chunks} chunks", timeout_s=60)
    return house


@pytest.fixture(scope="session")
def debate() -> list[Samples]:
    """The mix of the two source files, at several ratios of their gains.

    Daniel's file is 7 dB quieter than Maya's, and the stage levels every voice: it comes up within some 20 s.
    Whoever listens in that time hears a mix between the first of these and the last.
    """
    maya, daniel = decoded(DEBATE / "maya.opus"), decoded(DEBATE / "daniel.opus")
    size = min(len(maya), len(daniel))
    return [
        np.asarray(maya[:size] + 10 ** (gain_db / 20) * daniel[:size], dtype=np.float32)
        for gain_db in (0, 3, 6, 9)
    ]
