"""How an endpoint is asked: over the harvester's own connection, one at a time.

Any status is an answer here. Only 429 and 503 are asked again, after as long as the
endpoint says, and what the network broke off.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Protocol, runtime_checkable

from oai_provider.harvester import addressing
from oai_provider.harvester.asking import Answer, Asked, Asking, Limits
from oai_provider.harvester.connection import (
    known_endpoint,
    open_session,
    secrets,
    transport,
)
from oai_provider.harvester.deadline import Deadline
from oai_provider.harvester.failing import Failure
from oai_provider.harvester.order import Connecting
from oai_provider.harvester.pacing import Pacing
from oai_provider.harvester.retrying import GiveUp, Retrying, Tried, decide
from oai_provider.harvester.timing import Timing
from oai_provider.harvester.trying import ask
from oai_provider.validator.elsewhere import Elsewhere, certificate_of
from oai_provider.validator.exchange import CERTIFICATE, Exchange, Pairs, Request

_PUSHED_BACK = frozenset({429, 503})
# All answers are held in memory until the end.
_MOST_BYTES = 50_000_000


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


class HttpTransport:
    """Asks over HTTP, with all that the harvester knows of it."""

    def __init__(
        self, base_url: str, connecting: Connecting, timing: Timing | None = None
    ) -> None:
        timing = timing or Timing()
        endpoint = known_endpoint(base_url)
        self._url = endpoint.url
        self._connecting = connecting
        self._waited = 0.0
        """Seconds, for all requests: nobody waits for a judgement till night."""
        self._secrets = secrets(connecting, endpoint)
        self._policy = Retrying(
            most_tries=connecting.most_tries,
            longest_wait=connecting.longest_wait,
            statuses=_PUSHED_BACK,
        )
        self._pacing = Pacing(monotonic=timing.monotonic, sleep=timing.sleep)
        self._asking = self._new_asking(timing)
        session, others = self._asking.session, self._asking.transport
        self._elsewhere = Elsewhere(session, others, self._url)

    def _new_asking(self, timing: Timing) -> Asking:
        connecting, deadline = self._connecting, Deadline(timing.monotonic)
        return Asking(
            session=open_session(connecting, deadline),
            transport=transport(connecting),
            limits=Limits(
                most_bytes=min(connecting.most_bytes, _MOST_BYTES),
                most_redirects=connecting.most_redirects,
                page_timeout=connecting.page_timeout,
                per_second=connecting.per_second,
            ),
            deadline=deadline,
            pacing=self._pacing,
            timing=timing,
        )

    def send(self, request: Request) -> Exchange:
        """Return the exchange; an answer that did not come is told in it."""
        if request.url:
            return self._elsewhere.send(request)
        if request.method == CERTIFICATE:
            return certificate_of(request, self._url, self._asking.transport)
        return self._sent(self._asking, request)

    def send_at_once(self, requests: Sequence[Request]) -> tuple[Exchange, ...]:
        """Return the exchanges, each over a connection of its own."""
        askings = [self._new_asking(self._asking.timing) for _ in requests]
        try:
            with ThreadPoolExecutor(len(requests)) as pool:
                return tuple(pool.map(self._sent, askings, requests))
        finally:
            for asking in askings:
                asking.session.close()

    def _sent(self, asking: Asking, request: Request) -> Exchange:
        asked, timing = self._asked(request), asking.timing
        delays: Pairs = ()
        tries = 0
        while True:
            try:
                answer = ask(asking, asked, request.verb)
            except Failure as failure:
                tries += 1
                tried = Tried(tries=tries, waited=self._waited, now=timing.clock())
                decision = decide(self._policy, failure, tried, timing.random)
                if failure.status in _PUSHED_BACK:
                    delay = (str(failure.status), failure.header("Retry-After") or "")
                    delays = (*delays, delay)
                if isinstance(decision, GiveUp):
                    return replace(_failed(request, failure, delays), requests=tries)
                timing.sleep(decision.seconds)
                self._waited += decision.seconds
            else:
                made = tries + 1 + (answer.asked.url != asked.url)
                return replace(_answered(request, answer, delays), requests=made)

    def close(self) -> None:
        """Close the connections."""
        self._asking.session.close()

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
        return Exchange(request=request, failure=failure.reason, delays=delays)
    return Exchange(
        request=request,
        url=response.url or "",
        status=response.status_code,
        headers=tuple(response.raw.headers.items()),
        body=response.content,
        failure=failure.reason,
        delays=delays,
    )
