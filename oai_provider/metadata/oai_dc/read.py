"""Simple Dublin Core read into the mapping of an item.

Dublin Core says less than the item asks, so one reading is chosen and told here:
the first title is the main one, the first description in a language the abstract,
the first date without a time of day that of publication, the first dc:source the
citation of the host. What stays unclear is not read.
"""

import re
from collections.abc import Callable
from itertools import chain
from typing import Final, TypeAlias
from urllib.parse import unquote

from lxml import etree

from oai_provider.metadata.agents import Agent
from oai_provider.metadata.edtf import edtf
from oai_provider.metadata.elements import (
    folded,
    language_in,
    read_address,
    read_date,
    read_identifier,
    read_language,
    read_shape,
    read_uri,
    said,
    text_in,
)
from oai_provider.metadata.format import FormatError
from oai_provider.metadata.oai_dc.write import (
    CLASSIFICATION,
    DC,
    EMBARGO_END,
    GRANT,
    NAMESPACE,
    VERSIONS,
)
from oai_provider.metadata.vocabularies import (
    COAR_RESOURCE_TYPE,
    EU_REPO,
    access_for,
    resource_type_for,
)
from oai_provider.protocol.xml import not_xml

# The values of one of the fifteen elements, each with its language.
Values: TypeAlias = list[tuple[str, str | None]]
Fields: TypeAlias = dict[str, object]

_CLASS: Final = re.compile(r"(UDC|DDC|LCC|GRNTI) (.+)")
_MEDIA_TYPE: Final = re.compile(r"[a-z]+/[A-Za-z0-9.+-]+")
_LABELLED: Final = re.compile(
    r"(issued|created|available|submitted|accepted|updated): *(.+)", re.IGNORECASE
)
_YEARS: Final = re.compile(r"(\d{4})-(\d{4})", re.ASCII)
# What is true of many kinds of things says least of this one.
_BROAD: Final = frozenset(("other", "text", "image", "sound"))


def read(element: etree._Element) -> dict[str, object]:
    """Return what an oai_dc:dc element says."""
    if element.tag != f"{{{NAMESPACE}}}dc":
        raise FormatError(f"<{element.tag!s}> is not oai_dc: the root is oai_dc:dc")
    values: dict[str, Values] = {}
    for child in element.iterchildren(f"{{{DC}}}*"):
        value = text_in(child)
        if value is not None:
            name = etree.QName(child).localname
            values.setdefault(name, []).append((value, language_in(child)))
    fields: Fields = {}
    for name, reader in _READERS.items():
        if name in values:
            _merge(fields, reader(values[name]))
    return fields


def _merge(fields: Fields, more: Fields) -> None:
    """Add fields; a host and lists that two elements speak of are joined."""
    for name, value in more.items():
        fields[name] = _joined(fields.get(name), value)


def _joined(before: object, value: object) -> object:
    if isinstance(before, dict) and isinstance(value, dict):
        return before | value
    if isinstance(before, list) and isinstance(value, list):
        return before + value
    return value


def _text(value: str, lang: str | None) -> Fields:
    return said(value=value, lang=lang)


def _titles(values: Values) -> Fields:
    (value, lang), *others = values
    titles = [{"type": "main", **_text(value, lang)}]
    titles += ({"type": "alternative", **_text(*other)} for other in others)
    return {"titles": titles}


def _agents(values: Values) -> list[Fields]:
    return [Agent.from_scalar(value) for value, _ in values]


def _subjects(values: Values) -> Fields:
    classes = [(_class_mark(value), value, lang) for value, lang in values]
    return said(
        subjects=[_text(value, lang) for mark, value, lang in classes if not mark],
        classification=[mark for mark, _, _ in classes if mark],
    )


def _class_mark(value: str) -> Fields | None:
    scheme, _, mark = map(str.strip, value.removeprefix(CLASSIFICATION).partition("/"))
    if value.startswith(CLASSIFICATION) and scheme and mark:
        return {"scheme": scheme, "value": mark}
    worded = _CLASS.fullmatch(value)
    return {"scheme": worded[1], "value": worded[2]} if worded else None


def _descriptions(values: Values) -> Fields:
    described: list[Fields] = []
    languages: set[str | None] = set()
    for value, lang in values:
        type_ = "notes" if lang in languages else "abstract"
        described.append({"type": type_, **_text(value, lang)})
        languages.add(lang)
    return {"descriptions": described}


def _publishers(values: Values) -> Fields:
    return {"publisher": [{"name": _text(*value)} for value in values]}


def _dates(values: Values) -> Fields:
    dates: dict[str, Fields] = {}
    # Times of day are those of machines: a date without comes first.
    for value, _ in sorted(values, key=lambda said: ":" in said[0][10:]):
        type_, written = _dated(value)
        date = {"type": type_, **read_date(written)}
        if type_ not in dates or ("date" in date and "date" not in dates[type_]):
            dates[type_] = date
    return {"dates": [*dates.values()]}


def _dated(value: str) -> tuple[str, str]:
    """Return what a date is the date of, and the date."""
    if value.startswith(EMBARGO_END):
        return "embargo_end", value.removeprefix(EMBARGO_END)
    labelled = _LABELLED.fullmatch(value)
    return (labelled[1].lower(), labelled[2]) if labelled else ("issued", value)


