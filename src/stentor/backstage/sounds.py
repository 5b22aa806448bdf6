"""The sounds of a Space: files that its hosts have brought, to be played into it.

Comes in: bytes with a name. Goes out: files in `data_dir/sounds/<space>/`, two for each sound: `<id>.sound`
as it came and `<id>.json` with what is known of it. Never: a decoder; a name of the sender in a path; a half
file in the list.
"""

import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from stentor.errors import BadInput, Broken, Full, NotFound, TooLarge, WrongType
from stentor.limits import SOUND_SIZE_BYTES_MAX, SOUNDS_PER_SPACE_MAX
from stentor.space.names import is_space_id, new_id
from stentor.space.people import plain_text

_HEAD_BYTES: Final = 12
_MARKS: Final = ((0, b"OggS"), (0, b"RIFF"), (0, b"ID3"), (0, b"fLaC"), (4, b"ftyp"))
_SYNC: Final = (0xFF, 0xE0)
"""MP3 and ADTS frames begin with eleven set bits."""
_LEFT_OVER_AFTER_S: Final = 600.0
"""Twice as long as a body may take: who wrote this file was killed."""


@dataclass(frozen=True, slots=True)
class Sound:
    """One sound. Args: name: for hosts, and on stage while it plays."""

    id: str
    name: str
    size_bytes: int
    added_ms: int


class Sounds:
    """The sounds of one Space.

    Args:
        root: `settings.sounds_dir`.
    Bounds: 20 of up to 50 MB, those on their way included.
    """

    def __init__(self, root: Path, space_id: str) -> None:
        if not is_space_id(space_id):
            raise BadInput("A Space with this id has no sounds.")
        self._folder = root / space_id

    def all(self) -> list[Sound]:
        """The oldest first."""
        found = [s for path in self._folder.glob("*.json") if (s := _read(path)) is not None]
        return sorted(found, key=lambda sound: (sound.added_ms, sound.id))

    def get(self, sound_id: str) -> Sound:
        """Raises: NotFound."""
        found = next((sound for sound in self.all() if sound.id == sound_id), None)
        if found is None:
            raise NotFound(f"There is no sound {sound_id[:60]!r} in this Space.")
        return found

    def path(self, sound_id: str) -> Path:
        """Args: sound_id: of one that `get` has found."""
        return self._folder / f"{sound_id}.sound"

    async def add(self, name: str, body: AsyncIterator[bytes], *, at_ms: int) -> Sound:
        """Keeps a sound.

        Raises: BadInput: the name. WrongType: no sound, by its first bytes. TooLarge. Full. Broken: the disk.
        """
        name = checked_sound_name(name)
        if len(self.all()) + self._on_their_way(now_s=at_ms / 1000) >= SOUNDS_PER_SPACE_MAX:
            raise Full("The list of sounds", limit=SOUNDS_PER_SPACE_MAX)
        sound_id = new_id()
        # Made before anything is awaited: it holds the place of a sound whose body is still coming.
        part = self._folder / f"{sound_id}.part"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            size_bytes = await _written(part, body)
            part.rename(self.path(sound_id))
            sound = Sound(sound_id, name, size_bytes, at_ms)
            # Last: what has no description is not in the list.
            (self._folder / f"{sound_id}.json").write_text(json.dumps(asdict(sound)))
        except OSError as error:
            self.remove(sound_id)
            raise Broken(f"The sound cannot be kept: {error.strerror}.") from None
        finally:
            part.unlink(missing_ok=True)
        return sound

    def _on_their_way(self, *, now_s: float) -> int:
        """How many are being brought; what somebody has left half done goes."""
        parts = list(self._folder.glob("*.part"))
        for part in parts:
            with suppress(OSError):
                if now_s - part.stat().st_mtime > _LEFT_OVER_AFTER_S:
                    part.unlink()
        return sum(part.exists() for part in parts)

    def remove(self, sound_id: str) -> None:
        """Again is no error."""
        for path in (self._folder / f"{sound_id}.json", self.path(sound_id)):
            with suppress(OSError):
                path.unlink(missing_ok=True)


def checked_sound_name(text: str) -> str:
    """Raises: BadInput: empty or too long."""
    name = plain_text(text)
    if not 1 <= len(name) <= 60:  # noqa: PLR2004  # as a person's: it stands on the same stage
        raise BadInput(f"A sound's name has {len(name)} characters; it must have 1 to 60.")
    return name


def looks_like_sound(head: bytes) -> bool:
    """By its first bytes; whether it can be played the worker will see."""
    if any(head[at : at + len(mark)] == mark for at, mark in _MARKS):
        return True
    return len(head) > 1 and head[0] == _SYNC[0] and head[1] & _SYNC[1] == _SYNC[1]


async def _written(path: Path, body: AsyncIterator[bytes]) -> int:
    """How many bytes. Raises: WrongType. TooLarge. OSError."""
    size_bytes, head, is_known = 0, b"", False
    with path.open("wb") as file:
        async for data in body:
            size_bytes += len(data)
            if size_bytes > SOUND_SIZE_BYTES_MAX:
                raise TooLarge("A sound", size_bytes=None, limit_bytes=SOUND_SIZE_BYTES_MAX)
            if not is_known:
                head += data[:_HEAD_BYTES]
                if len(head) >= _HEAD_BYTES:
                    _must_be_sound(head)
                    is_known = True
            file.write(data)
    _must_be_sound(head)
    return size_bytes


def _must_be_sound(head: bytes) -> None:
    if not looks_like_sound(head):
        raise WrongType(wanted="a file of Ogg, MP3, AAC, MP4, FLAC or WAV")


def _read(path: Path) -> Sound | None:
    try:
        return Sound(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError):
        return None
