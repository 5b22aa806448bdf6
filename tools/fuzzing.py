"""Fuzzes every reader for a while: `make fuzz ARGS="--seconds 600 report beat"`.

    python tools/fuzzing.py [--seconds 120] [--seed N] [name …]

Inputs are changed at random, without sight of coverage: atheris, which has it, has no wheel for this Python.
What breaks a contract is kept under tests/fuzz/corpus/, where the tests read it from then on.
"""

import argparse
import logging
import sys
import time
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import structlog

from fuzz.judging import fault_of, keep, kept_inputs
from fuzz.mutations import mutated
from fuzz.targets import Target, all_targets


def fuzz(target: Target, *, seconds: float, chance: Random) -> tuple[int, dict[str, bytes]]:
    """Returns: how many inputs, and the shortest input for each kind of fault."""
    inputs = [*target.seeds, *kept_inputs(target)]
    faults: dict[str, bytes] = {}
    count, until_s = 0, time.monotonic() + seconds
    while time.monotonic() < until_s:
        data = mutated(inputs, chance)
        count += 1
        fault = fault_of(target, data)
        if fault is not None:
            kind = fault.partition(":")[0]
            faults[kind] = min(faults.get(kind, data), data, key=len)
    return count, faults


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", metavar="name")
    parser.add_argument("--seconds", type=float, default=120, help="for all together")
    parser.add_argument("--seed", type=int, default=time.time_ns())
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}")
    # Readers log what they refuse, once each; here that is everything.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    chance, is_clean = Random(arguments.seed), True
    with all_targets() as targets:
        chosen = [t for t in targets if not arguments.names or t.name in arguments.names]
        for target in chosen:
            count, faults = fuzz(target, seconds=arguments.seconds / len(chosen), chance=chance)
            print(f"{target.name:24} {count:8d} inputs", flush=True)
            for data in faults.values():
                is_clean = False
                print(f"    {fault_of(target, data)}: {keep(target, data)}", flush=True)
    return 0 if is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
