"""What a harvest remembers beside its target: watermarks, where it is, what it has.

One SQLite file, written page by page, each commit flushed to the disk. It is the truth:
what a target holds beyond it was never harvested. SQL stands here and in `seen`.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from oai_provider.errors import OaiProviderError
from oai_provider.harvester.listing import Repair, UnreadableRecord, is_nameless
from oai_provider.harvester.told import MOST, NOTHING, Told
from oai_provider.harvester.walk import Progress

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS list (
    base_url TEXT NOT NULL, metadata_prefix TEXT NOT NULL, set_spec TEXT NOT NULL,
    dates TEXT NOT NULL, watermark TEXT, journal TEXT, verdict TEXT,
    PRIMARY KEY (base_url, metadata_prefix, set_spec, dates)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS target (id INTEGER PRIMARY KEY, position INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS token (
    round INTEGER NOT NULL, value TEXT NOT NULL, PRIMARY KEY (round, value)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS record (
    metadata_prefix TEXT NOT NULL, identifier TEXT NOT NULL, datestamp TEXT NOT NULL,
    digest TEXT NOT NULL, deleted INTEGER NOT NULL, place INTEGER NOT NULL,
    round INTEGER NOT NULL, PRIMARY KEY (metadata_prefix, identifier)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS quarantine (
    metadata_prefix TEXT NOT NULL, identifier TEXT NOT NULL, reason TEXT NOT NULL,
    xml BLOB NOT NULL, noticed TEXT NOT NULL,
    PRIMARY KEY (metadata_prefix, identifier)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS repaired (
    id INTEGER PRIMARY KEY, noticed TEXT NOT NULL, arguments TEXT NOT NULL,
    repairs TEXT NOT NULL, document BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS fact (
    base_url TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (base_url, name)
) WITHOUT ROWID;
"""
_REVISION: Final = 1
_WAIT: Final = 5.0


