"""What aggregators of research information ask of endpoints that serve CERIF.

Nothing of it concerns others: an endpoint without the format and without a description
of itself as a service is asked nothing. Only the structure is looked at here.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from lxml import etree

from oai_provider.validator.answers import Header, containers, headers
from oai_provider.validator.endpoint import WHOLE, Endpoint, way_on
from oai_provider.validator.exchange import child_text
from oai_provider.validator.finding import Breach, NotChecked, breach
from oai_provider.validator.rule import check
from oai_provider.validator.rules.get_record import meaning
from oai_provider.validator.rules.identify import OAI_IDENTIFIER

_PREFIX: Final = "oai_cerif_openaire"
_NAMESPACE: Final = "https://www.openaire.eu/cerif-profile/"
_SETS: Final = tuple(
    f"openaire_cris_{name}"
    for name in (
        *("publications", "products", "patents", "persons", "orgunits", "projects"),
        *("funding", "events", "equipments"),
    )
)
_ENTITIES: Final = frozenset(
    {
        *("Publication", "Product", "Patent", "Person", "OrgUnit", "Project"),
        *("Funding", "Event", "Equipment"),
    }
)


def _is_cerif(element: etree._Element) -> bool:
    return (etree.QName(element).namespace or "").startswith(_NAMESPACE)


def _services(endpoint: Endpoint) -> tuple[etree._Element, ...]:
    found = containers(endpoint.identify, "description")
    return tuple(
        e for e in found if _is_cerif(e) and etree.QName(e).localname == "Service"
    )


def _said(service: etree._Element, name: str) -> tuple[str, ...]:
    return tuple(
        (e.text or "").strip()
        for e in service.iterchildren("*")
        if etree.QName(e).localname == name
    )


def _is_cris(endpoint: Endpoint) -> bool:
    return bool(_services(endpoint)) or bool(_prefixes(endpoint))


def _prefixes(endpoint: Endpoint) -> tuple[str, ...]:
    return tuple(
        one.prefix for one in endpoint.formats if one.namespace.startswith(_NAMESPACE)
    )


@check("cris-service-one")
def service_one(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield it if Identify does not describe the service, or does so twice."""
    found = _services(endpoint)
    if _is_cris(endpoint) and len(found) != 1:
        yield breach(
            f"CERIF is served, and Identify has {len(found)} Service descriptions",
            endpoint.identified,
            found[1] if found else endpoint.identify,
        )


@check("cris-oai-identifier")
def oai_identifier(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield it if Identify does not say how identifiers are made."""
    name = f"{OAI_IDENTIFIER}oai-identifier"
    if _is_cris(endpoint) and next(endpoint.identify.iter(name), None) is None:
        yield breach(
            "CERIF is served, and Identify has no oai-identifier description",
            endpoint.identified,
            endpoint.identify,
        )


@check("cris-service-acronym")
def service_acronym(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield an acronym that is not the repositoryIdentifier."""
    for service in _services(endpoint):
        name = endpoint.repository_identifier()
        for told in _said(service, "Acronym"):
            if told != name:
                yield breach(
                    f"the Acronym of the Service is {told}; the repositoryIdentifier"
                    f" is {name}",
                    endpoint.identified,
                    service,
                )


@check("cris-service-base-url")
def service_base_url(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield an OAIPMHBaseURL that is not the baseURL."""
    own = child_text(endpoint.identify, "baseURL")
    for service in _services(endpoint):
        for told in _said(service, "OAIPMHBaseURL"):
            if told != own:
                yield breach(
                    f"OAIPMHBaseURL of the Service is {told}; baseURL is {own}",
                    endpoint.identified,
                    service,
                )


@check("cris-service-format")
def service_format(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield a compatibility that is declared without the format it stands for."""
    declared = [one.namespace for one in endpoint.formats]
    for service in _services(endpoint):
        for told in _said(service, "Compatibility"):
            version = told.rpartition("#")[2]
            if f"{_NAMESPACE}{version}/" not in declared:
                yield breach(
                    f"the Service declares {told}, and no format is in the namespace"
                    f" {_NAMESPACE}{version}/",
                    endpoint.identified,
                    service,
                )


@check("cris-sets")
def sets(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield sets that are missing."""
    if not _is_cris(endpoint):
        return
    known = {one.spec for one in endpoint.sets}
    if way_on(endpoint.walk("ListSets")[-1]):
        raise NotChecked(f"only the first {len(known)} sets were read")
    missing = [spec for spec in _SETS if spec not in known]
    if missing:
        shown = endpoint.ask("ListSets")
        message = f"CERIF is served, and there is no set {', '.join(missing)}"
        yield breach(message, shown, shown.answer)


@check("cris-references")
def references(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield entities that are referred to and not in the whole of all records."""
    known = _known(endpoint)
    for header, element in _nested(endpoint):
        if element.get("id", "") not in known:
            yield breach(
                f"{header.identifier} refers to {etree.QName(element).localname}"
                f" {element.get('id')}, which is no record",
                header.exchange,
                element,
            )


@check("cris-conflicts")
def conflicts(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield entities of which a record says what their own record does not say."""
    known = _known(endpoint)
    for header, element in _nested(endpoint):
        own = known.get(element.get("id", ""))
        said = [child for child in element.iterchildren("*") if not _is_entity(child)]
        odd = [child for child in said if own and repr(meaning(child)) not in own]
        if odd:
            yield breach(
                f"{header.identifier} says of {element.get('id')} a"
                f" {etree.QName(odd[0]).localname} that its own record has not",
                header.exchange,
                odd[0],
            )


def _records(endpoint: Endpoint) -> Iterator[Header]:
    """Yield the records in CERIF; raises `NotChecked` where not all are read."""
    prefixes = _prefixes(endpoint)
    if not prefixes:
        return
    if endpoint.depth is not WHOLE:
        raise NotChecked("this takes the whole list: --whole reads it")
    for page in endpoint.walk("ListRecords", metadataPrefix=prefixes[0]):
        yield from headers(page)


def _known(endpoint: Endpoint) -> Mapping[str, frozenset[str]]:
    """Return what records say of themselves, by the id of their entity."""
    return {
        header.payload.get("id", ""): frozenset(
            repr(meaning(child)) for child in header.payload.iterchildren("*")
        )
        for header in _records(endpoint)
        if header.payload is not None
    }


def _is_entity(element: etree._Element) -> bool:
    return _is_cerif(element) and etree.QName(element).localname in _ENTITIES


def _nested(endpoint: Endpoint) -> Iterator[tuple[Header, etree._Element]]:
    """Yield entities within records that are named by an id."""
    for header in _records(endpoint):
        payload = header.payload
        below = () if payload is None else payload.iterdescendants("*")
        for element in below:
            if element.get("id") and _is_entity(element):
                yield header, element
