import asyncio
import sys
from pathlib import Path

from stentor.config import Settings
from stentor.process import is_alive
from stentor.supervise import Child, Supervisor


async def test_a_child_that_dies_is_started_again_and_all_ends_with_the_house(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, nats_url="nats://unused")
    script = tmp_path / "restless.py"
    script.write_text(
        "import os, sys, time, pathlib\n"
        "p = pathlib.Path(sys.argv[1]); p.write_text(p.read_text() + f'{os.getpid()}\\n')\n"
        "time.sleep(60) if len(p.read_text().split()) > 2 else sys.exit(3)\n"
    )
    pids = tmp_path / "pids"
    pids.write_text("")
    child = Child("restless", "runpy_child", (str(pids),), {"PYTHONPATH": str(tmp_path)})
    (tmp_path / "runpy_child.py").write_text(script.read_text())
    supervisor = Supervisor(settings, (child,))
    await supervisor.start()
    async with asyncio.timeout(20):
        while len(pids.read_text().split()) < 3:
            await asyncio.sleep(0.02)
    state = supervisor.states["restless"]
    assert state.starts == 3
    assert state.last_exit == 3
    assert state.pid is not None
    await supervisor.stop()
    assert not any(is_alive(int(pid)) for pid in pids.read_text().split())


async def test_children_die_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "import asyncio, sys\n"
        "from stentor.process import die_with_parent\n"
        "async def main():\n"
        "    child = await asyncio.create_subprocess_exec('sleep', '60', preexec_fn=die_with_parent)\n"
        "    print(child.pid, flush=True)\n"
        "    await child.wait()\n"
        "asyncio.run(main())\n",
        stdout=asyncio.subprocess.PIPE,
    )
    assert parent.stdout is not None
    child_pid = int(await parent.stdout.readline())
    parent.kill()
    await parent.wait()
    async with asyncio.timeout(5):
        while is_alive(child_pid) and "Z" not in Path(f"/proc/{child_pid}/stat").read_text().split()[2]:
            await asyncio.sleep(0.01)
