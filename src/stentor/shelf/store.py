"""The shelf: finished files in a directory or in any S3-compatible store. The one entrance of obstore.

Comes in: whole files. Goes out: the same, whole or by ranges. Never: a half-written file under its name, a
file that was not read back and compared, a file of another Space.
"""

import asyncio
import hashlib
import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError
from obstore.store import LocalStore, S3Store

from stentor.config import Settings
from stentor.errors import BadInput, CannotStart, Conflict, NotFound, ShelfAway
from stentor.shelf.manifest import FileKept
from stentor.space.names import is_space_id

_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*", re.ASCII)
_READ_BYTES = 1 << 20
_CONNECT_S = 5
_ANSWER_S = 60
_TRIES_MAX = 3


class Shelf:
    """All Spaces' files. Made by `open` or `configured`.

    Args:
        root: the directory; None: an S3 store.
    """

    def __init__(self, store: LocalStore | S3Store, *, root: Path | None) -> None:
        self._store = store
        self._root = root

    @classmethod
    def open(
        cls, where: Path | str, *, endpoint: str = "", region: str = "", key_file: Path | None = None
    ) -> Self:
        """A directory (it is made), or `s3://bucket/prefix`.

        Args:
            endpoint: of the S3 store, such as https://s3.example.org; empty: Amazon's own.
            key_file: two lines, the access key's id and its secret; None: whatever the environment or the
                machine's own role gives.
        Raises: CannotStart: no directory can be made there, no such address, no key in the key file.
        """
        text = str(where)
        if isinstance(where, str) and "://" in text:
            return cls(_s3_store(text, endpoint=endpoint, region=region, key_file=key_file), root=None)
        root = Path(where)
        try:
            root.mkdir(parents=True, exist_ok=True)
            # Absolute: obstore reads a relative one from where its own library was loaded.
            return cls(LocalStore(root.resolve(), automatic_cleanup=True), root=root.resolve())
        except OSError as error:
            raise CannotStart(
                f"The shelf {root}", because=str(error.strerror), next_step="make the directory writable"
            ) from None

    @classmethod
    def configured(cls, settings: Settings) -> Self:
        """The house's shelf. Raises: CannotStart."""
        return cls.open(
            settings.shelf_url or settings.shelf,
            endpoint=settings.shelf_endpoint,
            region=settings.shelf_region,
            key_file=settings.shelf_key_file,
        )

    def of(self, space_id: str) -> "SpaceShelf":
        """One Space's files. Raises: BadInput: no Space can have this id."""
        if not is_space_id(space_id):
            raise BadInput(f"{space_id[:60]!r} is not a Space's id.")
        return SpaceShelf(self._store, space_id, folder=self._root and self._root / space_id)


