"""Reactions and raised hands: what listeners show without a word. Pure nouns."""

from enum import StrEnum
from typing import Final


class Reaction(StrEnum):
    """What a listener can show with one tap; pages draw it, counts carry it."""

    CLAP = "clap"
    HEART = "heart"
    LAUGH = "laugh"
    WOW = "wow"
    THINK = "think"
    WAVE = "wave"


HAND_UP_S: Final = 120.0
"""A raised hand falls by itself after so long, unless its page raises it again: pages are closed, networks
break, and nobody would take the hand down."""
