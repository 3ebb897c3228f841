"""What requests and urllib3 say, said again in few words."""

import ssl

import pytest
import requests
from urllib3 import exceptions as urllib3

from oai_provider.harvester.exchange import FetchFault
from oai_provider.harvester.network_faults import network_failure

REFUSED = ConnectionRefusedError(111, "Connection refused")
RESET = ConnectionResetError(104, "Connection reset by peer")


@pytest.mark.parametrize(
    ("error", "fault", "reason"),
    [
        (requests.ConnectionError(REFUSED), FetchFault.AWAY, "Connection refused"),
        (
            requests.ConnectionError(urllib3.ProtocolError("Aborted", RESET)),
            FetchFault.RESET,
            "Connection reset by peer",
        ),
        (urllib3.ProtocolError("Broken", RESET), FetchFault.RESET, RESET.strerror),
        (requests.ConnectTimeout("slow"), FetchFault.TIMEOUT, "slow"),
        (requests.exceptions.SSLError(ssl.SSLError(1, "bad")), FetchFault.TLS, "bad"),
        (
            requests.exceptions.SSLError(ssl.SSLEOFError(8, "end")),
            FetchFault.RESET,
            "end",
        ),
        (requests.exceptions.ProxyError(REFUSED), FetchFault.AWAY, REFUSED.strerror),
        (requests.exceptions.RetryError("odd"), FetchFault.RESET, "odd"),
        (FileNotFoundError(2, "No such file"), FetchFault.TLS, "No such file"),
        (urllib3.HTTPError(), FetchFault.RESET, "HTTPError"),
    ],
)
def test_an_error_is_a_fault_and_its_innermost_reason(
    error: Exception, fault: FetchFault, reason: str
) -> None:
    failure = network_failure(error)
    assert (failure.fault, failure.reason) == (fault, reason)
    assert not failure.is_final


@pytest.mark.parametrize(
    "error",
    [
        requests.exceptions.InvalidSchema("Missing dependencies for SOCKS support."),
        requests.exceptions.InvalidURL("no host"),
        requests.exceptions.ProxyError(OSError("Tunnel connection failed: 407 Who")),
    ],
)
def test_what_stays_as_it_is_is_final(error: Exception) -> None:
    failure = network_failure(error)
    assert (failure.fault, failure.is_final) == (FetchFault.AWAY, True)


def test_a_cause_that_causes_itself_ends_the_search() -> None:
    error = requests.ConnectionError("round")
    error.__cause__ = inner = ValueError("and round")
    inner.__cause__ = error
    assert network_failure(error).reason == "and round"
