"""What a judgement says on a terminal, and to programs as JSON."""

from dataclasses import asdict
from functools import partial
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from oai_provider.reporting.text import harmless, safe_json
from oai_provider.validator.advice import Advice, known_advice
from oai_provider.validator.catalogue import Severity
from oai_provider.validator.finding import Finding
from oai_provider.validator.profiles.written import told as profile_told
from oai_provider.validator.run import Judgement, Verdict

_COLOURS: Final = {
    Severity.ERROR: "red",
    Severity.WARNING: "yellow",
    Severity.INFO: "cyan",
    Verdict.COMPLIANT: "green",
    Verdict.NOT_COMPLIANT: "red",
    Verdict.UNREACHABLE: "red",
}


def as_json(judgement: Judgement) -> str:
    """Return a judgement as a JSON object."""
    told = {
        "verdict": judgement.verdict,
        "base_url": judgement.base_url,
        "reason": judgement.reason or None,
        "requests": judgement.requests,
        "depth": judgement.depth,
        "seed": judgement.seed,
        "counts": {s: judgement.count(s) for s in Severity},
        "system": judgement.system or None,
        "findings": [_told(found, judgement.system) for found in judgement.findings],
        "more_of_rule": judgement.more,
        "not_checked": [asdict(one) for one in judgement.unchecked],
        "checked": judgement.checked,
        "profile": profile_told(judgement.profile),
        "survey": asdict(judgement.survey),
    }
    return safe_json(told)


def _told(finding: Finding, system: str) -> dict[str, Any]:
    told = asdict(finding)
    excerpt = told.pop("excerpt")
    # The request says it.
    del told["address"]
    places = {name: excerpt[name] or None for name in ("line", "column")}
    advice = asdict(known_advice().of(finding.rule).within(system))
    return {**told, "excerpt": excerpt["text"], **places, **advice}


def tell(judgement: Judgement, console: Console) -> None:
    """Tell people what was found."""
    for finding in judgement.findings:
        _tell_finding(finding, console)
        _tell_advice(known_advice().of(finding.rule), judgement.system, console)
        console.print()
    for code, count in judgement.more.items():
        console.print(f"{code}: and {count} more like these", style="dim")
    if judgement.unchecked:
        console.print("\nNot checked:", style="bold")
    for reason, rules in _by_reason(judgement).items():
        told = harmless(f"  {', '.join(rules)}: {reason}")
        console.print(Text(told, style="dim"))
    _tell_verdict(judgement, console)


def _by_reason(judgement: Judgement) -> dict[str, list[str]]:
    reasons: dict[str, list[str]] = {}
    for one in judgement.unchecked:
        reasons.setdefault(one.reason, []).append(one.rule)
    return reasons


def _tell_finding(finding: Finding, console: Console) -> None:
    colour = _COLOURS[finding.severity]
    head = Text(f"{finding.severity} ", style=f"bold {colour}")
    head.append(finding.rule, style="bold").append(f" ({finding.clause})", style="dim")
    console.print(head)
    console.print(Text(harmless(f"  {finding.message}")))
    excerpt = finding.excerpt
    if excerpt.text:
        place = f"line {excerpt.line}" if excerpt.line else "begins"
        column = f", column {excerpt.column}" if excerpt.column else ""
        console.print(Text(harmless(f"  {place}{column}: {excerpt.text}"), style="dim"))
    console.print(Text(harmless(f"  {finding.request}")), soft_wrap=True)
    console.print(Text(f"  What mends it: {finding.remedy}"), style="italic")


def _tell_advice(advice: Advice, system: str, console: Console) -> None:
    # The ways of systems that it is not would only be in the way.
    for how in advice.within(system).mendings if system else ():
        console.print(Text(f"  In {how.system}: {how.text}"), style="italic")
    for what in advice.consequences:
        console.print(Text(f"  {what.who}: {what.text}"), style="dim")


def _counted(judgement: Judgement, severity: Severity) -> str:
    rules = {f.rule for f in judgement.findings if f.severity is severity}
    count = judgement.count(severity)
    more = f" ({count} findings)" if count > len(rules) else ""
    return f"{len(rules)} {severity}{more}"


def _tell_verdict(judgement: Judgement, console: Console) -> None:
    verdict = judgement.verdict
    said = Text(f"\n{verdict}", style=f"bold {_COLOURS[verdict]}")
    if judgement.reason:
        console.print(said.append(f": {harmless(judgement.reason)}", style="not bold"))
        return
    counts = ", ".join(map(partial(_counted, judgement), Severity))
    told = (
        f": {counts}; {len(judgement.checked)} rules checked,"
        f" {len(judgement.unchecked)} not checked; {judgement.requests} requests"
    )
    console.print(said.append(told, style="not bold"))
