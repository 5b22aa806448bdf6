"""The search over what was said in the asker's own Spaces, private ones too.

Comes in: a query of an account. Goes out: hits, as a scribe finds them. Never: a Space that the account may
not lead; a record that is not published, which no index has.
"""

from typing import Annotated, Final

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from stentor.backstage.access.asker import Creator
from stentor.backstage.api.spaces import is_theirs
from stentor.backstage.door import DoorHere
from stentor.space.lifecycle import State

SUBJECT: Final = "record.search"
WAIT_S: Final = 3.0
"""A scribe gives a search up after two."""
_QUERY_LENGTH_MAX: Final = 200
HITS_MAX: Final = 50
_SPACES_MAX: Final = 10_000
"""The newest; their ids are a question of 300 kB."""

routes = APIRouter(prefix="/api/search", tags=["record"])


class HitTold(BaseModel):
    """A turn in which everything was said."""

    space: str
    title: str = Field(description="The Space's.")
    turn: str
    person: str
    name: str = Field(description="Who said it.")
    start_ms: int = Field(description="Of the first word that was found, record time.")
    text: str = Field(description="The turn around it, at most 200 characters.")
    marks: list[tuple[int, int]] = Field(description="[from, to) of what was found, in characters of text.")
    is_machine: bool = Field(description="No person has corrected the transcript that it stands in.")


class HitsTold(BaseModel):
    """The best first."""

    items: list[HitTold]
    listen_urls: dict[str, str] = Field(description="Of each Space in it: the listeners' page.")


@routes.get("")
async def search_words(
    who: Creator,
    door: DoorHere,
    q: Annotated[
        str, Query(max_length=_QUERY_LENGTH_MAX, description='Words and "phrases"; the last may go on.')
    ],
) -> HitsTold:
    """What was said in the published records that one may lead: 50 hits at most. 503: no scribe."""
    own = [s for s in await door.spaces.all() if is_theirs(who, s) and s.state is State.ENDED]
    own.sort(key=lambda space: (-(space.ended_ms or 0), space.id))
    question = {"q": q, "spaces": [space.id for space in own[:_SPACES_MAX]], "limit": HITS_MAX}
    items = [
        HitTold.model_validate(hit)
        for hit in (await door.bus.request(SUBJECT, question, timeout_s=WAIT_S))["items"]
    ]
    found = {item.space for item in items}
    urls = {space.id: door.links_of(space).listen for space in own if space.id in found}
    return HitsTold(items=items, listen_urls=urls)
