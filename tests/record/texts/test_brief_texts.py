"""A brief as Markdown, HTML, JSON: every line links to its second, and nothing that was said is markup."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from stentor.record.brief import Brief, Claim, Line, Quote, Section
from stentor.record.texts.briefs import brief_texts

SAID = Quote("t1", "p", "<b>Buy</b> *now* [here](http://x) & go!", 12_500, 14_000, 0.9)
LATER = Quote("t2", "p", "We will build it.", 3_723_000, 3_725_000, 0.2)
BRIEF = Brief(
    version=1,
    transcript=1,
    language="en",
    engine="extractive",
    title="A <Space>",
    names={"p": "Maya_1 & Co"},
    summary=(Line(SAID.text, (SAID,)), Line("Maya promises a house.", (LATER, SAID))),
    sections=(Section("Houses #1", 0, 4_000_000, (Line(LATER.text, (LATER,)),)),),
    claims=(
        Claim(LATER, "promise", note="Not built.", source="https://example.org/a?b=1&c=2"),
        Claim(SAID, "figure", source="javascript:alert(1)"),
    ),
    figures=(Line("now", (SAID,)),),
)


class Links(HTMLParser):
    """The links and all text of a page."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: list[str] = []
        self.text = ""
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_every_line_of_the_page_links_to_its_second() -> None:
    page = Links(brief_texts(BRIEF)["html"])
    assert page.links.count("../#t=12.5") == 4
    assert page.links.count("../#t=3723") == 3
    assert "https://example.org/a?b=1&c=2" in page.links


def test_what_was_said_is_no_markup_and_no_source_is_a_script() -> None:
    page = Links(brief_texts(BRIEF)["html"])
    assert "b" not in page.tags[: page.tags.index("ol")]
    assert "<b>Buy</b> *now* [here](http://x) & go!" in page.text
    assert not any("javascript" in link for link in page.links)
    assert "script" not in page.tags


def test_the_page_says_its_language_and_that_a_machine_made_it() -> None:
    english = brief_texts(BRIEF)["html"].decode()
    french = brief_texts(replace(BRIEF, language="fr-CA"))["html"].decode()
    assert '<html lang="en"' in english
    assert "Machine made" in english
    assert '<html lang="fr-CA"' in french
    assert "Fait par une machine" in french
    assert "Affirmations à vérifier" in french


def test_an_edited_brief_says_who_edited_it_and_not_that_a_machine_made_it() -> None:
    markdown = brief_texts(replace(BRIEF, is_machine=False, by="Ana"))["md"].decode()
    assert "Edited by Ana." in markdown
    assert "Machine made" not in markdown


def test_a_translation_is_labelled_and_shows_the_words_that_were_said() -> None:
    words = replace(LATER, text="Nous la construirons.", original="We will build it.")
    translated = replace(
        BRIEF, language="fr", translated_from="en", summary=(Line(words.text, (words,)),), claims=()
    )
    page = brief_texts(translated)["html"].decode()
    assert "Traduction automatique" in page
    assert '<span lang="en">“We will build it.”</span>' in page
    assert "« Nous la construirons. »" in page


def test_markdown_escapes_what_was_said_and_links_it() -> None:
    markdown = brief_texts(BRIEF)["md"].decode()
    assert r"\<b\>Buy\</b\> \*now\* \[here\](http://x) \& go\!" in markdown
    assert "# A \\<Space\\>" in markdown
    assert "[1:02:03](../#t=3723)" in markdown
    assert "**Maya\\_1 \\& Co**" in markdown
    assert "*(heard with doubt)*" in markdown


@pytest.mark.parametrize(
    "source",
    [
        "https://a><img/src=x/onerror=alert(1)>",
        'https://a"onclick=alert(1)',
        "https://a\u202efdp.exe",
        "HTTPS://a",
        "//a",
        "data:text/html,x",
        "https://",
    ],
)
def test_a_source_that_is_no_plain_address_is_a_text(source: str) -> None:
    texts = brief_texts(replace(BRIEF, claims=(Claim(LATER, "promise", note="N", source=source),)))
    assert not any(source in link for link in Links(texts["html"]).links)
    assert f"<{source}" not in texts["md"].decode()
    assert "><img" not in texts["md"].decode().replace("\\>\\<", "")


def test_promises_stand_apart_from_what_can_be_checked_today() -> None:
    markdown = brief_texts(BRIEF)["md"].decode()
    checked, _, to_come = markdown.partition("## Promised and predicted")
    assert "(promise)" in to_come
    assert "(figure)" in checked
    assert "(promise)" not in checked


def test_json_is_the_brief_and_its_label() -> None:
    told = json.loads(brief_texts(BRIEF)["json"])
    assert re.match("Machine made", told.pop("label"))
    assert Brief.from_json(told) == BRIEF
