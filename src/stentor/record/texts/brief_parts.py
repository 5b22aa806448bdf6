"""What every text of a brief has in common: its label, its claims in two groups, what is in doubt. Pure."""

import re
from typing import Final

from stentor.record.brief import Brief, Claim, Quote
from stentor.record.texts.brief_labels import BriefLabels
from stentor.record.texts.labels import labels_of

UNSURE_BELOW: Final = 0.5
"""A quote with a word less sure than this is marked."""
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"\\`]+")
_TO_COME: Final = frozenset({"promise", "projection"})


def label(brief: Brief, words: BriefLabels) -> str:
    """Who made it, as it must be said in every text."""
    said = [
        words.machine_translation if brief.translated_from else "",
        words.machine_brief if brief.is_machine else words.edited.format(by=brief.by),
    ]
    return " ".join(filter(None, said))


def statements(brief: Brief) -> list[Claim]:
    """Claims that are true or false today."""
    return [claim for claim in brief.claims if claim.kind not in _TO_COME]


def to_come(brief: Brief) -> list[Claim]:
    """Promises and predictions: not to be checked yet, to be remembered."""
    return [claim for claim in brief.claims if claim.kind in _TO_COME]


def quoted(text: str, language: str) -> str:
    opening, closing = labels_of(language).quotes
    return f"{opening}{text}{closing}"


def name_of(brief: Brief, quote: Quote) -> str:
    return brief.names.get(quote.person_id, quote.person_id)


def is_address(source: str) -> bool:
    """Whether a source can be a link, also between angle brackets in Markdown: nothing but the web is."""
    return _ADDRESS.fullmatch(source) is not None and source.isprintable()