class SpaceShelf:
    """One Space's files; names as `layout.py` makes them. Every call may raise ShelfAway."""

    def __init__(self, store: LocalStore | S3Store, space_id: str, *, folder: Path | None) -> None:
        self._store = store
        self._space_id = space_id
        self._folder = folder

    async def put(self, name: str, data: bytes | Path, *, is_new: bool = False) -> FileKept:
        """Writes a file as a whole and reads it back.

        Args:
            data: the content, or a file that has it and does not change meanwhile.
            is_new: only if there is none of this name: so versions are written, each once.
        Raises:
            Conflict: `is_new` and there is one.
            ShelfAway: it was not taken, or what is read back is something else.
        Bounds: memory of a few MiB for a file in a path; with `is_new` all of it.
        """
        path = self._path(name)
        wanted = await asyncio.to_thread(_kept, data)
        async with self._spoken_with(name):
            try:
                await obstore.put_async(
                    self._store, path, data, mode="create" if is_new else "overwrite", max_concurrency=2
                )
            except AlreadyExistsError:
                raise Conflict(f"{name} of {self._space_id} is there; versions stay.") from None
        if self._folder is not None:
            await asyncio.to_thread(_sync, self._folder / name)
        if await self._read_back(name) != wanted:
            raise ShelfAway(f"{name} of {self._space_id} (it reads back as something else)")
        return wanted

    async def get(self, name: str) -> bytes:
        """A whole file. Raises: NotFound."""
        async with self._spoken_with(name):
            return bytes(await (await obstore.get_async(self._store, self._path(name))).bytes_async())

    async def read(self, name: str, *, start: int, end: int) -> bytes:
        """The bytes [start, end), fewer where the file is shorter. Raises: NotFound."""
        if start >= end:
            return b""
        async with self._spoken_with(name):
            found = await obstore.get_range_async(self._store, self._path(name), start=start, end=end)
            return bytes(found)

    async def copy_to(self, name: str, target: Path) -> None:
        """A whole file into one of this disk. Raises: NotFound. Bounds: memory of a MiB."""
        with target.open("wb") as file:
            async with self._spoken_with(name):
                found = await obstore.get_async(self._store, self._path(name))
                async for part in found.stream(min_chunk_size=_READ_BYTES):
                    await asyncio.to_thread(file.write, part)

    async def names(self, prefix: str = "") -> list[str]:
        """The names that begin so, sorted. Bounds: lists all of the Space's files, some hundreds."""
        found: list[str] = []
        own = f"{self._space_id}/"
        async with self._spoken_with(prefix or "the list"):
            async for batch in obstore.list(self._store, prefix=self._space_id):
                found += [entry["path"].removeprefix(own) for entry in batch]
        return sorted(name for name in found if name.startswith(prefix))

    async def remove(self, name: str = "") -> int:
        """Takes a file away, or with "" everything of the Space. Returns: how many; again is no error."""
        gone = [name] if name else await self.names()
        count = 0
        for each in gone:
            try:
                async with self._spoken_with(each):
                    await obstore.delete_async(self._store, self._path(each))
                count += 1
            except NotFound:
                continue
        if not name and self._folder is not None:
            # What a kill left half-written has no name that is listed.
            await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)
        return count

    def _path(self, name: str) -> str:
        """Raises: NotFound: nothing can be called so, such as a stranger's `../key`."""
        if _NAME.fullmatch(name) is None:
            raise NotFound(f"The Space {self._space_id!r} has no file {name[:60]!r}.")
        return f"{self._space_id}/{name}"

    async def _read_back(self, name: str) -> FileKept:
        digest, size_bytes = hashlib.sha256(), 0
        async with self._spoken_with(name):
            found = await obstore.get_async(self._store, self._path(name))
            async for part in found.stream(min_chunk_size=_READ_BYTES):
                await asyncio.to_thread(digest.update, part)
                size_bytes += len(part)
        return FileKept(size_bytes, digest.hexdigest())

    @asynccontextmanager
    async def _spoken_with(self, name: str) -> AsyncIterator[None]:
        """The library's errors as leaves of ours."""
        try:
            yield
        except (NotFoundError, FileNotFoundError):
            raise NotFound(f"The Space {self._space_id!r} has no file {name[:60]!r}.") from None
        except (BaseError, OSError) as error:
            raise ShelfAway(f"{name} of {self._space_id} ({type(error).__name__})") from None


def _s3_store(url: str, *, endpoint: str, region: str, key_file: Path | None) -> S3Store:
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.netloc:
        raise CannotStart(
            f"The shelf {url}", because="it is not an address of S3", next_step="write s3://bucket/prefix"
        )
    # Files go one by one: not every S3-compatible store can take many away at once.
    given: dict[str, str] = {"region": region or "us-east-1", "disable_bulk_delete": "true"}
    if endpoint:
        given["endpoint"] = endpoint
    if key_file is not None:
        given["access_key_id"], given["secret_access_key"] = _key(key_file)
    return S3Store(
        parts.netloc,
        prefix=parts.path.strip("/") or None,
        config=given,  # type: ignore[arg-type]  # a typed dictionary of the same words
        client_options={
            "allow_http": endpoint.startswith("http://"),
            "connect_timeout": timedelta(seconds=_CONNECT_S),
            "timeout": timedelta(seconds=_ANSWER_S),
        },
        retry_config={"max_retries": _TRIES_MAX, "retry_timeout": timedelta(seconds=_ANSWER_S)},
    )


def _key(path: Path) -> tuple[str, str]:
    try:
        key_id, secret = path.read_text().split()
    except (OSError, ValueError):
        raise CannotStart(
            f"The shelf's key file {path}",
            because="it is not two lines, the key's id and its secret",
            next_step="write it so, readable by this user only",
        ) from None
    return key_id, secret


def _kept(data: bytes | Path) -> FileKept:
    if isinstance(data, bytes):
        return FileKept(len(data), hashlib.sha256(data).hexdigest())
    with data.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return FileKept(file.tell(), digest.hexdigest())


def _sync(path: Path) -> None:
    """A file and its name are on the disk when this returns: the log expires because of it."""
    for each, flags in ((path, os.O_RDONLY), (path.parent, os.O_RDONLY | os.O_DIRECTORY)):
        descriptor = os.open(each, flags)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
