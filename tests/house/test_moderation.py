"""A host's word is heard at once, by everybody; nothing that a page, a token or a packet does undoes it."""

import asyncio
import statistics
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from ffmpeg_whip_sender import AMPLITUDE, PITCHES_HZ
from house.house import House, running_house
from house.moderation import (
    Evening,
    Guest,
    evening_of,
    is_heard,
    last_heard_s,
    until_heard,
    until_silent,
    wall_of,
)
from stage.sounds import typical_amplitude

HEARD_WITHIN_S = 0.5
PITCHES = (400, 800, 1_200, 1_600, 2_000)
SENDER = Path(__file__).parents[1] / "ffmpeg_whip_sender.py"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running_house(tmp_path_factory.mktemp("moderated")) as house:
        yield house


@pytest.fixture
async def evening(house: House, request: pytest.FixtureRequest) -> AsyncIterator[Evening]:
    """A Space of its own for each test."""
    async with evening_of(house, f"talk-{len(request.node.name)}") as evening:
        yield evening


async def test_a_mute_and_a_removal_are_heard_by_all_within_half_a_second(evening: Evening) -> None:
    """Ten of each: from the API's answer to the last sound of the voice, on stage and in the programme.

    The figures are in the test's output (`pytest -s`).
    """
    host = await evening.invite("Hana")
    voices = [await evening.invite(f"Voice {pitch}", pitch_hz=pitch) for pitch in PITCHES]
    moments: list[tuple[str, Guest, float, float]] = []

    async def silenced(verb: str, voice: Guest) -> None:
        assert host.peer is not None
        await evening.person(verb, voice)
        answered_s = time.monotonic()
        moments.append((verb, voice, answered_s, await until_silent(host.peer, voice)))

    await evening.join(host, *voices)
    assert host.peer is not None
    try:
        await until_heard(host.peer, *voices)
        for _ in range(2):
            for voice in voices:
                await silenced("mute", voice)
            await evening.call("POST", f"/api/spaces/{evening.space_id}/people/unmute-all")
            await until_heard(host.peer, *voices)
        for is_last in (False, True):
            for voice in voices:
                await silenced("remove", voice)
                await close(voice)
            if not is_last:
                for voice in voices:
                    await evening.person("let-back", voice)
                    await evening.person("role", voice, {"role": "speaker"})
                await evening.join(*voices)
                await until_heard(host.peer, *voices)
        await evening.chunks(2)
    finally:
        await close(host, *voices)
    programme = evening.crowd.programme()
    for verb in ("mute", "remove"):
        of_verb = [moment for moment in moments if moment[0] == verb]
        assert len(of_verb) == 10
        on_stage = [max(0.0, last_s - answered_s) for _, _, answered_s, last_s in of_verb]
        in_programme = [
            last_heard_s(programme, voice, after_s=wall_of(answered_s)) - wall_of(answered_s)
            for _, voice, answered_s, _ in of_verb
        ]
        for name, delays_s in (("on stage", on_stage), ("in the programme", in_programme)):
            median_ms, most_ms = 1000 * statistics.median(delays_s), 1000 * max(delays_s)
            sys.stdout.write(f"{verb}, {name}: median {median_ms:.0f} ms, most {most_ms:.0f} ms\n")
            # One of ten may be late on stage: on a machine shared with others the ear is held up itself.
            assert (max(delays_s) if name == "in the programme" else sorted(delays_s)[-2]) < HEARD_WITHIN_S


