"""Whether a reader keeps its contract for one input; and the inputs that once showed that it did not."""

import hashlib
import time
from pathlib import Path

from fuzz.targets import SECONDS_MAX, Target

CORPUS = Path(__file__).parent / "corpus"


def fault_of(target: Target, data: bytes) -> str | None:
    """What went wrong, in one line; None: it was read, or refused as its docstring says.

    A slow answer counts when it is slow three times: the machine is shared.
    """
    took_s = []
    for _ in range(3):
        begun_s = time.perf_counter()
        try:
            target.read(data)
        except target.errors:
            pass
        except Exception as error:  # noqa: BLE001  # whatever else there is, is what we are looking for
            return f"{type(error).__name__}: {error}"
        took_s.append(time.perf_counter() - begun_s)
        if took_s[-1] <= SECONDS_MAX:
            return None
    return f"slow: {min(took_s):.2f} s"


def folder_of(target: Target) -> Path:
    """Where its inputs are kept, one per file."""
    return CORPUS / "".join(c if c.isalnum() else "_" for c in target.name.lower())


def kept_inputs(target: Target) -> list[bytes]:
    """What once was a fault."""
    return [path.read_bytes() for path in sorted(folder_of(target).glob("*"))]


def keep(target: Target, data: bytes) -> Path:
    """Adds an input to the corpus."""
    folder = folder_of(target)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / hashlib.sha256(data).hexdigest()[:16]
    path.write_bytes(data)
    return path
