"""One stream per Space: made when the Space is made."""

from stentor.config import Settings
from stentor.log.bus import Bus


async def ensure_space_stream(bus: Bus, space_id: str, settings: Settings) -> None:  # noqa: ARG001
    """The Space's stream exists afterwards, without an age limit: the scribe sets it. Raises: LogAway."""
    await bus.ensure_stream(space_id)
