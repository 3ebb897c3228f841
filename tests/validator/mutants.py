"""For every rule a provider that breaks it: ours, spoilt in one line."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from validator.world import Answered, Mutant, with_arguments

from oai_provider.validator.exchange import Request

_ANY: Final = lambda _: True  # noqa: E731 - a name for what is always so


def swapped(old: str, new: str, verb: str = "", count: int = 1) -> Mutant:
    """Return one whose answers (of a verb) say something else; `old` is a pattern."""
    pattern = re.compile(old.encode(), re.DOTALL)

    def answered(answer: Answered) -> Answered:
        if verb and answer.arguments.get("verb") != verb:
            return answer
        return replace(answer, body=pattern.sub(new.encode(), answer.body, count=count))

    return Mutant(answered=answered)


def dropped(*names: str, where: Callable[[dict[str, str]], bool] = _ANY) -> Mutant:
    """Return one that does not see some arguments."""

    def asked(request: Request) -> Request:
        if not where(dict(request.arguments)):
            return request
        left = tuple(pair for pair in request.arguments if pair[0] not in names)
        return with_arguments(request, left)

    return Mutant(asked=asked)


def said(name: str, old: str, new: str) -> Mutant:
    """Return one whose Identify says something else."""
    return swapped(f"<{name}>{old}</{name}>", new, "Identify")


MUTANTS: Final[dict[str, Mutant]] = {
    # Identify.
    "identify-answered": swapped("<Identify>.*</Identify>", "", "Identify"),
    "identify-elements-once": said("deletedRecord", ".*", ""),
    "identify-base-url": swapped("<baseURL>https", "<baseURL>http", "Identify"),
    "identify-repository-name": said(
        "repositoryName", "[^<]*", "<repositoryName> </repositoryName>"
    ),
    "identify-protocol-version": swapped(">2.0<", ">1.1<", "Identify"),
    "identify-admin-email": swapped(
        "<adminEmail>", "<adminEmail>The Library ", "Identify"
    ),
    "identify-admin-email-reachable": swapped(
        "<adminEmail>[^<]*", "<adminEmail>root@localhost", "Identify"
    ),
    "identify-granularity": swapped("hh:mm:ssZ<", "HH:MM:SSZ<", "Identify"),
    "identify-deleted-record": swapped(
        "<deletedRecord>.*?<", "<deletedRecord>sometimes<", "Identify"
    ),
    "identify-earliest-datestamp": swapped(
        "<earliestDatestamp>.*?<", "<earliestDatestamp>0000-00-00<", "Identify"
    ),
    "identify-earliest-granularity": swapped(
        "<earliestDatestamp>.*?<", "<earliestDatestamp>1999-01-01<", "Identify"
    ),
    "identify-earliest-is-lowest": swapped(
        "<earliestDatestamp>20", "<earliestDatestamp>21", "Identify"
    ),
    "identify-compression": swapped(
        "<description>", "<compression>identity</compression><description>", "Identify"
    ),
    "identify-description-schema": swapped("<scheme>oai<", "<scheme>doi<", "Identify"),
    "identify-oai-identifier-once": swapped(
        "(<description><oai-identifier.*?</description>)", r"\1\1", "Identify"
    ),
    "identify-oai-identifier-domain": swapped(
        "<repositoryIdentifier>.*?<", "<repositoryIdentifier>library<", "Identify"
    ),
    "identify-oai-identifier-sample": swapped(
        "<sampleIdentifier>oai:", "<sampleIdentifier>oai:x", "Identify"
    ),
    "identify-oai-identifier-used": swapped(
        "<repositoryIdentifier>", "<repositoryIdentifier>x.", "Identify"
    ),
}
