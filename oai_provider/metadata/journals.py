"""What an item lacks is filled from the profile of its journal, on the way to formats.

An item belongs to the journal it names, else to that of its ISSN, else to the only one
that has its host's title. Nothing it says is ever overridden, nor contradicted: an
embargo stays one, and where several languages are possible none is chosen. The item
that is stored stays as it was given.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple
from urllib.parse import quote, unquote

from oai_provider.metadata.access import Rights
from oai_provider.metadata.agents import Agent
from oai_provider.metadata.host import Host
from oai_provider.metadata.item import Item
from oai_provider.metadata.journal_profile import ISSNS, JournalProfile
from oai_provider.metadata.name_order import NameOrder, is_unordered, parted
from oai_provider.metadata.provenance import ProfileFill, Provenance

# What is said of nothing yet.
_NO_HOST: Final = Host.model_construct()
_NO_RIGHTS: Final = Rights.model_construct()
_NO_PROVENANCE: Final = Provenance.model_construct()


class Fill(NamedTuple):
    """A field's new value, and the paths of what in it is new."""

    field: str
    value: object
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Journals:
    """The profiles of journals; `journals` makes it."""

    profiles: Mapping[str, JournalProfile] = field(default_factory=dict)
    by_issn: Mapping[str, str] = field(default_factory=dict)
    by_title: Mapping[str, str] = field(default_factory=dict)

    def filled(self, item: Item) -> Item:
        """Return an item with what its journal's profile says of all; marked as such.

        One whose journal has no profile is returned as it is.
        """
        name = self.profiles and self._name_of(item)
        if not name:
            return item
        profile = self.profiles[name]
        fills = [fill for filler in _FILLERS for fill in filler(item, profile)]
        if not fills:
            return item
        issn = profile.issns[0] if profile.issns else None
        paths = tuple(path for fill in fills for path in fill.paths)
        mark = ProfileFill.model_construct(journal=name, issn=issn, fields=paths)
        own = item.provenance or _NO_PROVENANCE
        provenance = own.model_copy(update={"profile": mark})
        changed = {fill.field: fill.value for fill in fills}
        return item.model_copy(update={**changed, "provenance": provenance})

    def _name_of(self, item: Item) -> str | None:
        if item.journal:
            return item.journal if item.journal in self.profiles else None
        if item.host is None:
            return None
        issns = [i.value for i in item.host.identifiers if i.scheme in ISSNS]
        if issns:
            named = {self.by_issn[issn] for issn in issns if issn in self.by_issn}
        else:
            titles = map(_folded, (title.value for title in item.host.titles))
            named = {self.by_title[t] for t in titles if t in self.by_title}
        # What may be either of two journals is neither's.
        return named.pop() if len(named) == 1 else None


def journals(profiles: Mapping[str, JournalProfile]) -> Journals:
    """Return profiles with what they are found by.

    Raises ValueError if two have one ISSN, of which no item could tell whose it is.
    """
    by_issn: dict[str, str] = {}
    for name, profile in profiles.items():
        for issn in profile.issns:
            other = by_issn.setdefault(issn, name)
            if other != name:
                raise ValueError(
                    f"ISSN {issn} stands in {other} and in {name}: keep it in one"
                )
    titled = [
        (title, name)
        for name, profile in profiles.items()
        for title in {_folded(one.value) for one in profile.titles}
    ]
    shared = Counter(title for title, _ in titled)
    by_title = {title: name for title, name in titled if shared[title] == 1}
    return Journals(profiles={**profiles}, by_issn=by_issn, by_title=by_title)


def steps(path: str) -> Iterator[str | int]:
    """Yield the names and numbers of a path such as `creators[0].family`."""
    for name in path.split("."):
        field_, _, number = name.partition("[")
        yield field_
        if number:
            yield int(number.rstrip("]"))


def _folded(title: str) -> str:
    return " ".join(title.casefold().split())


Filler = Callable[[Item, JournalProfile], Iterator[Fill]]


def _host(item: Item, profile: JournalProfile) -> Iterator[Fill]:
    host = item.host
    has_issn = host and any(one.scheme in ISSNS for one in host.identifiers)
    changed: dict[str, object] = {}
    if profile.titles and not (host and host.titles):
        changed["titles"] = profile.titles
    if profile.identifiers and not has_issn:
        own = host.identifiers if host else ()
        changed["identifiers"] = (*own, *profile.identifiers)
    if changed:
        value = (host or _NO_HOST).model_copy(update=changed)
        yield Fill("host", value, tuple(f"host.{name}" for name in changed))


