"""What a repository says it has, apart from items: formats, sets, settings."""

from collections.abc import Iterable

from sqlalchemy import Connection

from oai_provider.protocol.model import MetadataFormat, Set
from oai_provider.store import sql
from oai_provider.store.known import Rows, execute, format_ids, new_ids, set_ids
from oai_provider.store.rows import joined


def declare_formats(connection: Connection, formats: Iterable[MetadataFormat]) -> None:
    """Add formats, or give those that are there the schema and namespace named."""
    known = format_ids(connection)
    new = new_ids(connection, sql.LAST_FORMAT)
    added: Rows = []
    changed: Rows = []
    for format_ in formats:
        described = {"schema": format_.schema, "namespace": format_.namespace}
        prefix = format_.metadata_prefix
        if prefix in known:
            changed.append({"id_": known[prefix], **described})
        else:
            added.append({"id": next(new), "prefix": prefix, **described})
    execute(connection, sql.ADD_FORMATS, added)
    execute(connection, sql.CHANGE_FORMATS, changed)


def declare_sets(connection: Connection, sets: Iterable[Set]) -> None:
    """Add sets and the sets above them, and give those declared their names."""
    declared = {set_.spec: set_ for set_ in sets}
    ids = set_ids(connection, declared)
    changed: Rows = [
        {
            "id_": ids[spec],
            "name": set_.name,
            "descriptions": joined(set_.descriptions),
        }
        for spec, set_ in declared.items()
    ]
    execute(connection, sql.CHANGE_SETS, changed)


def setting(connection: Connection, name: str, value: bytes) -> bytes:
    """Return a setting's value: the one it has, else the one given, which it keeps."""
    found = connection.execute(sql.SETTING, {"name": name}).scalar()
    if found is not None:
        return bytes(found)
    connection.execute(sql.ADD_SETTING, {"name": name, "value": value})
    return value
