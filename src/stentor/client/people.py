"""The people of a Space and what the audience asks. Each verb is a route of docs/API.md; its answer is all of
them after it."""

from stentor.client.asking import Noun, at, given
from stentor.client.models import BanKind, CrewTold, QuestionsTold, Role


class People(Noun):
    """Every verb may raise RemoteProblem and Broken."""

    async def list(self, space_id: str) -> CrewTold:
        return await self._ask(CrewTold, "GET", at("spaces", space_id, "people"))

    async def accept(self, space_id: str, person_id: str) -> CrewTold:
        """From the line to the stage."""
        return await self._do(space_id, person_id, "accept")

    async def decline(self, space_id: str, person_id: str) -> CrewTold:
        return await self._do(space_id, person_id, "decline")

    async def put_back(self, space_id: str, person_id: str) -> CrewTold:
        """From the stage to the line."""
        return await self._do(space_id, person_id, "put-back")

    async def audience(self, space_id: str, person_id: str) -> CrewTold:
        """From the stage to the audience."""
        return await self._do(space_id, person_id, "audience")

    async def mute(self, space_id: str, person_id: str) -> CrewTold:
        """They may open it again."""
        return await self._do(space_id, person_id, "mute")

    async def lock(self, space_id: str, person_id: str) -> CrewTold:
        """Only who leads may open it again."""
        return await self._do(space_id, person_id, "lock")

    async def unmute(self, space_id: str, person_id: str) -> CrewTold:
        return await self._do(space_id, person_id, "unmute")

    async def remove(self, space_id: str, person_id: str) -> CrewTold:
        return await self._do(space_id, person_id, "remove")

    async def let_back(self, space_id: str, person_id: str) -> CrewTold:
        return await self._do(space_id, person_id, "let-back")

    async def make_host(self, space_id: str, person_id: str) -> CrewTold:
        """Hands the host's role over."""
        return await self._do(space_id, person_id, "host")

    async def give_role(self, space_id: str, person_id: str, role: Role) -> CrewTold:
        path = at("spaces", space_id, "people", person_id, "role")
        return await self._ask(CrewTold, "POST", path, {"role": role})

    async def ban(
        self,
        space_id: str,
        person_id: str,
        *,
        invitation: bool | None = None,
        network: bool | None = None,
    ) -> CrewTold:
        """The person always; the others as wished."""
        path = at("spaces", space_id, "people", person_id, "ban")
        return await self._ask(CrewTold, "POST", path, given(invitation=invitation, network=network))

    async def lift_ban(self, space_id: str, kind: BanKind, value: str) -> CrewTold:
        return await self._ask(CrewTold, "DELETE", at("spaces", space_id, "bans", kind, value))

    async def mute_all(self, space_id: str, *, lock: bool = False) -> CrewTold:
        """But whoever asks."""
        path = at("spaces", space_id, "people", "mute-all")
        return await self._ask(CrewTold, "POST", path, {"lock": lock})

    async def unmute_all(self, space_id: str) -> CrewTold:
        return await self._ask(CrewTold, "POST", at("spaces", space_id, "people", "unmute-all"))

    async def _do(self, space_id: str, person_id: str, verb: str) -> CrewTold:
        return await self._ask(CrewTold, "POST", at("spaces", space_id, "people", person_id, verb))


class Questions(Noun):
    """What the audience asks in text."""

    async def list(self, space_id: str) -> QuestionsTold:
        return await self._ask(QuestionsTold, "GET", at("spaces", space_id, "questions"))

    async def open(self, space_id: str, *, is_open: bool) -> QuestionsTold:
        """Whether the audience may ask."""
        path = at("spaces", space_id, "questions", "open")
        return await self._ask(QuestionsTold, "PUT", path, {"is_open": is_open})

    async def show(self, space_id: str, question_id: str) -> QuestionsTold:
        """On everybody's screen."""
        path = at("spaces", space_id, "questions", question_id, "screen")
        return await self._ask(QuestionsTold, "POST", path)

    async def clear_screen(self, space_id: str) -> QuestionsTold:
        return await self._ask(QuestionsTold, "DELETE", at("spaces", space_id, "questions", "screen"))

    async def put_away(self, space_id: str, question_id: str) -> QuestionsTold:
        return await self._ask(QuestionsTold, "DELETE", at("spaces", space_id, "questions", question_id))

    async def ban_author(self, space_id: str, question_id: str) -> QuestionsTold:
        """The network that it came from."""
        path = at("spaces", space_id, "questions", question_id, "ban")
        return await self._ask(QuestionsTold, "POST", path)
