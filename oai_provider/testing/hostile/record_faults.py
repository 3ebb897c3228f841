"""Faults of what is listed: the records, which of them, their dates and deletions."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from oai_provider.protocol.datestamp import Granularity
from oai_provider.protocol.model import (
    DeletedRecord,
    Header,
    Headers,
    Identity,
    Record,
    Records,
    Response,
    ResumptionToken,
)
from oai_provider.protocol.request import (
    ListRecords,
    Pairs,
    Parsed,
    Selection,
    parse,
)
from oai_provider.protocol.xml import Payload
from oai_provider.testing.hostile.fault import Fault, Hook, Visit
from oai_provider.testing.hostile.holdings import includes
from oai_provider.testing.hostile.repository import Ways, token_of
from oai_provider.testing.values import OAI_DC

_DAY: Final = timedelta(days=1)
_EVERYTHING: Final = Selection(metadata_prefix=OAI_DC.metadata_prefix)
_TITLE: Final = b"<dc:title>"

Change = Callable[[Visit, Sequence[Record]], Sequence[Record]]


def _page(change: Change) -> Hook[Response]:
    """Return a hook that changes the records of a page of ListRecords."""

    def say(visit: Visit, response: Response) -> Response:
        body = response.body
        if not isinstance(body, Records):
            return response
        changed = replace(body, records=change(visit, body.records))
        return replace(response, body=changed)

    return say


def _marked(change: Callable[[Record], Sequence[Record]]) -> Hook[Response]:
    """Return a hook that changes one record, in lists and alone."""

    def swap(visit: Visit, records: Sequence[Record]) -> list[Record]:
        return [
            new
            for record in records
            for new in (
                change(record)
                if record.header.identifier == visit.marked
                else (record,)
            )
        ]

    def say(visit: Visit, response: Response) -> Response:
        if isinstance(response.body, Record):
            (record, *_) = swap(visit, [response.body])
            return replace(response, body=record)
        return _page(swap)(visit, response)

    return say


def _content(change: Callable[[bytes], bytes]) -> Hook[Response]:
    """Return a hook that changes the metadata of one record."""

    def swap(record: Record) -> Sequence[Record]:
        if record.metadata is None:
            return (record,)
        return (record._replace(metadata=Payload(change(record.metadata.xml))),)

    return _marked(swap)


def _title_begins(what: bytes) -> Hook[Response]:
    return _content(lambda xml: xml.replace(_TITLE, _TITLE + what, 1))


def _headers(change: Callable[[Header], Header]) -> Hook[Response]:
    """Return a hook that changes every header, whatever was asked for."""

    def alter(record: Record) -> Record:
        return record._replace(header=change(record.header))

    def say(_: Visit, response: Response) -> Response:
        match response.body:
            case Records() as body:
                body = replace(body, records=[alter(r) for r in body.records])
                return replace(response, body=body)
            case Headers() as body:
                body = replace(body, headers=[change(h) for h in body.headers])
                return replace(response, body=body)
            case Record() as body:
                return replace(response, body=alter(body))
            case _:
                return response

    return say


def _identity(change: Callable[[Visit, Identity], Identity]) -> Hook[Response]:
    def say(visit: Visit, response: Response) -> Response:
        if not isinstance(response.body, Identity):
            return response
        return replace(response, body=change(visit, response.body))

    return say


def _dropped(name: str) -> Hook[Pairs]:
    return lambda _, pairs: tuple(pair for pair in pairs if pair[0] != name)


def _granularity(served: Granularity) -> Hook[Response]:
    return lambda _, response: replace(response, granularity=served)


def _with_one_before(visit: Visit, records: Sequence[Record]) -> Sequence[Record]:
    """Return the page, and before it the record that comes before it in the list."""
    here = token_of(visit.asked.argument("resumptionToken"))
    if here is None:
        return records
    before = None
    for place, version in visit.repository.holdings.after(here.selection(), -1):
        if place > here.after:
            break
        before = version
    return records if before is None else [before.record(), *records]


def _with_one_outside(visit: Visit, records: Sequence[Record]) -> Sequence[Record]:
    """Return the first page of a list, and on it a record that its dates exclude."""
    parsed = parse(visit.arguments, Granularity.SECOND)
    if not (isinstance(parsed, Parsed) and isinstance(parsed.request, ListRecords)):
        return records
    window = replace(parsed.request.selection, set_spec=None)
    versions = list(visit.repository.versions(_EVERYTHING, None))
    ends = (*versions[:1], *versions[-1:])
    outside = [version.record() for version in ends if not includes(window, version)]
    return [*records, *outside[:1]]


def _twice(record: Record) -> Sequence[Record]:
    header = record.header._replace(deleted=True)
    return (record, Record(header))


def _left_out(visit: Visit, response: Response) -> Response:
    """Leave one record out of ListRecords, and count as if there were one less."""
    body = response.body
    if not isinstance(body, Records):
        return response
    kept = [r for r in body.records if r.header.identifier != visit.marked]
    token = body.resumption_token
    if token is not None and token.complete_list_size and _lists_marked(visit, token):
        size = token.complete_list_size - 1
        token = replace(token, complete_list_size=size)
    return replace(response, body=Records(kept, token))


def _lists_marked(visit: Visit, token: ResumptionToken) -> bool:
    text = token.value or visit.asked.argument("resumptionToken")
    here, marked = token_of(text), visit.repository.holdings.current(visit.marked)
    if here is None or marked is None:
        return False
    return includes(here.selection(), marked)


def _spaced(header: Header) -> Header:
    return header._replace(identifier=f"\n      {header.identifier}\t ")


def _unmarked(header: Header) -> Header:
    return header._replace(deleted=False)


def _moved(by: timedelta) -> Hook[Response]:
    return lambda _, response: replace(
        response, response_date=response.response_date + by
    )


def _whole(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


RECORD_FAULTS: Final = (
    Fault(
        name="control-character",
        description="The title of one record holds U+000B, which XML cannot carry.",
        source="SHARE#142, dataverse#8306",
        say=_title_begins(b"\x0b"),
    ),
    Fault(
        name="control-reference",
        description="The title of one record holds &#11;, which XML forbids as well.",
        source="treebase#193",
        say=_title_begins(b"&#11;"),
    ),
    Fault(
        name="surrogate-reference",
        description="The title of one record holds &#55349;, half of a character.",
        source="lobid-gnd#336",
        say=_title_begins(b"&#55349;"),
    ),
    Fault(
        name="nested-declaration",
        description="The metadata of one record begin with an XML declaration.",
        source="dataverse#7431",
        say=_content(lambda xml: b'<?xml version="1.0" encoding="UTF-8"?>' + xml),
    ),
    Fault(
        name="empty-metadata",
        description="One record has an empty metadata element.",
        source="b2share#812",
        say=_content(lambda _: b""),
    ),
    Fault(
        name="two-metadata-children",
        description="The metadata element of one record has two children.",
        source="OAI-PMH 2.5",
        say=_content(lambda xml: xml + xml),
    ),
    Fault(
        name="identifier-in-spaces",
        description="Identifiers stand between line feeds, tabs and spaces.",
        source="clarin-dspace#196",
        say=_headers(_spaced),
    ),
    Fault(
        name="deleted-without-status",
        description="Deleted records have no status, and no metadata either.",
        source="DOAJ#1408",
        say=_headers(_unmarked),
    ),
    Fault(
        name="live-and-deleted",
        description="One record is listed, and then once more as deleted.",
        source="pkp-lib#7901, pkp-lib#10296",
        say=_marked(_twice),
    ),
    Fault(
        name="duplicates",
        description="Each page begins with the last record of the page before.",
        source="DOAJ#712",
        say=_page(_with_one_before),
    ),
    Fault(
        name="record-left-out",
        description="ListRecords leaves out a record that ListIdentifiers lists.",
        source="dataverse#8005",
        say=_left_out,
    ),
    Fault(
        name="not-in-order",
        description="The records of each page come with the newest first.",
        source="vufindharvest#7",
        say=_page(lambda _, records: records[::-1]),
    ),
    Fault(
        name="out-of-window",
        description="A list with from or until holds a record from outside.",
        source="pkp-lib#13161",
        say=_page(_with_one_outside),
    ),
    Fault(
        name="from-ignored",
        description="The argument from is ignored: every increment is everything.",
        source="dataverse.harvard.edu#243",
        ask=_dropped("from"),
    ),
    Fault(
        name="until-ignored",
        description="The argument until is ignored.",
        source="oaipmh-validator, measured",
        ask=_dropped("until"),
    ),
    Fault(
        name="set-ignored",
        description="The argument set is ignored: records of other sets come too.",
        source="dplah#238",
        ask=_dropped("set"),
    ),
    Fault(
        name="day-granularity",
        description="Datestamps are days, as declared, and seconds are badArgument.",
        source="dataverse#11020",
        ways=Ways(granularity=Granularity.DAY),
    ),
    Fault(
        name="days-declared-seconds-served",
        description="Identify declares days, and datestamps are seconds.",
        source="DOAJ#507",
        ways=Ways(granularity=Granularity.DAY),
        say=_granularity(Granularity.SECOND),
    ),
    Fault(
        name="seconds-declared-days-served",
        description="Identify declares seconds, and datestamps are days.",
        source="simple-oai-pmh#5",
        say=_granularity(Granularity.DAY),
    ),
    Fault(
        name="deletions-untold",
        description="deletedRecord is no: what is deleted is no longer listed.",
        source="zenodo#2447",
        ways=Ways(
            deleted_record=DeletedRecord.NO, hides=lambda version: version.deleted
        ),
    ),
    Fault(
        name="deletions-transient",
        description="deletedRecord is transient: old deletions are no longer listed.",
        source="OAI-PMH 2.5.1",
        ways=Ways(
            deleted_record=DeletedRecord.TRANSIENT,
            hides=lambda version: version.deleted and version.revision == 0,
        ),
    ),
    Fault(
        name="half-gone",
        description="Every second item is missing without a trace.",
        source="geonetwork#419",
        ways=Ways(hides=lambda version: version.number % 2 == 1),
    ),
    Fault(
        name="earliest-is-now",
        description="earliestDatestamp is the moment of the request.",
        source="pkp-lib#6829",
        say=_identity(
            lambda visit, identity: replace(
                identity, earliest_datestamp=_whole(visit.asked.time)
            )
        ),
    ),
    Fault(
        name="clock-ahead",
        description="responseDate is a day ahead of the datestamps.",
        source="vufind#1350",
        say=_moved(_DAY),
    ),
    Fault(
        name="clock-behind",
        description="responseDate is a day behind the datestamps.",
        source="OpenSKOS#11",
        say=_moved(-_DAY),
    ),
)
