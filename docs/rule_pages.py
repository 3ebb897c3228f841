"""The rules of `validate` and `verify`, as their catalogues have them: a page each."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from page_tables import escaped, table

from oai_provider.validator.catalogue import Entry, catalogue
from oai_provider.verifier.catalogue import catalogue as item_catalogue

Page = Callable[[], Iterator[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Book:
    """The rules of a command, in a folder of their own."""

    folder: str
    title: str
    said: str
    entries: Mapping[str, Entry]
    chapters: Mapping[str, str]

    def pages(self) -> dict[str, Page]:
        """Return the pages by their names, the list of all first."""
        pages = {f"{self.folder}/index.md": self.index}
        for entry in self.entries.values():
            pages[f"{self.folder}/{entry.code}.md"] = partial(_page, entry)
        return pages

    def index(self) -> Iterator[str]:
        """Yield the page that lists all."""
        yield f"# {self.title}\n\n{self.said}\n\n{len(self.entries)} rules.\n"
        for chapter, title in self.chapters.items():
            yield f"## {title}\n"
            found = [e for e in self.entries.values() if e.chapter == chapter]
            yield from table(("rule", "severity", "what must hold"), map(_row, found))
            yield ""
        yield "```{toctree}\n:hidden:\n:maxdepth: 1\n:glob:\n\n*\n```"


def _row(entry: Entry) -> tuple[str, str, str]:
    return f"[{entry.code}]({entry.code}.md)", entry.severity, escaped(entry.text)


def _page(entry: Entry) -> Iterator[str]:
    yield f"# {entry.code}\n\n{escaped(entry.text)}\n"
    clause = f"[{entry.clause}]({entry.url})" if entry.url else entry.clause
    yield from table(("", ""), (("severity", entry.severity), ("written in", clause)))
    yield f"\n## What mends it\n\n{escaped(entry.remedy)}"
    if entry.is_mended:
        yield (
            "\nWhere only one thing can be meant, [`--fix`](../../how-to/verify.md)"
            " mends it."
        )


_OF_ENDPOINTS: Final = _Book(
    folder="rules",
    title="Rules about endpoints",
    said=(
        "What [`oai-provider validate`](../../how-to/validate.md) checks. A code never"
        ' changes its meaning. An error breaks a "must" of the specification; a warning'
        ' a "should", a guideline, or what known harvesters need; an info breaks'
        " nothing. Each rule has a test with a provider that breaks it."
    ),
    entries=catalogue(),
    chapters={
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
    },
)
_OF_ITEMS: Final = _Book(
    folder="item-rules",
    title="Rules about items",
    said=(
        "What [`oai-provider verify`](../../how-to/verify.md) checks. A code never"
        " changes its meaning. Chapters named after a harvester hold where it is the"
        " profile: there an error is what it requires, a warning what it wants where"
        " that applies, an info what it recommends. Each rule has a test with an item"
        " that breaks it, and one that is just right."
    ),
    entries=item_catalogue(),
    chapters={
        "item": "The item as a whole",
        "oai": "Any harvester",
        "base": "BASE",
        "core": "CORE",
        "doaj": "DOAJ",
        "openaire3": "OpenAIRE, guidelines 3",
        "openaire4": "OpenAIRE, guidelines 4",
        "dates": "Dates",
        "languages": "Languages",
        "scripts": "Scripts",
        "identifiers": "Identifiers",
        "values": "Values of vocabularies",
        "duplicates": "Duplicates",
        "texts": "Texts",
        "names": "Names",
        "links": "Links",
        "verifier": "The program itself",
    },
)


def rule_pages() -> dict[str, Page]:
    """Return the pages of all rules, by their names."""
    return _OF_ENDPOINTS.pages() | _OF_ITEMS.pages()
