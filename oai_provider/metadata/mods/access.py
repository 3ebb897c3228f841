"""identifier, location and accessCondition: where it is and who may use it."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from lxml import etree

from oai_provider.metadata.access import License, Rights
from oai_provider.metadata.elements import (
    folded,
    language_in,
    read_address,
    read_identifier,
    read_uri,
    said,
    text_in,
)
from oai_provider.metadata.format import Context
from oai_provider.metadata.identifiers import Identifier
from oai_provider.metadata.item import Item
from oai_provider.metadata.markup import (
    NOTHING,
    Markup,
    attributes,
    joined,
    say,
    say_if,
    wrap,
)
from oai_provider.metadata.mods.building import XLINK, inside, stated
from oai_provider.metadata.vocabularies import ACCESS, access_for
from oai_provider.metadata.wording import license_uri
from oai_provider.protocol.names import is_any_uri

# Types of identifiers where MODS has another word for ours, and how they are told
# apart where it has only one word for several.
TYPES: Final[dict[str, tuple[str, dict[str, str]]]] = {
    "handle": ("hdl", {}),
    "url": ("uri", {}),
    "lissn": ("issn-l", {}),
    "pissn": ("issn", {"displayLabel": "print"}),
    "eissn": ("issn", {"displayLabel": "electronic"}),
}
RESTRICTION: Final = "restriction on access"
USE: Final = "use and reproduction"
HOLDER: Final = "rights holder"
_USE: Final = attributes({"type": USE})
_HOLDER: Final = attributes({"type": USE, "displayLabel": HOLDER})
_PRIMARY: Final = attributes({"usage": "primary"})
_IN_CONTEXT: Final = attributes({"access": "object in context"})
_RAW: Final = attributes({"access": "raw object"})
_HREF: Final = f"{{{XLINK}}}href"
_AFTER_AUTHORITY: Final = re.compile(r"(//[^/?#]*)")
_UNESCAPED: Final = re.compile(r"[\[\]#]|%(?![0-9A-Fa-f]{2})")
_FILES: Final = ("raw object", "preview")


def write_identifiers(item: Item) -> Iterator[Markup]:
    """Yield the identifiers of the item."""
    return map(write_identifier, item.identifiers)


def write_identifier(identifier: Identifier) -> Markup:
    """Return one identifier, bare, under the name MODS has for its scheme."""
    return say("identifier", identifier.value, _type(identifier.scheme))


@lru_cache(maxsize=256)
def _type(scheme: str) -> Markup:
    type_, label = TYPES.get(scheme, (scheme, {}))
    return attributes({"type": type_, **label})


def write_locations(item: Item, context: Context) -> Iterator[Markup]:
    """Yield the landing page first, as the primary place, then the files."""
    pages = map(_any_uri, filter(None, (context.landing_page, item.landing_page)))
    usage = _PRIMARY
    for page in dict.fromkeys(pages):
        yield wrap("location", say("url", page, joined(usage, _IN_CONTEXT)))
        usage = NOTHING
    for file in item.files:
        version = attributes({"note": file.version}) if file.version else NOTHING
        url = say("url", _any_uri(file.url), joined(_RAW, version))
        yield wrap("location", url)


def _any_uri(address: str) -> str:
    """Return a web address as xs:anyURI takes it.

    The schema takes letters of any script, but brackets and lone percent signs only
    escaped.
    """
    if is_any_uri(address):
        return address
    start, authority, path = _AFTER_AUTHORITY.split(address, maxsplit=1)
    path, hash_, fragment = path.partition("#")
    parts = (_UNESCAPED.sub(_escaped, part) for part in (path, fragment))
    return start + authority + hash_.join(parts)


def _escaped(found: re.Match[str]) -> str:
    return quote(found[0], safe="")


def write_rights(rights: Rights) -> Iterator[Markup]:
    """Yield who may read it, then what may be done with it."""
    if rights.access is not None:
        yield _access(rights.access)
    yield from map(_license, rights.licenses)
    for statement in rights.statements:
        lang = stated(statement.lang)
        yield say("accessCondition", statement.value, joined(_USE, lang))
    yield say_if("accessCondition", rights.holder, _HOLDER)


def _access(access: str) -> Markup:
    terms = ACCESS[access]
    uri = {"valueURI": terms.coar_uri} if terms.coar_uri else {}
    label = terms.coar_label or f"{terms.id} access"
    return say("accessCondition", label, attributes({"type": RESTRICTION, **uri}))


def _license(license_: License) -> Markup:
    uri = license_uri(license_)
    address = NOTHING if uri is None else attributes({"valueURI": uri})
    return say("accessCondition", license_.spdx or uri or "", joined(_USE, address))


def read_identifiers(root: etree._Element) -> dict[str, object]:
    """Return the identifiers that are not marked invalid."""
    return said(identifiers=[*identifiers_in(root)])


def identifiers_in(parent: etree._Element) -> Iterator[dict[str, object]]:
    """Yield the identifiers of an item, host or related item."""
    for element in inside(parent, "identifier"):
        value = text_in(element)
        if value is not None and element.get("invalid") is None:
            yield _read_identifier(element, value)


def _read_identifier(element: etree._Element, value: str) -> dict[str, object]:
    type_ = (element.get("type") or "").lower()
    label = element.get("displayLabel")
    for scheme, (name, labelled) in TYPES.items():
        if type_ == name and labelled.get("displayLabel") in (None, label):
            type_ = scheme
    found = read_identifier(value)
    if not type_ or type_ in ("url", "uri") or found["scheme"] == type_:
        return found
    return read_identifier(value, type_)


def read_locations(
    root: etree._Element, facts: Sequence[dict[str, object]]
) -> dict[str, object]:
    """Return landing page, files and other addresses.

    An address that MODS does not call a file or preview is a page: the primary one,
    else the first. Facts of files are theirs when there is one for each.
    """
    urls = [url for place in inside(root, "location") for url in inside(place, "url")]
    places = [(url, address) for url in urls if (address := read_address(text_in(url)))]
    pages = [(u.get("usage"), a) for u, a in places if u.get("access") not in _FILES]
    pages.sort(key=lambda page: page[0] is None)
    files = [
        said(url=address, version=folded(url.get("note")))
        for url, address in places
        if url.get("access") == "raw object"
    ]
    if len(facts) == len(files):
        files = [file | fact for file, fact in zip(files, facts, strict=True)]
    return said(
        landing_page=pages[0][1] if pages else None,
        identifiers=[read_identifier(address) for _, address in pages[1:]],
        files=files,
    )


def read_rights(root: etree._Element) -> dict[str, object]:
    """Return access, licences, statements and the holder."""
    read = [*filter(None, map(_read_condition, inside(root, "accessCondition")))]
    named = {name: [v for n, v in read if n == name] for name, _ in read}
    return said(
        rights=said(
            access=next(iter(named.get("access", ())), None),
            licenses=named.get("licenses"),
            statements=named.get("statements"),
            holder=next(iter(named.get("holder", ())), None),
        )
    )


def _read_condition(element: etree._Element) -> tuple[str, object] | None:
    """Return the field of rights that a condition fills, and what it says there."""
    value = text_in(element)
    uri = read_uri(element.get("valueURI") or element.get(_HREF)) or read_uri(value)
    access = access_for(uri or "") or access_for(value or "") or _plain(value)
    if access and element.get("type") == RESTRICTION:
        return "access", access
    if uri is not None:
        spdx = value if license_uri(License(spdx=value or "-")) == uri else None
        return "licenses", said(spdx=spdx, uri=None if spdx else uri)
    if value is None:
        return None
    if element.get("displayLabel") == HOLDER:
        return "holder", value
    return "statements", said(value=value, lang=language_in(element))


def _plain(value: str | None) -> str | None:
    """Return the level of access that `write_rights` names in words of our own."""
    level = (value or "").removesuffix(" access")
    return level if level in ACCESS else None
