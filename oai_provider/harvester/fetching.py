"""Asking an endpoint until it answers, or until nothing helps any more.

The one place where tries are counted and waited between; what a try is, `asking`
knows, and whether another is made, `retrying`.
"""

from dataclasses import replace

from oai_provider.harvester.asking import (
    Answer,
    Asked,
    Asking,
    Place,
    first_asked,
    moved,
)
from oai_provider.harvester.body import is_oai_pmh
from oai_provider.harvester.exchange import Arguments, Attempt, Exchange, FetchFault
from oai_provider.harvester.failing import Failure, fetch_error
from oai_provider.harvester.retrying import GiveUp, Retrying, Tried, Wait, decide
from oai_provider.harvester.trying import ask


class Fetching:
    """An endpoint, how it is asked, and where it moved to.

    An endpoint that redirects for good is asked there from then on, for as long as
    it answers.
    """

    def __init__(self, *, place: Place, asking: Asking, retrying: Retrying) -> None:
        self.asking = asking
        self._retrying = retrying
        self._first = self._place = place

    def exchange(self, arguments: Arguments) -> Exchange:
        """Return the answer to a request; raises `FetchError`."""
        place = self._place
        # Until it answered, it is where it was said to be.
        self._place = self._first
        answer, attempts = self._answered(arguments, place)
        if answer.is_moved and is_oai_pmh(answer.body):
            place = moved(place, arguments, answer.asked)
        self._place = place
        return _exchange(arguments, answer, attempts)

    def _answered(
        self, arguments: Arguments, place: Place
    ) -> tuple[Answer, tuple[Attempt, ...]]:
        """Return the answer, and the tries that failed before."""
        asked = first_asked(place, arguments)
        kind = arguments.get("verb", "")
        attempts: tuple[Attempt, ...] = ()
        while True:
            try:
                answer = ask(self.asking, asked, kind)
            except Failure as failure:
                attempts = (*attempts, self._waited(failure, asked, attempts))
                if _is_badly_coded(failure):
                    asked = replace(asked, is_plain=True)
            else:
                return answer, attempts

    def _waited(
        self, failure: Failure, asked: Asked, attempts: tuple[Attempt, ...]
    ) -> Attempt:
        """Return what is reported of a try when it is time for another.

        Raises `FetchError` if there is none.
        """
        timing = self.asking.timing
        tried = Tried(
            tries=len(attempts) + 1,
            waited=sum(attempt.waited for attempt in attempts),
            now=timing.clock(),
        )
        match decide(self._retrying, failure, tried, timing.random):
            case Wait(seconds=seconds):
                timing.sleep(seconds)
                return failure.attempt(waited=seconds)
            case GiveUp(reason=reason, is_to_wait=is_to_wait):
                tries = (*attempts, failure.attempt())
                error = fetch_error(
                    failure, url=asked.url, given_up=reason, attempts=tries
                )
                error.is_to_wait = is_to_wait
                raise error from failure


def _is_badly_coded(failure: Failure) -> bool:
    """Tell whether the endpoint may do better without compressing.

    Some announce the length of what they compress, or cut it short each time.
    """
    is_broken = failure.fault in {FetchFault.CODING, FetchFault.RESET}
    return is_broken and bool(failure.header("Content-Encoding"))


def _exchange(
    arguments: Arguments, answer: Answer, attempts: tuple[Attempt, ...]
) -> Exchange:
    return Exchange(
        arguments=arguments,
        method=answer.asked.method,
        url=answer.asked.url,
        status=answer.response.status_code,
        # Those of urllib3: requests puts those of one name together.
        headers=tuple(answer.response.raw.headers.items()),
        body=answer.body,
        wire=answer.wire,
        sent=answer.sent,
        seconds=answer.seconds,
        attempts=attempts,
    )
