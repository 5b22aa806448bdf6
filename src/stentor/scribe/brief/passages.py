"""A transcript as the pieces that a brief may quote: sentences, short ones with the next. Pure.

Never: a piece over the border of a turn, so each is one person's words and can be proved.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from stentor.record.brief import Quote
from stentor.record.proof import quote
from stentor.record.transcript import Transcript, Turn
from stentor.scribe.brief.lexicon import Lexicon, content_words, plain

SHORT_WORDS: Final = 6
"""A sentence with fewer seldom says anything alone: «My answer is no.»"""
PASSAGE_WORDS_MAX: Final = 34
NOISE_WORDS_MAX: Final = 2
"""«Mm hmm.», «Yes.»: heard, and not worth a line."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of words of one turn.

    Args:
        first, end: the words [first, end) of the turn.
        turn_index: the turn's place in the transcript.
    """

    turn: Turn
    turn_index: int
    first: int
    end: int

    @property
    def person_id(self) -> str:
        return self.turn.person_id

    @property
    def start_ms(self) -> int:
        return self.turn.words[self.first].start_ms

    @property
    def end_ms(self) -> int:
        return self.turn.words[self.end - 1].end_ms

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.turn.words[self.first : self.end])

    @property
    def plain(self) -> str:
        return plain(self.text)

    @property
    def words_count(self) -> int:
        return self.end - self.first

    @property
    def is_question(self) -> bool:
        return self.text.rstrip("\"'”’»)").endswith(("?", "？", "؟"))

    def quote(self) -> Quote:
        return quote(self.turn, self.first, self.end)


def sentences(transcript: Transcript) -> list[Passage]:
    """Every sentence, by the beginnings of the turns."""
    return [
        Passage(turn, index, first, end)
        for index, turn in enumerate(transcript.turns)
        for first, end in _spans(turn)
    ]


def passages(found: Sequence[Passage], lexicon: Lexicon) -> list[Passage]:
    """Sentences worth a line: no greetings, no noises, short ones with the next of their turn."""
    worth = [passage for passage in found if not _is_idle(passage, lexicon)]
    return list(_joined(worth))


def _spans(turn: Turn) -> Iterator[tuple[int, int]]:
    ends = (*turn.sentences[1:], len(turn.words))
    yield from ((first, end) for first, end in zip(turn.sentences, ends, strict=True) if end > first)


def _is_idle(passage: Passage, lexicon: Lexicon) -> bool:
    said = passage.plain
    if passage.words_count <= NOISE_WORDS_MAX or lexicon.found("pleasantries", said):
        return True
    is_short = passage.words_count < SHORT_WORDS
    return is_short and not (content_words(passage.text, lexicon) or lexicon.found("stance", said))


def _joined(worth: Sequence[Passage]) -> Iterator[Passage]:
    """A short sentence goes with the next one of its turn, as long as the two are not long."""
    held: Passage | None = None
    for sentence in worth:
        whole = sentence
        if held is not None and _belong(held, sentence):
            whole = replace(held, end=sentence.end)
        elif held is not None:
            yield held
        is_short = whole.words_count < SHORT_WORDS
        held = whole if is_short else None
        if not is_short:
            yield whole
    if held is not None:
        yield held


def _belong(held: Passage, following: Passage) -> bool:
    is_next = held.turn.id == following.turn.id and held.end == following.first
    return is_next and following.end - held.first <= PASSAGE_WORDS_MAX