async def test_nothing_brings_back_who_was_removed_or_opens_what_was_locked(evening: Evening) -> None:
    """Old page, old token, old session, old packets."""
    host = await evening.invite("Hana")
    sam = await evening.invite("Sam", pitch_hz=800)
    await evening.join(host, sam)
    assert host.peer is not None
    await until_heard(host.peer, sam)

    # Locked: neither the page's own switch nor coming in again opens the microphone.
    await evening.person("lock", sam)
    await until_silent(host.peer, sam)
    status, _ = await evening.ask("POST", "/api/me/mute", {"muted": False}, by=sam)
    assert status == 403
    old = sam.peer
    assert old is not None
    await evening.join(sam)
    await old.close()
    assert await stays_silent(evening, host, sam)
    assert evening.people["Sam"]["locked"] is True
    await evening.person("unmute", sam)
    await until_heard(host.peer, sam)

    # Removed: from here on nothing of Sam's changes anything.
    first_session = sam.session_url
    assert sam.peer is not None
    overheard = sam.peer.overhear()
    while len(overheard.datagrams) < 50:
        await asyncio.sleep(0.05)
    await evening.person("remove", sam)
    await until_silent(host.peer, sam)
    assert overheard.replay() > 40
    for _ in range(2):
        assert (await evening.offer(sam))[0] == 403
    status, _ = await evening.ask("POST", "/api/me/mute", {"muted": False}, by=sam)
    assert status in {401, 403}
    status, _ = await evening.ask("DELETE", first_session, by=sam)
    assert status in {200, 403}
    overheard.replay()
    assert await stays_silent(evening, host, sam)
    assert set(evening.people) == {"Hana"}
    told = await evening.call("GET", f"/api/spaces/{evening.space_id}/people")
    assert {m["name"]: (m["is_out"], m["is_here"]) for m in told["members"]}["Sam"] == (True, False)

    # Let back: the old session's end is not the new one's.
    await close(sam)
    await evening.person("let-back", sam)
    await evening.person("role", sam, {"role": "speaker"})
    await evening.join(sam)
    await until_heard(host.peer, sam)
    await evening.ask("DELETE", first_session, by=sam)
    await evening.chunks(1)
    assert "Sam" in evening.people
    await close(host, sam)


async def test_the_co_host_leads_while_the_host_s_line_is_lost(evening: Evening) -> None:
    """And the host again when back; meanwhile the host is away, not gone."""
    host = await evening.invite("Host", person=await host_of(evening), role="host")
    cohost = await evening.invite("Cora", role="cohost")
    await evening.join(host, cohost)
    await until_lead(evening, host)
    assert host.peer is not None
    host.peer.vanish()
    await until_lead(evening, cohost)
    assert evening.people["Host"]["away"] is True
    lost, host.peer = host.peer, None
    await evening.join(host)
    await until_lead(evening, host)
    assert "away" not in evening.people["Host"]
    await lost.close()
    await close(host, cohost)


async def test_an_encoder_is_heard_as_it_sends_with_both_sides_folded(
    evening: Evening, tmp_path: Path
) -> None:
    """FFmpeg's WHIP muxer as the programme: another tone left and right, at half their level each."""
    source = await evening.invite("OBS", is_source=True)
    url = f"{evening.house.door_url}/whip/{evening.space_id}"
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(SENDER), url, source.token, str(tmp_path)
    )
    try:
        await evening.until(lambda _: bool(evening.people.get("OBS", {}).get("source")))
        async with asyncio.timeout(20):
            assert await process.wait() == 0
        await evening.until(lambda _: not evening.people)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
    _, samples = evening.crowd.programme()
    for pitch_hz in PITCHES_HZ:
        assert typical_amplitude(samples, pitch_hz) == pytest.approx(AMPLITUDE / 32_768 / 2, rel=0.05)


async def stays_silent(evening: Evening, ear: Guest, voice: Guest) -> bool:
    """Over three chunks: a packet that counts would be heard in one."""
    assert ear.peer is not None
    begin = len(ear.peer.blocks)
    await evening.chunks(2)
    return not any(is_heard(block, voice.pitch_hz) for block in ear.peer.blocks[begin:])


async def host_of(evening: Evening) -> str:
    told = await evening.call("GET", f"/api/spaces/{evening.space_id}/people")
    return next(str(member["id"]) for member in told["members"] if member["role"] == "host")


async def until_lead(evening: Evening, guest: Guest) -> None:
    await evening.until(lambda tick: tick.get("lead") == guest.id)


async def close(*guests: Guest) -> None:
    for guest in guests:
        if guest.peer is not None:
            await guest.peer.close()
            guest.peer = None
