"""Signs: reactions and raised hands, counted. Pure: time is an argument.

Comes in: single signs, at a gate. Goes out: one report a second with totals; their sum over an edge's gates
for its beat. Never: a message per sign; who gave it.

Reactions are told as totals since the gate began, so that a lost report loses none; hands are those that are
up now. A page whose next request reaches another gate raises its hand there: gates tell each other which
hands they have touched, and forget those of others.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from stentor.errors import Full
from stentor.limits import BEAT_UNKNOWN_AFTER_S
from stentor.space.reactions import HAND_UP_S, Reaction

HANDS_MAX: Final = 20_000
"""Per gate, all Spaces together: 3 MB."""
TOUCHED_MAX: Final = 200
"""Per Space and second; a hand that another gate should have forgotten falls by itself."""
PARTS_MAX: Final = 256


@dataclass(frozen=True, slots=True)
class Signs:
    """One Space's signs at one gate, or a whole edge.

    Args:
        reactions: of a gate: since it began; of an edge: since its last beat.
        hands: up now.
        touched: hands that a page has moved here since the last report.
    """

    reactions: Mapping[str, int] = field(default_factory=dict)
    hands: int = 0
    touched: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> Self:
        """Raises: TypeError, ValueError, AttributeError: not signs."""
        reactions = {Reaction(kind).value: int(count) for kind, count in facts["reactions"].items()}
        return cls(reactions, int(facts["hands"]), tuple(str(hand) for hand in facts["touched"]))


class SignTable:
    """The signs given at one gate."""

    def __init__(self) -> None:
        self._reactions: dict[str, Counter[str]] = {}
        self._hands: dict[str, dict[str, float]] = {}
        self._touched: dict[str, set[str]] = {}
        self._up_count = 0

    def react(self, space_id: str, reaction: Reaction) -> None:
        self._reactions.setdefault(space_id, Counter())[reaction.value] += 1

    def hand(self, space_id: str, hand: str, *, is_up: bool, now_s: float) -> None:
        """A hand goes up, stays up, or comes down. Raises: Full: HANDS_MAX are up at this gate."""
        hands = self._hands.setdefault(space_id, {})
        # Put in anew: the front of the table is always the next to fall.
        self._up_count -= hands.pop(hand, None) is not None
        if is_up:
            if self._up_count >= HANDS_MAX:
                raise Full("The room for raised hands", limit=HANDS_MAX)
            hands[hand] = now_s + HAND_UP_S
            self._up_count += 1
        touched = self._touched.setdefault(space_id, set())
        if len(touched) < TOUCHED_MAX:
            touched.add(hand)

    def forget(self, space_id: str, hands: Iterable[str]) -> None:
        """Another gate of this edge has them now."""
        own = self._hands.get(space_id, {})
        for hand in hands:
            self._up_count -= own.pop(hand, None) is not None

    def told(self, *, now_s: float, is_over: Callable[[str], bool]) -> dict[str, Signs]:
        """What the report says; to be asked once per report.

        Args:
            is_over: of a Space that is, nothing more is told or kept.
        """
        for space_id in [s for s in self._reactions.keys() | self._hands.keys() if is_over(s)]:
            self._reactions.pop(space_id, None)
            self._hands.pop(space_id, None)
        touched, self._touched = self._touched, {}
        for hands in self._hands.values():
            while hands and next(iter(hands.values())) <= now_s:
                del hands[next(iter(hands))]
        self._hands = {space_id: hands for space_id, hands in self._hands.items() if hands}
        self._up_count = sum(map(len, self._hands.values()))
        return {
            space_id: Signs(
                dict(self._reactions.get(space_id, {})),
                len(self._hands.get(space_id, {})),
                tuple(sorted(touched.get(space_id, ()))),
            )
            for space_id in sorted(self._reactions.keys() | self._hands.keys() | touched.keys())
        }


@dataclass(slots=True)
class _Told:
    boot: str
    at_s: float
    signs: Mapping[str, Signs]


class SignSum:
    """The signs of all gates of an edge, between two beats."""

    def __init__(self) -> None:
        self._parts: dict[str, _Told] = {}
        self._new: dict[str, Counter[str]] = {}

    def heard(self, part: str, boot: str, signs: Mapping[str, Signs], *, now_s: float) -> None:
        """Takes a report; what is more than in the part's last one is new."""
        known = self._parts.get(part)
        if known is None and len(self._parts) >= PARTS_MAX:
            return
        before = known.signs if known is not None and known.boot == boot else {}
        for space_id, told in signs.items():
            counted = before[space_id].reactions if space_id in before else {}
            # A Counter's minus leaves out what is not more than before.
            news = Counter(told.reactions) - Counter(counted)
            if news:
                self._new.setdefault(space_id, Counter()).update(news)
        self._parts[part] = _Told(boot, now_s, signs)

    def died(self, part: str) -> None:
        """Its hands are down; what it had told of reactions was told."""
        known = self._parts.get(part)
        if known is not None:
            known.at_s = float("-inf")

    def taken(self, *, now_s: float) -> dict[str, Signs]:
        """Reactions since this was last asked, hands of the gates that speak."""
        new, self._new = self._new, {}
        hands: Counter[str] = Counter()
        for told in self._parts.values():
            if now_s - told.at_s <= BEAT_UNKNOWN_AFTER_S:
                hands.update({space_id: signs.hands for space_id, signs in told.signs.items()})
        spaces = new.keys() | (+hands).keys()
        return {space_id: Signs(dict(new.get(space_id, {})), hands[space_id]) for space_id in sorted(spaces)}