class StateError(OaiProviderError):
    """The memory of a harvest cannot be used; the message names it and the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListKey:
    """A list that is harvested time and again."""

    base_url: str
    metadata_prefix: str
    set_spec: str = ""
    dates: str = ""
    """Those that were asked for; a list of some dates is apart from that of all."""

    @property
    def row(self) -> tuple[str, str, str, str]:
        """The key as the table has it."""
        return self.base_url, self.metadata_prefix, self.set_spec, self.dates


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """A list that was begun and has not ended."""

    round: int
    from_: str | None
    until: str | None
    begun: int
    """The first round of the run that began it."""
    distinct: int = 0
    """Identifiers that were met."""
    size: int | None = None
    """completeListSize of the whole list, the largest that was said."""
    progress: Progress = field(default_factory=Progress)
    stage: str = "list"
    """The rung of the ladder: `list`, or `windows`."""
    plan: tuple[tuple[str, str], ...] = ()
    """The windows that are still to be walked, with stage `windows`; an end that is
    empty is open."""
    holes: Told = NOTHING
    """What could not be received, and why."""
    quarantined: Told = NOTHING
    """What cannot be kept, and why."""
    healed: Told = NOTHING
    gap: str = ""
    """What tells that records are missing from the list, if anything does."""
    restarted: bool = False

    @property
    def is_new(self) -> bool:
        """Whether nothing of the list was given before."""
        return self.stage == "list" and not self.restarted


_JOURNALS: Final = TypeAdapter(Journal)


class State:
    """The memory of one target; for one thread at a time."""

    def __init__(self, path: Path | None) -> None:
        """Open it, or make it; None is a memory that is lost in the end."""
        self.path = path
        try:
            self.connection = sqlite3.connect(
                path or ":memory:", timeout=_WAIT, check_same_thread=False
            )
            self._prepare()
        except sqlite3.Error as error:
            raise StateError(
                f"the harvest's memory {path} cannot be used ({error}): give another"
                " folder with --state, or remove it and harvest anew"
            ) from error

    def _prepare(self) -> None:
        # A commit survives a power cut: each is flushed, as WAL alone would not be.
        for pragma in ("journal_mode = WAL", "synchronous = FULL"):
            self.connection.execute(f"PRAGMA {pragma}")
        self.connection.execute("PRAGMA cache_size = -32000")
        (revision,) = self.connection.execute("PRAGMA user_version").fetchone()
        if revision not in {0, _REVISION}:
            raise StateError(
                f"the harvest's memory {self.path} is of another release (revision"
                f" {revision}): remove it and harvest anew"
            )
        if not revision:
            self.connection.executescript(_TABLES)
            self.connection.execute(f"PRAGMA user_version = {_REVISION}")

    @contextmanager
    def told_in_words(self) -> Iterator[None]:
        """Tell as a `StateError` what keeps it from being written."""
        try:
            yield
        except sqlite3.Error as error:
            raise StateError(
                f"the harvest's memory {self.path} cannot be written ({error}): look at"
                " its disk; the next harvest goes on where this one was"
            ) from error

    def close(self) -> None:
        """Close it; what was not committed is gone."""
        self.connection.close()

    @contextmanager
    def change(self) -> Iterator[None]:
        """Commit what is done inside as one, or nothing of it."""
        try:
            yield
        except BaseException:
            self.connection.rollback()
            raise
        self.connection.commit()

    def watermark(self, key: ListKey) -> datetime | None:
        """Return the responseDate that the next harvest of a list begins with."""
        row = self.connection.execute(
            "SELECT watermark FROM list"
            " WHERE (base_url, metadata_prefix, set_spec, dates) = (?, ?, ?, ?)",
            key.row,
        ).fetchone()
        return datetime.fromisoformat(row[0]) if row and row[0] else None

    def journal(self, key: ListKey) -> Journal | None:
        """Return how far the list had come when it was left off."""
        row = self.connection.execute(
            "SELECT journal FROM list"
            " WHERE (base_url, metadata_prefix, set_spec, dates) = (?, ?, ?, ?)",
            key.row,
        ).fetchone()
        return _JOURNALS.validate_json(row[0]) if row and row[0] else None

    def note(self, key: ListKey, journal: Journal) -> None:
        """Note how far a list has come."""
        self._upsert(key, "journal", _JOURNALS.dump_json(journal).decode())

    def ended(self, key: ListKey, verdict: str, watermark: datetime | None) -> None:
        """Note that a list has ended; its watermark moves only if one is given."""
        journal = self.journal(key)
        if journal is not None:
            self.connection.execute(
                "DELETE FROM token WHERE round = ?", (journal.round,)
            )
        self._upsert(key, "journal", None)
        self._upsert(key, "verdict", verdict)
        if watermark is not None:
            self._upsert(key, "watermark", watermark.isoformat())

    def _upsert(self, key: ListKey, column: str, value: str | None) -> None:
        self.connection.execute(
            f"INSERT INTO list (base_url, metadata_prefix, set_spec, dates, {column})"  # noqa: S608 - our own name
            " VALUES (?, ?, ?, ?, ?)"
            f" ON CONFLICT DO UPDATE SET {column} = excluded.{column}",
            (*key.row, value),
        )

    def position(self) -> int:
        """Return where the target was at the last commit."""
        row = self.connection.execute("SELECT position FROM target").fetchone()
        return int(row[0]) if row else 0

    def reached(self, position: int) -> None:
        """Note where the target is."""
        self.connection.execute(
            "INSERT INTO target (id, position) VALUES (1, ?)"
            " ON CONFLICT DO UPDATE SET position = excluded.position",
            (position,),
        )

    def knows_any(self) -> bool:
        """Tell whether any record was harvested."""
        found = self.connection.execute("SELECT 1 FROM record LIMIT 1")
        return found.fetchone() is not None

    def lists(self) -> list[tuple[ListKey, datetime | None, str | None]]:
        """Return every list that was harvested, its watermark and its last verdict."""
        rows = self.connection.execute(
            "SELECT base_url, metadata_prefix, set_spec, dates, watermark, verdict"
            " FROM list"
        )
        return [
            (
                ListKey(base_url=b, metadata_prefix=p, set_spec=s, dates=d),
                datetime.fromisoformat(w) if w else None,
                v,
            )
            for b, p, s, d, w, v in rows
        ]

    def next_round(self) -> int:
        """Return a number that no list was walked under before."""
        journals = self.connection.execute(
            "SELECT journal FROM list WHERE journal IS NOT NULL"
        )
        begun = (_JOURNALS.validate_json(row[0]).round for row in journals)
        (last,) = self.connection.execute("SELECT max(round) FROM record").fetchone()
        return max(int(last or 0), *begun, 0) + 1

    def tokens(self, number: int) -> set[str]:
        """Return the tokens that were met in a round."""
        rows = self.connection.execute(
            "SELECT value FROM token WHERE round = ?", (number,)
        )
        return {row[0] for row in rows}

    def met(self, number: int, token: str) -> None:
        """Note a token of a round."""
        self.connection.execute(
            "INSERT OR IGNORE INTO token VALUES (?, ?)", (number, token)
        )

    def forget_tokens(self, number: int) -> None:
        """Forget the tokens of a round, whose list is asked for anew."""
        self.connection.execute("DELETE FROM token WHERE round = ?", (number,))

    def quarantine(self, prefix: str, record: UnreadableRecord, now: datetime) -> None:
        """Keep a record that could not be read, until it is mended."""
        self.connection.execute(
            "INSERT OR REPLACE INTO quarantine VALUES (?, ?, ?, ?, ?)",
            (prefix, record.name, record.reason, record.xml, now.isoformat()),
        )

    def let_go(self, prefix: str, identifier: str) -> None:
        """Let go of what was in quarantine and is no more."""
        self.connection.execute(
            "DELETE FROM quarantine WHERE metadata_prefix = ? AND identifier = ?",
            (prefix, identifier),
        )

    def quarantined(self, prefix: str) -> Iterator[tuple[str, str]]:
        """Yield what is not fit of a format, and why; the longest there first."""
        return self.connection.execute(
            "SELECT identifier, reason FROM quarantine WHERE metadata_prefix = ?"
            " ORDER BY noticed, identifier",
            (prefix,),
        )

    def told_quarantined(self, prefix: str) -> Told:
        """Return the same in sentences."""
        first = islice(self.quarantined(prefix), MOST)
        (count,) = self.connection.execute(
            "SELECT count(*) FROM quarantine WHERE metadata_prefix = ?", (prefix,)
        ).fetchone()
        return Told(tuple(f"{name}: {reason}" for name, reason in first), count)

    def release(self, prefix: str, since: int) -> None:
        """Let go of what was in quarantine and was met since a round."""
        self.connection.execute(
            "DELETE FROM quarantine WHERE metadata_prefix = ? AND identifier IN"
            " (SELECT identifier FROM record WHERE metadata_prefix = ? AND round >= ?)",
            (prefix, prefix, since),
        )

    def release_nameless(self, prefix: str) -> None:
        """Let go of records without identifier: a whole list came without such."""
        for name in [n for n, _ in self.quarantined(prefix) if is_nameless(n)]:
            self.let_go(prefix, name)

    def repaired(
        self,
        arguments: Mapping[str, str],
        document: bytes,
        repairs: tuple[Repair, ...],
        now: datetime,
    ) -> None:
        """Keep a document as it came, and every repair that was made to it."""
        told = json.dumps([list(repair) for repair in repairs])
        self.connection.execute(
            "INSERT INTO repaired (noticed, arguments, repairs, document)"
            " VALUES (?, ?, ?, ?)",
            (now.isoformat(), json.dumps(dict(arguments)), told, document),
        )

    def facts(self, base_url: str) -> dict[str, str]:
        """Return what was learned of an endpoint."""
        rows = self.connection.execute(
            "SELECT name, value FROM fact WHERE base_url = ?", (base_url,)
        )
        return dict(rows.fetchall())

    def learn(self, base_url: str, facts: Mapping[str, str]) -> None:
        """Keep what was learned of an endpoint, the latest of each name."""
        self.connection.executemany(
            "INSERT OR REPLACE INTO fact VALUES (?, ?, ?)",
            [(base_url, name, value) for name, value in facts.items()],
        )
