"""What an invitation's holder asks. Each verb is a route of docs/API.md."""

from stentor.client.asking import Noun, at
from stentor.client.models import ClaimTold, Me, MyRecord


class Personal(Noun):
    """Every verb may raise RemoteProblem and Broken."""

    async def read(self) -> Me:
        return await self._ask(Me, "GET", at("me"))

    async def claim(self, name: str) -> ClaimTold:
        """Makes a shared invitation's holder somebody, with a personal one."""
        return await self._ask(ClaimTold, "POST", at("me", "claim"), {"name": name})

    async def mute(self, *, muted: bool) -> None:
        await self._tell("POST", at("me", "mute"), {"muted": muted})

    async def ask_to_speak(self, note: str = "") -> Me:
        return await self._ask(Me, "POST", at("me", "ask"), {"note": note})

    async def ask_no_more(self) -> Me:
        return await self._ask(Me, "DELETE", at("me", "ask"))

    async def record(self) -> MyRecord:
        """What is kept of their voice; who was taken off the stage may ask, too."""
        return await self._ask(MyRecord, "GET", at("me", "record"))
