"""name, read: creators, contributors, the university and the meeting.

Who has a creator's role, or none in a record that states no roles, is a creator.
A name that shares another's altRepGroup is that one's form in another script.
"""

from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

from lxml import etree

from oai_provider.metadata.agents import Agent
from oai_provider.metadata.elements import (
    language_in,
    read_date,
    read_identifier,
    read_uri,
    said,
    text_in,
)
from oai_provider.metadata.mods.building import inside, text_inside
from oai_provider.metadata.mods.description import note_in, note_worded
from oai_provider.metadata.vocabularies import role_for

Fields: TypeAlias = dict[str, object]

_TYPES: Final = {"personal": "personal", "corporate": "organizational"}
# The roles of those who make a work, rather than help it along.
CREATORS: Final = frozenset(
    ("aut", "cre", "art", "arc", "cmp", "ctg", "inv", "lyr", "pht", "prg")
)
_GRANTOR: Final = "dgg"


def read_names(root: etree._Element) -> dict[str, object]:
    """Return everyone who is named, each in the part they had."""
    names = [*inside(root, "name")]
    meetings = [name for name in names if name.get("type") == "conference"]
    agents = [
        (name, roles(name), agent)
        for name in _first_forms(names)
        if name.get("type") != "conference"
        and (agent := _read_agent(name, _other_forms(name, names)))
    ]
    thesis = _read_thesis(root, [name for name, role, _ in agents if _GRANTOR in role])
    if thesis:
        agents = [agent for agent in agents if _GRANTOR not in agent[1]]
    stated = any(role for _, role, _ in agents)
    creators = [a for n, role, a in agents if _is_creator(n, role, stated=stated)]
    return said(
        creators=creators,
        contributors=[a for _, _, a in agents if a not in creators],
        thesis=thesis,
        conference=_read_conference(root, meetings[0]) if meetings else None,
    )


def _is_creator(name: etree._Element, role: Sequence[str], *, stated: bool) -> bool:
    if name.get("usage") == "primary" or not CREATORS.isdisjoint(role):
        return True
    return not stated


def roles(name: etree._Element) -> list[str]:
    """Return the roles of a name: our ids, or the words of one nobody lists."""
    found: dict[str, None] = {}
    for role in inside(name, "role"):
        terms = [text for text in map(text_in, inside(role, "roleTerm")) if text]
        known = next(filter(None, map(role_for, terms)), None)
        found.update(dict.fromkeys([known] if known else terms[:1]))
    return [*found]


def _first_forms(names: Sequence[etree._Element]) -> Iterator[etree._Element]:
    groups: set[str] = set()
    for name in names:
        group = name.get("altRepGroup")
        if group is None or group not in groups:
            yield name
        if group is not None:
            groups.add(group)


def _other_forms(
    name: etree._Element, names: Sequence[etree._Element]
) -> list[dict[str, object]]:
    group = name.get("altRepGroup")
    if group is None:
        return []
    others = (n for n in names if n is not name and n.get("altRepGroup") == group)
    forms = ((language_in(other), name_parts(other)) for other in others)
    return [
        said(lang=lang, **{k: form.get(k) for k in ("family", "given", "name")})
        for lang, form in forms
        if "name" in form or "family" in form
    ]


def _read_agent(name: etree._Element, others: list[Fields]) -> Fields | None:
    form = name_parts(name)
    if "name" not in form and "family" not in form:
        return None
    affiliations = filter(None, map(_affiliation, inside(name, "affiliation")))
    return said(
        **form,
        type=_TYPES.get(name.get("type", "")),
        role=next(iter(roles(name)), None),
        names_in_other_scripts=others,
        identifiers=[*_identifiers(name)],
        affiliations=[*affiliations],
    )


def name_parts(name: etree._Element) -> Fields:
    """Return family, given and other parts; a heading with one comma is taken apart."""
    parts = [(p.get("type"), text_in(p)) for p in inside(name, "namePart")]
    typed = {kind: text for kind, text in reversed(parts) if kind and text}
    family, given = typed.get("family"), typed.get("given")
    whole = ". ".join(text for kind, text in parts if text and kind is None) or None
    printed = text_inside(name, "displayForm") or whole
    address = _address(parts)
    if family is not None:
        return said(family=family, given=given, name=printed, **address)
    if whole and not given and name.get("type") in (None, "personal"):
        return said(**Agent.from_scalar(whole), **address)
    return said(name=printed or given, given=given if printed else None, **address)


def _address(parts: Sequence[tuple[str | None, str | None]]) -> Fields:
    """Return terms of address: a prefix before the name, a suffix after it."""
    kinds = [kind for kind, _ in parts]
    terms = [
        (n, text) for n, (kind, text) in enumerate(parts) if kind == "termsOfAddress"
    ]
    named = [
        n for n, kind in enumerate(kinds) if kind not in ("termsOfAddress", "date")
    ]
    before = [text for n, text in terms if named and n < named[0]]
    after = [text for n, text in terms if text not in before]
    return said(prefix=next(iter(before), None), suffix=next(iter(after), None))


def _identifiers(name: etree._Element) -> Iterator[Fields]:
    for element in inside(name, "nameIdentifier"):
        value = text_in(element)
        if value is not None and element.get("invalid") is None:
            yield read_identifier(value, element.get("type") or None)
    uri = read_uri(name.get("valueURI"))
    if uri is not None:
        yield read_identifier(uri)


def _affiliation(element: etree._Element) -> Fields | None:
    value = text_in(element)
    if value is None:
        return None
    uri = read_uri(element.get("valueURI"))
    return said(
        name=said(value=value, lang=language_in(element)),
        identifiers=[read_identifier(uri)] if uri else None,
    )


def _read_thesis(
    root: etree._Element, grantors: Sequence[etree._Element]
) -> Fields | None:
    degree = note_worded(root, "thesis", "degree")
    if degree is None:
        return None
    names = (
        said(value=text_inside(name, "namePart"), lang=language_in(name))
        for name in grantors
    )
    name = next((name for name in names if "value" in name), None)
    return said(
        degree=degree,
        level=note_in(root, "thesis", "level"),
        discipline=note_worded(root, "thesis", "discipline"),
        grantor={"name": name} if name else None,
    )


def _read_conference(root: etree._Element, name: etree._Element) -> Fields | None:
    parts = [(p.get("type"), text_in(p)) for p in inside(name, "namePart")]
    whole = ". ".join(text for kind, text in parts if text and kind is None)
    if not whole:
        return None
    date = next(
        (read_date(text) for kind, text in parts if text and kind == "date"), {}
    )
    acronyms = (
        a for a in inside(name, "alternativeName") if a.get("altType") == "acronym"
    )
    return said(
        name=said(value=whole, lang=language_in(name)),
        acronym=text_in(next(acronyms, None)),
        dates=date.get("date"),
        place=note_in(root, "venue"),
    )
