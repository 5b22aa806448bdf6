"""What an ingest worker costs: one real process per form, paced by the clock, against a real NATS server.

Comes in: 20 s of a stereo sound in each form. Goes out: processor time of the worker's process while it
plays, in percent of one core, and its memory. Never: a stage (its cost is bench/stage_cpu.py's).

    python bench/ingest_cpu.py
"""

import asyncio
import os
import sys
import tempfile
from pathlib import Path

import psutil

from stentor.config import Settings
from stentor.log.bus import Bus, connected
from stentor.log.server import EmbeddedServer
from stentor.process import die_with_parent

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from stage.sounds import packed, stereo

SECONDS = 20
SPACE_ID = "bench"
FORMS = {"ogg": "ogg", "mp3": "mp3", "aac": "adts"}


async def cost_of(form: str, container: str, settings: Settings, bus: Bus) -> tuple[float, float]:
    """Percent of a core from the first packet to the last, and the memory at the last, in MB."""
    heard = asyncio.Event()
    count = 0

    def take(_subject: str, _datagram: bytes) -> None:
        nonlocal count
        count += 1
        heard.set()

    packets = await bus.subscribe(f"stage.{SPACE_ID}.rtp.{form}", take)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "stentor.stage.ingest", "--space", SPACE_ID, "--person", form),
        *("--session", "s", "--format", form),
        stdin=asyncio.subprocess.PIPE,
        env={**os.environ, **settings.as_environment()},
        preexec_fn=die_with_parent,
    )
    assert process.stdin is not None
    process.stdin.write(packed(stereo(SECONDS, left_hz=440, right_hz=660), container))
    process.stdin.close()
    watched = psutil.Process(process.pid)
    await heard.wait()
    before, start_s = sum(watched.cpu_times()[:2]), asyncio.get_running_loop().time()
    used = memory = 0.0
    while count < (SECONDS - 1) * 50:
        await asyncio.sleep(0.2)
        used, memory = sum(watched.cpu_times()[:2]) - before, watched.memory_info().rss / 1e6
    took_s = asyncio.get_running_loop().time() - start_s
    assert await process.wait() == 0
    await packets.close()
    return 100 * used / took_s, memory


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedServer(Path(folder))
        await server.start()
        settings = Settings(nats_url=server.url, data_dir=Path(folder))
        try:
            async with connected(server.url, name="bench") as bus:
                people = [{"id": form, "is_away": False, "session": "s"} for form in FORMS]

                async def source(question: dict[str, str]) -> dict[str, object]:
                    subject = f"stage.{SPACE_ID}.rtp.{question['person']}"
                    return {"ssrc": 1, "payload_type": 111, "subject": subject}

                async def who(_question: dict[str, str]) -> dict[str, object]:
                    return {"lead": None, "people": people}

                async def leave(_question: dict[str, str]) -> dict[str, object]:
                    return {}

                for verb, answer in (("source", source), ("who", who), ("leave", leave)):
                    await bus.serve(f"stage.{SPACE_ID}.{verb}", answer)
                for form, container in FORMS.items():
                    percent, memory_mb = await cost_of(form, container, settings, bus)
                    print(f"ingest {form}: {percent:.1f} % of a core, {memory_mb:.0f} MB", flush=True)
        finally:
            await server.stop()


if __name__ == "__main__":
    asyncio.run(main())
