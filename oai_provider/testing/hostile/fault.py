"""What a fault is: a function on the way of an answer, and what people call it.

An answer passes four stages: the request's arguments (`ask`), the response as a
value (`say`), the document (`write`), the HTTP reply (`send`). A fault changes what
passes at one or more of them, and keeps nothing: what it may know is in the `Visit`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from oai_provider.protocol.model import Response
from oai_provider.protocol.request import Pairs
from oai_provider.testing.hostile.repository import (
    THE_USUAL,
    Repository,
    Ways,
)
from oai_provider.testing.hostile.wire import Asked, Reply

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What a fault may know of a request."""

    asked: Asked
    arguments: Pairs
    """As the repository will read them."""
    page: int
    """Which page of a list is asked for, from 1; 0 if no list is."""
    earlier: int
    """How often the very same was asked before, since the fault is there."""
    number: int
    """How many requests there were before, since the fault is there."""
    url: str
    repository: Repository

    @property
    def verb(self) -> str:
        """The verb asked for."""
        return self.asked.verb

    @property
    def marked(self) -> str:
        """The identifier of the record that faults of one record strike."""
        return self.repository.holdings.marked


Hook = Callable[[Visit, T], T]
Condition = Callable[[Visit], bool]


def unchanged(_visit: Visit, value: T) -> T:
    """Return what passes as it is."""
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that endpoints do wrong, or do rightly to the surprise of clients."""

    name: str
    description: str
    source: str
    """Where it was seen."""
    heals: bool = False
    """Whether asking the same again is enough."""
    ask: Hook[Pairs] = unchanged
    say: Hook[Response] = unchanged
    write: Hook[bytes] = unchanged
    send: Hook[Reply] = unchanged
    ways: Ways = THE_USUAL
    refuses_for: float = 0.0
    """For how many seconds connections are refused at first."""


NO_FAULT: Final = Fault(
    name="none", description="Nothing is wrong.", source="OAI-PMH 2.0"
)


def when(condition: Condition, hook: Hook[T]) -> Hook[T]:
    """Return a hook that acts on some requests only."""
    return lambda visit, value: hook(visit, value) if condition(visit) else value


def in_turn(first: Hook[T], second: Hook[T]) -> Hook[T]:
    """Return a hook that is one, and then the other."""
    return lambda visit, value: second(visit, first(visit, value))


def once(condition: Condition) -> Condition:
    """Return a condition that holds only the first time that the same is asked."""
    return lambda visit: condition(visit) and visit.earlier == 0


def on_page_2(visit: Visit) -> bool:
    """Tell whether page 2 of ListRecords is asked for."""
    return visit.verb == "ListRecords" and visit.page == 2  # noqa: PLR2004 - page 2


def on_records(visit: Visit) -> bool:
    """Tell whether ListRecords is asked for."""
    return visit.verb == "ListRecords"


def on_token(visit: Visit) -> bool:
    """Tell whether a list is resumed."""
    return bool(visit.asked.argument("resumptionToken"))


def always(_visit: Visit) -> bool:
    """Tell that it is every request."""
    return True
