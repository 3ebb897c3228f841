"""Dumps of other repositories: records go in as they came, none keeps others out."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from provider.world import REPOSITORY

from oai_provider.metadata.format import Format, load_formats
from oai_provider.metadata.own_xml import described, told
from oai_provider.protocol.xml import text
from oai_provider.provider.ingest import Ingest, Loaded
from oai_provider.provider.preparing import Refusal
from oai_provider.provider.rebuild import Pace, Rebuild
from oai_provider.provider.records import RecordMaker
from oai_provider.provider.set_rules import SetRules, set_rule
from oai_provider.resources import schemas_folder
from oai_provider.sources.base import Read, Sourced
from oai_provider.sources.oai_xml import read_oai_xml
from oai_provider.store.engines import open_store
from oai_provider.xsd import Schemas

NOW = datetime(2024, 5, 1, tzinfo=UTC)
SCHEMAS = Schemas(schemas_folder())
FORMATS = load_formats()
DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
RESPONSE = """<?xml version="1.0"?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<responseDate>2024-01-01T00:00:00Z</responseDate>
<request>https://old.example.org/oai</request>
<ListRecords>
{}</ListRecords></OAI-PMH>"""
PROVENANCE = (
    '<about><provenance xmlns="http://www.openarchives.org/OAI/2.0/provenance">'
    '<originDescription altered="true" harvestDate="2013-01-01">'
    "<baseURL>http://b.org/</baseURL><identifier>oai:b.org:a</identifier>"
    f"<datestamp>2012-01-01</datestamp><metadataNamespace>{DC}</metadataNamespace>"
    "</originDescription></provenance></about>"
)
RIGHTS = (
    '<about><rights xmlns="http://www.openarchives.org/OAI/2.0/rights/">'
    '<rightsReference ref="http://a.org/"/></rights></about>'
)


def dublin_core(*elements: str) -> str:
    dc = f'xmlns:d="{DC}" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    return f"<metadata><d:dc {dc}>{''.join(elements)}</d:dc></metadata>"


def record(name: str, content: str | None = None, sets: tuple[str, ...] = ()) -> str:
    """Return a record, a tombstone if its content is empty."""
    content = (
        dublin_core(f"<dc:title>{name}</dc:title>") if content is None else content
    )
    status = "" if content else ' status="deleted"'
    specs = "".join(f"<setSpec>{spec}</setSpec>" for spec in sets)
    return (
        f"<record><header{status}><identifier>oai:old.example.org:{name}</identifier>"
        f"<datestamp>2020-01-01T00:00:00Z</datestamp>{specs}</header>{content}</record>\n"
    )


def dump(folder: Path, *records: str) -> Path:
    file = folder / "dump.xml"
    file.write_text(RESPONSE.format("".join(records)))
    return file


def reads(folder: Path, *records: str) -> Iterator[Read]:
    return read_oai_xml(dump(folder, *records), formats=FORMATS)


def new_ingest(
    formats: Mapping[str, Format] = FORMATS, rules: SetRules | None = None
) -> Ingest:
    return Ingest(
        store=open_store("sqlite://", clock=lambda: NOW),
        maker=RecordMaker(repository=REPOSITORY, schemas=SCHEMAS, formats=formats),
        set_rules=rules or SetRules(),
    )


def refusals(reports: list[Loaded | Refusal]) -> list[Refusal]:
    return [report for report in reports if isinstance(report, Refusal)]


def source(ingest: Ingest, name: str) -> str:
    stored = ingest.store.item(f"oai:old.example.org:{name}")
    assert stored
    return stored.source


def unreadable(prefix: str) -> dict[str, Format]:
    """Return formats of which nobody may ask what a record says."""

    def read(_: etree._Element) -> dict[str, object]:
        pytest.fail("was read")

    return FORMATS | {prefix: replace(FORMATS[prefix], read=read)}


BAD = dublin_core("<dc:title>x</dc:title><dc:no/>")


@pytest.mark.parametrize("keeps", [True, False], ids=["moved in", "harvested"])
def test_a_bad_record_amid_a_page_is_refused_with_its_reason_alone(
    tmp_path: Path, *, keeps: bool
) -> None:
    ingest = new_ingest()
    page = [record("a"), record("b", BAD), record("c")]
    reports = list(ingest.load(reads(tmp_path, *page), keep_datestamps=keeps))
    (refusal,) = refusals(reports)
    assert (refusal.identifier, refusal.place.line) == ("oai:old.example.org:b", 8)
    assert refusal.metadata_prefix == "oai_dc"
    assert "no" in refusal.reason
    served = {
        n for n in "abc" if ingest.store.record(f"oai:old.example.org:{n}", "oai_dc")
    }
    assert served == {"a", "c"}


def test_what_moves_in_is_not_read(tmp_path: Path) -> None:
    ingest = new_ingest(unreadable("oai_dc"))
    reports = list(ingest.load(reads(tmp_path, record("a")), keep_datestamps=True))
    assert refusals(reports) == []
    assert "titles" not in json.loads(source(ingest, "a"))


def test_what_is_harvested_in_every_format_is_not_read(tmp_path: Path) -> None:
    only = {"oai_dc": unreadable("oai_dc")["oai_dc"]}
    ingest = new_ingest(only)
    assert refusals(list(ingest.load(reads(tmp_path, record("a"))))) == []


def test_other_formats_are_written_of_what_was_harvested(tmp_path: Path) -> None:
    ingest = new_ingest()
    list(ingest.load(reads(tmp_path, record("a"))))
    mods = ingest.store.record("oai:old.example.org:a", "mods")
    assert mods
    assert mods.metadata
    assert b"<title>a</title>" in mods.metadata.xml


def test_what_moved_in_can_be_rebuilt_in_other_formats(tmp_path: Path) -> None:
    ingest = new_ingest()
    list(ingest.load(reads(tmp_path, record("a")), keep_datestamps=True))
    rebuild = Rebuild(
        store=ingest.store,
        maker=ingest.maker,
        prefixes=frozenset(FORMATS),
        pace=Pace(None, clock=lambda: 0.0, sleep=lambda _: None),
    )
    (rebuilt,) = rebuild.items()
    assert rebuilt.differing == {"mods"}


@pytest.mark.parametrize("keeps", [True, False], ids=["moved in", "harvested"])
def test_rules_of_sets_ask_what_a_record_says(tmp_path: Path, *, keeps: bool) -> None:
    rules = SetRules({"ru": set_rule({"languages": "ru"})})
    ingest = new_ingest(rules=rules)
    russian = dublin_core("<dc:title>x</dc:title><dc:language>ru</dc:language>")
    page = [record("a", russian), record("b")]
    list(ingest.load(reads(tmp_path, *page), keep_datestamps=keeps))
    found = {i.header.identifier[-1]: i.header.set_specs for i in ingest.store.items()}
    assert found == {"a": ("ru",), "b": ()}


def failing(folder: Path, *, keeps: bool) -> tuple[Ingest, list[Loaded | Refusal]]:
    """Load a record of which the format's reader makes no item."""

    def read(_: etree._Element) -> dict[str, object]:
        return {"resource_type": "article", "titles": [{"value": "x", "lang": "?!"}]}

    odd = FORMATS | {"oai_dc": replace(FORMATS["oai_dc"], read=read)}
    ingest = new_ingest(odd)
    return ingest, list(ingest.load(reads(folder, record("a")), keep_datestamps=keeps))


