"""Records that are written already, and read like any others."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from strategies import records

from oai_provider.protocol.datestamp import Granularity
from oai_provider.protocol.model import Record, Records, Response
from oai_provider.protocol.read import read, read_header
from oai_provider.protocol.write import write, write_header
from oai_provider.protocol.written import WrittenRecord, WrittenRecords

some_records = st.lists(records(Granularity.SECOND), min_size=1, max_size=4)


def written(found: list[Record]) -> WrittenRecords:
    parts: list[WrittenRecord] = [
        (write_header(header), metadata.xml if metadata else None, about)
        for header, metadata, about in found
    ]
    return WrittenRecords(parts, found[-1].header.datestamp)


def document(body: Records, granularity: Granularity) -> bytes:
    response = Response(
        response_date=datetime(2024, 2, 29, tzinfo=UTC),
        base_url="http://example.org/oai",
        arguments=(),
        body=body,
        granularity=granularity,
    )
    return b"".join(write(response))


@given(some_records, st.sampled_from(Granularity))
def test_they_stand_in_a_response_as_if_written_one_by_one(
    found: list[Record], granularity: Granularity
) -> None:
    copied = document(Records(written(found)), granularity)
    assert copied == document(Records(tuple(found)), granularity)


@given(some_records)
def test_they_are_a_sequence_of_the_same_records(found: list[Record]) -> None:
    page = written(found)
    assert page == tuple(found)
    assert tuple(found) == page
    assert hash(page) == hash(tuple(found))
    assert (len(page), page[0], page[-1]) == (len(found), found[0], found[-1])
    assert repr(page) == repr(tuple(page))
    assert page != 1


@given(some_records)
def test_they_know_their_sizes(found: list[Record]) -> None:
    metadata = (len(r.metadata.xml) if r.metadata else 0 for r in found)
    about = (sum(len(part.xml) for part in r.about) for r in found)
    assert list(written(found).sizes()) == [
        *map(sum, zip(metadata, about, strict=True))
    ]


@given(some_records, st.integers(0, 4))
def test_some_of_them_are_again_such_a_sequence(found: list[Record], end: int) -> None:
    some = written(found)[:end]
    assert isinstance(some, WrittenRecords)
    assert list(some) == found[:end]
    if found[:end]:
        assert some.newest == found[:end][-1].header.datestamp


@given(records(Granularity.SECOND))
def test_a_header_is_read_as_it_was_written(record: Record) -> None:
    assert read_header(write_header(record.header)) == record.header


@given(some_records)
def test_what_is_copied_is_read_as_what_it_was(found: list[Record]) -> None:
    read_again = read(document(Records(written(found)), Granularity.SECOND))
    assert read_again.body == Records(tuple(found))
