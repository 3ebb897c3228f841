"""An endpoint that is asked once for each thing, however many rules want to know it.

What is needed to check a rule and is not there raises `NotChecked`, with the reason.
Samples are drawn by a seed, so that the same is asked again.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from random import Random
from typing import Final, TypeVar

from lxml import etree

from oai_provider.metadata.oai_dc.write import NAMESPACE, SCHEMA
from oai_provider.protocol.datestamp import (
    DatestampError,
    Granularity,
    format_datestamp,
    parse_datestamp,
)
from oai_provider.protocol.names import OAI_NS
from oai_provider.validator import answers
from oai_provider.validator.answers import Format, Header, Set, Token
from oai_provider.validator.exchange import Exchange, Request, child_text, text
from oai_provider.validator.finding import NotChecked
from oai_provider.validator.shelf import Shelf
from oai_provider.validator.transport import Bounded, Exhausted, Parallel, Transport
from oai_provider.xsd import CONTAINERS, SchemaFault, Schemas

T = TypeVar("T")

_PATIENCE: Final = 5
"""Requests in a row without an answer, before no more are made."""
_LISTS: Final = frozenset({"ListRecords", "ListIdentifiers"})
_IN_VAIN: Final = 3
"""Pages in a row that bring nothing new, before a list is read no further."""
BUSY: Final = frozenset({429, 502, 503, 504})
"""What servers say that cannot answer now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """How closely is looked."""

    name: str
    requests: int
    """At the most."""
    pages: int
    """Of a list, at the most."""
    samples: int
    """Of each kind of record."""


# Below what is promised, tries and redirects of the last one among them.
QUICK: Final = Depth(name="quick", requests=54, pages=2, samples=1)
USUAL: Final = Depth(name="default", requests=294, pages=4, samples=3)
_ALL: Final = 1_000_000_000
WHOLE: Final = Depth(name="whole", requests=_ALL, pages=_ALL, samples=3)
"""All pages of lists are read, and held in memory."""
DEPTHS: Final = {depth.name: depth for depth in (QUICK, USUAL, WHOLE)}


