"""WARC files, read by a program that is not ours."""

import gzip
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from oai_provider.harvester.exchange import Exchange
from oai_provider.harvester.sinks.base import SinkError
from oai_provider.harvester.sinks.warc import Warc

BODY = b"<OAI-PMH>\xd0\xb6</OAI-PMH>"
URL = "http://example.org/oai?verb=ListRecords&metadataPrefix=oai_dc"
GET = Exchange(
    arguments={"verb": "ListRecords", "metadataPrefix": "oai_dc"},
    method="GET",
    url=URL,
    status=200,
    headers=(
        ("Content-Type", "text/xml"),
        ("Content-Encoding", "gzip"),
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2"),
    ),
    body=BODY,
    wire=gzip.compress(BODY),
    sent=datetime(2024, 5, 6, 7, 8, 9, 123456, tzinfo=UTC),
    seconds=0.5,
)


class Read(NamedTuple):
    kind: str
    url: str | None
    date: str
    fields: dict[str, str]
    start: str
    headers: list[tuple[str, str]]
    wire: bytes
    body: bytes


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Path:
    return tmp_path / "kept.warc.gz"


def written(path: Path, *exchanges: Exchange) -> None:
    with closing(Warc(path)) as warc:
        for exchange in exchanges:
            warc.write(exchange)
        warc.commit()


def read(path: Path) -> Iterator[Read]:
    """Yield what warcio reads, with all digests checked."""
    with path.open("rb") as raw, path.open("rb") as decoded:
        pairs = zip(
            ArchiveIterator(raw, check_digests="raise"),
            ArchiveIterator(decoded),
            strict=True,
        )
        for one, other in pairs:
            http = one.http_headers
            yield Read(
                kind=one.rec_type,
                url=one.rec_headers.get_header("WARC-Target-URI"),
                date=one.rec_headers.get_header("WARC-Date"),
                fields=dict(one.rec_headers.headers),
                start=f"{http.protocol} {http.statusline}" if http else "",
                headers=http.headers if http else [],
                wire=one.raw_stream.read(),
                body=other.content_stream().read(),
            )


def test_a_file_tells_first_what_made_it(path: Path) -> None:
    written(path, GET, GET)
    assert [one.kind for one in read(path)] == [
        "warcinfo",
        *("response", "request") * 2,
    ]


def test_an_answer_is_kept_as_it_came(path: Path) -> None:
    written(path, GET)
    answer = [*read(path)][1]
    assert answer.start == "HTTP/1.1 200 OK"
    assert tuple(answer.headers) == GET.headers
    assert answer.wire == GET.wire
    assert answer.body == BODY


def test_a_record_tells_when_and_where_it_was_asked(path: Path) -> None:
    written(path, GET)
    _, answer, request = read(path)
    assert answer.url == request.url == URL
    assert answer.date == request.date == "2024-05-06T07:08:09.123456Z"


def test_a_request_names_its_answer(path: Path) -> None:
    written(path, GET)
    _, answer, request = read(path)
    assert request.fields["WARC-Concurrent-To"] == answer.fields["WARC-Record-ID"]


def test_a_request_is_kept_without_its_headers(path: Path) -> None:
    written(path, GET)
    request = [*read(path)][2]
    line = "GET /oai?verb=ListRecords&metadataPrefix=oai_dc HTTP/1.1"
    assert request.start == line
    assert request.headers == [("Host", "example.org")]


def test_the_arguments_of_a_post_are_its_body(path: Path) -> None:
    written(path, replace(GET, method="POST", url="http://example.org/oai"))
    request = [*read(path)][2]
    assert request.start == "POST /oai HTTP/1.1"
    assert request.wire == b"verb=ListRecords&metadataPrefix=oai_dc"


def test_a_body_that_was_chunked_is_not_said_to_be(path: Path) -> None:
    written(path, replace(GET, headers=(("Transfer-Encoding", "chunked"),)))
    answer = [*read(path)][1]
    assert answer.headers == [("X-Archive-Orig-Transfer-Encoding", "chunked")]


def test_a_header_of_several_lines_becomes_one(path: Path) -> None:
    written(path, replace(GET, headers=(("X-A", "b\r\n c"), ("X-D", "ä"))))
    answer = [*read(path)][1]
    assert answer.headers == [("X-A", "b c"), ("X-D", "ä")]


def test_an_unknown_status_is_kept(path: Path) -> None:
    written(path, replace(GET, status=599))
    assert [*read(path)][1].start.startswith("HTTP/1.1 599")


def test_every_record_has_an_id_of_its_own(path: Path) -> None:
    written(path, GET, replace(GET, sent=GET.sent.replace(microsecond=7)))
    ids = [one.fields["WARC-Record-ID"] for one in read(path)]
    assert len({*ids}) == len(ids) == 5


def test_a_file_grows_from_harvest_to_harvest(path: Path) -> None:
    written(path, GET)
    before = path.read_bytes()
    written(path, GET)
    assert path.read_bytes().startswith(before)
    kinds = [one.kind for one in read(path)]
    assert kinds == ["warcinfo", "response", "request", "response", "request"]


def test_a_position_is_the_size_of_the_file(path: Path) -> None:
    with closing(Warc(path)) as warc:
        warc.write(GET)
        assert warc.commit() == path.stat().st_size


def test_what_a_crash_tore_is_cut_off_at_any_byte(path: Path) -> None:
    written(path, GET)
    whole = path.read_bytes()
    written(path, GET)
    longer = path.read_bytes()
    left = set()
    for cut in range(len(whole), len(longer)):
        path.write_bytes(longer[:cut])
        Warc(path).close()
        left.add(path.read_bytes())
    # The request comes last; the answer before it is whole or torn, too.
    one, two = sorted(left)
    assert one == whole
    assert longer.startswith(two)


def test_a_file_grows_behind_what_was_torn(path: Path) -> None:
    written(path, GET)
    path.write_bytes(path.read_bytes()[:-1])
    written(path, GET)
    kinds = [one.kind for one in read(path)]
    assert kinds == ["warcinfo", "response", "response", "request"]


def test_zeros_at_the_end_are_cut_off(path: Path) -> None:
    written(path, GET)
    whole = path.read_bytes()
    path.write_bytes(whole + bytes(100_000))
    Warc(path).close()
    assert path.read_bytes() == whole


def test_damage_that_no_crash_does_is_told_and_left(path: Path) -> None:
    written(path, GET)
    damaged = b"junk" + path.read_bytes()
    path.write_bytes(damaged)
    with pytest.raises(SinkError, match="at byte 0: name another file"):
        Warc(path)
    assert path.read_bytes() == damaged


def test_a_file_is_written_by_one_harvest_at_a_time(path: Path) -> None:
    with (
        closing(Warc(path)),
        pytest.raises(SinkError, match="another harvest is writing"),
    ):
        Warc(path)


@given(st.lists(st.binary(max_size=200_000), min_size=1, max_size=3))
def test_any_body_comes_back(
    tmp_path_factory: pytest.TempPathFactory, wires: list[bytes]
) -> None:
    path = tmp_path_factory.mktemp("warc") / "kept.warc.gz"
    plain = replace(GET, headers=())
    written(path, *(replace(plain, wire=wire) for wire in wires))
    bodies = [one.wire for one in read(path) if one.kind == "response"]
    assert bodies == wires
