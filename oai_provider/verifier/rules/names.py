"""Names of people: whether programs can sort them, and whether each is one name.

What may be an organisation is let pass: the order of its words is no fault.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from oai_provider.metadata.agents import Agent
from oai_provider.metadata.name_order import is_unordered, may_be_organisation
from oai_provider.validator.rule import check
from oai_provider.verifier.finding import Breach, Check
from oai_provider.verifier.subject import Subject

_SEVERAL: Final = re.compile(
    r";\s*\w|\w, [^,;]+ (?:and|&|und|et|y|\u0438) [^,;]+, \w", re.IGNORECASE
)
_ENTITY: Final = re.compile(r"&#?\w{1,8};")
_ET_AL: Final = re.compile(
    r"\bet\.? al\b|\band others\b|\u0438 \u0434\u0440\.", re.IGNORECASE
)
_MARKS: Final = re.compile(
    r"(?<!\d)\d{1,3}(?!\d)|[*\u2020\u2021\u00a7\u00b9\u00b2\u00b3]"
)
_FEWEST_CAPITALS: Final = 5

Shows = Callable[[Agent], tuple[str, str] | None]
"""Returns the part of a name that is wrong, and that part's value."""


def _rule(code: str, says: str, shows: Shows) -> Check:
    @check(code)
    def rule(subject: Subject) -> Iterator[Breach]:
        for path, agent in subject.agents:
            shown = None if agent.type == "organizational" else shows(agent)
            if shown is not None:
                part, value = shown
                message = f"{value!r} {says}"
                yield Breach(message=message, field=f"{path}.{part}", value=value)

    return rule


def _unordered(agent: Agent) -> tuple[str, str] | None:
    name = agent.name or ""
    return ("name", name) if is_unordered(agent) else None


def _several(agent: Agent) -> tuple[str, str] | None:
    name = agent.name or ""
    is_several = _SEVERAL.search(_ENTITY.sub("", name))
    return ("name", name) if is_several else None


def _found(pattern: re.Pattern[str]) -> Shows:
    def shows(agent: Agent) -> tuple[str, str] | None:
        for part in ("family", "given", "name"):
            value = getattr(agent, part) or ""
            if pattern.search(value):
                return part, value
        return None

    return shows


def _marked(agent: Agent) -> tuple[str, str] | None:
    # Numbers are part of the names of organisations.
    if not agent.family and may_be_organisation(_MARKS.sub("", agent.name or "")):
        return None
    return _found(_MARKS)(agent)


def _capitals(agent: Agent) -> tuple[str, str] | None:
    family = agent.family or ((agent.name or "") if "," in (agent.name or "") else "")
    letters = sum(map(str.isalpha, family))
    if family.isupper() and letters >= _FEWEST_CAPITALS:
        return ("family" if agent.family else "name"), family
    return None


def _family_with_comma(agent: Agent) -> tuple[str, str] | None:
    family = agent.family or ""
    return ("family", family) if "," in family else None


CHECKS = (
    _rule("name-order", "may begin with either name", _unordered),
    _rule("name-several", "seems to be several names", _several),
    _rule("name-et-al", "leaves somebody out", _found(_ET_AL)),
    _rule("name-marks", "has marks that are no part of a name", _marked),
    _rule("name-capitals", "is all in capitals", _capitals),
    _rule("name-family-has-comma", "has a comma", _family_with_comma),
)
