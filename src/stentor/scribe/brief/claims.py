"""Claims worth checking: sentences that say of the world what can be looked up, by kind. Pure.

Comes in: sentences, a language's table. Goes out: claims with the figures and names in them. Never: a verdict
on whether a claim is true.

A kind needs a sign of its own (a figure, a superlative, a cause); what sounds like opinion, procedure or talk
about oneself weighs against it. How well it finds them: `bench/brief.py`, docs/PERFORMANCE.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from stentor.record.brief import Claim
from stentor.scribe.brief.figures import figures, names
from stentor.scribe.brief.lexicon import Lexicon, plain
from stentor.scribe.brief.passages import Passage

_WORDS_MIN: Final = 4
_ENOUGH: Final = 0.5
_SURE: Final = 1.0
"""A sign that alone makes a claim."""
_NEARLY_SURE: Final = 0.99
"""A promise is a projection too, and rather called a promise."""
_DATE: Final = 0.92
_FIGURE: Final = 0.9
_LIKELY: Final = 0.7
_WITH_CHANGE, _WITHOUT_CHANGE = 1.35, 1.15
"""«Because» about something that rose, fell or was built can be looked up more often than other reasons."""
_HALF: Final = 0.5
_AGAINST_OPINION: Final = 0.35
_AGAINST_ONESELF: Final = 0.25
_FOR_NAMES: Final = 0.15


@dataclass(frozen=True, slots=True)
class Judged:
    """What a sentence was taken for.

    Args:
        kind: as in record/brief.py; None: no claim.
        weight: how much speaks for it; of two claims the heavier is shown first.
    """

    kind: str | None
    weight: float
    mentioned: tuple[str, ...] = ()


def claims(sentences: Iterable[Passage], lexicon: Lexicon, *, most: int) -> list[Claim]:
    """The claims of a Space in the order they were made; when there are more than `most`, the heaviest."""
    found = [
        (judged.weight, index, Claim(sentence.quote(), judged.kind, judged.mentioned))
        for index, sentence in enumerate(sentences)
        if (judged := judge(sentence.text, lexicon)).kind is not None
    ]
    kept = sorted(found, key=lambda item: (-item[0], item[1]))[:most]
    return [claim for _, _, claim in sorted(kept, key=lambda item: item[1])]


def judge(text: str, lexicon: Lexicon) -> Judged:
    """Whether a sentence is a claim.

    Args:
        text: one sentence with its punctuation.
    """
    words = text.split()
    said = plain(text)
    meant = lexicon.pattern("idioms").sub(" ", said)
    if len(words) < _WORDS_MIN or _is_question(said, lexicon) or _is_formal(meant, lexicon):
        return Judged(None, 0.0)
    mentioned = (*figures(meant_words(words, lexicon), lexicon), *names(words, lexicon))
    has_names = _is_of_named(words, lexicon)
    signs = _signs(meant, figures(meant.split(), lexicon), lexicon, is_of_named=has_names)
    if not signs:
        return Judged(None, 0.0)
    kind, weight = max(signs, key=lambda sign: sign[1])
    weight += 0.1 * (len(signs) - 1) + _FOR_NAMES * has_names - _against(kind, meant, lexicon)
    return Judged(kind if weight >= _ENOUGH else None, weight, tuple(dict.fromkeys(mentioned)))


def _is_of_named(words: list[str], lexicon: Lexicon) -> bool:
    """Whether a sentence speaks of somebody or something with a name, be it as its first word."""
    if names(words, lexicon):
        return True
    first = plain(words[0])
    is_word = any(lexicon.has(kind, first) for kind in ("stop", "weak", "unnamed", "numbers", "determiners"))
    return not is_word and (words[1][:1].isupper() or lexicon.has("stop", plain(words[1])))


def meant_words(words: list[str], lexicon: Lexicon) -> list[str]:
    """The words, unless their figures are those of an idiom."""
    said = plain(" ".join(words))
    return [] if lexicon.found("idioms", said) and not figures(_meant(said, lexicon), lexicon) else words


def _meant(said: str, lexicon: Lexicon) -> list[str]:
    return lexicon.pattern("idioms").sub(" ", said).split()


def _signs(meant: str, counted: list[str], lexicon: Lexicon, *, is_of_named: bool) -> list[tuple[str, float]]:
    """Each kind there is a sign of, with its weight. What is earlier wins when two weigh the same."""

    def has(kind: str) -> bool:
        return lexicon.found(kind, meant)

    can_go_wrong = has("future") and (has("projection_weight") or bool(counted))
    weighs = {
        "promise": _SURE * (has("promise") and has("promise_weight")),
        "projection": _NEARLY_SURE * can_go_wrong,
        "cause": _LIKELY * has("cause") * (_WITH_CHANGE if has("change") else _WITHOUT_CHANGE),
        "superlative": _LIKELY * has("superlative"),
        "comparison": _LIKELY * has("comparison"),
        "figure": _FIGURE * bool(counted),
        "date": _DATE * has("calendar"),
        "denial": _LIKELY * has("denial"),
        "event": _HALF * (has("event") and is_of_named),
    }
    return [(kind, weight) for kind, weight in weighs.items() if weight > 0]


def _against(kind: str, meant: str, lexicon: Lexicon) -> float:
    """What weighs against a claim of this kind."""
    if kind == "promise":
        return 0.0
    if kind == "event":
        # What somebody thought can be a fact about them: only talk about oneself weighs.
        return _AGAINST_ONESELF * lexicon.found("first_person", meant)
    oneself = lexicon.found("first_person", meant) or lexicon.found("everyone", meant)
    return _AGAINST_OPINION * lexicon.found("subjective", meant) + _AGAINST_ONESELF * oneself


def _is_question(said: str, lexicon: Lexicon) -> bool:
    return said.rstrip(" \"'”»").endswith("?") and not lexicon.found("tags", said)


def _is_formal(meant: str, lexicon: Lexicon) -> bool:
    return lexicon.found("procedure", meant) or lexicon.found("pleasantries", meant)
