"""Conformance kits: tests for people who write a store of their own.

Needs pytest; only tests import this package.
"""

from oai_provider.testing.store import StoreConformance
from oai_provider.testing.values import (
    MODS,
    OAI_DC,
    START,
    StandingClock,
    delete,
    locals_of,
    oai,
    payload,
    put,
    selection,
    walk,
    write_of,
)

__all__ = [
    "MODS",
    "OAI_DC",
    "START",
    "StandingClock",
    "StoreConformance",
    "delete",
    "locals_of",
    "oai",
    "payload",
    "put",
    "selection",
    "walk",
    "write_of",
]
