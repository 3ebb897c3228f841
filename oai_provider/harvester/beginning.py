"""Where each list of an order begins: at its start, at a watermark, or where it was."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from oai_provider.harvester.endpoint import Endpoint
from oai_provider.harvester.order import Order
from oai_provider.harvester.state import Journal, ListKey, State
from oai_provider.harvester.walk import ListRequest
from oai_provider.protocol.datestamp import Granularity, format_datestamp

DAYS_ONLY: Final = "from in seconds"
"""The quirk of an endpoint that refuses what it declares."""
GRANULARITY: Final = "datestamps of another granularity"
"""The quirk of an endpoint that serves what it does not declare."""
_OVERLAP: Final = {
    Granularity.SECOND: timedelta(hours=1),
    # For records that become visible late, or are stamped by local time.
    Granularity.DAY: timedelta(days=1),
}


def keys_of(order: Order, metadata_prefix: str) -> list[ListKey]:
    """Return the lists of a format that an order names."""
    is_window = order.from_ or order.until
    dates = f"{order.from_ or ''}/{order.until or ''}" if is_window else ""
    return [
        ListKey(
            base_url=order.base_url,
            metadata_prefix=metadata_prefix,
            set_spec=set_spec,
            dates=dates,
        )
        for set_spec in order.set_specs or ("",)
    ]


def begun_journal(
    key: ListKey, begun: int, *, order: Order, endpoint: Endpoint, state: State
) -> Journal:
    """Return how a list was left off, if it is the same that is ordered, or begins."""
    left, granularity = state.journal(key), _granularity(key, endpoint, state)
    first = _exact(order.from_, "T00:00:00Z", granularity)
    until = _exact(order.until, "T23:59:59Z", granularity)
    # What was begun is gone on with; all is asked for by a list of all.
    if left and not (order.full and left.from_ != first):
        return left
    from_ = first if key.dates or order.full else _since(key, endpoint, state)
    return Journal(round=state.next_round(), from_=from_, until=until, begun=begun)


def in_days(journal: Journal) -> Journal:
    """Return a list that is asked for by days."""
    from_, until = (
        m and m[: len("YYYY-MM-DD")] for m in (journal.from_, journal.until)
    )
    return replace(journal, from_=from_, until=until)


def request_of(key: ListKey, journal: Journal) -> ListRequest:
    """Return what is asked for."""
    return ListRequest(
        metadata_prefix=key.metadata_prefix,
        set_spec=key.set_spec or None,
        from_=journal.from_,
        until=journal.until,
    )


def _since(key: ListKey, endpoint: Endpoint, state: State) -> str | None:
    """Return the `from` of an increment, None where all is to be asked for.

    Nothing was harvested yet, or the endpoint's clock was set back meanwhile: then
    nobody knows by which time its records were stamped.
    """
    watermark, now = state.watermark(key), endpoint.response_date
    if watermark is None or (now is not None and now < watermark):
        return None
    granularity = _granularity(key, endpoint, state)
    return format_datestamp(watermark - _OVERLAP[granularity], granularity)


def _granularity(key: ListKey, endpoint: Endpoint, state: State) -> Granularity:
    facts = state.facts(key.base_url)
    # A day that is served stands for its first second, long before the watermark.
    if DAYS_ONLY in facts or facts.get(GRANULARITY, "").endswith(Granularity.DAY):
        return Granularity.DAY
    return endpoint.granularity or Granularity.DAY


def _exact(bound: str | None, time: str, granularity: Granularity) -> str | None:
    """Return a bound in the granularity of the endpoint.

    Some take a day for its first second (oai_repo 0.5 does), also where it is the last
    of a window; and OAI-PMH 2.7.1 has both bounds in the same granularity.
    """
    is_day = bound is not None and "T" not in bound
    return f"{bound}{time}" if is_day and granularity is Granularity.SECOND else bound
