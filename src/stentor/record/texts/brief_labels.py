"""The words that Stentor itself writes into a brief, by language. Pure. Written by hand, not translated.

A language without a row has the English one, as in `labels.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class BriefLabels:
    """Args: kinds: of claims, by `brief.CLAIM_KINDS`."""

    brief: str
    machine_brief: str
    machine_translation: str
    edited: str
    summary: str
    claims: str
    to_come: str
    figures: str
    note: str
    source: str
    original: str
    unsure: str
    kinds: Mapping[str, str]


_ENGLISH: Final = BriefLabels(
    brief="Brief",
    machine_brief="Machine made: the quotes are what a machine heard, and nobody has checked them. "
    "Each one links to its second: what counts is what is heard.",
    machine_translation="Machine translation: the words that were said are behind each link.",
    edited="Edited by {by}.",
    summary="In short",
    claims="Claims worth checking",
    to_come="Promised and predicted",
    figures="Figures and names",
    note="Note",
    source="Source",
    original="In the original",
    unsure="heard with doubt",
    kinds={
        "figure": "figure",
        "date": "date",
        "superlative": "superlative",
        "comparison": "comparison",
        "cause": "cause and effect",
        "denial": "denial",
        "event": "what was done or said",
        "projection": "prediction",
        "promise": "promise",
    },
)
_LABELS: Final = {
    "en": _ENGLISH,
    "fr": BriefLabels(
        brief="L’essentiel",
        machine_brief="Fait par une machine : les citations sont ce qu’elle a entendu, personne ne les a "
        "relues. Chacune renvoie à sa seconde : seul l’enregistrement fait foi.",
        machine_translation="Traduction automatique : chaque lien mène aux paroles prononcées.",
        edited="Revu par {by}.",
        summary="En bref",
        claims="Affirmations à vérifier",
        to_come="Promesses et prévisions",
        figures="Chiffres et noms",
        note="Note",
        source="Source",
        original="En version originale",
        unsure="mal entendu",
        kinds={
            "figure": "chiffre",
            "date": "date",
            "superlative": "superlatif",
            "comparison": "comparaison",
            "cause": "cause et effet",
            "denial": "négation",
            "event": "fait rapporté",
            "projection": "prévision",
            "promise": "promesse",
        },
    ),
}


def brief_labels_of(language: str) -> BriefLabels:
    """Args: language: BCP 47; only its first part counts."""
    return _LABELS.get(language.partition("-")[0], _ENGLISH)
