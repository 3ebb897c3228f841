"""What a harvest remembers."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from oai_provider.harvester.listing import Repair, RepairKind, UnreadableRecord
from oai_provider.harvester.state import Journal, ListKey, State, StateError
from oai_provider.harvester.told import MOST, NOTHING
from oai_provider.harvester.walk import Progress

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
KEY = ListKey(base_url="http://a.example/oai", metadata_prefix="oai_dc")
OTHER = ListKey(base_url="http://a.example/oai", metadata_prefix="oai_dc", set_spec="s")
JOURNAL = Journal(
    round=3,
    from_="2020-01-01",
    until=None,
    begun=2,
    progress=Progress(pages=2, served=10, token="t", first_response=NOW),
    plan=(("2020-01-01", "2020-01-02"),),
    holes=NOTHING.and_told("a hole"),
)


def test_a_journal_is_read_as_it_was_noted(tmp_path: Path) -> None:
    file = tmp_path / "memory.db"
    with closing(State(file)) as state, state.change():
        state.note(KEY, JOURNAL)
    with closing(State(file)) as state:
        assert state.journal(KEY) == JOURNAL
        assert state.journal(OTHER) is None


def test_what_was_not_committed_is_gone(tmp_path: Path) -> None:
    file = tmp_path / "memory.db"
    with closing(State(file)) as state:
        state.note(KEY, JOURNAL)
    with closing(State(file)) as state:
        assert state.journal(KEY) is None


def test_what_fails_within_is_undone() -> None:
    with closing(State(None)) as state:

        def fail() -> None:
            with state.change():
                state.note(KEY, JOURNAL)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        assert state.journal(KEY) is None


def test_each_commit_is_flushed(tmp_path: Path) -> None:
    with closing(State(tmp_path / "memory.db")) as state:
        (level,) = state.connection.execute("PRAGMA synchronous").fetchone()
    assert level == 2


def test_a_list_that_ended_has_a_watermark_and_no_journal() -> None:
    with closing(State(None)) as state:
        state.note(KEY, JOURNAL)
        state.ended(KEY, "complete", NOW)
        assert state.journal(KEY) is None
        assert state.watermark(KEY) == NOW
        assert state.watermark(OTHER) is None


def test_a_list_that_failed_keeps_its_watermark() -> None:
    with closing(State(None)) as state:
        state.ended(KEY, "complete", NOW)
        state.ended(KEY, "incomplete", None)
        assert state.watermark(KEY) == NOW
        assert state.lists() == [(KEY, NOW, "incomplete")]


def test_rounds_are_never_the_same() -> None:
    with closing(State(None)) as state:
        assert state.next_round() == 1
        state.note(KEY, JOURNAL)
        assert state.next_round() == 4


def test_tokens_are_those_of_a_round() -> None:
    with closing(State(None)) as state:
        for token in ("x", "y", "x"):
            state.met(1, token)
        state.met(2, "z")
        assert state.tokens(1) == {"x", "y"}
        state.forget_tokens(1)
        assert state.tokens(1) == set()
        assert state.tokens(2) == {"z"}


def test_quarantine_ends_when_a_record_is_met() -> None:
    with closing(State(None)) as state:
        bad = UnreadableRecord(reason="has no header", xml=b"<record/>", identifier="a")
        state.quarantine("oai_dc", bad, NOW)
        assert [*state.quarantined("oai_dc")] == [("a", "has no header")]
        assert [*state.quarantined("mods")] == []
        state.connection.execute(
            "INSERT INTO record VALUES ('oai_dc', 'a', '2020', '', 0, 0, 5)"
        )
        state.release("oai_dc", 6)
        assert [*state.quarantined("oai_dc")]
        state.release("oai_dc", 5)
        assert not [*state.quarantined("oai_dc")]


def test_records_without_identifier_stand_in_quarantine_each_for_itself() -> None:
    with closing(State(None)) as state:
        for xml in (b"<record>a</record>", b"<record>b</record>"):
            bad = UnreadableRecord(reason="has no header", xml=xml, line=7)
            state.quarantine("oai_dc", bad, NOW)
        named = UnreadableRecord(reason="has no date", xml=b"", identifier="a")
        state.quarantine("oai_dc", named, NOW)
        kept = state.connection.execute("SELECT xml FROM quarantine").fetchall()
        assert {xml for (xml,) in kept} == {
            b"<record>a</record>",
            b"<record>b</record>",
            b"",
        }
        state.release_nameless("oai_dc")
        assert [*state.quarantined("oai_dc")] == [("a", "has no date")]


def test_what_is_told_of_the_quarantine_is_bounded_and_the_longest_there_first() -> (
    None
):
    with closing(State(None)) as state:
        for number in range(MOST + 7):
            bad = UnreadableRecord(reason="is bad", xml=b"", identifier=f"{number:03}")
            state.quarantine("oai_dc", bad, NOW - timedelta(days=number))
        found = state.told_quarantined("oai_dc")
        assert found.first[0] == f"{MOST + 6:03}: is bad"
        assert [*found][-1] == "and 7 more"
        assert len([*found]) == MOST + 1


def test_documents_are_kept_as_they_came_with_their_repairs() -> None:
    with closing(State(None)) as state:
        repair = Repair(RepairKind.CONTROL, 17, "U+000B")
        state.repaired({"verb": "ListRecords"}, b"<\x0b>", (repair,), NOW)
        found = state.connection.execute("SELECT document, repairs FROM repaired")
        document, repairs = found.fetchone()
    assert document == b"<\x0b>"
    assert "17" in repairs
    assert "U+000B" in repairs


def test_latest_fact_of_a_name_counts() -> None:
    with closing(State(None)) as state:
        state.learn("u", {"clock": "+1 s", "name": "A"})
        state.learn("u", {"clock": "+2 s"})
        assert state.facts("u") == {"clock": "+2 s", "name": "A"}
        assert state.facts("v") == {}


def test_what_is_no_database_is_refused_in_words(tmp_path: Path) -> None:
    file = tmp_path / "memory.db"
    file.write_text("not a database, and long enough to be one " * 10)
    with pytest.raises(StateError, match="--state"):
        State(file)


def test_memory_of_another_release_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "memory.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StateError, match="another release"):
        State(file)
