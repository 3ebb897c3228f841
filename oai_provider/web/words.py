"""Parts of an item in the words that pages, meta tags and JSON-LD share."""

from collections.abc import Iterator, Mapping

from oai_provider.metadata.access import File
from oai_provider.metadata.coverage import Period, Place, Subject
from oai_provider.metadata.edtf import w3cdtf, year_of
from oai_provider.metadata.host import Host
from oai_provider.metadata.item import Item
from oai_provider.metadata.vocabularies import (
    ACCESS,
    RESOURCE_TYPES,
    ROLES,
    ResourceTypeTerms,
)


def resource_type(item: Item) -> ResourceTypeTerms | None:
    """Return the terms for the kind of thing the item is."""
    return RESOURCE_TYPES[item.resource_type.id] if item.resource_type else None


def role_label(role: str) -> str:
    """Return a role in words."""
    return ROLES[role].label if role in ROLES else role


def access_label(access: str) -> str:
    """Return a level of access in words."""
    return (ACCESS[access].coar_label or f"{access} access").capitalize()


def file_label(file: File) -> str:
    """Return what kind of file it is, in a word if there is one."""
    kind = file.media_type or "file"
    return {"application/pdf": "PDF", "text/html": "HTML", "file": "File"}.get(
        kind, kind
    )


def published(item: Item) -> str | None:
    """Return the plain date of publication, else the year of an uncertain one."""
    return item.issued and (w3cdtf(item.issued) or year_of(item.issued))


def issue_label(host: Host) -> str | None:
    """Return the issue as journals print it: `5 (31)`, the whole number in brackets."""
    if host.issue and host.whole_number:
        return f"{host.issue} ({host.whole_number})"
    return host.issue or host.whole_number


def serial_numbers(host: Host, *schemes: str) -> Iterator[str]:
    """Yield the host's numbers of certain schemes."""
    for identifier in host.identifiers:
        if identifier.scheme in schemes:
            yield identifier.value


def web_url(address: str | None) -> str | None:
    """Return the address if it may become a link: `javascript:` is a URI, too."""
    is_web = address is not None and address.startswith(("http://", "https://"))
    return address if is_web else None


def subject_groups(item: Item) -> Mapping[str, list[Subject]]:
    """Return the subjects by language, in the order in which they were given."""
    groups: dict[str, list[Subject]] = {}
    for subject in item.subjects:
        groups.setdefault(subject.lang or "", []).append(subject)
    return groups


def place_label(place: Place) -> str | None:
    """Return a place in words, its address failing a name."""
    return place.name.value if place.name else place.uri


def period_label(period: Period) -> str:
    """Return a period in words: its name, else its years."""
    if period.name:
        return period.name.value
    return "\u2013".join((period.start or "", period.end or ""))
