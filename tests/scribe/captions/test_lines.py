"""What stands under a Space: three lines, each utterance once, nothing that the stage has taken away."""

import pytest

from stentor.limits import CAPTION_LENGTH_MAX, CAPTION_LINES_MAX
from stentor.scribe.captions.lines import Board


def texts(board: Board) -> list[str]:
    return [str(line["text"]) for line in board.lines()]


def test_a_partial_line_is_replaced_where_it_stands() -> None:
    board = Board()
    board.put("maya.1", "maya", "Good", is_final=False, now_s=0)
    board.put("daniel.1", "daniel", "Thanks", is_final=False, now_s=1)
    board.put("maya.1", "maya", "Good evening.", is_final=True, now_s=2)
    assert board.lines() == [
        {"id": "maya.1", "person": "maya", "text": "Good evening.", "is_final": True},
        {"id": "daniel.1", "person": "daniel", "text": "Thanks", "is_final": False},
    ]


def test_only_the_newest_lines_stand() -> None:
    board = Board()
    for number in range(CAPTION_LINES_MAX + 2):
        board.put(f"maya.{number}", "maya", str(number), is_final=True, now_s=0)
    assert texts(board) == ["2", "3", "4"]


def test_what_cannot_have_been_said_goes() -> None:
    board = Board()
    board.put("maya.1", "maya", "Amen", is_final=False, now_s=0)
    assert board.put("maya.1", "maya", "", is_final=True, now_s=1)
    assert board.lines() == []
    assert not board.put("maya.2", "maya", "", is_final=True, now_s=2)


def test_an_old_line_does_not_come_back_with_a_new_one() -> None:
    board = Board()
    board.put("maya.1", "maya", "Good evening.", is_final=True, now_s=0)
    board.put("maya.2", "maya", "The question", is_final=False, now_s=7.9)
    assert len(texts(board)) == 2
    board.put("maya.2", "maya", "The question is simple.", is_final=True, now_s=8)
    assert texts(board) == ["The question is simple."]


@pytest.mark.parametrize("length", [CAPTION_LENGTH_MAX - 1, CAPTION_LENGTH_MAX, CAPTION_LENGTH_MAX + 1, 500])
def test_a_long_text_goes_on_in_the_next_line(length: int) -> None:
    board, text = Board(), ("word " * 200)[: length - 1] + "."
    board.put("maya.1", "maya", text, is_final=True, now_s=0)
    assert all(len(line) <= CAPTION_LENGTH_MAX for line in texts(board))
    assert "".join(texts(board)).replace(" ", "") == text.replace(" ", "")
    assert [line["id"] for line in board.lines()][:2] == ["maya.1", "maya.1/1"][: len(texts(board))]
    board.put("maya.1", "maya", "Short.", is_final=True, now_s=1)
    assert texts(board) == ["Short."]
