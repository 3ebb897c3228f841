"""The repository of the proof, as each of its processes opens it.

Imports little: processes are killed and started again all the time.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection, Engine, event

from oai_provider.protocol.model import MetadataFormat, Set
from oai_provider.protocol.xml import Payload
from oai_provider.store.base import ItemWrite
from oai_provider.store.engines import Clock, open_store
from oai_provider.store.sql_store import SqlStore

SETS: Final = ("x", "x:y", "z")
_FORMATS: Final = ("oai_dc", "mods")


def utc_now() -> datetime:
    """Return the time, of this machine."""
    return datetime.fromtimestamp(time.time(), UTC)


def opened(url: str, clock: Clock = utc_now, *, patience: float = 30) -> SqlStore:
    """Return the store at a URL; its sets tell harvesters of items that left."""
    store = open_store(url, clock=clock, patience=patience, tells_left_sets=True)
    store.declare_formats(
        MetadataFormat(
            metadata_prefix=prefix,
            schema=f"https://example.org/{prefix}.xsd",
            namespace=f"https://example.org/{prefix}",
        )
        for prefix in _FORMATS
    )
    store.declare_sets(Set(spec=spec, name=spec) for spec in SETS)
    return store


def identifier_of(n: int) -> str:
    """Return the identifier of an item of the proof."""
    return f"oai:example.org:{n}"


def write_of(n: int, text: str, sets: Iterable[str] = ()) -> ItemWrite:
    """Return an item whose payloads say the text in both formats."""
    return ItemWrite(
        identifier=identifier_of(n),
        source=text,
        payloads={
            prefix: Payload(f'<r xmlns="urn:x">{prefix} {text}</r>'.encode())
            for prefix in _FORMATS
        },
        set_specs=tuple(sets),
    )


@contextmanager
def before_each_commit(act: Callable[[], None]) -> Iterator[None]:
    """Act at the end of every transaction: stamped, written, and not yet seen."""

    def acting(_: Connection) -> None:
        act()

    event.listen(Engine, "commit", acting)
    try:
        yield
    finally:
        event.remove(Engine, "commit", acting)


def into_the_next_second(by: float = 0.001) -> None:
    """Let the second in which a commit was stamped go by, and a bit of the next."""
    time.sleep(1 - time.time() % 1 + by)
