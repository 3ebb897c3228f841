"""What comes in, what is refused, and that the one never keeps the other out."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from lxml import etree
from memory_store import MemoryStore

from oai_provider.metadata.format import Context, Format, FormatError, load_formats
from oai_provider.metadata.item import Item, read_item
from oai_provider.protocol.request import Selection
from oai_provider.provider.ingest import Ingest, Loaded
from oai_provider.provider.preparing import Refusal
from oai_provider.provider.records import RecordMaker
from oai_provider.provider.repository import Repository
from oai_provider.resources import schemas_folder
from oai_provider.sources.base import Place, Read, Sourced, Unreadable
from oai_provider.store.base import Outcome
from oai_provider.xsd import Schemas

SCHEMAS = Schemas(schemas_folder())
DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
ITEM: dict[str, object] = {"id": "a", "resource_type": "article", "title": "a"}
HARVESTED: dict[str, object] = {
    "identifier": "oai:repository.example.org:a",
    "datestamp": "2014-01-01",
}
RIGHTS = "http://www.openarchives.org/OAI/2.0/rights/"


@pytest.fixture
def ingest() -> Ingest:
    repository = Repository(
        name="A repository",
        base_url="https://repository.example.org/oai",
        admin_emails=("a@example.org",),
        repository_identifier="repository.example.org",
        token_keys=(b"k" * 32,),
    )
    maker = RecordMaker(repository=repository, schemas=SCHEMAS, formats=load_formats())
    start, seconds = datetime(2014, 5, 1, tzinfo=UTC), count()
    store = MemoryStore(lambda: start + timedelta(seconds=next(seconds)))
    return Ingest(store=store, maker=maker)


def harvested(**fields: object) -> Sourced:
    place = Place(Path("harvest.xml"))
    known = {"provenance": {"harvested": "2015-01-01"}, "native": _native("a")}
    read = read_item(ITEM | HARVESTED | known | fields)
    return Sourced(place=place, item=read, harvested=True)


def item(name: str, *, line: int = 1, **fields: object) -> Sourced:
    data = {"id": name, "resource_type": "article", "title": name} | fields
    return Sourced(place=Place(Path("x.jsonl"), line), item=read_item(data))


def refusals(ingest: Ingest, *reads: Read) -> list[Refusal]:
    return [r for r in ingest.load(reads) if isinstance(r, Refusal)]


def outcomes(ingest: Ingest, *reads: Read) -> list[Outcome | None]:
    return [r.outcome for r in ingest.load(reads) if isinstance(r, Loaded)]


def identifiers(ingest: Ingest, prefix: str = "oai_dc") -> list[str]:
    page = ingest.store.headers(
        Selection(metadata_prefix=prefix), after=None, limit=1000
    )
    return [header.identifier.rpartition(":")[2] for header in page.headers]


def test_an_item_comes_in_in_every_format(ingest: Ingest) -> None:
    assert outcomes(ingest, item("a")) == [Outcome.ADDED]
    assert identifiers(ingest, "oai_dc") == identifiers(ingest, "mods") == ["a"]


def test_more_items_than_a_batch_come_in_in_order(ingest: Ingest) -> None:
    found = list(ingest.load(item(f"i{n}", line=n) for n in range(1_203)))
    assert [r.place.line for r in found] == list(range(1_203))
    assert ingest.store.totals().items == 1_203


def test_what_was_unreadable_is_refused_with_its_place(ingest: Ingest) -> None:
    place = Place(Path("x.jsonl"), 7)
    bad = Unreadable(place=place, reason="no", field="titles", identifier="b")
    assert refusals(ingest, item("a"), bad, item("c")) == [
        Refusal(place=place, reason="no", field="titles", identifier="b")
    ]
    assert identifiers(ingest) == ["a", "c"]


def test_a_record_that_fails_its_schema_is_refused_in_its_format(
    ingest: Ingest,
) -> None:
    bad = f'<dc xmlns="{DC}"><x/></dc>'
    (refusal,) = refusals(ingest, item("a", native={"oai_dc": bad}))
    assert (refusal.metadata_prefix, refusal.field) == ("oai_dc", "/dc/x")
    assert identifiers(ingest, "oai_dc") == []
    assert identifiers(ingest, "mods") == ["a"]


def test_a_record_served_before_stays_when_its_update_is_refused(
    ingest: Ingest,
) -> None:
    outcomes(ingest, item("a"))
    before = ingest.store.record("oai:repository.example.org:a", "oai_dc")
    bad = f'<dc xmlns="{DC}"><x/></dc>'
    outcomes(ingest, item("a", title="new", native={"oai_dc": bad}))
    assert ingest.store.record("oai:repository.example.org:a", "oai_dc") == before


def test_native_xml_of_an_unknown_format_is_refused(ingest: Ingest) -> None:
    (refusal,) = refusals(ingest, item("a", native={"etdms": "<x xmlns='urn:x'/>"}))
    assert refusal.metadata_prefix == "etdms"
    assert refusal.reason == "there is no format etdms; there is mods, oai_dc"


def test_native_xml_that_is_none_is_refused(ingest: Ingest) -> None:
    (refusal,) = refusals(ingest, item("a", native={"mods": "<mods>"}))
    assert refusal.field == "native.mods"


@pytest.mark.parametrize(
    "about",
    [f'<rights xmlns="{RIGHTS}"><bogus/></rights>', "<x xmlns='urn:x'/>", "<a>"],
)
def test_an_about_container_that_is_not_valid_keeps_the_item_out(
    ingest: Ingest, about: str
) -> None:
    (refusal,) = refusals(ingest, item("a", about=[about]))
    assert refusal.field.startswith("about")
    assert refusal.metadata_prefix is None
    assert identifiers(ingest) == []


def test_an_id_that_stands_twice_is_refused_the_second_time(ingest: Ingest) -> None:
    again = item("a", line=2, title="other")
    (refusal,) = refusals(ingest, item("a"), item("b"), again)
    assert (refusal.place.line, refusal.field) == (2, "id")
    assert outcomes(ingest, item("a")) == [Outcome.UNCHANGED]


def test_of_two_harvested_records_the_later_one_stays(ingest: Ingest) -> None:
    older = harvested(native=_native("older"))
    newer = harvested(native=_native("newer"))
    assert refusals(ingest, older, newer) == []
    record = ingest.store.record("oai:repository.example.org:a", "oai_dc")
    assert record is not None
    assert record.metadata is not None
    assert b">newer<" in record.metadata.xml


def _native(title: str) -> dict[str, str]:
    dc = f'xmlns:d="{DC}" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    return {"oai_dc": f"<d:dc {dc}><dc:title>{title}</dc:title></d:dc>"}


MODS = (
    '<mods xmlns="http://www.loc.gov/mods/v3">'
    "<titleInfo><title>in MODS</title></titleInfo></mods>"
)


@pytest.mark.parametrize("together", [True, False])
def test_a_harvest_in_one_format_leaves_the_other_alone(
    ingest: Ingest, *, together: bool
) -> None:
    dc = harvested(native=_native("in DC"))
    mods = harvested(native={"mods": MODS})
    loads = [(dc, mods)] if together else [(dc,), (mods,)]
    for reads in loads:
        assert refusals(ingest, *reads) == []
    record = ingest.store.record("oai:repository.example.org:a", "oai_dc")
    assert record is not None
    assert record.metadata is not None
    assert b">in DC<" in record.metadata.xml
    stamp = record.header.datestamp
    outcomes(ingest, dc, mods)
    again = ingest.store.record("oai:repository.example.org:a", "oai_dc")
    assert again is not None
    assert again.header.datestamp == stamp


def test_a_deleted_item_becomes_a_tombstone(ingest: Ingest) -> None:
    outcomes(ingest, item("a"))
    tombstone = replace(item("a"), tombstone=True)
    assert outcomes(ingest, tombstone, item("b")) == [Outcome.DELETED, Outcome.ADDED]
    assert ingest.store.totals().deleted == 1


def test_deleting_what_was_never_there_is_told(ingest: Ingest) -> None:
    assert outcomes(ingest, replace(item("a"), tombstone=True)) == [Outcome.UNKNOWN]


def test_a_dry_run_tells_and_stores_nothing(ingest: Ingest) -> None:
    bad = item("b", native={"mods": "<mods>"})
    found = list(ingest.load([item("a"), bad], dry_run=True))
    assert [r.outcome for r in found if isinstance(r, Loaded)] == [None, None]
    assert sum(isinstance(r, Refusal) for r in found) == 1
    assert ingest.store.totals().items == 0


def _failing(_item: Item, _context: Context) -> etree._Element | None:
    raise FormatError("cannot be said")


def test_a_format_that_refuses_an_item_keeps_no_other_format_out(
    ingest: Ingest,
) -> None:
    formats = dict(load_formats())
    formats["mods"] = replace(formats["mods"], write=_failing)
    maker = replace(ingest.maker, formats=formats)
    picky = replace(ingest, maker=maker)
    (refusal,) = refusals(picky, item("a"))
    assert (refusal.metadata_prefix, refusal.reason) == ("mods", "cannot be said")
    assert identifiers(picky) == ["a"]


def _nothing(_item: Item, _context: Context) -> etree._Element | None:
    return None


def test_an_item_that_no_format_can_say_is_refused(ingest: Ingest) -> None:
    mods: Format = replace(load_formats()["mods"], write=_nothing)
    mute = replace(ingest, maker=replace(ingest.maker, formats={"mods": mods}))
    (refusal,) = refusals(mute, item("a"))
    assert refusal.reason == "no installed format can say what this item says"


def test_items_are_read_no_faster_than_they_are_stored(ingest: Ingest) -> None:
    read = 0

    def source() -> Iterator[Read]:
        nonlocal read
        for number in range(2_000):
            read += 1
            yield item(f"i{number}")

    next(ingest.load(source()))
    assert read < 2_000


ORIGIN: dict[str, object] = {
    "base_url": "https://other.example.org/oai",
    "identifier": "oai:other.example.org:a",
    "datestamp": "2014-01-01",
    "metadata_namespace": DC,
    "harvested": "2015-01-01T00:00:00Z",
    "altered": False,
}
MODS_NS = "http://www.loc.gov/mods/v3"


def from_elsewhere(native: dict[str, str], **changes: object) -> Sourced:
    origins = [ORIGIN | changes]
    provenance = {"harvested": "2015-01-01", "origin_descriptions": origins}
    return harvested(native=native, provenance=provenance)


def namespaces(ingest: Ingest, prefix: str) -> list[bytes]:
    """Return the namespaces that a record's provenance speaks of."""
    record = ingest.store.record("oai:repository.example.org:a", prefix)
    assert record
    texts = [about.xml.partition(b"<metadataNamespace>")[2] for about in record.about]
    return [text.partition(b"<")[0] for text in texts]


