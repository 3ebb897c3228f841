"""The rules of `validate` and `verify`, as their catalogues have them: a page each."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from page_tables import escaped, table

from oai_provider.validator.advice import Advice, known_advice
from oai_provider.validator.catalogue import Entry, catalogue
from oai_provider.validator.profiles.book import (
    PROTOCOL,
    Holds,
    InSet,
    Passes,
    Requirement,
    Says,
    profiles,
)
from oai_provider.verifier.catalogue import catalogue as item_catalogue

Page = Callable[[], Iterator[str]]
_MENDED: Final = (
    "\nWhere only one thing can be meant, [`--fix`](../../how-to/verify.md) mends it."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Book:
    """The rules of a command, in a folder of their own."""

    folder: str
    title: str
    said: str
    entries: Mapping[str, Entry]
    chapters: Mapping[str, str]
    advice: Mapping[str, Advice] = field(default_factory=dict)
    levels: Mapping[str, str] = field(default_factory=dict)
    """By code, where it is not the severity."""
    measures: Mapping[str, str] = field(default_factory=dict)
    """By code, how it is measured."""

    def pages(self) -> dict[str, Page]:
        """Return the pages by their names, the list of all first."""
        pages = {f"{self.folder}/index.md": self.index}
        for entry in self.entries.values():
            pages[f"{self.folder}/{entry.code}.md"] = partial(self.page, entry)
        return pages

    def index(self) -> Iterator[str]:
        """Yield the page that lists all."""
        yield f"# {self.title}\n\n{self.said}\n\n{len(self.entries)} rules.\n"
        for chapter, title in self.chapters.items():
            yield f"## {title}\n"
            found = [e for e in self.entries.values() if e.chapter == chapter]
            level = "level" if self.levels else "severity"
            rows = map(self._row, found)
            yield from table(("rule", level, "what must hold"), rows)
            yield ""
        yield "```{toctree}\n:hidden:\n:maxdepth: 1\n:glob:\n\n*\n```"

    def page(self, entry: Entry) -> Iterator[str]:
        """Yield the page of a rule."""
        yield f"# {entry.code}\n\n{escaped(entry.text)}\n"
        clause = f"[{entry.clause}]({entry.url})" if entry.url else entry.clause
        rows = (
            ("level", self.levels.get(entry.code)),
            ("severity", entry.severity),
            ("measured by", self.measures.get(entry.code)),
            ("written in", clause),
        )
        yield from table(("", ""), ((name, said) for name, said in rows if said))
        yield f"\n## What mends it\n\n{escaped(entry.remedy)}"
        if entry.is_mended:
            yield _MENDED
        yield from _advised(self.advice.get(entry.code, Advice()))

    def _row(self, entry: Entry) -> tuple[str, str, str]:
        level = self.levels.get(entry.code, entry.severity)
        return f"[{entry.code}]({entry.code}.md)", level, escaped(entry.text)


def _advised(advice: Advice) -> Iterator[str]:
    if advice.mendings:
        yield ""
        told = ((m.system, _sourced(m.text, m.url)) for m in advice.mendings)
        yield from table(("in", "what to do"), told)
    if advice.consequences:
        yield "\n## What becomes of it\n"
        told = ((c.who, _sourced(c.text, c.url)) for c in advice.consequences)
        yield from table(("with", "what happens"), told)


def _sourced(text: str, url: str) -> str:
    return f"{escaped(text)} ([source]({url}))"


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
        "lists": "Lists",
        "get_record": "Records",
        "deleted": "Deleted records",
        "content": "What records hold",
        "dates": "Dates",
        "tokens": "Flow control",
        "contradictions": "Contradictions",
        "errors": "Errors",
        "http": "HTTP",
        "performance": "Performance",
        "cris": "Research information (CERIF)",
        "xml": "XML",
        "validator": "The program itself",
    },
    advice=known_advice().by_rule,
)
_PROFILES: Final = {name: one for name, one in profiles().items() if name != PROTOCOL}
_REQUIREMENTS: Final = {
    requirement.code: requirement
    for profile in _PROFILES.values()
    for requirement in profile.requirements
}


def _measured(requirement: Requirement) -> str:
    where = requirement.where
    of = f", of records with {_said(where)}" if where else ""
    match requirement.measure:
        case Says() as says:
            return f"{_said(says)}{of}"
        case InSet(pattern):
            return f"a setSpec of the form `{pattern.pattern}`{of}"
        case Passes():
            return f"a test of the record{of}"
        case Holds():
            return "a test of the endpoint"


def _said(says: Says) -> str:
    place = f"`{says.place}`"
    if says.pattern is not None:
        return f"{place} of the form `{says.pattern.pattern}`"
    return f"{place} that is a term: {says.term}" if says.term else place


_OF_PROFILES: Final = _Book(
    folder="profiles",
    title="What harvesters need",
    said=(
        "What [`oai-provider validate --profile`](../../how-to/validate.md) measures,"
        " by whom it is wanted. A code never changes its meaning. What is an error is"
        " mandatory: without it nothing is taken, or not that record. A warning is"
        " mandatory if applicable, an info recommended or optional. Each has a test"
        " with a repository that lacks it and nothing else."
    ),
    entries={code: one.entry for code, one in _REQUIREMENTS.items()},
    chapters={
        name: f"{one.title}, by `{one.prefix}`" for name, one in _PROFILES.items()
    },
    levels={code: one.level for code, one in _REQUIREMENTS.items()},
    measures={code: _measured(one) for code, one in _REQUIREMENTS.items()},
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
        "dini": "DINI certificate",
        "dlf": "DLF, for MODS",
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
    return _OF_ENDPOINTS.pages() | _OF_PROFILES.pages() | _OF_ITEMS.pages()
