"""A report in which everything is said that a report can say."""

from dataclasses import replace
from datetime import UTC, datetime

from oai_provider.reporting.plots import Bars, Columns, Points
from oai_provider.reporting.report import (
    Finding,
    Level,
    Report,
    Rule,
    Table,
    Unchecked,
)

CLAUSE = "https://www.openarchives.org/OAI/openarchivesprotocol.html#Identify"


def rule(code: str, level: Level = Level.ERROR, url: str = CLAUSE) -> Rule:
    return Rule(
        code=code,
        chapter="identify",
        level=level,
        text="A response has one `baseURL`.",
        clause="OAI-PMH 4.2",
        url=url,
        remedy="Write it once.",
    )


def report(text: str = "words") -> Report:
    """Return a report in which others say a text wherever they can say anything."""
    found = Finding(
        rule="a-error",
        level=Level.ERROR,
        message=text,
        item=text,
        field=text,
        value=f"value {text}",
        request=text,
        place=text,
        address="https://x.example/oai?verb=Identify",
        line=3,
        column=5,
        excerpt=text,
    )
    plots = (
        Bars(title="Types", note="", head="Type", whole=3, bars=((text, 2), ("b", 1))),
        Columns(title="Years", note="", head="Year", columns=((text, 2), ("2001", 1))),
        Points(title="Times", note="", x="page", y="s", groups=((text, ((1, 0.2),)),)),
    )
    return Report(
        command="validate",
        subject=text,
        verdict="not compliant",
        is_good=False,
        summary="1 rule is broken.",
        exit_code=1,
        made=datetime(2026, 11, 28, tzinfo=UTC),
        numbers=(("Errors", "1"),),
        rules={
            "a-error": rule("a-error"),
            "a-warning": rule("a-warning", Level.WARNING, "javascript:alert(1)"),
            "not-checked": rule("not-checked"),
            "kept": rule("kept"),
        },
        findings=(found, replace(found, rule="a-warning", level=Level.WARNING)),
        more={"a-error": 4},
        checked=("kept", "a-error"),
        unchecked=(Unchecked(rule="not-checked", reason=text),),
        tables=(Table(title="Others", head=("Who", "What"), rows=((text, text),)),),
        plots=plots,
    )
