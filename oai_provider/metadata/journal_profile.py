"""What a journal's profile says: the facts that its items share and often leave out.

It is written in the fields of an item, short forms included, and read at the start;
whatever is wrong with it is told then. What it fills is said in `journals`.
"""

from collections.abc import Mapping
from string import Formatter
from typing import Annotated, ClassVar, Final

from pydantic import AfterValidator, Field, ValidationError

from oai_provider.metadata.access import Rights
from oai_provider.metadata.agents import Organisation
from oai_provider.metadata.faults import faults_of
from oai_provider.metadata.identifiers import SerialIdentifier, identifier_shorts
from oai_provider.metadata.name_order import NameOrder
from oai_provider.metadata.short_forms import long_form
from oai_provider.metadata.text import (
    LanguageTag,
    Line,
    Part,
    Several,
    Short,
    Text,
    web_address,
)

PLACEHOLDERS: Final = frozenset(
    ("id", "doi", "year", "volume", "issue", "whole_number", "first_page")
)
"""What may stand in braces in the pattern of a landing page."""
ISSNS: Final = frozenset(("issn", "pissn", "eissn", "lissn"))
"""The schemes of identifiers that are ISSNs."""

_MODULUS: Final = 11
_TEN: Final = "X"


def _pattern(value: str) -> str:
    known = ", ".join(f"{{{name}}}" for name in sorted(PLACEHOLDERS))
    try:
        parts = [*Formatter().parse(value)]
    except ValueError as error:
        raise ValueError(f"{value!r} has braces that do not match: {error}") from error
    names = [name for _, name, _, _ in parts if name is not None]
    for _, name, form, conversion in parts:
        if name is not None and (form or conversion or name not in PLACEHOLDERS):
            shown = "!".join(filter(None, (name, conversion)))
            shown = ":".join(filter(None, (shown, form)))
            raise ValueError(f"{{{shown}}} stands for nothing: write {known}")
    if not names:
        raise ValueError(
            f"{value!r} is one address for all items: write {{id}} where they differ,"
            f" or another of {known}"
        )
    web_address(value.partition("{")[0])
    web_address(value.format_map(dict.fromkeys(PLACEHOLDERS, "1")))
    return value


def _issn(one: SerialIdentifier) -> SerialIdentifier:
    if one.scheme not in ISSNS:
        raise ValueError(f"{one.value!r} is no ISSN: write it as 1234-5679")
    last = _check_digit(one.value)
    if one.value[-1] != last:
        raise ValueError(
            f"the digits of ISSN {one.value} do not agree, of which the last would be"
            f" {last}: copy it again from the journal or from portal.issn.org"
        )
    return one


class JournalProfile(Part):
    """What the items of a journal say, where they do not say otherwise."""

    shorts: ClassVar[Mapping[str, Short]] = {
        "title": Short("titles"),
        "language": Short("languages"),
        **identifier_shorts(*sorted(ISSNS)),
    }

    titles: Several[Text] = Field(
        (), description="of the journal; by it, too, it is found"
    )
    identifiers: Several[Annotated[SerialIdentifier, AfterValidator(_issn)]] = Field(
        (), description="its ISSNs, with their check digits: `issn`, `pissn`, `eissn`"
    )
    publisher: Organisation | None = Field(None, description="of the journal")
    rights: Rights | None = Field(
        None, description="access level, licences, statements, holder"
    )
    languages: Several[LanguageTag] = Field(
        (), description="of the texts; filled where there is one only"
    )
    name_order: NameOrder | None = Field(
        None,
        description="in which names are printed, `family-first` or `given-first`;"
        " parts the names that are given in one piece; an organisation whose name does"
        " not show it needs `type: organizational`",
    )
    landing_page: Annotated[Line, AfterValidator(_pattern)] | None = Field(
        None, description="the address of an item's page, with what differs in braces"
    )

    @property
    def issns(self) -> tuple[str, ...]:
        """The ISSNs of the journal, in the order they are given."""
        return tuple(one.value for one in self.identifiers)


def journal_profile(table: object) -> JournalProfile:
    """Return the profile that a table is; a ValueError tells all that is wrong."""
    if not isinstance(table, Mapping):
        raise ValueError(f"{table!r} is no table: write issn, publisher, … in it")  # noqa: TRY004 - for pydantic
    try:
        profile = JournalProfile.model_validate(long_form(JournalProfile, table))
    except ValidationError as error:
        faults = faults_of(error, JournalProfile, table)
        told = (f"{f.path}: {f.message}" if f.path else f.message for f in faults)
        raise ValueError("; ".join(told)) from error
    if not (profile.identifiers or profile.titles):
        raise ValueError("belongs to no journal: give it issn, or title")
    return profile


def _check_digit(issn: str) -> str:
    """Return the last digit of an ISSN as ISO 3297 reckons it from the others."""
    digits = map(int, issn.replace("-", "")[:-1])
    weighed = sum(n * digit for n, digit in zip(range(8, 1, -1), digits, strict=True))
    rest = -weighed % _MODULUS
    return _TEN if rest > 9 else str(rest)  # noqa: PLR2004 - the last single digit
