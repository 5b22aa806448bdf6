"""A recording's record: what the key-value bucket `recordings` holds. Pure.

Hosts' wishes and the scribe's facts stand in one record, changed by compare-and-set. Nobody sends the scribe
an order: it watches the record and makes what is wished and not yet made.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, Self

from stentor.errors import BadInput, Conflict, OutOfRange
from stentor.limits import REMOVED_PEOPLE_MAX
from stentor.record.chapters import Chapter, in_order


class Stage(StrEnum):
    """How far a part of the record is."""

    NONE = "none"
    """Nothing has begun, and nothing will by itself."""
    RUNNING = "running"
    """It is being made."""
    MADE = "made"
    FAILED = "failed"
    """`Recording.problem` says why; a wish made again tries again."""


class FileFormat(StrEnum):
    """A download that is made when somebody wants it."""

    MP3 = "mp3"
    OPUS = "opus"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What hosts want of the record.

    Args:
        formats: downloads beside `recording.m4a`.
        languages: into which captions and brief are translated, BCP 47.
        removed: persons who are not to be heard, read or quoted in it.
        withdrawn: those of them who asked for it themselves: nobody else can take that wish back.
        chapters: as hosts set them; empty: those that the brief found.
        transcript: the newest version on the shelf; 0: none. Each version is a file of its own.
        brief: likewise.
        brief_asked: counts how often the machine's brief was asked for anew.
        keep_until_ms: when it goes by itself; None: never.
        is_published: listeners have the replay; else only hosts have the record.
        is_unwanted: everything of it goes, now.
    """

    formats: tuple[FileFormat, ...] = ()
    languages: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    transcript: int = 0
    brief: int = 0
    brief_asked: int = 0
    keep_until_ms: int | None = None
    is_published: bool = True
    is_unwanted: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """What the scribe has made and the shelf has, verified.

    Args:
        edition: counts the programme's versions; it grows when a person is removed. 0: not sealed yet.
        chunks: how many chunks the programme has.
        formats, languages, removed: those of the wishes that are fulfilled.
        words_removed: likewise those whose words are in no text any more, by the words' process.
        transcript, brief: the versions from which the texts on the shelf are made.
        brief_asked: the wish that the newest machine's brief answers.
        has_all: nothing more is waited for, and all of it is on the shelf: the log may expire.
        is_gone: everything of it was removed; nothing is made again.
        chapters_of: the hosts' chapters that stand on the shelf, as one hash.
        model_refused: why the newest machine's brief is not by the house's language model, a sentence; empty:
            it is, or there is none.
        waits_for_model: the newest brief is a machine's, and the house's language model is still to be asked.
        untranslated: why a language is wished and not made, a sentence; empty: nothing has failed.
        tags_of: the titles and chapters that the downloads carry, as one hash.
        manifest_sha256, words_sha256: of `manifest.json` and `words.json`, so that a reader knows when to
            read them again.
    """

    edition: int = 0
    chunks: int = 0
    formats: tuple[FileFormat, ...] = ()
    languages: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    words_removed: tuple[str, ...] = ()
    transcript: int = 0
    brief: int = 0
    brief_asked: int = 0
    has_all: bool = False
    is_gone: bool = False
    model_refused: str = ""
    waits_for_model: bool = False
    untranslated: str = ""
    tags_of: str = ""
    chapters_of: str = ""
    manifest_sha256: str = ""
    words_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Recording:
    """One Space's record: wishes and facts.

    Args:
        programme, transcript, brief: how far each is.
        problem: one sentence, while something of it failed.
        sealed_ms: when the shelf first had all of it.
    """

    space_id: str
    wishes: Wishes = Wishes()
    made: Made = Made()
    programme: Stage = Stage.NONE
    transcript: Stage = Stage.NONE
    brief: Stage = Stage.NONE
    problem: str | None = None
    sealed_ms: int | None = None

    @property
    def is_sealed(self) -> bool:
        return self.made.edition > 0

    @property
    def has_replay(self) -> bool:
        """Listeners may hear it."""
        return self.is_sealed and self.wishes.is_published and not self.wishes.is_unwanted

    @property
    def waits_for_removal(self) -> bool:
        """Somebody is to be removed and still is in it: until then nothing of it is given out."""
        wished = set(self.wishes.removed)
        are_words_done = not self.made.words_sha256 or wished == set(self.made.words_removed)
        return wished != set(self.made.removed) or not are_words_done

    @property
    def are_out(self) -> frozenset[str]:
        """Who is in no part of it any more: neither heard nor read."""
        heard_no_more = frozenset(self.made.removed)
        return heard_no_more & set(self.made.words_removed) if self.made.words_sha256 else heard_no_more

    def with_facts(self, made: Made) -> Self:
        """The record after something was made of it.

        A removal that was taken back while it was being done is done: the wish stands again.
        """
        removed = tuple(sorted({*self.wishes.removed, *made.removed}))
        return replace(self, made=made, wishes=replace(self.wishes, removed=removed))

    def wished(self, **wishes: Any) -> Self:
        """The record with these wishes. Raises: OutOfRange, BadInput."""
        then = replace(self.wishes, **wishes)
        if len(then.removed) > REMOVED_PEOPLE_MAX:
            raise OutOfRange("People removed", len(then.removed), lowest=0, highest=REMOVED_PEOPLE_MAX)
        if then.keep_until_ms is not None and then.keep_until_ms < 0:
            raise BadInput("keep_until_ms is a time in milliseconds since 1970, or null for ever.")
        return replace(self, wishes=replace(then, chapters=in_order(then.chapters)))

    def without(self, people: Iterable[str], *, is_own_wish: bool = False) -> Self:
        """The record with the wish that these are in it no more.

        Args:
            is_own_wish: they ask for it themselves.
        """
        gone = set(people)
        own = gone if is_own_wish else set[str]()
        return self.wished(
            removed=tuple(sorted({*self.wishes.removed, *gone})),
            withdrawn=tuple(sorted({*self.wishes.withdrawn, *own})),
        )

    def with_again(self, person_id: str, *, is_own_wish: bool = False) -> Self:
        """The record with the wish for somebody's removal taken back; no wish is no error.

        Raises: Conflict: it is done, or it was somebody else's wish: their own, a host's.
        """
        if person_id in self.made.removed:
            raise Conflict("This person is out of the record already; what is gone cannot be brought back.")
        if person_id in self.wishes.withdrawn and not is_own_wish:
            raise Conflict("They asked for this themselves; only they can take it back.")
        if is_own_wish and person_id in set(self.wishes.removed) - set(self.wishes.withdrawn):
            raise Conflict("A host asked for this; only hosts can take it back.")
        return self.wished(
            removed=tuple(person for person in self.wishes.removed if person != person_id),
            withdrawn=tuple(person for person in self.wishes.withdrawn if person != person_id),
        )

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        wishes, made = data["wishes"], data["made"]
        return cls(
            **{
                **data,
                "wishes": Wishes(
                    **{
                        **wishes,
                        "formats": tuple(map(FileFormat, wishes["formats"])),
                        "languages": tuple(wishes["languages"]),
                        "removed": tuple(wishes["removed"]),
                        "withdrawn": tuple(wishes["withdrawn"]),
                        "chapters": tuple(Chapter(**chapter) for chapter in wishes["chapters"]),
                    }
                ),
                "made": Made(
                    **{
                        **made,
                        "formats": tuple(map(FileFormat, made["formats"])),
                        "languages": tuple(made["languages"]),
                        "removed": tuple(made["removed"]),
                        "words_removed": tuple(made.get("words_removed", ())),
                    }
                ),
                **{part: Stage(data[part]) for part in ("programme", "transcript", "brief")},
            }
        )
