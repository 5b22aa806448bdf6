"""The search over what was said: `/search.json` over all public Spaces, `/s/<name>/search.json` over one.

Comes in: queries of the crowd, as many as it sends. Goes out: hits, the same for everybody. Never: more than
five questions a second to the scribes; a hit of a record that listeners may not have now, whatever a scribe
still finds.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stentor.admission.pace import Pace
from stentor.clock import Clock
from stentor.edge import answers
from stentor.edge.ladder import Extras
from stentor.edge.replay.past import check_extras
from stentor.edge.replay.recordings import Recordings
from stentor.edge.replay.shared import Shared
from stentor.edge.spaces import Spaces
from stentor.errors import BadInput, Full, NoSuchSpace
from stentor.log.bus import Bus
from stentor.space.record import Space

SUBJECT: Final = "record.search"
QUERY_LENGTH_MAX: Final = 200
LIMIT: Final = 20
LIMIT_MAX: Final = 50
KEPT_S: Final = 10.0
KEPT_MAX: Final = 500
"""At most 16 MB, when each of them has fifty long hits."""
PER_SECOND_MAX: Final = 5
WAIT_S: Final = 3.0
"""A scribe gives a search up after two."""
_CACHE: Final = "public, max-age=10"


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked of the scribes, as it is kept.

    Args:
        space_id: None: all public ones.
        turn: which span of KEPT_S it is asked in: the next one asks again.
    """

    q: str
    space_id: str | None
    limit: int
    turn: int


def _kept() -> Shared[_Question, list[dict[str, Any]]]:
    return Shared("The search", cost_max=KEPT_MAX)


@dataclass(frozen=True, slots=True)
class SearchRoutes:
    """One per gate. Close it.

    Args:
        extras: while they are off nobody searches.

    Bounds: KEPT_MAX answers for KEPT_S; PER_SECOND_MAX questions.
    """

    bus: Bus
    spaces: Spaces
    recordings: Recordings
    clock: Clock
    extras: Callable[[], Extras]
    kept: Shared[_Question, list[dict[str, Any]]] = field(default_factory=_kept)
    pace: Pace = field(
        default_factory=lambda: Pace(PER_SECOND_MAX, interval_s=1 / PER_SECOND_MAX, clients_max=1)
    )

    def routes(self) -> list[Route]:
        return [Route("/search.json", self.all), Route("/s/{name}/search.json", self.one)]

    async def close(self) -> None:
        await self.kept.close()

    async def all(self, request: Request) -> Response:
        """In all public Spaces."""
        return await self._answer(request, None)

    async def one(self, request: Request) -> Response:
        """In one Space; of a private one its whole name is asked for, as everywhere."""
        name = request.path_params["name"]
        space = self.spaces.record(name)
        if not self.recordings.has_replay(space):
            raise NoSuchSpace(name)
        return await self._answer(request, space)

    async def _answer(self, request: Request, space: Space | None) -> Response:
        query = answers.checked_query(request.query_params, {"q", "limit"})
        check_extras(self.extras())
        q = " ".join(query.get("q", "").split())
        limit = answers.whole_number("limit", query["limit"]) if "limit" in query else LIMIT
        if len(q) > QUERY_LENGTH_MAX:
            raise BadInput(f"q has {len(q)} characters; the limit is {QUERY_LENGTH_MAX}.")
        if not 1 <= limit <= LIMIT_MAX:
            raise BadInput(f"limit is {limit}; it must be from 1 to {LIMIT_MAX}.")
        turn = int(self.clock.monotonic_s() / KEPT_S)
        question = _Question(q, space.id if space else None, limit, turn)
        items = await self.kept.get(question, lambda: self._ask(question)) if q else []
        told = [item for item in items if self._may_be_told(item["space"], space)]
        body = json.dumps({"items": told}, separators=(",", ":"), ensure_ascii=False).encode()
        return Response(body, 200, answers.open_headers(_CACHE), "application/json")

    async def _ask(self, question: _Question) -> list[dict[str, Any]]:
        """Raises: Full: too many at once. NoAnswer: no scribe. RemoteProblem."""
        wait_s = self.pace.wait_s("", now_s=self.clock.monotonic_s())
        if wait_s:
            raise Full("The search", limit=PER_SECOND_MAX, retry_after_s=max(1.0, wait_s))
        asked = {
            "q": question.q,
            "spaces": None if question.space_id is None else [question.space_id],
            "limit": question.limit,
        }
        answer = await self.bus.request(SUBJECT, asked, timeout_s=WAIT_S)
        items: list[dict[str, Any]] = answer["items"]
        return items

    def _may_be_told(self, space_id: str, asked: Space | None) -> bool:
        """As this edge knows it now: a removal counts at once, not when the answer is old."""
        try:
            space = self.spaces.known(space_id)
        except NoSuchSpace:
            return False
        return self.recordings.has_replay(space) and (asked is not None or not space.is_private)
