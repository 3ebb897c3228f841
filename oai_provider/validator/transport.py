"""How an endpoint is asked: over the harvester's own connection, one at a time.

Any status is an answer here. Only 429 and 503 are asked again, after as long as the
endpoint says, and what the network broke off.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
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
from oai_provider.validator.elsewhere import Elsewhere
from oai_provider.validator.exchange import Exchange, Pairs, Request

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
                most_bytes=min(connecting.most_bytes, _MOST_BYTES),
                most_redirects=connecting.most_redirects,
                page_timeout=connecting.page_timeout,
                per_second=connecting.per_second,
            ),
            deadline=deadline,
            pacing=pacing,
            timing=timing,
        )
        self._elsewhere = Elsewhere(self._asking, self._url)

    def send(self, request: Request) -> Exchange:
        """Return the exchange; an answer that did not come is told in it."""
        if request.url:
            return self._elsewhere.send(request)
        asked, timing = self._asked(request), self._asking.timing
        delays: Pairs = ()
        tries = 0
        while True:
            try:
                answer = ask(self._asking, asked, request.verb)
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

    def send_at_once(self, requests: Sequence[Request]) -> tuple[Exchange, ...]:
        """Return the exchanges, each over a connection of its own."""
        with ExitStack() as closed, ThreadPoolExecutor(len(requests)) as pool:
            others = [HttpTransport(*self._made_of) for _ in requests]
            for other in others:
                closed.enter_context(closing(other))
            return tuple(pool.map(HttpTransport.send, others, requests))

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
