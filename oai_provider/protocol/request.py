"""A request's arguments, parsed once into a typed value, or every fault in them.

Only the syntax is judged here, against the tables in `verbs`; whether an
identifier, a format or a set exists is for the provider to say.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from oai_provider.protocol.datestamp import (
    DatestampError,
    Granularity,
    last_second,
    parse_datestamp,
)
from oai_provider.protocol.errors import UNECHOED, ErrorCode, ProtocolError
from oai_provider.protocol.names import (
    METADATA_PREFIX_RULE,
    SET_SPEC_RULE,
    is_identifier,
    is_metadata_prefix,
    is_set_spec,
)
from oai_provider.protocol.verbs import ARGUMENT_ORDER, ARGUMENTS, VERBS, Verb
from oai_provider.protocol.xml import not_xml

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Identify:
    """OAI-PMH 4.2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListMetadataFormats:
    """OAI-PMH 4.4."""

    identifier: str | None = None


@dataclass(frozen=True, slots=True)
class ListSets:
    """OAI-PMH 4.6."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GetRecord:
    """OAI-PMH 4.1."""

    identifier: str
    metadata_prefix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What a selective harvest asks for (OAI-PMH 2.7); both ends are inclusive."""

    metadata_prefix: str
    from_: datetime | None = None
    until: datetime | None = None
    set_spec: str | None = None


@dataclass(frozen=True, slots=True)
class ListIdentifiers:
    """OAI-PMH 4.3."""

    selection: Selection


@dataclass(frozen=True, slots=True)
class ListRecords:
    """OAI-PMH 4.5."""

    selection: Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumption:
    """The next page of a list (OAI-PMH 3.5)."""

    verb: Verb
    token: str


Request = (
    Identify
    | ListMetadataFormats
    | ListSets
    | GetRecord
    | ListIdentifiers
    | ListRecords
    | Resumption
)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A request, and its arguments as the response will echo them."""

    request: Request
    arguments: Pairs


@dataclass(frozen=True, slots=True)
class Refused:
    """A request that has no meaning: all its faults, and what may be echoed."""

    errors: tuple[ProtocolError, ...]
    arguments: Pairs = ()


def parse(
    pairs: Iterable[tuple[str, str]], granularity: Granularity
) -> Parsed | Refused:
    """Return the request that the key=value pairs make, or all that is wrong with it.

    `granularity` is the repository's: finer datestamps than that are refused.
    """
    given = tuple(pairs)
    verb = _verb([value for name, value in given if name == "verb"])
    if isinstance(verb, ProtocolError):
        return Refused((verb,))
    arguments = dict(given)
    faults = [*_name_faults(verb, given), *_value_faults(arguments, granularity)]
    echo = echoed(arguments)
    if faults:
        return refused(faults, echo)
    return Parsed(_request(verb, arguments), echo)


def refused(errors: Iterable[ProtocolError], arguments: Pairs) -> Refused:
    """Return a refusal that echoes the arguments only where that is allowed."""
    errors = tuple(errors)
    # OAI-PMH 3.2: no attributes with badVerb and badArgument.
    unechoed = any(error.code in UNECHOED for error in errors)
    return Refused(errors, () if unechoed else arguments)


def echoed(arguments: dict[str, str]) -> Pairs:
    """Return the arguments in the schema's order, without what XML cannot carry."""
    known = [(name, arguments[name]) for name in ARGUMENT_ORDER if name in arguments]
    if not_xml("".join(arguments.values())) is None:
        return tuple(known)
    return tuple((name, value) for name, value in known if not_xml(value) is None)


def _verb(values: list[str]) -> Verb | ProtocolError:
    if not values:
        reason = "the verb argument is missing"
    elif len(values) > 1:
        reason = "the verb argument is repeated"
    elif verb := VERBS.get(values[0]):
        return verb
    else:
        reason = f"there is no verb {quoted(values[0])}"
    return ProtocolError(
        ErrorCode.BAD_VERB, f"{reason}; the verbs are {', '.join(Verb)}"
    )


def _bad(message: str) -> ProtocolError:
    return ProtocolError(ErrorCode.BAD_ARGUMENT, message)


