"""The tables of section 4 and the error codes, as the specification prints them."""

import pytest

from oai_provider.protocol.errors import ErrorCode
from oai_provider.protocol.verbs import ARGUMENT_ORDER, ARGUMENTS, Arguments, Verb

SELECTIVE = ({"metadataPrefix"}, {"from", "until", "set"}, "resumptionToken")


@pytest.mark.parametrize(
    ("verb", "required", "optional", "exclusive"),
    [
        (Verb.GET_RECORD, {"identifier", "metadataPrefix"}, set(), None),
        (Verb.IDENTIFY, set(), set(), None),
        (Verb.LIST_IDENTIFIERS, *SELECTIVE),
        (Verb.LIST_METADATA_FORMATS, set(), {"identifier"}, None),
        (Verb.LIST_RECORDS, *SELECTIVE),
        (Verb.LIST_SETS, set(), set(), "resumptionToken"),
    ],
)
def test_a_verb_takes_what_section_4_lists(
    verb: Verb, required: set[str], optional: set[str], exclusive: str | None
) -> None:
    table = ARGUMENTS[verb]
    assert table == Arguments(frozenset(required), frozenset(optional), exclusive)


def test_there_are_six_verbs() -> None:
    assert len(Verb) == len(ARGUMENTS) == 6


def test_the_order_of_arguments_holds_verb_and_all_that_verbs_take() -> None:
    names = {name for table in ARGUMENTS.values() for name in table.all}
    assert sorted(ARGUMENT_ORDER) == sorted({"verb", *names})


def test_there_are_the_eight_codes_of_section_3_6() -> None:
    assert {str(code) for code in ErrorCode} == {
        "badArgument",
        "badResumptionToken",
        "badVerb",
        "cannotDisseminateFormat",
        "idDoesNotExist",
        "noMetadataFormats",
        "noRecordsMatch",
        "noSetHierarchy",
    }