def _publisher(item: Item, profile: JournalProfile) -> Iterator[Fill]:
    is_named = item.publisher or (item.host and item.host.publisher)
    if profile.publisher and not is_named:
        yield Fill("publisher", (profile.publisher,), ("publisher",))


def _languages(item: Item, profile: JournalProfile) -> Iterator[Fill]:
    # A journal that prints several languages prints each text in one.
    if len(profile.languages) == 1 and not item.languages:
        yield Fill("languages", profile.languages, ("languages",))


def _rights(item: Item, profile: JournalProfile) -> Iterator[Fill]:
    if profile.rights is None:
        return
    changed = dict(_rights_lacking(item, profile.rights))
    if changed:
        value = (item.rights or _NO_RIGHTS).model_copy(update=changed)
        yield Fill("rights", value, tuple(f"rights.{name}" for name in changed))


def _rights_lacking(item: Item, shared: Rights) -> Iterator[tuple[str, object]]:
    own = item.rights or _NO_RIGHTS
    may_be = own.access is None and (not shared.access or _may_be(item, shared.access))
    if not (may_be or own.access == shared.access):
        # Terms of what is open are not those of what is not.
        return
    if own.access is None and shared.access:
        yield "access", shared.access
    if not (own.licenses or own.statements):
        for name in ("licenses", "statements"):
            if value := getattr(shared, name):
                yield name, value
    if shared.holder and own.holder is None:
        yield "holder", shared.holder


def _may_be(item: Item, access: str) -> bool:
    """Tell whether nothing the item says is against a level of access."""
    is_held_back = any(d.type == "embargo_end" for d in item.dates)
    levels = {file.access for file in item.files if file.access}
    return not is_held_back and levels <= {access}


def _landing_page(item: Item, profile: JournalProfile) -> Iterator[Fill]:
    if profile.landing_page is None or item.landing_page is not None:
        return
    values = {name: quote(value) for name, value in _values(item) if value}
    try:
        page = profile.landing_page.format_map(values)
    except KeyError:
        # An address that lacks a part of its own leads nowhere.
        return
    yield Fill("landing_page", page, ("landing_page",))


def _values(item: Item) -> Iterator[tuple[str, str | None]]:
    """Yield what the placeholders of a pattern stand for."""
    host = item.host
    dois = (one.value for one in item.identifiers if one.scheme == "doi")
    yield "id", unquote(item.id)
    yield "doi", next(dois, None)
    yield "year", (item.issued or "")[:4] if _has_year(item) else None
    if host:
        yield "volume", host.volume
        yield "issue", host.issue
        yield "whole_number", host.whole_number
        yield "first_page", host.pages.first if host.pages else None


def _has_year(item: Item) -> bool:
    return (item.issued or "")[:4].isdecimal()


def _names(item: Item, profile: JournalProfile) -> Iterator[Fill]:
    order = profile.name_order
    if order is None:
        return
    for name in ("creators", "contributors"):
        agents: tuple[Agent, ...] = getattr(item, name)
        found = [n for n, agent in enumerate(agents) if _may_be_parted(agent, order)]
        if found:
            value = tuple(
                _ordered(agent, order) if n in found else agent
                for n, agent in enumerate(agents)
            )
            paths = (
                f"{name}[{n}].{part}"
                for n in found
                for part in _PARTS
                if getattr(agents[n], part) != getattr(value[n], part)
            )
            yield Fill(name, value, tuple(paths))


_PARTS: Final = ("family", "given", "type")
_INITIALS: Final = re.compile(r"(?:[^\W\d_]\w?\.)+")


def _may_be_parted(agent: Agent, order: NameOrder) -> bool:
    # Who is printed in the other order shows it by an initial where the family stands.
    return is_unordered(agent) and not _INITIALS.fullmatch(
        parted(agent.name or "", order)[0]
    )


def _ordered(agent: Agent, order: NameOrder) -> Agent:
    family, given = parted(agent.name or "", order)
    return agent.model_copy(
        update={"family": family, "given": given, "type": "personal"}
    )


_FILLERS: Final[tuple[Filler, ...]] = (
    _host,
    _publisher,
    _languages,
    _rights,
    _landing_page,
    _names,
)
