"""Records made anew: only what differs moves, and nothing else changes."""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from spec.library import Library, item

from oai_provider.metadata.format import Context, Format, FormatError
from oai_provider.metadata.item import Item, read_item
from oai_provider.protocol.model import Record
from oai_provider.provider.rebuild import Pace, Rebuild, Rebuilt
from oai_provider.sources.base import Place, Sourced
from oai_provider.store.base import ItemWrite

BOTH = frozenset({"mods", "oai_dc"})
MODS = frozenset({"mods"})
OWN = (
    '<mods xmlns="http://www.loc.gov/mods/v3">'
    "<titleInfo><title>in MODS</title></titleInfo></mods>"
)


@pytest.fixture(name="library")
def _library(tmp_path: Path) -> Library:
    return Library(tmp_path)


def oai(name: str) -> str:
    return f"oai:library.example.org:{name}"


def load(library: Library, *datas: dict[str, object], harvested: bool = False) -> None:
    place = Place(Path("items.jsonl"))
    reads = [
        Sourced(
            place=place,
            item=read_item(data),
            harvested=harvested,
            metadata_prefix="mods" if harvested else None,
        )
        for data in datas
    ]
    list(library.ingest.load(reads, keep_datestamps=harvested))
    library.clock.move(60)


def louder(format_: Format) -> Format:
    """Return a format whose crosswalk writes titles in capitals."""

    def write(one: Item, context: Context) -> etree._Element | None:
        titles = (t.model_copy(update={"value": t.value.upper()}) for t in one.titles)
        return format_.write(one.model_copy(update={"titles": (*titles,)}), context)

    return replace(format_, write=write)


def failing(format_: Format) -> Format:
    def write(_item: Item, _context: Context) -> etree._Element | None:
        raise FormatError("cannot be said any more")

    return replace(format_, write=write)


def mute(format_: Format) -> Format:
    return replace(format_, write=lambda _item, _context: None)


def unhurried() -> Pace:
    return Pace(None, clock=lambda: 0.0, sleep=lambda _: None)


def rebuild(
    library: Library,
    changed: Iterable[str] = (),
    *,
    how: Callable[[Format], Format] = louder,
    prefixes: frozenset[str] = BOTH,
) -> Rebuild:
    """Return a rebuild by crosswalks that changed in some formats."""
    formats = dict(library.ingest.maker.formats)
    formats.update((prefix, how(formats[prefix])) for prefix in changed)
    return Rebuild(
        store=library.store,
        maker=replace(library.ingest.maker, formats=formats),
        prefixes=prefixes,
        pace=unhurried(),
    )


def rebuilt(rebuilding: Rebuild) -> dict[str, Rebuilt]:
    return {one.identifier.rpartition(":")[2]: one for one in rebuilding.items()}


def record(library: Library, name: str, prefix: str) -> Record:
    found = library.store.record(oai(name), prefix)
    assert found is not None
    return Record(found.header, found.metadata, found.about)


def xml(library: Library, name: str, prefix: str) -> bytes:
    metadata = record(library, name, prefix).metadata
    assert metadata is not None
    return metadata.xml


def test_nothing_moves_where_nothing_differs(library: Library) -> None:
    load(library, item("a", "history"), item("b"))
    before = [record(library, n, p) for n in "ab" for p in BOTH]
    done = rebuilt(rebuild(library))
    assert done == {n: Rebuilt(identifier=oai(n)) for n in "ab"}
    assert [record(library, n, p) for n in "ab" for p in BOTH] == before


def test_only_what_differs_moves(library: Library) -> None:
    load(library, item("a"))
    before = record(library, "a", "oai_dc")
    assert rebuilt(rebuild(library, MODS))["a"].differing == MODS
    assert b"TITLE OF A" in xml(library, "a", "mods")
    assert record(library, "a", "mods").header.datestamp == library.clock.now
    assert record(library, "a", "oai_dc") == before


def test_formats_that_are_not_named_stay_as_they_are(library: Library) -> None:
    load(library, item("a"))
    before = record(library, "a", "oai_dc")
    done = rebuilt(rebuild(library, BOTH, prefixes=MODS))
    assert done["a"].differing == MODS
    assert record(library, "a", "oai_dc") == before


def test_refusals_in_formats_that_are_not_named_are_not_told(library: Library) -> None:
    load(library, item("a"))
    done = rebuilt(rebuild(library, {"oai_dc"}, how=failing, prefixes=MODS))
    assert done["a"] == Rebuilt(identifier=oai("a"))


def test_source_and_sets_stay_as_they_are(library: Library) -> None:
    load(library, item("a", "history:asia", "law"))
    before = library.store.item(oai("a"))
    rebuilt(rebuild(library, BOTH))
    after = library.store.item(oai("a"))
    assert before
    assert after
    assert (after.source, after.header.set_specs) == (
        before.source,
        before.header.set_specs,
    )


def test_what_is_refused_now_stays_as_it_was(library: Library) -> None:
    load(library, item("a"))
    before = record(library, "a", "mods")
    done = rebuilt(rebuild(library, MODS, how=failing))
    (fault,) = done["a"].faults
    assert (fault.metadata_prefix, fault.reason) == ("mods", "cannot be said any more")
    assert record(library, "a", "mods") == before


def test_a_format_that_has_no_place_for_an_item_any_more_is_withdrawn(
    library: Library,
) -> None:
    load(library, item("a"))
    assert rebuilt(rebuild(library, MODS, how=mute))["a"].differing == MODS
    assert record(library, "a", "mods").header.deleted


