"""OAI-PMH 2.0, section 3.6: every error code, exactly where it belongs."""

from pathlib import Path

import pytest
from spec.client import Client
from spec.library import DC, KAZIEV, Library, item

from oai_provider.protocol.errors import ErrorCode
from oai_provider.protocol.verbs import Verb
from oai_provider.store.base import ItemWrite

ABSENT = "identifier=oai:library.example.org:absent"
LISTS = pytest.mark.parametrize("verb", ["ListRecords", "ListIdentifiers"])

# What a request of each verb needs, to be refused for one other thing alone.
NEEDED = {
    Verb.GET_RECORD: f"&{KAZIEV}&{DC}",
    Verb.IDENTIFY: "",
    Verb.LIST_IDENTIFIERS: f"&{DC}",
    Verb.LIST_METADATA_FORMATS: "",
    Verb.LIST_RECORDS: f"&{DC}",
    Verb.LIST_SETS: "",
}
VERBS = pytest.mark.parametrize("verb", Verb)


@pytest.fixture(name="setless")
def _setless(tmp_path: Path) -> Library:
    """A repository without sets."""
    library = Library(tmp_path, repository={"sets": []})
    library.load(item("one"))
    return library


# Error elements.


def test_every_fault_of_a_request_is_reported(client: Client) -> None:
    query = "verb=ListRecords&from=x&until=y&set=a b&colour=red"
    messages = [error.message for error in client.get(query).errors]
    assert len(messages) == 5
    for told in ("colour", "metadataPrefix", "'a b'", "'x'", "'y'"):
        assert sum(told in message for message in messages) == 1


def test_faults_of_different_codes_are_reported_together(client: Client) -> None:
    reply = client.get(f"verb=GetRecord&{ABSENT}&metadataPrefix=marcxml")
    assert reply.codes == ["idDoesNotExist", "cannotDisseminateFormat"]


def test_faults_of_one_code_have_an_element_each(client: Client) -> None:
    reply = client.get("verb=GetRecord")
    assert reply.codes == ["badArgument", "badArgument"]


@pytest.mark.parametrize(
    "query",
    ["verb=x", "verb=GetRecord", f"verb=GetRecord&{ABSENT}&{DC}", "verb=Identify&a=b"],
)
def test_every_error_has_a_code_of_the_table_and_a_message(
    client: Client, query: str
) -> None:
    for error in client.get(query).errors:
        assert error.code in set(ErrorCode)
        assert len(error.message) > 10


# badVerb.


@pytest.mark.parametrize("verb", ["getrecord", "Identify%20", "%00", "ListRecord"])
def test_unknown_verb_is_a_bad_verb(client: Client, verb: str) -> None:
    assert client.get(f"verb={verb}").codes == ["badVerb"]


@pytest.mark.parametrize("query", ["", "verb=", "Verb=Identify", DC])
def test_missing_verb_is_a_bad_verb(client: Client, query: str) -> None:
    assert client.get(query).codes == ["badVerb"]


@pytest.mark.parametrize("again", ["Identify", "ListSets"])
def test_repeated_verb_is_a_bad_verb(client: Client, again: str) -> None:
    assert client.get(f"verb=Identify&verb={again}").codes == ["badVerb"]


# badArgument.


@VERBS
@pytest.mark.parametrize("name", ["colour", "metadataprefix", "", "verb%00"])
def test_unknown_argument_is_a_bad_argument(
    client: Client, verb: Verb, name: str
) -> None:
    query = f"verb={verb}{NEEDED[verb]}&{name}=oai_dc"
    assert client.get(query).codes == ["badArgument"]


@pytest.mark.parametrize(
    "query",
    [
        f"verb=Identify&{KAZIEV}",
        "verb=ListSets&set=history",
        f"verb=ListMetadataFormats&{DC}",
        f"verb=GetRecord&{KAZIEV}&{DC}&from=2024-02-28",
        f"verb=ListRecords&{DC}&{KAZIEV}",
        f"verb=ListIdentifiers&{DC}&{KAZIEV}",
    ],
)
def test_argument_of_another_verb_is_a_bad_argument(client: Client, query: str) -> None:
    assert client.get(query).codes == ["badArgument"]


@pytest.mark.parametrize(
    ("query", "missing"),
    [
        (f"verb=GetRecord&{KAZIEV}", 1),
        (f"verb=GetRecord&{DC}", 1),
        ("verb=GetRecord", 2),
        ("verb=ListRecords", 1),
        ("verb=ListIdentifiers&set=history", 1),
    ],
)
def test_missing_argument_is_a_bad_argument(
    client: Client, query: str, missing: int
) -> None:
    assert client.get(query).codes == ["badArgument"] * missing


