"""Names of people given in one piece: which are, and how a journal's order parts them.

Nobody can tell from a name alone which of its words is the family's. What looks like
an organisation is not taken for a person; one that does not, such as World Bank, has to
say `type: organizational`.
"""

import re
from typing import Final, Literal

from oai_provider.metadata.agents import Agent

NameOrder = Literal["family-first", "given-first"]

_ORGANISATION: Final = re.compile(
    r"universit|institut|academ|college|school|department|division|minist|council"
    r"|committee|commission|society|association|library|archiv|museum|center|centre"
    r"|laborator|company|corporation|agency|bureau|office|foundation|group|service"
    r"|collection|photo|studio|record|gallery|orchestra|press|verlag|survey|district"
    r"|project|team|network|consortium|hospital|church|\.$"
    r"|\b(?:of|for|the|and|inc|ltd|llc|gmbh)\b|[&(\d]"
    r"|\u0443\u043d\u0438\u0432\u0435\u0440\u0441\u0438\u0442\u0435\u0442"
    r"|\u0438\u043d\u0441\u0442\u0438\u0442\u0443\u0442"
    r"|\u0430\u043a\u0430\u0434\u0435\u043c\u0438\u044f",
    re.IGNORECASE,
)
# The full stop of an initial ends no organisation's name.
_INITIAL: Final = re.compile(
    r"(?<= )(?:[^\W\d_]{1,2}|[\u0410-\u042f]\.-?[\u0410-\u042f])\.$"
)
_WORDS: Final = range(2, 5)


def may_be_organisation(name: str) -> bool:
    """Tell whether a name may be that of an organisation."""
    said = name if name.endswith(" Co.") else _INITIAL.sub("", name)
    return _ORGANISATION.search(said) is not None


def is_unordered(agent: Agent) -> bool:
    """Tell whether an agent is a person whose name may begin with either part."""
    name = agent.name
    if agent.type == "organizational" or agent.family or name is None or "," in name:
        return False
    words = name.split()
    is_personal = agent.type == "personal" or not may_be_organisation(name)
    is_name = len(words) in _WORDS and words[0][0].isupper() and words[-1][0].isupper()
    return is_name and is_personal


def parted(name: str, order: NameOrder) -> tuple[str, str]:
    """Return family and given name; small words before a family name belong to it."""
    words = name.split()
    if order == "family-first":
        return words[0], " ".join(words[1:])
    first = len(words) - 1
    while first > 1 and words[first - 1][0].islower():
        first -= 1
    return " ".join(words[first:]), " ".join(words[:first])
