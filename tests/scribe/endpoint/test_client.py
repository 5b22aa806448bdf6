"""A question to a model ends in an answer of the form asked for, or in a sentence that says why not."""

from pathlib import Path

import pytest
from aiohttp import web
from pydantic import BaseModel

from model_server import Asked, ModelServer, model_server, written
from stentor.config import Settings
from stentor.errors import EngineFailed, NoEngine
from stentor.scribe.endpoint.client import Endpoint


class Colour(BaseModel):
    """The form of the tests' answers."""

    name: str


BLUE = written({"name": "blue"})


async def ask(server: ModelServer, *, timeout_s: float = 10.0, path: str = "") -> Colour:
    endpoint = Endpoint(server.url + path, model="tiny", key="k-1", timeout_s=timeout_s)
    return await endpoint.ask(Colour, task="Name it.", material="the sky")


async def test_an_answer_of_the_form_is_given_with_no_tool_and_one_address() -> None:
    async with model_server(lambda _: BLUE) as server:
        assert (await ask(server)).name == "blue"
    (asked,) = server.asked
    assert asked.task.startswith("Name it.")
    assert asked.material == "the sky"
    assert "tools" not in asked.body
    assert asked.headers["Authorization"] == "Bearer k-1"


@pytest.mark.parametrize("first", ["Blue, of course!", BLUE[:-3], written({"colour": 1}), ""])
async def test_nonsense_is_asked_again_and_a_good_answer_believed(first: str) -> None:
    answers = [first, BLUE]
    async with model_server(lambda _: answers.pop(0)) as server:
        assert (await ask(server)).name == "blue"


async def test_nonsense_without_end_has_three_chances() -> None:
    async with model_server(lambda _: "Blue, of course!") as server:
        with pytest.raises(EngineFailed, match="the form asked for"):
            await ask(server)
    assert len(server.asked) == 3


@pytest.mark.parametrize("status", [429, 500])
async def test_a_busy_endpoint_is_asked_again(status: int) -> None:
    def busy_first(_: Asked) -> str | web.Response:
        if len(server.asked) == 1:
            return web.json_response({}, status=status, headers={"retry-after-ms": "1"})
        return BLUE

    async with model_server(busy_first) as server:
        assert (await ask(server)).name == "blue"


async def test_an_endpoint_that_refuses_is_named_without_its_words() -> None:
    refusal = {"error": {"message": "the sky is private"}}
    async with model_server(lambda _: web.json_response(refusal, status=401)) as server:
        with pytest.raises(EngineFailed, match="status 401") as raised:
            await ask(server)
    assert "private" not in raised.value.detail


async def test_silence_is_given_up_in_time() -> None:
    async with model_server(lambda _: None) as server:
        with pytest.raises(EngineFailed, match=r"within 0\.2 s"):
            await ask(server, timeout_s=0.2)


async def test_an_answer_without_end_is_cut() -> None:
    async with model_server(lambda _: None) as server:
        with pytest.raises(EngineFailed, match="more than 1048576 bytes"):
            await ask(server, path="/endless")


async def test_words_follow_no_redirect() -> None:
    async with model_server(lambda _: BLUE) as other:
        moved = web.Response(status=307, headers={"location": f"{other.url}/chat/completions"})
        async with model_server(lambda _: moved) as server:
            with pytest.raises(EngineFailed, match="status 307"):
                await ask(server)
    assert other.asked == []


async def test_an_endpoint_that_is_not_there_cannot_be_reached() -> None:
    async with model_server(lambda _: BLUE) as server:
        pass
    with pytest.raises(EngineFailed, match="cannot be reached"):
        await ask(server)


def test_a_house_without_an_address_has_no_model(tmp_path: Path) -> None:
    assert Endpoint.configured(Settings(data_dir=tmp_path)) is None


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    url, key = "http://127.0.0.1:1/v1", tmp_path / "key"
    with pytest.raises(NoEngine, match="llm_model"):
        Endpoint.configured(Settings(llm_url=url))
    with pytest.raises(NoEngine, match="No such file"):
        Endpoint.configured(Settings(llm_url=url, llm_model="tiny", llm_key_file=key))
    key.write_text("secret\n")
    key.chmod(0o644)
    with pytest.raises(NoEngine, match="chmod 600") as raised:
        Endpoint.configured(Settings(llm_url=url, llm_model="tiny", llm_key_file=key))
    assert "secret" not in raised.value.detail
    key.chmod(0o600)
    endpoint = Endpoint.configured(Settings(llm_url=url, llm_model="tiny", llm_key_file=key))
    assert endpoint is not None
    assert endpoint.name == "tiny"
