"""Utterances begin a little before the voice and end with a pause, or where a long one is quietest."""

import random
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from stentor.scribe.speech.activity import FRAME_MS
from stentor.scribe.speech.cutting import Cutter, Rule, Span, spans_of

RULE = Rule()
PAUSE = RULE.pause_ms // FRAME_MS + 1
LEAD = RULE.lead_ms // FRAME_MS
TAIL = RULE.tail_ms // FRAME_MS
LONGEST = RULE.length_ms_max // FRAME_MS


def test_an_utterance_takes_a_lead_and_a_tail_along() -> None:
    assert list(spans_of([0.0] * 30 + [0.9] * 20 + [0.0] * 40)) == [Span(30 - LEAD, 49 + TAIL)]


def test_a_short_pause_does_not_end_it_and_a_long_one_does() -> None:
    assert len(list(spans_of([0.9] * 20 + [0.1] * (PAUSE - 2) + [0.9] * 20 + [0.0] * 40))) == 1
    assert len(list(spans_of([0.9] * 20 + [0.1] * (PAUSE + 2) + [0.9] * 20 + [0.0] * 40))) == 2


def test_a_click_is_no_utterance() -> None:
    assert list(spans_of([0.0] * 20 + [0.9] * 2 + [0.0] * 40)) == []


def test_doubt_goes_on_but_does_not_begin() -> None:
    assert list(spans_of([0.4] * 50)) == []
    assert list(spans_of([0.9] * 5 + [0.4] * 50)) == [Span(0, 54)]


def test_a_long_utterance_is_cut_where_it_is_quietest() -> None:
    voice = [0.9] * (2 * LONGEST)
    voice[LONGEST - 20] = 0.4
    first, second, *_ = spans_of(voice)
    assert first == Span(0, LONGEST - 20)
    assert second.first == LONGEST - 19


def test_a_speech_without_a_pause_is_cut_again_and_again_without_overlap_or_loss() -> None:
    """A prompt of 73 s was heard in parts two and three times: a cut did not forget what was before it."""
    chance = random.Random(1)
    spans = list(spans_of([chance.uniform(RULE.end, 1.0) for _ in range(8 * LONGEST)]))
    assert [after.first - before.last for before, after in pairwise(spans)] == [1] * (len(spans) - 1)
    assert (spans[0].first, spans[-1].last) == (0, 8 * LONGEST - 1)
    assert all(RULE.length_ms_max * 0.7 <= span.length_ms <= RULE.length_ms_max for span in spans[:-1])


def test_what_runs_is_known_before_it_ends_and_keeps_its_beginning() -> None:
    cutter = Cutter()
    for _ in range(40):
        cutter.push(0.9)
    assert cutter.running == Span(0, 39)
    assert cutter.finish() == Span(0, 39)
    assert cutter.running is None


VOICES = st.lists(
    st.tuples(st.sampled_from([0.0, 0.2, 0.4, 0.6, 1.0]), st.sampled_from([1, 3, 20, 300])), max_size=40
).map(lambda runs: [probability for probability, frames in runs for _ in range(frames)])


@given(VOICES)
def test_utterances_never_overlap_nor_grow_too_long_and_hold_all_certain_speech(voice: list[float]) -> None:
    spans = list(spans_of(voice))
    for before, after in pairwise(spans):
        assert before.last < after.first
    assert all(0 <= s.first <= s.last < len(voice) for s in spans)
    # The rest of a cut utterance brings no lead of its own: the longest is the rule's length.
    assert all(s.length_ms <= RULE.length_ms_max for s in spans)
    held = {frame for s in spans for frame in range(s.first, s.last + 1)}
    runs, at = [], 0
    while at < len(voice):
        end = at
        while end < len(voice) and voice[end] == 1.0:
            end += 1
        if (end - at) * FRAME_MS >= RULE.speech_ms_min:
            runs.append(range(at, end))
        at = max(end, at + 1)
    assert all(frame in held for run in runs for frame in run)


@given(VOICES)
def test_sound_that_may_be_forgotten_is_never_asked_for_again(voice: list[float]) -> None:
    cutter, kept = Cutter(), 0
    for p in voice:
        span = cutter.push(p)
        assert span is None or span.first >= kept
        assert cutter.running is None or cutter.running.first >= kept
        assert cutter.keep_from >= kept
        kept = cutter.keep_from
