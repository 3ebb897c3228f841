"""A report as one page of HTML that needs nothing else: to be mailed, kept and printed.

The verdict comes first, then what is wrong and what mends it, then what was measured
and what was not checked. Addresses are links only where http or https follows them.
"""

from collections.abc import Iterator, Sequence
from importlib.metadata import version
from importlib.resources import files
from typing import Final

from lxml import etree

from oai_provider.reporting.drawing import drawn
from oai_provider.reporting.report import Finding, Level, Report, Rule
from oai_provider.reporting.text import is_web_address
from oai_provider.reporting.tree import Content, Element, of_class, table, tag

_SHOWN: Final = 20
"""Findings of a rule that are shown; the others are counted."""
_NAMES: Final = {
    Level.ERROR: ("Error", "Errors"),
    Level.WARNING: ("Warning", "Warnings"),
    Level.INFO: ("Info", "Infos"),
}
# Should a text ever become markup after all, browsers load and run nothing of it.
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"


def as_page(report: Report) -> str:
    """Return a report as a page of HTML."""
    body = tag("body", _header(report), tag("main", *_sections(report)))
    body.append(_footer(report))
    root = tag("html", _head(report), body, attributes={"lang": "en"})
    page: str = etree.tostring(
        root, method="html", doctype="<!doctype html>", encoding="unicode"
    )
    return f"{page}\n"


def _head(report: Report) -> Element:
    metas = (
        {"charset": "utf-8"},
        {"name": "viewport", "content": "width=device-width, initial-scale=1"},
        {"name": "color-scheme", "content": "light dark"},
        {"http-equiv": "Content-Security-Policy", "content": _POLICY},
    )
    style = (files("oai_provider.reporting") / "page.css").read_text("utf-8")
    return tag(
        "head",
        *(tag("meta", attributes=meta) for meta in metas),
        tag("title", f"{report.subject}: {report.verdict}"),
        tag("style", style),
    )


def _header(report: Report) -> Element:
    sign = "\N{CHECK MARK}" if report.is_good else "\N{MULTIPLICATION X}"
    kind = "good" if report.is_good else "bad"
    said = report.failure or report.summary
    header = tag(
        "header",
        of_class("command", "p", f"oai-provider {report.command}"),
        tag("h1", report.subject),
        of_class(f"verdict {kind}", "p", f"{sign} {report.verdict}"),
        tag("p", said),
    )
    numbers = of_class("numbers", "dl")
    for name, value in report.numbers:
        numbers.append(tag("div", tag("dt", name), tag("dd", value)))
    header.append(numbers)
    return header


def _sections(report: Report) -> Iterator[Element]:
    if report.findings:
        yield _section("At a glance", _glance(report))
    for level in Level:
        rules = [*_of_level(report, level)]
        if rules:
            told = (_rule(report, code, found) for code, found in rules)
            yield _section(_NAMES[level][1], *told, name=level)
    for one in report.tables:
        yield _section(one.title, table("", one.head, one.rows))
    if report.plots:
        plots = of_class("plots", "div", *map(drawn, report.plots))
        yield _section("What was measured", plots)
    if report.unchecked:
        yield _section("Not checked", _unchecked(report))
    if report.checked:
        yield _section("Checked", *_checked(report))


def _section(title: str, *content: Element, name: str = "") -> Element:
    made = tag("section", tag("h2", title), *content)
    if name:
        made.set("class", name)
    return made


def _of_level(report: Report, level: Level) -> Iterator[tuple[str, Sequence[Finding]]]:
    """Yield the rules that are broken at a level, those with most findings first."""
    found: dict[str, list[Finding]] = {}
    for one in report.findings:
        if one.level is level:
            found.setdefault(one.rule, []).append(one)
    yield from sorted(found.items(), key=lambda pair: -len(pair[1]))


def _glance(report: Report) -> Element:
    rows = []
    for level in Level:
        for code, found in _of_level(report, level):
            link = tag("a", code, attributes={"href": f"#{level}-{code}"})
            count = len(found) + report.more.get(code, 0)
            badge = of_class(f"badge {level}", "span", _NAMES[level][0])
            rows.append((link, badge, str(count), report.rules[code].text))
    made = table("", ("Rule", "Severity", "Findings", "What must hold"), rows)
    made.set("class", "glance")
    return made


def _rule(report: Report, code: str, found: Sequence[Finding]) -> Element:
    rule, level = report.rules[code], found[0].level
    article = tag("article", attributes={"id": f"{level}-{code}"})
    badge = of_class(f"badge {level}", "span", _NAMES[level][0])
    article.append(tag("h3", badge, f" {code}"))
    article.append(tag("p", *_typed(rule.text), " (", _clause(rule), ")"))
    mends = tag("strong", "What mends it: ")
    article.append(of_class("remedy", "p", mends, *_typed(rule.remedy)))
    article.append(tag("ul", *map(_finding, found[:_SHOWN])))
    more = len(found) - len(found[:_SHOWN]) + report.more.get(code, 0)
    if more:
        article.append(tag("p", f"And {more} more like these."))
    return article


def _typed(text: str) -> Iterator[Content]:
    """Yield a text of a catalogue; what is typed stands there between backticks."""
    for place, part in enumerate(text.split("`")):
        yield tag("code", part) if place % 2 else part


def _clause(rule: Rule) -> Element:
    if is_web_address(rule.url):
        return tag("a", rule.clause, attributes={"href": rule.url})
    return tag("span", rule.clause)


def _finding(finding: Finding) -> Element:
    facts = tag("dl")
    for name, value, kind in _facts(finding):
        facts.append(of_class(kind, "div", tag("dt", name), tag("dd", value)))
    made = tag("li", of_class("message", "p", finding.message))
    if len(facts):
        made.append(facts)
    return made


def _facts(finding: Finding) -> Iterator[tuple[str, str, str]]:
    """Yield what is known of a finding: what it is called, its text, its class."""
    value = "" if finding.value in finding.message else finding.value
    where = f"Line {finding.line}" if finding.line else "Beginning"
    column = f", column {finding.column}" if finding.column else ""
    told = (
        ("Item", finding.item, "short"),
        ("Place", finding.place, "short"),
        ("Field", finding.field, "short code"),
        ("Value", value, "long code"),
        (f"{where}{column}", finding.excerpt, "long code"),
        ("Request", finding.request, "long code"),
    )
    yield from (fact for fact in told if fact[1])


def _unchecked(report: Report) -> Element:
    reasons: dict[str, list[str]] = {}
    for one in report.unchecked:
        reasons.setdefault(one.reason, []).append(one.rule)
    rows = ((reason, ", ".join(rules)) for reason, rules in reasons.items())
    return table("This never counts as passed.", ("Reason", "Rules"), rows)


def _checked(report: Report) -> Iterator[Element]:
    broken = {one.rule for one in report.findings}
    kept = [code for code in report.checked if code not in broken]
    yield tag("p", f"{len(report.checked)} rules, {len(kept)} without a finding.")
    rows = ((code, report.rules[code].text) for code in kept)
    yield tag(
        "details",
        tag("summary", "The rules without a finding"),
        table("", ("Rule", "What holds"), rows),
    )


def _footer(report: Report) -> Element:
    made = f"{report.made:%Y-%m-%d %H:%M} UTC"
    said = f"Made by oai-provider {version('oai-provider')} on {made}."
    return tag("footer", tag("p", said))