class Endpoint:
    """An endpoint under test."""

    def __init__(
        self,
        base_url: str,
        transport: Transport,
        *,
        schemas: Schemas,
        depth: Depth = USUAL,
        seed: int = 0,
    ) -> None:
        self.base_url = base_url
        self.schemas = schemas
        self.depth = depth
        self.seed = seed
        self._transport = transport
        self._known: dict[Request, Exchange] = {}
        self._others: dict[Request, Exchange] = {}
        self._shelf = Shelf()
        self._silent = 0
        self.made = 0
        """Requests that were made, those that had to be made again counted too."""

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """All that was asked and answered until now."""
        return tuple(self._known.values())

    def send(self, request: Request) -> Exchange:
        """Return the answer to a request, which is made once."""
        known = self._known.get(request)
        if known is not None:
            return known
        if self._silent >= _PATIENCE:
            raise NotChecked("the endpoint has stopped answering")
        with self._allowed():
            exchange = self._transport.send(request)
        is_long = self.depth is WHOLE and request.verb in _LISTS
        exchange = self._shelf.keep(exchange, is_long=is_long)
        self._known[request] = exchange
        self.made += exchange.requests
        is_silent = not exchange.status or exchange.status in BUSY
        self._silent = self._silent + 1 if is_silent else 0
        return exchange

    @contextmanager
    def _allowed(self, requests: int = 1) -> Iterator[None]:
        """Allow the transport what is left; where that is not enough, none is left."""
        if self.made + requests > self.depth.requests:
            raise NotChecked(f"all {self.depth.requests} requests allowed were made")
        if self.depth is not WHOLE:
            self._shelf.refuse_more()
        if isinstance(self._transport, Bounded):
            self._transport.allow(self.depth.requests - self.made)
        try:
            yield
        except Exhausted:
            self.made = self.depth.requests
            raise

    def send_at_once(self, *requests: Request) -> tuple[Exchange, ...]:
        """Return the answers to a few requests that are made at one time, once."""
        if not all(request in self._known for request in requests):
            if not isinstance(self._transport, Parallel):
                raise NotChecked("requests are made one at a time here")
            with self._allowed(len(requests)):
                exchanges = self._transport.send_at_once(requests)
            for exchange in exchanges:
                self._known[exchange.request] = self._shelf.keep(exchange)
                self.made += exchange.requests
        return tuple(self._known[request] for request in requests)

    def elsewhere(self, url: str) -> Exchange:
        """Return what is at another address, which is asked once."""
        request = Request(arguments=(), url=url)
        if request not in self._others:
            with self._allowed():
                self._others[request] = self._transport.send(request)
            self.made += 1
        return self._others[request]

    def ask(self, verb: str, **arguments: str) -> Exchange:
        """Return the answer to a verb and arguments; `from_` stands for `from`."""
        named = ((name.rstrip("_"), value) for name, value in arguments.items())
        return self.send(Request(arguments=(("verb", verb), *named)))

    def answered(self, verb: str, **arguments: str) -> Exchange:
        """Return the answer, if it is one to the verb; raises `NotChecked`."""
        exchange = self.ask(verb, **arguments)
        if exchange.answer is None:
            asked = ", ".join(f"{n} {v}" for n, v in arguments.items())
            with_ = f" with {asked}" if asked else ""
            raise NotChecked(f"{verb}{with_} was answered by {exchange.told}")
        return exchange

    @cached_property
    def identify(self) -> etree._Element:
        """The <Identify> element."""
        return _required(self.answered("Identify").answer)

    @property
    def identified(self) -> Exchange:
        """The exchange of Identify."""
        return self.answered("Identify")

    @cached_property
    def granularity(self) -> Granularity:
        """The granularity that Identify declares."""
        told = child_text(self.identify, "granularity")
        if told not in [*Granularity]:
            raise NotChecked(f"Identify declares the granularity {told!r}")
        return Granularity(told)

    @cached_property
    def formats(self) -> tuple[Format, ...]:
        """The formats of the repository."""
        return answers.formats(self.answered("ListMetadataFormats"))

    @cached_property
    def prefix(self) -> str:
        """The metadataPrefix by which lists are asked for: oai_dc if it is there."""
        exchange = self.ask("ListMetadataFormats")
        prefixes = [one.prefix for one in answers.formats(exchange)]
        return "oai_dc" if "oai_dc" in prefixes or not prefixes else prefixes[0]

    @cached_property
    def has_sets(self) -> bool:
        """Whether ListSets lists sets."""
        return "noSetHierarchy" not in self.ask("ListSets").codes

    @cached_property
    def sets(self) -> tuple[Set, ...]:
        """The sets that are listed, as far as pages are read."""
        if not self.has_sets:
            raise NotChecked("the repository has no sets")
        pages = self.walk("ListSets")
        return tuple(one for page in pages for one in answers.sets(page))

    def repository_identifier(self) -> str:
        """Return what an oai-identifier description says; raises `NotChecked`."""
        name = f"{{{OAI_NS}oai-identifier}}repositoryIdentifier"
        found = next(self.identify.iter(name), None)
        if found is None:
            raise NotChecked("Identify has no oai-identifier description")
        return text(found)

    def container_faults(
        self, element: etree._Element
    ) -> tuple[SchemaFault, ...] | None:
        """Return what breaks the schema of what stands in a container.

        None where no schema is known. Any container may hold Dublin Core.
        """
        namespace = etree.QName(element).namespace
        if namespace == NAMESPACE:
            return self.schemas.faults(element, SCHEMA)
        if namespace in [*map(self.schemas.namespace, CONTAINERS)]:
            return self.schemas.container_faults(element)
        return None

    def known_schema(self, url: str) -> str | None:
        """Return the address by which the catalogue knows a schema."""
        plain = url.replace("https:", "http:", 1)
        return next((u for u in (url, plain) if self.schemas.knows(u)), None)

    def list_arguments(self) -> dict[str, str]:
        """Return the arguments of a list of all that there is."""
        return {"metadataPrefix": self.prefix}

    def a_list(self) -> Exchange:
        """Return the answer to ListRecords, whatever it is."""
        return self.ask("ListRecords", **self.list_arguments())

    def walk(self, verb: str, **arguments: str) -> tuple[Exchange, ...]:
        """Return the pages of a list, as many as the depth allows.

        It is read no further where nothing new comes. Raises `NotChecked` where the
        first is no page.
        """
        pages = [self.answered(verb, **arguments)]
        seen: set[str] = set()
        met, stale = set(answers.names(pages[0])), 0
        while len(pages) < self.depth.pages and stale < _IN_VAIN:
            value = way_on(pages[-1])
            if not value or value in seen:
                break
            seen.add(value)
            page = self.ask(verb, resumptionToken=value)
            if page.answer is None:
                break
            pages.append(page)
            news = {*answers.names(page)} - met
            met |= news
            stale = 0 if news else stale + 1
        return tuple(pages)

    @cached_property
    def records(self) -> tuple[Header, ...]:
        """The headers of the records that were met.

        Those of the first pages; where there are more, those of a page that begins at
        a date drawn by chance, and of one of the last month.
        """
        return self.listed(self.list_arguments())

    def listed(self, arguments: Mapping[str, str]) -> tuple[Header, ...]:
        """Return the headers of the records of a list that were met."""
        pages = self.walk("ListRecords", **arguments)
        found = [one for page in pages for one in answers.headers(page)]
        if not way_on(pages[-1]):
            return tuple(found)
        known = {one.identifier for one in found}
        for date in self._dates(found):
            page = self.ask("ListRecords", **arguments, from_=date)
            more = [h for h in answers.headers(page) if h.identifier not in known]
            found += more
            known |= {one.identifier for one in more}
        return tuple(found)

    def _dates(self, known: list[Header]) -> tuple[str, ...]:
        """Return a date drawn by chance after what is known, and a month ago."""
        now = text(self.identified.child("responseDate"))
        dates = [h.datestamp for h in known if is_date(h.datestamp)]
        if not dates or not is_date(now):
            return ()
        first, last = parse_datestamp(max(dates))[0], parse_datestamp(now)[0]
        chance = Random(self.seed).random()  # noqa: S311 - no secret is made of it
        drawn = first + max(last - first, timedelta()) * chance
        month_ago = max(first, last - timedelta(days=30))
        granularity = answers.granularity(self.identify)
        return tuple(format_datestamp(d, granularity) for d in (drawn, month_ago))

    @cached_property
    def live(self) -> tuple[Header, ...]:
        """Records that are not deleted: the first, the last, and others by chance."""
        return self._sample(lambda h: not h.is_deleted and bool(h.identifier))

    @cached_property
    def deleted(self) -> tuple[Header, ...]:
        """Records that are deleted."""
        return self._sample(lambda h: h.is_deleted and bool(h.identifier))

    def some_live(self) -> tuple[Header, ...]:
        """Return records that are not deleted; raises `NotChecked` without any."""
        if not self.live:
            raise NotChecked("no record that is not deleted was met")
        return self.live

    def some_deleted(self) -> tuple[Header, ...]:
        """Return records that are deleted; raises `NotChecked` without any."""
        if not self.deleted:
            raise NotChecked("no deleted record was met")
        return self.deleted

    def dated(self) -> tuple[Header, ...]:
        """Return samples whose datestamps can be read, the oldest first."""
        legal = [one for one in (*self.live, *self.deleted) if is_date(one.datestamp)]
        if not legal:
            raise NotChecked("no record with a datestamp that can be read was met")
        return tuple(sorted(legal, key=lambda h: h.datestamp))

    def is_told_truly(self, of: Header) -> bool:
        """Tell whether a record can be asked for by its datestamp as it is told."""
        date = of.datestamp
        return is_date(date) and parse_datestamp(date)[1] is self.granularity

    def a_token(self, verb: str = "ListRecords") -> Token:
        """Return the token of the first page; raises `NotChecked` without one."""
        arguments = {} if verb == "ListSets" else self.list_arguments()
        found = answers.tokens(self.answered(verb, **arguments))
        if not found or not found[0].value:
            raise NotChecked(f"{verb} is complete on its first page: no token to try")
        return found[0]

    def basics(self) -> tuple[Exchange, ...]:
        """Ask what every judgement begins with, and return all that is known."""
        for verb in ("Identify", "ListMetadataFormats", "ListSets"):
            self.ask(verb)
        for verb in ("ListIdentifiers", "ListRecords"):
            self.ask(verb, **self.list_arguments())
        self.ask("NoSuchVerb")
        try:
            for one in (*self.live[:1], *self.deleted[:1]):
                self.record(one)
        except NotChecked:
            # Then there is nothing more to be known.
            pass
        # The answer to HEAD has no body that could be judged.
        return tuple(e for e in self.exchanges if e.request.method != "HEAD")

    def asking_for(self, of: Header) -> Request:
        """Return a request for a record that is not the usual one."""
        pairs = (("identifier", of.identifier), ("metadataPrefix", self.prefix))
        return Request(arguments=(("verb", "GetRecord"), *pairs), round=1)

    def record(self, of: Header, prefix: str = "") -> Exchange:
        """Return the answer to GetRecord for what was listed."""
        return self.ask(
            "GetRecord",
            identifier=of.identifier,
            metadataPrefix=prefix or self.prefix,
        )

    def _sample(self, is_wanted: Callable[[Header], bool]) -> tuple[Header, ...]:
        found = [one for one in self.records if is_wanted(one)]
        if len(found) <= self.depth.samples:
            return tuple(found)
        chance = Random(self.seed)  # noqa: S311 - no secret is made of it
        among = chance.sample(range(1, len(found) - 1), max(0, self.depth.samples - 2))
        places = [0, *sorted(among), len(found) - 1][: self.depth.samples]
        return tuple(found[place] for place in places)


def way_on(page: Exchange) -> str:
    """Return the value of the token of a page, empty if the list ends there."""
    found = answers.tokens(page)
    return found[0].value if found else ""


def is_date(value: str) -> bool:
    """Tell whether a text is a UTCdatetime."""
    try:
        parse_datestamp(value)
    except DatestampError:
        return False
    return True


def _required(value: T | None) -> T:
    if value is None:
        raise NotChecked("it was not answered")
    return value
