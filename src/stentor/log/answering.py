"""Questions that come over NATS, each answered in a task of its own.

Comes in: a request. Goes out: JSON, or the problem that its answer ran into. Never: one question waiting for
another's answer (an offer's takes seconds), more tasks than the bound says.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from stentor.errors import Full, StentorError
from stentor.read_json import read_json

Answer = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]

AT_ONCE_MAX = 256
_NOT_JSON = {"status": 400, "title": "Not JSON", "detail": "The question is not a JSON object."}


class Answering:
    """One subject's questions.

    Args:
        answer: a StentorError that it raises travels as a problem.

    Bounds: 256 questions at once; who asks then is told so.
    """

    def __init__(self, client: Client, subject: str, answer: Answer) -> None:
        self._client = client
        self._subject = subject
        self._answer = answer
        self._tasks: set[asyncio.Task[None]] = set()

    async def take(self, message: Msg) -> None:
        """What the subscription calls."""
        if len(self._tasks) >= AT_ONCE_MAX:
            await self._reply(message, _problem(Full(f"The line of questions on {self._subject}", limit=256)))
            return
        task = asyncio.create_task(self._deliver(message))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, message: Msg) -> None:
        try:
            question = read_json(message.data)
            if not isinstance(question, dict):
                raise TypeError
        except (ValueError, TypeError):
            await self._reply(message, {"problem": _NOT_JSON})
            return
        try:
            reply = await self._answer(question)
        except StentorError as error:
            reply = _problem(error)
        await self._reply(message, reply)

    async def _reply(self, message: Msg, reply: dict[str, Any]) -> None:
        if message.reply:
            with suppress(nats.errors.Error):
                await self._client.publish(message.reply, json.dumps(reply).encode())


def _problem(error: StentorError) -> dict[str, Any]:
    return {"problem": dict(error.problem())}