def test_a_record_that_says_what_no_item_can_is_refused_where_it_is_read(
    tmp_path: Path,
) -> None:
    ingest, reports = failing(tmp_path, keeps=False)
    (refusal,) = refusals(reports)
    assert (refusal.field, refusal.place.line) == ("titles[0].lang", 7)
    assert refusal.identifier == "oai:old.example.org:a"
    assert ingest.store.item("oai:old.example.org:a") is None


def test_it_moves_in_all_the_same_and_is_served(tmp_path: Path) -> None:
    ingest, reports = failing(tmp_path, keeps=True)
    assert refusals(reports) == []
    assert ingest.store.record("oai:old.example.org:a", "oai_dc")


def test_xml_that_names_another_schema_is_served_naming_ours(tmp_path: Path) -> None:
    ingest = new_ingest()
    other = dublin_core("<dc:title>x</dc:title>").replace(
        "<d:dc ", f'<d:dc xsi:schemaLocation="{DC} http://old.example.org/dc.xsd" '
    )
    page = [record("a", other), record("b", other.replace("old.example.org", "b.org"))]
    list(ingest.load(reads(tmp_path, *page), keep_datestamps=True))
    for name in "ab":
        found = ingest.store.record(f"oai:old.example.org:{name}", "oai_dc")
        assert found
        assert found.metadata
        assert FORMATS["oai_dc"].schema.encode() in found.metadata.xml
        assert b"dc.xsd" not in found.metadata.xml.replace(b"oai_dc.xsd", b"")


# The short way and the long one.

_WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1)
_ELEMENTS = st.lists(
    st.builds(
        "<dc:{0}>{1}</dc:{0}>".format,
        st.sampled_from(["title", "creator", "subject", "date", "language", "no"]),
        _WORDS.map(text),
    ),
    max_size=4,
)
_ABOUTS = st.lists(st.sampled_from([PROVENANCE, RIGHTS]), unique=True).map("".join)
_CONTENTS = st.just("") | st.builds(
    "{}{}".format, _ELEMENTS.map(lambda e: dublin_core(*e)), _ABOUTS
)
_RECORDS = st.builds(
    record,
    st.sampled_from("abcd"),
    _CONTENTS,
    st.lists(st.sampled_from(["x", "x:y", "z"]), unique=True).map(tuple),
)


def slowly(read: Read) -> Read:
    """Return what was read with all that can be told of it before it is stored."""
    if not isinstance(read, Sourced):
        return read
    return replace(read, item=described(read.item, FORMATS), is_finished=False)


def held(ingest: Ingest) -> list[object]:
    """Return all that a store has, and what its items say."""
    store = ingest.store
    return [
        (
            item.header,
            told(item.source, FORMATS),
            [store.record(item.header.identifier, prefix) for prefix in FORMATS],
        )
        for item in store.items()
    ]


def loaded(
    ingest: Ingest, reads: Iterable[Read], *, keeps: bool, together: bool
) -> list[Loaded | Refusal]:
    loads = [reads] if together else [[read] for read in reads]
    return [r for one in loads for r in ingest.load(one, keep_datestamps=keeps)]


@pytest.mark.parametrize("keeps", [True, False], ids=["moved in", "harvested"])
@pytest.mark.parametrize("together", [True, False], ids=["at once", "one by one"])
@given(records=st.lists(_RECORDS, min_size=1, max_size=5))
@settings(max_examples=12)
def test_a_store_is_the_same_whether_records_are_read_before_or_after(
    tmp_path_factory: pytest.TempPathFactory,
    records: list[str],
    *,
    keeps: bool,
    together: bool,
) -> None:
    folder = tmp_path_factory.getbasetemp()
    short, long = new_ingest(), new_ingest()
    found = reads(folder, *records)
    reports = loaded(short, found, keeps=keeps, together=together)
    found = map(slowly, reads(folder, *records))
    assert loaded(long, found, keeps=keeps, together=together) == reports
    assert held(short) == held(long)
    short.store.close()
    long.store.close()
