"""oEmbed: one of our links becomes a player in somebody else's page. Pure. Source: oembed.com, version 1.0.

Comes in: a Space, the size that fits. Goes out: the answer with an `<iframe>`. Never: a script of ours in
somebody else's page, an address that is not ours.
"""

from dataclasses import dataclass
from html import escape
from typing import Any, Final

from stentor.edge.public.addresses import page_url
from stentor.edge.public.card import HEIGHT_PX as CARD_HEIGHT_PX
from stentor.edge.public.card import WIDTH_PX as CARD_WIDTH_PX
from stentor.errors import OutOfRange
from stentor.space.record import Space

WIDTH_PX: Final = 480
WIDTH_PX_MIN: Final = 240
WIDTH_PX_MAX: Final = 720
HEIGHT_PX: Final = 180
_PX_MAX: Final = 100_000
_AGAIN_S: Final = 300


@dataclass(frozen=True, slots=True)
class Frame:
    """The player's size in pixels."""

    width_px: int = WIDTH_PX
    height_px: int = HEIGHT_PX

    @classmethod
    def fitting(cls, maxwidth: int | None, maxheight: int | None) -> "Frame":
        """As large as both allow. Raises: OutOfRange: smaller than a player can be."""
        width = WIDTH_PX if maxwidth is None else min(maxwidth, WIDTH_PX_MAX)
        if width < WIDTH_PX_MIN:
            raise OutOfRange("maxwidth", width, lowest=WIDTH_PX_MIN, highest=_PX_MAX)
        if maxheight is not None and maxheight < HEIGHT_PX:
            raise OutOfRange("maxheight", maxheight, lowest=HEIGHT_PX, highest=_PX_MAX)
        return cls(width)


def oembed(space: Space, *, hosts: tuple[str, ...], base: str, frame: Frame) -> dict[str, Any]:
    """The answer for a public Space."""
    url = page_url(base, space)
    html = (
        f'<iframe src="{escape(url)}/embed" title="{escape(space.title)}" width="{frame.width_px}" '
        f'height="{frame.height_px}" style="border:0;max-width:100%" loading="lazy" '
        'allow="autoplay" referrerpolicy="no-referrer"></iframe>'
    )
    return {
        "version": "1.0",
        "type": "rich",
        "provider_name": "Stentor",
        "provider_url": f"{base}/",
        "title": space.title,
        **({"author_name": ", ".join(hosts)} if hosts else {}),
        "html": html,
        "width": frame.width_px,
        "height": frame.height_px,
        "thumbnail_url": f"{url}/card.png",
        "thumbnail_width": CARD_WIDTH_PX,
        "thumbnail_height": CARD_HEIGHT_PX,
        "cache_age": _AGAIN_S,
    }
