"""What each harvester wants an item to say: one table, read off their guidelines.

Whether a lack is an error, mandatory there, or less is said in the catalogue.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from oai_provider.metadata.vocabularies import RESOURCE_TYPES
from oai_provider.validator.rule import check
from oai_provider.verifier.finding import Breach, Check
from oai_provider.verifier.subject import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Something an item is to say."""

    field: str
    lack: str
    """What is told of an item that does not."""
    is_met: Callable[[Subject], object]


def _has_url(subject: Subject) -> bool:
    item = subject.item
    urls = (identifier.url for identifier in item.identifiers)
    return bool(subject.page or item.landing_page or item.files or any(urls))


def _has_issn(subject: Subject) -> bool:
    host = subject.item.host
    return bool(host and any(i.scheme.endswith("issn") for i in host.identifiers))


def _has_known_type(subject: Subject) -> bool:
    kind = subject.item.resource_type
    # Vocabularies have a term for what is something else.
    return bool(kind and (kind.id != "other" or kind.coar or not kind.local))


def _has_term_of_eu_repo(subject: Subject) -> bool:
    kind = subject.item.resource_type
    return bool(kind and RESOURCE_TYPES[kind.id].eu_repo not in {"", "other"})


def _names_embargo(subject: Subject) -> bool:
    item = subject.item
    is_embargoed = item.rights is not None and item.rights.access == "embargoed"
    return not is_embargoed or any(d.type == "embargo_end" for d in item.dates)


def _names_awards(subject: Subject) -> bool:
    return all(f.award and f.award.number for f in subject.item.funding)


def _is_in(name: str) -> Callable[[Subject], object]:
    """Return whether an item is in a set that is, or begins with, a name."""
    return lambda subject: any(
        spec == name or (name[-1] == ":" and spec.startswith(name))
        for spec in subject.sets
    )


def _open_is_in_set(subject: Subject) -> bool:
    rights = subject.item.rights
    is_open = rights is not None and rights.access == "open"
    return not is_open or "open_access" in subject.sets


_NEEDS: Final[Mapping[str, Need]] = {
    "title": Need(field="titles", lack="no title", is_met=lambda s: s.item.titles),
    "creator": Need(
        field="creators", lack="no creator", is_met=lambda s: s.item.creators
    ),
    "description": Need(
        field="descriptions",
        lack="no abstract",
        is_met=lambda s: s.item.descriptions,
    ),
    "subject": Need(
        field="subjects",
        lack="no subject and no class",
        is_met=lambda s: s.item.subjects or s.item.classification,
    ),
    "date": Need(
        field="dates", lack="no date of publication", is_met=lambda s: s.item.issued
    ),
    "publisher": Need(
        field="publisher",
        lack="no publisher",
        is_met=lambda s: s.item.publisher or (s.item.host and s.item.host.publisher),
    ),
    "language": Need(
        field="languages",
        lack="no language of the text",
        is_met=lambda s: s.item.languages,
    ),
    "type": Need(
        field="resource_type",
        lack="no resource type that is known",
        is_met=_has_known_type,
    ),
    "publication-type": Need(
        field="resource_type",
        lack="no resource type that info:eu-repo has a term for",
        is_met=_has_term_of_eu_repo,
    ),
    "url": Need(field="landing_page", lack="no web address", is_met=_has_url),
    "access": Need(
        field="rights.access",
        lack="no access level",
        is_met=lambda s: s.item.rights and s.item.rights.access,
    ),
    "licence": Need(
        field="rights.licenses",
        lack="no licence",
        is_met=lambda s: s.item.rights and s.item.rights.licenses,
    ),
    "embargo-end": Need(
        field="dates", lack="an embargo without its end", is_met=_names_embargo
    ),
    "project": Need(
        field="funding", lack="funding without a grant's number", is_met=_names_awards
    ),
    "file": Need(
        field="files",
        lack="no address of its full text",
        is_met=lambda s: s.item.files,
    ),
    "source": Need(
        field="host", lack="no journal or book", is_met=lambda s: s.item.host
    ),
    "journal": Need(
        field="host.titles",
        lack="no title of its journal",
        is_met=lambda s: s.item.host and s.item.host.titles,
    ),
    "issn": Need(
        field="host.identifiers", lack="no ISSN of its journal", is_met=_has_issn
    ),
    "version": Need(
        field="version", lack="no version", is_met=lambda s: s.item.version
    ),
    "set": Need(
        field="sets",
        lack="no place in the set openaire",
        is_met=_is_in("openaire"),
    ),
    "open-access": Need(
        field="sets",
        lack="open access and no place in the set open_access",
        is_met=_open_is_in_set,
    ),
    "ddc-sets": Need(
        field="sets", lack="no place in a set ddc:NNN", is_met=_is_in("ddc:")
    ),
    "doc-type-sets": Need(
        field="sets", lack="no place in a set doc-type:…", is_met=_is_in("doc-type:")
    ),
    "status-sets": Need(
        field="sets",
        lack="no place in a set status-type:…",
        is_met=_is_in("status-type:"),
    ),
    "digital-origin": Need(
        field="physical.digital_origin",
        lack="no word on how it became digital",
        is_met=lambda s: s.item.physical and s.item.physical.digital_origin,
    ),
    "media-type": Need(
        field="files",
        lack="no file with its media type",
        is_met=lambda s: any(file.media_type for file in s.item.files),
    ),
}

_WANTED: Final[Mapping[str, str]] = {
    "oai": "title creator date language",
    "base": "url title creator date type description language access subject",
    "core": "file title creator date description language licence",
    "doaj": "journal issn title date file creator description language",
    "openaire-v3": "title creator access publication-type date url set embargo-end"
    " description publisher subject project language licence source version",
    "openaire-v4": "title url date type access embargo-end creator description"
    " language publisher subject file project licence source version",
    "dini": "title open-access ddc-sets doc-type-sets status-sets",
    "dlf": "title date type url digital-origin media-type creator language",
}


def _rule(code: str, need: Need) -> Check:
    @check(code)
    def rule(subject: Subject) -> Iterator[Breach]:
        if not need.is_met(subject):
            yield Breach(message=f"has {need.lack}", field=need.field)

    return rule


CHECKS: Final = tuple(
    _rule(f"{who}-{name}", _NEEDS[name])
    for who, names in _WANTED.items()
    for name in names.split()
)
