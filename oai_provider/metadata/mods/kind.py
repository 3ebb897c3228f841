"""typeOfResource, genre and language: what kind of thing it is, in which language."""

from functools import lru_cache
from typing import Final

from lxml import etree

from oai_provider.metadata.elements import read_language, said, text_in
from oai_provider.metadata.item import Item, ResourceType
from oai_provider.metadata.languages import iso639_2b
from oai_provider.metadata.mods.building import inside, new, paste, say, script_in, wrap
from oai_provider.metadata.text import language_tag
from oai_provider.metadata.vocabularies import (
    COAR_RESOURCE_TYPE,
    RESOURCE_TYPES,
    resource_type_for,
)

_TYPE: Final = "typeOfResource"


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


def read_kind(root: etree._Element) -> dict[str, object]:
    """Return the resource type: by COAR if stated, else the narrowest genre known.

    A genre that no vocabulary knows is kept as the local one.
    """
    genres = [(g, text) for g in inside(root, "genre") if (text := text_in(g))]
    coar = next((c for g, _ in genres if (c := _coar_id(g))), None)
    known = (resource_type_for(text) for _, text in genres)
    broad = (resource_type_for(t) for t in map(text_in, inside(root, _TYPE)) if t)
    chosen = coar or next((id_ for id_ in (*known, *broad) if id_), None)
    local = next((t for g, t in genres if _is_local(g, t)), None)
    chosen = chosen or (local and "other")
    return said(resource_type=said(id=chosen, local=local))


def _coar_id(genre: etree._Element) -> str | None:
    uri = genre.get("valueURI", "")
    return resource_type_for(uri) if uri.startswith(COAR_RESOURCE_TYPE) else None


def _is_local(genre: etree._Element, text: str) -> bool:
    authority = genre.get("authority")
    return authority == "local" or (
        authority != "coar" and resource_type_for(text) is None
    )


def read_languages(root: etree._Element) -> dict[str, object]:
    """Return the languages of the text, not those of its summary and other parts."""
    whole = (e for e in inside(root, "language") if e.get("objectPart") is None)
    found = (language_of(element) for element in whole)
    return said(languages=[*dict.fromkeys(filter(None, found))])


def language_of(element: etree._Element) -> str | None:
    """Return the language its terms name, by the term that says most."""
    terms = sorted(inside(element, "languageTerm"), key=_says_less)
    found = (read_language(text_in(term)) for term in terms)
    return next(filter(None, found), None)


def _says_less(term: etree._Element) -> int:
    order = ("rfc5646", "rfc4646", "rfc3066", "iso639-2b", "iso639-3")
    authority = term.get("authority", "")
    return order.index(authority) if authority in order else len(order)
