"""Every statement the SQL store executes, for SQLite and PostgreSQL alike.

A list has one lower bound, its position; `from` is only the first position. With a
second one SQLite seeks on the wrong of the two. Columns stand in the order in which
`rows` takes them apart.
"""

from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Select,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    select,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.sql.selectable import FromClause

from oai_provider.store.tables import (
    WHOLE_LIST,
    embargoed,
    header,
    item,
    listing,
    metadata_format,
    oai_set,
    quarantine,
    record,
    setting,
    source,
    tally,
    unconfirmed,
)

_WHOLE: Final = literal_column(str(WHOLE_LIST), listing.c.set_id.type)
_FORMAT: Final = (
    select(metadata_format.c.id)
    .where(metadata_format.c.prefix == bindparam("prefix"))
    .scalar_subquery()
)
_SET: Final = (
    select(oai_set.c.id).where(oai_set.c.spec == bindparam("spec")).scalar_subquery()
)

# Lists: pages.

_POSITION: Final = (listing.c.datestamp, listing.c.item_id)
# Outer joins only to fix their order: first the list, then what it points to.
_HEADERS: Final = listing.outerjoin(header, header.c.record_id == listing.c.record_id)
_RECORDS: Final = listing.outerjoin(record, record.c.id == listing.c.record_id)


def _page(
    set_id: ColumnElement[Any], joined: FromClause, *columns: ColumnElement[Any]
) -> Select[*tuple[Any, ...]]:
    after = (
        bindparam("datestamp", type_=listing.c.datestamp.type),
        bindparam("key", type_=listing.c.item_id.type),
    )
    return (
        select(*_POSITION, *columns)
        .select_from(joined)
        .where(
            listing.c.format_id == _FORMAT,
            listing.c.set_id == set_id,
            tuple_(*_POSITION) > tuple_(*after),
            listing.c.datestamp <= bindparam("until"),
        )
        .order_by(*_POSITION)
        .limit(bindparam("limit"))
    )


HEADERS: Final = _page(_WHOLE, _HEADERS, header.c.xml)
HEADERS_OF_SET: Final = _page(_SET, _HEADERS, header.c.xml, listing.c.deleted)
RECORDS: Final = _page(_WHOLE, _RECORDS, record.c.xml)
RECORDS_OF_SET: Final = _page(_SET, _RECORDS, record.c.xml, listing.c.deleted)

# Lists: sizes and limits.


def _window(set_id: ColumnElement[Any]) -> Select[int]:
    return select(func.count()).where(
        listing.c.format_id == _FORMAT,
        listing.c.set_id == set_id,
        listing.c.datestamp >= bindparam("start"),
        listing.c.datestamp <= bindparam("until"),
    )


def _whole(set_id: ColumnElement[Any]) -> Select[int]:
    return select(tally.c.records).where(
        tally.c.format_id == _FORMAT, tally.c.set_id == set_id
    )


COUNT: Final = _whole(_WHOLE)
COUNT_OF_SET: Final = _whole(_SET)
COUNT_WINDOW: Final = _window(_WHOLE)
COUNT_WINDOW_OF_SET: Final = _window(_SET)

# The first row of each format's list.
EARLIEST: Final = select(
    select(func.min(listing.c.datestamp))
    .where(
        listing.c.format_id == metadata_format.c.id,
        listing.c.set_id == _WHOLE,
    )
    .scalar_subquery()
).select_from(metadata_format)

# Formats, sets, settings.


def _given(*columns: Column[Any]) -> dict[Column[Any], ColumnElement[Any]]:
    """Return what an UPDATE sets, bound to the columns' names.

    Names bound elsewhere in an UPDATE end in "_": SQLAlchemy keeps those of columns
    for what is set.
    """
    return {column: bindparam(column.name) for column in columns}


