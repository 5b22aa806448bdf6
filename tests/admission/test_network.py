import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.admission.network import KEY_BYTES, Networks, day_network, network_of

KEY = bytes(KEY_BYTES)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.0/24"),
        ("::ffff:192.0.2.7", "192.0.2.0/24"),
        ("2001:db8:1:2ff:3::4", "2001:db8:1:200::/56"),
        ("fe80::1%eth0", "fe80::/56"),
        ("", None),
        ("unix", None),
        ("192.0.2", None),
    ],
)
def test_an_address_counts_as_its_network(address: str, network: str | None) -> None:
    assert network_of(address) == network


def test_what_is_no_address_has_no_hash_so_no_ban_can_meet_it() -> None:
    assert Networks(KEY).of("unix") == ""


def test_another_house_has_other_words() -> None:
    assert Networks(KEY).of("192.0.2.7") != Networks(b"\1" * KEY_BYTES).of("192.0.2.7")


@given(st.ip_addresses(v=4), st.integers(0, 255))
def test_neighbours_are_the_same_and_the_address_is_not_in_the_word(address: object, last: int) -> None:
    text = str(address)
    word = Networks(KEY).of(text)
    assert word == Networks(KEY).of(text.rpartition(".")[0] + f".{last}")
    assert len(word) == 24
    assert text not in word


def test_a_network_in_tokens_has_another_word_each_day_and_in_each_house() -> None:
    words = {
        day_network(key, address, day)
        for key in (KEY, b"k" * KEY_BYTES)
        for day in (20_000, 20_001)
        for address in ("192.0.2.7", "192.0.2.200")
    }
    assert len(words) == 4
    assert day_network(KEY, "", 20_000) == bytes(4)
