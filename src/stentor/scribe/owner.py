"""What this machine's scribe is called in the leases: the same after a crash.

Comes in: the folder of the recordings. Goes out: a name. Never: one name for two that live: the file that
holds it is locked, and the kernel takes the lock away with the process.

A scribe that was killed would else wait 5 s for its own leases to end.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stentor.space.names import new_id

_FILE = ".scribe"


@contextmanager
def owner_name(root: Path) -> Iterator[str]:
    """The kept name, while this process holds its file; a fresh one where another does. Raises: OSError."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / _FILE).open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield new_id()
            return
        file.seek(0)
        name = file.read().strip()
        if not name:
            name = new_id()
            file.write(name)
            file.flush()
        yield name
