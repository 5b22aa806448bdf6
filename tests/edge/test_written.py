"""Answers without a transport: the same words as the application's own."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.edge import answers
from stentor.edge.written import written_error, written_ticket
from stentor.errors import Gone, InLine, NoSuchSpace, NotOnAir, StentorError


def in_line(clock: bytes | None = b'{"n":1}', *, retry_after_s: float = 2.5) -> InLine:
    return InLine(ticket="AQ-_", bucket=7, id_hex="00ff", clock=clock, retry_after_s=retry_after_s)


def told(data: bytes) -> tuple[bytes, dict[str, str], bytes]:
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    fields = dict(line.decode().split(": ", 1) for line in lines)
    assert len(fields) == len(lines), "no field twice"
    return first, {name.lower(): value for name, value in fields.items()}, body


@pytest.mark.parametrize("is_kept", [False, True])
@pytest.mark.parametrize(
    "error", [in_line(), in_line(None), NoSuchSpace("é"), NotOnAir("demo"), Gone("over")], ids=repr
)
def test_every_error_is_told_as_the_application_tells_it(error: StentorError, is_kept: bool) -> None:
    first, fields, body = told(written_error(error, is_kept=is_kept))
    whole = answers.problem(error)
    assert first.startswith(b"HTTP/1.1 %d " % whole.status_code)
    assert body == whole.body
    own = {"connection": "keep-alive" if is_kept else "close", "x-content-type-options": "nosniff"}
    assert fields == dict(whole.headers) | own


@given(st.floats(0, 100), st.integers(0, 1 << 32), st.binary(min_size=8, max_size=8))
def test_a_place_is_its_errors_problem_and_the_clock(retry_s: float, bucket: int, ticket_id: bytes) -> None:
    error = InLine(
        ticket="AQ", bucket=bucket, id_hex=ticket_id.hex(), clock=b'{"x":[]}', retry_after_s=round(retry_s, 1)
    )
    body = json.loads(told(written_error(error, is_kept=False))[2])
    assert body == {**error.problem(), "clock": {"x": []}}


def test_a_ticket_is_created() -> None:
    first, fields, body = told(written_ticket(b"{}", is_kept=False))
    assert first == b"HTTP/1.1 201 Created"
    assert (fields["content-length"], fields["cache-control"], body) == ("2", "no-store", b"{}")
