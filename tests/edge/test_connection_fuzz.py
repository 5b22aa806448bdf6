"""Any bytes on a connection, in any pieces: an answer or an end, never a fault, nothing left behind."""

import asyncio
import logging
from contextlib import suppress

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from plain_gate import PlainGate, hot
from stentor.admission.budgets import Budgets
from stentor.edge.guard import Guard

WORDS = (
    b"GET / HTTP/1.1\r\n",
    b"POST /s/demo/react HTTP/1.1\r\n",
    b"HEAD /s/demo/live.mp4?pass=x HTTP/1.0\r\n",
    b"GET /s/" + b"a" * 1100 + b" HTTP/1.1\r\n",
    b"Host: x\r\n",
    b"Content-Length: 5\r\n",
    b"Content-Length: -5\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Expect: 100-continue\r\n",
    b"Connection: Upgrade\r\nUpgrade: websocket\r\n",
    b"Connection: close\r\n",
    b"X: " + b"y" * 9000 + b"\r\n",
    b"\r\n",
    b"hello",
    b"5\r\nhello\r\n0\r\n\r\n",
    b"PROXY TCP4 192.0.2.1 192.0.2.9 40000 443\r\n",
    b"\x00",
)
PIECES = st.lists(st.one_of(st.sampled_from(WORDS), st.binary(max_size=40)), max_size=12)


async def say(gate: PlainGate, pieces: list[bytes]) -> None:
    async with gate.dialled("127.0.4.1") as line:
        for piece in pieces:
            line.say(piece)
            await asyncio.sleep(0)
        # It may have ended already.
        with suppress(OSError):
            line.writer.write_eof()
        await line.drain()


async def say_all(gate: PlainGate, conversations: list[list[bytes]]) -> None:
    async with gate.open():
        await asyncio.gather(*(say(gate, pieces) for pieces in conversations))
        await gate.is_empty()
        assert (await gate.ask(source="127.0.5.1"))[0] == 200


@pytest.mark.parametrize("is_hot", [False, True])
@settings(max_examples=5, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(conversations=st.lists(PIECES, min_size=1, max_size=20))
def test_any_conversation_ends_and_the_next_person_is_served(
    is_hot: bool, conversations: list[list[bytes]]
) -> None:
    guard = Guard(Budgets(connections_per_s=0, requests_per_s=5))
    if is_hot:
        hot(guard)
    faults: list[str] = []
    handler = logging.Handler(logging.ERROR)
    handler.emit = lambda record: faults.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger().addHandler(handler)
    try:
        waits = {"silent_s": 0.2, "head_s": 0.2, "body_s": 0.2}
        asyncio.run(say_all(PlainGate(guard, waits=waits), conversations))
    finally:
        logging.getLogger().removeHandler(handler)
    assert faults == []
