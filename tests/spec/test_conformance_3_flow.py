"""OAI-PMH 2.0, section 3.5: incomplete lists and their resumption tokens."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from spec.client import Client, locals_of, specs_of
from spec.library import DC, MODS_COUNT, OAI_DC_COUNT, PAGE, Library, fill, item

LISTS = pytest.mark.parametrize("verb", ["ListRecords", "ListIdentifiers"])
ORDER = [
    *("kaziev", "tie-1", "tie-2", "tie-4", "tie-5", "tie-6", "dc-only", "harvested"),
    *("tie-3", "revised", "narrowed", "latest"),
]


# Incomplete lists.


@LISTS
def test_every_incomplete_page_but_the_last_has_a_token(
    client: Client, verb: str
) -> None:
    *pages, _ = client.walk(verb, DC)
    assert len(pages) == 2
    assert all(page.way_on for page in pages)


@LISTS
def test_last_page_has_an_empty_token(client: Client, verb: str) -> None:
    last = client.walk(verb, DC)[-1]
    assert last.token is not None
    assert last.token.value == ""


@LISTS
def test_list_that_ends_with_a_full_page_ends_there(client: Client, verb: str) -> None:
    pages = client.walk(verb, DC)
    assert [len(page.list_headers) for page in pages] == [PAGE, PAGE, PAGE]


@LISTS
def test_list_that_ends_within_a_page_ends_there(client: Client, verb: str) -> None:
    pages = client.walk(verb, "metadataPrefix=mods")
    assert [len(page.list_headers) for page in pages] == [PAGE, PAGE, MODS_COUNT % PAGE]


@LISTS
def test_list_of_exactly_one_page_is_complete(fresh: Library, verb: str) -> None:
    fresh.load(*(item(f"{n}") for n in range(PAGE)))
    reply = fresh.client.get(f"verb={verb}&{DC}")
    assert len(reply.list_headers) == PAGE
    assert reply.token is None


@LISTS
def test_complete_list_has_no_token(client: Client, verb: str) -> None:
    assert client.get(f"verb={verb}&{DC}&set=law").token is None


@LISTS
def test_pages_together_are_the_whole_list_in_order(client: Client, verb: str) -> None:
    assert locals_of(client.walk(verb, DC)) == ORDER


@pytest.mark.parametrize("size", [1, 2, 3, 5, 11, 12, 13])
def test_pages_of_every_size_make_the_same_list(tmp_path: Path, size: int) -> None:
    library = Library(tmp_path, lists={"page_size": size})
    fill(library)
    assert locals_of(library.client.walk("ListRecords", DC)) == ORDER


def test_pages_hold_whole_records(client: Client) -> None:
    listed = [r for page in client.walk("ListRecords", DC) for r in page.records]
    for record in listed:
        query = f"verb=GetRecord&{DC}&identifier={record.header.identifier}"
        assert client.get(query).record == record


@LISTS
def test_token_keeps_set_and_window(client: Client, verb: str) -> None:
    window = "from=2024-02-29T00:00:00Z&until=2024-02-29T01:00:02Z"
    pages = client.walk(verb, f"{DC}&set=history&{window}")
    assert len(pages) == 2
    assert locals_of(pages) == ["tie-1", "tie-2", "dc-only", "tie-3", "revised"]


def test_list_of_sets_is_paged_too(client: Client) -> None:
    pages = client.walk("ListSets")
    assert [len(page.sets) for page in pages] == [3, 3, 2]
    assert [bool(p.token and p.token.value) for p in pages] == [True, True, False]
    assert pages[-1].token is not None
    assert specs_of(pages) == sorted(specs_of(pages))


# Other uses of tokens.


@LISTS
@pytest.mark.parametrize("other", [DC, "from=2024-02-28", "set=history"])
def test_token_beside_other_arguments_is_a_bad_argument(
    client: Client, verb: str, other: str
) -> None:
    token = client.get(f"verb={verb}&{DC}").way_on
    reply = client.get(f"verb={verb}&resumptionToken={token}&{other}")
    assert reply.codes == ["badArgument"]


@pytest.mark.parametrize(
    ("verb", "other"),
    [
        ("ListRecords", "ListIdentifiers"),
        ("ListIdentifiers", "ListRecords"),
        ("ListRecords", "ListSets"),
    ],
)
def test_token_of_another_verb_is_refused(
    client: Client, verb: str, other: str
) -> None:
    token = client.get(f"verb={verb}&{DC}").way_on
    assert client.resume(other, token).codes == ["badResumptionToken"]


@pytest.mark.parametrize("verb", ["ListRecords", "ListIdentifiers", "ListSets"])
def test_token_that_was_never_issued_is_refused(client: Client, verb: str) -> None:
    assert client.resume(verb, "never-issued").codes == ["badResumptionToken"]


def test_token_with_any_one_character_changed_is_refused(client: Client) -> None:
    token = client.get(f"verb=ListRecords&{DC}").way_on
    for place, character in enumerate(token):
        other = "A" if character != "A" else "B"
        changed = token[:place] + other + token[place + 1 :]
        assert client.resume("ListRecords", changed).codes == ["badResumptionToken"]


@pytest.mark.parametrize("verb", ["Identify", "ListMetadataFormats", "GetRecord"])
def test_token_where_there_is_no_list_is_a_bad_argument(
    client: Client, verb: str
) -> None:
    assert set(client.resume(verb, "token").codes) == {"badArgument"}


def test_token_of_another_repository_is_refused(client: Client, tmp_path: Path) -> None:
    other = Library(tmp_path)
    fill(other)
    token = other.client.get(f"verb=ListRecords&{DC}").way_on
    assert client.resume("ListRecords", token).codes == ["badResumptionToken"]


def test_token_needs_no_escaping_in_a_url(client: Client) -> None:
    for page in client.walk("ListRecords", DC)[:-1]:
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,200}", page.way_on)


# Attributes.


@LISTS
def test_complete_list_size_is_the_number_of_records(client: Client, verb: str) -> None:
    for argument, size in ((DC, OAI_DC_COUNT), ("metadataPrefix=mods", MODS_COUNT)):
        pages = client.walk(verb, argument)
        sizes = [page.token.complete_list_size for page in pages if page.token]
        assert sizes == [size] * 3
        assert len(locals_of(pages)) == size


@LISTS
def test_cursor_is_the_number_of_records_on_the_pages_before(
    client: Client, verb: str
) -> None:
    pages = client.walk(verb, DC)
    assert [page.token.cursor for page in pages if page.token] == [0, PAGE, 2 * PAGE]


def test_cursor_and_size_of_a_list_of_sets(client: Client) -> None:
    tokens = [page.token for page in client.walk("ListSets")]
    found = [(t.cursor, t.complete_list_size) for t in tokens if t]
    assert found == [(0, 8), (3, 8), (6, 8)]


def test_complete_list_size_is_revised_when_the_list_grows(fresh: Library) -> None:
    fresh.load(*(item(f"{n}") for n in range(PAGE + 1)))
    token = fresh.client.get(f"verb=ListRecords&{DC}").way_on
    fresh.clock.move()
    fresh.load(*(item(f"new-{n}") for n in range(2 * PAGE)))
    pages = [fresh.client.resume("ListRecords", token)]
    while pages[-1].token and pages[-1].token.value:
        pages.append(fresh.client.resume("ListRecords", pages[-1].token.value))
    assert pages[-1].token is not None
    assert pages[-1].token.complete_list_size == 3 * PAGE + 1


def test_token_that_does_not_expire_has_no_expiration_date(client: Client) -> None:
    token = client.get(f"verb=ListRecords&{DC}").token
    assert token is not None
    assert token.expiration_date is None


@pytest.fixture(name="hourly")
def _hourly(tmp_path: Path) -> Library:
    """The example repository with tokens that live for an hour."""
    library = Library(tmp_path, lists={"token_lifetime": 3600})
    fill(library)
    return library


@pytest.mark.parametrize("query", [f"verb=ListRecords&{DC}", "verb=ListSets"])
def test_expiration_date_is_when_the_token_ceases_to_be_valid(
    hourly: Library, query: str
) -> None:
    verb = query.removeprefix("verb=").partition("&")[0]
    token = hourly.client.get(query).token
    assert token is not None
    assert token.expiration_date == hourly.clock.now + timedelta(hours=1)
    hourly.clock.move(3600)
    assert hourly.client.resume(verb, token.value).codes == []
    hourly.clock.move(1)
    assert hourly.client.resume(verb, token.value).codes == ["badResumptionToken"]


# 3.5.1 Idempotency.


@LISTS
def test_same_request_has_the_same_answer(client: Client, verb: str) -> None:
    query = f"verb={verb}&{DC}"
    assert client.get(query).document == client.get(query).document


@LISTS
def test_same_token_has_the_same_answer_again_and_again(
    client: Client, verb: str
) -> None:
    first, second, _ = client.walk(verb, DC)
    for page in (first, second):
        answers = [client.resume(verb, page.way_on).document for _ in range(3)]
        assert len(set(answers)) == 1


def test_token_before_the_last_is_still_answered(client: Client) -> None:
    first, second, third = client.walk("ListRecords", DC)
    assert client.resume("ListRecords", second.way_on).document == third.document
    assert client.resume("ListRecords", first.way_on).document == second.document


def test_token_is_answered_after_a_restart(library: Library) -> None:
    token = library.client.get(f"verb=ListRecords&{DC}").way_on
    before = library.client.resume("ListRecords", token).document
    restarted = Client(library.app())
    assert restarted.resume("ListRecords", token).document == before


def test_reissued_page_holds_all_records_that_did_not_change(fresh: Library) -> None:
    fresh.load(*(item(f"{n}") for n in range(2 * PAGE)))
    token = fresh.client.get(f"verb=ListRecords&{DC}").way_on
    before = fresh.client.resume("ListRecords", token).locals
    fresh.clock.move()
    fresh.load(item(before[0], abstract="Changed."), item("new"))
    fresh.delete(before[1])
    again = fresh.client.resume("ListRecords", token)
    assert set(before[2:]) <= set(again.locals)


def test_record_that_changes_during_a_walk_is_still_met(fresh: Library) -> None:
    fresh.load(*(item(f"{n}") for n in range(2 * PAGE)))
    token = fresh.client.get(f"verb=ListRecords&{DC}").way_on
    fresh.clock.move()
    fresh.load(item("7", abstract="Changed."))
    assert "7" in fresh.client.resume("ListRecords", token).locals


def test_list_whose_rest_has_moved_away_ends_without_an_error(fresh: Library) -> None:
    fresh.load(*(item(f"{n}") for n in range(PAGE + 1)))
    token = fresh.client.get(f"verb=ListRecords&{DC}&until=2024-02-28").way_on
    fresh.clock.move(86_400)
    fresh.load(item("4", abstract="Changed."))
    last = fresh.client.resume("ListRecords", token)
    assert last.codes == []
    assert last.token is not None
    assert last.token.value == ""
