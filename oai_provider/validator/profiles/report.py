"""What an assessment says to people."""

from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from oai_provider.reporting.text import harmless
from oai_provider.validator.catalogue import Severity
from oai_provider.validator.profiles.assessment import (
    Assessment,
    Measured,
    Takes,
    lacking,
)
from oai_provider.validator.profiles.book import PROTOCOL
from oai_provider.validator.profiles.written import row, sentence, unknown

_COLOURS: Final = {
    Takes.YES: "green",
    Takes.IN_PART: "yellow",
    Takes.NO: "red",
    Takes.UNKNOWN: "red",
}
_LACK: Final = {
    Severity.ERROR: "red",
    Severity.WARNING: "yellow",
    Severity.INFO: "cyan",
}


def tell(assessment: Assessment | None, console: Console) -> None:
    """Tell people what was measured, and whether it would be taken."""
    if assessment is None or assessment.profile.name == PROTOCOL:
        return
    console.print()
    console.print(_table(assessment))
    shown = ""
    for one in lacking(assessment):
        _tell_lack(one, console, "" if one.request == shown else one.request)
        shown = one.request or shown
    for reason, codes in unknown(assessment).items():
        said = f"\nNot measured: {', '.join(codes)}: {reason}"
        console.print(Text(harmless(said), style="dim"))
    console.print()
    style = f"bold {_COLOURS[assessment.takes]}"
    console.print(Text(harmless(sentence(assessment)), style=style))


def _table(assessment: Assessment) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(assessment.profile.title, no_wrap=True)
    table.add_column("level")
    table.add_column("have it", justify="right", no_wrap=True)
    table.add_column("share", justify="right", no_wrap=True)
    for one in assessment.measured:
        if one.is_known:
            style = _LACK[one.requirement.entry.severity] if one.is_lacking else ""
            table.add_row(*row(one), style=style)
    return table


def _tell_lack(one: Measured, console: Console, request: str) -> None:
    entry = one.requirement.entry
    head = Text(f"\n{entry.code}", style=f"bold {_LACK[entry.severity]}")
    console.print(head.append(f" ({entry.clause})", style="not bold dim"))
    console.print(Text(f"  {entry.text}"))
    if one.examples:
        lack = f"  Lacking it: {', '.join(one.examples)}"
        console.print(Text(harmless(lack)), soft_wrap=True)
    elif one.said:
        console.print(Text(harmless(f"  Seen: {one.said}")))
    if request:
        console.print(Text(harmless(f"  {request}")), soft_wrap=True)
    console.print(Text(f"  What mends it: {entry.remedy}"), style="italic")