def test_what_was_harvested_again_unchanged_keeps_its_datestamp(
    ingest: Ingest,
) -> None:
    first = from_elsewhere(_native("a"))
    again = from_elsewhere(_native("a"), harvested="2016-01-01T00:00:00Z")
    assert outcomes(ingest, first) == [Outcome.ADDED]
    assert outcomes(ingest, again) == [Outcome.UNCHANGED]


def test_a_change_at_the_origin_is_harvested_anew(ingest: Ingest) -> None:
    later = {"datestamp": "2015-12-31", "harvested": "2016-01-01T00:00:00Z"}
    outcomes(ingest, from_elsewhere(_native("a")))
    changed = from_elsewhere(_native("a"), **later)
    assert outcomes(ingest, changed) == [Outcome.CHANGED]


@pytest.mark.parametrize("at_once", [True, False])
def test_each_format_keeps_the_origin_it_was_harvested_from(
    ingest: Ingest, *, at_once: bool
) -> None:
    dublin_core = from_elsewhere(_native("a"))
    mods = from_elsewhere({"mods": MODS}, metadata_namespace=MODS_NS)
    loads = [[dublin_core, mods]] if at_once else [[dublin_core], [mods]]
    for load in loads:
        outcomes(ingest, *load)
    assert namespaces(ingest, "oai_dc") == [DC.encode()]
    assert namespaces(ingest, "mods") == [MODS_NS.encode()]


