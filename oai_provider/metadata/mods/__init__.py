"""mods: the Metadata Object Description Schema of the Library of Congress, 3.8."""

from typing import Final

from oai_provider.metadata.format import Format
from oai_provider.metadata.mods.building import NAMESPACE
from oai_provider.metadata.mods.read import read
from oai_provider.metadata.mods.unsaid import UNSAID
from oai_provider.metadata.mods.write import SCHEMA, write

__all__ = ("MODS",)

MODS: Final = Format(
    metadata_prefix="mods",
    schema=SCHEMA,
    namespace=NAMESPACE,
    write=write,
    read=read,
    unsaid=UNSAID,
)
