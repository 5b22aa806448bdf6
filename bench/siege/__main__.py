"""The siege: `make siege`. A house, 20,000 listeners in it, and every attack on its front door.

    cd bench && python -m siege --listeners 2000 --only "join flood" "silent connections"

Prints each phase's figures with their goals; writes build/bench/siege.json, and with --write docs/SIEGE.md.
Only to addresses of its own namespaces, bounded in time; ends by itself, and everything it started with it.
"""

import argparse
import json
import signal
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from siege import page, tools
from siege.attacks import SINGLE
from siege.drill import FULL, Siege, Size
from siege.field import Field, NoField
from siege.verdict import Phase

ROOT = Path(__file__).resolve().parents[2]
_PHASES = (
    "nobody attacks",
    *SINGLE,
    *("an edge is killed", "saturated line", "all together", "nobody any more"),
)
SECOND_PORT = 18_080
"""Free by construction: the house is alone in its namespace."""


def main() -> int:
    arguments = asked()
    # A shell's background job is born deaf to ^C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    size = size_of(arguments)
    for sentence in tools.missing():
        print(f"# {sentence}", flush=True)
    began_s = time.monotonic()

    def say(what: str) -> None:
        print(f"# {time.monotonic() - began_s:5.0f} s  {what}", flush=True)

    phases: list[Phase] = []
    recorded_hole_ms = 0
    try:
        with tempfile.TemporaryDirectory(prefix="siege-") as folder, Field.laid_out() as field:
            siege = Siege(field, Path(folder), size, say=say)
            with siege.ready(phases=len(arguments.only)):
                for name in arguments.only:
                    phases.append(phase_of(siege, name))
                    print(page.lines(phases[-1]), flush=True)
                recorded_hole_ms = siege.recorded_hole_ms()
    except NoField as problem:
        print(f"siege: {problem}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("siege: stopped; everything it started has ended", file=sys.stderr)
        return 130
    print(f"recording_hole {recorded_hole_ms} ms <= 200")
    found = page.facts(phases, size, recorded_hole_ms=recorded_hole_ms, took_s=time.monotonic() - began_s)
    kept(found, arguments.json)
    if arguments.write:
        page.write(ROOT / "docs" / "SIEGE.md", ROOT / "build" / "bench")
    return 0 if not any(phase.failures() for phase in phases) and recorded_hole_ms <= 200 else 1


def asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="siege")
    parser.add_argument("--listeners", type=int, default=FULL.listeners)
    parser.add_argument("--seconds", type=int, default=FULL.attack_s, help="of each attack")
    parser.add_argument("--recovery", type=int, default=FULL.recovery_s, help="seconds after each attack")
    parser.add_argument("--arrivals-per-s", type=float, default=FULL.arrivals_per_s)
    parser.add_argument("--settle", type=float, default=FULL.settle_s, help="seconds before each attack")
    parser.add_argument("--at-once", type=int, default=None, help="connections of a flood; in proportion")
    parser.add_argument("--only", nargs="+", default=list(_PHASES), choices=_PHASES, metavar="PHASE")
    parser.add_argument("--json", type=Path, default=ROOT / "build" / "bench" / "siege.json")
    parser.add_argument("--write", action="store_true", help="docs/SIEGE.md")
    return parser.parse_args()


def size_of(arguments: argparse.Namespace) -> Size:
    """Attacks are in proportion to the crowd; their programs' files are bounded by the machine."""
    share = min(1.0, arguments.listeners / FULL.listeners)
    return replace(
        FULL,
        listeners=arguments.listeners,
        attack_s=arguments.seconds,
        recovery_s=arguments.recovery,
        arrivals_per_s=arguments.arrivals_per_s,
        settle_s=arguments.settle,
        slow_connections=max(200, int(share * FULL.slow_connections)),
        silent_connections=max(500, int(share * FULL.silent_connections)),
        flood_connections=arguments.at_once or max(400, int(share * FULL.flood_connections)),
    )


def phase_of(siege: Siege, name: str) -> Phase:
    match name:
        case "an edge is killed":
            return siege.edge_killed(SECOND_PORT)
        case "saturated line":
            return siege.narrow_line()
        case "all together":
            return siege.together()
        case "nobody attacks" | "nobody any more":
            return replace(siege.quiet(), name=name)
        case _:
            return siege.attacked(name, [SINGLE[name]])


def kept(found: dict[str, Any], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    sys.exit(main())
