"""The error tree. Every leaf holds data, makes its own sentence and knows its HTTP answer.

StentorError
├── BadInput            400   the request cannot mean anything; says the thing, the value, the limit
│   ├── TooLarge        413
│   ├── WrongType       415   a body that is not of the one type that is read here
│   ├── BadOffer        400   an SDP offer that no stage can answer
│   ├── KeyReused       422   an idempotency key that came with another request before
│   └── OutOfRange      400   a number outside its bounds (`from`, `_HLS_msn`)
├── NotAllowed          403
│   ├── BadInvitation   401   unknown, revoked or expired invitation
│   └── NotSignedIn     401   no session, or one that is over; a passkey or a sign-in that was not taken
├── NotFound            404
│   └── NoSuchSpace     404
├── Conflict            409   the move is not allowed in this state, or somebody else moved first
│   └── BeingDone       409   the same request, by its idempotency key, is being answered right now
├── Gone                410   it was there and is over
├── NotYet              503   it will be there; `retry_after_s` says when to ask again
│   ├── InLine          503   a place in the line instead of a seat: carries the ticket
│   ├── NotOnAir        503
│   └── StageAway       503   no stage process answers for this Space
├── Full                503   a limit is met
│   └── SwitchedOff     503   given up for a while, so that what matters more goes on
├── TooMany             429   this asker's share is used up; `retry_after_s` says when there is more
└── Broken              500   this machine or a neighbour does not do its part
    ├── CannotStart     500   a role's precondition fails: port taken, directory not writable, disk full
    ├── LogAway         503   NATS does not answer
    ├── ShelfAway       503   the shelf does not give or take a file
    ├── EngineFailed    502   a recogniser, a briefer or a translator gave nothing that can be used
    │   └── NoEngine    503   its libraries or weights are not installed, or not those that were examined
    ├── NoAnswer        503   nobody serves this subject, or not in time
    └── RemoteProblem   any   another role's error, passed on as it came
"""

from collections.abc import Mapping
from typing import ClassVar


