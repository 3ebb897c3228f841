"""What formats say in words that the item says in fields.

Dublin Core has no place for a volume, a subtitle or an SPDX name, and MODS wants
some of these in words too; so they are worded here, once.
"""

import re
from collections.abc import Sequence
from typing import Final

from oai_provider.metadata.access import License
from oai_provider.metadata.agents import Agent
from oai_provider.metadata.host import Conference, Host, Pages
from oai_provider.metadata.identifiers import Identifier
from oai_provider.metadata.item import Title

_SPDX: Final = re.compile(r"[A-Za-z0-9.+-]+", re.ASCII)
_CREATIVE_COMMONS: Final = re.compile(r"CC-(BY(?:-NC)?(?:-SA|-ND)?)-(\d\.\d)")
_CC_ZERO: Final = "https://creativecommons.org/publicdomain/zero/1.0/"


def with_subtitles(titles: Sequence[Title]) -> list[tuple[Title, list[Title]]]:
    """Return the titles that stand alone, each with the subtitles it carries.

    A subtitle belongs to the first title in its language, else to the first of all;
    where there are only subtitles, the first is the title.
    """
    heads = [title for title in titles if title.type != "subtitle"] or [*titles[:1]]
    if len(heads) == len(titles):
        return [(head, []) for head in heads]
    groups: list[tuple[Title, list[Title]]] = [(head, []) for head in heads]
    for title in titles:
        if title.type == "subtitle" and title is not heads[0]:
            same = (group for group in groups if group[0].lang == title.lang)
            next(same, groups[0])[1].append(title)
    return groups


def inverted_name(agent: Agent) -> str:
    """Return the name that sorts, generation after family: `King Jr., Martin`."""
    if agent.family is None or agent.suffix is None:
        return agent.inverted
    family = f"{agent.family} {agent.suffix}"
    return f"{family}, {agent.given}" if agent.given else family


def license_uri(license_: License) -> str | None:
    """Return the address of a licence, made from its SPDX name if none is given."""
    spdx = license_.spdx or ""
    if license_.uri or not _SPDX.fullmatch(spdx):
        return license_.uri
    if spdx == "CC0-1.0":
        return _CC_ZERO
    terms = _CREATIVE_COMMONS.fullmatch(spdx)
    if terms:
        return f"https://creativecommons.org/licenses/{terms[1].lower()}/{terms[2]}/"
    return f"https://spdx.org/licenses/{spdx}"


def identifier_uri(identifier: Identifier) -> str:
    """Return an identifier as an address or URN; any other with its scheme before it.

    A local identifier stands alone.
    """
    scheme, value = identifier.scheme, identifier.value
    if scheme in {"isbn", "issn", "pissn", "eissn", "lissn"}:
        return f"urn:{scheme[-4:].upper()}:{value.replace(' ', '')}"
    url = identifier.url
    if url is not None:
        return url
    if scheme in {"local", "uri"} or value.lower().startswith(f"{scheme}:"):
        return value
    return f"{scheme}:{value}"


def conference_citation(conference: Conference) -> str:
    """Return a meeting in words: `Name (ACRONYM), Place, 2014-05-01/2014-05-03`."""
    name = conference.name.value
    if conference.acronym:
        name = f"{name} ({conference.acronym})"
    return ", ".join(filter(None, (name, conference.place, conference.dates)))


def host_citation(host: Host, title: str) -> str:
    """Return where in its host an item stands, under one of the host's titles."""
    issn = next((i.value for i in host.identifiers if i.scheme.endswith("issn")), None)
    named = f"{title} ({issn})" if issn else title
    return ". ".join(filter(None, (named, host_locator(host))))


def host_locator(host: Host) -> str:
    """Return where in its host an item stands: as printed, else made of its parts."""
    return printed_locator(host) or _locator(host)


def printed_locator(host: Host) -> str | None:
    """Return the printed citation after the host's title: `2014. № 5 (31)`."""
    printed = host.citation_text
    if printed is None:
        return None
    for title in host.titles:
        if printed.startswith(title.value):
            return printed[len(title.value) :].lstrip(" .,;:") or None
    return printed


def _locator(host: Host) -> str:
    number = " ".join(
        filter(None, (host.issue, host.whole_number and f"({host.whole_number})"))
    )
    counted = ", ".join(
        filter(None, (_labelled("vol.", host.volume), _labelled("no.", number)))
    )
    part = host.part_title.value if host.part_title else None
    return ". ".join(
        filter(None, (host.season, host.year, counted, part, _pages(host.pages)))
    )


def _labelled(label: str, value: str | None) -> str | None:
    return f"{label} {value}" if value else None


def _pages(pages: Pages | None) -> str | None:
    if pages is None:
        return None
    if pages.first:
        numbers = f"{pages.first}-{pages.last}" if pages.last else pages.first
    else:
        numbers = pages.text or ""
    article = _labelled("article", pages.article_number)
    return ", ".join(filter(None, (_labelled("p.", numbers), article)))
