"""Records that are written already, and read like any others."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from strategies import records

from oai_provider.protocol.datestamp import Granularity
from oai_provider.protocol.model import Body, Header, Record, Records, Response
from oai_provider.protocol.read import read, read_record
from oai_provider.protocol.write import (
    HeaderWriter,
    write,
    write_content,
    write_record,
)
from oai_provider.protocol.written import WrittenRecord, WrittenRecords
from oai_provider.protocol.xml import parse, payload

a_record = records(Granularity.SECOND)
some_records = st.lists(a_record, min_size=1, max_size=4)


def content(record: Record) -> bytes:
    if record.metadata is None:
        return b""
    return write_content(record.metadata, record.about)


def xml(record: Record) -> bytes:
    header = HeaderWriter(Granularity.SECOND)(record.header)
    return write_record(header, content(record))


def written(found: list[Record]) -> WrittenRecords:
    return WrittenRecords([*map(xml, found)], found[-1].header.datestamp)


def written_one(record: Record) -> WrittenRecord:
    return WrittenRecord(xml(record), record.header.datestamp)


def document(body: Body, granularity: Granularity) -> bytes:
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


@given(a_record, st.sampled_from(Granularity))
def test_one_stands_in_a_response_as_if_written_there(
    found: Record, granularity: Granularity
) -> None:
    copied = document(written_one(found), granularity)
    assert copied == document(found, granularity)


@given(some_records)
def test_they_are_a_sequence_of_the_same_records(found: list[Record]) -> None:
    page = written(found)
    assert page == tuple(found)
    assert tuple(found) == page
    assert hash(page) == hash(tuple(found))
    assert (len(page), page[0], page[-1]) == (len(found), found[0], found[-1])
    assert page[:2] == tuple(found[:2])
    assert repr(page) == repr(tuple(page))
    assert page != 1


@given(a_record)
def test_one_is_the_same_record_to_whoever_looks_into_it(found: Record) -> None:
    one = written_one(found)
    assert (one.header, one.metadata, one.about) == found
    assert one == found
    assert one == written_one(found)
    assert hash(one) == hash(found)
    assert repr(one) == repr(read_record(one.xml))


@given(some_records)
def test_they_know_their_sizes(found: list[Record]) -> None:
    assert list(written(found).sizes()) == [len(content(record)) for record in found]


@given(a_record)
def test_a_record_is_read_as_it_was_written(found: Record) -> None:
    assert read_record(xml(found)) == found


@given(some_records)
def test_what_is_copied_is_read_as_what_it_was(found: list[Record]) -> None:
    read_again = read(document(Records(written(found)), Granularity.SECOND))
    assert read_again.body == Records(tuple(found))


def test_only_the_header_s_datestamp_becomes_a_day() -> None:
    about = payload(
        parse(
            b'<originDescription xmlns="urn:x">'
            b"<datestamp>2020-01-01T00:00:00Z</datestamp></originDescription>"
        )
    )
    header = Header("oai:a:1", datetime(2024, 2, 29, 1, tzinfo=UTC))
    found = Record(header, about, (about,))
    for body in (Records(written([found])), written_one(found)):
        said = document(body, Granularity.DAY)
        assert said.count(b"<datestamp>2020-01-01T00:00:00Z</datestamp>") == 2
        assert said.count(b"<datestamp>2024-02-29</datestamp>") == 1
