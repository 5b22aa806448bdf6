"""Which addresses a listener goes to."""

import pytest

from stentor.client.edges import EDGES_MAX, Edges


def visited(edges: Edges, count: int) -> list[str]:
    found = []
    for _ in range(count):
        found.append(edges.url("live.mp4"))
        edges.next()
    return found


def test_edges_are_gone_through_in_a_round() -> None:
    edges = Edges("https://a.example/s/talk")
    edges.learn(["https://b.example/", "https://a.example"])
    assert visited(edges, 3) == [f"https://{name}.example/s/talk/live.mp4" for name in "aba"]


@pytest.mark.parametrize(
    "told",
    [
        "http://b.example",
        "ftp://b.example",
        "https://",
        "https://b.example/elsewhere",
        "https://b.example?x=1",
        "https://b.example#x",
        "https://me:secret@b.example",
        "https://[b.example",
        "https://" + "b" * 300,
        None,
        {"url": "https://b.example"},
    ],
)
def test_a_ticket_is_shown_to_no_address_that_is_no_origin_or_has_no_tls(told: object) -> None:
    edges = Edges("https://a.example/s/talk")
    edges.learn([told])
    assert set(visited(edges, 3)) == {"https://a.example/s/talk/live.mp4"}


def test_a_house_names_so_many_edges_at_most() -> None:
    edges = Edges("http://a.example/s/talk")
    edges.learn(f"http://{n}.example" for n in range(2 * EDGES_MAX))
    assert len(set(visited(edges, 3 * EDGES_MAX))) == EDGES_MAX
