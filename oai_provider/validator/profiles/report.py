"""What an assessment says to people."""

from collections.abc import Iterator
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from oai_provider.validator.catalogue import Severity
from oai_provider.validator.profiles.assessment import (
    Assessment,
    Measured,
    Takes,
    lacking,
)
from oai_provider.validator.profiles.book import PROTOCOL
from oai_provider.validator.report import harmless

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
    for one in lacking(assessment):
        _tell_lack(one, console)
    for one in assessment.measured:
        if not one.is_known and assessment.records:
            said = f"Not measured: {one.requirement.code}: {one.said}"
            console.print(Text(harmless(said), style="dim"))
    console.print()
    style = f"bold {_COLOURS[assessment.takes]}"
    console.print(Text(harmless(" ".join(_sentences(assessment))), style=style))


def _table(assessment: Assessment) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(assessment.profile.title, no_wrap=True)
    table.add_column("level")
    table.add_column("have it", justify="right", no_wrap=True)
    table.add_column("share", justify="right", no_wrap=True)
    for one in assessment.measured:
        requirement = one.requirement
        style = _LACK[requirement.entry.severity] if one.is_lacking else ""
        table.add_row(requirement.code, requirement.level, *_cells(one), style=style)
    return table


def _cells(one: Measured) -> tuple[str, str]:
    if not one.is_known:
        return "not measured", ""
    if one.share is None:
        return "does not apply", ""
    if not one.requirement.is_of_records:
        return "yes" if one.have else "no", ""
    return f"{one.have} of {one.of}", _percent(one.share)


def _percent(share: float) -> str:
    """Return a share, of which nothing but all is 100 %, and nothing but none 0 %."""
    percent = round(share * 100)
    rounded = {0: 1, 100: 99}.get(percent, percent) if 0 < share < 1 else percent
    return f"{rounded} %"


def _tell_lack(one: Measured, console: Console) -> None:
    entry = one.requirement.entry
    head = Text(f"\n{entry.code}", style=f"bold {_LACK[entry.severity]}")
    console.print(head.append(f" ({entry.clause})", style="not bold dim"))
    console.print(Text(f"  {entry.text}"))
    if one.examples:
        lack = f"  Lacking it: {', '.join(one.examples)}"
        console.print(Text(harmless(lack)), soft_wrap=True)
        console.print(Text(harmless(f"  {one.request}")), soft_wrap=True)
    elif one.said:
        console.print(Text(harmless(f"  Seen: {one.said}")))
    console.print(Text(f"  What mends it: {entry.remedy}"), style="italic")


def _sentences(assessment: Assessment) -> Iterator[str]:
    title, takes = assessment.profile.title, assessment.takes
    some = "all there are" if assessment.is_whole else "a sample"
    of_set = f" in the set {assessment.of_set}" if assessment.of_set else ""
    counted = f"{assessment.records} records{of_set}, {some}"
    match takes:
        case Takes.UNKNOWN:
            yield f"Whether {title} would take them could not be measured."
        case Takes.NO if assessment.fit or not assessment.records:
            yield f"{title} would take nothing: the endpoint lacks what it requires."
        case _:
            yield f"{title} would take {assessment.fit} of {counted}: {takes}."
    if takes is not Takes.YES:
        yield f"{'; '.join(assessment.reasons)}."
