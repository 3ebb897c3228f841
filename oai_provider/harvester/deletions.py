"""Records that are no longer listed, and the gate before they are taken for deleted.

An endpoint that crashed and came back half empty must not erase its mirrors.
"""

from dataclasses import dataclass
from typing import Final

WARNS: Final = 0.15
STOPS: Final = 0.30


@dataclass(frozen=True, slots=True, kw_only=True)
class Inference:
    """What becomes of records that are no longer listed."""

    applies: bool
    told: str = ""
    """What people should know, if anything."""


def inferred(gone: int, alive: int, *, force: bool) -> Inference:
    """Judge that `gone` of `alive` records are no longer listed."""
    if not gone:
        return Inference(applies=False)
    share = gone / alive
    told = f"{gone} of {alive} records are no longer listed ({share:.0%})"
    if share > STOPS and not force:
        remedy = "none was deleted; look at the endpoint, or harvest with --force"
        return Inference(applies=False, told=f"{told}: {remedy}")
    if share > WARNS:
        return Inference(applies=True, told=f"{told}: deleted, though they are many")
    return Inference(applies=True)
