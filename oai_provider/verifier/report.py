"""What a judgement of items says to people and to programs."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from itertools import groupby
from typing import Final

from rich.console import Console
from rich.text import Text

from oai_provider.reporting.text import harmless, safe_json
from oai_provider.validator.catalogue import Entry, Severity
from oai_provider.verifier.finding import Finding
from oai_provider.verifier.run import Judgement

_COLOURS: Final = {
    Severity.ERROR: "red",
    Severity.WARNING: "yellow",
    Severity.INFO: "cyan",
}
_VERBS: Final = {
    Severity.ERROR: "requires",
    Severity.WARNING: "wants",
    Severity.INFO: "recommends",
}
_LONGEST: Final = 100


def as_json(judgement: Judgement) -> str:
    """Return a judgement as a JSON object."""
    told = {
        "verdict": "fit" if judgement.is_fit else "not fit",
        "profile": judgement.profile,
        "items": judgement.items,
        "counts": {s: judgement.count(s) for s in Severity},
        "findings": [*map(asdict, judgement.findings)],
        "lacks": judgement.lacks,
    }
    return safe_json(told)


def tell(judgement: Judgement, entries: Mapping[str, Entry], console: Console) -> None:
    """Tell people what was found, item by item, then in numbers."""
    for (item, place), group in groupby(judgement.findings, _whose):
        head = Text(harmless(item) or "what is no item", style="bold")
        said = f"  {harmless(place)}" if place else ""
        console.print(head.append(said, style="dim"))
        for finding in group:
            _tell_finding(finding, console)
        console.print()
    _tell_counts(judgement, console)
    _tell_others(judgement, entries, console)
    _tell_verdict(judgement, console)


def _whose(finding: Finding) -> tuple[str, str]:
    # The lines of one file are told with each finding.
    return finding.item, finding.place


def _tell_finding(finding: Finding, console: Console) -> None:
    colour = _COLOURS[finding.severity]
    line = Text(f"  {finding.severity} ", style=f"bold {colour}")
    line.append(finding.rule, style="bold")
    line.append(harmless(f" {finding.field}" if finding.field else ""), style="cyan")
    line.append(f": {harmless(finding.message)}", style="not bold")
    value = harmless(finding.value)
    if value and value not in finding.message:
        line.append(f": {_cut(value)}", style="dim")
    console.print(line)
    remedy = f"    {finding.clause}. What mends it: {finding.remedy}"
    console.print(Text(remedy, style="italic"))


def _cut(value: str) -> str:
    return value if len(value) <= _LONGEST else f"{value[:_LONGEST]} …"


def _tell_counts(judgement: Judgement, console: Console) -> None:
    counts = Counter((f.severity, f.rule) for f in judgement.findings)
    for severity in Severity:
        for (of, rule), count in sorted(counts.items(), key=lambda c: (-c[1], c[0])):
            if of is severity:
                line = Text(f"{count:6} ").append(rule, style=_COLOURS[severity])
                console.print(line)


def _tell_others(
    judgement: Judgement, entries: Mapping[str, Entry], console: Console
) -> None:
    lines = [*_others(judgement, entries)]
    if lines:
        console.print("\nWhat other harvesters would miss:", style="bold")
    for line in lines:
        console.print(Text(f"  {line}"))


def _others(judgement: Judgement, entries: Mapping[str, Entry]) -> Iterator[str]:
    for profile, lacks in judgement.lacks.items():
        for severity, verb in _VERBS.items():
            told = (
                f"{code} ({count})"
                for code, count in lacks.items()
                if entries[code].severity is severity
            )
            if words := ", ".join(told):
                yield f"{profile} {verb} {words}"


def _tell_verdict(judgement: Judgement, console: Console) -> None:
    colour = "green" if judgement.is_fit else "red"
    verdict = "fit" if judgement.is_fit else "not fit"
    counts = ", ".join(f"{judgement.count(s)} {s}" for s in Severity)
    items = "1 item" if judgement.items == 1 else f"{judgement.items} items"
    said = Text(f"\n{verdict}", style=f"bold {colour}")
    tail = f" for {judgement.profile}: {items}; {counts}"
    console.print(said.append(tail, style="not bold"))
