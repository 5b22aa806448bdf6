"""The head of a Space's page: what link previews, search engines and oEmbed readers look for. Pure.

Comes in: the built page, a Space. Goes out: the page with that Space's tags. Never: a text that is not
escaped; a word about a private Space.
"""

import re
from dataclasses import dataclass
from html import escape
from typing import Final
from urllib.parse import quote

from stentor.edge.public.addresses import page_url
from stentor.edge.public.card import HEIGHT_PX, WIDTH_PX
from stentor.edge.public.listing import excerpt
from stentor.space.record import Space

DESCRIPTION_MAX: Final = 200
_NO_SCRIPT: Final = re.compile(r"<noscript>.*?</noscript>", re.DOTALL)
_OWN: Final = re.compile(r'<title>[^<]*</title>|<meta\s+name="description"[^>]*>', re.IGNORECASE)
SITE: Final = "Stentor"


@dataclass(frozen=True, slots=True)
class Template:
    """A built page with a place for tags.

    Args:
        title: what the page is called without a Space.
    """

    before: str
    after: str
    title: str

    @classmethod
    def of(cls, html: str) -> "Template":
        """The page's own title and description make room for the Space's."""
        before, end, after = html.partition("</head>")
        if not end:  # a page without a head has no place for tags
            return cls(html, "", SITE)
        titles = re.findall(r"<title>([^<]*)</title>", before)
        return cls(_OWN.sub("", before), end + after, titles[0] if titles else SITE)

    def page(self, tags: str, no_script: str = "") -> bytes:
        """The page. Args: no_script: what stands there without scripts; empty: what was built."""
        after = _NO_SCRIPT.sub(lambda _: no_script, self.after) if no_script else self.after
        return f"{self.before}{tags if self.after else ''}{after}".encode()


def tags_of(space: Space, *, hosts: tuple[str, ...], base: str) -> str:
    """A Space's tags; of a private one only that this is Stentor."""
    if space.is_private:
        return neutral_tags(SITE, is_indexed=False)
    url = page_url(base, space)
    oembed = f"{base}/oembed?format=json&url={quote(url, safe='')}"
    described = ", ".join(hosts)
    if text := excerpt(space.description, DESCRIPTION_MAX):
        described = text
    found = [
        f"<title>{escape(space.title)} · {SITE}</title>",
        _name("description", described),
        _property("og:site_name", SITE),
        _property("og:type", "website"),
        _property("og:title", space.title),
        _property("og:description", described),
        _property("og:url", url),
        _property("og:image", f"{url}/card.png"),
        _property("og:image:type", "image/png"),
        _property("og:image:width", str(WIDTH_PX)),
        _property("og:image:height", str(HEIGHT_PX)),
        _property("og:image:alt", space.title),
        _name("twitter:card", "summary_large_image"),
        f'<link rel="canonical" href="{escape(url)}">',
        feed_tags(base, account_id=space.account_id),
        f'<link rel="alternate" type="application/json+oembed" title="{escape(space.title)}" '
        f'href="{escape(oembed)}">',
    ]
    return "".join(found)


def feed_tags(base: str = "", *, account_id: str | None = None) -> str:
    """The podcast feeds, for browsers and players that look for them: the house's, and a host's own."""
    paths = (
        ["/feed.xml"]
        if account_id is None
        else [f"/hosts/{quote(account_id, safe='')}/feed.xml", "/feed.xml"]
    )
    return "".join(
        f'<link rel="alternate" type="application/rss+xml" title="{SITE}" href="{escape(base + path)}">'
        for path in paths
    )


def neutral_tags(title: str, *, is_indexed: bool) -> str:
    """A page that says nothing of a Space: there is none, or it is private."""
    robots = "" if is_indexed else _name("robots", "noindex, nofollow")
    return f"<title>{escape(title)}</title>{_property('og:title', title)}{robots}"


def _name(name: str, value: str) -> str:
    return f'<meta name="{name}" content="{escape(value)}">' if value else ""


def _property(name: str, value: str) -> str:
    return f'<meta property="{name}" content="{escape(value)}">' if value else ""
