"""What a target holds, by identifier: so that nothing is kept twice, or forgotten.

A round is one harvest of one list. A record belongs to the round in which it was met
last; within a round the newest wins, and of two of one datestamp the one that lives.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Final, NamedTuple

from oai_provider.harvester.listing import HarvestedRecord
from oai_provider.harvester.state import State

# What cannot be read is listed all the same.
_UNMET: Final = (
    "metadata_prefix = ? AND NOT deleted AND round < ?"
    " AND (metadata_prefix, identifier) NOT IN"
    " (SELECT metadata_prefix, identifier FROM quarantine)"
)


class Known(NamedTuple):
    """What is known of a record; its place is the target's."""

    datestamp: str
    digest: str
    deleted: bool
    place: int
    round: int


class Sorted(NamedTuple):
    """The records of a page, by what is to become of them."""

    news: list[HarvestedRecord]
    """Not known in this form: to be kept."""
    digests: list[str]
    """Of the news."""
    unchanged: list[str]
    """Identifiers of those that are kept already."""
    fresh: int
    """How many were not met in this round before."""

    def cut(self, most: int) -> "Sorted":
        """Return it with so many news at the most."""
        left = max(len(self.news) - most, 0)
        return self._replace(
            news=self.news[:most],
            digests=self.digests[:most],
            fresh=max(self.fresh - left, 0),
        )


class Seen:
    """The records of one format in one target."""

    def __init__(self, state: State, metadata_prefix: str) -> None:
        """Take the memory they are in."""
        self._connection = state.connection
        self._prefix = metadata_prefix

    def known(self, identifiers: Sequence[str]) -> dict[str, Known]:
        """Return what is known of records."""
        rows = self._connection.execute(
            "SELECT identifier, datestamp, digest, deleted, place, round FROM record"
            " WHERE metadata_prefix = ?"
            " AND identifier IN (SELECT value FROM json_each(?))",
            (self._prefix, json.dumps(identifiers)),
        )
        return {row[0]: Known(*row[1:]) for row in rows}

    def sort(self, records: Sequence[HarvestedRecord], number: int) -> Sorted:
        """Tell what is new, and what was met before in this round."""
        known = self.known([record.identifier for record in records])
        news: dict[str, tuple[HarvestedRecord, str]] = {}
        unchanged: dict[str, None] = {}
        fresh = 0
        for record in records:
            name, digest = record.identifier, record.digest
            before = known.get(name)
            met = before is not None and before.round == number
            fresh += not met
            now = Known(record.datestamp, digest, record.deleted, -1, number)
            if before is None or not _is_older(now, before, met=met):
                known[name] = now
                if before is None or before[:3] != now[:3]:
                    news[name] = (record, digest)
                elif name not in news:
                    unchanged[name] = None
        return Sorted(
            [record for record, _ in news.values()],
            [digest for _, digest in news.values()],
            [name for name in unchanged if name not in news],
            fresh,
        )

    def keep(
        self,
        found: Sorted,
        places: Sequence[int],
        number: int,
        *,
        unfit: AbstractSet[str] = frozenset(),
    ) -> None:
        """Note what was written, and what was met again.

        What was not fit to be kept is new each time it comes.
        """
        self._connection.executemany(
            "INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (self._prefix, r.identifier, r.datestamp, d, r.deleted, place, number)
                for r, d, place in zip(found.news, found.digests, places, strict=True)
                if r.identifier not in unfit
            ],
        )
        self.meet([*found.unchanged, *unfit], number)

    def meet(self, identifiers: Sequence[str], number: int) -> None:
        """Note that records that are kept were met in a round."""
        if identifiers:
            self._connection.execute(
                "UPDATE record SET round = ? WHERE metadata_prefix = ?"
                " AND identifier IN (SELECT value FROM json_each(?))",
                (number, self._prefix, json.dumps(identifiers)),
            )

    def alive(self) -> int:
        """Return how many records there are that are not deleted."""
        return self._one(
            "SELECT count(*) FROM record WHERE metadata_prefix = ? AND NOT deleted",
            self._prefix,
        )

    def unmet(self, since: int) -> int:
        """Return how many live records were not met since a round began."""
        return self._one(
            f"SELECT count(*) FROM record WHERE {_UNMET}",  # noqa: S608 - our own words
            self._prefix,
            since,
        )

    def unmet_names(self, since: int, most: int) -> list[str]:
        """Return identifiers of live records that were not met, so many at the most."""
        rows = self._connection.execute(
            f"SELECT identifier FROM record WHERE {_UNMET}"  # noqa: S608 - our own words
            " ORDER BY identifier LIMIT ?",
            (self._prefix, since, most),
        )
        return [row[0] for row in rows]

    def _one(self, statement: str, *values: object) -> int:
        (count,) = self._connection.execute(statement, values).fetchone()
        return int(count)


def _is_older(now: Known, before: Known, *, met: bool) -> bool:
    """Tell whether what came is superseded by what came before it in the round."""
    if not met:
        return False
    if now.datestamp == before.datestamp:
        return now.deleted and not before.deleted
    return now.datestamp < before.datestamp


def places(state: State) -> Iterator[int]:
    """Yield the places of all that a target holds, in ascending order."""
    # Sorting takes as much memory as the cache may have, beside the cache.
    state.connection.execute("PRAGMA cache_size = -2000")
    rows = state.connection.execute("SELECT place FROM record ORDER BY place")
    return (row[0] for row in rows)


def move(state: State, new: Iterable[int]) -> None:
    """Note new places of all that a target holds, given in the order of the old."""
    connection = state.connection
    connection.execute("CREATE TEMP TABLE moved (old INTEGER PRIMARY KEY, new INTEGER)")
    old = connection.cursor().execute("SELECT place FROM record ORDER BY place")
    pairs = ((row[0], place) for row, place in zip(old, new, strict=True))
    connection.executemany("INSERT INTO moved VALUES (?, ?)", pairs)
    connection.execute(
        "UPDATE record SET place = (SELECT new FROM moved WHERE old = record.place)"
    )
    connection.execute("DROP TABLE moved")
