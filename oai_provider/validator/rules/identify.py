"""Identify (OAI-PMH 4.2): what a repository says of itself."""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from oai_provider.protocol.datestamp import Granularity, parse_datestamp
from oai_provider.protocol.model import DeletedRecord
from oai_provider.protocol.names import OAI_NS
from oai_provider.validator.answers import containers
from oai_provider.validator.endpoint import Endpoint, is_date
from oai_provider.validator.exchange import OAI, child_text, text
from oai_provider.validator.finding import Breach, NotChecked, breach
from oai_provider.validator.rule import check

OAI_IDENTIFIER: Final = f"{{{OAI_NS}oai-identifier}}"
EMAIL: Final = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;.]{2,}")
_NOWHERE: Final = re.compile(
    r"(?:localhost|[^@]{0,255}\.local|example\.(?:com|org|net))\.?"
)
_DOMAIN: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9-]*(\.[a-zA-Z][a-zA-Z0-9-]*)+")
_SINGLE: Final = (
    "repositoryName",
    "baseURL",
    "protocolVersion",
    "earliestDatestamp",
    "deletedRecord",
    "granularity",
)


@check("identify-answered")
def answered(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield it if Identify is not answered."""
    exchange = endpoint.ask("Identify")
    if exchange.answer is None:
        yield breach(f"Identify was answered by {exchange.told}", exchange)


@check("identify-elements-once")
def elements_once(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield elements that are missing or repeated."""
    identify = endpoint.identify
    for name in _SINGLE:
        found = [*identify.iterchildren(OAI + name)]
        if len(found) != 1:
            shown = found[1] if found else identify
            yield breach(
                f"Identify has {len(found)} <{name}>, not one",
                endpoint.identified,
                shown,
            )


@check("identify-base-url")
def base_url(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield a baseURL that is not the one asked."""
    told = child_text(endpoint.identify, "baseURL")
    # A redirect has a rule of its own.
    known = {*map(_address, (endpoint.base_url, endpoint.identified.address))}
    if told and _address(told) not in known:
        yield breach(
            f"Identify says baseURL {told}, and was asked at {endpoint.base_url}",
            endpoint.identified,
            endpoint.identify.find(f"{OAI}baseURL"),
        )


def _address(url: str) -> str:
    """Return an address as it is compared: the case of scheme and host is nothing."""
    try:
        parts = urlsplit(url)
    except ValueError:
        # It is compared with what was asked, and is not that.
        return url
    return parts._replace(netloc=parts.netloc.lower()).geturl()


@check("identify-repository-name")
def repository_name(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield a name that says nothing."""
    found = endpoint.identify.find(f"{OAI}repositoryName")
    if found is not None and not text(found):
        yield breach("repositoryName is empty", endpoint.identified, found)


@check("identify-protocol-version")
def protocol_version(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield another version than 2.0."""
    found = endpoint.identify.find(f"{OAI}protocolVersion")
    if found is not None and text(found) != "2.0":
        yield breach(
            f"protocolVersion is {text(found)!r}, not '2.0'",
            endpoint.identified,
            found,
        )


@check("identify-admin-email")
def admin_email(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield it if nobody can be written to."""
    emails = [*endpoint.identify.iterchildren(f"{OAI}adminEmail")]
    if not emails:
        yield breach("there is no adminEmail", endpoint.identified, endpoint.identify)
    for email in emails:
        if not EMAIL.fullmatch(text(email)):
            yield breach(
                f"adminEmail {text(email)!r} is no e-mail address",
                endpoint.identified,
                email,
            )


@check("identify-admin-email-reachable")
def admin_email_reachable(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield addresses that lead nowhere."""
    for email in endpoint.identify.iterchildren(f"{OAI}adminEmail"):
        _, sign, host = text(email).rpartition("@")
        if sign and _NOWHERE.fullmatch(host):
            yield breach(
                f"adminEmail {text(email)} leads to nobody", endpoint.identified, email
            )


@check("identify-granularity")
def granularity(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield a granularity that is none of the two."""
    found = endpoint.identify.find(f"{OAI}granularity")
    if found is not None and text(found) not in [*Granularity]:
        yield breach(
            f"granularity {text(found)!r} is neither {Granularity.DAY} nor"
            f" {Granularity.SECOND}",
            endpoint.identified,
            found,
        )


@check("identify-deleted-record")
def deleted_record(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield a policy that is none of the three."""
    found = endpoint.identify.find(f"{OAI}deletedRecord")
    if found is not None and text(found) not in [*DeletedRecord]:
        yield breach(
            f"deletedRecord {text(found)!r} is none of {', '.join(DeletedRecord)}",
            endpoint.identified,
            found,
        )


@check("identify-earliest-datestamp")
def earliest_datestamp(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield an earliestDatestamp that is no UTCdatetime."""
    found = endpoint.identify.find(f"{OAI}earliestDatestamp")
    if found is not None and not is_date(text(found)):
        yield breach(
            f"earliestDatestamp {text(found)!r} is no UTCdatetime",
            endpoint.identified,
            found,
        )


@check("identify-earliest-granularity")
def earliest_granularity(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield an earliestDatestamp in another granularity than is declared."""
    told = child_text(endpoint.identify, "earliestDatestamp")
    if is_date(told) and parse_datestamp(told)[1] is not endpoint.granularity:
        yield breach(
            f"earliestDatestamp {told} is not in the granularity"
            f" {endpoint.granularity}",
            endpoint.identified,
            endpoint.identify.find(f"{OAI}earliestDatestamp"),
        )


@check("identify-earliest-is-lowest")
def earliest_is_lowest(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield records that are older than the oldest is said to be."""
    told = child_text(endpoint.identify, "earliestDatestamp")
    if not is_date(told):
        raise NotChecked("earliestDatestamp is no date")
    earliest = parse_datestamp(told)[0]
    for header in endpoint.records:
        date = header.datestamp
        if is_date(date) and parse_datestamp(date)[0] < earliest:
            yield breach(
                f"the datestamp {date} of {header.identifier} is before"
                f" earliestDatestamp {told}",
                header.exchange,
                header.element,
            )


@check("identify-compression")
def compression(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield the compression that is none."""
    for found in endpoint.identify.iterchildren(f"{OAI}compression"):
        if text(found).lower() == "identity":
            yield breach(
                "compression lists identity, which goes without saying",
                endpoint.identified,
                found,
            )


@check("identify-description-schema")
def description_schema(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield descriptions that break their schema."""
    unknown = []
    for element in containers(endpoint.identify, "description"):
        faults = endpoint.container_faults(element)
        if faults is None:
            unknown.append(str(element.tag))
            continue
        for fault in faults:
            yield breach(fault.message, endpoint.identified, element)
    if unknown:
        raise NotChecked(f"the catalogue has no schema of {', '.join(unknown)}")


@check("identify-oai-identifier-once")
def oai_identifier_once(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield a second oai-identifier."""
    found = [*endpoint.identify.iter(f"{OAI_IDENTIFIER}oai-identifier")]
    for second in found[1:]:
        yield breach(
            f"there are {len(found)} oai-identifier descriptions, not one at the most",
            endpoint.identified,
            second,
        )


@check("identify-oai-identifier-domain")
def oai_identifier_domain(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield a repositoryIdentifier that is no domain name."""
    for found in endpoint.identify.iter(f"{OAI_IDENTIFIER}repositoryIdentifier"):
        if not _DOMAIN.fullmatch(found.text or ""):
            yield breach(
                f"repositoryIdentifier {found.text!r} is no domain name",
                endpoint.identified,
                found,
            )


@check("identify-oai-identifier-sample")
def oai_identifier_sample(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield a sampleIdentifier that does not fit."""
    name = endpoint.repository_identifier()
    for found in endpoint.identify.iter(f"{OAI_IDENTIFIER}sampleIdentifier"):
        if not text(found).startswith(f"oai:{name}:"):
            yield breach(
                f"sampleIdentifier {text(found)} does not begin with oai:{name}:",
                endpoint.identified,
                found,
            )


@check("identify-oai-identifier-used")
def oai_identifier_used(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield identifiers of records that are not as oai-identifier says."""
    name = endpoint.repository_identifier()
    for header in endpoint.records:
        if not header.identifier.startswith(f"oai:{name}:"):
            yield breach(
                f"the identifier {header.identifier} does not begin with oai:{name}:",
                header.exchange,
                header.element,
            )
