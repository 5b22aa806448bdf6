"""Moments of the record, written as players, people and links want them. Pure."""

from typing import Final

BESIDE_THE_RECORD: Final = "../"
"""Where the Space's page is, seen from its record's files (`/s/<name>/record/transcript.html`): a redirect,
which keeps the fragment."""


def fragment(start_ms: int) -> str:
    """`#t=12.5`. Source: W3C Media Fragments, section 4.2.1, normal play time in seconds."""
    seconds, thousandths = divmod(start_ms, 1000)
    return f"#t={seconds}.{thousandths:03}".rstrip("0").rstrip(".")


def moment_link(start_ms: int, *, page: str = BESIDE_THE_RECORD) -> str:
    """Args: page: the Space's page; its address, or BESIDE_THE_RECORD: a private one's stands in no file."""
    return (
        f"{page.rstrip('/')}/{fragment(start_ms)}" if page == BESIDE_THE_RECORD else page + fragment(start_ms)
    )


def clock(ms: int) -> str:
    """`0:07`, `1:02:03`: as people read it."""
    minutes, seconds = divmod(ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def timestamp(ms: int, *, mark: str = ".") -> str:
    """`00:00:07.500`. Args: mark: before the thousandths; SubRip wants a comma."""
    seconds, thousandths = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{mark}{thousandths:03}"
