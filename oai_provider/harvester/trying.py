"""One try of a request: sent, and redirects followed by hand.

What is secret between us and the endpoint is told to no other host. POST stays POST,
as all of OAI-PMH may be repeated, but after 303.
"""

from dataclasses import replace
from typing import Final

import requests
from urllib3.exceptions import HTTPError

from oai_provider.harvester import addressing
from oai_provider.harvester.asking import Answer, Asked, Asking
from oai_provider.harvester.body import drain, read
from oai_provider.harvester.connection import Secrets
from oai_provider.harvester.exchange import FetchFault
from oai_provider.harvester.failing import Failure
from oai_provider.harvester.network_faults import network_failure, timed

_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
_PLAIN: Final = {"Accept-Encoding": "identity"}


def ask(asking: Asking, asked: Asked, kind: str) -> Answer:
    """Return the answer to a request; `kind` is its verb.

    Raises `Failure`.
    """
    _wait_for_turn(asking, asked)
    sent, began = asking.timing.clock(), asking.timing.monotonic()
    seen: set[tuple[object, ...]] = set()
    redirects: set[int] = set()
    while True:
        response = _sent(asking, _unseen(asking, asked, seen), asked, kind)
        location = response.headers.get("Location")
        if response.status_code not in addressing.REDIRECTS or not location:
            break
        drain(response)
        redirects.add(response.status_code)
        asked = _redirected(asked, response.status_code, location)
        if len(seen) > asking.limits.most_redirects:
            most = asking.limits.most_redirects
            reason = f"it redirects more than {most} times, last to {asked.url}"
            raise Failure(FetchFault.REDIRECTS, reason)
        _wait_for_turn(asking, asked)
    body, wire = read(asking, response)
    seconds = asking.timing.monotonic() - began
    is_moved = bool(redirects) and redirects <= addressing.FOR_GOOD
    return Answer(
        asked=asked,
        response=response,
        body=body,
        wire=wire,
        sent=sent,
        seconds=seconds,
        is_moved=is_moved,
    )


def _wait_for_turn(asking: Asking, asked: Asked) -> None:
    host = addressing.host_of(asked.url)
    asking.pacing.wait(host, asking.limits.per_second)


def _unseen(
    asking: Asking, asked: Asked, seen: set[tuple[object, ...]]
) -> requests.PreparedRequest:
    """Return the request made ready; raises `Failure` if it was sent before."""
    prepared = _prepared(asking, asked)
    # With another cookie the same address may answer.
    request = (prepared.method, prepared.url, prepared.headers.get("Cookie"))
    if request in seen:
        reason = f"it redirects in a circle, back to {asked.url}"
        raise Failure(FetchFault.REDIRECTS, reason)
    seen.add(request)
    return prepared


def _redirected(asked: Asked, status: int, location: str) -> Asked:
    try:
        url = addressing.redirected(asked.url, location)
    except ValueError as error:
        raise Failure(FetchFault.REDIRECTS, str(error)) from error
    if not addressing.is_trusted(asked.url, url):
        asked = replace(asked, secrets=Secrets())
    if status == requests.codes.see_other:
        return replace(asked, url=url, method="GET", form=None)
    return replace(asked, url=url)


def _prepared(asking: Asking, asked: Asked) -> requests.PreparedRequest:
    secrets = asked.secrets
    headers = dict(secrets.headers)
    if asked.form is not None:
        headers |= _FORM
    if asked.is_plain:
        headers |= _PLAIN
    headers |= asked.headers
    request = requests.Request(
        asked.method,
        asked.url,
        headers=headers,
        data=asked.form,
        auth=secrets.auth,
        cookies=secrets.cookies,
        hooks=asking.hooks,
    )
    try:
        return asking.session.prepared(request)
    except (requests.RequestException, ValueError) as error:
        raise Failure(FetchFault.AWAY, str(error), is_final=True) from error


def _sent(
    asking: Asking, prepared: requests.PreparedRequest, asked: Asked, kind: str
) -> requests.Response:
    """Return the answer, its body not yet read."""
    asking.deadline.set(asking.limits.page_timeout)
    began = asking.timing.monotonic()
    transport = asking.transport
    try:
        response = asking.session.send(
            prepared,
            stream=True,
            allow_redirects=False,
            timeout=transport.timeout,
            verify=transport.verify,
            cert=asked.secrets.certificate,
            proxies=_proxies(asking, asked.url),
        )
    except (requests.RequestException, HTTPError, OSError) as error:
        raise timed(network_failure(error), asking) from error
    latency = asking.timing.monotonic() - began
    host = addressing.host_of(asked.url)
    asking.pacing.answered(host, kind, latency, response.status_code)
    return response


def _proxies(asking: Asking, url: str) -> dict[str, str]:
    given = asking.transport.proxies
    return asking.environment.proxies(url) if given is None else dict(given)
