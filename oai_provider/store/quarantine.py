"""What was refused, kept until it is mended: a note for people, served nowhere.

A note must never keep an item out. So whatever a file holds or is named can stand
here: what no database takes is escaped, and what is very long is cut.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from sqlalchemy import Connection

from oai_provider.protocol.datestamp import from_seconds, to_seconds
from oai_provider.store import sql
from oai_provider.store.base import Lines, Quarantined
from oai_provider.store.known import Rows, execute, new_ids
from oai_provider.store.rows import Row

# An index of PostgreSQL takes 2,700 bytes an entry.
_LONGEST_KEY: Final = 2500
_LONGEST_TEXT: Final = 2000


def quarantined_of(row: Row) -> Quarantined:
    """Return the entry of a row as `sql.QUARANTINED` selects it."""
    _, identifier, prefix, file, line, field, reason, unread, since = row
    return Quarantined(
        identifier=identifier,
        metadata_prefix=prefix,
        file=file,
        line=line,
        field=field,
        reason=reason,
        unread=bool(unread),
        since=from_seconds(since),
    )


class Scope:
    """Which entries are to be replaced: those of items, and of lines of files."""

    def __init__(
        self,
        identifiers: Iterable[str],
        left_alone: Mapping[str, Collection[str]],
        lines: Collection[Lines],
    ) -> None:
        self._left_alone = {_key(i): left_alone.get(i, ()) for i in identifiers}
        self._spans: defaultdict[str, list[Lines]] = defaultdict(list)
        for span in lines:
            self._spans[_key(span.file)].append(span)
        self.asked = {
            "identifiers": [*self._left_alone],
            "files": [*self._spans],
            "after": min((span.after for span in lines), default=0),
            "until": max((span.until for span in lines), default=0),
        }

    def __contains__(self, entry: Quarantined) -> bool:
        name = entry.identifier
        if name is not None and name in self._left_alone:
            return entry.metadata_prefix not in self._left_alone[name]
        spans = self._spans.get(entry.file, ()) if entry.unread else ()
        return any(span.after < entry.line <= span.until for span in spans)


def known_entries(connection: Connection, scope: Scope) -> dict[int, Quarantined]:
    """Return the entries that are to be replaced, by id."""
    found = connection.execute(sql.KNOWN_QUARANTINED, scope.asked).all()
    entries = {int(row[0]): quarantined_of(row) for row in found}
    return {id_: entry for id_, entry in entries.items() if entry in scope}


def storable(entry: Quarantined) -> Quarantined:
    """Return an entry as it can be stored, without its moment."""
    return Quarantined(
        identifier=None if entry.identifier is None else _key(entry.identifier),
        metadata_prefix=entry.metadata_prefix and _key(entry.metadata_prefix),
        file=_key(entry.file),
        line=entry.line,
        field=_text(entry.field),
        reason=_text(entry.reason),
        unread=entry.unread,
    )


def replace_entries(
    connection: Connection,
    known: Mapping[int, Quarantined],
    refused: Iterable[Quarantined],
    now: int,
) -> None:
    """Put storable entries in the place of those known."""
    execute(connection, sql.REMOVE_QUARANTINED, [{"id_": id_} for id_ in known])
    # Of several that are the same, the one known longest was met first.
    since = {_same(known[id_]): known[id_].since for id_ in sorted(known, reverse=True)}
    ids = new_ids(connection, sql.LAST_QUARANTINED)
    added: Rows = [
        {
            "id": next(ids),
            "identifier": entry.identifier,
            "prefix": entry.metadata_prefix,
            "file": entry.file,
            "line": entry.line,
            "field": entry.field,
            "reason": entry.reason,
            "unread": entry.unread,
            "since": to_seconds(first) if (first := since.get(_same(entry))) else now,
        }
        for entry in refused
    ]
    execute(connection, sql.ADD_QUARANTINED, added)


def _same(entry: Quarantined) -> tuple[str | None, ...]:
    """Return what makes a refusal the same, wherever in its file it stands now."""
    where = entry.identifier or entry.file
    return where, entry.metadata_prefix, entry.field, entry.reason


def _key(text: str) -> str:
    return _carried(text).encode()[:_LONGEST_KEY].decode(errors="ignore")


def _text(text: str) -> str:
    cut = len(text) > _LONGEST_TEXT
    return _carried(f"{text[:_LONGEST_TEXT]} …" if cut else text)


def _carried(text: str) -> str:
    # Names of files may hold bytes that are no text; PostgreSQL takes no NUL.
    return text.encode(errors="backslashreplace").decode().replace("\0", "\\x00")