def _types(values: Values) -> Fields:
    terms = [value for value, _ in values]
    states = (term.removeprefix(EU_REPO) for term in terms)
    version = next((state for state in states if state in VERSIONS), None)
    terms = [term for term in terms if term.removeprefix(EU_REPO) not in VERSIONS]
    local = next((term for term in terms if not read_resource_type(term)), None)
    kind = said(id=_narrowest(terms) or (local and "other"), local=local)
    return said(resource_type=kind, version=version)


def _narrowest(terms: list[str]) -> str | None:
    """Return COAR's term if there is one, else the first that says most."""
    known = [(term, id_) for term in terms if (id_ := read_resource_type(term))]
    coar = (id_ for term, id_ in known if term.startswith(COAR_RESOURCE_TYPE))
    narrow = (id_ for _, id_ in known if id_ not in _BROAD)
    return next(chain(coar, narrow, (id_ for _, id_ in known)), None)


def read_resource_type(term: str) -> str | None:
    """Return our id for a term, or for the last word of a term's address."""
    return resource_type_for(term) or resource_type_for(term.rpartition("/")[2])


def _formats(values: Values) -> Fields:
    extents = [value for value, _ in values if not _MEDIA_TYPE.fullmatch(value)]
    return {"physical": {"extent": extents[0]}} if extents else {}


def _identifiers(values: Values) -> Fields:
    identifiers = [read_identifier(value) for value, _ in values]
    page = None
    if identifiers[0]["scheme"] == "url":
        page = read_address(values[0][0])
    return said(landing_page=page, identifiers=identifiers[1:] if page else identifiers)


def _sources(values: Values) -> Fields:
    first, *others = (value for value, _ in values)
    return said(host={"citation_text": first}, related=[*map(_related, others)])


def _languages(values: Values) -> Fields:
    found = (read_language(value) for value, _ in values)
    return said(languages=[*dict.fromkeys(filter(None, found))])


def _relations(values: Values) -> Fields:
    funding: list[Fields] = []
    serials: list[Fields] = []
    related: list[Fields] = []
    for value, _ in values:
        identifier = read_identifier(value)
        if grant := _grant(value):
            funding.append(grant)
        elif identifier["scheme"] == "issn":
            serials.append(identifier)
        else:
            related.append(_related(value))
    return said(funding=funding, related=related, host=said(identifiers=serials))


def _related(value: str) -> Fields:
    """Return a resource that is related in a way that is not told."""
    identifier = read_identifier(value)
    if identifier["scheme"] == "local":
        return {"relation": "Other", "citation": value}
    return {"relation": "Other", "identifier": identifier}


def _grant(value: str) -> Fields | None:
    if not value.startswith(GRANT):
        return None
    parts = [folded(unquote(part)) for part in value.removeprefix(GRANT).split("/")]
    funder, number, title = (parts[n] if n < len(parts) else None for n in (0, 2, 4))
    if not (funder and number) or not_xml(unquote(value)):
        return None
    return {"funder": {"name": funder}, "award": said(number=number, title=title)}


def _coverages(values: Values) -> Fields:
    places: list[Fields] = []
    periods: list[Fields] = []
    for value, lang in values:
        if span := _span(value):
            periods.append(span)
        elif shape := _shape(value):
            places.append(shape)
        else:
            (periods if value[0].isdigit() else places).append(
                {"name": _text(value, lang)}
            )
    return said(places=places, periods=periods)


def _span(value: str) -> Fields | None:
    start, slash, end = _YEARS.sub(r"\1/\2", value).partition("/")
    try:
        edtf(f"{start}/{end}" if slash else start)
    except ValueError:
        return None
    bounds = {"start": start, "end": end if slash else start}
    return {name: bound for name, bound in bounds.items() if bound not in ("", "..")}


def _shape(value: str) -> Fields:
    """Return a point or box of the DCMI schemes."""
    pairs = (part.partition("=") for part in value.split(";"))
    limits = {name.strip(): number.strip() for name, _, number in pairs}
    if limits.keys() == {"east", "north"}:
        point = {"longitude": limits["east"], "latitude": limits["north"]}
        return read_shape(point=point)
    sides = {f"{side}limit": side for side in ("north", "south", "west", "east")}
    if limits.keys() == sides.keys():
        return read_shape(box={side: limits[limit] for limit, side in sides.items()})
    return {}


def _rights(values: Values) -> Fields:
    access = None
    licenses: list[Fields] = []
    statements: list[Fields] = []
    holder = None
    for value, lang in values:
        if found := access_for(value):
            access = found
        elif read_uri(value):
            licenses.append({"uri": value})
        elif value.startswith("© ") and holder is None:
            holder = value.removeprefix("© ")
        else:
            statements.append(_text(value, lang))
    rights = said(
        access=access, licenses=licenses, statements=statements, holder=holder
    )
    return {"rights": rights}


_READERS: Final[dict[str, Callable[[Values], Fields]]] = {
    "title": _titles,
    "creator": lambda values: {"creators": _agents(values)},
    "contributor": lambda values: {"contributors": _agents(values)},
    "subject": _subjects,
    "description": _descriptions,
    "publisher": _publishers,
    "date": _dates,
    "type": _types,
    "format": _formats,
    "identifier": _identifiers,
    "source": _sources,
    "language": _languages,
    "relation": _relations,
    "coverage": _coverages,
    "rights": _rights,
}
