"""An item in MODS 3.8, by the user guidelines of the Library of Congress.

Sections stand in the order of those guidelines; each has a module of its own, which
writes it and reads it.
"""

from typing import Final

from lxml import etree

from oai_provider.metadata.format import Context
from oai_provider.metadata.item import Item
from oai_provider.metadata.mods.access import (
    write_identifiers,
    write_locations,
    write_rights,
)
from oai_provider.metadata.mods.building import NAMESPACE, NSMAP
from oai_provider.metadata.mods.description import write_descriptions, write_physical
from oai_provider.metadata.mods.kind import write_kind, write_languages
from oai_provider.metadata.mods.origin import write_origin
from oai_provider.metadata.mods.record import write_record
from oai_provider.metadata.mods.related import write_related
from oai_provider.metadata.mods.subjects import write_subjects
from oai_provider.metadata.mods.titles import write_titles
from oai_provider.metadata.mods.write_names import write_names
from oai_provider.protocol.xml import SCHEMA_LOCATION, XSI

SCHEMA: Final = "http://www.loc.gov/standards/mods/v3/mods-3-8.xsd"

_ROOT: Final = f"{{{NAMESPACE}}}mods"
_NSMAP: Final = {**NSMAP, "xsi": XSI}
_ATTRIBUTES: Final = {"version": "3.8", SCHEMA_LOCATION: f"{NAMESPACE} {SCHEMA}"}


def write(item: Item, context: Context) -> etree._Element | None:
    """Return the item as MODS, or None where it has no title to be known by."""
    if not item.titles:
        return None
    root = etree.Element(_ROOT, _ATTRIBUTES, _NSMAP)
    write_titles(root, item)
    write_names(root, item)
    write_kind(root, item)
    write_origin(root, item)
    write_languages(root, item)
    write_physical(root, item)
    write_descriptions(root, item)
    write_subjects(root, item)
    write_related(root, item)
    write_identifiers(root, item)
    write_locations(root, item, context)
    if item.rights is not None:
        write_rights(root, item.rights)
    write_record(root, item, context)
    return root
