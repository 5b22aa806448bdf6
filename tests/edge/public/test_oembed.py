"""oEmbed as its standard says it, with a frame that fits."""

import pytest

from stentor.edge.public.oembed import HEIGHT_PX, WIDTH_PX, WIDTH_PX_MAX, WIDTH_PX_MIN, Frame, oembed
from stentor.errors import OutOfRange
from stentor.space.lifecycle import State
from stentor.space.record import Space


def test_an_answer_has_what_the_standard_wants_and_texts_are_escaped() -> None:
    space = Space("bees", 'A "title" <b>', State.ON_AIR, 0)
    told = oembed(space, hosts=("Ada", "Bo"), base="https://live.example", frame=Frame(300))
    assert (told["version"], told["type"], told["title"]) == ("1.0", "rich", 'A "title" <b>')
    assert (told["width"], told["height"], told["author_name"]) == (300, HEIGHT_PX, "Ada, Bo")
    assert 'src="https://live.example/s/bees/embed"' in told["html"]
    assert 'title="A &quot;title&quot; &lt;b&gt;"' in told["html"]
    assert "<script" not in told["html"]
    assert told["thumbnail_url"] == "https://live.example/s/bees/card.png"


@pytest.mark.parametrize(
    ("maxwidth", "width"),
    [
        (None, WIDTH_PX),
        (WIDTH_PX_MIN, WIDTH_PX_MIN),
        (500, 500),
        (WIDTH_PX_MAX + 1, WIDTH_PX_MAX),
    ],
)
def test_the_frame_is_as_wide_as_it_may_be(maxwidth: int | None, width: int) -> None:
    assert Frame.fitting(maxwidth, None) == Frame(width, HEIGHT_PX)


@pytest.mark.parametrize(("maxwidth", "maxheight"), [(WIDTH_PX_MIN - 1, None), (None, HEIGHT_PX - 1)])
def test_a_frame_that_no_player_fits_into_is_refused(maxwidth: int | None, maxheight: int | None) -> None:
    with pytest.raises(OutOfRange):
        Frame.fitting(maxwidth, maxheight)
