"""Faults against which no rung helps: the endpoint is to be left alone."""

from typing import Final

from oai_provider.harvester.exchange import FetchError, FetchFault

_FAULTS: Final = frozenset({FetchFault.AWAY, FetchFault.TLS, FetchFault.REDIRECTS})
_CLOSED: Final = frozenset({401, 403, 407})
_ABSENT: Final = frozenset({404, 410})


def raise_if_hopeless(error: Exception, *, by_token: bool) -> None:
    """Raise an error that comes whatever is asked; return if something may help.

    Of a token, and of a single record, a status may say that just this is no more.
    """
    if not isinstance(error, FetchError):
        return
    is_closed = error.status in _CLOSED or error.status in _ABSENT
    if error.fault in _FAULTS or error.is_to_wait or (is_closed and not by_token):
        raise error
