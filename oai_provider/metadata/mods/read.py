"""MODS, of any version since 3.0, read into the mapping of an item.

Each section's module says how its elements are read. What the item has no field for
(shelf marks, cartographic scale, extensions) is not read: the source's own XML is
kept by whoever harvests it.
"""

from lxml import etree

from oai_provider.metadata.format import FormatError
from oai_provider.metadata.mods.access import (
    read_identifiers,
    read_locations,
    read_rights,
)
from oai_provider.metadata.mods.building import NAMESPACE
from oai_provider.metadata.mods.description import (
    read_descriptions,
    read_file_facts,
    read_physical,
)
from oai_provider.metadata.mods.kind import read_kind, read_languages
from oai_provider.metadata.mods.origin import read_origin
from oai_provider.metadata.mods.read_names import read_names
from oai_provider.metadata.mods.record import read_record
from oai_provider.metadata.mods.related import read_related
from oai_provider.metadata.mods.subjects import read_subjects
from oai_provider.metadata.mods.titles import read_titles


def read(element: etree._Element) -> dict[str, object]:
    """Return what a mods element says."""
    if element.tag != f"{{{NAMESPACE}}}mods":
        raise FormatError(f"<{element.tag!s}> is not MODS: give one mods element")
    locations = read_locations(element, read_file_facts(element))
    identifiers = read_identifiers(element)
    both = [*_listed(identifiers), *_listed(locations)]
    return {
        **read_titles(element),
        **read_names(element),
        **read_kind(element),
        **read_origin(element),
        **read_languages(element),
        **read_physical(element),
        **read_descriptions(element),
        **read_subjects(element),
        **read_related(element),
        **locations,
        **({"identifiers": both} if both else {}),
        **read_rights(element),
        **read_record(element),
    }


def _listed(fields: dict[str, object]) -> list[object]:
    found = fields.get("identifiers", [])
    return found if isinstance(found, list) else []
