"""All benchmarks, one after the other, nothing beside them: `make bench`.

    python bench/run.py [name …]

Each prints lines «name value unit goal» and writes build/bench/<name>.json. docs/PERFORMANCE.md says on which
machine its figures were measured and what bounds them.
"""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def main() -> int:
    names = sorted(path.stem for path in FOLDER.glob("*.py") if is_benchmark(path))
    wanted = sys.argv[1:] or names
    unknown = set(wanted) - set(names)
    if unknown:
        sys.exit(f"no benchmark called {', '.join(sorted(unknown))}; there are: {', '.join(names)}")
    failed = [name for name in wanted if not ran(name)]
    return 1 if failed else 0


def is_benchmark(path: Path) -> bool:
    """Whether it reports figures; the other files are parts of benchmarks."""
    return path != Path(__file__) and 'report("' in path.read_text()


def ran(name: str) -> bool:
    print(f"# {name}", flush=True)
    return subprocess.run([sys.executable, str(FOLDER / f"{name}.py")], check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
