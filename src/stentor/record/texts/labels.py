"""The words that Stentor itself writes into a text of the record, by language. Pure. Written by hand.

A language without a row has the English one: that a text is a machine's must be said, if need be in English.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Labels:
    """Args: quotes: what opens and closes a quotation."""

    transcript: str
    machine_transcript: str
    machine_translation: str
    quotes: tuple[str, str] = ("“", "”")


_ENGLISH: Final = Labels(
    "Transcript",
    "Machine transcript: it may contain errors. What counts is what is heard.",
    "Machine translation of a transcript: it may contain errors. What counts is what is heard.",
)
_LABELS: Final = {
    "en": _ENGLISH,
    "fr": Labels(
        "Transcription",
        "Transcription automatique : elle peut contenir des erreurs. Seul l’enregistrement fait foi.",
        "Traduction automatique d’une transcription : elle peut contenir des erreurs. "
        "Seul l’enregistrement fait foi.",
        ("« ", " »"),
    ),
    "de": Labels(
        "Mitschrift",
        "Automatische Mitschrift: Sie kann Fehler enthalten. Es gilt, was zu hören ist.",
        "Automatische Übersetzung einer Mitschrift: Sie kann Fehler enthalten. Es gilt, was zu hören ist.",
        ("„", "“"),
    ),
    "es": Labels(
        "Transcripción",
        "Transcripción automática: puede contener errores. Lo que vale es lo que se oye.",
        "Traducción automática de una transcripción: puede contener errores. Lo que vale es lo que se oye.",
        ("«", "»"),
    ),
}


def labels_of(language: str) -> Labels:
    """Args: language: BCP 47; only its first part counts."""
    return _LABELS.get(language.partition("-")[0], _ENGLISH)