def _name_faults(verb: Verb, given: Pairs) -> Iterator[ProtocolError]:
    names = [name for name, _ in given if name != "verb"]
    table, distinct = ARGUMENTS[verb], dict.fromkeys(names)
    if distinct.keys() == table.required and len(distinct) == len(names):
        return
    for name in distinct:
        if name not in table.all:
            yield _bad(f"{verb} takes no argument {quoted(name)}")
        elif names.count(name) > 1:
            # OAI-PMH 3.1.1: "includes a repeated argument" is badArgument.
            yield _bad(f"the argument {name} is repeated; give it once")
    if table.exclusive in distinct:
        # OAI-PMH 3.5: resumptionToken is the only exclusive argument.
        others = sorted((distinct.keys() & table.all) - {table.exclusive})
        if others:
            yield _bad(f"{table.exclusive} is exclusive; leave out {', '.join(others)}")
        return
    for name in sorted(table.required - distinct.keys()):
        yield _bad(f"{verb} needs the argument {name}")


def _value_faults(
    arguments: dict[str, str], granularity: Granularity
) -> Iterator[ProtocolError]:
    for name, value in arguments.items():
        if not value and name in ARGUMENT_ORDER:
            yield _bad(f"the argument {name} is empty; give it a value or leave it out")
    yield from _syntax_faults(arguments)
    if "from" in arguments or "until" in arguments:
        yield from _window_faults(arguments, granularity)


_SYNTAX = {
    "identifier": (is_identifier, "an identifier is a URI, such as oai:host:local"),
    "metadataPrefix": (is_metadata_prefix, METADATA_PREFIX_RULE),
    "set": (is_set_spec, SET_SPEC_RULE),
}


def _syntax_faults(arguments: dict[str, str]) -> Iterator[ProtocolError]:
    for name, (is_legal, rule) in _SYNTAX.items():
        value = arguments.get(name)
        if value and not is_legal(value):
            yield _bad(f"{name} {quoted(value)} is not legal: {rule}")


def _window_faults(
    arguments: dict[str, str], finest: Granularity
) -> Iterator[ProtocolError]:
    ends: dict[str, tuple[datetime, Granularity]] = {}
    for name in ("from", "until"):
        value = arguments.get(name)
        if not value:
            continue
        try:
            ends[name] = parse_datestamp(value)
        except DatestampError as error:
            yield _bad(f"{name} {quoted(value)} is not a UTCdatetime: {error}")
            continue
        if finest is Granularity.DAY and ends[name][1] is Granularity.SECOND:
            # OAI-PMH 2.7.1: not finer than the repository's granularity.
            yield _bad(f"{name} {value} is finer than this repository's {finest}")
    if len(ends) == 2:  # noqa: PLR2004 - both ends
        yield from _order_faults(arguments, ends["from"], ends["until"])


def _order_faults(
    arguments: dict[str, str],
    start: tuple[datetime, Granularity],
    end: tuple[datetime, Granularity],
) -> Iterator[ProtocolError]:
    if start[1] is not end[1]:
        # OAI-PMH 2.7.1: both arguments must have the same granularity.
        yield _bad(
            f"from {arguments['from']} and until {arguments['until']}"
            " differ in granularity; write both the same way"
        )
    elif start[0] > end[0]:
        yield _bad(f"until {arguments['until']} is before from {arguments['from']}")


def _request(verb: Verb, arguments: dict[str, str]) -> Request:  # noqa: PLR0911 - a verb each
    if "resumptionToken" in arguments:
        return Resumption(verb=verb, token=arguments["resumptionToken"])
    match verb:
        case Verb.IDENTIFY:
            return Identify()
        case Verb.LIST_METADATA_FORMATS:
            return ListMetadataFormats(identifier=arguments.get("identifier"))
        case Verb.LIST_SETS:
            return ListSets()
        case Verb.GET_RECORD:
            return GetRecord(
                identifier=arguments["identifier"],
                metadata_prefix=arguments["metadataPrefix"],
            )
        case Verb.LIST_IDENTIFIERS:
            return ListIdentifiers(_selection(arguments))
        case Verb.LIST_RECORDS:
            return ListRecords(_selection(arguments))
        case _:
            assert_never(verb)


def _selection(arguments: dict[str, str]) -> Selection:
    start, end = arguments.get("from"), arguments.get("until")
    return Selection(
        metadata_prefix=arguments["metadataPrefix"],
        from_=parse_datestamp(start)[0] if start else None,
        until=last_second(*parse_datestamp(end)) if end else None,
        set_spec=arguments.get("set"),
    )


def quoted(value: str, limit: int = 100) -> str:
    """Return the value fit to be shown in a message: short, and legal in XML.

    `repr` escapes all that is not printable, and so all that XML cannot carry.
    """
    return repr(value if len(value) <= limit else value[:limit] + "…")
