"""The client that sickle's users know, over fetching that gives up nothing in silence.

`HarvestClient(...)` takes whatever `Sickle(...)` takes and does not inherit how it
fetches: `exchange` is that of `Fetches`, and `harvest` reads its answer strictly.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, Self

import requests
from sickle import Sickle
from sickle.app import DEFAULT_CLASS_MAP
from sickle.iterator import OAIItemIterator, OAIResponseIterator

from oai_provider.harvester import sickle_arguments
from oai_provider.harvester.asking import Asking, Place
from oai_provider.harvester.connection import (
    known_endpoint,
    open_session,
    secrets,
    transport,
)
from oai_provider.harvester.deadline import Deadline
from oai_provider.harvester.exchange import Arguments, Exchange
from oai_provider.harvester.fetching import Fetching
from oai_provider.harvester.iterators import ItemIterator, ResponseIterator
from oai_provider.harvester.listing import PageError, PageFault
from oai_provider.harvester.models import Header, Record
from oai_provider.harvester.order import Connecting
from oai_provider.harvester.pacing import Pacing
from oai_provider.harvester.response import PageResponse
from oai_provider.harvester.retrying import Retrying
from oai_provider.harvester.timing import Timing

CLASS_MAP: Final = {
    **DEFAULT_CLASS_MAP,
    "GetRecord": Record,
    "ListRecords": Record,
    "ListIdentifiers": Header,
}
_OURS: Final = {OAIItemIterator: ItemIterator, OAIResponseIterator: ResponseIterator}


class HarvestClient(Sickle):  # type: ignore[misc]  # sickle has no types
    """A client of one endpoint; a `Fetches`, and a `Sickle`.

    `max_retries`, `retry_status_codes` and `default_retry_after` go before what
    `connecting` says, if they are given; so do `timeout` and what else requests
    takes. Clients that share a `pacing` together ask no host faster than allowed.
    """

    endpoint: str
    """The base URL, without the credentials that stood in it."""

    def __init__(  # noqa: PLR0913, PLR0917 - sickle's signature
        self,
        endpoint: str,
        http_method: str | None = None,
        protocol_version: str = "2.0",
        iterator: type = ItemIterator,
        max_retries: int | None = None,
        retry_status_codes: Iterable[int] | None = None,
        default_retry_after: float | None = None,
        class_mapping: Mapping[str, Any] | None = None,
        encoding: str | None = None,
        *,
        connecting: Connecting | None = None,
        pacing: Pacing | None = None,
        timing: Timing | None = None,
        **request_args: Any,  # noqa: ANN401 - sickle's signature
    ) -> None:
        connecting = connecting or Connecting()
        policy = sickle_arguments.retrying(
            connecting, max_retries, retry_status_codes, default_retry_after
        )
        super().__init__(
            endpoint,
            sickle_arguments.known_method(http_method or connecting.method),
            protocol_version,
            _OURS.get(iterator, iterator),
            policy.most_tries - 1,
            sorted(policy.statuses),
            default_retry_after,
            # A copy: sickle's documentation shows how to change it.
            dict(class_mapping or CLASS_MAP),
            encoding,
            **request_args,
        )
        sickle_arguments.refuse_unknown(request_args)
        self._fetching = self._opened(connecting, policy, timing or Timing(), pacing)

    def _opened(
        self,
        connecting: Connecting,
        policy: Retrying,
        timing: Timing,
        pacing: Pacing | None,
    ) -> Fetching:
        endpoint = known_endpoint(self.endpoint)
        deadline = Deadline(timing.monotonic)
        said = self.request_args
        asking = Asking(
            session=open_session(connecting, deadline),
            transport=sickle_arguments.with_transport(transport(connecting), said),
            limits=sickle_arguments.limits(connecting, said),
            deadline=deadline,
            pacing=pacing or Pacing(monotonic=timing.monotonic, sleep=timing.sleep),
            timing=timing,
            hooks=said.get("hooks") or {},
        )
        known = sickle_arguments.with_secrets(secrets(connecting, endpoint), said)
        place = Place(url=endpoint.url, method=self.http_method, secrets=known)
        self.endpoint = endpoint.url
        return Fetching(place=place, asking=asking, retrying=policy)

    def exchange(self, arguments: Arguments) -> Exchange:
        """Return the answer to a request; raises `FetchError`."""
        return self._fetching.exchange(arguments)

    def harvest(self, **kwargs: Any) -> PageResponse:  # noqa: ANN401 - sickle's signature
        """Return the answer to a request, to be read once and strictly.

        Raises `FetchError`, which is also what requests would have raised.
        """
        given = {name: str(v) for name, v in kwargs.items() if v is not None}
        return PageResponse(
            self.exchange(given),
            encoding=self.encoding,
            is_strict=self.protocol_version == "2.0",
        )

    def _request(self, kwargs: dict[str, Any]) -> requests.Response:
        response: requests.Response = self.harvest(**kwargs).http_response
        return response

    def GetRecord(self, **kwargs: Any) -> Any:  # noqa: ANN401, N802 - sickle's name
        """Return a record, or with an iterator over responses the response."""
        try:
            return super().GetRecord(**kwargs)
        except StopIteration:
            raise PageError(
                f"{self.endpoint} answered with a GetRecord that holds no record: "
                "tell its administrator",
                fault=PageFault.NOT_OAI_PMH,
            ) from None

    def close(self) -> None:
        """Close the connections."""
        self._fetching.asking.session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
