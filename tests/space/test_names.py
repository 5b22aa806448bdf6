from hypothesis import given
from hypothesis import strategies as st

from stentor.space.names import is_space_id, new_id, new_token, slug_of, token_key


@given(st.text(max_size=200))
def test_any_title_gives_an_id_that_is_allowed(title: str) -> None:
    assert is_space_id(slug_of(title))


def test_a_title_gives_a_readable_id() -> None:
    assert slug_of("Town Hall: what now?") == "town-hall-what-now"


def test_a_random_id_is_allowed_everywhere() -> None:
    assert all(is_space_id(new_id()) for _ in range(100))


def test_a_token_is_stored_only_as_its_hash() -> None:
    token = new_token()
    assert token not in token_key(token)
    assert token_key(token) == token_key(token)
    assert token_key(token) != token_key(token + "x")


def test_a_token_is_one_word_to_a_shell_and_to_a_double_click() -> None:
    tokens = {new_token() for _ in range(200)}
    assert len(tokens) == 200
    assert all(token.isalnum() and token.isascii() for token in tokens)
