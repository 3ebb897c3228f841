"""Making the sources of a file those of the table."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection, bindparam, insert, select, update

from oai_provider.harvester.many.source import Source
from oai_provider.harvester.many.work import Enlisted
from oai_provider.harvester.many.work_table.tables import host as _host
from oai_provider.harvester.many.work_table.tables import source as _source

_AT: Final = "at_name"
_MILLISECOND: Final = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class _Known:
    """A source that is in the table already."""

    definition: str
    host: str
    enabled: bool


def definition_of(source: Source) -> str:
    """Return a source as it is kept; the same for sources that say the same."""
    return source.model_dump_json(by_alias=True, exclude_defaults=True)


def enlist(connection: Connection, sources: Sequence[Source], now: int) -> Enlisted:
    """Make these the sources of the table, in a transaction that is alone."""
    _lay_lanes(connection, sources)
    known = {
        row.name: _Known(row.definition, row.host, row.enabled)
        for row in connection.execute(select(_source))
    }
    became = _sorted(sources, known, _busy(connection, now))
    rows = {source.name: _row(source, now) for source in sources}
    if became.added:
        connection.execute(insert(_source), [rows[name] for name in became.added])
    if became.changed:
        given = [rows[name] | {_AT: name} for name in became.changed]
        at = update(_source).where(_source.c.name == bindparam(_AT))
        connection.execute(at, given)
        _leave_lanes(
            connection, [n for n in became.changed if _is_moved(rows, known, n)]
        )
    if became.removed:
        gone = update(_source).where(_source.c.name.in_(became.removed))
        connection.execute(gone.values(enabled=False))
    return became


def _is_moved(
    rows: Mapping[str, Mapping[str, object]], known: Mapping[str, _Known], name: str
) -> bool:
    return rows[name]["host"] != known[name].host


def _leave_lanes(connection: Connection, names: Sequence[str]) -> None:
    """Let no worker renew a lease that ran out at a host that is another now."""
    left = update(_host).where(_host.c.source.in_(names))
    connection.execute(left.values(source=None, until=0))


def _row(source: Source, now: int) -> dict[str, object]:
    return {
        "name": source.name,
        "host": source.host,
        "definition": definition_of(source),
        "enabled": source.enabled,
        "due": now,
    }


def _sorted(
    sources: Sequence[Source], known: Mapping[str, _Known], busy: AbstractSet[str]
) -> Enlisted:
    def named(is_so: Callable[[Source, _Known], bool]) -> Iterator[str]:
        there = (s for s in sources if s.name in known)
        return (s.name for s in there if is_so(s, known[s.name]))

    names = {source.name for source in sources}
    # A lease is of the host that is written down: it must not change under it.
    moved = {*named(lambda s, was: s.host != was.host)} & busy
    return Enlisted(
        added=tuple(s.name for s in sources if s.name not in known),
        changed=tuple(n for n in named(_is_other) if n not in moved),
        removed=tuple(n for n, was in known.items() if was.enabled and n not in names),
        busy=tuple(sorted(moved)),
    )


def _is_other(source: Source, was: _Known) -> bool:
    is_other = definition_of(source) != was.definition
    return is_other or source.enabled != was.enabled


def _busy(connection: Connection, now: int) -> AbstractSet[str]:
    leased = select(_host.c.source).where(_host.c.until > now)
    return {name for name in connection.scalars(leased) if name is not None}


def _lay_lanes(connection: Connection, sources: Sequence[Source]) -> None:
    """Have a row for each host, locked, with the longest spacing its sources ask for.

    Locked before any source is, as everywhere.
    """
    spacings: dict[str, int] = {}
    for source in sources:
        spacing = source.spacing // _MILLISECOND
        spacings[source.host] = max(spacing, spacings.get(source.host, 0))
    locked = select(_host.c.name).order_by(_host.c.name).with_for_update()
    there = {*connection.scalars(locked)}
    rows = [{"name": name, "spacing": spacings[name]} for name in sorted(spacings)]
    if new := [row for row in rows if row["name"] not in there]:
        connection.execute(insert(_host), new)
    if old := [row | {_AT: row["name"]} for row in rows if row["name"] in there]:
        at = update(_host).where(_host.c.name == bindparam(_AT))
        connection.execute(at, old)
