"""A page of a list, read once and strictly.

Tolerant where nothing is lost, strict where something would be: what cannot be kept
is told, record by record, and a document that is no page is a `PageError`. What is
not well-formed is mended by `repairing` alone, and the page carries every repair.
"""

import re
from dataclasses import replace
from typing import Final

from lxml import etree

from oai_provider.harvester.draft import Draft
from oai_provider.harvester.entries import SPACE, TOKEN, entries, text_of
from oai_provider.harvester.frame import fault_of, no_list, parsed, refuse_other
from oai_provider.harvester.listing import (
    HarvestedRecord,
    ListError,
    ListPage,
    PageFault,
    UnreadableRecord,
)
from oai_provider.harvester.moments import moment
from oai_provider.harvester.repairing import mended, repaired
from oai_provider.harvester.salvage import Salvaged, salvaged
from oai_provider.protocol.model import ResumptionToken
from oai_provider.protocol.names import OAI_NS
from oai_provider.protocol.xml import XmlError, parse

_OAI: Final = f"{{{OAI_NS}}}"
_WHOLE: Final = re.compile("[0-9]{1,18}")
_LISTS: Final = tuple(_OAI + n for n in ("ListRecords", "ListIdentifiers", "GetRecord"))
_OTHERS: Final = tuple(
    _OAI + n for n in ("Identify", "ListMetadataFormats", "ListSets")
)


def read_list(body: bytes) -> ListPage:
    """Return the page a document is, without any repair; raises `PageError`."""
    return _page(parsed(body))


def read_page(body: bytes, content_type: str = "") -> ListPage:
    """Return the page a document is, mended if it must be; raises `PageError`.

    `content_type` is that of the answer, and believed only where nothing else tells
    the encoding.
    """
    try:
        root = parse(body)
    except XmlError as error:
        return _mended(body, content_type, error)
    return _page(root)


def read_root(body: bytes, content_type: str = "") -> etree._Element:
    """Return the root of an answer that need not be a list, mended if it must be.

    Raises `PageError` for what is no OAI-PMH.
    """
    try:
        root = parse(body)
    except XmlError as error:
        try:
            root = parse(repaired(body, content_type)[0])
        except XmlError:
            raise fault_of(body, error, content_type) from error
    refuse_other(root)
    return root


def _mended(body: bytes, content_type: str, error: XmlError) -> ListPage:
    fault = fault_of(body, error, content_type)
    # What is cut has lost something, whatever else is wrong with it.
    if fault.fault is not PageFault.NOT_XML:
        raise fault from error
    draft = mended(body, content_type)
    again = fault_of(draft.text, error, content_type)
    if again.fault is not PageFault.NOT_XML:
        raise again from error
    try:
        root = parse(draft.text)
    except XmlError as left:
        return _salvaged(draft, left)
    return replace(_page(root), repairs=draft.repairs)


def _salvaged(draft: Draft, error: XmlError) -> ListPage:
    """Return the page with the records that can be read alone."""
    found = salvaged(draft)
    if found is None:
        raise fault_of(draft.text, error) from error
    try:
        page = _page(parse(found.frame))
    except XmlError:
        raise fault_of(draft.text, error) from error
    return _filled(page, found, draft)


def _filled(page: ListPage, found: Salvaged, draft: Draft) -> ListPage:
    read = [*found.records(page.verb)]
    return replace(
        page,
        records=(
            *page.records,
            *(entry for entry in read if isinstance(entry, HarvestedRecord)),
        ),
        unreadable=(
            *page.unreadable,
            *(entry for entry in read if isinstance(entry, UnreadableRecord)),
        ),
        repairs=draft.repairs,
    )


def _page(root: etree._Element) -> ListPage:
    refuse_other(root)
    date = moment(_one(root, "responseDate"))
    if date is None:
        raise no_list("its <responseDate> is no date, such as 2024-01-31T12:00:00Z")
    errors = tuple(map(_error, root.iterchildren(f"{_OAI}error")))
    holder = _holder(root, has_errors=bool(errors))
    if holder is None:
        return ListPage(verb="", response_date=date, errors=errors)
    verb = etree.QName(holder).localname
    records: list[HarvestedRecord] = []
    unreadable: list[UnreadableRecord] = []
    for entry in entries(holder, verb):
        if isinstance(entry, HarvestedRecord):
            records.append(entry)
        else:
            unreadable.append(entry)
    return ListPage(
        verb=verb,
        response_date=date,
        records=tuple(records),
        resumption_token=_token(holder),
        errors=errors,
        unreadable=tuple(unreadable),
    )


def _one(root: etree._Element, name: str) -> str:
    found = [*root.iterchildren(_OAI + name)]
    if len(found) != 1:
        raise no_list(f"it holds {len(found)} <{name}>, not one")
    return _plain_text(found[0])


def _plain_text(element: etree._Element) -> str:
    try:
        return text_of(element)
    except ValueError as error:
        raise no_list(f"<{etree.QName(element).localname}> {error}") from error


def _error(element: etree._Element) -> ListError:
    message = "".join(map(str, element.itertext())).strip(SPACE)
    return ListError((element.get("code") or "").strip(SPACE), message)


def _holder(root: etree._Element, *, has_errors: bool) -> etree._Element | None:
    """Return the element that holds the list; None where errors stand for it."""
    for other in root.iterchildren(*_OTHERS):
        raise no_list(f"it answers {etree.QName(other).localname}")
    found = [*root.iterchildren(*_LISTS)]
    if len(found) > 1 or not (found or has_errors):
        raise no_list(f"it holds {len(found)} lists, not one")
    return found[0] if found else None


def _token(holder: etree._Element) -> ResumptionToken | None:
    found = [_read_token(element) for element in holder.iterchildren(TOKEN)]
    if len({token.value for token in found}) > 1:
        raise no_list("it holds resumption tokens that differ")
    return found[0] if found else None


def _read_token(element: etree._Element) -> ResumptionToken:
    # What is absurd about a list must not end it: the value is what is needed.
    return ResumptionToken(
        value=_plain_text(element),
        complete_list_size=_whole(element, "completeListSize"),
        cursor=_whole(element, "cursor"),
        expiration_date=moment(element.get("expirationDate") or ""),
    )


def _whole(element: etree._Element, name: str) -> int | None:
    value = (element.get(name) or "").strip(SPACE)
    return int(value) if _WHOLE.fullmatch(value) else None
