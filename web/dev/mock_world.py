"""What the cardboard house is doing: Spaces, people, sound, ticks. Development only, see mock.py."""

import asyncio
import time
from fractions import Fraction
from functools import cache
from typing import Any

import av
import numpy as np
from aiohttp import web

from stentor.formats.cmaf import chunk
from stentor.limits import CHUNK_MS, CHUNK_SAMPLES
from stentor.space.rung import Codec

STARTED_MS = time.time_ns() // 1_000_000
EPOCH_MS = STARTED_MS - 3_600_000
DAY_MS = 86_400_000
PEOPLE = [
    {"id": "ana", "name": "Ana Ferreira", "role": "host", "muted": False},
    {"id": "ben", "name": "Ben Okafor", "role": "cohost", "muted": False},
    {"id": "chloe", "name": "Chloé Dubois", "role": "speaker", "muted": True},
    {"id": "dae", "name": "Dae-jung Kim", "role": "speaker", "muted": False},
    {"id": "ewa", "name": "Ewa Wiśniewska", "role": "speaker", "muted": False},
]
TITLES = {
    "debate": "Who pays for the river? The town asks, the council answers",
    "crowded": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk, and what a very long title does to a "
    "phone: the whole council, the harbour, the railways and everybody who lives beside them, in one evening",
    "later": "An evening with the harbour pilots",
    "someday": "What should our library be for? An open evening with everybody who reads there",
    "over": "Yesterday’s rehearsal",
    "older": "The tram, ten years on",
    "long": "Three hours on buses",
    "board": "The board, behind closed doors",
    "full": "The evening when everybody came",
    "draw": "Tonight, with everybody",
}
DESCRIPTIONS = {
    "debate": "The river wall costs 40 million. Residents ask, the council answers, the harbour listens.\n\n"
    "Bring your questions: they are read aloud after the first half hour.",
    "later": "Three pilots who know every sandbank tell how a ship of 300 metres finds its way in at night. "
    "With recordings from the bridge, and time for your questions.",
    "older": "What was promised, what came, and who rides it today.",
}
HOSTS = {
    "debate": ["Ana Ferreira", "Ben Okafor"],
    "later": ["Mira Solberg", "Tom Achterberg"],
    "over": ["Ana Ferreira"],
    "older": ["Ben Okafor"],
    "crowded": ["Maximiliane-Alexandra von Hohenstein-Wittgenstein"],
}
KEYS = {"board": "k7Qm2xWv"}
SAID = [
    ("ana", "So let me ask you plainly, councillor: who pays for the wall when the state does not?"),
    ("ben", "The town pays a third. That is eleven euros a month for a family, for nine years."),
    ("dae", "And the harbour? It has the most to lose, and it has been very quiet tonight."),
    ("ewa", "We have offered the land. Forty thousand square metres, for nothing, on one condition."),
]
CROWD = [
    {"id": f"p{i}", "name": name, "role": "host" if i == 0 else "speaker", "muted": i % 3 == 1}
    for i, name in enumerate(
        [
            "Maximiliane-Alexandra von Hohenstein-Wittgenstein",
            "Wolfeschlegelsteinhausenbergerdorff",
            "鈴木 一郎",
            "María del Carmen Fernández de la Vega y Rodríguez",
            "Bo",
            *(f"Guest {n}" for n in range(6, 15)),
        ]
    )
]


OPEN = {"Access-Control-Allow-Origin": "*"}


def id_of(request: web.Request) -> str:
    """Of a Space that exists, whose key is right."""
    space_id, _, key = request.match_info["name"].partition(".")
    if space_id not in TITLES or KEYS.get(space_id, "") != key:
        raise web.HTTPNotFound(headers=OPEN)
    return space_id


