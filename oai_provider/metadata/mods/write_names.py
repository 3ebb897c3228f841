"""name: people and organisations with a part in the item, and its conference.

Whoever is named without a role is the author of a text and the creator of anything
else, or a contributor. A name in another script stands in a `name` of its own that
shares the first one's altRepGroup and repeats no role, so that nobody counts twice.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from oai_provider.metadata.agents import Agent, Name, Organisation, ScriptName
from oai_provider.metadata.host import Conference
from oai_provider.metadata.identifiers import Identifier
from oai_provider.metadata.item import Item
from oai_provider.metadata.languages import script_of
from oai_provider.metadata.markup import (
    NOTHING,
    Markup,
    attributes,
    joined,
    say,
    say_if,
    wrap,
)
from oai_provider.metadata.mods.building import identified, script_in, stated
from oai_provider.metadata.vocabularies import MARC_RELATORS, RESOURCE_TYPES, ROLES

_PERSONAL: Final = attributes({"type": "personal"})
_CORPORATE: Final = attributes({"type": "corporate"})
_CONFERENCE: Final = attributes({"type": "conference"})
_PRIMARY: Final = attributes({"usage": "primary"})
_TYPES: Final = {
    None: NOTHING,
    "personal": _PERSONAL,
    "organizational": _CORPORATE,
}
_FAMILY: Final = attributes({"type": "family"})
_GIVEN: Final = attributes({"type": "given"})
_ADDRESS: Final = attributes({"type": "termsOfAddress"})
_DATE: Final = attributes({"type": "date"})
_ACRONYM: Final = attributes({"altType": "acronym"})
# Schemes of identifiers that the Library of Congress has an address for.
_SCHEME_URIS: Final = {
    scheme: {"typeURI": f"http://id.loc.gov/vocabulary/identifiers/{scheme}"}
    for scheme in ("orcid", "isni", "viaf")
}


def write_names(item: Item) -> Iterator[Markup]:
    """Yield creators first, then contributors, the university and the meeting."""
    role = _creator_role(item)
    usage = _PRIMARY
    for n, agent in enumerate(item.creators):
        yield from _agent(agent, agent.role or role, f"creator-{n + 1}", usage)
        usage = NOTHING
    for n, agent in enumerate(item.contributors):
        yield from _agent(agent, agent.role or "ctb", f"contributor-{n + 1}", NOTHING)
    if item.thesis is not None and item.thesis.grantor is not None:
        yield _grantor(item.thesis.grantor)
    if item.conference is not None:
        yield _conference(item.conference)


def _creator_role(item: Item) -> str:
    kind = item.resource_type
    return "aut" if kind and RESOURCE_TYPES[kind.id].mods == "text" else "cre"


def _agent(agent: Agent, role: str, name: str, usage: Markup) -> Iterator[Markup]:
    """Yield an agent's name, then its forms in other scripts under a name of theirs."""
    others = agent.names_in_other_scripts
    group = attributes({"altRepGroup": name}) if others else NOTHING
    parts = joined(_name_parts(agent), *_identity(agent), _role(role))
    yield wrap("name", parts, joined(_TYPES[agent.type], usage, group))
    for other in others:
        yield wrap("name", _printed(other), joined(group, _script(agent, other)))


def _name_parts(agent: Agent) -> Markup:
    return joined(
        say_if("namePart", agent.prefix, _ADDRESS),
        _form(agent),
        say_if("namePart", agent.suffix, _ADDRESS),
        _display_form(agent),
    )


def _form(form: Name) -> Markup:
    """Return family and given name; a name known only as printed has no type."""
    return joined(
        say_if("namePart", form.name if form.family is None else None),
        say_if("namePart", form.family, _FAMILY),
        say_if("namePart", form.given, _GIVEN),
    )


def _display_form(form: Name) -> Markup:
    return say_if("displayForm", None if form.family is None else form.name)


def _identity(agent: Agent) -> Iterator[Markup]:
    yield from map(_name_identifier, agent.identifiers)
    for affiliation in agent.affiliations:
        text = ", ".join(filter(None, (affiliation.name.value, affiliation.place)))
        yield say("affiliation", text, identified(affiliation))


def _name_identifier(identifier: Identifier) -> Markup:
    scheme = identifier.scheme
    stated = attributes({"type": scheme, **_SCHEME_URIS.get(scheme, {})})
    return say("nameIdentifier", identifier.value, stated)


@lru_cache(maxsize=256)
def _role(role: str) -> Markup:
    """Return a role as its vocabulary names it."""
    terms = ROLES.get(role)
    if terms is None:
        stated = {"type": "text"}
        return wrap("role", say("roleTerm", role, attributes(stated)))
    if not terms.code:
        stated = {"type": "text", "authority": "datacite"}
        return wrap("role", say("roleTerm", terms.datacite, attributes(stated)))
    authority = {
        "authority": "marcrelator",
        "authorityURI": MARC_RELATORS.removesuffix("/"),
        "valueURI": terms.marc_uri,
    }
    code = say("roleTerm", terms.code, attributes({"type": "code", **authority}))
    label = say("roleTerm", terms.label, attributes({"type": "text", **authority}))
    return wrap("role", joined(code, label))


def _printed(other: ScriptName) -> Markup:
    return joined(_form(other), _display_form(other))


def _script(agent: Agent, other: ScriptName) -> Markup:
    """Return the attributes of a name in another script: its own, then its agent's."""
    letters = " ".join(filter(None, (other.family, other.given, other.name)))
    script = script_in(other.lang) or script_of(letters)
    return joined(stated(other.lang, script), _TYPES[agent.type])


def _grantor(grantor: Organisation) -> Markup:
    parts = joined(
        say("namePart", grantor.name.value),
        *map(_name_identifier, grantor.identifiers),
        _role("dgg"),
    )
    return wrap("name", parts, joined(_CORPORATE, stated(grantor.name.lang)))


def _conference(conference: Conference) -> Markup:
    acronym = say_if("namePart", conference.acronym)
    parts = joined(
        say("namePart", conference.name.value),
        say_if("namePart", conference.dates, _DATE),
        wrap("alternativeName", acronym, _ACRONYM) if acronym else NOTHING,
    )
    return wrap("name", parts, joined(_CONFERENCE, stated(conference.name.lang)))