def test_what_was_deleted_in_between_leaves_nothing_behind(ingest: Ingest) -> None:
    gone = replace(harvested(), tombstone=True)
    mods = from_elsewhere({"mods": MODS}, metadata_namespace=MODS_NS)
    outcomes(ingest, from_elsewhere(_native("a")), gone, mods)
    assert namespaces(ingest, "oai_dc") == [MODS_NS.encode()]


def test_each_format_keeps_the_containers_it_came_with(ingest: Ingest) -> None:
    rights = f'<rights xmlns="{RIGHTS}"><rightsReference ref="http://a.org/"/></rights>'
    mods = harvested(native={"mods": MODS}, record_about={"mods": [rights]})
    outcomes(ingest, harvested())
    outcomes(ingest, mods)
    for read in (harvested(), mods, harvested()):
        assert outcomes(ingest, read) == [Outcome.UNCHANGED]
    found = [ingest.store.record(_A, prefix) for prefix in ("mods", "oai_dc")]
    assert [len(record.about) for record in found if record] == [1, 0]


_A = "oai:repository.example.org:a"
_BAD = {"oai_dc": f'<dc xmlns="{DC}"><x/></dc>'}


@pytest.mark.parametrize("good_first", [True, False])
def test_a_refused_record_spoils_no_later_one(
    ingest: Ingest, *, good_first: bool
) -> None:
    if good_first:
        outcomes(ingest, harvested())
    (refusal,) = refusals(ingest, harvested(native=_BAD))
    assert refusal.metadata_prefix == "oai_dc"
    mods = harvested(native={"mods": MODS})
    for _ in range(2):
        assert refusals(ingest, mods) == []
    stored = ingest.store.item(_A)
    assert stored
    native = json.loads(stored.source)["native"]
    assert native == ({**_native("a"), "mods": MODS} if good_first else {"mods": MODS})


