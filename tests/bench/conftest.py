"""The benchmarks' own parts are plain modules in bench/, which their programs find beside themselves."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))
