"""The house's webhooks as one record, changed by compare-and-set, and each one's last deliveries. Pure.

Comes in: what the owner wants, what became of deliveries. Goes out: the record after it. Never: a pattern of
subjects that overlaps another of the same endpoint: NATS would refuse its place.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Self

from stentor.errors import BadInput, Conflict, Full, NotFound
from stentor.log.event_types import EVENT_TYPES, TEST
from stentor.log.house_events import subject_of
from stentor.space.names import checked_space_id

WEBHOOKS_MAX: Final = 32
DELIVERIES_KEPT: Final = 50
OLD_SECRET_MS: Final = 24 * 3600 * 1000
"""So long a secret that was replaced still signs: receivers change over without losing a message."""
_NO_SPACE: Final = "_"
"""No Space can be called so: the subject of what belongs to none."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """One endpoint.

    Args:
        events: the types it is told; empty: all.
        space_id: of this Space only; None: of all.
        secret: signs every message.
        old_secret, old_until_ms: the one before it, which signs too until then.
        off_ms, off_because: since when and why it is told nothing; None: it is told.
    """

    id: str
    url: str
    events: tuple[str, ...]
    space_id: str | None
    secret: str
    created_ms: int
    old_secret: str | None = None
    old_until_ms: int = 0
    off_ms: int | None = None
    off_because: str | None = None

    def __post_init__(self) -> None:
        unknown = sorted(set(self.events) - EVENT_TYPES)
        if unknown:
            raise BadInput(
                f"There is no event called {unknown[0][:60]!r}. There are: {', '.join(sorted(EVENT_TYPES))}."
            )
        if self.space_id is not None:
            checked_space_id(self.space_id)

    @property
    def is_on(self) -> bool:
        return self.off_ms is None

    @property
    def subjects(self) -> tuple[str, ...]:
        """What it follows in the stream of events; patterns that do not overlap."""
        space = self.space_id or "*"
        types = sorted(set(self.events)) or [f"{group}.*" for group in _GROUPS]
        return (*(subject_of(space, kind) for kind in types), self.test_subject)

    @property
    def test_subject(self) -> str:
        return subject_of(_NO_SPACE, f"{TEST}.{self.id}")

    def secrets(self, *, wall_ms: int) -> tuple[str, ...]:
        """The new one first."""
        is_old_good = self.old_secret is not None and wall_ms < self.old_until_ms
        return (self.secret, self.old_secret) if is_old_good and self.old_secret else (self.secret,)

    def with_secret(self, secret: str, *, wall_ms: int) -> Self:
        return replace(self, secret=secret, old_secret=self.secret, old_until_ms=wall_ms + OLD_SECRET_MS)

    def edited(self, *, url: str, events: tuple[str, ...]) -> Self:
        return replace(self, url=url, events=events)

    def require_on(self) -> None:
        """Raises: Conflict: it is off."""
        if not self.is_on:
            raise Conflict(f"This webhook is off: {self.off_because} Switch it on first.")

    def switched(self, *, is_on: bool, wall_ms: int, because: str = "The owner switched it off.") -> Self:
        if is_on:
            return replace(self, off_ms=None, off_because=None)
        return self if not self.is_on else replace(self, off_ms=wall_ms, off_because=because)


_GROUPS: Final = sorted({kind.partition(".")[0] for kind in EVENT_TYPES} | {"other"})


@dataclass(frozen=True, slots=True)
class WebhookBook:
    """All of them. Bounds: 32."""

    hooks: tuple[Webhook, ...] = ()

    def find(self, webhook_id: str) -> Webhook | None:
        return next((hook for hook in self.hooks if hook.id == webhook_id), None)

    def get(self, webhook_id: str) -> Webhook:
        """Raises: NotFound."""
        found = self.find(webhook_id)
        if found is None:
            raise NotFound(f"There is no webhook {webhook_id[:60]!r}.")
        return found

    def added(self, hook: Webhook) -> Self:
        """Raises: Full."""
        if len(self.hooks) >= WEBHOOKS_MAX:
            raise Full("The list of webhooks", limit=WEBHOOKS_MAX)
        return replace(self, hooks=(*self.hooks, hook))

    def replaced(self, hook: Webhook) -> Self:
        """Raises: NotFound: it was removed meanwhile."""
        self.get(hook.id)
        return replace(self, hooks=tuple(hook if h.id == hook.id else h for h in self.hooks))

    def removed(self, webhook_id: str) -> Self:
        """Raises: NotFound."""
        self.get(webhook_id)
        return replace(self, hooks=tuple(h for h in self.hooks if h.id != webhook_id))

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        hooks = (Webhook(**{**hook, "events": tuple(hook["events"])}) for hook in data["hooks"])
        return cls(tuple(hooks))


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of one try.

    Args:
        message_id: the same for every try of one event.
        status: of the answer; None: there was none.
        failure: why not, in words; None: it was taken.
        again_ms: when it is tried again; None: it is not.
    """

    message_id: str
    type: str
    at_ms: int
    try_number: int
    took_ms: int
    status: int | None = None
    failure: str | None = None
    again_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Deliveries:
    """One endpoint's last attempts, the oldest first. Bounds: 50."""

    items: tuple[Attempt, ...] = ()

    def with_more(self, attempts: Sequence[Attempt]) -> Self:
        return replace(self, items=(*self.items, *attempts)[-DELIVERIES_KEPT:])

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(tuple(Attempt(**item) for item in data["items"]))
