"""JSON of others is read, or refused with a ValueError."""

import json

import pytest

from stentor.read_json import read_json

ANYTHING = "."
"""The reader's own words, or Python's: only the kind counts."""


def test_what_is_json_is_read_as_it_is() -> None:
    """Big integers and small floats too."""
    for document in ({"a": [1, -2.5, None, True]}, 10**300, [1e300], "text"):
        assert read_json(json.dumps(document)) == document
        assert read_json(json.dumps(document).encode()) == document


@pytest.mark.parametrize(
    "text",
    ["", "{", "NaN", "[Infinity]", "-Infinity", "1e999", '{"a":' * 100_000, "[" * 100_000, "9" * 5_000],
    ids=["nothing", "torn", "NaN", "inf", "-inf", "huge", "deep object", "deep list", "digits"],
)
def test_what_is_none_is_a_value_error(text: str) -> None:
    """And nothing else, so that one `except` is enough."""
    with pytest.raises(ValueError, match=ANYTHING):
        read_json(text)
    with pytest.raises(ValueError, match=ANYTHING):
        read_json(text.encode())


@pytest.mark.parametrize("text", ['"\\ud800"', '["\\uDC00 a"]', '{"\\ud83d": 1}'])
def test_half_a_character_is_a_value_error_and_a_whole_one_is_read(text: str) -> None:
    """It could not be sent on."""
    with pytest.raises(ValueError, match=ANYTHING):
        read_json(text)
    assert read_json('"\\ud83d\\ude00"') == "\U0001f600"


def test_bytes_that_are_no_text_are_a_value_error() -> None:
    """UnicodeDecodeError is one."""
    with pytest.raises(ValueError, match=ANYTHING):
        read_json(b'"\xff\xfe\x80"')
