"""Arguments parsed once into a request, or every fault in them reported together."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import Pairs, legal_requests

from oai_provider.protocol.datestamp import Granularity
from oai_provider.protocol.errors import ErrorCode, ProtocolError
from oai_provider.protocol.request import (
    GetRecord,
    Identify,
    ListIdentifiers,
    ListMetadataFormats,
    ListRecords,
    ListSets,
    Parsed,
    Refused,
    Request,
    Resumption,
    Selection,
    parse,
)
from oai_provider.protocol.verbs import ARGUMENTS, Verb

SECOND, DAY = Granularity.SECOND, Granularity.DAY
BAD_ARGUMENT, BAD_VERB = ErrorCode.BAD_ARGUMENT, ErrorCode.BAD_VERB

LEGAL = {
    "identifier": "oai:example.org:1",
    "metadataPrefix": "oai_dc",
    "from": "2001-01-01",
    "until": "2002-02-02",
    "set": "history:asia",
    "resumptionToken": "abc",
}


def ask(query: str, granularity: Granularity = SECOND) -> Parsed | Refused:
    """Parse `a=1&b=2`, unescaped."""
    pairs = (pair.partition("=") for pair in query.split("&") if pair)
    return parse([(name, value) for name, _, value in pairs], granularity)


def faults(query: str, granularity: Granularity = SECOND) -> list[str]:
    """Return the messages of a request refused with nothing but badArgument."""
    result = ask(query, granularity)
    assert isinstance(result, Refused)
    assert {error.code for error in result.errors} == {BAD_ARGUMENT}
    return [error.message for error in result.errors]


# Requests without fault.

REQUESTS: list[tuple[str, Request]] = [
    ("verb=Identify", Identify()),
    ("verb=ListMetadataFormats", ListMetadataFormats()),
    (
        "verb=ListMetadataFormats&identifier=oai:a:1",
        ListMetadataFormats(identifier="oai:a:1"),
    ),
    ("verb=ListSets", ListSets()),
    ("verb=ListSets&resumptionToken=t", Resumption(verb=Verb.LIST_SETS, token="t")),
    (
        "verb=GetRecord&identifier=oai:a:1&metadataPrefix=oai_dc",
        GetRecord(identifier="oai:a:1", metadata_prefix="oai_dc"),
    ),
    (
        "verb=ListRecords&metadataPrefix=oai_dc",
        ListRecords(Selection(metadata_prefix="oai_dc")),
    ),
    (
        "verb=ListIdentifiers&metadataPrefix=oai_dc&set=a:b",
        ListIdentifiers(Selection(metadata_prefix="oai_dc", set_spec="a:b")),
    ),
    (
        "verb=ListRecords&until=2001-01-01T00:00:01Z&metadataPrefix=m",
        ListRecords(
            Selection(
                metadata_prefix="m",
                until=datetime(2001, 1, 1, 0, 0, 1, tzinfo=UTC),
            )
        ),
    ),
    (
        "verb=ListRecords&metadataPrefix=m&from=2001-01-01&until=9999-12-31",
        ListRecords(
            Selection(
                metadata_prefix="m",
                from_=datetime(2001, 1, 1, tzinfo=UTC),
                until=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
            )
        ),
    ),
    (
        "verb=ListRecords&resumptionToken=t",
        Resumption(verb=Verb.LIST_RECORDS, token="t"),
    ),
    (
        "verb=ListIdentifiers&resumptionToken=t",
        Resumption(verb=Verb.LIST_IDENTIFIERS, token="t"),
    ),
]


@pytest.mark.parametrize(("query", "request_"), REQUESTS)
def test_a_request_without_fault_is_parsed(query: str, request_: Request) -> None:
    result = ask(query)
    assert isinstance(result, Parsed)
    assert result.request == request_


@given(legal_requests(), st.sampled_from(Granularity))
def test_arguments_in_any_order_are_parsed_and_all_echoed(
    pairs: Pairs, granularity: Granularity
) -> None:
    result = parse(pairs, granularity)
    assert isinstance(result, Parsed)
    assert sorted(result.arguments) == sorted(pairs)


def test_the_echo_stands_in_the_order_of_the_schema() -> None:
    result = ask("until=2001-01-02&metadataPrefix=m&from=2001-01-01&verb=ListRecords")
    assert [name for name, _ in result.arguments] == [
        "verb",
        "metadataPrefix",
        "from",
        "until",
    ]


# The verb.


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("", "the verb argument is missing"),
        ("Verb=Identify", "the verb argument is missing"),
        ("verb", "there is no verb ''"),
        ("verb=", "there is no verb ''"),
        ("verb=junk", "there is no verb 'junk'"),
        ("verb=identify", "there is no verb 'identify'"),
        ("verb=Identify ", "there is no verb 'Identify '"),
        ("verb=Identify\n", "there is no verb 'Identify\\n'"),
        ("verb=Identify&verb=Identify", "the verb argument is repeated"),
        ("verb=Identify&verb=junk", "the verb argument is repeated"),
        ("verb=&verb=", "the verb argument is repeated"),
    ],
)
def test_a_bad_verb_is_bad_verb_and_echoes_nothing(query: str, reason: str) -> None:
    message = (
        f"{reason}; the verbs are GetRecord, Identify, ListIdentifiers,"
        " ListMetadataFormats, ListRecords, ListSets"
    )
    assert ask(query) == Refused((ProtocolError(BAD_VERB, message),), ())


# Every verb against every argument: the tables of section 4.


@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize("name", LEGAL)
def test_an_argument_is_taken_exactly_where_the_table_has_it(
    verb: Verb, name: str
) -> None:
    table = ARGUMENTS[verb]
    given_ = {name} | (set() if name == table.exclusive else table.required)
    result = ask(
        f"verb={verb}&" + "&".join(f"{name}={LEGAL[name]}" for name in sorted(given_))
    )
    if name in table.all:
        assert isinstance(result, Parsed)
    else:
        message = f"{verb} takes no argument '{name}'"
        assert result == Refused((ProtocolError(BAD_ARGUMENT, message),), ())


@pytest.mark.parametrize(
    ("verb", "name"),
    [(verb, name) for verb in Verb for name in sorted(ARGUMENTS[verb].required)],
)
def test_a_required_argument_is_required(verb: Verb, name: str) -> None:
    others = ARGUMENTS[verb].required - {name}
    query = "&".join([f"verb={verb}", *(f"{n}={LEGAL[n]}" for n in sorted(others))])
    assert faults(query) == [f"{verb} needs the argument {name}"]


@pytest.mark.parametrize(
    ("verb", "name"),
    [(verb, name) for verb in Verb for name in sorted(ARGUMENTS[verb].all)],
)
def test_an_argument_given_twice_is_repeated(verb: Verb, name: str) -> None:
    table = ARGUMENTS[verb]
    given_ = {name} | (set() if name == table.exclusive else table.required)
    pairs = [f"{n}={LEGAL[n]}" for n in sorted(given_)]
    query = "&".join([f"verb={verb}", *pairs, f"{name}={LEGAL[name]}"])
    assert faults(query) == [f"the argument {name} is repeated; give it once"]


@pytest.mark.parametrize(
    ("verb", "name"),
    [(verb, name) for verb in Verb for name in sorted(ARGUMENTS[verb].all)],
)
def test_an_argument_without_value_is_empty(verb: Verb, name: str) -> None:
    table = ARGUMENTS[verb]
    others = set() if name == table.exclusive else table.required - {name}
    query = "&".join([f"verb={verb}", f"{name}=", *(f"{n}={LEGAL[n]}" for n in others)])
    assert faults(query) == [
        f"the argument {name} is empty; give it a value or leave it out"
    ]


@pytest.mark.parametrize("verb", [Verb.LIST_IDENTIFIERS, Verb.LIST_RECORDS])
@pytest.mark.parametrize("name", ["metadataPrefix", "from", "until", "set"])
def test_a_token_is_exclusive_with_every_other_argument(verb: Verb, name: str) -> None:
    query = f"verb={verb}&resumptionToken=t&{name}={LEGAL[name]}"
    assert faults(query) == [f"resumptionToken is exclusive; leave out {name}"]


def test_all_arguments_beside_a_token_are_named_in_one_fault() -> None:
    query = "verb=ListRecords&set=a&resumptionToken=t&metadataPrefix=m"
    assert faults(query) == [
        "resumptionToken is exclusive; leave out metadataPrefix, set"
    ]


def test_an_unknown_argument_beside_a_token_is_only_unknown() -> None:
    query = "verb=ListSets&resumptionToken=t&set=a"
    assert faults(query) == ["ListSets takes no argument 'set'"]


@pytest.mark.parametrize("name", ["metadataprefix", "MetadataPrefix", "Set", "junk"])
def test_argument_names_are_case_sensitive(name: str) -> None:
    query = f"verb=ListRecords&metadataPrefix=m&{name}=a"
    assert faults(query) == [f"ListRecords takes no argument '{name}'"]


# Values.


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("identifier", v) for v in ('invalid"id', "1", "oai:a b", "oai:\x00", "é:é")),
        *(("metadataPrefix", v) for v in ("a b", "a:b", "m\n", "<script>", "\ud800")),
        *(("set", v) for v in ("a b", "a/b", ":", "a::b", "a:\n", "<script>")),
    ],
)
def test_a_value_of_illegal_syntax_is_bad_argument(name: str, value: str) -> None:
    verb = Verb.GET_RECORD if name == "identifier" else Verb.LIST_RECORDS
    pairs = [("verb", str(verb)), ("metadataPrefix", "m"), (name, value)]
    if name == "metadataPrefix":
        del pairs[1]
    result = parse(pairs, SECOND)
    assert isinstance(result, Refused)
    (error,) = result.errors
    assert error.code is BAD_ARGUMENT
    assert error.message.startswith(f"{name} {value!r} is not legal: a")


LIST = "verb=ListRecords&metadataPrefix=m"


@pytest.mark.parametrize("name", ["from", "until"])
@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("junk", "write it as YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ"),
        ("2001-1-1", "write it as YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ"),
        ("2001-02-30", "no such day or time: day is out of range for month"),
        ("2001-01-01T24:00:00Z", "no such day or time: hour must be in 0..23"),
    ],
)
def test_an_end_of_the_window_that_is_no_utcdatetime_is_named(
    name: str, value: str, reason: str
) -> None:
    (message,) = faults(f"{LIST}&{name}={value}")
    assert message.startswith(f"{name} '{value}' is not a UTCdatetime: {reason}")


def test_ends_of_different_granularity_are_refused() -> None:
    (message,) = faults(f"{LIST}&from=2001-01-01&until=2001-01-01T00:00:00Z")
    assert message == (
        "from 2001-01-01 and until 2001-01-01T00:00:00Z differ in granularity;"
        " write both the same way"
    )


def test_a_window_that_ends_before_it_begins_is_refused() -> None:
    assert faults(f"{LIST}&from=2001-01-02&until=2001-01-01") == [
        "until 2001-01-01 is before from 2001-01-02"
    ]


def test_a_window_of_one_day_is_not_empty() -> None:
    assert isinstance(ask(f"{LIST}&from=2001-01-01&until=2001-01-01"), Parsed)


@pytest.mark.parametrize("name", ["from", "until"])
def test_seconds_are_finer_than_a_repository_of_days(name: str) -> None:
    assert faults(f"{LIST}&{name}=2001-01-01T00:00:00Z", DAY) == [
        f"{name} 2001-01-01T00:00:00Z is finer than this repository's YYYY-MM-DD"
    ]


def test_days_are_understood_by_a_repository_of_seconds() -> None:
    assert isinstance(ask(f"{LIST}&from=2001-01-01", SECOND), Parsed)


def test_all_faults_of_a_request_are_reported_together() -> None:
    query = "verb=ListRecords&junk=1&set=&set=a&from=x&until=&identifier=z"
    assert faults(query) == [
        "ListRecords takes no argument 'junk'",
        "the argument set is repeated; give it once",
        "ListRecords takes no argument 'identifier'",
        "ListRecords needs the argument metadataPrefix",
        "the argument until is empty; give it a value or leave it out",
        "identifier 'z' is not legal: an identifier is a URI, such as oai:host:local",
        "from 'x' is not a UTCdatetime: write it as YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ",
    ]