FORMATS: Final = select(
    metadata_format.c.prefix, metadata_format.c.schema, metadata_format.c.namespace
).order_by(metadata_format.c.prefix)
# A tombstone withdraws its format (OAI-PMH 2.5). An item without any gives one row
# without format.
FORMATS_OF: Final = (
    FORMATS.select_from(
        item.outerjoin(
            record, (record.c.item_id == item.c.id) & ~record.c.deleted
        ).outerjoin(metadata_format, metadata_format.c.id == record.c.format_id)
    )
).where(item.c.identifier == bindparam("identifier"))
FORMAT_IDS: Final = select(metadata_format.c.prefix, metadata_format.c.id)
ADD_FORMATS: Final = insert(metadata_format)
CHANGE_FORMATS: Final = (
    update(metadata_format)
    .where(metadata_format.c.id == bindparam("id_"))
    .values(_given(metadata_format.c.schema, metadata_format.c.namespace))
)

ANY_SET: Final = select(oai_set.c.id).limit(1)
COUNT_SETS: Final = select(func.count()).select_from(oai_set)
SETS: Final = (
    select(oai_set.c.spec, oai_set.c.name, oai_set.c.descriptions)
    .where(oai_set.c.spec > bindparam("after"))
    .order_by(oai_set.c.spec)
    .limit(bindparam("limit"))
)
SET_IDS: Final = select(oai_set.c.spec, oai_set.c.id).where(
    oai_set.c.spec.in_(bindparam("specs", expanding=True))
)
ADD_SETS: Final = insert(oai_set)
CHANGE_SETS: Final = (
    update(oai_set)
    .where(oai_set.c.id == bindparam("id_"))
    .values(_given(oai_set.c.name, oai_set.c.descriptions))
)

SETTING: Final = select(setting.c.value).where(setting.c.name == bindparam("name"))
ADD_SETTING: Final = insert(setting)

# Single records and items.

RECORD: Final = (
    select(record.c.datestamp, record.c.xml)
    .join_from(item, record, record.c.item_id == item.c.id)
    .where(item.c.identifier == bindparam("identifier"), record.c.format_id == _FORMAT)
)
_ITEM: Final = select(
    item.c.identifier,
    item.c.set_specs,
    item.c.deleted,
    item.c.created,
    source.c.json,
    select(func.max(record.c.datestamp))
    .where(record.c.item_id == item.c.id)
    .scalar_subquery(),
).join_from(item, source, source.c.item_id == item.c.id)
ITEM: Final = _ITEM.where(item.c.identifier == bindparam("identifier"))
ITEMS: Final = (
    _ITEM.where(item.c.identifier > bindparam("after"))
    .order_by(item.c.identifier)
    .limit(bindparam("limit"))
)
TOTALS: Final = select(item.c.deleted, func.count()).group_by(item.c.deleted)

_EMBARGOED: Final = select(
    embargoed.c.identifier, embargoed.c.release, embargoed.c.source
)
EMBARGOED: Final = (
    _EMBARGOED.where(embargoed.c.identifier > bindparam("after"))
    .order_by(embargoed.c.identifier)
    .limit(bindparam("limit"))
)

# Whether anything waits to be settled: a release that is due, a commit that nobody
# confirmed.
UNSETTLED: Final = union_all(
    select(embargoed.c.release).where(embargoed.c.release <= bindparam("now")),
    select(unconfirmed.c.stamp).where(unconfirmed.c.stamp <= bindparam("abandoned")),
).limit(1)

# What was refused.

_QUARANTINED: Final = select(
    quarantine.c.id,
    quarantine.c.identifier,
    quarantine.c.prefix,
    quarantine.c.file,
    quarantine.c.line,
    quarantine.c.field,
    quarantine.c.reason,
    quarantine.c.unread,
    quarantine.c.since,
)
QUARANTINED: Final = (
    _QUARANTINED.where(quarantine.c.id > bindparam("after"))
    .order_by(quarantine.c.id)
    .limit(bindparam("limit"))
)
COUNT_QUARANTINED: Final = select(func.count()).select_from(quarantine)
ANY_QUARANTINED: Final = select(quarantine.c.id).limit(1)
KNOWN_QUARANTINED: Final = _QUARANTINED.where(
    quarantine.c.identifier.in_(bindparam("identifiers", expanding=True))
    | (
        quarantine.c.file.in_(bindparam("files", expanding=True))
        & (quarantine.c.line > bindparam("after"))
        & (quarantine.c.line <= bindparam("until"))
        & quarantine.c.unread
    )
)
LAST_QUARANTINED: Final = select(func.max(quarantine.c.id))
ADD_QUARANTINED: Final = insert(quarantine)
REMOVE_QUARANTINED: Final = delete(quarantine).where(
    quarantine.c.id == bindparam("id_")
)

