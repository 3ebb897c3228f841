"""When answers were made, and whether a list changed while it was read."""

from collections.abc import Iterable
from datetime import datetime

from oai_provider.protocol.datestamp import parse_datestamp
from oai_provider.validator import answers
from oai_provider.validator.answers import Header
from oai_provider.validator.endpoint import is_date
from oai_provider.validator.exchange import Exchange, text


def told_at(page: Exchange) -> datetime | None:
    """Return the responseDate of an answer, if it is one."""
    told = text(page.child("responseDate"))
    return parse_datestamp(told)[0] if is_date(told) else None


def moved(pages: Iterable[Exchange]) -> Header | None:
    """Return the first record of a list that changed after the list was begun."""
    began: datetime | None = None
    for page in pages:
        began = began or told_at(page)
        for header in answers.headers(page):
            date = header.datestamp
            if began and is_date(date) and parse_datestamp(date)[0] > began:
                return header
    return None
