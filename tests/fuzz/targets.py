"""Every reader of bytes that strangers, neighbours or old files may have written, and what it may raise.

A target takes bytes and nothing else; what it needs beside them is made here, once. Its contract: it returns
or raises one of `errors`, within `SECONDS_MAX`; nothing else. `reads` names the functions of the source that
it runs through; test_targets.py holds the list against the source.
"""

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from aioice import stun
from aioice.candidate import Candidate
from aioice.ice import Connection
from starlette.requests import Request

from stentor.admission.forwarded import Trusted
from stentor.admission.line.line_clock import Doors, LineClock, signed_part
from stentor.admission.proxy_protocol import proxied
from stentor.admission.token import KeyRing, Pass, Ticket
from stentor.backstage.control.beat import Beat
from stentor.client.clock_check import key_of
from stentor.client.verifying import found_in
from stentor.edge.asked import asked
from stentor.edge.extras.signs import Signs
from stentor.edge.handover import Ack, Handover
from stentor.edge.hls import Listing, reload_of
from stentor.edge.knock import knocked
from stentor.edge.parts import decoded_egress, decoded_extras, decoded_newcomers, decoded_step
from stentor.edge.public.podcast_quotes import Quoted
from stentor.edge.replay.captions import mapped
from stentor.edge.replay.listing import chapters_of
from stentor.edge.report import Count, Report
from stentor.edge.sessions import moved_sessions
from stentor.errors import BadInput, BadOffer, EngineFailed, StentorError
from stentor.formats import cmaf
from stentor.formats.count_log import hash_of
from stentor.formats.count_log import line as count_line
from stentor.formats.emsg import tick_box, ticks_of
from stentor.formats.opus_packet import SILENCE, is_stereo, opus_duration_samples
from stentor.formats.programme_index import ProgrammeIndex
from stentor.formats.voice import VoicePacket, voice_bytes, voice_packets
from stentor.read_json import read_json
from stentor.record.activity import Activity
from stentor.record.chapters import chapters_of_json
from stentor.rehearsal.hls_playlist import parsed
from stentor.scribe.speech.tokens import Vocabulary
from stentor.shelf.manifest import Manifest, Words
from stentor.shelf.ranges import span_of
from stentor.sound.opus import Decoder
from stentor.space import tick
from stentor.space.rung import Codec
from stentor.space.timeline import Timeline
from stentor.stage.aiortc_transport import AiortcPeer
from stentor.stage.facts import Facts
from stentor.stage.guarded_socket import GuardedSocket, answer_the_signed_only
from stentor.stage.rtp import parse_rtp, rtp_header
from stentor.stage.sdp import audio_offer, whole_answer
from stentor.stage.speaker import Speaker

SECONDS_MAX: Final = 0.25
"""For inputs of some kilobytes; a shared machine may stop for a tenth of it."""


@dataclass(frozen=True, slots=True)
class Target:
    """One reader.

    Args:
        seeds: inputs that it reads; others are made from them.
        reads: the functions of the source that it runs through, as `module:name`.
    """

    name: str
    read: Callable[[bytes], object]
    errors: tuple[type[Exception], ...] = ()
    seeds: tuple[bytes, ...] = ()
    reads: tuple[str, ...] = ()


SPACE: Final = "space"
_RING: Final = KeyRing.of(b"k" * 32)
_TICKET: Final = _RING.sealed_ticket(Ticket(100, b"i" * 8, 3), space_id=SPACE)
_PASS: Final = _RING.sealed_pass(Pass(100, b"s" * 8), space_id=SPACE)
_CHUNK: Final = cmaf.chunk(3, Codec.OPUS, [SILENCE] * 32)
_CLOCK: Final = LineClock(SPACE, 5, 1_000, Doors.HELD, arrivals=((1, 2), (4, 5))).encoded(lambda _: b"s" * 64)
_FILE: Final = {"size_bytes": 1, "sha256": "00"}
_LINES: Final = {"summary": [], "sections": [], "claims": [], "figures": [], "names": {"a": "Maya"}}
_BRIEF: Final = {**_LINES, "version": 1, "transcript": 1, "language": "en", "engine": "x", "title": "T"}
_OFFER: Final = "\r\n".join(
    [
        *("v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0 1"),
        *("m=audio 9 UDP/TLS/RTP/SAVPF 111", "c=IN IP4 0.0.0.0", "a=mid:0", "a=sendrecv", "a=rtcp-mux"),
        *("a=ice-ufrag:abcd", "a=ice-pwd:" + "p" * 22, "a=fingerprint:sha-256 " + ":".join(["AB"] * 32)),
        *("a=setup:actpass", "a=rtpmap:111 opus/48000/2", "a=fmtp:111 minptime=10;useinbandfec=1"),
        *("a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level", "a=ssrc:1 cname:x"),
        "a=candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host",
        *("m=video 9 UDP/TLS/RTP/SAVPF 96", "a=mid:1", ""),
    ]
).encode()


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _read_sdp(data: bytes) -> object:
    offer = audio_offer(_text(data))
    return whole_answer(_OFFER.decode(), offer)