# Writing: what is there.

KNOWN_ITEMS: Final = (
    select(
        item.c.id,
        item.c.identifier,
        item.c.set_specs,
        item.c.left_specs,
        item.c.deleted,
        source.c.json,
    )
    .join_from(item, source, source.c.item_id == item.c.id)
    .where(item.c.identifier.in_(bindparam("identifiers", expanding=True)))
)
KNOWN: Final = select(item.c.identifier).where(
    item.c.identifier.in_(bindparam("identifiers", expanding=True))
)
KNOWN_RECORDS: Final = select(
    record.c.item_id,
    record.c.format_id,
    record.c.id,
    record.c.datestamp,
    record.c.xml,
    record.c.dates,
).where(record.c.item_id.in_(bindparam("item_ids", expanding=True)))
KNOWN_TALLIES: Final = select(tally.c.format_id, tally.c.set_id).where(
    tally.c.set_id.in_(bindparam("set_ids", expanding=True))
)

KNOWN_EMBARGOES: Final = select(embargoed.c.identifier, embargoed.c.write).where(
    embargoed.c.identifier.in_(bindparam("identifiers", expanding=True))
)
DUE: Final = (
    select(embargoed.c.identifier, embargoed.c.write)
    .where(embargoed.c.release <= bindparam("now"))
    .order_by(embargoed.c.release, embargoed.c.identifier)
    .limit(bindparam("limit"))
)
ABANDONED: Final = select(
    unconfirmed.c.id, unconfirmed.c.stamp, unconfirmed.c.records
).where(unconfirmed.c.stamp <= bindparam("abandoned"))
MARK: Final = select(unconfirmed.c.records).where(unconfirmed.c.id == bindparam("id"))
OWNERS: Final = (
    select(item.c.identifier)
    .join_from(record, item, item.c.id == record.c.item_id)
    .where(
        record.c.id.in_(bindparam("ids", expanding=True)),
        record.c.datestamp == bindparam("stamp"),
    )
)

LAST_FORMAT: Final = select(func.max(metadata_format.c.id))
LAST_SET: Final = select(func.max(oai_set.c.id))
LAST_ITEM: Final = select(func.max(item.c.id))
LAST_RECORD: Final = select(func.max(record.c.id))

# Writing: each takes many rows.

ADD_ITEMS: Final = insert(item)
ADD_SOURCES: Final = insert(source)
ADD_RECORDS: Final = insert(record)
ADD_HEADERS: Final = insert(header)
ADD_TO_LISTS: Final = insert(listing)
ADD_TALLIES: Final = insert(tally)
CHANGE_ITEMS: Final = (
    update(item)
    .where(item.c.id == bindparam("id_"))
    .values(_given(item.c.set_specs, item.c.left_specs, item.c.deleted))
)
CHANGE_SOURCES: Final = (
    update(source)
    .where(source.c.item_id == bindparam("id_"))
    .values(_given(source.c.json))
)
CHANGE_RECORDS: Final = (
    update(record)
    .where(record.c.id == bindparam("id_"))
    .values(
        _given(
            record.c.datestamp,
            record.c.deleted,
            record.c.dates,
            record.c.xml,
        )
    )
)
CHANGE_HEADERS: Final = (
    update(header)
    .where(header.c.record_id == bindparam("id_"))
    .values(_given(header.c.xml))
)
ADD_EMBARGOES: Final = insert(embargoed)
REMOVE_EMBARGOES: Final = delete(embargoed).where(
    embargoed.c.identifier == bindparam("identifier_")
)
ADD_MARK: Final = insert(unconfirmed)
REMOVE_MARK: Final = delete(unconfirmed).where(unconfirmed.c.id == bindparam("id_"))
REMOVE_FROM_LISTS: Final = delete(listing).where(
    and_(*(column == bindparam(column.name) for column in listing.primary_key))
)
CHANGE_TALLIES: Final = (
    update(tally)
    .where(
        tally.c.format_id == bindparam("format_id_"),
        tally.c.set_id == bindparam("set_id_"),
    )
    .values(records=tally.c.records + bindparam("change_"))
)
