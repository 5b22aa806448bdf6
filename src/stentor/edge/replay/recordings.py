"""What the house has recorded and who may hear it: the bucket `recordings`, watched.

Comes in: recordings' records. Goes out: a Space's recording, and the two answers that every route needs: may
listeners have the finished record, may they go back in what is on the air. Never: a byte of it; an answer
before every recording is known once, since a person's removal would else be overlooked.
"""

import asyncio

from stentor.errors import LogAway
from stentor.log.state import RecordingStore
from stentor.record.recording import Recording
from stentor.space.lifecycle import State
from stentor.space.record import Space

_LOOK_S = 1.0


class Recordings:
    """The edge's view of the records."""

    def __init__(self, store: RecordingStore) -> None:
        self._store = store
        self._recordings: dict[str, Recording] = {}
        self._has_looked = False

    def of(self, space_id: str) -> Recording:
        return self._recordings.get(space_id) or Recording(space_id)

    def has_replay(self, space: Space) -> bool:
        """Listeners may hear what is left of it."""
        recording = self.of(space.id)
        return (
            self._has_looked
            and space.state is State.ENDED
            and recording.has_replay
            and not recording.waits_for_removal
        )

    def can_rewind(self, space: Space) -> bool:
        """Listeners may hear what was said before they came, from the log.

        For the seconds between a Space's end and its sealing too: whoever is an hour behind stays.
        """
        recording = self.of(space.id)
        is_kept = space.is_recorded and recording.wishes.is_published and not recording.wishes.is_unwanted
        is_growing = space.state.has_programme or (space.state is State.ENDED and not recording.is_sealed)
        return self._has_looked and is_growing and is_kept and not recording.waits_for_removal

    def has_past(self, space: Space) -> bool:
        """What has left the window may still be given out from the log.

        After the sealing too, for players that have loaded the growing list and not yet the finished one: a
        404 would end them. Not once somebody was removed: the log has them still.
        """
        made = self.of(space.id).made
        is_whole = made.edition == 1 and not made.removed
        return self.can_rewind(space) or (is_whole and self.has_replay(space))

    def keeps_end(self, space: Space) -> bool:
        """The last minute before a Space's end, which is in memory for as long as somebody asks for it.

        It was live, so it needs no wish; but who is taken out of the record must not be heard there either.
        """
        recording = self.of(space.id)
        return not (recording.wishes.removed or recording.made.removed or recording.wishes.is_unwanted)

    async def run(self) -> None:
        """Watches until cancelled."""
        while not self._has_looked:
            try:
                self._recordings = {found.space_id: found for found in await self._store.all()}
            except LogAway:
                await asyncio.sleep(_LOOK_S)
            else:
                self._has_looked = True
        async for recording in self._store.watch():
            self._recordings[recording.space_id] = recording
