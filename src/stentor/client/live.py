"""What happens right now, for as long as one listens: server-sent events with reconnection.

Comes in: a stream of the door. Goes out: news, in order; after a lost connection first all that is known
again. Never: an end because of a lost line or a restarted door.
"""

import asyncio
from collections.abc import AsyncIterator

from stentor.backoff import Backoff
from stentor.client.asking import at
from stentor.client.events import EventReader, News
from stentor.client.http import Caller
from stentor.errors import Broken, RemoteProblem, TooLarge

_LAST = frozenset({"removed"})
_FINAL_BELOW = 500


class Live:
    """The door's streams."""

    def __init__(self, http: Caller) -> None:
        self._http = http

    def of_space(self, space_id: str) -> AsyncIterator[News]:
        """`state`, `tick`, `crew`, `questions`, `figures`, `notice`: for who leads it."""
        return self._follow(at("spaces", space_id, "live"))

    def of_me(self) -> AsyncIterator[News]:
        """For an invitation's holder; ends after `removed`."""
        return self._follow(at("me", "live"))

    async def _follow(self, path: str) -> AsyncIterator[News]:
        """Raises: RemoteProblem: the door says no: nobody, not allowed, not there, over.

        Bounds: waits 0.1 s to 5 s between two tries.
        """
        backoff = Backoff()
        loop = asyncio.get_running_loop()
        while True:
            began_s, reader = loop.time(), EventReader()
            try:
                async for part in self._http.stream(path):
                    for news in reader.feed(part):
                        yield news
                        if news.kind in _LAST:
                            return
            except RemoteProblem as error:
                if error.answer_status < _FINAL_BELOW:
                    raise
            except (Broken, TooLarge):
                pass  # tried again below
            await asyncio.sleep(backoff.after_death(lived_s=loop.time() - began_s))
