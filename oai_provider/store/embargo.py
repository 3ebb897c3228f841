"""Items that nobody may see yet, kept as they will be written on their day.

They stand in a table of their own, and nothing that is served reads it.
"""

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Connection

from oai_provider.protocol.datestamp import to_seconds
from oai_provider.protocol.xml import Payload
from oai_provider.store import sql
from oai_provider.store.base import ItemWrite
from oai_provider.store.known import Rows, execute

_AT_ONCE: Final = 500


def is_embargoed(write: ItemWrite, now: int) -> bool:
    """Tell whether an item may not be seen at a moment, in seconds."""
    return write.release is not None and to_seconds(write.release) > now


def known_embargoes(
    connection: Connection, identifiers: Iterable[str]
) -> dict[str, ItemWrite]:
    """Return what is embargoed of the items named."""
    values = {"identifiers": list(identifiers)}
    found = connection.execute(sql.KNOWN_EMBARGOES, values).all()
    return {identifier: unpacked(write) for identifier, write in found}


def held_anew(write: ItemWrite, before: ItemWrite | None) -> ItemWrite:
    """Return an embargoed item with what stays as it was held before."""
    kept = before.payloads.keys() & write.refused if before else frozenset()
    if before is None or not kept:
        return write
    return replace(
        write,
        payloads={**write.payloads, **{p: before.payloads[p] for p in kept}},
        about={**write.about, **{p: before.about.get(p, ()) for p in kept}},
        refused=write.refused - kept,
    )


def differing(write: ItemWrite, before: ItemWrite | None) -> frozenset[str]:
    """Return the formats in which an embargoed item is not as it was held before."""
    now, then = _contents(write), _contents(before) if before else {}
    return frozenset(p for p in now.keys() | then if now.get(p) != then.get(p))


def _contents(write: ItemWrite) -> dict[str, tuple[object, ...]]:
    """Return what a harvester will receive, by format."""
    return {
        prefix: (payload, tuple(write.about.get(prefix, ())), set(write.set_specs))
        for prefix, payload in write.payloads.items()
    }


def change_embargoes(
    connection: Connection, removed: Iterable[str], added: Collection[ItemWrite]
) -> None:
    """Take items out of the table, and put others in."""
    gone: Rows = [{"identifier_": identifier} for identifier in removed]
    execute(connection, sql.REMOVE_EMBARGOES, gone)
    execute(connection, sql.ADD_EMBARGOES, [*map(_row, added)])


def due(connection: Connection, now: int) -> Iterator[dict[str, ItemWrite]]:
    """Yield the items whose day has come, some at a time, taken out of the table."""
    values = {"now": now, "limit": _AT_ONCE}
    while found := connection.execute(sql.DUE, values).all():
        change_embargoes(connection, [identifier for identifier, _ in found], [])
        yield {identifier: unpacked(write) for identifier, write in found}


def _row(write: ItemWrite) -> dict[str, Any]:
    return {
        "identifier": write.identifier,
        "release": to_seconds(write.release) if write.release else 0,
        "source": write.source,
        "write": packed(write),
    }


def packed(write: ItemWrite) -> bytes:
    """Return an item as bytes that `unpacked` makes it of again, but for its day."""
    value = {
        "identifier": write.identifier,
        "source": write.source,
        "payloads": {p: xml.xml.decode() for p, xml in write.payloads.items()},
        "set_specs": write.set_specs,
        "about": {p: [x.xml.decode() for x in a] for p, a in write.about.items()},
        "refused": sorted(write.refused),
    }
    return json.dumps(value, ensure_ascii=False).encode()


def unpacked(packed_: bytes) -> ItemWrite:
    """Return an item that may be seen."""
    value = json.loads(packed_)
    return ItemWrite(
        identifier=value["identifier"],
        source=value["source"],
        payloads={p: Payload(xml.encode()) for p, xml in value["payloads"].items()},
        set_specs=tuple(value["set_specs"]),
        about={
            prefix: tuple(Payload(xml.encode()) for xml in containers)
            for prefix, containers in value["about"].items()
        },
        refused=frozenset(value["refused"]),
    )
