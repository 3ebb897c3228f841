"""Findings as CSV, a line each, for those who sort and share them in spreadsheets.

What an item says is data there, and never a formula.
"""

import csv
import io
from collections.abc import Iterable
from typing import Final

from oai_provider.validator.report import harmless
from oai_provider.verifier.finding import Finding

COLUMNS: Final = (
    *("severity", "rule", "item", "place", "field", "value"),
    *("message", "remedy", "clause"),
)
# What spreadsheets take for the beginning of a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def as_csv(findings: Iterable[Finding]) -> str:
    """Return a line of names and a line for each finding."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in findings:
        writer.writerow(_cell(str(getattr(one, name))) for name in COLUMNS)
    return written.getvalue()


def _cell(value: str) -> str:
    plain = harmless(value)
    return f"'{plain}" if value.startswith(_FORMULA) else plain
