"""The head of a Space's page as a link's reader sees it: whole, escaped, silent about what is private."""

from html.parser import HTMLParser

import pytest

from stentor.edge.public.head_tags import Template, feed_tags, neutral_tags, tags_of
from stentor.space.lifecycle import State
from stentor.space.record import Space

BUILT = (
    "<!doctype html><html><head><meta charset=utf-8>"
    '<meta name="description" content="Live talk, for everyone at once." /><title>Stentor</title>'
    '<script type="module" src="/assets/listen.js"></script></head><body><stentor-listen></stentor-listen>'
    "</body></html>"
)
EVIL = "\"><script>alert(1)</script> & 'é"


class Head(HTMLParser):
    """What a reader of link previews keeps."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.metas: dict[str, str] = {}
        self.links: dict[str, str] = {}
        self.scripts = 0
        self.titles: list[str] = []
        self._tag = ""
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self._tag = tag
        self.scripts += tag == "script"
        if tag == "meta" and "charset" not in found:
            name = found.get("property") or found["name"]
            assert name not in self.metas, f"{name} is there twice"
            self.metas[name] = found["content"]
        if tag == "link":
            self.links[found["rel"]] = found["href"]

    def handle_data(self, data: str) -> None:
        if self._tag == "title":
            self.titles.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._tag = ""


def head_of(space: Space, hosts: tuple[str, ...] = (), base: str = "https://live.example") -> Head:
    return Head(Template.of(BUILT).page(tags_of(space, hosts=hosts, base=base)))


def test_a_links_reader_finds_title_words_and_picture() -> None:
    space = Space("bees", "What the bees know", State.ON_AIR, 0, description="About\nhoney. " * 40)
    head = head_of(space)
    assert head.titles == ["What the bees know · Stentor"]
    assert head.metas["og:title"] == "What the bees know"
    assert head.metas["og:description"].startswith("About honey. About")
    assert len(head.metas["og:description"]) <= 200
    assert head.metas["og:description"] == head.metas["description"]
    assert head.metas["og:url"] == head.links["canonical"] == "https://live.example/s/bees"
    assert head.metas["og:image"] == "https://live.example/s/bees/card.png"
    assert head.metas["twitter:card"] == "summary_large_image"
    oembed = "https://live.example/oembed?format=json&url=https%3A%2F%2Flive.example%2Fs%2Fbees"
    assert head.links["alternate"] == oembed


def test_without_a_description_the_hosts_are_named_and_without_hosts_nothing_is() -> None:
    space = Space("bees", "Bees", State.SCHEDULED, 0)
    assert head_of(space, ("Ada", "Bo")).metas["description"] == "Ada, Bo"
    assert "description" not in head_of(space).metas


@pytest.mark.parametrize("text", [EVIL, "</head><body>", "&lt;", "\\", "${x}", "a'b"])
def test_whatever_a_host_writes_stays_text(text: str) -> None:
    space = Space("bees", text, State.ON_AIR, 0, description=text)
    head = head_of(space, (text,))
    assert head.scripts == 1
    assert head.metas["og:title"] == head.metas["og:description"] == text
    assert "".join(head.titles) == f"{text} · Stentor"


def test_a_private_spaces_page_says_nothing_of_it() -> None:
    space = Space("bees", "Secret bees", State.ON_AIR, 0, description="Honey", listen_key="key")
    page = Template.of(BUILT).page(tags_of(space, hosts=("Ada",), base="https://live.example"))
    head = Head(page)
    assert head.metas == {"og:title": "Stentor", "robots": "noindex, nofollow"}
    assert (head.titles, head.links) == (["Stentor"], {})
    for word in (b"bees", b"honey", b"ada,", b".key"):
        assert word not in page.lower()


def test_the_rest_of_the_page_stays_as_it_was_built() -> None:
    page = Template.of(BUILT).page(neutral_tags("Stentor", is_indexed=True)).decode()
    assert page.endswith(BUILT[BUILT.index("</head>") :])
    assert Template.of("no head").page("<title>x</title>") == b"no head"


def test_a_page_names_its_podcasts_and_a_private_one_none() -> None:
    assert feed_tags().count("<link") == 1
    assert 'type="application/rss+xml"' in feed_tags()
    assert 'href="/feed.xml"' in feed_tags()
    space = Space("bees", "Bees", State.ENDED, 0, account_id="acc/1")
    tags = tags_of(space, hosts=(), base="https://live.example")
    assert tags.index("https://live.example/hosts/acc%2F1/feed.xml") < tags.index(
        'https://live.example/feed.xml"'
    )
    private = Space("bees", "Bees", State.ENDED, 0, listen_key="key")
    assert "feed.xml" not in tags_of(private, hosts=(), base="https://live.example")
