"""identifier, location and accessCondition: where it is and who may use it."""

from typing import Final

from lxml import etree

from oai_provider.metadata.access import License, Rights
from oai_provider.metadata.format import Context
from oai_provider.metadata.identifiers import Identifier
from oai_provider.metadata.item import Item
from oai_provider.metadata.mods.building import Attributes, say, say_if, stated, wrap
from oai_provider.metadata.vocabularies import ACCESS
from oai_provider.metadata.wording import license_uri

# Types of identifiers where MODS has another word for ours, and how they are told
# apart where it has only one word for several.
TYPES: Final[dict[str, tuple[str, Attributes]]] = {
    "handle": ("hdl", {}),
    "url": ("uri", {}),
    "lissn": ("issn-l", {}),
    "pissn": ("issn", {"displayLabel": "print"}),
    "eissn": ("issn", {"displayLabel": "electronic"}),
}
RESTRICTION: Final = "restriction on access"
USE: Final = "use and reproduction"
HOLDER: Final = "rights holder"


def write_identifiers(root: etree._Element, item: Item) -> None:
    """Write the identifiers of the item."""
    for identifier in item.identifiers:
        write_identifier(root, identifier)


def write_identifier(parent: etree._Element, identifier: Identifier) -> None:
    """Write one identifier, bare, under the name MODS has for its scheme."""
    type_, label = TYPES.get(identifier.scheme, (identifier.scheme, {}))
    say(parent, "identifier", identifier.value, {"type": type_, **label})


def write_locations(root: etree._Element, item: Item, context: Context) -> None:
    """Write the landing page first, as the primary place, then the files."""
    pages = filter(None, (context.landing_page, item.landing_page))
    for n, page in enumerate(dict.fromkeys(pages)):
        usage = {} if n else {"usage": "primary"}
        location = wrap(root, "location")
        say(location, "url", page, {**usage, "access": "object in context"})
    for file in item.files:
        attributes = {"access": "raw object"}
        if file.version is not None:
            attributes["note"] = file.version
        say(wrap(root, "location"), "url", file.url, attributes)


def write_rights(root: etree._Element, rights: Rights) -> None:
    """Write who may read it, then what may be done with it."""
    if rights.access is not None:
        terms = ACCESS[rights.access]
        uri = {"valueURI": terms.coar_uri} if terms.coar_uri else {}
        label = terms.coar_label or f"{terms.id} access"
        say(root, "accessCondition", label, {"type": RESTRICTION, **uri})
    for license_ in rights.licenses:
        _write_license(root, license_)
    for statement in rights.statements:
        attributes = {"type": USE, **stated(statement.lang)}
        say(root, "accessCondition", statement.value, attributes)
    attributes = {"type": USE, "displayLabel": HOLDER}
    say_if(root, "accessCondition", rights.holder, attributes)


def _write_license(root: etree._Element, license_: License) -> None:
    uri = license_uri(license_)
    attributes = {"type": USE}
    if uri is not None:
        attributes["valueURI"] = uri
    say(root, "accessCondition", license_.spdx or uri or "", attributes)
