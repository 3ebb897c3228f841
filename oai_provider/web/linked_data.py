"""An item as schema.org's vocabulary has it, for the JSON-LD of its landing page.

What is empty is left out. E-mail addresses are not passed on.
"""

from collections.abc import Iterable, Mapping

from oai_provider.metadata.access import Funding
from oai_provider.metadata.agents import Agent, Organisation
from oai_provider.metadata.coverage import Period
from oai_provider.metadata.host import Host
from oai_provider.metadata.identifiers import Identifier
from oai_provider.metadata.item import Item
from oai_provider.metadata.wording import license_uri
from oai_provider.web.words import (
    issue_label,
    place_label,
    published,
    resource_type,
    serial_numbers,
)

Node = dict[str, object]

# Whether others are people or organisations is not told.
_AGENTS = {"personal": "Person", "organizational": "Organization", None: None}
# What schema.org has a property for; other roles are contributors.
_ROLES = {"edt": "editor", "trl": "translator", "ill": "illustrator", "fnd": "funder"}


def linked_data(item: Item, url: str) -> Node:
    """Return the item, whose landing page has this address, as JSON-LD."""
    terms = resource_type(item)
    title = item.title.value if item.title else None
    return _node(
        (terms and terms.schema_org) or "CreativeWork",
        {
            "@context": "https://schema.org",
            "@id": url,
            "url": url,
            "name": title,
            "headline": title,
            "alternateName": [t.value for t in item.titles if t is not item.title],
            "author": [_agent(a) for a in item.creators],
            **_contributors(item),
            "abstract": _abstracts(item),
            "keywords": [s.value for s in item.subjects],
            "datePublished": published(item),
            "inLanguage": list(item.languages),
            "publisher": [_organisation(p) for p in item.publisher],
            "isPartOf": item.host and _host(item.host),
            **_pages(item.host),
            "identifier": [_identifier(i) for i in item.identifiers],
            "sameAs": [i.url for i in item.identifiers if i.url],
            **_rights(item),
            **_coverage(item),
            "encoding": _files(item),
            "funding": [_grant(f) for f in item.funding],
            "version": item.version,
        },
    )


def _node(type_: str | None, properties: Mapping[str, object]) -> Node:
    said = {"@type": type_, **properties}
    return {k: v for k, v in said.items() if v not in (None, [], {}, "")}


def _agent(agent: Agent) -> Node:
    return _node(
        _AGENTS.get(agent.type),
        {
            "name": agent.display_name,
            "familyName": agent.family,
            "givenName": agent.given,
            "sameAs": _addresses(agent.identifiers),
            "affiliation": [_organisation(a) for a in agent.affiliations],
        },
    )


def _contributors(item: Item) -> Node:
    found: dict[str, list[Node]] = {}
    for agent in item.contributors:
        role = _ROLES.get(agent.role or "", "contributor")
        found.setdefault(role, []).append(_agent(agent))
    return dict(found)


def _organisation(organisation: Organisation) -> Node:
    return _node(
        "Organization",
        {
            "name": organisation.name.value,
            "sameAs": _addresses(organisation.identifiers),
        },
    )


def _addresses(identifiers: Iterable[Identifier]) -> list[str]:
    return [i.url for i in identifiers if i.url]


def _identifier(identifier: Identifier) -> Node:
    return _node(
        "PropertyValue",
        {
            "propertyID": identifier.scheme,
            "value": identifier.value,
            "url": identifier.url,
        },
    )


def _abstracts(item: Item) -> list[str]:
    return [d.value for d in item.descriptions if d.type == "abstract"]


def _host(host: Host) -> Node:
    """Return the periodical, within it the volume, within that the issue."""
    name = host.titles[0].value if host.titles else None
    issns = list(serial_numbers(host, "issn", "pissn", "eissn", "lissn"))
    isbns = list(serial_numbers(host, "isbn"))
    node = _node(
        "Book" if isbns else "Periodical",
        {"name": name, "issn": issns, "isbn": isbns},
    )
    if host.publisher:
        node["publisher"] = _organisation(host.publisher)
    if host.volume:
        volume = {"volumeNumber": host.volume, "isPartOf": node}
        node = _node("PublicationVolume", volume)
    issue = issue_label(host)
    if issue:
        node = _node("PublicationIssue", {"issueNumber": issue, "isPartOf": node})
    return node


def _pages(host: Host | None) -> Node:
    if host is None or host.pages is None:
        return {}
    pages = host.pages
    return {
        "pageStart": pages.first,
        "pageEnd": pages.last,
        "pagination": pages.text or pages.article_number,
    }


def _rights(item: Item) -> Node:
    if item.rights is None:
        return {}
    holder = item.rights.holder
    return {
        "license": [*filter(None, map(license_uri, item.rights.licenses))],
        "isAccessibleForFree": True if item.rights.access == "open" else None,
        "copyrightHolder": holder and _node("Thing", {"name": holder}),
    }


def _coverage(item: Item) -> Node:
    places = [label for place in item.places if (label := place_label(place))]
    return {
        "spatialCoverage": places,
        "temporalCoverage": [_interval(period) for period in item.periods],
    }


def _interval(period: Period) -> str:
    if period.start or period.end:
        return f"{period.start or '..'}/{period.end or '..'}"
    return period.name.value if period.name else ""


def _files(item: Item) -> list[Node]:
    return [
        _node(
            "MediaObject",
            {
                "contentUrl": file.url,
                "encodingFormat": file.media_type,
                "contentSize": file.size and f"{file.size} B",
            },
        )
        for file in item.files
    ]


def _grant(funding: Funding) -> Node:
    award = funding.award
    return _node(
        "Grant",
        {
            "identifier": award and award.number,
            "name": award and award.title and award.title.value,
            "url": award and award.uri,
            "funder": _organisation(funding.funder),
        },
    )