class World:
    """What the cardboard Space is doing."""

    def __init__(self) -> None:
        self.state = {
            "debate": "on_air",
            "crowded": "on_air",
            "later": "scheduled",
            "someday": "scheduled",
            "over": "ended",
            "older": "ended",
            "long": "ended",
            "board": "on_air",
            "full": "on_air",
            "draw": "scheduled",
        }
        self.starts_ms = {"later": STARTED_MS + 2 * 3_600_000 + 754_000, "draw": STARTED_MS + 1_394_000}
        self.ended_ms = {
            "over": STARTED_MS - DAY_MS,
            "older": STARTED_MS - 9 * DAY_MS,
            "long": STARTED_MS - DAY_MS,
        }
        self.reacted: dict[str, int] = {}
        self.hands: set[str] = set()
        self.questions: list[str] = []
        self.screen: dict[str, str] | None = None
        self.has_extras = True
        self.has_captions = True
        self.is_host_away = False
        self.live: set[asyncio.Task[object]] = set()
        self.silent_until = 0.0
        self.held_head: int | None = None
        self.muted: set[str] = set()
        self.is_down = self.is_empty = self.is_taken_back = False

    def head(self) -> int:
        if time.monotonic() < self.silent_until and self.held_head is not None:
            return self.held_head
        return (time.time_ns() // 1_000_000 - EPOCH_MS) // CHUNK_MS - 1


WORLD = World()


@cache
def sound(codec: Codec) -> list[bytes]:
    """Eight seconds of an unhurried chord as encoder packets, a whole number of chunks."""
    encoder = av.CodecContext.create("libopus" if codec is Codec.OPUS else "aac", "w")
    encoder.sample_rate, encoder.layout, encoder.bit_rate = 48_000, "mono", 32_000
    encoder.format = "flt" if codec is Codec.OPUS else "fltp"
    encoder.time_base = Fraction(1, 48_000)
    samples = 14 * CHUNK_SAMPLES
    t = np.arange(samples) / 48_000
    wave = (
        sum(np.sin(2 * np.pi * f * t) for f in (196.0, 246.9, 293.7)) * 0.05 * (1 + np.sin(2 * np.pi * t / 4))
    )
    packets: list[bytes] = []
    for at in range(0, samples, codec.frame_samples):
        part = wave[at : at + codec.frame_samples].astype(np.float32).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(part, format=encoder.format.name, layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, at, encoder.time_base
        packets += [bytes(p) for p in encoder.encode(frame)]
    packets += [bytes(p) for p in encoder.encode(None)]
    return packets[: 14 * codec.frames_per_chunk]


def audio(number: int, codec: Codec) -> bytes:
    packets, per_chunk = sound(codec), codec.frames_per_chunk
    at = number % (len(packets) // per_chunk) * per_chunk
    return chunk(number, codec, packets[at : at + per_chunk])


def facts(number: int) -> dict[str, Any]:
    """What a tick of the debate says."""
    turn = number // 8 % 4
    speaking = {("ana", "ben", "dae", "ewa")[turn]: -18 + number % 3 * 3}
    if number % 8 == 7:
        speaking["ana"] = -24
    people: list[dict[str, Any]] = [{**p, "muted": p["muted"] or p["id"] in WORLD.muted} for p in PEOPLE]
    if WORLD.is_host_away:
        people[0]["away"] = True
        speaking.pop("ana", None)
    told: dict[str, Any] = {
        "state": WORLD.state["debate"],
        "title": TITLES["debate"],
        "people": people,
        "speaking": speaking,
        "lead": "ben" if WORLD.is_host_away else "ana",
        "audience": {"hearing": 48_210 + number // 9 % 50, "unknown": 0},
        "hands": len(WORLD.hands) + 3,
    }
    if WORLD.screen:
        told["question"] = WORLD.screen
    if not WORLD.has_extras:
        told["extras"] = "off"
    if WORLD.has_captions:
        person, text = SAID[turn]
        words, said = text.split(), (number % 8 + 1) / 7
        before, was = SAID[turn - 1]
        told["captions"] = [
            {"id": f"c{number // 8 - 1}", "person": before, "text": was, "is_final": True},
            {
                "id": f"c{number // 8}",
                "person": person,
                "text": " ".join(words[: max(2, round(len(words) * said))]),
                "is_final": said >= 1,
            },
        ]
    crowd = {"clap": 212, "heart": 18} if number % 8 == 0 else {"think": 1} if number % 3 == 0 else {}
    mine, WORLD.reacted = WORLD.reacted, {}
    if (crowd or mine) and WORLD.has_extras:
        told["reactions"] = {k: crowd.get(k, 0) + mine.get(k, 0) for k in {*crowd, *mine}}
    return told