class StentorError(Exception):
    """The root: nothing raises it itself."""

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Stentor error"
    retry_after_s: float | None = None

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail

    @property
    def answer_status(self) -> int:
        """The HTTP status of this very error."""
        return self.status

    def problem(self) -> Mapping[str, object]:
        """The error as an RFC 9457 problem document; `type` is stable and documented in docs/ERRORS.md."""
        kind = type(self).__name__
        slug = "".join(("-" + c.lower()) if c.isupper() else c for c in kind).lstrip("-")
        body: dict[str, object] = {
            "type": f"tag:stentor,2026:{slug}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        if self.retry_after_s is not None:
            body["retry_after_s"] = self.retry_after_s
        return body

    def headers(self) -> dict[str, str]:
        """Headers that belong to the answer whatever the server framework."""
        if self.retry_after_s is None:
            return {}
        return {"Retry-After": str(max(1, round(self.retry_after_s)))}


class BadInput(StentorError):
    status = 400
    title = "This request cannot be read"


class TooLarge(BadInput):
    status = 413
    title = "Too large"

    def __init__(self, thing: str, *, size_bytes: int | None, limit_bytes: int) -> None:
        size = "more" if size_bytes is None else f"{size_bytes} bytes"
        super().__init__(f"{thing} has {size}; the limit is {limit_bytes} bytes. Send less.")


class WrongType(BadInput):
    status = 415
    title = "Not this type"

    def __init__(self, *, wanted: str) -> None:
        super().__init__(f"The body must be {wanted}, and the Content-Type must say so.")


class BadOffer(BadInput):
    title = "This SDP offer cannot be answered"


class KeyReused(BadInput):
    status = 422
    title = "This idempotency key belongs to another request"

    def __init__(self) -> None:
        super().__init__(
            "This Idempotency-Key came with another request within the last 24 h. Make a new key for each "
            "new wish, and send the same key only with the same wish."
        )


class OutOfRange(BadInput):
    title = "Outside the range"

    def __init__(self, thing: str, value: object, *, lowest: object, highest: object) -> None:
        super().__init__(f"{thing} is {value}; it must be from {lowest} to {highest}.")


class NotAllowed(StentorError):
    status = 403
    title = "Not allowed"


class BadInvitation(NotAllowed):
    status = 401
    title = "This invitation is not valid"

    def __init__(self) -> None:
        super().__init__("The invitation is unknown, revoked or used up. Ask the host for a new link.")

    def headers(self) -> dict[str, str]:
        return {"WWW-Authenticate": 'Bearer realm="stentor"'}


class NotSignedIn(NotAllowed):
    status = 401
    title = "Not signed in"

    def __init__(self, detail: str = "Your session is over. Sign in again.") -> None:
        super().__init__(detail)


class NotFound(StentorError):
    status = 404
    title = "Not found"


class NoSuchSpace(NotFound):
    title = "No such Space"

    def __init__(self, space_id: str) -> None:
        super().__init__(f"There is no Space called {space_id[:60]!r} here. Check the link.")


class Conflict(StentorError):
    status = 409
    title = "Not possible now"


class BeingDone(Conflict):
    title = "Being done"

    def __init__(self) -> None:
        super().__init__("The request with this Idempotency-Key is still being answered. Ask again with it.")
        self.retry_after_s = 1.0


class Gone(StentorError):
    status = 410
    title = "Over"


class NotYet(StentorError):
    status = 503
    title = "Not yet"

    def __init__(self, detail: str, *, retry_after_s: float) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s


class LineFull(NotYet):
    title = "The line is full"

    def __init__(self, *, retry_after_s: float) -> None:
        super().__init__(
            "This edge's line is full, and those who listen live come first. Ask again, or another edge.",
            retry_after_s=retry_after_s,
        )


class InLine(NotYet):
    """Never cached: each carries a ticket of its own.

    Args:
        clock: the line's clock, byte for byte; the door that answers puts it into the document. None: the
            line has not spoken yet.
    """

    title = "In the line"

    def __init__(
        self, *, ticket: str, bucket: int, id_hex: str, clock: bytes | None, retry_after_s: float
    ) -> None:
        super().__init__(
            "There is no seat for you yet. You have a place: keep the ticket, follow the clock, and come "
            "with ?ticket= once your place is called.",
            retry_after_s=retry_after_s,
        )
        self.ticket, self.bucket, self.id_hex, self.clock = ticket, bucket, id_hex, clock

    def problem(self) -> Mapping[str, object]:
        return {**super().problem(), "ticket": self.ticket, "bucket": self.bucket, "id": self.id_hex}


class NotOnAir(NotYet):
    title = "Not on the air"

    def __init__(self, space_id: str, *, retry_after_s: float = 2.0) -> None:
        super().__init__(f"The Space {space_id!r} is not on the air yet.", retry_after_s=retry_after_s)


class StageAway(NotYet):
    title = "The stage does not answer"

    def __init__(self, space_id: str) -> None:
        super().__init__(
            f"No stage answers for the Space {space_id!r} right now; it is being started again.",
            retry_after_s=1.0,
        )


class Full(StentorError):
    status = 503
    title = "Full"

    def __init__(self, thing: str, *, limit: int, retry_after_s: float = 5.0) -> None:
        super().__init__(f"{thing} is full: the limit is {limit}.")
        self.retry_after_s = retry_after_s


class SwitchedOff(Full):
    title = "Off for now"

    def __init__(self, what: str, *, retry_after_s: float) -> None:
        StentorError.__init__(self, f"{what} are off while this edge is under pressure. Listening goes on.")
        self.retry_after_s = retry_after_s


class TooMany(StentorError):
    status = 429
    title = "Too many"

    def __init__(self, what: str, *, retry_after_s: float) -> None:
        super().__init__(f"{what} come too fast. Wait {retry_after_s:.1f} s.")
        self.retry_after_s = retry_after_s


class Broken(StentorError):
    title = "Something here is broken"


class CannotStart(Broken):
    title = "Cannot start"

    def __init__(self, what: str, *, because: str, next_step: str) -> None:
        super().__init__(f"{what}: {because}. Next step: {next_step}")


class LogAway(Broken):
    status = 503
    title = "The log does not answer"

    def __init__(self, what: str) -> None:
        super().__init__(f"NATS did not answer: {what}. It is tried again by itself.")
        self.retry_after_s = 2.0


class ShelfAway(Broken):
    """The directory or the S3 store does not do its part."""

    status = 503
    title = "The shelf is away"

    def __init__(self, what: str) -> None:
        super().__init__(f"The shelf did not give or take {what}. It is tried again; nothing is lost.")


class EngineFailed(Broken):
    """An engine of speech or language failed; whoever called it goes on without."""

    status = 502
    title = "An engine failed"


class NoEngine(EngineFailed):
    """What is not there cannot be tried again; `stentor doctor` says the same."""

    status = 503
    title = "No engine"

    def __init__(self, what: str, *, because: str, next_step: str) -> None:
        super().__init__(f"{what}: {because}. Next step: {next_step}")
        self.because = because
        self.next_step = next_step


class NoAnswer(Broken):
    status = 503
    title = "Nobody answered"

    def __init__(self, subject: str) -> None:
        super().__init__(f"Nobody answered on {subject!r} in time.")
        self.retry_after_s = 1.0


class RemoteProblem(Broken):
    """A problem document that crossed NATS; keeps the first role's words and status."""

    def __init__(self, problem: Mapping[str, object]) -> None:
        super().__init__(str(problem.get("detail", "")))
        self._problem = dict(problem)
        retry = problem.get("retry_after_s")
        self.retry_after_s = float(retry) if isinstance(retry, int | float) else None

    @property
    def answer_status(self) -> int:
        status = self._problem.get("status")
        return status if status in range(400, 600) and isinstance(status, int) else 500

    def problem(self) -> Mapping[str, object]:
        return self._problem
