"""A folder is the truth: what is gone from it is deleted, and nothing else is."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from memory_store import MemoryStore

from oai_provider.metadata.format import load_formats
from oai_provider.metadata.item import read_item
from oai_provider.provider.ingest import Ingest, Loaded
from oai_provider.provider.preparing import Refusal
from oai_provider.provider.records import RecordMaker
from oai_provider.provider.repository import Repository
from oai_provider.provider.sync import Plan, Sync, SyncError
from oai_provider.resources import schemas_folder
from oai_provider.sources.base import Place, Read, Sourced, Unreadable
from oai_provider.store.base import Outcome
from oai_provider.testing import StandingClock
from oai_provider.xsd import Schemas

SCHEMAS = Schemas(schemas_folder())
FILE = Path("items.jsonl")
RELEASE = "2999-01-01"
OWN = (
    '<mods xmlns="http://www.loc.gov/mods/v3">'
    "<titleInfo><title>in MODS</title></titleInfo></mods>"
)


def new_ingest() -> Ingest:
    repository = Repository(
        name="A repository",
        base_url="https://repository.example.org/oai",
        admin_emails=("a@example.org",),
        repository_identifier="repository.example.org",
        token_keys=(b"k" * 32,),
    )
    maker = RecordMaker(repository=repository, schemas=SCHEMAS, formats=load_formats())
    clock = StandingClock(datetime(2014, 5, 1, tzinfo=UTC))
    return Ingest(store=MemoryStore(clock), maker=maker)


@pytest.fixture(name="ingest")
def _ingest() -> Ingest:
    return new_ingest()


def oai(name: str) -> str:
    return f"oai:repository.example.org:{name}"


def item(name: str, **fields: object) -> Sourced:
    data = {"id": name, "resource_type": "article", "title": name} | fields
    return Sourced(place=Place(FILE), item=read_item(data))


def items(names: Iterable[str]) -> list[Read]:
    return [item(name) for name in names]


def harvested(name: str) -> Sourced:
    header = {"identifier": oai(name), "datestamp": "2014-01-01"}
    known = {"provenance": {"harvested": "2014-02-01"}, "native": {"mods": OWN}}
    read = item(name, **header, **known)
    return Sourced(place=read.place, item=read.item, harvested=True)


def unreadable(identifier: str | None, field: str = "titles", line: int = 1) -> Read:
    place = Place(FILE, line)
    return Unreadable(place=place, reason="no", field=field, identifier=identifier)


def load(ingest: Ingest, *reads: Read) -> None:
    assert not [r for r in ingest.load(reads) if isinstance(r, Refusal)]


def planned(ingest: Ingest, *reads: Read) -> Plan:
    syncing = Sync(ingest)
    list(syncing.foresee(reads))
    return syncing.plan()


def living(ingest: Ingest) -> set[str]:
    found = (i.header for i in ingest.store.items() if not i.header.deleted)
    return {header.identifier.rpartition(":")[2] for header in found}


_NAMES = st.sets(st.sampled_from("abcde"))


@given(stored=_NAMES, first=_NAMES, second=_NAMES)
def test_what_neither_reading_met_is_deleted_and_nothing_else(
    stored: set[str], first: set[str], second: set[str]
) -> None:
    ingest = new_ingest()
    load(ingest, *items(stored))
    syncing = Sync(ingest)
    list(syncing.foresee(items(first)))
    plan = syncing.plan()
    list(syncing.store(items(second)))
    deleted = list(syncing.delete(plan))
    assert living(ingest) == (stored & first) | second
    assert deleted == [Outcome.DELETED] * len(stored - first - second)


def test_what_others_store_meanwhile_is_not_deleted(ingest: Ingest) -> None:
    syncing = Sync(ingest)
    list(syncing.foresee([item("a")]))
    plan = syncing.plan()
    load(ingest, item("b"))
    list(syncing.store([item("a")]))
    list(syncing.delete(plan))
    assert living(ingest) == {"a", "b"}


def test_what_would_become_of_items_is_told_and_nothing_is_stored(
    ingest: Ingest,
) -> None:
    load(ingest, item("a"), item("b"))
    reads = [item("a"), item("b", title="other"), item("c")]
    reports = list(Sync(ingest).foresee(reads))
    assert [r.outcome for r in reports if isinstance(r, Loaded)] == [
        Outcome.UNCHANGED,
        Outcome.CHANGED,
        Outcome.ADDED,
    ]
    assert living(ingest) == {"a", "b"}


@pytest.mark.parametrize("name", ["a", oai("a")])
def test_what_is_refused_is_not_gone(ingest: Ingest, name: str) -> None:
    load(ingest, item("a"), item("b"))
    assert planned(ingest, unreadable(name)).gone == (oai("b"),)


def test_what_its_schema_refuses_is_not_gone(ingest: Ingest) -> None:
    load(ingest, item("a"))
    assert planned(ingest, item("a", about=["<a>"])).gone == ()


@pytest.mark.parametrize(
    ("name", "field"), [(None, ""), ("a b", "id"), ("a b", "identifier"), (" ", "")]
)
def test_what_nobody_can_name_is_told(
    ingest: Ingest, name: str | None, field: str
) -> None:
    syncing = Sync(ingest)
    list(syncing.foresee([unreadable(name, field), unreadable(name, field)]))
    assert syncing.unnamed == 1
    assert not syncing.plan().is_empty


def test_what_is_told_by_its_identifier_is_named(ingest: Ingest) -> None:
    syncing = Sync(ingest)
    list(syncing.foresee([unreadable(oai("a"), "identifier"), unreadable("a")]))
    assert syncing.unnamed == 0


def test_an_id_given_twice_may_hide_an_item(ingest: Ingest) -> None:
    syncing = Sync(ingest)
    list(syncing.foresee([item("a"), item("a", title="b, with an id miscopied")]))
    assert syncing.unnamed == 1


def test_what_the_second_reading_cannot_name_is_told(ingest: Ingest) -> None:
    syncing = Sync(ingest)
    list(syncing.foresee([item("a")]))
    list(syncing.store([unreadable(None)]))
    assert syncing.unnamed == 1


def test_harvested_items_belong_to_no_folder_without_harvests(ingest: Ingest) -> None:
    load(ingest, harvested("h"), item("a"), item("b"))
    plan = planned(ingest, item("a"))
    assert (plan.gone, plan.owned) == ((oai("b"),), 2)


def test_harvested_items_belong_to_a_folder_with_harvests(ingest: Ingest) -> None:
    load(ingest, harvested("h"), harvested("i"), item("a"))
    plan = planned(ingest, harvested("i"))
    assert (plan.gone, plan.owned) == ((oai("a"), oai("h")), 3)


def test_embargoed_items_stay_while_they_are_in_the_folder(ingest: Ingest) -> None:
    load(ingest, item("a", release=RELEASE), item("b", release=RELEASE))
    syncing = Sync(ingest)
    list(syncing.foresee([item("a", release=RELEASE)]))
    plan = syncing.plan()
    assert (plan.gone, plan.owned) == ((oai("b"),), 2)
    list(syncing.delete(plan))
    assert [held.identifier for held in ingest.store.embargoed()] == [oai("a")]


def test_what_is_deleted_is_not_deleted_again(ingest: Ingest) -> None:
    load(ingest, item("a"), item("b"))
    list(ingest.store.delete([oai("a")]))
    plan = planned(ingest)
    assert (plan.gone, plan.owned) == ((oai("b"),), 1)


@pytest.mark.parametrize("kept", [4, 3])
def test_a_fifth_may_be_deleted_and_no_more(ingest: Ingest, kept: int) -> None:
    load(ingest, *items("abcde"))
    plan = planned(ingest, *items("abcde"[:kept]))
    if kept == 4:
        plan.check(withheld=False)
        return
    with pytest.raises(SyncError, match=r"2 of 5 items would be deleted.*--force"):
        plan.check(withheld=False)


def test_what_is_not_going_to_be_deleted_is_not_too_much(ingest: Ingest) -> None:
    load(ingest, *items("ab"))
    planned(ingest, item("a")).check(withheld=True)


def test_an_empty_folder_empties_nothing(ingest: Ingest) -> None:
    load(ingest, item("a"))
    with pytest.raises(SyncError, match="nothing is in the folder, and 1 of 1 item "):
        planned(ingest).check(withheld=False)


def test_an_empty_folder_for_an_empty_repository_is_in_order(ingest: Ingest) -> None:
    planned(ingest).check(withheld=False)


def test_items_marked_as_deleted_count_among_the_deleted(ingest: Ingest) -> None:
    load(ingest, *items("abcde"))
    marked = [item(name, deleted=True) for name in "ab"]
    with pytest.raises(SyncError, match="2 of 5"):
        planned(ingest, *marked, *items("cde")).check(withheld=False)