def test_an_item_that_cannot_be_read_any_more_is_refused_and_stays(
    library: Library,
) -> None:
    load(library, item("a"))
    stored = library.store.record(oai("a"), "mods")
    assert stored
    assert stored.metadata
    old = ItemWrite(
        identifier=oai("old"),
        source=json.dumps(item("old", nonsense=1)),
        payloads={"mods": stored.metadata},
    )
    list(library.store.put([old]))
    before = record(library, "old", "mods")
    (fault,) = rebuilt(rebuild(library, BOTH))["old"].faults
    assert fault.field == "nonsense"
    assert record(library, "old", "mods") == before


def test_deleted_items_stay_deleted(library: Library) -> None:
    load(library, item("a"))
    list(library.store.delete([oai("a")]))
    assert rebuilt(rebuild(library, BOTH)) == {}
    assert record(library, "a", "mods").header.deleted


def test_own_xml_is_served_as_it_came(library: Library) -> None:
    load(library, item("a", native={"mods": OWN}))
    assert rebuilt(rebuild(library, BOTH))["a"].differing == {"oai_dc"}
    assert b">in MODS<" in xml(library, "a", "mods")


def test_embargoed_items_are_rebuilt_and_not_released(library: Library) -> None:
    load(library, item("a", "law", release="2999-01-01"))
    done = rebuilt(rebuild(library, BOTH, prefixes=MODS))
    assert done["a"].differing == MODS
    assert library.store.item(oai("a")) is None
    library.clock.now = datetime(3000, 1, 1, tzinfo=UTC)
    library.store.now()
    assert b"TITLE OF A" in xml(library, "a", "mods")
    assert b"Title of a" in xml(library, "a", "oai_dc")
    assert record(library, "a", "mods").header.set_specs == ("law",)


def test_items_that_moved_in_get_the_formats_they_lack(library: Library) -> None:
    header = {"identifier": oai("a"), "datestamp": "2014-01-01"}
    data = item("a", native={"mods": OWN}, **header)
    load(library, data, harvested=True)
    assert library.store.record(oai("a"), "oai_dc") is None
    before = record(library, "a", "mods")
    assert rebuilt(rebuild(library))["a"].differing == {"oai_dc"}
    assert record(library, "a", "mods") == before
    assert record(library, "a", "oai_dc").header.datestamp == library.clock.now


def test_a_dry_run_tells_the_same_and_changes_nothing(library: Library) -> None:
    load(library, item("a"), item("b", native={"mods": OWN}))
    rebuilding = rebuild(library, MODS)
    before = [record(library, n, p) for n in "ab" for p in BOTH]
    told = rebuilt(replace(rebuilding, dry_run=True))
    assert [record(library, n, p) for n in "ab" for p in BOTH] == before
    assert rebuilt(rebuilding) == told


def test_what_was_done_before_an_interruption_is_not_done_again(
    library: Library,
) -> None:
    load(library, item("a"), item("b"))
    slow = Pace(1, clock=lambda: 0.0, sleep=lambda _: None)
    rebuilding = replace(rebuild(library, MODS), pace=slow)
    assert next(iter(rebuilding.items())).identifier == oai("a")
    before = record(library, "a", "mods")
    library.clock.move(60)
    assert {n: one.differing for n, one in rebuilt(rebuilding).items()} == {
        "a": frozenset(),
        "b": MODS,
    }
    assert record(library, "a", "mods") == before


def test_what_others_do_during_a_pause_is_left_to_them(library: Library) -> None:
    load(library, item("a"), item("b"), item("c"))

    def pause(_seconds: float) -> None:
        list(library.store.delete([oai("b")]))
        load(library, item("c", title="newer"))

    slow = Pace(1, clock=lambda: 0.0, sleep=pause)
    done = rebuilt(replace(rebuild(library, MODS), pace=slow))
    assert {n: one.differing for n, one in done.items()} == {
        "a": MODS,
        "b": frozenset(),
        "c": frozenset(),
    }
    assert record(library, "b", "mods").header.deleted
    assert b"newer" in xml(library, "c", "mods")


def test_more_items_than_a_batch_are_rebuilt(library: Library) -> None:
    load(library, *(item(f"i{n}") for n in range(203)))
    done = rebuilt(rebuild(library, MODS))
    assert sum(one.differing == MODS for one in done.values()) == 203


@given(
    per_hour=st.integers(1, 50_000),
    asked=st.lists(st.integers(1, 100), max_size=200),
)
def test_no_hour_holds_more_items_than_are_allowed(
    per_hour: int, asked: list[int]
) -> None:
    now = 0.0

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    pace = Pace(per_hour, clock=lambda: now, sleep=sleep)
    written: list[tuple[float, int]] = []
    for items in asked:
        pace.wait(min(items, pace.at_once))
        written.append((now, min(items, pace.at_once)))
    for start, _ in written:
        # A microsecond for what adding fractions of seconds loses.
        hour = (n for at, n in written if start <= at < start + 3600 - 1e-6)
        assert sum(hour) <= per_hour


def test_the_first_item_waits_for_nothing() -> None:
    Pace(1, clock=lambda: -5.0, sleep=lambda _: pytest.fail("it slept")).wait(1)


def test_an_unhurried_pace_is_nearly_as_fast_as_allowed() -> None:
    naps: list[float] = []
    pace = Pace(36_000, clock=lambda: sum(naps), sleep=naps.append)
    for _ in range(3_600):
        pace.wait(pace.at_once)
    assert sum(naps) == pytest.approx(3600, rel=0.01)
