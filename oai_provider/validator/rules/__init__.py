"""The rules, a module a chapter of the specification, in the order they are run in.

What is asked by one is known to all that follow; those on all answers come last.
"""

from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Final

from oai_provider.validator.catalogue import CatalogueError, Entry, catalogue
from oai_provider.validator.finding import Check
from oai_provider.validator.rule import Rule
from oai_provider.validator.rules import (
    content,
    contradictions,
    cris,
    dates,
    deleted,
    errors,
    formats,
    get_record,
    http,
    identify,
    identify_details,
    item_formats,
    lists,
    manners,
    odd_arguments,
    performance,
    provenance,
    redirects,
    schemas,
    sets,
    tokens,
    trials,
    xml_response,
)
from oai_provider.validator.run import SELF

_MODULES: Final[tuple[ModuleType, ...]] = (
    identify,
    identify_details,
    formats,
    schemas,
    sets,
    lists,
    get_record,
    provenance,
    deleted,
    item_formats,
    content,
    dates,
    tokens,
    trials,
    contradictions,
    cris,
    errors,
    odd_arguments,
    performance,
    http,
    redirects,
    manners,
    xml_response,
)


def checks() -> tuple[Check, ...]:
    """Return all rules that can be run; raises `CatalogueError`."""
    found = tuple(check for module in _MODULES for check in _checks(module))
    refuse_strays(found, catalogue())
    return found


def _checks(module: ModuleType) -> Iterator[Check]:
    for value in vars(module).values():
        if isinstance(value, Rule):
            yield value
        elif isinstance(value, tuple):
            yield from (one for one in value if isinstance(one, Rule))


def refuse_strays(found: tuple[Check, ...], entries: Mapping[str, Entry]) -> None:
    """Refuse a rule without an entry in the catalogue, and an entry without a rule."""
    codes = [one.code for one in found]
    strays = {*codes} ^ ({*entries} - {SELF})
    if strays:
        raise CatalogueError(f"rule without entry or the other way: {sorted(strays)}")
    if len(codes) > len({*codes}):
        raise CatalogueError("two rules have one code")
