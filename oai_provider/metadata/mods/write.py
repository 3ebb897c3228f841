"""An item in MODS 3.8, by the user guidelines of the Library of Congress.

Sections stand in the order of those guidelines; each has a module of its own, which
writes it and reads it.
"""

from collections.abc import Iterator
from itertools import chain
from typing import Final

from oai_provider.metadata.format import Context, TextWriter
from oai_provider.metadata.item import Item
from oai_provider.metadata.markup import (
    NOTHING,
    Markup,
    attributes,
    encoded,
    finished,
    joined,
)
from oai_provider.metadata.mods.access import (
    write_identifiers,
    write_locations,
    write_rights,
)
from oai_provider.metadata.mods.building import NAMESPACE, XLINK
from oai_provider.metadata.mods.description import write_descriptions, write_physical
from oai_provider.metadata.mods.kind import write_kind, write_languages
from oai_provider.metadata.mods.origin import write_origin
from oai_provider.metadata.mods.record import write_record
from oai_provider.metadata.mods.related import write_related
from oai_provider.metadata.mods.subjects import write_subjects
from oai_provider.metadata.mods.titles import write_titles
from oai_provider.metadata.mods.write_names import write_names
from oai_provider.protocol.xml import XSI, Payload

SCHEMA: Final = "http://www.loc.gov/standards/mods/v3/mods-3-8.xsd"

_XSI: Final = attributes({"xmlns:xsi": XSI})
_XLINK: Final = attributes({"xmlns:xlink": XLINK})
_XMLNS: Final = attributes({"xmlns": NAMESPACE})
_ABOUT: Final = attributes(
    {"version": "3.8", "xsi:schemaLocation": f"{NAMESPACE} {SCHEMA}"}
)


@TextWriter
def write(item: Item, context: Context) -> Payload | None:
    """Return the item as MODS, or None where it has no title to be known by."""
    if not item.titles:
        return None
    content = encoded(_sections(item, context))
    # A payload declares what it uses; a prefix in a text may be a qualified name.
    xlink = _XLINK if b"xlink:" in content else NOTHING
    return finished("mods", content, joined(_XMLNS, xlink, _XSI, _ABOUT))


def _sections(item: Item, context: Context) -> Iterator[Markup]:
    return chain(
        write_titles(item),
        write_names(item),
        write_kind(item),
        write_origin(item),
        write_languages(item),
        write_physical(item),
        write_descriptions(item),
        write_subjects(item),
        write_related(item),
        write_identifiers(item),
        write_locations(item, context),
        write_rights(item.rights) if item.rights else (),
        (write_record(item, context),),
    )
