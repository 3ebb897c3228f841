"""How an endpoint is asked: over the harvester's own connection, one at a time.

Any status is an answer here. Only 429 and 503 are asked again, after as long as the
endpoint says, and what the network broke off.
"""

import ssl
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final, Protocol, runtime_checkable

import requests

from oai_provider.harvester import addressing
from oai_provider.harvester.asking import Answer, Asked, Asking, Limits
from oai_provider.harvester.connection import (
    known_endpoint,
    open_session,
    secrets,
    transport,
)
from oai_provider.harvester.deadline import Deadline
from oai_provider.harvester.exchange import FetchFault
from oai_provider.harvester.failing import Failure
from oai_provider.harvester.order import Connecting
from oai_provider.harvester.pacing import Pacing
from oai_provider.harvester.retrying import GiveUp, Retrying, Tried, decide
from oai_provider.harvester.timing import Timing
from oai_provider.harvester.trying import ask
from oai_provider.protocol.datestamp import Granularity, format_datestamp
from oai_provider.validator.elsewhere import Elsewhere
from oai_provider.validator.exchange import Exchange, Pairs, Request
from oai_provider.validator.finding import NotChecked

_PUSHED_BACK = frozenset({429, 503})
# All answers are held in memory until the end.
MOST_BYTES: Final = 100_000_000
_ANY: Final = 1_000_000_000


class Transport(Protocol):
    """What brings the answer to a request."""

    def send(self, request: Request) -> Exchange:
        """Return the exchange; an answer that did not come is told in it."""
        ...


@runtime_checkable
class Parallel(Protocol):
    """What can bring several answers at one time."""

    def send_at_once(self, requests: Sequence[Request]) -> tuple[Exchange, ...]:
        """Return the exchanges, in the order of the requests."""
        ...


@runtime_checkable
class Bounded(Protocol):
    """What makes no more requests than it may, to bring one answer."""

    def allow(self, requests: int) -> None:
        """Make no more than so many for what is sent next, else raise `Exhausted`."""
        ...


class Exhausted(NotChecked):
    """All requests allowed were made, and the last brought no answer."""

    def __init__(self) -> None:
        super().__init__("the requests allowed were made before it was answered")


