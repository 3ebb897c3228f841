"""What a response shows of a request: its arguments, and words about its faults."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import Pairs, any_requests, any_texts

from oai_provider.protocol.datestamp import Granularity
from oai_provider.protocol.errors import ErrorCode, ProtocolError
from oai_provider.protocol.model import Errors, Response
from oai_provider.protocol.read import read
from oai_provider.protocol.request import (
    Parsed,
    Refused,
    Resumption,
    echoed,
    parse,
    quoted,
    refused,
)
from oai_provider.protocol.verbs import ARGUMENT_ORDER, Verb
from oai_provider.protocol.write import write
from oai_provider.protocol.xml import not_xml
from oai_provider.protocol.xml import parse as parse_xml
from oai_provider.resources import schemas_folder
from oai_provider.xsd import Schemas

SECOND = Granularity.SECOND
NOW = datetime(2024, 2, 29, 12, 0, 0, tzinfo=UTC)
BAD_ARGUMENT, BAD_VERB = ErrorCode.BAD_ARGUMENT, ErrorCode.BAD_VERB

# Echo.


@pytest.mark.parametrize("code", ErrorCode)
def test_arguments_are_echoed_but_with_bad_verb_and_bad_argument(
    code: ErrorCode,
) -> None:
    arguments = (("verb", "ListRecords"), ("set", "a"))
    result = refused([ProtocolError(code, "why")], arguments)
    echoes = code not in {BAD_ARGUMENT, BAD_VERB}
    assert result.arguments == (arguments if echoes else ())


def test_one_bad_argument_among_other_errors_forbids_the_echo() -> None:
    codes = (ErrorCode.NO_RECORDS_MATCH, BAD_ARGUMENT)
    result = refused((ProtocolError(code, "why") for code in codes), (("verb", "x"),))
    assert ([error.code for error in result.errors], result.arguments) == (
        list(codes),
        (),
    )


@pytest.mark.parametrize("value", ["a\x00b", "\x0b", "\ud800", "\ufffe"])
def test_a_token_that_xml_cannot_carry_is_parsed_but_not_echoed(value: str) -> None:
    pairs = [("verb", "ListSets"), ("resumptionToken", value)]
    assert parse(pairs, SECOND) == Parsed(
        Resumption(verb=Verb.LIST_SETS, token=value), (("verb", "ListSets"),)
    )


def test_names_the_protocol_does_not_know_are_never_echoed() -> None:
    assert echoed({"junk": "1", "verb": "Identify"}) == (("verb", "Identify"),)


# Whatever comes.


@pytest.fixture(scope="module")
def schemas() -> Schemas:
    return Schemas(schemas_folder())


def response_to(result: Parsed | Refused) -> Response:
    """Return a response that shows all a result may show."""
    errors = result.errors if isinstance(result, Refused) else ()
    shown = errors or (ProtocolError(ErrorCode.NO_RECORDS_MATCH, "none"),)
    return Response(
        response_date=NOW,
        base_url="http://example.org/oai",
        arguments=result.arguments,
        body=Errors(shown),
    )


@given(any_requests, st.sampled_from(Granularity))
def test_any_pairs_give_a_request_or_faults_that_a_valid_response_shows(
    schemas: Schemas, pairs: Pairs, granularity: Granularity
) -> None:
    response = response_to(parse(pairs, granularity))
    document = b"".join(write(response))
    assert read(document) == response
    assert schemas.response_faults(parse_xml(document), ()) == ()


@given(any_texts)
def test_a_quoted_value_is_always_fit_for_xml(value: str) -> None:
    assert not_xml(quoted(value)) is None


def test_every_character_is_quoted_fit_for_xml() -> None:
    for start in range(0, 0x110000, 100):
        block = "".join(map(chr, range(start, min(start + 100, 0x110000))))
        assert not_xml(quoted(block)) is None


def test_a_long_value_is_quoted_short() -> None:
    assert quoted("x" * 1_000_000) == repr("x" * 100 + "…")


@pytest.mark.parametrize("name", ARGUMENT_ORDER)
@pytest.mark.parametrize(
    "value", ["x" * 1_000_000, "\x00" * 1_000_000, "é" * 1_000_000]
)
def test_a_message_about_a_long_value_is_short(name: str, value: str) -> None:
    pairs = [("verb", "ListRecords"), ("metadataPrefix", "m"), (name, value)]
    result = parse(pairs, SECOND)
    if isinstance(result, Refused):
        assert all(len(error.message) < 1000 for error in result.errors)


def test_a_message_about_a_long_name_is_short() -> None:
    result = parse([("verb", "Identify"), ("x" * 1_000_000, "1")], SECOND)
    assert isinstance(result, Refused)
    assert len(result.errors[0].message) < 200
