"""Files of a record into a folder, each compared with the hash that the door told.

Comes in: the list of a record, content in pieces. Goes out: whole files under their names. Never: a half file
under its name, a name that leads out of the folder, a file that is not what the list says.
"""

import asyncio
import hashlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

from stentor.client.record import Record
from stentor.client.record_models import FileTold
from stentor.errors import Broken


async def save(record: Record, file: FileTold, into: Path) -> Path:
    """One file, under its name below `into`; one that is there already and right is not asked for again.

    Raises: Broken: it came short or changed, or the name is none. RemoteProblem.
    """
    path = _below(into, file.name)
    if path.exists() and await asyncio.to_thread(_sha256, path) == file.sha256:
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    digest = hashlib.sha256()
    try:
        with part.open("wb") as out:
            async for piece in record.file(file):
                digest.update(piece)
                out.write(piece)
        if digest.hexdigest() != file.sha256:
            raise Broken(
                f"{file.name} did not come as the door had told it. Try again: it may have been made anew."
            )
        os.replace(part, path)  # noqa: PTH105  # over one that is there, on every system
    finally:
        part.unlink(missing_ok=True)
    return path


async def save_all(
    record: Record, files: Iterable[FileTold], into: Path, *, on_saved: Callable[[Path], None]
) -> None:
    """All of them, one after the other, and `SHA256SUMS` as `sha256sum -c` reads it. Raises: as `save`."""
    kept = sorted(files, key=lambda file: file.name)
    for file in kept:
        on_saved(await save(record, file, into))
    sums = "".join(f"{file.sha256}  {file.name}\n" for file in kept)
    (into / "SHA256SUMS").write_text(sums)


def _below(into: Path, name: str) -> Path:
    parts = PurePosixPath(name).parts
    if not parts or PurePosixPath(name).is_absolute() or ".." in parts:
        raise Broken(f"The door lists a file called {name[:60]!r}, which is no name below a folder.")
    return into.joinpath(*parts)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
