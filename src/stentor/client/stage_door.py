"""The stage door as somebody sees it: `StageDoor(url, token=…)`, then nouns and verbs.

    async with StageDoor("http://127.0.0.1:8081", token=owner_token(data_dir)) as door:
        space = await door.spaces.create("Town hall")
        ana = await door.invitations.create(space.id, "speaker", name="Ana")
        await door.spaces.move(space.id, "on_air")
        async for news in door.live.of_space(space.id):
            print(news.kind, news.data)

Errors are RemoteProblem, with the door's own words (docs/ERRORS.md), and Broken: no door there.
"""

from typing import Self

from stentor.client.house import Accounts, Webhooks
from stentor.client.http import Caller, Http
from stentor.client.line import Line
from stentor.client.live import Live
from stentor.client.people import People, Questions
from stentor.client.personal import Personal
from stentor.client.record import Record
from stentor.client.spaces import Invitations, Sounds, Spaces


class Nouns:
    """What there is behind a door."""

    def __init__(self, http: Caller) -> None:
        self.spaces = Spaces(http)
        self.invitations = Invitations(http)
        self.line = Line(http)
        self.people = People(http)
        self.questions = Questions(http)
        self.sounds = Sounds(http)
        self.accounts = Accounts(http)
        self.webhooks = Webhooks(http)
        self.record = Record(http)
        self.me = Personal(http)
        self.live = Live(http)


class StageDoor(Nouns):
    """Use as an async context manager.

    Args:
        url: such as http://127.0.0.1:8081.
        token: the owner's (`stentor.client.local.owner_token`), or an invitation's.
    """

    def __init__(self, url: str, *, token: str) -> None:
        self._connection = Http(url, token=token)
        super().__init__(self._connection)

    async def __aenter__(self) -> Self:
        await self._connection.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._connection.__aexit__(*error)
