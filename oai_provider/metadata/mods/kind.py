"""typeOfResource, genre and language: what kind of thing it is, in which language."""

from functools import lru_cache

from lxml import etree

from oai_provider.metadata.item import Item, ResourceType
from oai_provider.metadata.languages import iso639_2b
from oai_provider.metadata.mods.building import new, paste, say, script_in, wrap
from oai_provider.metadata.text import language_tag
from oai_provider.metadata.vocabularies import (
    COAR_RESOURCE_TYPE,
    RESOURCE_TYPES,
    resource_type_for,
)


def write_kind(root: etree._Element, item: Item) -> None:
    """Write the type of resource, then its genres, the finest last."""
    kind = item.resource_type
    if kind is None:
        return
    terms = RESOURCE_TYPES[kind.id]
    if terms.mods:
        say(root, "typeOfResource", terms.mods)
    write_genres(root, kind)


def write_genres(parent: etree._Element, kind: ResourceType) -> None:
    """Write a kind of thing as MARC, COAR and its source name it."""
    terms = RESOURCE_TYPES[kind.id]
    if terms.marcgt:
        say(parent, "genre", terms.marcgt, {"authority": "marcgt"})
    _write_coar(parent, terms.coar_uri)
    if kind.coar is not None and kind.coar != terms.coar_uri:
        _write_coar(parent, kind.coar)
    if kind.local is not None:
        say(parent, "genre", kind.local, {"authority": "local"})


def _write_coar(parent: etree._Element, uri: str) -> None:
    paste(parent, _coar(uri))


@lru_cache(maxsize=256)
def _coar(uri: str) -> etree._Element:
    """Return a genre to be copied, labelled as COAR labels it where we know."""
    known = RESOURCE_TYPES.get(resource_type_for(uri) or "")
    authority_uri = COAR_RESOURCE_TYPE.removesuffix("/")
    authority = {"authority": "coar", "authorityURI": authority_uri}
    element = new("genre", {**authority, "valueURI": uri})
    element.text = known.coar_label if known else uri
    return element


def write_languages(root: etree._Element, item: Item) -> None:
    """Write the languages of the text."""
    for tag in item.languages:
        write_language(root, "language", tag)


def write_language(parent: etree._Element, name: str, tag: str) -> None:
    """Write one language: its code of ISO 639-2, its tag where that says more."""
    element = wrap(parent, name)
    code, loses = _code(tag)
    if code is not None:
        attributes = {"type": "code", "authority": "iso639-2b"}
        say(element, "languageTerm", code, attributes)
    if loses:
        attributes = {"type": "code", "authority": "rfc5646"}
        say(element, "languageTerm", tag, attributes)
    script = script_in(tag)
    if script is not None:
        attributes = {"type": "code", "authority": "iso15924"}
        say(element, "scriptTerm", script, attributes)


@lru_cache(maxsize=1024)
def _code(tag: str) -> tuple[str | None, bool]:
    """Return the code for a tag, and whether it says less than the tag."""
    code = iso639_2b(tag)
    return code, code is None or language_tag(code) != tag
