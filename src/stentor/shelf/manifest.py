"""The two lists on the shelf that say which files belong together, and what each of them is. Pure.

`manifest.json` is the scribe's: programme, voices, downloads, logs. `words.json` is the words' process's:
transcripts, briefs, chapters, translations. Each is written last, after every file it names was read back.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import Any, Self

from stentor.errors import BadInput
from stentor.read_json import read_json

_NONE: Mapping[str, "FileKept"] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class FileKept:
    """A file that was written, read back and found equal.

    Args:
        sha256: of its content, 64 hexadecimal digits; also its ETag.
    """

    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class PersonKept:
    """Somebody who is heard in the record.

    Args:
        voice_start_ms: record time at which their own file begins.
        voice_ms: how long that file is, silence between words included. 0: they have no file.
    """

    id: str
    name: str
    role: str
    voice_start_ms: int = 0
    voice_ms: int = 0


@dataclass(frozen=True, slots=True)
class _FileList:
    """What both lists are: the files that belong together, after whatever else is said of them."""

    files: Mapping[str, FileKept] = field(default_factory=lambda: _NONE, kw_only=True)

    def as_bytes(self) -> bytes:
        """Sorted, so that the same list has the same hash from every hand."""
        kept = {name: asdict(self.files[name]) for name in sorted(self.files)}
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "files"}
        return json.dumps({**plain, "files": kept}, ensure_ascii=False, default=asdict, indent=1).encode()

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.as_bytes()).hexdigest()


@dataclass(frozen=True, slots=True)
class Manifest(_FileList):
    """What the scribe has sealed.

    Args:
        on_air_ms, ended_ms: wall times; `on_air_ms` is that of record time 0.
        edition: counts the versions of the programme, from 1; it stands in the programme's file names.
        chunks: from RECORD_FIRST on.
        files: by name, see `layout.py`.
    """

    space_id: str
    title: str
    description: str
    language: str
    on_air_ms: int
    ended_ms: int
    edition: int
    chunks: int
    duration_ms: int
    people: tuple[PersonKept, ...] = ()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Raises: BadInput: not a manifest."""
        try:
            read = read_json(data)
            people = tuple(PersonKept(**person) for person in read.pop("people"))
            return cls(**{**read, "people": people, "files": _files(read["files"])})
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadInput(f"This is not a manifest: {error}.") from None


@dataclass(frozen=True, slots=True)
class Words(_FileList):
    """What the words' process has made.

    Args:
        transcript, brief: the versions from which the texts are made; 0: there is none.
        language: that was spoken, BCP 47.
        languages: into which it is translated.
        is_machine_transcript, is_machine_brief: no person has read and changed it.
        engine: that made the transcript.
    """

    transcript: int
    brief: int
    language: str
    languages: tuple[str, ...] = ()
    is_machine_transcript: bool = True
    is_machine_brief: bool = True
    engine: str = ""

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Raises: BadInput: not a list of words."""
        try:
            read = read_json(data)
            languages = tuple(read.pop("languages"))
            return cls(**{**read, "languages": languages, "files": _files(read["files"])})
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadInput(f"This is not a list of words' files: {error}.") from None


def _files(read: Mapping[str, Mapping[str, Any]]) -> Mapping[str, FileKept]:
    return {name: FileKept(**facts) for name, facts in read.items()}
