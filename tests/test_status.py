import json

from stentor.status import SpaceView

NOW_MS = 1_700_000_000_000


def tick(number: int, **facts: object) -> bytes:
    return json.dumps({"n": number, "t": NOW_MS + number * 640, **facts}).encode()


def test_a_line_says_what_is_going_on_and_what_is_not_known() -> None:
    view = SpaceView()
    assert view.line(wall_ms=NOW_MS) == "waiting for the first chunk"
    people = [{"id": "p1", "name": "Ana"}, {"id": "p2", "name": "Bo"}]
    view.hear(
        tick(9, full=True, state="on_air", people=people, speaking={"p1": -12}),
        wall_ms=NOW_MS + 9 * 640 + 650,
    )
    line = view.line(wall_ms=NOW_MS + 9 * 640 + 700)
    assert line == "chunk 9 · on_air · speaking: Ana -12 dB · hearing – · latency 650 ms"
    view.hear(tick(10, speaking={}, audience={"hearing": 3}), wall_ms=NOW_MS + 10 * 640 + 650)
    assert "speaking: nobody · hearing 3" in view.line(wall_ms=NOW_MS + 10 * 640 + 700)


def test_a_stage_that_has_fallen_silent_is_said() -> None:
    view = SpaceView()
    view.hear(tick(9, full=True), wall_ms=NOW_MS)
    assert not view.is_stale(wall_ms=NOW_MS + 1900)
    assert "NO NEW CHUNK" in view.line(wall_ms=NOW_MS + 2000)


def test_bytes_that_are_no_tick_change_nothing() -> None:
    view = SpaceView()
    view.hear(b"noise", wall_ms=NOW_MS)
    assert view.known == {}


def test_captions_are_shown_with_their_speaker_and_stay_out_of_the_plain_form() -> None:
    view = SpaceView()
    captions = [{"id": "p1.7", "person": "p1", "text": "Free is never free.", "is_final": True}]
    view.hear(tick(9, full=True, people=[{"id": "p1", "name": "Ana"}], captions=captions), wall_ms=NOW_MS)
    assert view.captions() == [("Ana", "Free is never free.")]
    assert "free" not in view.line(wall_ms=NOW_MS)
