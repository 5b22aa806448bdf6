from stentor.edge.framing import Format, Framer, Shape
from stentor.edge.window import Window
from stentor.formats.cmaf import boxes, init_segment, silence
from stentor.formats.emsg import ticks_of
from stentor.limits import CHUNKS_PER_SEGMENT
from stentor.space.rung import Codec, Rung
from stentor.space.tick import TickWriter, decoded

MP4 = Shape(Rung.AAC64, Format.MP4)
ADTS = Shape(Rung.AAC64, Format.AAC)


def filled(count: int, *, chunks_max: int = 100) -> tuple[Window, Framer]:
    window, ticks = Window(chunks_max=chunks_max), TickWriter()
    for number in range(count):
        tick = ticks.write(
            number=number, wall_ms=number, facts={"title": "One", "speaking": {"ada": -number}}
        )
        window.add(number=number, rung=Rung.AAC64, data=silence(number, Codec.AAC), tick=tick)
    return window, Framer(window)


def test_an_mp4_chunk_is_its_tick_and_its_fragment() -> None:
    window, framer = filled(3)
    data = framer.chunk(MP4, 1)
    assert data is not None
    assert [kind for kind, _ in boxes(data)] == [b"emsg", b"moof", b"mdat"]
    assert ticks_of(data) == [window.tick(1)]
    assert data.endswith(silence(1, Codec.AAC))


def test_a_chunk_without_a_tick_has_no_emsg() -> None:
    window = Window(chunks_max=3)
    window.add(number=0, rung=Rung.AAC64, data=silence(0, Codec.AAC), tick=None)
    assert Framer(window).chunk(MP4, 0) == silence(0, Codec.AAC)


def test_an_adts_chunk_is_thirty_frames() -> None:
    _, framer = filled(1)
    data = framer.chunk(ADTS, 0)
    assert data is not None
    assert data.count(b"\xff\xf1") == 30


def test_everybody_gets_the_same_bytes_object() -> None:
    _, framer = filled(3)
    assert framer.chunk(MP4, 1) is framer.chunk(MP4, 1)
    assert framer.segment(MP4, 0) is framer.segment(MP4, 0)


def test_the_first_chunk_of_a_joiner_says_everything() -> None:
    _, framer = filled(3)
    data = framer.joining_chunk(MP4, 2)
    assert data is not None
    tick = decoded(ticks_of(data)[0])
    assert tick["full"] is True
    assert (tick["title"], tick["speaking"]) == ("One", {"ada": -2})


def test_a_segment_is_its_parts() -> None:
    _, framer = filled(CHUNKS_PER_SEGMENT)
    parts = [framer.chunk(MP4, n) or b"" for n in range(CHUNKS_PER_SEGMENT)]
    assert framer.segment(MP4, 0) == b"".join(parts)


def test_a_segment_that_still_grows_is_none() -> None:
    _, framer = filled(CHUNKS_PER_SEGMENT - 1)
    assert framer.segment(MP4, 0) is None


def test_the_last_segment_may_be_short() -> None:
    _, framer = filled(CHUNKS_PER_SEGMENT + 2)
    data = framer.segment(MP4, 1, last=10)
    assert data is not None
    assert len(ticks_of(data)) == 2


def test_what_leaves_the_window_is_forgotten() -> None:
    window, framer = filled(CHUNKS_PER_SEGMENT, chunks_max=CHUNKS_PER_SEGMENT)
    assert framer.segment(MP4, 0) is not None
    for number in range(CHUNKS_PER_SEGMENT, 2 * CHUNKS_PER_SEGMENT):
        window.add(number=number, rung=Rung.AAC64, data=silence(number, Codec.AAC), tick=None)
        framer.chunk(MP4, number)
    assert framer.chunk(MP4, 0) is None
    assert framer.segment(MP4, 0) is None
    assert len(framer._framed[MP4]) <= CHUNKS_PER_SEGMENT
    assert not framer._segments


def test_a_joiners_response_begins_with_the_init_segment() -> None:
    assert MP4.preamble == init_segment(Codec.AAC)
    assert ADTS.preamble == b""
