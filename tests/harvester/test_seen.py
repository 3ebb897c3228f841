"""What a target holds, by identifier."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oai_provider.harvester.listing import HarvestedRecord
from oai_provider.harvester.seen import Seen
from oai_provider.harvester.state import State

FIRST = HarvestedRecord("a", "2020-01-01", metadata=b"<x/>")


@pytest.fixture(name="state")
def _state() -> Iterator[State]:
    with closing(State(None)) as state:
        yield state


def kept(seen: Seen, *records: HarvestedRecord, number: int = 1) -> list[str]:
    """Keep records as a harvest does; return the identifiers of what was new."""
    found = seen.sort(records, number)
    seen.keep(found, range(len(found.news)), number)
    return [record.identifier for record in found.news]


def test_the_same_record_is_new_once(state: State) -> None:
    seen = Seen(state, "oai_dc")
    assert kept(seen, FIRST) == ["a"]
    assert kept(seen, FIRST, number=2) == []


@pytest.mark.parametrize(
    "change",
    [
        {"datestamp": "2020-01-02"},
        {"metadata": b"<y/>"},
        {"set_specs": ("s",)},
        {"about": (b"<z/>",)},
        {"deleted": True, "metadata": None},
    ],
)
def test_any_change_makes_it_new(state: State, change: dict[str, object]) -> None:
    seen = Seen(state, "oai_dc")
    kept(seen, FIRST)
    assert kept(seen, FIRST._replace(**change), number=2) == ["a"]  # type: ignore[arg-type]  # fields by name


def test_formats_are_apart(state: State) -> None:
    kept(Seen(state, "oai_dc"), FIRST)
    assert kept(Seen(state, "mods"), FIRST) == ["a"]


def test_of_one_page_the_newest_counts(state: State) -> None:
    seen = Seen(state, "oai_dc")
    newer = FIRST._replace(datestamp="2020-01-02")
    found = seen.sort([FIRST, newer, FIRST], 1)
    assert found.news == [newer]
    assert found.fresh == 1


def test_within_a_round_what_is_older_changes_nothing(state: State) -> None:
    seen = Seen(state, "oai_dc")
    kept(seen, FIRST)
    assert kept(seen, FIRST._replace(datestamp="2019-01-01")) == []


def test_a_later_round_may_be_older(state: State) -> None:
    seen = Seen(state, "oai_dc")
    kept(seen, FIRST)
    older = FIRST._replace(datestamp="2019-01-01", metadata=b"<restored/>")
    assert kept(seen, older, number=2) == ["a"]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_one_datestamp_the_live_one_counts(
    state: State, order: tuple[int, int]
) -> None:
    seen = Seen(state, "oai_dc")
    both = (FIRST, FIRST._replace(deleted=True, metadata=None))
    kept(seen, *(both[n] for n in order))
    assert seen.known(["a"])["a"].deleted == 0


def test_what_was_not_met_since_is_found(state: State) -> None:
    seen = Seen(state, "oai_dc")
    others = [FIRST._replace(identifier=name) for name in "bcd"]
    gone = FIRST._replace(identifier="e", deleted=True)
    kept(seen, FIRST, *others, gone)
    kept(seen, others[0], number=2)
    seen.meet(["c"], 2)
    assert seen.unmet(2) == 2
    assert seen.unmet_names(2, 10) == ["a", "d"]
    assert seen.unmet_names(2, 1) == ["a"]
    assert seen.alive() == 4


@dataclass
class Mirror:
    """What a dictionary would hold."""

    records: dict[str, tuple[str, bool]] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)

    def take(self, record: HarvestedRecord) -> None:
        name = record.identifier
        was = self.records.get(name)
        if name in self.met and was is not None:
            stamp, deleted = was
            if record.datestamp < stamp:
                return
            if record.datestamp == stamp and record.deleted and not deleted:
                return
        self.met.add(name)
        self.records[name] = (record.datestamp, record.deleted)


records = st.builds(
    HarvestedRecord,
    st.sampled_from("abc"),
    st.sampled_from(["2020-01-01", "2020-01-02", "2020-01-03"]),
    deleted=st.booleans(),
)


@given(st.lists(st.lists(st.lists(records, max_size=4), max_size=4), max_size=4))
def test_rounds_of_pages_leave_what_a_dictionary_would(
    rounds: list[list[list[HarvestedRecord]]],
) -> None:
    with closing(State(None)) as state:
        seen, mirror = Seen(state, "oai_dc"), Mirror()
        for number, pages in enumerate(rounds, 1):
            mirror.met.clear()
            for page in pages:
                kept(seen, *page, number=number)
                for record in page:
                    mirror.take(record)
        known = seen.known([*"abc"])
        assert {n: (k.datestamp, bool(k.deleted)) for n, k in known.items()} == (
            mirror.records
        )
