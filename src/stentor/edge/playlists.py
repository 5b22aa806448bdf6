"""Playlists written and packed once per chunk, however many ask.

Comes in: listings. Goes out: shared texts. Never: a playlist for one listener.
"""

from functools import lru_cache

from stentor.edge import hls
from stentor.edge.answers import Text

MIME = "application/vnd.apple.mpegurl"
_KEPT_MAX = 12
"""Full, delta and plain of the newest head and the one before it; captions have no plain one, the low rung
no other one."""


@lru_cache(256)
def multivariant(captions: tuple[tuple[str, str], ...]) -> Text:
    """A multivariant playlist; few differ, whatever the number of Spaces. Args: as `hls.multivariant`."""
    return Text(hls.multivariant(captions).encode(), MIME)


class Playlists:
    """One Space's newest playlists."""

    def __init__(self) -> None:
        self._kept: dict[tuple[hls.Listing, bool, bool], Text] = {}

    def low_latency(self, listing: hls.Listing, *, is_delta: bool) -> Text:
        return self._text(listing, is_plain=False, is_delta=is_delta)

    def plain(self, listing: hls.Listing) -> Text:
        return self._text(listing, is_plain=True, is_delta=False)

    def _text(self, listing: hls.Listing, *, is_plain: bool, is_delta: bool) -> Text:
        key = (listing, is_plain, is_delta)
        if key not in self._kept:
            text = hls.plain(listing) if is_plain else hls.low_latency(listing, is_delta=is_delta)
            while len(self._kept) >= _KEPT_MAX:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = Text(text.encode(), MIME)
        return self._kept[key]