def test_own_xml_that_is_refused_is_not_kept_either(ingest: Ingest) -> None:
    refusals(ingest, item("a", native=_BAD))
    stored = ingest.store.item(_A)
    assert stored
    assert "native" not in json.loads(stored.source)


def test_a_record_without_an_origin_borrows_none(ingest: Ingest) -> None:
    outcomes(ingest, from_elsewhere(_native("a")), harvested(native={"mods": MODS}))
    assert namespaces(ingest, "mods") == []


@pytest.mark.parametrize("tombstone", [True, False])
def test_a_harvest_destroys_no_item_of_the_repository_s_own(
    ingest: Ingest, *, tombstone: bool
) -> None:
    outcomes(ingest, item("a", title="own"))
    before = ingest.store.item(_A)
    (refusal,) = refusals(ingest, replace(harvested(), tombstone=tombstone))
    assert "not harvested" in refusal.reason
    assert ingest.store.item(_A) == before


def test_an_item_with_the_fields_of_a_header_is_no_harvest(ingest: Ingest) -> None:
    outcomes(ingest, harvested(native={"mods": MODS}))
    mine = read_item(ITEM | HARVESTED)
    own = Sourced(place=Place(Path("a.yaml")), item=mine)
    assert outcomes(ingest, own) == [Outcome.CHANGED]
    assert refusals(ingest, own, own)[0].field == "id"


@pytest.mark.parametrize("mods_first", [True, False])
def test_fields_are_those_of_the_format_that_says_most(
    ingest: Ingest, *, mods_first: bool
) -> None:
    dublin_core = harvested(title="in DC")
    mods = harvested(title="in MODS", native={"mods": MODS})
    outcomes(ingest, *([mods, dublin_core] if mods_first else [dublin_core, mods]))
    stored = ingest.store.item(_A)
    assert stored
    assert json.loads(stored.source)["titles"][0]["value"] == "in MODS"


@pytest.mark.parametrize("where", ["creators", "native"])
def test_an_address_that_is_served_is_doubted(ingest: Ingest, where: str) -> None:
    fields: dict[str, object] = {
        "creators": ["Ann ann@example.com"],
        "native": _native("by ann@example.com"),
    }
    read = read_item(ITEM | {where: fields[where]})
    (loaded,) = ingest.load([Sourced(place=Place(Path("a.yaml")), item=read)])
    assert isinstance(loaded, Loaded)
    (doubt,) = loaded.doubts
    assert "ann@example.com" in doubt


def test_the_private_address_of_a_creator_is_no_doubt(ingest: Ingest) -> None:
    ann = {"name": "Ann", "email": "ann@example.com"}
    (loaded,) = ingest.load([item("a", creators=[ann])])
    assert isinstance(loaded, Loaded)
    assert loaded.doubts == ()
