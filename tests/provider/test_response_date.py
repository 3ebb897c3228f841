"""No datestamp lies after the responseDate, whatever is committed in between."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from provider.world import FORMATS, REPOSITORY, SECOND, START, dublin_core, identifier

from oai_provider.protocol.datestamp import Granularity, format_datestamp
from oai_provider.protocol.write import write
from oai_provider.provider.answer import Provider
from oai_provider.store.base import ItemWrite
from oai_provider.store.engines import open_store


class Clock:
    """A clock that is moved."""

    now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.mark.parametrize(
    "arguments",
    [
        [("verb", "GetRecord"), ("identifier", identifier(1))],
        [("verb", "ListRecords")],
        [("verb", "ListIdentifiers")],
    ],
)
def test_what_was_stored_after_the_clock_was_read_moves_the_response_date(
    tmp_path: Path, arguments: list[tuple[str, str]]
) -> None:
    clock = Clock()
    store = open_store(f"sqlite:///{tmp_path / 'items.db'}", clock=clock)
    store.declare_formats(FORMATS)
    read_at = store.now()
    clock.now = START + SECOND * 2
    write_ = ItemWrite(
        identifier=identifier(1), source="{}", payloads={"oai_dc": dublin_core("1")}
    )
    list(store.put([write_]))
    provider = Provider(replace(REPOSITORY), store)
    response = provider.answer([*arguments, ("metadataPrefix", "oai_dc")], read_at)
    store.close()
    stamp = format_datestamp(clock.now, Granularity.SECOND).encode()
    assert b"<datestamp>%b</datestamp>" % stamp in b"".join(write(response))
    assert response.response_date == clock.now
