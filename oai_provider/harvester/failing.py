"""A try that failed, and the errors that a request ends in when no try helped.

Each error is a `FetchError` and also what requests would have raised, so that
programs written for sickle catch what they always caught. Passwords never stand in
a message: addresses are shown without what is before @.
"""

from collections.abc import Mapping
from typing import Final

import requests

from oai_provider.harvester.exchange import Attempt, FetchError, FetchFault


class Failure(Exception):
    """One try that failed; `FetchError` is what several of them end in."""

    def __init__(
        self,
        fault: FetchFault,
        reason: str,
        *,
        response: requests.Response | None = None,
        is_final: bool = False,
    ) -> None:
        super().__init__(reason)
        self.fault = fault
        self.reason = reason
        self.response = response
        """The answer, if one came; its body may be missing."""
        self.is_final = is_final
        """Whether trying again cannot help, whatever the fault is."""

    @property
    def status(self) -> int | None:
        """The HTTP status, if one came."""
        return None if self.response is None else self.response.status_code

    def header(self, name: str) -> str | None:
        """Return a header of the answer, if there is one."""
        return None if self.response is None else self.response.headers.get(name)

    def attempt(self, waited: float = 0.0) -> Attempt:
        """Return what is reported of it."""
        return Attempt(
            fault=self.fault, reason=self.reason, status=self.status, waited=waited
        )


class AwayError(FetchError, requests.ConnectionError):
    """There is no connection to the endpoint."""


class ResetError(FetchError, requests.ConnectionError):
    """The connection ended before the answer did."""


class TimeoutFetchError(FetchError, requests.Timeout):
    """The answer did not come in time."""


class TlsError(FetchError, requests.exceptions.SSLError):
    """There is no secure connection to the endpoint."""


class RedirectError(FetchError, requests.TooManyRedirects):
    """The endpoint redirects to where nothing is asked."""


class StatusError(FetchError, requests.HTTPError):
    """An HTTP status that is no answer."""


class CodingError(FetchError, requests.exceptions.ContentDecodingError):
    """The compressed body cannot be decompressed."""


class TooLargeError(FetchError, requests.RequestException):
    """The answer is larger than what is accepted."""


_ERRORS: Final[Mapping[FetchFault, type[FetchError]]] = {
    FetchFault.AWAY: AwayError,
    FetchFault.TIMEOUT: TimeoutFetchError,
    FetchFault.RESET: ResetError,
    FetchFault.TLS: TlsError,
    FetchFault.REDIRECTS: RedirectError,
    FetchFault.STATUS: StatusError,
    FetchFault.CODING: CodingError,
    FetchFault.TOO_LARGE: TooLargeError,
}

_CREDENTIALS: Final = "give credentials that the endpoint knows (user, bearer, headers)"
_ABSENT: Final = "is this the base URL? Identify there must answer in a browser"
_LATER: Final = "the endpoint is busy: ask later, or more slowly (per_second)"
_BROKEN: Final = "the endpoint is broken: ask later, or tell its administrator"

_STATUS_REMEDIES: Final[Mapping[int, str]] = {
    401: _CREDENTIALS,
    403: f"{_CREDENTIALS}, or ask its administrator to let harvesters in",
    404: _ABSENT,
    405: "ask with the other method, GET or POST",
    407: "give the proxy its credentials, http://USER:PASSWORD@HOST:PORT",
    408: _LATER,
    410: _ABSENT,
    414: "ask with the method POST",
    425: _LATER,
    429: _LATER,
    503: _LATER,
}
_REMEDIES: Final[Mapping[FetchFault, str]] = {
    FetchFault.AWAY: "is the address right, and is a proxy needed?",
    FetchFault.TIMEOUT: "allow more time (read_timeout, page_timeout), or ask later",
    FetchFault.RESET: "ask later, or tell its administrator",
    FetchFault.TLS: "name the authority that signed its certificate (ca_file), "
    "and a client certificate if one is wanted (certificate, key)",
    FetchFault.REDIRECTS: "give the address where the endpoint is in the end",
    FetchFault.CODING: "ask later, or tell its administrator",
    FetchFault.TOO_LARGE: "allow more (most_bytes) if the endpoint is trusted",
}


def remedy(failure: Failure) -> str:
    """Return what can be done about a failure."""
    if failure.status is not None and failure.fault is FetchFault.STATUS:
        return _STATUS_REMEDIES.get(failure.status, _BROKEN)
    return _REMEDIES.get(failure.fault, _BROKEN)


def fetch_error(
    failure: Failure, *, url: str, given_up: str, attempts: tuple[Attempt, ...]
) -> FetchError:
    """Return the error a request ends in; `attempts` are all that were made.

    `given_up` says why no other try is made, empty if none could help.
    """
    tried = f" {len(attempts)} times" if len(attempts) > 1 else ""
    ended = f" {given_up}." if given_up else ""
    error = _ERRORS[failure.fault](
        f"{url} was asked{tried} without an answer: {failure.reason}.{ended}"
        f" What helps: {remedy(failure)}",
        fault=failure.fault,
        attempts=attempts,
    )
    if failure.response is not None and isinstance(error, requests.RequestException):
        error.response = failure.response
        error.request = failure.response.request
    return error