class HttpTransport:
    """Asks over HTTP, with all that the harvester knows of it."""

    def __init__(
        self,
        base_url: str,
        connecting: Connecting,
        timing: Timing | None = None,
        pacing: Pacing | None = None,
    ) -> None:
        timing = timing or Timing()
        pacing = pacing or Pacing(monotonic=timing.monotonic, sleep=timing.sleep)
        self._made_of = base_url, connecting, timing, pacing
        endpoint = known_endpoint(base_url)
        deadline = Deadline(timing.monotonic)
        self._url = endpoint.url
        self._waited = 0.0
        """Seconds, for all requests: nobody waits for a judgement till night."""
        self._left = _ANY
        """Requests that may be made."""
        self._redirects: Pairs = ()
        self._certificate_until = ""
        self._secrets = secrets(connecting, endpoint)
        self._policy = Retrying(
            most_tries=connecting.most_tries,
            longest_wait=connecting.longest_wait,
            statuses=_PUSHED_BACK,
        )
        self._asking = Asking(
            session=open_session(connecting, deadline),
            transport=transport(connecting),
            limits=Limits(
                most_bytes=min(connecting.most_bytes, MOST_BYTES),
                most_redirects=connecting.most_redirects,
                page_timeout=connecting.page_timeout,
                per_second=connecting.per_second,
            ),
            deadline=deadline,
            pacing=pacing,
            timing=timing,
            hooks={"response": self._watch},
        )
        self._elsewhere = Elsewhere(self._asking, self._url)

    def allow(self, requests: int) -> None:
        """Make no more than so many for what is sent next, else raise `Exhausted`."""
        self._left = requests

    def send(self, request: Request) -> Exchange:
        """Return the exchange; an answer that did not come is told in it."""
        if request.url:
            return self._elsewhere.send(request)
        asked, timing = self._asked(request), self._asking.timing
        delays: Pairs = ()
        tries = made = 0
        while True:
            self._redirects, self._certificate_until = (), ""
            try:
                answer = ask(self._asking, asked, request.verb)
            except Failure as failure:
                tries += 1
                # A redirect that is refused is not followed by a request.
                is_followed = failure.fault is not FetchFault.REDIRECTS
                used = len(self._redirects) + is_followed
                made, self._left = made + used, self._left - used
                tried = Tried(tries=tries, waited=self._waited, now=timing.clock())
                decision = decide(self._policy, failure, tried, timing.random)
                if failure.status in _PUSHED_BACK:
                    delay = (str(failure.status), failure.header("Retry-After") or "")
                    delays = (*delays, delay)
                if isinstance(decision, GiveUp):
                    return self._told(_failed(request, failure, delays), made)
                if self._left <= 0:
                    raise Exhausted from failure
                timing.sleep(decision.seconds)
                self._waited += decision.seconds
            else:
                made += 1 + len(self._redirects)
                return self._told(_answered(request, answer, delays), made)

    def send_at_once(self, requests: Sequence[Request]) -> tuple[Exchange, ...]:
        """Return the exchanges, each over a connection of its own."""
        with ExitStack() as closed, ThreadPoolExecutor(len(requests)) as pool:
            others = [HttpTransport(*self._made_of) for _ in requests]
            for other in others:
                closed.enter_context(closing(other))
                other.allow(self._left // len(requests))
                other._waited = self._waited  # noqa: SLF001 - it is of this class
            try:
                return tuple(pool.map(HttpTransport.send, others, requests))
            finally:
                self._waited = max(other._waited for other in others)  # noqa: SLF001

    def close(self) -> None:
        """Close the connections."""
        self._asking.session.close()

    def _watch(self, response: requests.Response, *_: object, **_named: object) -> None:
        """Keep what is known of an answer only until its body is read."""
        location = response.headers.get("Location")
        if response.status_code in addressing.REDIRECTS and location:
            self._redirects += ((str(response.status_code), location),)
            if len(self._redirects) >= self._left:
                response.close()
                raise Exhausted
        self._certificate_until = _end_of_certificate(response)

    def _told(self, exchange: Exchange, requests_made: int) -> Exchange:
        return replace(
            exchange,
            redirects=self._redirects,
            certificate_until=self._certificate_until,
            requests=requests_made,
        )

    def _asked(self, request: Request) -> Asked:
        headers = dict(request.headers)
        if request.method == "POST":
            return Asked(
                method="POST",
                url=self._url,
                form=request.form,
                headers=headers,
                secrets=self._secrets,
            )
        return Asked(
            method=request.method,
            url=addressing.with_query(self._url, request.form),
            headers=headers,
            secrets=self._secrets,
        )


def _end_of_certificate(response: requests.Response) -> str:
    """Return when the certificate that was verified ends, empty without one."""
    sock = getattr(response.raw.connection, "sock", None)
    if not isinstance(sock, ssl.SSLSocket):
        return ""
    ends = (sock.getpeercert() or {}).get("notAfter")
    if not isinstance(ends, str):
        return ""
    moment = datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC)
    return format_datestamp(moment, Granularity.SECOND)


def _answered(request: Request, answer: Answer, delays: Pairs) -> Exchange:
    return Exchange(
        request=request,
        url=answer.asked.url,
        status=answer.response.status_code,
        headers=tuple(answer.response.raw.headers.items()),
        body=answer.body,
        seconds=answer.seconds,
        first_byte=answer.response.elapsed.total_seconds(),
        delays=delays,
    )


def _failed(request: Request, failure: Failure, delays: Pairs) -> Exchange:
    response = failure.response
    if response is None:
        return Exchange(
            request=request,
            failure=failure.reason,
            fault=failure.fault,
            delays=delays,
        )
    return Exchange(
        request=request,
        url=response.url or "",
        status=response.status_code,
        headers=tuple(response.raw.headers.items()),
        # Of what was too large nothing was kept, and nothing more is read.
        body=b"" if failure.fault is FetchFault.TOO_LARGE else response.content,
        failure=failure.reason,
        fault=failure.fault,
        delays=delays,
    )
