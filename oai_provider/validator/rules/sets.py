"""Sets (OAI-PMH 2.6, 2.7.2, 4.6): what is listed, and what records say of it."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from oai_provider.protocol.errors import ErrorCode
from oai_provider.protocol.names import is_set_spec, with_ancestors
from oai_provider.validator import answers
from oai_provider.validator.answers import Header, Set, containers
from oai_provider.validator.endpoint import Endpoint
from oai_provider.validator.exchange import Exchange
from oai_provider.validator.finding import Breach, NotChecked, breach
from oai_provider.validator.rule import check
from oai_provider.validator.rules.errors import not_refused

_NO_SUCH: Final = "no-such-set-0"
# Of a repository without sets both are true, and one is enough.
_NO_SETS: Final = frozenset({ErrorCode.NO_SET_HIERARCHY, ErrorCode.NO_RECORDS_MATCH})


@check("sets-answered")
def answered(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield it if ListSets is neither answered nor refused for want of sets."""
    exchange = endpoint.ask("ListSets")
    if exchange.answer is None and exchange.codes != (ErrorCode.NO_SET_HIERARCHY,):
        yield breach(f"ListSets was answered by {exchange.told}", exchange)


@check("sets-spec-syntax")
def spec_syntax(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield setSpecs of illegal characters."""
    for one in endpoint.sets:
        if not is_set_spec(one.spec):
            yield breach(
                f"the setSpec {one.spec!r} has characters that it may not have",
                one.exchange,
                one.element,
            )


@check("sets-spec-unique")
def spec_unique(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield setSpecs that are listed twice."""
    counts = Counter(one.spec for one in endpoint.sets)
    for spec, count in counts.items():
        if count > 1:
            second = [one for one in endpoint.sets if one.spec == spec][1]
            yield breach(
                f"the setSpec {spec} is listed {count} times",
                second.exchange,
                second.element,
            )


@check("sets-name")
def name(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield sets without a name."""
    for one in endpoint.sets:
        if not one.name:
            yield breach(f"the set {one.spec} has no name", one.exchange, one.element)


@check("sets-parents")
def parents(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield sets whose parents are not listed."""
    known = {one.spec for one in _all_sets(endpoint)}
    for one in endpoint.sets:
        above = with_ancestors(one.spec)[:-1]
        for spec in above:
            if spec not in known:
                yield breach(
                    f"the set {one.spec} is listed, and {spec} above it is not",
                    one.exchange,
                    one.element,
                )


@check("sets-description-schema")
def description_schema(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield descriptions of sets that break their schema."""
    unknown: set[str] = set()
    for one in endpoint.sets:
        for element in containers(one.element, "setDescription"):
            faults = endpoint.container_faults(element)
            if faults is None:
                unknown.add(str(element.tag))
                continue
            for fault in faults:
                message = f"the description of {one.spec}: {fault.message}"
                yield breach(message, one.exchange, element)
    if unknown:
        raise NotChecked(f"the catalogue has no schema of {', '.join(sorted(unknown))}")


@check("sets-in-headers-listed")
def in_headers_listed(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield sets of records that ListSets does not know."""
    known = {one.spec for one in _all_sets(endpoint)}
    for header in endpoint.records:
        for spec in header.set_specs:
            if spec not in known:
                yield breach(
                    f"{header.identifier} is in the set {spec}, which ListSets does"
                    " not list",
                    header.exchange,
                    header.element,
                )


@check("sets-none-in-headers")
def none_in_headers(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield records in sets of a repository without sets."""
    if endpoint.has_sets:
        return
    for header in endpoint.records:
        if header.set_specs:
            yield breach(
                f"{header.identifier} is in the set {header.set_specs[0]}; ListSets"
                " says noSetHierarchy",
                header.exchange,
                header.element,
            )


@check("sets-none-to-ask-for")
def none_to_ask_for(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield it if a repository without sets takes one as an argument."""
    if endpoint.has_sets:
        return
    exchange = _of_set(endpoint, _NO_SUCH)
    yield from not_refused(exchange, _NO_SETS)


@check("sets-none-to-ask-for-records")
def none_to_ask_for_records(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield it if ListRecords takes a set where there are none."""
    if endpoint.has_sets:
        return
    arguments = endpoint.list_arguments()
    exchange = endpoint.ask("ListRecords", **arguments, set=_NO_SUCH)
    yield from not_refused(exchange, _NO_SETS)


@check("sets-unknown")
def unknown(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield it if a set that is none does not lead to an empty list."""
    exchange = _of_set(endpoint, _NO_SUCH)
    allowed = {
        ErrorCode.NO_RECORDS_MATCH,
        ErrorCode.BAD_ARGUMENT,
        ErrorCode.NO_SET_HIERARCHY,
    }
    yield from not_refused(exchange, frozenset(allowed))


@check("sets-syntax-refused")
def syntax_refused(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield it if a set of illegal characters leads to a list."""
    exchange = _of_set(endpoint, "a set<:")
    allowed = {
        ErrorCode.BAD_ARGUMENT,
        ErrorCode.NO_RECORDS_MATCH,
        ErrorCode.NO_SET_HIERARCHY,
    }
    yield from not_refused(exchange, frozenset(allowed))


@check("sets-selective")
def selective(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield records in the list of a set that they are not in."""
    for one in _samples(endpoint):
        for header in answers.headers(_of_set(endpoint, one.spec)):
            if not may_be_in(header, one.spec):
                yield breach(
                    f"the list of the set {one.spec} has {header.identifier}, whose"
                    f" header says {', '.join(header.set_specs) or 'no set'}",
                    header.exchange,
                    header.element,
                )


@check("sets-found-again")
def found_again(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield records that the list of their own set does not have."""
    for header in _in_sets(endpoint):
        for spec in with_ancestors(header.set_specs[0])[-2:]:
            page = endpoint.ask(
                "ListIdentifiers",
                **endpoint.list_arguments(),
                set=spec,
                from_=header.datestamp,
                until=header.datestamp,
            )
            found = {one.identifier for one in answers.headers(page)}
            if header.identifier not in found and not _goes_on(page):
                yield breach(
                    f"{header.identifier} says it is in {header.set_specs[0]}; the"
                    f" list of the set {spec} at {header.datestamp} was {page.told}"
                    " without it",
                    page,
                    page.answer,
                )


@check("sets-union")
def union(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield sets that do not hold what the list of everything has of them."""
    everything = _whole(endpoint)
    newest = max((one.datestamp for one in everything.values()), default="")
    for one in _samples(endpoint):
        # Whether a set keeps its deleted records is not written anywhere.
        live = (h for h in everything.values() if not h.is_deleted)
        said = {h.identifier for h in live if may_be_in(h, one.spec)}
        held = _whole(endpoint, set=one.spec)
        shown = _of_set(endpoint, one.spec)
        for identifier in sorted(said - held.keys()):
            yield breach(
                f"{identifier} says that it is in the set {one.spec}, whose whole"
                " list does not have it",
                shown,
            )
        for identifier in sorted(held.keys() - everything.keys()):
            # What came meanwhile proves nothing.
            if held[identifier].datestamp <= newest:
                yield breach(
                    f"{identifier} is in the list of the set {one.spec}, and not in"
                    " the list of everything",
                    shown,
                )


def _whole(endpoint: Endpoint, **selected: str) -> dict[str, Header]:
    """Return what a list holds; raises `NotChecked` if it is not read to its end."""
    arguments = endpoint.list_arguments() | selected
    if ErrorCode.NO_RECORDS_MATCH in endpoint.ask("ListIdentifiers", **arguments).codes:
        return {}
    pages = endpoint.walk("ListIdentifiers", **arguments)
    if _goes_on(pages[-1]):
        raise NotChecked(
            f"the list is longer than the {len(pages)} pages that are read"
        )
    return {one.identifier: one for page in pages for one in answers.headers(page)}


def _all_sets(endpoint: Endpoint) -> tuple[Set, ...]:
    """Return the sets, if all of them were read; raises `NotChecked`."""
    found = endpoint.sets
    if _goes_on(endpoint.walk("ListSets")[-1]):
        raise NotChecked(f"only the first {len(found)} sets were read")
    return found


def _goes_on(page: Exchange) -> bool:
    return any(token.value for token in answers.tokens(page))


def _of_set(endpoint: Endpoint, spec: str) -> Exchange:
    arguments = endpoint.list_arguments()
    return endpoint.ask("ListIdentifiers", **arguments, set=spec)


def _samples(endpoint: Endpoint) -> tuple[Set, ...]:
    return tuple(one for one in endpoint.sets if one.spec)[: endpoint.depth.samples]


def may_be_in(header: Header, spec: str) -> bool:
    """Tell whether the header of a record allows that it is in a set or below it.

    One that was deleted may say nothing, as in the specification's own example.
    """
    if header.is_deleted and not header.set_specs:
        return True
    return any(s == spec or s.startswith(f"{spec}:") for s in header.set_specs)


def _in_sets(endpoint: Endpoint) -> tuple[Header, ...]:
    dated = filter(endpoint.is_told_truly, endpoint.dated())
    found = [one for one in dated if one.set_specs]
    if not found:
        raise NotChecked("no record in a set was met")
    return tuple(found[: endpoint.depth.samples])
