"""What the routes share: the parts of this process. Who is asking, `access/asker.py` says."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from stentor.admission.forwarded import Trusted
from stentor.admission.network import Networks
from stentor.backstage.access.doorkeeper import Doorkeeper
from stentor.backstage.access.owner import OwnerKey
from stentor.backstage.access.pace import Pace
from stentor.backstage.api.kept_answers import KeptAnswers
from stentor.backstage.api.models import SpaceLinks
from stentor.backstage.control.count import Count
from stentor.backstage.control.edge_watch import EdgeWatch
from stentor.backstage.control.line_clocks import LineClocks
from stentor.backstage.control.webhook_store import WebhookStore
from stentor.backstage.events import EventLog
from stentor.backstage.file_links import FileLinks
from stentor.backstage.ingests import Ingests
from stentor.backstage.kept_records import KeptRecords
from stentor.backstage.live import LiveHub
from stentor.backstage.metrics import DoorMetrics
from stentor.backstage.presence import Presence, presence_of
from stentor.clock import Clock
from stentor.config import Settings
from stentor.log.bus import Bus
from stentor.log.house_log import HouseLog
from stentor.log.state import CrewStore, InvitationStore, QuestionStore, RecordingStore, SpaceStore
from stentor.space.record import Space


@dataclass(frozen=True, slots=True)
class Door:
    """The parts of the stage door, made once in `main.py`."""

    bus: Bus
    spaces: SpaceStore
    crews: CrewStore
    questions: QuestionStore
    recordings: RecordingStore
    kept: KeptRecords
    file_links: FileLinks
    invitations: InvitationStore
    answers: KeptAnswers
    webhooks: WebhookStore
    owner: OwnerKey
    keeper: Doorkeeper
    live: LiveHub
    networks: Networks
    trusted: Trusted
    ingests: Ingests
    count: Count
    lines: LineClocks
    edges: EdgeWatch
    house_log: HouseLog
    events: EventLog
    metrics: DoorMetrics
    clock: Clock
    settings: Settings
    pages_dir: Path
    personal: Pace = field(default_factory=lambda: Pace("Your changes", burst=20, every_s=0.5))
    """Of what people do about themselves: each change is told to all who lead."""
    claims: Pace = field(default_factory=lambda: Pace("Names for this invitation", burst=20, every_s=10.0))
    """By a shared link from one network: a class that comes at once, not one who takes all of its places."""
    offers: Pace = field(
        default_factory=lambda: Pace("Your connections to this stage", burst=20, every_s=3.0)
    )
    """By person, wider than the stage's own (`stage/offers.py`): what is refused here costs no question."""

    def links_of(self, space: Space, *, host_token: str | None = None) -> SpaceLinks:
        host = None if host_token is None else self.invitation_link(host_token)
        return SpaceLinks(listen=f"{self.settings.listen_url}/s/{space.public_name}", host=host)

    def network_of(self, request: Request) -> str:
        """Where a request comes from, as a word that bans can name; empty: not known."""
        peer = request.client.host if request.client else ""
        forwarded_for = ",".join(request.headers.getlist("x-forwarded-for"))
        return self.networks.of(self.trusted.requester(peer, forwarded_for))

    @property
    def undo_ms(self) -> int:
        return round(self.settings.end_undo_s * 1000)

    async def leads(self, space_id: str, person_id: str) -> bool:
        """Whether this person leads the stage right now; nobody does where no stage answers."""
        return (await self.presence(space_id)).lead == person_id

    async def presence(self, space_id: str) -> Presence:
        """Who is connected to the Space's stage."""
        return await presence_of(self.bus, space_id)

    def invitation_link(self, token: str) -> str:
        return f"{self.settings.stage_door_url}/i/{token}"


def door_of(request: Request) -> Door:
    door: Door = request.app.state.door
    return door


DoorHere = Annotated[Door, Depends(door_of)]
