"""OAI-PMH 2.0, section 2.7: selective harvesting by datestamps and sets."""

import pytest
from spec.client import Client, locals_of
from spec.library import DC, DC_ONLY, OAI_DC_COUNT, START, Library, item

LISTS = pytest.mark.parametrize("verb", ["ListRecords", "ListIdentifiers"])

# The example's datestamps, and what has them, in oai_dc.
SEEN = {
    "2024-02-28T23:59:58Z": ["kaziev"],
    "2024-02-29T00:00:00Z": ["tie-1", "tie-2", "tie-4", "tie-5", "tie-6"],
    "2024-02-29T01:00:00Z": ["dc-only", "harvested"],
    "2024-02-29T01:00:01Z": ["tie-3"],
    "2024-02-29T01:00:02Z": ["revised", "narrowed"],
    "2024-03-01T01:00:02Z": ["latest"],
}


def listed(client: Client, verb: str, window: str) -> list[str]:
    """Return what a window holds, in order."""
    return locals_of(client.walk(verb, f"{DC}&{window}"))


@LISTS
@pytest.mark.parametrize("moment", SEEN)
def test_window_of_one_second_holds_that_second(
    client: Client, verb: str, moment: str
) -> None:
    assert listed(client, verb, f"from={moment}&until={moment}") == SEEN[moment]


@LISTS
def test_from_is_inclusive(client: Client, verb: str) -> None:
    found = listed(client, verb, "from=2024-02-29T01:00:01Z")
    assert found == ["tie-3", "revised", "narrowed", "latest"]


@LISTS
def test_until_is_inclusive(client: Client, verb: str) -> None:
    found = listed(client, verb, "until=2024-02-29T00:00:00Z")
    assert found == ["kaziev", "tie-1", "tie-2", "tie-4", "tie-5", "tie-6"]


@LISTS
def test_window_without_from_begins_with_the_earliest_record(
    client: Client, verb: str
) -> None:
    assert listed(client, verb, "until=2024-02-29")[0] == "kaziev"


@LISTS
def test_window_without_until_ends_with_the_latest_record(
    client: Client, verb: str
) -> None:
    assert listed(client, verb, "from=2024-02-29")[-1] == "latest"


@LISTS
def test_windows_that_follow_each_other_hold_everything_once(
    client: Client, verb: str
) -> None:
    days = ["2024-02-28", "2024-02-29", "2024-03-01"]
    found = [x for d in days for x in listed(client, verb, f"from={d}&until={d}")]
    assert len(found) == len(set(found)) == OAI_DC_COUNT


@LISTS
def test_from_after_until_is_a_bad_argument(client: Client, verb: str) -> None:
    reply = client.get(f"verb={verb}&{DC}&from=2024-02-29&until=2024-02-28")
    assert reply.codes == ["badArgument"]


@LISTS
def test_window_of_one_day_holds_the_whole_day(client: Client, verb: str) -> None:
    found = listed(client, verb, "from=2024-02-29&until=2024-02-29")
    seen = [x for day, xs in SEEN.items() if day.startswith("2024-02-29") for x in xs]
    assert found == seen


def test_last_second_of_a_day_belongs_to_it(fresh: Library) -> None:
    fresh.clock.move(1)  # 23:59:59
    fresh.load(item("late"))
    assert fresh.clock.now.isoformat() == "2024-02-28T23:59:59+00:00"
    day = "from=2024-02-28&until=2024-02-28"
    assert listed(fresh.client, "ListRecords", day) == ["late"]


@LISTS
def test_datestamps_and_sets_can_be_combined(client: Client, verb: str) -> None:
    found = listed(client, verb, "set=history&from=2024-02-29T00:00:00Z")
    assert found == ["tie-1", "tie-2", "dc-only", "tie-3", "revised"]


@LISTS
def test_every_datestamp_listed_lies_in_the_window(client: Client, verb: str) -> None:
    window = "from=2024-02-29T00:00:00Z&until=2024-02-29T01:00:01Z"
    pages = client.walk(verb, f"{DC}&{window}")
    moments = [moment for page in pages for moment in page.datestamps]
    assert {f"{m:%Y-%m-%dT%H:%M:%SZ}" for m in moments} == set(list(SEEN)[1:4])


def test_new_record_is_found_in_the_window_of_its_creation(fresh: Library) -> None:
    fresh.load(item("one"))
    assert fresh.client.get(f"verb=ListRecords&{DC}").datestamps == [START]


def test_change_of_the_metadata_moves_the_datestamp(fresh: Library) -> None:
    fresh.load(item("one"))
    change = fresh.clock.move(60)
    assert fresh.load(item("one", abstract="More.")) == ["changed"]
    assert fresh.client.get(f"verb=ListRecords&{DC}").datestamps == [change]


def test_changed_record_is_found_in_the_window_of_its_change_only(
    fresh: Library,
) -> None:
    fresh.load(item("one"))
    fresh.clock.move(60)
    fresh.load(item("one", abstract="More."))
    old, new = "until=2024-02-28", "from=2024-02-29"
    assert listed(fresh.client, "ListRecords", new) == ["one"]
    assert fresh.client.get(f"verb=ListRecords&{DC}&{old}").codes == ["noRecordsMatch"]


def test_loading_what_is_there_already_moves_no_datestamp(fresh: Library) -> None:
    fresh.load(item("one"))
    fresh.clock.move(60)
    assert fresh.load(item("one")) == ["unchanged"]
    assert fresh.client.get(f"verb=ListRecords&{DC}").datestamps == [START]


def test_new_format_of_an_item_gets_a_new_datestamp(fresh: Library) -> None:
    fresh.load({"id": "one", "native": {"oai_dc": DC_ONLY}})
    later = fresh.clock.move(60)
    fresh.load(item("one", native={"oai_dc": DC_ONLY}))
    assert fresh.client.get("verb=ListRecords&metadataPrefix=mods").datestamps == [
        later
    ]
    assert fresh.client.get(f"verb=ListRecords&{DC}").datestamps == [START]


def test_format_that_ends_gets_a_new_datestamp(fresh: Library) -> None:
    fresh.load(item("one"))
    later = fresh.clock.move(60)
    fresh.load({"id": "one", "native": {"oai_dc": DC_ONLY}})
    (record,) = fresh.client.get("verb=ListRecords&metadataPrefix=mods").records
    assert record.header.datestamp == later
    assert record.header.deleted


def test_item_that_leaves_a_set_gets_a_new_datestamp(fresh: Library) -> None:
    fresh.load(item("one", "law"), item("two", "law"))
    later = fresh.clock.move(60)
    fresh.load(item("one", "history"))
    (header,) = fresh.client.get(f"verb=ListIdentifiers&{DC}&set=history").list_headers
    assert header.datestamp == later


@LISTS
def test_deletion_is_found_in_the_window_of_the_deletion_only(
    client: Client, verb: str
) -> None:
    assert "tie-3" in listed(client, verb, "from=2024-02-29T01:00:01Z")
    assert "tie-3" not in listed(client, verb, "until=2024-02-29T01:00:00Z")


@LISTS
def test_set_holds_the_tombstones_of_its_items(client: Client, verb: str) -> None:
    for spec in ("history:asia", "history"):
        pages = client.walk(verb, f"{DC}&set={spec}")
        deleted = [h for page in pages for h in page.list_headers if h.deleted]
        assert [h.identifier for h in deleted] == ["oai:library.example.org:tie-3"]
