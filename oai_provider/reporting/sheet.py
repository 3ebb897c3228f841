"""A report as CSV, a finding a line, for those who sort and share in spreadsheets.

What was judged is data there, and never a formula.
"""

import csv
import io
from typing import Final

from oai_provider.reporting.report import Report
from oai_provider.reporting.text import harmless

COLUMNS: Final = (
    *("severity", "rule", "item", "place", "field", "value"),
    *("message", "remedy", "clause", "request"),
)
# What spreadsheets take for the beginning of a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def as_csv(report: Report) -> str:
    """Return a line of names and a line for each finding."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in report.findings:
        rule = report.rules[one.rule]
        said = (one.level, one.rule, one.item, one.place, one.field, one.value)
        mends = (one.message, rule.remedy, rule.clause, one.request)
        writer.writerow(map(_cell, (*said, *mends)))
    return written.getvalue()


def _cell(value: str) -> str:
    plain = harmless(value)
    return f"'{plain}" if value.startswith(_FORMULA) else plain
