"""The card: a picture of the right size with ink where words are, whatever the words are."""

import asyncio
import io
from pathlib import Path

import pytest
from PIL import Image

from stentor.clock import HandClock
from stentor.edge.public.card import HEIGHT_PX, WIDTH_PX, Card, Words
from stentor.edge.public.cards import Cards
from stentor.space.lifecycle import State
from stentor.space.record import Space

FACES = Path(__file__).parents[3] / "web" / "src" / "ui" / "fonts"


@pytest.fixture(scope="module")
def card() -> Card:
    return Card([(FACES / f"inter-{part}.woff2").read_bytes() for part in ("latin", "latin-ext")])


def ink_of(png: bytes) -> int:
    """Points that are brighter than paper, below the mark."""
    image = Image.open(io.BytesIO(png))
    assert (image.format, image.size) == ("PNG", (WIDTH_PX, HEIGHT_PX))
    words = image.convert("L").crop((0, 150, WIDTH_PX, HEIGHT_PX))
    return sum(words.histogram()[100:])


def test_words_leave_ink_and_no_words_leave_none(card: Card) -> None:
    assert ink_of(card.png(Words())) == 0
    title = ink_of(card.png(Words("Bees")))
    assert 0 < title < ink_of(card.png(Words("Bees", "Ada", "2026-11-23 · 20:00 UTC")))


@pytest.mark.parametrize(
    "title",
    ["Łódź, Ćevapčići, Zoë", "A very long title " * 8, "Donaudampfschifffahrtsgesellschaft" * 4, "W" * 140],
)
def test_any_title_in_latin_letters_fits(card: Card, title: str) -> None:
    png = card.png(Words(title))
    assert ink_of(png) > 0
    margin = Image.open(io.BytesIO(png)).convert("L").crop((WIDTH_PX - 60, 0, WIDTH_PX, HEIGHT_PX))
    assert sum(margin.histogram()[100:]) == 0


def test_a_title_that_the_type_face_cannot_write_is_left_out(card: Card) -> None:
    assert ink_of(card.png(Words("蜜蜂知道什么"))) == 0
    assert ink_of(card.png(Words("蜜蜂知道什么", "Ada"))) > 0


def test_without_built_pages_there_is_a_card_too(tmp_path: Path) -> None:
    assert ink_of(Card.from_pages(tmp_path).png(Words("Bees"))) > 0


def test_a_private_spaces_card_has_no_words_and_a_date_is_shown_until_it_is_over() -> None:
    space = Space("bees", "Bees", State.SCHEDULED, 0, starts_ms=1_795_464_000_000)
    assert Words.of(space, ("Ada", "Bo")) == Words("Bees", "Ada, Bo", "2026-11-23 · 20:00 UTC")
    over = Space("bees", "Bees", State.ENDED, 0, starts_ms=1_795_464_000_000)
    assert Words.of(over, ()) == Words("Bees")
    assert Words.of(Space("bees", "Bees", State.ON_AIR, 0, listen_key="key"), ("Ada",)) == Words()


async def test_a_card_is_drawn_once_and_a_rush_for_others_gets_the_plain_one(card: Card) -> None:
    cards = Cards(card, HandClock())
    one, again = await asyncio.gather(cards.png(Words("One")), cards.png(Words("One")))
    assert one == again
    assert one[1]
    assert (await cards.png(Words("One")))[0] is one[0]
    for title in ("Two", "Three"):
        assert (await cards.png(Words(title)))[1]
    plain = await cards.png(Words("Four"))
    assert plain == (card.png(Words()), False)