def _speaker(data: bytes) -> object:
    """Eight packets, cut where the input says, and as many ticks."""
    voice = Speaker(payload_type=96, level_id=1)
    step = max(1, len(data) // 8)
    for number, at in enumerate(range(0, len(data), step)):
        head = rtp_header(payload_type=96, sequence=number, timestamp=number * 960, ssrc=1)
        voice.receive(head + data[at : at + step])
        voice.receive(data[at:])
        voice.pull(is_wanted=number != 3)
    heard = voice.pull()
    assert heard is None or abs(heard.frame).max() <= 16, "a voice louder than its gain can make it"
    return heard


class _Ears:
    """What a guarded socket hands over to."""

    stranger_count = 0

    def take_srtp(self, data: bytes) -> None:
        raise AssertionError("SRTP of a stranger went on")

    def take_control(self, data: bytes) -> bool:
        raise AssertionError("DTLS of a stranger went on")


class _Silence:
    """A transport that must not be used."""

    def sendto(self, data: bytes, address: tuple[str, int]) -> None:
        raise AssertionError("a stranger was answered")


class _Wire(_Silence):
    """A transport that may."""

    def sendto(self, data: bytes, address: tuple[str, int]) -> None: ...


class _Port:
    """A guarded socket of a connection that is being made, in a loop that runs only when it must."""

    def __init__(self, *, may_answer: bool) -> None:
        self.loop = asyncio.new_event_loop()
        self.password = "p" * 22
        self.socket, self.peer = self.loop.run_until_complete(self._opened(may_answer))

    async def _opened(self, may_answer: bool) -> tuple[GuardedSocket, AiortcPeer]:
        ice = Connection(ice_controlling=False, local_username="abcd", local_password=self.password)
        answer_the_signed_only(ice)
        guarded = GuardedSocket(ice, _Ears())
        guarded.transport = _Wire() if may_answer else _Silence()  # type: ignore[assignment]
        ice._protocols.append(guarded)
        guarded.local_candidate = Candidate("1", 1, "udp", 1, "192.0.2.9", 9, "host")
        peer = AiortcPeer(lambda _: None, lambda: None, on_end=lambda _: None)
        peer._install_hooks([], None)
        return guarded, peer

    def stranger(self, data: bytes) -> None:
        self.socket.datagram_received(data, ("192.0.2.1", 5_000))

    def signed(self, data: bytes) -> None:
        """The input is a check's attributes; whoever sends it knows the password."""
        name = stun.pack_string("abcd:wxyz")
        body = b"\0\6\0\x09" + name + bytes(3) + b"\0\x24\0\4\0\0\0\1" + data[: len(data) // 4 * 4]
        whole = b"\0\1" + len(body).to_bytes(2, "big") + b"\x21\x12\xa4\x42" + b"t" * 12 + body
        mac = stun.message_integrity(whole, self.password.encode())
        size = (len(body) + 24).to_bytes(2, "big")
        whole = whole[:2] + size + whole[4:] + b"\0\x08\0\x14" + mac
        self.socket.datagram_received(whole, ("192.0.2.1", 5_000))

    def report(self, data: bytes) -> None:
        self.loop.run_until_complete(self.peer._handle_rtcp(data))

    def close(self) -> None:
        self.loop.run_until_complete(self.peer.close())
        self.loop.close()


def _request(headers: Sequence[tuple[bytes, bytes]]) -> Request:
    return Request(
        {"type": "http", "method": "GET", "headers": list(headers), "path": "/", "query_string": b""}
    )


def _span(data: bytes) -> object:
    span = span_of(_request([(b"range", data.replace(b"\n", b""))]), tag='"t"', size_bytes=1_000)
    assert span is None or (span[0] >= 0 and span[1] < 1_000)
    return span


def _requester(data: bytes) -> str:
    return Trusted.parsed(("192.0.2.0/24",)).requester("192.0.2.1", data.decode("latin-1"))


def _facts(data: bytes) -> object:
    facts = Facts()
    facts.take_figures(data)
    facts.take_captions(data, now_s=0)
    return facts


def _directives(data: bytes) -> object:
    names = ("_HLS_msn", "_HLS_part", "_HLS_skip")
    query = dict(zip(names, data.decode("latin-1").split("&"), strict=False))
    return reload_of(query, _LISTING)


_LISTING: Final = Listing(Timeline(0), 0, 20)


def _json(data: object) -> bytes:
    return json.dumps(data).encode()


def _body(data: bytes) -> object:
    """As a page's small body is read: what was read can be written."""
    return json.dumps(read_json(data), ensure_ascii=False).encode()


def pure_targets() -> list[Target]:
    """Those that need nothing beside their bytes."""
    bad = (BadInput,)
    return [
        Target(
            "JSON", _body, (ValueError,), (b'{"a":[1,2.5,"\\ud83d\\ude00"]}',), ("read_json.py:read_json",)
        ),
        Target("sdp", _read_sdp, (BadInput, BadOffer), (_OFFER,)),
        Target(
            "rtp",
            lambda d: parse_rtp(d, level_id=1),
            (),
            (
                rtp_header(payload_type=96, sequence=1, timestamp=1, ssrc=1) + SILENCE,
                b"\x90\x60" + bytes(10) + b"\xbe\xde\0\1\x10\x85\0\0" + SILENCE,
            ),
            ("stage/rtp.py:parse_rtp",),
        ),
        Target(
            "speaker",
            _speaker,
            (),
            (SILENCE * 8, b"\xfb\x03" + bytes(range(60))),
            ("sound/opus.py:Decoder.decode",),
        ),
        Target(
            "opus packet",
            lambda d: (opus_duration_samples(d), is_stereo(d)),
            (),
            (SILENCE,),
            ("formats/opus_packet.py:opus_duration_samples", "formats/opus_packet.py:is_stereo"),
        ),
        Target("opus", lambda d: Decoder().decode(d), bad, (SILENCE,)),
        Target(
            "chunk",
            lambda d: (cmaf.packets_of(d), cmaf.chunk_number(d)),
            bad,
            (_CHUNK,),
            ("formats/cmaf.py:packets_of", "formats/cmaf.py:chunk_number"),
        ),
        Target("chunk moved", lambda d: cmaf.moved(d, 3), bad, (_CHUNK,), ("formats/cmaf.py:moved",)),
        Target(
            "boxes",
            lambda d: list(cmaf.boxes(d)),
            bad,
            (_CHUNK, cmaf.init_segment(Codec.AAC)),
            ("formats/cmaf.py:boxes",),
        ),
        Target("emsg", ticks_of, bad, (tick_box(3, b"{}") + _CHUNK,), ("formats/emsg.py:ticks_of",)),
        Target("tick", tick.decoded, bad, (b'{"n":1,"t":0}',), ("space/tick.py:decoded",)),
        Target(
            "voice",
            voice_packets,
            bad,
            (voice_bytes([VoicePacket(0, SILENCE), VoicePacket(960, SILENCE)]),),
            ("formats/voice.py:voice_packets",),
        ),
        Target(
            "index",
            ProgrammeIndex.from_bytes,
            bad,
            (ProgrammeIndex(36, (5, 9)).as_bytes(),),
            ("formats/programme_index.py:ProgrammeIndex.from_bytes",),
        ),
        Target(
            "count log",
            hash_of,
            bad,
            (count_line(prev="", at_ms=1, figures={"hearing": 2})[0],),
            ("formats/count_log.py:hash_of",),
        ),
        Target(
            "activity",
            Activity.from_bytes,
            bad,
            (Activity.of_ticks([], chunks=3).as_bytes(),),
            ("record/activity.py:Activity.from_bytes",),
        ),
        Target(
            "chapters",
            chapters_of_json,
            bad,
            (_json({"version": "1.2.0", "chapters": [{"startTime": 0, "title": "a"}]}),),
            ("record/chapters.py:chapters_of_json",),
        ),
        Target(
            "chapters, listed",
            chapters_of,
            bad,
            (_json({"version": "1.2.0", "chapters": [{"startTime": 0, "title": "a"}]}),),
            ("edge/replay/listing.py:chapters_of",),
        ),
        Target(
            "quotes",
            lambda d: Quoted.of(d, duration_ms=1_000),
            bad,
            (_json(_BRIEF),),
            ("edge/public/podcast_quotes.py:Quoted.of",),
        ),
        Target(
            "manifest",
            Manifest.from_bytes,
            bad,
            (
                _json(
                    {
                        "space_id": "a",
                        "title": "",
                        "description": "",
                        "language": "en",
                        "on_air_ms": 0,
                        "ended_ms": 1,
                        "edition": 1,
                        "chunks": 1,
                        "duration_ms": 1,
                        "people": [],
                        "files": {"a": _FILE},
                    }
                ),
            ),
            ("shelf/manifest.py:Manifest.from_bytes",),
        ),
        Target(
            "words",
            Words.from_bytes,
            bad,
            (_json({"transcript": 1, "brief": 0, "language": "en", "languages": [], "files": {}}),),
            ("shelf/manifest.py:Words.from_bytes",),
        ),
        Target(
            "captions",
            lambda d: mapped(d, media_ms=1_000),
            bad,
            (b"WEBVTT\n\n00:00.000 --> 00:01.000\nhello\n",),
            ("edge/replay/captions.py:mapped",),
        ),
        Target("ranges", _span, (), (b"bytes=0-1", b"bytes=-5", b"bytes=5-", b"bytes=0-1,4-5")),
        Target(
            "forwarded",
            _requester,
            (),
            (b"192.0.2.7, 198.51.100.1, 2001:db8::1",),
            ("admission/forwarded.py:Trusted.parsed",),
        ),
        Target(
            "proxy protocol",
            proxied,
            bad,
            (b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n", b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c" + bytes(12)),
            ("admission/proxy_protocol.py:proxied",),
        ),
        Target(
            "tickets",
            lambda d: _RING.opened_ticket(_text(d), space_id=SPACE, now_s=101),
            (),
            (_TICKET.encode(),),
        ),
        Target(
            "passes", lambda d: _RING.opened_pass(_text(d), space_id=SPACE, now_s=101), (), (_PASS.encode(),)
        ),
        Target(
            "line clock", LineClock.parse, bad, (_CLOCK,), ("admission/line/line_clock.py:LineClock.parse",)
        ),
        Target(
            "line clock, signed", signed_part, bad, (_CLOCK,), ("admission/line/line_clock.py:signed_part",)
        ),
        Target(
            "report",
            Report.parse,
            bad,
            (Report("gate", "b", {SPACE: Count(1, 2, 3)}, signs={SPACE: Signs()}).encoded(),),
            ("edge/report.py:Report.parse",),
        ),
        Target(
            "beat",
            Beat.parse,
            bad,
            (_json({"edge": "e", "spaces": {SPACE: {"admitted": 1, "reactions": {}}}, "room": 5}),),
            ("backstage/control/beat.py:Beat.parse",),
        ),
        Target(
            "step",
            lambda d: (decoded_step(d), decoded_extras(d), decoded_newcomers(d), decoded_egress(d)),
            (),
            (_json({"rung": "high", "cadence": 1, "extras": "on", "newcomers": 3, "egress": 9}),),
            tuple(f"edge/parts.py:decoded_{part}" for part in ("step", "extras", "newcomers", "egress")),
        ),
        Target(
            "hand-over",
            Handover.parse,
            (ValueError,),
            (b'["a","opus","mp4",1,"07"]\nHTTP/1.1 200\r\n\r\n',),
            ("edge/handover.py:Handover.parse",),
        ),
        Target(
            "hand-over's answer",
            Ack.parse,
            (ValueError,),
            (Ack(1, 2).encoded(),),
            ("edge/handover.py:Ack.parse",),
        ),
        Target("moved sessions", moved_sessions, (), (bytes(16),), ("edge/sessions.py:moved_sessions",)),
        Target(
            "first line", asked, (), (b"GET /s/a/live.mp4?pass=x HTTP/1.1\r\n",), ("edge/asked.py:asked",)
        ),
        Target(
            "knock",
            knocked,
            (),
            (b"GET /s/a/live.mp4?codec=aac&from=3 HTTP/1.1\r\nHost: a\r\n\r\n",),
            ("edge/knock.py:knocked",),
        ),
        Target(
            "house's key",
            key_of,
            bad,
            (_json({"clock_key": "A" * 43 + "=", "alg": "Ed25519"}),),
            ("client/clock_check.py:key_of",),
        ),
        Target(
            "line clock, verified",
            lambda d: list(found_in(d, bytes(32), ticket=Ticket(100, b"i" * 8, 3), commitment="00")),
            bad,
            (_CLOCK,),
            ("client/verifying.py:found_in",),
        ),
        Target("HLS directives", _directives, (StentorError,), (b"2&1&YES", b"3")),
        Target(
            "playlist",
            lambda d: parsed(_text(d)),
            bad,
            (b"#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-TARGETDURATION:4\n#EXTINF:3.84,\na.m4s\n",),
            ("rehearsal/hls_playlist.py:parsed",),
        ),
        Target(
            "vocabulary",
            Vocabulary.parse,
            (EngineFailed,),
            (b"\x03abc\x01d",),
            ("scribe/speech/tokens.py:Vocabulary.parse",),
        ),
        Target(
            "figures and captions",
            _facts,
            (),
            (
                _json({"hearing": 1, "reactions": {"clap": 2}}),
                _json({"lines": [{"id": "1", "person": "a", "text": "b", "is_final": True}]}),
            ),
        ),
    ]


@contextmanager
def all_targets() -> Iterator[list[Target]]:
    """The pure ones, and those of a media port; what they opened is closed afterwards."""
    silent, answering = _Port(may_answer=False), _Port(may_answer=True)
    check = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    check.attributes.update({"USERNAME": "abcd:wxyz", "PRIORITY": 1, "ICE-CONTROLLING": 2})
    check.add_message_integrity(b"q" * 22)
    try:
        yield [
            *pure_targets(),
            Target(
                "media port",
                silent.stranger,
                (),
                (bytes(check), b"\x16\xfe\xff" + bytes(20), b"\x80\x60" + bytes(20)),
            ),
            Target("signed check", answering.signed, (), (b"\x80\x2a\0\x08" + bytes(8), b"\0\x25\0\0")),
            Target(
                "RTCP",
                answering.report,
                (),
                (
                    b"\x80\xc9\0\1\0\0\0\1",
                    b"\x81\xc8\0\x0c" + bytes(48),
                    b"\x81\xcb\0\1\0\0\0\1",
                    b"\x81\xca\0\2\0\0\0\1\1\1a\0",
                    b"\x81\xcd\0\3" + bytes(12),
                    b"\x8f\xce\0\5" + bytes(8) + b"REMB" + bytes(8),
                ),
            ),
        ]
    finally:
        silent.close()
        answering.close()


NO_READERS: Final = {
    "admission/key_book.py:KeyBook.first": "takes a secret of our own",
    "admission/token.py:KeyRing.of": "takes a secret of our own",
    "admission/line/place.py:commitment_of": "hashes a seed of our own",
    "admission/line/signing.py:is_signed_by": "cryptography's own check of a signature",
    "admission/network.py:day_network": "hashes; the bytes are a key of our own",
    "admission/wide_networks.py:WideNetworks.parsed": "a setting of the house's",
    "backstage/access/oidc_allowed.py:Allowed.parsed": "a setting of the house's",
    "backstage/control/webhook.py:headers_of": "signs what we send",
    "backstage/control/webhook.py:secret_of": "writes a secret of our own",
    "backstage/control/webhook_address.py:parsed": "a text, fuzzed by schemathesis at its route",
    "backstage/sounds.py:looks_like_sound": "compares the first bytes with a list",
    "client/decoding.py:decoded": "our own door's answer, already JSON",
    "edge/ladder.py:Orders.parse": "already JSON; Bus refuses what is none",
    "edge/written.py:written_ticket": "writes an answer of our own",
    "log/subjects.py:ChunkName.parse": "NATS's subjects, which our own roles write",
    "rehearsal/opus_file.py:timed": "wraps what it is given",
    "shelf/ranges.py:tag_of": "hashes",
    "verbs/common.py:asked": "asks the stage door",
    "stage/addresses.py:PortRange.parse": "a setting of the house's",
}
"""Functions that the rule of test_targets.py finds and that read nothing of others; with the reason."""
