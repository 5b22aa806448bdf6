"""The ingest worker: a programme that comes as a stream or a file goes on stage.

Comes in: sound in bytes on standard input or from a file. Goes out: Opus in RTP over NATS, at the pace of the
clock, to the Space's stage. Never: more than two seconds of sound in memory, a word with the outside: who may
send is decided by the stage door, which starts this, and by the crew's record, which the stage obeys.

A process of its own for each source, since it decodes what strangers send. It ends with its parent, with its
input (code 0), or with one sentence in its log (code 1): its input cannot be read, the Space has no stage, it
was taken off the stage, another connection took its place.

    python -m stentor.stage.ingest --space ID --person P --session S [--format ogg|mp3|aac] [FILE|-]
"""

import argparse
import asyncio
import fcntl
import os
import queue
import random
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, BinaryIO, Final

import structlog

from stentor.clock import Clock, SystemClock
from stentor.config import Settings
from stentor.errors import BadInput, Conflict, NoAnswer, StageAway
from stentor.limits import OPUS_FRAME_SAMPLES, SAMPLE_RATE_HZ
from stentor.log.bus import Bus, connected
from stentor.process import die_with_parent, end_tasks, first_to_end, limit_memory, stop_event, until
from stentor.role import run_role
from stentor.sound.opus import APPLICATION_AUDIO, Encoder
from stentor.stage.rtp import rtp_header
from stentor.stage.sound_input import Form, SoundInput

log = structlog.get_logger()

BUFFER_PACKETS: Final = 100
"""2 s: a file waits here, and so does a live encoder whose clock is fast."""
BEGIN_PACKETS: Final = 10
"""After nothing was left it begins again with 0.2 s in hand, not with each packet as it comes."""
PACKET_S: Final = OPUS_FRAME_SAMPLES / SAMPLE_RATE_HZ
_BITRATE_BPS: Final = {1: 64_000, 2: 128_000}
_PIPE_BYTES: Final = 8_192
_LATE_S_MAX: Final = 0.2
_LAST_WORDS_S: Final = 0.3
"""The stage's jitter buffer is played to its end before the source leaves."""
_CHECK_INTERVAL_S: Final = 1.0
_ANSWER_TIMEOUT_S: Final = 2.0
_AWAY_TIMEOUT_S: Final = 20.0
_ASK_AGAIN_S: Final = 0.5
_MEMORY_BYTES: Final = 512 << 20
_NICENESS: Final = 5


class Packets:
    """Opus packets of an input, made ahead in a thread, since reading and decoding block."""

    def __init__(self, source: BinaryIO, *, form: Form | None) -> None:
        self._source = source
        self._form = form
        self._queue: queue.Queue[bytes | None] = queue.Queue(BUFFER_PACKETS)
        self._fault: BadInput | None = None
        self._is_whole = False
        self._is_begun = False
        # A read that never returns must not keep the process.
        self._thread = threading.Thread(target=self._fill, daemon=True, name="ingest")

    def start(self) -> None:
        self._thread.start()

    @property
    def waiting_count(self) -> int:
        return self._queue.qsize()

    def next(self) -> bytes | None:
        """The packet of this moment; None: there is none yet.

        Raises: EOFError: that was all. BadInput: the input is no sound, from here on.
        """
        if not self._is_begun and not self._is_whole and self._queue.qsize() < BEGIN_PACKETS:
            return None
        try:
            packet = self._queue.get_nowait()
        except queue.Empty:
            self._is_begun = False
            return None
        self._is_begun = True
        if packet is not None:
            return packet
        if self._fault is not None:
            raise self._fault
        raise EOFError

    def _fill(self) -> None:
        try:
            for packet in self._encoded():
                self._queue.put(packet)
        except BadInput as fault:
            self._fault = fault
        except MemoryError:
            self._fault = BadInput("The sound needs more memory than one may have.")
        self._is_whole = True
        self._queue.put(None)

    def _encoded(self) -> Iterator[bytes]:
        sound = SoundInput(self._source, form=self._form)
        encoder = Encoder(
            bitrate_bps=_BITRATE_BPS[sound.channels],
            application=APPLICATION_AUDIO,
            channels=sound.channels,
        )
        for frame in sound.frames():
            yield encoder.encode(frame)


