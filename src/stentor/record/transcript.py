"""A transcript: who said what, word by word, each with its time and how sure the machine was. Pure.

Record time: milliseconds from the first sample that was on the air (chunk RUNWAY_CHUNKS).
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from stentor.errors import BadInput


@dataclass(frozen=True, slots=True)
class Word:
    """One word with the punctuation that belongs to it.

    Args:
        confidence: 0…1; 1 where a person wrote it.
    """

    text: str
    start_ms: int
    end_ms: int
    confidence: float


def bare(text: str) -> str:
    """A word without case and punctuation, to compare it; what consists of nothing else stays."""
    return "".join(letter for letter in text.casefold() if letter.isalnum()) or text


@dataclass(frozen=True, slots=True)
class Turn:
    """What one person said without a longer pause.

    Args:
        id: lasting: a quote cites it, an edit keeps it.
        person_id: whose own voice it was, so nobody guessed.
        sentences: index of the first word of each sentence; the first is 0.
        is_edited: a person has changed its words.
    """

    id: str
    person_id: str
    words: tuple[Word, ...]
    sentences: tuple[int, ...] = (0,)
    is_edited: bool = False

    @property
    def start_ms(self) -> int:
        return self.words[0].start_ms

    @property
    def end_ms(self) -> int:
        return self.words[-1].end_ms

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class Transcript:
    """One version of it.

    Args:
        version: 1 is the machine's; each edit is one more.
        language: BCP 47, of what was said.
        engine: what heard it, such as `whisper tiny.en`; for a translation what translated it.
        names: person id → name as shown.
        turns: by their beginnings.
        is_machine: nobody has corrected it.
        by: who made this version: `machine`, or a person's or account's name.
        translated_from: the language that was spoken, when this is a translation of the turns' texts.
    """

    version: int
    language: str
    engine: str
    names: Mapping[str, str]
    turns: tuple[Turn, ...]
    is_machine: bool = True
    by: str = "machine"
    made_ms: int = 0
    translated_from: str | None = None

    def turn(self, turn_id: str) -> Turn | None:
        return next((turn for turn in self.turns if turn.id == turn_id), None)

    def without(self, people: Collection[str]) -> Self:
        """The same version without what these said and without their names; nobody else's time moves."""
        return replace(
            self,
            names={person: name for person, name in self.names.items() if person not in people},
            turns=tuple(turn for turn in self.turns if turn.person_id not in people),
        )

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"names": dict(self.names)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Raises: BadInput: not a transcript."""
        try:
            turns = tuple(
                Turn(
                    **{
                        **turn,
                        "words": tuple(Word(**word) for word in turn["words"]),
                        "sentences": tuple(turn["sentences"]),
                    }
                )
                for turn in data["turns"]
            )
            return cls(**{**data, "turns": turns})
        except (KeyError, TypeError) as error:
            raise BadInput(f"This is no transcript: {error}.") from None
