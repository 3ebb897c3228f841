"""All addresses of all items: each is asked once, several hosts side by side.

What is not asked is told, and never counts as whole.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import groupby
from threading import Event
from typing import Final

from oai_provider.validator.catalogue import Entry, Severity
from oai_provider.verifier.finding import Breach, Finding, finding_of
from oai_provider.verifier.links.following import (
    Following,
    LeftAlone,
    Verdict,
    host_of,
)
from oai_provider.verifier.reading import Judged
from oai_provider.verifier.run import Judgement
from oai_provider.verifier.subject import Subject

UNCHECKED: Final = "link-unchecked"
_WEB: Final = ("http://", "https://")
_SIDE_BY_SIDE: Final = 8
_IN_VAIN: Final = 3
"""Addresses in a row without an answer, before their host is asked for no more."""
_ORDER: Final = [*Severity]


@dataclass(frozen=True, slots=True, kw_only=True)
class At:
    """Where an address stands."""

    item: str
    place: str
    field: str


class Links:
    """The addresses met in items as they pass, with all places of each."""

    def __init__(self) -> None:
        self.places: defaultdict[str, list[At]] = defaultdict(list)

    def noted(self, judged: Iterable[Judged]) -> Iterator[Judged]:
        """Yield what is judged, and note its addresses."""
        for one in judged:
            if isinstance(one, Subject):
                for field, url in addresses(one):
                    at = At(item=one.identifier, place=one.place, field=field)
                    # What stands after # is the browser's.
                    self.places[url.partition("#")[0]].append(at)
            yield one


def addresses(subject: Subject) -> Iterator[tuple[str, str]]:
    """Yield the addresses under which an item, or what it points at, is to be found."""
    item = subject.item
    yield from subject.addresses
    for n, one in enumerate(item.identifiers):
        if one.scheme != "url" and (one.url or "").startswith(_WEB):
            yield f"identifiers[{n}].value", one.url or ""
    for n, related in enumerate(item.related):
        if related.identifier and (related.identifier.url or "").startswith(_WEB):
            yield f"related[{n}].identifier.value", related.identifier.url or ""
    for n, licence in enumerate(item.rights.licenses if item.rights else ()):
        if (licence.uri or "").startswith(_WEB):
            yield f"rights.licenses[{n}].uri", licence.uri or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What became of the addresses at a host."""

    verdicts: Mapping[str, Verdict]
    unchecked: Sequence[str] = ()
    reason: str = ""


def check(
    places: Mapping[str, Sequence[At]],
    entries: Mapping[str, Entry],
    following: Following,
    tell: Callable[[int], object] = lambda _: None,
) -> Iterator[Finding]:
    """Yield what is found of addresses; `tell` hears how many more were asked."""
    by_host: defaultdict[str, list[str]] = defaultdict(list)
    for url in places:
        by_host[host_of(url)].append(url)
    stopped = Event()
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        work = [
            pool.submit(_host_asked, host, urls, following, stopped, tell)
            for host, urls in by_host.items()
        ]
        try:
            # In their order, so that every report of the same has the same order.
            for one in work:
                yield from _told(one.result(), places, entries)
        finally:
            # Who interrupts waits for no more than the requests under way.
            stopped.set()
            pool.shutdown(wait=False, cancel_futures=True)


def _host_asked(
    host: str,
    urls: Sequence[str],
    following: Following,
    stopped: Event,
    tell: Callable[[int], object],
) -> _Asked:
    most = following.politeness.per_host
    verdicts: dict[str, Verdict] = {}
    in_vain = 0
    for n, url in enumerate(urls):
        if n == most or stopped.is_set():
            reason = f"{most} addresses at {host} were asked"
            return _Asked(verdicts=verdicts, unchecked=urls[n:], reason=reason)
        if in_vain == _IN_VAIN:
            reason = f"{host} has not answered {_IN_VAIN} times in a row"
            return _Asked(verdicts=verdicts, unchecked=urls[n:], reason=reason)
        try:
            verdict = following.verdict(url)
        except LeftAlone as error:
            return _Asked(verdicts=verdicts, unchecked=urls[n:], reason=str(error))
        finally:
            tell(1)
        in_vain = in_vain + 1 if verdict and verdict.is_silence else 0
        if verdict:
            verdicts[url] = verdict
    return _Asked(verdicts=verdicts)


def _told(
    asked: _Asked, places: Mapping[str, Sequence[At]], entries: Mapping[str, Entry]
) -> Iterator[Finding]:
    for url, verdict in asked.verdicts.items():
        for at in places[url]:
            yield _finding(entries[verdict.code], at, url, verdict.message)
    if asked.unchecked:
        first, number = asked.unchecked[0], len(asked.unchecked)
        those = "this address was" if number == 1 else f"{number} addresses were"
        said = f"{asked.reason}: {those} not asked"
        yield _finding(entries[UNCHECKED], places[first][0], first, said)


def _finding(entry: Entry, at: At, url: str, message: str) -> Finding:
    found = Breach(message=message, field=at.field, value=url)
    return finding_of(entry, found, at.item, at.place)


def with_findings(judgement: Judgement, more: Iterable[Finding]) -> Judgement:
    """Return a judgement with more findings, those of one item together."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for key, group in groupby(judgement.findings, lambda f: (f.item, f.place)):
        groups.setdefault(key, []).extend(group)
    for one in more:
        groups.setdefault((one.item, one.place), []).append(one)
    findings = (
        one
        for group in groups.values()
        for one in sorted(group, key=lambda one: _ORDER.index(one.severity))
    )
    return replace(judgement, findings=tuple(findings))
