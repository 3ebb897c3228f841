"""oai_dc: simple Dublin Core, as OAI-PMH asks it of every repository."""

from typing import Final

from oai_provider.metadata.format import Format
from oai_provider.metadata.oai_dc.read import read
from oai_provider.metadata.oai_dc.unsaid import UNSAID
from oai_provider.metadata.oai_dc.write import NAMESPACE, SCHEMA, write

__all__ = ("OAI_DC",)

OAI_DC: Final = Format(
    metadata_prefix="oai_dc",
    schema=SCHEMA,
    namespace=NAMESPACE,
    write=write,
    read=read,
    unsaid=UNSAID,
)
