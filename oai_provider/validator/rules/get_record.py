"""Records (OAI-PMH 2.4, 2.5, 4.1): what each must be, listed or asked for by itself."""

from collections.abc import Iterator

from lxml import etree

from oai_provider.protocol.datestamp import parse_datestamp
from oai_provider.protocol.names import is_any_uri, is_set_spec
from oai_provider.validator import answers
from oai_provider.validator.answers import Header, containers
from oai_provider.validator.endpoint import Endpoint, is_date
from oai_provider.validator.exchange import OAI, Exchange, child_text
from oai_provider.validator.finding import Breach, NotChecked, breach
from oai_provider.validator.rule import check


def _asked(endpoint: Endpoint) -> Iterator[tuple[Header, Exchange, Header]]:
    """Yield samples as they were listed, and as GetRecord has them."""
    for listed in (*endpoint.some_live(), *endpoint.deleted):
        exchange = endpoint.record(listed)
        for found in answers.headers(exchange)[:1]:
            yield listed, exchange, found


@check("get-record-answered")
def answered(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield records that are listed and cannot be had."""
    for listed in endpoint.some_live():
        exchange = endpoint.record(listed)
        if len(answers.headers(exchange)) != 1:
            yield breach(
                f"{listed.identifier} is listed; GetRecord was answered by"
                f" {exchange.told}",
                exchange,
                exchange.answer,
            )


@check("get-record-identifier")
def identifier(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield records of another item than was asked for."""
    for listed, exchange, found in _asked(endpoint):
        if found.identifier != listed.identifier:
            yield breach(
                f"{listed.identifier} was asked for, {found.identifier} came",
                exchange,
                found.element,
            )


@check("get-record-datestamp")
def datestamp(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield records with another datestamp than their list says."""
    for listed, exchange, found in _asked(endpoint):
        if found.datestamp != listed.datestamp:
            yield breach(
                f"{listed.identifier} is listed with the datestamp"
                f" {listed.datestamp}; GetRecord says {found.datestamp}",
                exchange,
                found.element,
            )


@check("get-record-sets")
def sets(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield records with other sets than their list says."""
    for listed, exchange, found in _asked(endpoint):
        if {*found.set_specs} != {*listed.set_specs}:
            yield breach(
                f"{listed.identifier} is listed in the sets"
                f" {', '.join(listed.set_specs) or '(none)'}; GetRecord says"
                f" {', '.join(found.set_specs) or '(none)'}",
                exchange,
                found.element,
            )


@check("get-record-status")
def status(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield records that are deleted in one place and not in the other."""
    for listed, exchange, found in _asked(endpoint):
        if found.is_deleted is not listed.is_deleted:
            words = {True: "deleted", False: "not deleted"}
            yield breach(
                f"{listed.identifier} is {words[listed.is_deleted]} in its list, and"
                f" {words[found.is_deleted]} in GetRecord",
                exchange,
                found.element,
            )


@check("get-record-metadata")
def metadata(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield records whose metadata are others than their list has."""
    for listed, exchange, found in _asked(endpoint):
        if listed.payload is None or found.payload is None:
            continue
        if meaning(listed.payload) != meaning(found.payload):
            yield breach(
                f"the metadata of {listed.identifier} differ from those in its list",
                exchange,
                found.payload,
            )


@check("record-identifier-uri")
def identifier_uri(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield identifiers that are no URIs."""
    for header in endpoint.records:
        if not is_any_uri(header.identifier):
            yield breach(
                f"the identifier {header.identifier!r} is no URI",
                header.exchange,
                header.element,
            )


@check("record-datestamp")
def record_datestamp(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield datestamps that are no dates."""
    for header in endpoint.records:
        if not is_date(header.datestamp):
            yield breach(
                f"the datestamp {header.datestamp!r} of {header.identifier} is no"
                " UTCdatetime",
                header.exchange,
                header.element,
            )


@check("record-datestamp-granularity")
def datestamp_granularity(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield datestamps in another granularity than is declared."""
    granularity = endpoint.granularity
    for header in endpoint.records:
        date = header.datestamp
        if is_date(date) and parse_datestamp(date)[1] is not granularity:
            yield breach(
                f"the datestamp {date} of {header.identifier} is not in the"
                f" granularity {granularity}",
                header.exchange,
                header.element,
            )


@check("record-datestamp-future")
def datestamp_future(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield datestamps after the moment of the response."""
    for header in endpoint.records:
        response = header.exchange.response
        now = "" if response is None else child_text(response, "responseDate")
        date = header.datestamp
        if is_date(now) and is_date(date):
            moment = parse_datestamp(date)[0]
            if moment > parse_datestamp(now)[0]:
                yield breach(
                    f"the datestamp {date} of {header.identifier} is after the"
                    f" responseDate {now}",
                    header.exchange,
                    header.element,
                )


@check("record-set-spec-syntax")
def set_spec_syntax(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield setSpecs of illegal characters."""
    for header in endpoint.records:
        for spec in header.set_specs:
            if not is_set_spec(spec):
                yield breach(
                    f"the setSpec {spec!r} of {header.identifier} has characters that"
                    " it may not have",
                    header.exchange,
                    header.element,
                )


@check("record-has-metadata")
def has_metadata(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield records that are not deleted and have no metadata."""
    for header in endpoint.records:
        if header.is_deleted or header.record is None:
            continue
        found = [*header.record.iterchildren(f"{OAI}metadata")]
        parts = [part for one in found for part in one.iterchildren("*")]
        if len(found) != 1 or len(parts) != 1:
            yield breach(
                f"{header.identifier} has {len(found)} <metadata> with {len(parts)}"
                " elements in it, not one with one",
                header.exchange,
                header.record,
            )


@check("record-about-schema")
def about_schema(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield about containers that break their schema."""
    unknown: set[str] = set()
    for header in endpoint.records:
        if header.record is None:
            continue
        for element in containers(header.record, "about"):
            faults = endpoint.container_faults(element)
            if faults is None:
                unknown.add(str(element.tag))
                continue
            for fault in faults:
                yield breach(
                    f"about {header.identifier}: {fault.message}",
                    header.exchange,
                    element,
                )
    if unknown:
        raise NotChecked(f"the catalogue has no schema of {', '.join(sorted(unknown))}")


def meaning(element: etree._Element) -> tuple[object, ...]:
    """Return what an element says, whatever its prefixes and its layout are."""
    return (
        element.tag,
        sorted(map(str, element.attrib.items())),
        (element.text or "").strip(),
        [(meaning(e), (e.tail or "").strip()) for e in element.iterchildren("*")],
    )
