"""Utterances become turns, in the order in which a reader follows them."""

from stentor.record.transcript import Word
from stentor.scribe.words.spoken import Spoken
from stentor.scribe.words.turns import turns_of


def said(person: str, text: str, *, at_ms: int, each_ms: int = 300, level_db: int = -20) -> Spoken:
    words = tuple(
        Word(word, at_ms + index * each_ms, at_ms + index * each_ms + each_ms - 20, 0.9)
        for index, word in enumerate(text.split())
    )
    end_ms = words[-1].end_ms
    return Spoken(person, at_ms, end_ms, False, words, (level_db,) * ((end_ms - at_ms) // 100 + 1))


def told(*utterances: Spoken) -> list[tuple[str, str]]:
    return [(turn.person_id, turn.text) for turn in turns_of(utterances)]


def test_short_pauses_are_one_turn_and_a_long_one_is_two() -> None:
    one = said("maya", "Good evening.", at_ms=0)
    two = said("maya", "Shall we begin?", at_ms=2000)
    three = said("maya", "Well then.", at_ms=9000)
    assert told(one, two, three) == [("maya", "Good evening. Shall we begin?"), ("maya", "Well then.")]


def test_a_back_channel_stands_after_the_sentence_in_which_it_fell() -> None:
    long = said("daniel", "Tallinn is a bad example. Car traffic hardly changed there.", at_ms=0)
    assert told(long, said("maya", "Mm hmm.", at_ms=900, each_ms=150)) == [
        ("daniel", "Tallinn is a bad example."),
        ("maya", "Mm hmm."),
        ("daniel", "Car traffic hardly changed there."),
    ]


def test_who_speaks_into_the_last_sentence_stands_after_it() -> None:
    long = said("daniel", "Car traffic hardly changed there", at_ms=0)
    turns = turns_of([said("maya", "No!", at_ms=600), long])
    assert [(turn.person_id, turn.text) for turn in turns] == [
        ("daniel", "Car traffic hardly changed there."),
        ("maya", "No!"),
    ]
    assert [turn.start_ms for turn in turns] == sorted(turn.start_ms for turn in turns)


def test_a_forgotten_full_stop_is_set_where_a_pause_ended_the_utterance() -> None:
    one = said("daniel", "on that point you have convinced me", at_ms=0)
    two = said("daniel", "and I say so", at_ms=3000)
    three = said("daniel", "Now the night", at_ms=5000)
    assert told(one, two, three) == [
        ("daniel", "On that point you have convinced me and I say so. Now the night.")
    ]


def test_each_turn_knows_its_sentences() -> None:
    (turn,) = turns_of([said("maya", "Why not both? We could pay for it.", at_ms=0)])
    assert turn.sentences == (0, 3)


def test_words_that_a_louder_voice_says_at_the_same_time_are_not_repeated() -> None:
    text = "Free is never free. The bus network costs a lot."
    loud = said("daniel", text, at_ms=0, level_db=-20)
    faint = said("maya", text, at_ms=80, level_db=-34)
    assert told(loud, faint) == [("daniel", text)]
    assert told(faint, loud) == [("daniel", text)]


def test_a_reply_after_the_bleed_stays() -> None:
    loud = said("daniel", "Free is never free.", at_ms=0, level_db=-20)
    both = said("maya", "Free is never free. But Tallinn did it.", at_ms=50, level_db=-34)
    own = both.words[4].start_ms // 100
    levels = tuple(-34 if at < own else -20 for at in range(len(both.levels_db)))
    mixed = Spoken("maya", both.start_ms, both.end_ms, False, both.words, levels)
    assert told(loud, mixed) == [("daniel", "Free is never free."), ("maya", "But Tallinn did it.")]


def test_two_people_who_agree_both_say_yes() -> None:
    assert len(told(said("daniel", "Yes, of course.", at_ms=0), said("maya", "Yes, indeed.", at_ms=100))) == 2


def test_an_utterance_without_words_is_no_turn() -> None:
    assert turns_of([Spoken("maya", 0, 900, False, (), (-50,) * 9)]) == ()
