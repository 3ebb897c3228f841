"""typeOfResource, genre and language: what kind of thing it is, in which language."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from lxml import etree

from oai_provider.metadata.elements import read_language, said, text_in
from oai_provider.metadata.item import Item, ResourceType
from oai_provider.metadata.languages import iso639_2b
from oai_provider.metadata.markup import (
    Markup,
    attributes,
    joined,
    say,
    say_if,
    wrap,
)
from oai_provider.metadata.mods.building import inside, script_in
from oai_provider.metadata.text import language_tag
from oai_provider.metadata.vocabularies import (
    COAR_RESOURCE_TYPE,
    RESOURCE_TYPES,
    resource_type_for,
)

_TYPE: Final = "typeOfResource"
_MARCGT: Final = attributes({"authority": "marcgt"})
_LOCAL: Final = attributes({"authority": "local"})
_ISO_639_2B, _RFC_5646, _ISO_15924 = (
    attributes({"type": "code", "authority": authority})
    for authority in ("iso639-2b", "rfc5646", "iso15924")
)


def write_kind(item: Item) -> Iterator[Markup]:
    """Yield the type of resource, then its genres, the finest last."""
    kind = item.resource_type
    if kind is None:
        return
    terms = RESOURCE_TYPES[kind.id]
    if terms.mods:
        yield say("typeOfResource", terms.mods)
    yield from write_genres(kind)


def write_genres(kind: ResourceType) -> Iterator[Markup]:
    """Yield a kind of thing as MARC, COAR and its source name it."""
    terms = RESOURCE_TYPES[kind.id]
    if terms.marcgt:
        yield say("genre", terms.marcgt, _MARCGT)
    yield _coar(terms.coar_uri)
    if kind.coar is not None and kind.coar != terms.coar_uri:
        yield _coar(kind.coar)
    if kind.local is not None:
        yield say("genre", kind.local, _LOCAL)


@lru_cache(maxsize=256)
def _coar(uri: str) -> Markup:
    """Return a genre labelled as COAR labels it, where we know."""
    known = RESOURCE_TYPES.get(resource_type_for(uri) or "")
    authority_uri = COAR_RESOURCE_TYPE.removesuffix("/")
    authority = {"authority": "coar", "authorityURI": authority_uri}
    stated = attributes({**authority, "valueURI": uri})
    return say("genre", known.coar_label if known else uri, stated)


def write_languages(item: Item) -> Iterator[Markup]:
    """Yield the languages of the text."""
    return (write_language("language", tag) for tag in item.languages)


@lru_cache(maxsize=1024)
def write_language(name: str, tag: str) -> Markup:
    """Return one language: its code of ISO 639-2, its tag where that says more."""
    code, loses = _code(tag)
    terms = joined(
        say_if("languageTerm", code, _ISO_639_2B),
        say_if("languageTerm", tag if loses else None, _RFC_5646),
        say_if("scriptTerm", script_in(tag), _ISO_15924),
    )
    return wrap(name, terms)


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