class Place:
    """This source's place on the stage: taken, kept, taken again after the stage was started again."""

    def __init__(self, bus: Bus, space_id: str, *, person: str, session: str) -> None:
        self._bus = bus
        self._space_id = space_id
        self._me = {"person": person, "session": session}
        self.subject = ""
        self.payload_type = 0
        self.ssrc = 0

    async def take(self) -> None:
        """Raises: StageAway: no stage within some 20 s. RemoteProblem: the stage's no. LogAway."""
        answer = await self._ask("source", self._me)
        self.subject = str(answer["subject"])
        self.payload_type, self.ssrc = int(answer["payload_type"]), int(answer["ssrc"])

    async def keep(self) -> None:
        """Runs until it is lost for good. Raises: as `take`. Conflict: another session has it."""
        while True:
            await asyncio.sleep(_CHECK_INTERVAL_S)
            people = (await self._ask("who", {}))["people"]
            session = next((p["session"] for p in people if p["id"] == self._me["person"]), None)
            if session is None:
                log.info("not on stage", session=self._me["session"])
                await self.take()
            elif session != self._me["session"]:
                raise Conflict("Another connection of this source has taken its place.")

    async def leave(self) -> None:
        try:
            subject = f"stage.{self._space_id}.leave"
            await self._bus.request(subject, self._me, timeout_s=_ANSWER_TIMEOUT_S)
        except NoAnswer:
            return  # a stage that is away has nobody on it

    async def _ask(self, verb: str, question: dict[str, Any]) -> dict[str, Any]:
        """A stage that is being started again is waited for. Raises: StageAway. RemoteProblem."""
        subject = f"stage.{self._space_id}.{verb}"
        with suppress(TimeoutError):
            async with asyncio.timeout(_AWAY_TIMEOUT_S):
                while True:
                    try:
                        return await self._bus.request(subject, question, timeout_s=_ANSWER_TIMEOUT_S)
                    except NoAnswer:
                        await asyncio.sleep(_ASK_AGAIN_S)
        raise StageAway(self._space_id)


async def send(packets: Packets, place: Place, bus: Bus, *, clock: Clock) -> None:
    """Publishes what there is, one packet each 20 ms, until there is no more.

    A moment without a packet is a pause: time goes on, the numbers do not. Whoever was held up goes on from
    now; what the stage would get too late is not hurried after it.

    Raises: BadInput: the input is no sound, from here on.
    """
    sequence, timestamp = random.getrandbits(15), random.getrandbits(32)
    due_s = clock.monotonic_s()
    while True:
        try:
            packet = packets.next()
        except EOFError:
            await asyncio.sleep(_LAST_WORDS_S)
            return
        if packet is not None:
            header = rtp_header(
                payload_type=place.payload_type, sequence=sequence, timestamp=timestamp, ssrc=place.ssrc
            )
            await bus.publish(place.subject, header + packet)
            sequence += 1
        timestamp += OPUS_FRAME_SAMPLES
        due_s += PACKET_S
        now_s = clock.monotonic_s()
        if now_s - due_s > _LATE_S_MAX:
            due_s = now_s
        await asyncio.sleep(max(0.0, due_s - now_s))


async def ingest(
    settings: Settings, space_id: str, packets: Packets, *, person: str, session: str, stop: asyncio.Event
) -> None:
    """Brings the input on stage and keeps it there until its end, or `stop`.

    Raises: BadInput. StageAway. Conflict. RemoteProblem. LogAway.
    """
    async with connected(settings.nats_url, name=f"ingest-{space_id}") as bus:
        place = Place(bus, space_id, person=person, session=session)
        packets.start()
        await place.take()
        sending = asyncio.create_task(send(packets, place, bus, clock=SystemClock()))
        keeping = asyncio.create_task(place.keep())
        both = asyncio.create_task(first_to_end(sending, keeping))
        try:
            await until(stop, both)
        finally:
            await end_tasks(both)
            await place.leave()


def main(argv: Sequence[str] | None = None) -> int:
    """Returns the process's exit code: 0 the input has ended or we were told to stop, 1 an error."""
    die_with_parent()
    limit_memory(_MEMORY_BYTES)
    os.nice(_NICENESS)
    parser = argparse.ArgumentParser(prog="stentor.stage.ingest", description="A programme for one Space.")
    parser.add_argument("--space", required=True, metavar="ID")
    parser.add_argument("--person", required=True, metavar="ID")
    parser.add_argument("--session", required=True, metavar="ID")
    parser.add_argument("--format", choices=[form.value for form in Form])
    parser.add_argument("file", nargs="?", default="-", metavar="FILE")
    chosen = parser.parse_args(argv)
    form = None if chosen.format is None else Form(chosen.format)

    async def run(settings: Settings) -> None:
        with _opened(chosen.file) as source:
            await ingest(
                settings,
                chosen.space,
                Packets(source, form=form),
                person=chosen.person,
                session=chosen.session,
                stop=stop_event(),
            )

    return run_role("ingest", run)


def _opened(file: str) -> BinaryIO:
    """Unbuffered: a read gives what is there, where a buffer would wait to be full, seconds at low rates.

    Raises: BadInput.
    """
    try:
        # The caller closes it.
        source = open(0 if file == "-" else file, "rb", buffering=0, closefd=file != "-")  # noqa: SIM115
    except OSError as error:
        raise BadInput(f"The file cannot be opened ({error.strerror}).") from None
    with suppress(OSError, AttributeError):  # not a pipe; not Linux
        # A pipe holds 64 KiB: 20 s of a stream at 24 kbit/s, by which a live sender would be late.
        fcntl.fcntl(source, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    return source


if __name__ == "__main__":
    exit_code = main()
    sys.stderr.flush()
    # Not `sys.exit`: the thread may be inside a decoder, and the interpreter would be taken from under it.
    os._exit(exit_code)
