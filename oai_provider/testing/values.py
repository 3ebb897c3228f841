"""Small values that tests of stores are written with."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from oai_provider.protocol.model import MetadataFormat, Record
from oai_provider.protocol.request import Selection
from oai_provider.protocol.token import Position
from oai_provider.protocol.xml import Payload
from oai_provider.store.base import ItemWrite, Outcome, Store

OAI_DC: Final = MetadataFormat(
    metadata_prefix="oai_dc",
    schema="http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
    namespace="http://www.openarchives.org/OAI/2.0/oai_dc/",
)
MODS: Final = MetadataFormat(
    metadata_prefix="mods",
    schema="http://www.loc.gov/standards/mods/v3/mods-3-8.xsd",
    namespace="http://www.loc.gov/mods/v3",
)
START: Final = datetime(2024, 2, 29, 12, 0, 0, tzinfo=UTC)


class StandingClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """Return the moment at which the clock stands."""
        return self.now

    def move(self, seconds: float = 1) -> datetime:
        """Set the clock forward (or back), and return what it shows then."""
        self.now += timedelta(seconds=seconds)
        return self.now


def oai(local: str) -> str:
    """Return the identifier of an item of the example repository."""
    return f"oai:example.org:{local}"


def payload(text: str) -> Payload:
    """Return a small payload that differs from those of other texts."""
    return Payload(f'<r xmlns="urn:example">{text}</r>'.encode())


def write_of(
    local: str,
    text: str = "first",
    *,
    sets: Iterable[str] = (),
    formats: Iterable[str] = ("oai_dc", "mods"),
    refused: Iterable[str] = (),
) -> ItemWrite:
    """Return an item whose payloads say the text in every format."""
    return ItemWrite(
        identifier=oai(local),
        source=f'{{"id": "{local}", "текст": "{text}"}}',
        payloads={prefix: payload(f"{prefix} {text}") for prefix in formats},
        set_specs=tuple(sets),
        refused=frozenset(refused),
    )


def put(store: Store, *writes: ItemWrite) -> list[Outcome]:
    """Store items, and return what became of them."""
    return list(store.put(writes))


def delete(store: Store, *locals_: str) -> list[Outcome]:
    """Delete items, and return what became of them."""
    return list(store.delete(map(oai, locals_)))


def selection(
    prefix: str = "oai_dc",
    set_spec: str | None = None,
    *,
    from_: datetime | None = None,
    until: datetime | None = None,
) -> Selection:
    """Return a selection: of the whole list in oai_dc if nothing else is said."""
    return Selection(
        metadata_prefix=prefix, set_spec=set_spec, from_=from_, until=until
    )


def walk(store: Store, selected: Selection, limit: int = 100) -> Iterator[Record]:
    """Yield a whole list, page by page."""
    after: Position | None = None
    while True:
        page = store.records(selected, after=after, limit=limit)
        yield from page.records
        after = page.after
        if after is None:
            return


def locals_of(store: Store, selected: Selection, limit: int = 100) -> list[str]:
    """Return the local parts of a list's identifiers, in its order."""
    records = walk(store, selected, limit)
    return [record.header.identifier.removeprefix(oai("")) for record in records]
