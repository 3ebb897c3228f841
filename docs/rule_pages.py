"""The rules of `oai-provider validate`, as their catalogue has them: a page each."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Final

from page_tables import escaped, table

from oai_provider.validator.catalogue import Entry, catalogue

_CHAPTERS: Final = {
    "identify": "Identify",
    "formats": "Metadata formats",
    "sets": "Sets",
    "get_record": "Records",
    "deleted": "Deleted records",
    "dates": "Dates",
    "tokens": "Flow control",
    "contradictions": "Contradictions",
    "errors": "Errors",
    "http": "HTTP",
    "xml": "XML",
    "validator": "The program itself",
}


def rule_pages() -> Mapping[str, Callable[[], Iterator[str]]]:
    """Return the pages by their names, the list of all rules first."""
    pages = {f"rules/{e.code}.md": partial(_page, e) for e in catalogue().values()}
    return {"rules/index.md": _index, **pages}


def _index() -> Iterator[str]:
    entries = [*catalogue().values()]
    yield "# Rules\n"
    yield (
        "What [`oai-provider validate`](../../how-to/validate.md) checks. A code never"
        ' changes its meaning. An error breaks a "must" of the specification; a'
        ' warning a "should", a guideline, or what known harvesters need; an info'
        " breaks nothing. Each rule has a test with a provider that breaks it.\n"
    )
    yield f"{len(entries)} rules.\n"
    for chapter, title in _CHAPTERS.items():
        yield f"## {title}\n"
        found = [e for e in entries if e.chapter == chapter]
        rows = (
            (f"[{e.code}]({e.code}.md)", e.severity, escaped(e.text)) for e in found
        )
        yield from table(("rule", "severity", "what must hold"), rows)
        yield ""
    yield "```{toctree}\n:hidden:\n:maxdepth: 1\n:glob:\n\n*\n```"


def _page(entry: Entry) -> Iterator[str]:
    yield f"# {entry.code}\n"
    yield f"{escaped(entry.text)}\n"
    yield from table(
        ("", ""),
        (
            ("severity", entry.severity),
            ("written in", f"[{entry.clause}]({entry.url})"),
        ),
    )
    yield f"\n## What mends it\n\n{escaped(entry.remedy)}"
