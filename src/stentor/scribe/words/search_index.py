"""The words of all transcripts, to be searched: one SQLite file with FTS5. The one file of the house's own
that may be lost: it is made again from the shelf.

Comes in: transcripts, queries. Goes out: hits. Never: a turn of a transcript that was replaced; a query that
takes longer than its deadline; more than one hand on the file.
"""

import json
import sqlite3
import time
from collections.abc import Collection, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import structlog

from stentor.errors import NotYet
from stentor.record.transcript import Transcript
from stentor.scribe.words.search_query import CLOSE, OPEN, excerpt_of, expression_of, plain

log = structlog.get_logger()

FORMAT: Final = 1
"""Of the tables. A file of another format is made again."""
DEADLINE_S: Final = 2.0
HITS_MAX: Final = 50
_STEPS_BETWEEN_LOOKS: Final = 10_000
"""Instructions of SQLite's machine, some 0.1 ms."""
_AGAIN_S: Final = 2.0
_TABLES: Final = """
CREATE TABLE records (space TEXT PRIMARY KEY, stamp TEXT NOT NULL, is_machine INTEGER NOT NULL);
CREATE TABLE turns (
    id INTEGER PRIMARY KEY, space TEXT NOT NULL, turn TEXT NOT NULL, person TEXT NOT NULL,
    name TEXT NOT NULL, starts TEXT NOT NULL, text TEXT NOT NULL
);
CREATE INDEX turns_by_space ON turns (space);
CREATE VIRTUAL TABLE spoken USING fts5 (
    text, content='turns', content_rowid='id', prefix='2 3', tokenize="unicode61 remove_diacritics 2"
);
CREATE TRIGGER turn_in AFTER INSERT ON turns BEGIN
    INSERT INTO spoken (rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER turn_out AFTER DELETE ON turns BEGIN
    INSERT INTO spoken (spoken, rowid, text) VALUES ('delete', old.id, old.text);
END;
"""
_SEARCH: Final = """
SELECT turns.space, turns.turn, turns.person, turns.name, turns.starts, highlight(spoken, 0, ?, ?),
    records.is_machine
FROM spoken JOIN turns ON turns.id = spoken.rowid JOIN records ON records.space = turns.space
WHERE spoken MATCH ? AND turns.space IN (SELECT value FROM json_each(?))
ORDER BY spoken.rank, turns.id LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class Hit:
    """A turn in which everything was found.

    Args:
        name: of whoever said it.
        start_ms: of the first word that was found, record time.
        text: the turn around it.
        marks: [from, to) of what was found, in characters of `text`.
        is_machine: no person has corrected the transcript that it stands in.
    """

    space_id: str
    turn_id: str
    person_id: str
    name: str
    start_ms: int
    text: str
    marks: tuple[tuple[int, int], ...]
    is_machine: bool


class SearchIndex:
    """The file, in one thread's hands. Made by `open`."""

    def __init__(self, path: Path, database: sqlite3.Connection) -> None:
        self._path = path
        self._database = database

    @classmethod
    def open(cls, path: Path) -> Self:
        """The file as it is; a new one where there is none, or one that cannot be read."""
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            return cls(path, _opened(path))
        except sqlite3.DatabaseError as error:
            log.warning("the search index is made anew", because=str(error))
            _remove(path)
            return cls(path, _opened(path))

    def close(self) -> None:
        self._database.close()

    def made_anew(self) -> Self:
        """An empty one in its place: this one is broken."""
        self.close()
        _remove(self._path)
        return type(self).open(self._path)

    def stamps(self) -> Mapping[str, str]:
        """Which state of its words each Space is here with. Raises: sqlite3.Error."""
        return dict(self._database.execute("SELECT space, stamp FROM records"))

    def put(self, space_id: str, transcript: Transcript, *, stamp: str) -> None:
        """This transcript's turns and no others of this Space. Raises: sqlite3.Error.

        Bounds: an hour of speech, 10,000 words, takes 30 ms.
        """
        rows = (
            (
                space_id,
                turn.id,
                turn.person_id,
                transcript.names.get(turn.person_id, ""),
                json.dumps([word.start_ms for word in turn.words]),
                plain(turn.text),
            )
            for turn in transcript.turns
            if turn.words
        )
        with self._database:
            self._database.execute("DELETE FROM turns WHERE space = ?", (space_id,))
            self._database.executemany(
                "INSERT INTO turns (space, turn, person, name, starts, text) VALUES (?, ?, ?, ?, ?, ?)", rows
            )
            self._database.execute(
                "INSERT OR REPLACE INTO records VALUES (?, ?, ?)", (space_id, stamp, transcript.is_machine)
            )

    def remove(self, space_id: str) -> None:
        """Nothing of this Space is in the file any more. Raises: sqlite3.Error."""
        with self._database:
            self._database.execute("DELETE FROM turns WHERE space = ?", (space_id,))
            self._database.execute("DELETE FROM records WHERE space = ?", (space_id,))
            # FTS5 only notes a deletion; written as one, its parts are without what was deleted.
            self._database.execute("INSERT INTO spoken (spoken) VALUES ('optimize')")

    def search(self, query: str, spaces: Collection[str], *, limit: int, until_s: float) -> list[Hit]:
        """The best hits first.

        Args:
            spaces: only in these.
            until_s: when to give up, monotonic.
        Raises: NotYet: it would take longer. sqlite3.Error.
        """
        expression = expression_of(query)
        if not expression or not spaces:
            return []
        asked = (OPEN, CLOSE, expression, json.dumps(sorted(spaces)), min(limit, HITS_MAX))
        self._database.set_progress_handler(lambda: time.monotonic() > until_s, _STEPS_BETWEEN_LOOKS)
        try:
            with closing(self._database.execute(_SEARCH, asked)) as rows:
                return [_hit(row) for row in rows]
        except sqlite3.OperationalError:
            if time.monotonic() <= until_s:
                raise
            raise NotYet("The search took too long. Look for rarer words.", retry_after_s=_AGAIN_S) from None
        finally:
            self._database.set_progress_handler(None, 0)


def _hit(row: tuple[str, str, str, str, str, str, int]) -> Hit:
    """Args: row: as _SEARCH selects it."""
    space_id, turn_id, person_id, name, starts, marked, is_machine = row
    excerpt = excerpt_of(marked)
    times: list[int] = json.loads(starts)
    start_ms = times[min(excerpt.word, len(times) - 1)]
    return Hit(space_id, turn_id, person_id, name, start_ms, excerpt.text, excerpt.marks, bool(is_machine))


def _opened(path: Path) -> sqlite3.Connection:
    """Raises: sqlite3.DatabaseError: the file is broken, or of another format."""
    database = sqlite3.connect(path, check_same_thread=False)
    try:
        # Pages that are given up are overwritten: who was removed shall not be read out of the file.
        database.execute("PRAGMA secure_delete = ON")
        (found,) = database.execute("PRAGMA user_version").fetchone()
        (count,) = database.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        if not count:
            database.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {FORMAT}; COMMIT;")
        elif found != FORMAT:
            raise sqlite3.DatabaseError(f"its format is {found}, not {FORMAT}")
        else:
            _check(database)
    except sqlite3.DatabaseError:
        database.close()
        raise
    return database


def _check(database: sqlite3.Connection) -> None:
    (said,) = database.execute("PRAGMA quick_check(1)").fetchone()
    if said != "ok":
        raise sqlite3.DatabaseError(said)


def _remove(path: Path) -> None:
    for name in (path.name, f"{path.name}-journal"):
        with suppress(FileNotFoundError):
            path.with_name(name).unlink()
