"""The rules by which items are judged, as people read them, and the profiles.

A profile is a harvester whose needs are rules of their own: the chapter of its name.
All other chapters hold whoever harvests.
"""

from functools import cache
from importlib.resources import files
from typing import Final

from oai_provider.validator.catalogue import Entry, read_catalogue

PROFILES: Final = (
    *("oai", "base", "core", "doaj", "openaire3", "openaire4", "dini", "dlf"),
)
"""The names of profiles; each is a chapter of the catalogue."""


@cache
def catalogue() -> dict[str, Entry]:
    """Return the catalogue that the program brings along."""
    document = files("oai_provider.verifier") / "catalogue.toml"
    return read_catalogue(document.read_text("utf-8"))
