"""What the rules of virtual sets would change in a store, and what they leave alone."""

import json

from memory_store import MemoryStore
from provider.world import FORMATS, START, dublin_core, identifier

from oai_provider.metadata.format import load_formats
from oai_provider.provider.memberships import Memberships, Tallies, counted
from oai_provider.provider.set_rules import SetRules, set_rule
from oai_provider.store.base import ItemWrite

RULES = SetRules({"x:ru": set_rule({"languages": "ru"})})


def store_of(*sources: dict[str, object], sets: tuple[str, ...] = ()) -> MemoryStore:
    store = MemoryStore(lambda: START)
    store.declare_formats(FORMATS)
    writes = [
        ItemWrite(
            identifier=identifier(number),
            source=json.dumps({"id": f"{number}"} | source),
            payloads={"oai_dc": dublin_core(f"{number}")},
            set_specs=sets,
        )
        for number, source in enumerate(sources)
    ]
    list(store.put(writes))
    return store


def article(language: str) -> dict[str, object]:
    return {"resource_type": "article", "title": "T", "language": language}


def test_sets_above_count_too() -> None:
    store = store_of(article("ru"), sets=("x:y",))
    assert counted(store) == {"x": 1, "x:y": 1}
    tallies = Memberships(store, RULES, load_formats()).tallies()
    assert tallies == Tallies(
        now=counted(store),
        joining=type(tallies.joining)({"x:ru": 1}),
        leaving=type(tallies.leaving)({"x:y": 1}),
    )


def test_item_of_another_release_stays_where_it_is_and_is_told() -> None:
    store = store_of(article("ru"), {"unheard_of": "x"}, sets=("old",))
    memberships = Memberships(store, RULES, load_formats())
    assert [write.identifier for write in memberships.changes()] == [identifier(0)]
    assert memberships.unread == 1
    assert Memberships(store, RULES, load_formats()).tallies().leaving == {"old": 1}


def test_nothing_changes_twice() -> None:
    store = store_of(article("ru"), article("de"))
    assert (
        len(list(store.put(Memberships(store, RULES, load_formats()).changes()))) == 1
    )
    assert list(Memberships(store, RULES, load_formats()).changes()) == []


def test_rules_are_asked_of_what_an_item_says_in_its_own_xml() -> None:
    dc = dublin_core("T").xml.replace(b"</oai_dc:dc>", b"<dc:language>ru</dc:language>")
    own = {"oai_dc": f"{dc.decode()}</oai_dc:dc>"}
    store = store_of({"native": own, "provenance": {"harvested": "2014-01-01"}})
    (write,) = Memberships(store, RULES, load_formats()).changes()
    assert write.set_specs == ("x:ru",)
