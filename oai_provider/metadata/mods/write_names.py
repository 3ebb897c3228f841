"""name: people and organisations with a part in the item, and its conference.

Whoever is named without a role is the author of a text and the creator of anything
else, or a contributor. A name in another script stands in a `name` of its own that
shares the first one's altRepGroup and repeats no role, so that nobody counts twice.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from lxml import etree

from oai_provider.metadata.agents import Agent, Name, Organisation, ScriptName
from oai_provider.metadata.host import Conference
from oai_provider.metadata.identifiers import Identifier
from oai_provider.metadata.item import Item
from oai_provider.metadata.languages import script_of
from oai_provider.metadata.mods.building import (
    identified,
    new,
    paste,
    say,
    say_if,
    script_in,
    stated,
    wrap,
)
from oai_provider.metadata.vocabularies import MARC_RELATORS, RESOURCE_TYPES, ROLES

_TYPES: Final = {"personal": "personal", "organizational": "corporate"}
# Schemes of identifiers that the Library of Congress has an address for.
_SCHEME_URIS: Final = {
    scheme: f"http://id.loc.gov/vocabulary/identifiers/{scheme}"
    for scheme in ("orcid", "isni", "viaf")
}


def write_names(root: etree._Element, item: Item) -> None:
    """Write creators first, then contributors, the university and the meeting."""
    role = _creator_role(item)
    for n, agent in enumerate(item.creators):
        group = f"creator-{n + 1}"
        _write_agent(root, agent, agent.role or role, group, primary=n == 0)
    for n, agent in enumerate(item.contributors):
        _write_agent(root, agent, agent.role or "ctb", f"contributor-{n + 1}")
    if item.thesis is not None and item.thesis.grantor is not None:
        _write_grantor(root, item.thesis.grantor)
    if item.conference is not None:
        _write_conference(root, item.conference)


def _creator_role(item: Item) -> str:
    kind = item.resource_type
    return "aut" if kind and RESOURCE_TYPES[kind.id].mods == "text" else "cre"


def _write_agent(
    root: etree._Element,
    agent: Agent,
    role: str,
    group: str,
    *,
    primary: bool = False,
) -> None:
    attributes = {"type": _TYPES[agent.type]} if agent.type else {}
    if primary:
        attributes["usage"] = "primary"
    if agent.names_in_other_scripts:
        attributes["altRepGroup"] = group
    name = wrap(root, "name", attributes)
    _write_name_parts(name, agent)
    _write_identity(name, agent)
    _write_role(name, role)
    for other in agent.names_in_other_scripts:
        _write_other(root, agent, other, group)


def _write_name_parts(name: etree._Element, agent: Agent) -> None:
    say_if(name, "namePart", agent.prefix, {"type": "termsOfAddress"})
    _write_form(name, agent)
    say_if(name, "namePart", agent.suffix, {"type": "termsOfAddress"})
    if agent.family is not None:
        say_if(name, "displayForm", agent.name)


def _write_form(name: etree._Element, form: Name) -> None:
    """Write family and given name; a name known only as printed has no type."""
    if form.family is None:
        say_if(name, "namePart", form.name)
    say_if(name, "namePart", form.family, {"type": "family"})
    say_if(name, "namePart", form.given, {"type": "given"})


def _write_identity(name: etree._Element, agent: Agent) -> None:
    _write_identifiers(name, agent.identifiers)
    for affiliation in agent.affiliations:
        text = ", ".join(filter(None, (affiliation.name.value, affiliation.place)))
        say(name, "affiliation", text, identified(affiliation))


def _write_identifiers(name: etree._Element, identifiers: Sequence[Identifier]) -> None:
    for identifier in identifiers:
        attributes = {"type": identifier.scheme}
        if identifier.scheme in _SCHEME_URIS:
            attributes["typeURI"] = _SCHEME_URIS[identifier.scheme]
        say(name, "nameIdentifier", identifier.value, attributes)


def _write_role(name: etree._Element, role: str) -> None:
    paste(name, _role(role))


@lru_cache(maxsize=256)
def _role(role: str) -> etree._Element:
    """Return a role to be copied, as its vocabulary names it."""
    terms = ROLES.get(role)
    element = new("role")
    if terms is None:
        say(element, "roleTerm", role, {"type": "text"})
    elif not terms.code:
        attributes = {"type": "text", "authority": "datacite"}
        say(element, "roleTerm", terms.datacite, attributes)
    else:
        authority = {
            "authority": "marcrelator",
            "authorityURI": MARC_RELATORS.removesuffix("/"),
            "valueURI": terms.marc_uri,
        }
        say(element, "roleTerm", terms.code, {"type": "code", **authority})
        say(element, "roleTerm", terms.label, {"type": "text", **authority})
    return element


def _write_other(
    root: etree._Element, agent: Agent, other: ScriptName, group: str
) -> None:
    letters = " ".join(filter(None, (other.family, other.given, other.name)))
    attributes = {
        "altRepGroup": group,
        **stated(other.lang, script_in(other.lang) or script_of(letters)),
    }
    if agent.type:
        attributes["type"] = _TYPES[agent.type]
    name = wrap(root, "name", attributes)
    _write_form(name, other)
    if other.family is not None:
        say_if(name, "displayForm", other.name)


def _write_grantor(root: etree._Element, grantor: Organisation) -> None:
    name = wrap(root, "name", {"type": "corporate", **stated(grantor.name.lang)})
    say(name, "namePart", grantor.name.value)
    _write_identifiers(name, grantor.identifiers)
    _write_role(name, "dgg")


def _write_conference(root: etree._Element, conference: Conference) -> None:
    lang = stated(conference.name.lang)
    name = wrap(root, "name", {"type": "conference", **lang})
    say(name, "namePart", conference.name.value)
    say_if(name, "namePart", conference.dates, {"type": "date"})
    if conference.acronym is not None:
        other = wrap(name, "alternativeName", {"altType": "acronym"})
        say(other, "namePart", conference.acronym)