@pytest.mark.parametrize(
    "query",
    [
        f"verb=GetRecord&{KAZIEV}&{KAZIEV}&{DC}",
        f"verb=GetRecord&{KAZIEV}&{ABSENT}&{DC}",
        f"verb=ListRecords&{DC}&metadataPrefix=mods",
        f"verb=ListRecords&{DC}&from=2024-02-28&from=2024-02-28",
        "verb=ListSets&resumptionToken=a&resumptionToken=a",
    ],
)
def test_repeated_argument_is_a_bad_argument(client: Client, query: str) -> None:
    assert client.get(query).codes == ["badArgument"]


@pytest.mark.parametrize(
    "query",
    [
        f"verb=ListRecords&{DC}&set=a//b",
        f"verb=ListRecords&{DC}&set=:a",
        f"verb=ListRecords&{DC}&set=a%3Cscript%3E",
        f"verb=ListRecords&{DC}&from=today",
        "verb=ListRecords&metadataPrefix=oai%20dc",
        f"verb=GetRecord&{DC}&identifier=no%22uri",
        f"verb=GetRecord&{DC}&identifier=%FF%FE",
        "verb=ListMetadataFormats&identifier=%00",
        f"verb=ListRecords&{DC}&set=",
    ],
)
def test_value_of_illegal_syntax_is_a_bad_argument(client: Client, query: str) -> None:
    assert set(client.get(query).codes) == {"badArgument"}


# badResumptionToken: see section 3.5 for what makes a token bad.


@pytest.mark.parametrize("verb", ["ListRecords", "ListIdentifiers", "ListSets"])
@pytest.mark.parametrize("token", ["x", "AAAA", "%00", "%FF", "A" * 1000])
def test_bad_token_is_a_bad_resumption_token(
    client: Client, verb: str, token: str
) -> None:
    reply = client.get(f"verb={verb}&resumptionToken={token}")
    assert reply.codes == ["badResumptionToken"]


# cannotDisseminateFormat.


@LISTS
def test_format_the_repository_has_not_cannot_be_disseminated(
    client: Client, verb: str
) -> None:
    reply = client.get(f"verb={verb}&metadataPrefix=marcxml")
    assert reply.codes == ["cannotDisseminateFormat"]


@pytest.mark.parametrize("prefix", ["marcxml", "mods"])
def test_format_the_item_has_not_cannot_be_disseminated(
    client: Client, prefix: str
) -> None:
    item_ = "identifier=oai:library.example.org:dc-only"
    reply = client.get(f"verb=GetRecord&{item_}&metadataPrefix={prefix}")
    assert reply.codes == ["cannotDisseminateFormat"]


# idDoesNotExist.


@pytest.mark.parametrize("request_", [f"GetRecord&{DC}", "ListMetadataFormats"])
@pytest.mark.parametrize("case", ["absent", "KAZIEV", "kazie", "kaziev:"])
def test_unknown_identifier_does_not_exist(
    client: Client, request_: str, case: str
) -> None:
    identifier = f"oai:library.example.org:{case}"
    reply = client.get(f"verb={request_}&identifier={identifier}")
    assert reply.codes == ["idDoesNotExist"]


# noRecordsMatch.


@LISTS
@pytest.mark.parametrize(
    "selection",
    ["until=2024-02-27", "from=2025-01-01", "set=empty", "set=never-heard-of"],
)
def test_empty_list_is_no_records_match(
    client: Client, verb: str, selection: str
) -> None:
    assert client.get(f"verb={verb}&{DC}&{selection}").codes == ["noRecordsMatch"]


@LISTS
def test_empty_repository_has_no_records_to_match(fresh: Library, verb: str) -> None:
    assert fresh.client.get(f"verb={verb}&{DC}").codes == ["noRecordsMatch"]


# noMetadataFormats.


def test_item_in_no_format_has_no_metadata_formats(fresh: Library) -> None:
    bare = ItemWrite(identifier="oai:library.example.org:one", source="{}", payloads={})
    list(fresh.store.put([bare]))
    query = f"verb=ListMetadataFormats&identifier={bare.identifier}"
    assert fresh.client.get(query).codes == ["noMetadataFormats"]


# noSetHierarchy.


def test_list_of_sets_where_there_are_none_is_no_set_hierarchy(
    setless: Library,
) -> None:
    assert setless.client.get("verb=ListSets").codes == ["noSetHierarchy"]


@LISTS
def test_harvest_by_set_where_there_are_none_is_no_set_hierarchy(
    setless: Library, verb: str
) -> None:
    reply = setless.client.get(f"verb={verb}&{DC}&set=history")
    assert reply.codes == ["noSetHierarchy"]


@LISTS
def test_harvest_without_set_works_where_there_are_none(
    setless: Library, verb: str
) -> None:
    assert setless.client.get(f"verb={verb}&{DC}").locals == ["one"]
