"""XML of other systems: records, collections, responses; payloads kept whole."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from sources.reads import ids_and_lines, the_item, the_refusal, written

from oai_provider.metadata.format import Format, FormatError
from oai_provider.metadata.item import Item
from oai_provider.metadata.own_xml import described
from oai_provider.metadata.provenance import OriginDescription
from oai_provider.protocol.model import Header, Record, Records, Response
from oai_provider.protocol.write import write
from oai_provider.protocol.xml import parse, payload
from oai_provider.sources.base import Read, Sourced, Unreadable
from oai_provider.sources.oai_xml import read_oai_xml
from oai_provider.sources.xml_stream import elements

NAMES = "https://example.org/names"
OAI = "http://www.openarchives.org/OAI/2.0/"
MODS = "http://www.loc.gov/mods/v3"


def _read(element: etree._Element) -> dict[str, object]:
    title = element.findtext("{*}title")
    if title is None:
        raise FormatError("no title")
    return {"resource_type": "article", "titles": [title]}


def _format(prefix: str, namespace: str, *, is_read: bool = True) -> Format:
    return Format(
        metadata_prefix=prefix,
        schema=f"{namespace}.xsd",
        namespace=namespace,
        write=lambda _item, _context: None,
        read=_read if is_read else None,
    )


FORMATS = {
    "names": _format("names", NAMES),
    "mods": _format("mods", MODS),
    "silent": _format("silent", "urn:silent", is_read=False),
}
PAYLOAD = f'<n:name xmlns:n="{NAMES}"><n:title>One</n:title></n:name>'


def reads(folder: Path, text: str | bytes, name: str = "x.xml") -> list[Read]:
    return list(read_oai_xml(written(folder, name, text), formats=FORMATS))


def record(
    identifier: str = "oai:example.org:a",
    metadata: str = f"<metadata>{PAYLOAD}</metadata>",
    header: str = "",
    status: str = "",
) -> str:
    return (
        f"<record><header{status}><identifier>{identifier}</identifier>"
        f"<datestamp>2014-05-31</datestamp>{header}</header>{metadata}</record>\n"
    )


def response(*records: str, verb: str = "ListRecords") -> str:
    return (
        f'<OAI-PMH xmlns="{OAI}">\n<responseDate>2026-01-01T00:00:00Z</responseDate>'
        f"<request/>\n<{verb}>\n{''.join(records)}</{verb}></OAI-PMH>"
    )


# Responses


def test_a_record_keeps_identifier_sets_date_and_payload(tmp_path: Path) -> None:
    header = "<setSpec>a</setSpec><setSpec> a:b </setSpec>"
    item = the_item(reads(tmp_path, response(record(header=header))))
    assert (item.id, item.identifier) == ("a", "oai:example.org:a")
    assert item.sets == ("a", "a:b")
    assert item.datestamp == datetime(2014, 5, 31, tzinfo=UTC)
    assert item.native == {"names": PAYLOAD}


def test_nothing_is_read_out_of_a_payload_until_somebody_asks(tmp_path: Path) -> None:
    item = the_item(reads(tmp_path, response(record(), verb="GetRecord")))
    assert item.titles == ()
    assert described(item, FORMATS).titles[0].value == "One"


def test_a_format_that_reads_nothing_still_keeps_the_payload(tmp_path: Path) -> None:
    metadata = '<metadata><x xmlns="urn:silent"/></metadata>'
    item = the_item(reads(tmp_path, response(record(metadata=metadata))))
    assert (item.native, item.titles) == ({"silent": '<x xmlns="urn:silent"/>'}, ())


def test_a_payload_declares_the_namespaces_it_took_from_around_it(
    tmp_path: Path,
) -> None:
    metadata = "<metadata><n:name><n:title n:k='1'>One</n:title></n:name></metadata>"
    text = response(record(metadata=metadata)).replace(
        "<OAI-PMH", f'<OAI-PMH xmlns:n="{NAMES}"', 1
    )
    native = the_item(reads(tmp_path, text)).native["names"]
    assert parse(native.encode()).tag == f"{{{NAMES}}}name"


def test_a_local_id_may_hold_colons_and_slashes(tmp_path: Path) -> None:
    item = the_item(reads(tmp_path, response(record("oai:example.org:cs/01:2"))))
    assert item.id == "cs/01:2"


@pytest.mark.parametrize("identifier", ["https://example.org/1", "hdl:1/2", "oai:x"])
def test_an_identifier_of_another_scheme_is_the_id_as_a_whole(
    tmp_path: Path, identifier: str
) -> None:
    item = the_item(reads(tmp_path, response(record(identifier))))
    assert (item.id, item.identifier) == (identifier, identifier)


def test_a_deleted_record_is_a_tombstone(tmp_path: Path) -> None:
    text = response(record(status=' status="deleted"', metadata=""))
    (read,) = reads(tmp_path, text)
    assert isinstance(read, Sourced)
    assert read.tombstone
    assert read.item.identifier == "oai:example.org:a"
    assert read.item.titles == ()


def test_about_containers_are_kept(tmp_path: Path) -> None:
    about = '<about><r xmlns="urn:r">&lt;</r></about>'
    metadata = f"<metadata>{PAYLOAD}</metadata>{about}{about}"
    item = the_item(reads(tmp_path, response(record(metadata=metadata))))
    containers = ('<r xmlns="urn:r">&lt;</r>',) * 2
    assert item.record_about == {"names": containers}


# Where it was harvested: guidelines-provenance.

FROM = response(record()).replace("<request/>", "<request>http://a.org/oai</request>")
PROVENANCE = f"{OAI}provenance"


def chain(*more: str, altered: str = "true") -> str:
    """Return a provenance container as others write it."""
    return (
        f'<about><provenance xmlns="{PROVENANCE}"><originDescription'
        f' altered="{altered}" harvestDate="2013-01-01"><baseURL>http://b.org/</baseURL>'
        "<identifier>oai:b.org:a</identifier><datestamp>2012-01-01</datestamp>"
        f"<metadataNamespace>{NAMES}</metadataNamespace>{''.join(more)}"
        "</originDescription></provenance></about>"
    )


def with_about(about: str) -> str:
    return FROM.replace("</metadata>", f"</metadata>{about}")


def origin(folder: Path, text: str) -> OriginDescription:
    provenance = the_item(reads(folder, text)).provenance
    assert provenance
    (told,) = provenance.origin_descriptions
    return told


def test_a_record_keeps_where_and_when_it_was_harvested(tmp_path: Path) -> None:
    assert origin(tmp_path, FROM) == OriginDescription(
        base_url="http://a.org/oai",
        identifier="oai:example.org:a",
        datestamp="2014-05-31",
        metadata_namespace=NAMES,
        harvested="2026-01-01T00:00:00Z",
        altered=False,
    )


@pytest.mark.parametrize("altered", ["true", " 1 ", "false", "0"])
def test_the_origin_it_came_with_is_kept_within_its_own(
    tmp_path: Path, altered: str
) -> None:
    text = with_about(chain(altered=altered))
    inner = origin(tmp_path, text).origin
    assert inner
    assert (inner.base_url, inner.harvested) == ("http://b.org/", "2013-01-01")
    assert inner.altered is (altered.strip() in {"true", "1"})
    assert the_item(reads(tmp_path, text)).record_about == {}


def test_a_chain_of_origins_is_kept_whole(tmp_path: Path) -> None:
    description = "<originDescription" + chain().partition("<originDescription")[2]
    inner = description.removesuffix("</provenance></about>")
    told = origin(tmp_path, with_about(chain(inner)))
    assert told.origin
    assert told.origin.origin
    assert told.origin.origin.origin is None


@pytest.mark.parametrize(
    "about",
    [
        chain().replace("2012-01-01", "yesterday"),
        chain() * 2,
        f'<about><provenance xmlns="{PROVENANCE}"/></about>',
    ],
)
def test_provenance_that_is_none_stays_as_it_is(tmp_path: Path, about: str) -> None:
    item = the_item(reads(tmp_path, with_about(about)))
    assert item.provenance
    assert item.provenance.origin_descriptions == ()
    assert [doubt.field for doubt in item.provenance.warnings] == ["record_about"]
    assert len(item.record_about["names"]) == about.count("<about>")


@pytest.mark.parametrize("request_", ["<request/>", "<request>a.org</request>", ""])
def test_without_the_address_of_the_origin_there_is_none(
    tmp_path: Path, request_: str
) -> None:
    text = response(record()).replace("<request/>", request_)
    provenance = the_item(reads(tmp_path, text)).provenance
    assert provenance
    assert provenance.origin_descriptions == ()


@pytest.mark.parametrize("date", ["2026-01-01T00:00:00Z", "", "yesterday"])
def test_a_harvested_item_says_when_it_was(tmp_path: Path, date: str) -> None:
    text = response(record()).replace("2026-01-01T00:00:00Z", date)
    (read,) = reads(tmp_path, text)
    assert isinstance(read, Sourced)
    assert read.harvested
    assert read.item.provenance
    expected = datetime(2026, 1, 1, tzinfo=UTC) if "T" in date else None
    # Else its own datestamp is the best that is known.
    assert read.item.provenance.harvested == (expected or read.item.datestamp)


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (record(metadata='<metadata><x xmlns="urn:y"/></metadata>'), "no installed"),
        (record(metadata="<metadata><x xmlns=''/></metadata>"), "no installed"),
        (record(metadata="<metadata/>"), "holds 0 elements"),
        (record(metadata=f"<metadata>{PAYLOAD * 2}</metadata>"), "holds 2 elements"),
        (record(metadata=""), "0 <metadata>"),
        (record(metadata=f"<metadata>{PAYLOAD}</metadata>" * 2), "2 <metadata>"),
        (record(status=" status='deleted'"), "deleted record here has 1"),
        (record(status=" status='gone'"), "'gone'"),
        (record(metadata=f"<metadata>{PAYLOAD}</metadata><x/>"), "no place"),
        (record(metadata=f"<metadata>{PAYLOAD}</metadata><about/>"), "<about> holds 0"),
    ],
)
def test_a_broken_record_is_refused_by_name_and_line_and_others_go_on(
    tmp_path: Path, broken: str, reason: str
) -> None:
    good = record("oai:example.org:b")
    first, refusal, last = reads(tmp_path, response(good, broken, good))
    assert isinstance(first, Sourced)
    assert isinstance(last, Sourced)
    assert isinstance(refusal, Unreadable)
    assert reason in refusal.reason
    assert refusal.identifier == "oai:example.org:a"
    assert (refusal.place.line, last.place.line) == (5, 6)


@pytest.mark.parametrize(
    "metadata", ["<n:name/>", f"<name xmlns='{NAMES}'><n:title/></name>"]
)
def test_a_prefix_that_is_not_declared_spoils_its_record_and_no_other(
    tmp_path: Path, metadata: str
) -> None:
    good, broken = record(), record(metadata=f"<metadata>{metadata}</metadata>")
    read = reads(tmp_path, response(good, broken, good))
    # The last refusal is of the file: the parser tells such faults at its end.
    kinds = [Sourced, Unreadable, Sourced, Unreadable]
    assert [type(r) for r in read] == kinds
    assert [r.place.line for r in read] == [4, 5, 6, 5]


def test_a_record_without_an_identifier_is_refused(tmp_path: Path) -> None:
    refusal = the_refusal(reads(tmp_path, response(record(""))))
    assert "no identifier" in refusal.reason
    refusal = the_refusal(reads(tmp_path, response("<record/>")))
    assert "no identifier" in refusal.reason


def test_a_date_of_another_form_is_refused_with_its_field(tmp_path: Path) -> None:
    text = response(record()).replace("2014-05-31", "31.05.2014")
    refusal = the_refusal(reads(tmp_path, text))
    assert (refusal.field, refusal.identifier) == ("datestamp", "oai:example.org:a")


def test_a_record_inside_a_payload_is_part_of_it(tmp_path: Path) -> None:
    inner = f'<n:name xmlns:n="{NAMES}"><n:title>One</n:title>{record()}</n:name>'
    metadata = f"<metadata>{inner}</metadata>"
    item = the_item(reads(tmp_path, response(record(metadata=metadata))))
    assert "oai:example.org:a" in item.native["names"]


def test_an_error_is_told_with_code_and_message(tmp_path: Path) -> None:
    text = f'<OAI-PMH xmlns="{OAI}">\n<error code="noRecordsMatch">None\nof us</error>'
    text += '<error code="badArgument"/></OAI-PMH>'
    first, second = reads(tmp_path, text)
    assert isinstance(first, Unreadable)
    assert isinstance(second, Unreadable)
    assert "noRecordsMatch, 'None of us'" in first.reason
    assert first.place.line == 2
    assert "badArgument" in second.reason


@pytest.mark.parametrize(
    "verb", ["Identify", "ListIdentifiers", "ListSets", "ListMetadataFormats"]
)
def test_an_answer_without_records_is_told_by_its_verb(
    tmp_path: Path, verb: str
) -> None:
    refusal = the_refusal(reads(tmp_path, response(verb=verb)))
    assert f"answers {verb}" in refusal.reason
    assert "ListRecords" in refusal.reason


@pytest.mark.parametrize("text", [response(), f'<OAI-PMH xmlns="{OAI}"/>'])
def test_a_response_without_records_is_told(tmp_path: Path, text: str) -> None:
    assert "holds no records" in the_refusal(reads(tmp_path, text)).reason


def test_a_response_cut_in_half_gives_what_came_before_and_says_so(
    tmp_path: Path,
) -> None:
    text = response(record(), record("oai:example.org:b"), record("oai:example.org:c"))
    found = ids_and_lines(reads(tmp_path, text[: text.index("oai:example.org:c")]))
    assert [name for name, _ in found[:-1]] == ["a", "b"]
    assert found[-1][1] == 6


# One by one


def test_a_lone_record_is_called_after_its_file(tmp_path: Path) -> None:
    item = the_item(reads(tmp_path, PAYLOAD, "Отчёт 1.xml"))
    assert item.id == "%D0%9E%D1%82%D1%87%D1%91%D1%82%201"
    assert item.native == {"names": PAYLOAD}
    assert item.titles[0].value == "One"


def test_a_lone_record_that_its_format_cannot_read_is_refused(tmp_path: Path) -> None:
    refusal = the_refusal(reads(tmp_path, f'<name xmlns="{NAMES}"/>'))
    assert refusal.reason == "no title"


def test_a_lone_record_too_large_to_be_one_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "x.xml", PAYLOAD)
    with path.open("ab") as file:
        file.truncate(60_000_000)
    refusal = the_refusal(read_oai_xml(path, formats=FORMATS))
    assert "too large" in refusal.reason


def test_a_record_of_no_installed_format_is_told_what_there_is(tmp_path: Path) -> None:
    reason = the_refusal(reads(tmp_path, "<html/>")).reason
    assert "<html>" in reason
    assert "names, mods, silent" in reason


def mods(name: str, title: str = "<title>T</title>") -> str:
    return f"<mods>{title}{name}</mods>\n"


def collection(*entries: str) -> str:
    return f'<modsCollection xmlns="{MODS}">\n{"".join(entries)}</modsCollection>'


def test_a_collection_names_its_records_by_their_own_identifiers(
    tmp_path: Path,
) -> None:
    info = "<recordInfo><recordIdentifier> r 1 </recordIdentifier></recordInfo>"
    number = "<identifier/><identifier type='local'>n2</identifier>"
    ours = "<recordInfo><recordIdentifier>oai:a.org:3</recordIdentifier></recordInfo>"
    text = collection(mods(number + info), mods(number), mods(ours))
    assert ids_and_lines(reads(tmp_path, text)) == [("r%201", 2), ("n2", 3), ("3", 4)]


def test_a_record_of_a_collection_keeps_its_payload(tmp_path: Path) -> None:
    item = the_item(reads(tmp_path, collection(mods("<identifier>a</identifier>"))))
    assert item.native["mods"].startswith(f'<mods xmlns="{MODS}"><title>')


def test_a_record_of_a_collection_without_a_name_is_refused(tmp_path: Path) -> None:
    text = collection(mods("<identifier>a</identifier>"), mods(""))
    found = ids_and_lines(reads(tmp_path, text))
    assert found[0] == ("a", 2)
    assert "recordIdentifier" in found[1][0]
    assert found[1][1] == 3


# What is no XML we read


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b"\x00\x01", ""),
        (b"plain text", ""),
        (b"<a>\x01</a>", ""),
        (b"<a></b>", ""),
        (b"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "<!DOCTYPE>"),
        (b"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "<!DOCTYPE>"),
        (b"<!DOCTYPE html><html><br></html>", "<!DOCTYPE>"),
        (f'<!DOCTYPE a><OAI-PMH xmlns="{OAI}"/>'.encode(), "<!DOCTYPE>"),
        (b"<a>&undefined;</a>", ""),
    ],
)
def test_what_is_not_xml_is_refused(tmp_path: Path, data: bytes, reason: str) -> None:
    assert reason in the_refusal(reads(tmp_path, data)).reason


def test_entities_are_never_expanded(tmp_path: Path) -> None:
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 9}">' for n in range(1, 30))
    text = f'<!DOCTYPE a [<!ENTITY e0 "ha">{bomb}]><a b="&e29;">&e29;</a>'
    assert isinstance(the_refusal(reads(tmp_path, text)), Unreadable)


# Size


def test_a_response_is_dropped_while_it_is_read(tmp_path: Path) -> None:
    records = (record(f"oai:example.org:{n}") for n in range(300))
    path = written(tmp_path, "x.xml", response(*records))
    left = []
    for element in elements(path, {f"{{{OAI}}}record": 2}):
        parent = element.getparent()
        assert parent is not None
        left.append(len(parent[:]) - len(list(element.itersiblings())))
        assert sum(1 for _ in element.iter()) == 7
    assert len(left) == 300
    assert max(left) <= 2


def test_lines_beyond_65535_are_told_right(tmp_path: Path) -> None:
    text = response(record(), "\n" * 70_000, record("oai:example.org:b"))
    assert ids_and_lines(reads(tmp_path, text))[1] == ("b", 70_005)


# Properties

HEADERS = st.builds(
    Header,
    st.from_regex(r"oai:example\.org:[a-z0-9/_-]{1,9}", fullmatch=True),
    st.datetimes(timezones=st.just(UTC)).map(lambda d: d.replace(microsecond=0)),
    st.lists(st.sampled_from(["a", "a:b", "c"]), unique=True).map(tuple),
    deleted=st.just(False),
)


@given(st.lists(HEADERS, min_size=1, max_size=5))
def test_every_record_we_serve_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, headers: list[Header]
) -> None:
    metadata = payload(parse(PAYLOAD.encode()))
    answer = Response(
        response_date=datetime(2026, 1, 1, tzinfo=UTC),
        base_url="https://example.org/oai",
        arguments=(("verb", "ListRecords"), ("metadataPrefix", "names")),
        body=Records(tuple(Record(header, metadata) for header in headers)),
    )
    folder = tmp_path_factory.getbasetemp()
    for read, header in zip(
        reads(folder, b"".join(write(answer))), headers, strict=True
    ):
        item = the_item([read])
        assert item.identifier == header.identifier
        assert item.datestamp == header.datestamp
        assert item.sets == header.set_specs
        assert item.native == {"names": metadata.xml.decode()}


@given(
    st.binary()
    | st.text().map(lambda text: text.encode(errors="surrogatepass"))
    | st.lists(
        st.sampled_from(
            [
                *response(record()).replace("><", ">\0<").split("\0"),
                "<",
                "&",
                "\n",
                "]]>",
            ]
        )
    ).map(lambda parts: "".join(parts).encode())
)
def test_no_bytes_do_more_than_yield(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    for read in reads(tmp_path_factory.getbasetemp(), data):
        assert isinstance(read, Sourced | Unreadable)


def test_an_item_read_from_xml_is_an_item_like_any_other(tmp_path: Path) -> None:
    item = the_item(reads(tmp_path, PAYLOAD, "a.xml"))
    assert item == Item(
        id="a",
        native={"names": PAYLOAD},
        resource_type=item.resource_type,
        titles=item.titles,
    )
