"""A repository that answers as the examples in the specification do.

It is written from the text of OAI-PMH 2.0 alone, and shares nothing with the provider
that is judged elsewhere. What it holds is ours; the forms are those of the examples.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Final
from urllib.parse import parse_qsl, urlencode
from xml.sax.saxutils import escape, quoteattr

from oai_provider.harvester.addressing import with_query
from oai_provider.protocol.names import is_any_uri
from oai_provider.protocol.xml import not_xml
from oai_provider.validator.exchange import FORM, Exchange, Pairs, Request

XSI: Final = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
NOW: Final = "2024-05-01T10:20:30Z"
DAY: Final = "YYYY-MM-DD"
SECOND: Final = "YYYY-MM-DDThh:mm:ssZ"
DC: Final = (
    "http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
    "http://www.openarchives.org/OAI/2.0/oai_dc/",
)
_DATES: Final = {10: "%Y-%m-%d", 20: "%Y-%m-%dT%H:%M:%SZ"}
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?")
_NAME: Final = r"[\w.!~*'():-]+"
_LIST: Final = (frozenset({"metadataPrefix"}), frozenset({"from", "until", "set"}))
_NONE: Final[frozenset[str]] = frozenset()
# Required and optional, of each verb.
_VERBS: Final = {
    "Identify": (_NONE, _NONE),
    "ListSets": (_NONE, _NONE),
    "ListMetadataFormats": (_NONE, frozenset({"identifier"})),
    "GetRecord": (frozenset({"identifier", "metadataPrefix"}), _NONE),
    "ListIdentifiers": _LIST,
    "ListRecords": _LIST,
}
_LISTS: Final = frozenset({"ListSets", "ListIdentifiers", "ListRecords"})

Given = Mapping[str, str]
Format = tuple[str, str]
Answer = Callable[["Repository", str, Mapping[str, str], int], Iterator[str]]


def dublin_core(*elements: tuple[str, str], attributes: str = "") -> str:
    """Return metadata as the examples write them, over several lines."""
    said = "\n".join(f"   <dc:{n}>{escape(text)}</dc:{n}>" for n, text in elements)
    return (
        f'\n <oai_dc:dc\n  xmlns:oai_dc="{DC[1]}"\n'
        f'  xmlns:dc="http://purl.org/dc/elements/1.1/"\n  {XSI}\n'
        f'  xsi:schemaLocation="{DC[1]} \n      {DC[0]}"{attributes}>\n{said}\n'
        f" </oai_dc:dc>\n"
    )


def titled(title: str) -> str:
    """Return metadata of which only the title matters."""
    return dublin_core(("title", title), ("date", "2001-12-14"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item, with its metadata by prefix."""

    identifier: str
    datestamp: str
    set_specs: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()
    """Sets it is in, though its header does not say so."""
    metadata: Mapping[str, str]
    deleted: frozenset[str] = frozenset()
    """The prefixes of records that were withdrawn."""
    about: str = ""

    def has(self, prefix: str) -> bool:
        """Tell whether there is a record, deleted or not."""
        return prefix in self.metadata or prefix in self.deleted


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a repository writes and answers, where that is left to it."""

    page: int = 0
    """Entries of an incomplete list; 0 for all at once."""
    are_headers_paged: bool = True
    has_token_attributes: bool = True
    is_hasty: bool = False
    """Whether of two errors the less obvious one is told."""
    is_echoing: bool = False
    """Whether requests with illegal arguments are repeated."""
    estimate: int = 0
    """What completeListSize is wrong by at first."""
    has_error_texts: bool = True
    content_type: str = "text/xml; charset=UTF-8"
    has_date: bool = True
    has_gzip: bool = False
    written: Callable[[str], str] = lambda xml: xml
    """The response as it is sent."""
    bytes_before: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """What a repository says of itself, and what it holds."""

    items: tuple[Item, ...] = ()
    base_url: str = "http://archive.example.edu/cgi-bin/oai"
    name: str = "An Archive"
    emails: tuple[str, ...] = ("somebody@archive.example.edu",)
    earliest: str = "1990-02-01"
    deleted_record: str = "no"
    granularity: str = DAY
    compressions: tuple[str, ...] = ()
    descriptions: tuple[str, ...] = ()
    formats: Mapping[str, Format] = field(default_factory=lambda: {"oai_dc": DC})
    sets: tuple[tuple[str, str, str], ...] = ()
    """The setSpec, the name and the description of each."""
    manner: Manner = Manner()

    def send(self, request: Request) -> Exchange:
        """Return the exchange, as a transport does; nothing else can be reached."""
        if request.url:
            return Exchange(request=request, failure="no route to host")
        is_post = request.method == "POST"
        pairs = parse_qsl(request.form, keep_blank_values=True)
        sent = dict(request.headers)
        kind = sent.get("Content-Type", FORM).partition(";")[0]
        assert kind == FORM
        body = self.manner.written(self._response(tuple(pairs))).encode()
        headers = {"Content-Type": self.manner.content_type}
        if self.manner.has_date:
            headers["Date"] = "Wed, 01 May 2024 10:20:31 GMT"
        if self.manner.has_gzip and sent.get("Accept-Encoding") != "identity":
            headers["Content-Encoding"] = "gzip"
        if (coding := sent.get("Accept-Encoding")) in self.compressions:
            headers["Content-Encoding"] = str(coding)
        return Exchange(
            request=request,
            url=self.base_url if is_post else with_query(self.base_url, request.form),
            status=200,
            headers=tuple(headers.items()),
            body=self.manner.bytes_before + body,
            seconds=0.1,
        )

    def send_at_once(self, requests: Sequence[Request]) -> tuple[Exchange, ...]:
        """Return the exchanges, one after the other."""
        return tuple(map(self.send, requests))

    def _response(self, pairs: Pairs) -> str:
        legal = {n: value for n, value in pairs if not not_xml(value)}
        echoed = "".join(f" {n}={quoteattr(value)}" for n, value in legal.items())
        try:
            content = _answered(self, pairs)
        except Refused as error:
            text = error.text if self.manner.has_error_texts else ""
            content = f'<error code="{error.code}">{text}</error>'
            if error.code in {"badVerb", "badArgument"} and not self.manner.is_echoing:
                echoed = ""
        return (
            '<?xml version="1.0" encoding="UTF-8" ?>\n'
            f'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" \n  {XSI}\n'
            '  xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/\n'
            '         http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd">\n'
            f"  <responseDate>{NOW}</responseDate>\n"
            f"  <request{echoed}>\n    {escape(self.base_url)}</request>\n"
            f"  {content}\n</OAI-PMH>\n"
        )


class Refused(Exception):
    """A request has an error for its answer."""

    def __init__(self, code: str, text: str = "It cannot be answered") -> None:
        super().__init__(code)
        self.code = code
        self.text = text


def _answered(of: Repository, pairs: Pairs) -> str:
    verbs = [value for name, value in pairs if name == "verb"]
    if of.manner.is_hasty:
        _refuse_in_haste(of, verbs, pairs)
    if len(verbs) != 1 or verbs[0] not in _VERBS:
        raise Refused("badVerb", "Illegal OAI verb")
    verb, names = verbs[0], [name for name, _ in pairs if name != "verb"]
    given = {name: value for name, value in pairs if name != "verb"}
    if len(names) > len(given):
        raise Refused("badArgument", "An argument is repeated")
    cursor = 0
    if verb in _LISTS and names == ["resumptionToken"]:
        cursor, given = _resumed(verb, given["resumptionToken"])
    required, optional = _VERBS[verb]
    is_complete = required <= given.keys() <= required | optional
    if not is_complete or not all(map(_is_legal, given.items())):
        raise Refused("badArgument", "Arguments are missing or illegal")
    found = "".join(_ANSWERS[verb](of, verb, given, cursor))
    return f"<{verb}>{found}</{verb}>"


_ARGUMENTS: Final = frozenset({"verb"}).union(*chain.from_iterable(_VERBS.values()))


def _refuse_in_haste(of: Repository, verbs: list[str], pairs: Pairs) -> None:
    names = {name for name, value in pairs if _is_legal((name, value))}
    if len(verbs) > 1:
        raise Refused("badArgument", "The verb is repeated")
    # What no request has is not repeated in an answer that is valid.
    if not of.sets and verbs == ["ListSets"] and names <= _ARGUMENTS:
        raise Refused("noSetHierarchy", "This repository has no sets")
    if not of.sets and "set" in names and verbs != ["GetRecord"]:
        raise Refused("noRecordsMatch", "There is no such set")


def _is_legal(argument: tuple[str, str]) -> bool:
    name, value = argument
    if not_xml(value) or (name == "identifier" and not is_any_uri(value)):
        return False
    is_name = name in {"metadataPrefix", "set"}
    return re.fullmatch(_NAME if is_name else ".+", value) is not None


def _resumed(verb: str, token: str) -> tuple[int, dict[str, str]]:
    begun, _, rest = token.partition("/")
    cursor, _, arguments = rest.partition("?")
    if begun != verb or not cursor.isdigit():
        raise Refused("badResumptionToken", "The token is none of ours")
    return int(cursor), dict(parse_qsl(arguments))


def _identify(of: Repository, *_: object) -> Iterator[str]:
    yield f"\n<repositoryName>{escape(of.name)}</repositoryName>\n"
    yield f"<baseURL>{escape(of.base_url)}</baseURL>\n"
    yield "<protocolVersion>2.0</protocolVersion>\n"
    yield from (f"<adminEmail>{escape(e)}</adminEmail>\n" for e in of.emails)
    yield f"<earliestDatestamp>{of.earliest}</earliestDatestamp>\n"
    yield f"<deletedRecord>{of.deleted_record}</deletedRecord>\n"
    yield f"<granularity>{of.granularity}</granularity>\n"
    yield from (f"<compression>{c}</compression>\n" for c in of.compressions)
    yield from (f"<description>{d}</description>\n" for d in of.descriptions)


def _list_formats(of: Repository, _verb: str, given: Given, _: int) -> Iterator[str]:
    prefixes = [*of.formats]
    if "identifier" in given:
        prefixes = [*_item(of, given["identifier"]).metadata]
    if not prefixes:
        raise Refused("noMetadataFormats", "The item is in no format")
    for prefix in prefixes:
        schema, namespace = of.formats[prefix]
        yield (
            f"\n<metadataFormat><metadataPrefix>{prefix}</metadataPrefix>\n"
            f"<schema>{schema}\n   </schema>\n<metadataNamespace>{namespace}\n"
            "   </metadataNamespace></metadataFormat>"
        )


def _list_sets(of: Repository, verb: str, given: Given, cursor: int) -> Iterator[str]:
    if not of.sets:
        raise Refused("noSetHierarchy", "This repository has no sets")
    listed = [
        f"<set><setSpec>{spec}</setSpec><setName>{escape(name)}</setName>"
        f"{said and f'<setDescription>{said}</setDescription>'}</set>\n"
        for spec, name, said in of.sets
    ]
    return _page(of.manner, listed, (verb, given, cursor))


def _get_record(of: Repository, _verb: str, given: Given, _: int) -> Iterator[str]:
    item, prefix = _item(of, given["identifier"]), given["metadataPrefix"]
    if not item.has(prefix):
        raise Refused("cannotDisseminateFormat", "The item is not in this format")
    yield _record(item, prefix)


def _list_records(
    of: Repository, verb: str, given: Given, cursor: int
) -> Iterator[str]:
    prefix = given["metadataPrefix"]
    found = _selected(of, given)
    write = _record if verb == "ListRecords" else _header
    listed = [write(item, prefix) for item in found]
    if not listed:
        raise Refused("noRecordsMatch", "The list is empty")
    return _page(of.manner, listed, (verb, given, cursor))


_ANSWERS: Final[Mapping[str, Answer]] = {
    "Identify": _identify,
    "ListMetadataFormats": _list_formats,
    "ListSets": _list_sets,
    "GetRecord": _get_record,
    "ListIdentifiers": _list_records,
    "ListRecords": _list_records,
}


def _item(of: Repository, identifier: str) -> Item:
    for item in of.items:
        if item.identifier == identifier:
            return item
    raise Refused("idDoesNotExist", "There is no such item")


def _selected(of: Repository, given: Given) -> list[Item]:
    """Return the items of a list, in no order but that in which they are held."""
    prefix = given["metadataPrefix"]
    first, last = (given.get(name, "") for name in ("from", "until"))
    _refuse_dates(of, first, last)
    if "set" in given and not of.sets:
        raise Refused("noSetHierarchy", "This repository has no sets")
    if prefix not in of.formats:
        raise Refused("cannotDisseminateFormat", "There is no such format")
    return [
        item
        for item in of.items
        if item.has(prefix)
        and first <= item.datestamp[: len(first)]
        and item.datestamp[: len(last)] <= last
        and (
            "set" not in given
            or any(
                f"{spec}:".startswith(f"{given['set']}:")
                for spec in (*item.set_specs, *item.untold)
            )
        )
    ]


def _refuse_dates(of: Repository, first: str, last: str) -> None:
    dates = [date for date in (first, last) if date]
    try:
        for date in dates:
            if not _DATE.fullmatch(date):
                raise Refused("badArgument", "A date is illegal")
            datetime.strptime(date, _DATES[len(date)])  # noqa: DTZ007 - it is only read
    except ValueError:
        raise Refused("badArgument", "There is no such day") from None
    sizes = {len(date) for date in dates}
    is_too_fine = sizes and max(sizes) > len(of.earliest)
    if is_too_fine or len(sizes) > 1 or (last and first > last):
        raise Refused("badArgument", "The dates do not fit")


def _header(item: Item, prefix: str) -> str:
    status = ' status="deleted"' if prefix in item.deleted else ""
    specs = "".join(f"\n <setSpec>{spec}</setSpec>" for spec in item.set_specs)
    return (
        f"\n<header{status}>\n <identifier>{escape(item.identifier)}</identifier>\n"
        f" <datestamp>{item.datestamp}</datestamp>{specs}\n</header>"
    )


def _record(item: Item, prefix: str) -> str:
    rest = ""
    if prefix not in item.deleted:
        about = f"<about>{item.about}</about>" if item.about else ""
        rest = f"<metadata>{item.metadata[prefix]}</metadata>{about}"
    return f"<record>{_header(item, prefix)}{rest}</record>"


def _page(
    manner: Manner, listed: list[str], at: tuple[str, Given, int]
) -> Iterator[str]:
    verb, given, cursor = at
    size, end = len(listed), cursor + manner.page
    is_whole = verb == "ListIdentifiers" and not manner.are_headers_paged
    if not manner.page or size <= manner.page or is_whole:
        return iter(listed)
    value, expires = "", ""
    if end < size:
        value = escape(f"{verb}/{end}?{urlencode(given)}")
        size += manner.estimate
        expires = '\n  expirationDate="2024-05-01T23:20:00Z"'
    told = f'{expires}\n  completeListSize="{size}" cursor="{cursor}"'
    attributes = told if manner.has_token_attributes else ""
    token = f"\n<resumptionToken{attributes}>{value}</resumptionToken>"
    return chain(listed[cursor:end], [token])
