"""All rules about items, a module a theme."""

from oai_provider.verifier.finding import BatchCheck, Check
from oai_provider.verifier.rules import (
    completeness,
    dates,
    duplicates,
    identifiers,
    items,
    languages,
    names,
    spacing,
    texts,
    values,
)

__all__ = ["batch_checks", "checks"]

_THEMES = (
    items,
    completeness,
    dates,
    languages,
    identifiers,
    values,
    duplicates,
    texts,
    spacing,
    names,
)


def checks() -> tuple[Check, ...]:
    """Return the rules about one item."""
    return tuple(rule for theme in _THEMES for rule in theme.CHECKS)


def batch_checks() -> tuple[BatchCheck, ...]:
    """Return the rules about items beside each other."""
    return duplicates.BATCH_CHECKS
