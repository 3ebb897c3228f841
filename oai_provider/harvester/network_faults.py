"""What went wrong on the network, said by one of few words and in few words.

requests and urllib3 wrap what the system said in layers of their own; here the
innermost is found again, since it is what a user can act on.
"""

import ssl
from typing import Final

import requests
from urllib3 import exceptions as urllib3

from oai_provider.harvester.asking import Asking
from oai_provider.harvester.exchange import FetchFault
from oai_provider.harvester.failing import Failure

# The first that fits. Errors of requests come while connecting and until the headers
# are read, those of urllib3 while the body is.
_FAULTS: Final[tuple[tuple[type[Exception], FetchFault], ...]] = (
    (requests.ConnectTimeout, FetchFault.TIMEOUT),
    (requests.Timeout, FetchFault.TIMEOUT),
    (requests.exceptions.SSLError, FetchFault.TLS),
    (requests.exceptions.ProxyError, FetchFault.AWAY),
    (requests.ConnectionError, FetchFault.AWAY),
    (urllib3.TimeoutError, FetchFault.TIMEOUT),
    (urllib3.SSLError, FetchFault.TLS),
    (urllib3.HTTPError, FetchFault.RESET),
    (requests.RequestException, FetchFault.RESET),
    # A file of certificates that is not there, or is none.
    (OSError, FetchFault.TLS),
)
_NO_ADDRESS: Final = (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema)


def network_failure(error: Exception) -> Failure:
    """Return the failure that an error of requests or urllib3 stands for."""
    cause = _innermost(error)
    if isinstance(error, _NO_ADDRESS):
        return Failure(FetchFault.AWAY, str(error), is_final=True)
    fault = next(fault for kind, fault in _FAULTS if isinstance(error, kind))
    if _is_broken_off(error, cause):
        fault = FetchFault.RESET
    # A proxy that wants credentials will want them again.
    is_final = isinstance(error, requests.exceptions.ProxyError) and "407" in str(cause)
    return Failure(fault, _said(cause), is_final=is_final)


def _innermost(error: BaseException) -> BaseException:
    seen = [error]
    while (inner := _inner(seen[-1])) is not None and inner not in seen:
        seen.append(inner)
    return seen[-1]


def _inner(error: BaseException) -> BaseException | None:
    """Return what an error wraps: as its cause, or, as urllib3 does, as an argument."""
    wrapped = (getattr(error, "reason", None), *error.args)
    inner = next((part for part in wrapped if isinstance(part, BaseException)), None)
    return inner or error.__cause__


def _is_broken_off(error: Exception, cause: BaseException) -> bool:
    """Tell whether there was a connection, and it ended."""
    if isinstance(cause, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return True
    wrapped = error.args[0] if error.args else None
    return isinstance(error, requests.ConnectionError) and isinstance(
        wrapped, urllib3.ProtocolError
    )


def _said(cause: BaseException) -> str:
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {cause.verify_message}"
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror
    return str(cause) or type(cause).__name__


def timed(failure: Failure, asking: Asking) -> Failure:
    """Return the failure, saying which time it was if one was too long."""
    if failure.fault is not FetchFault.TIMEOUT:
        return failure
    limits = asking.limits
    if asking.deadline.left <= 0:
        reason = f"the whole answer did not come in {limits.page_timeout:g} seconds"
    else:
        connect, read = asking.transport.timeout
        reason = f"no connection in {connect:g} s, or nothing came for {read:g} s"
    return Failure(failure.fault, reason)
