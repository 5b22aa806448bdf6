"""A small server that speaks the protocol of OpenAI's chat completions, with answers written by the test."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Say = Callable[["Asked"], "str | web.StreamResponse | None"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. Args: form: the name of the schema. material: the last words of the user."""

    form: str
    task: str
    material: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class ModelServer:
    """What was asked, and what is said: a text, another response, or None for silence without end."""

    say: Say
    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    was_asked: asyncio.Event = field(default_factory=asyncio.Event)
    ends: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        first = next(message for message in body["messages"] if message["role"] == "user")
        self.asked.append(
            Asked(
                body["response_format"]["json_schema"]["name"],
                body["messages"][0]["content"],
                first["content"],
                dict(request.headers),
                body,
            )
        )
        self.was_asked.set()
        said = self.say(self.asked[-1])
        if said is None:
            await self.ends.wait()
            return web.Response(status=503)
        if isinstance(said, web.StreamResponse):
            return said
        message = {"role": "assistant", "content": said}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        told = {"id": "1", "object": "chat.completion", "created": 1, "model": "tiny", "choices": [choice]}
        return web.json_response(told)

    async def without_end(self, request: web.Request) -> web.StreamResponse:
        """One word again and again."""
        await request.read()
        response = web.StreamResponse(headers={"content-type": "application/json"})
        await response.prepare(request)
        while True:
            await response.write(b" yes" * 16_384)


@asynccontextmanager
async def model_server(say: Say) -> AsyncIterator[ModelServer]:
    """Until the block ends; `url` is what `llm_url` would be, `url + "/endless"` never ends."""
    server = ModelServer(say)
    app = web.Application(client_max_size=1 << 24)
    app.router.add_post("/v1/chat/completions", server.answer)
    app.router.add_post("/v1/endless/chat/completions", server.without_end)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    try:
        yield server
    finally:
        server.ends.set()
        await runner.cleanup()


def written(answer: object) -> str:
    """JSON as a model writes it."""
    return json.dumps(answer, ensure_ascii=False)
