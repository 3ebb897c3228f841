"""Tests that an endpoint passes or not, by the names of `profiles.toml`.

Each says what was seen, and None where it does not apply; what cannot be known raises
`NotChecked`. The rules have asked for all of it before.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, NamedTuple

from oai_provider.protocol.datestamp import DatestampError, parse_datestamp
from oai_provider.protocol.model import DeletedRecord
from oai_provider.validator import answers
from oai_provider.validator.endpoint import Endpoint, way_on
from oai_provider.validator.exchange import OAI, Exchange, child_text, text
from oai_provider.validator.finding import NotChecked
from oai_provider.validator.profiles.book import Profile
from oai_provider.validator.profiles.sample import Sample, has_set

_LEAST, _MOST = 100, 500
_LIFE: Final = timedelta(hours=24)
_GRACE: Final = timedelta(minutes=1)


class Seen(NamedTuple):
    """Whether a test is passed, None where it does not apply, and what was seen."""

    is_met: bool | None
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a test looks at."""

    endpoint: Endpoint
    profile: Profile
    sample: Sample
    errors: int
    """How many rules of the protocol are broken at the level of errors."""
    value: str = ""


def _no_errors(look: Look) -> Seen:
    return Seen(not look.errors, f"{look.errors} rules about the protocol are broken")


def _disseminates(look: Look) -> Seen:
    prefixes = [one.prefix for one in look.endpoint.formats]
    prefix = look.profile.prefix
    said = f"ListMetadataFormats tells of {' and '.join(prefixes) or 'nothing'}"
    return Seen(prefix in prefixes, said)


def _has_set(look: Look) -> Seen:
    found = has_set(look.endpoint, look.value, look.sample.headers)
    if found is None:
        raise NotChecked("ListSets was not read to its end")
    return Seen(found, f"there is {'the' if found else 'no'} set {look.value}")


def _tells_deletions(look: Look) -> Seen:
    told = child_text(look.endpoint.identify, "deletedRecord")
    known = {DeletedRecord.PERSISTENT, DeletedRecord.TRANSIENT}
    return Seen(told in [*known], f"deletedRecord is {told or 'missing'}")


def _first_page(look: Look) -> Exchange:
    return look.endpoint.answered("ListRecords", metadataPrefix=look.profile.prefix)


def _page_size(look: Look) -> Seen:
    page = _first_page(look)
    count = len(answers.headers(page))
    said = f"the first page has {count} records"
    if not way_on(page) and count <= _MOST:
        return Seen(None, f"{said} and is the last")
    return Seen(_LEAST <= count <= _MOST, said)


def _token_life(look: Look) -> Seen:
    page = _first_page(look)
    found = answers.tokens(page)
    if not found or not found[0].value:
        return Seen(None, "the list is complete on its first page")
    expires, asked = found[0].expires, text(page.child("responseDate"))
    if not expires:
        raise NotChecked("the token does not say when it expires")
    try:
        life = parse_datestamp(expires)[0] - parse_datestamp(asked)[0]
    except DatestampError as error:
        raise NotChecked(str(error)) from error
    hours = life / timedelta(hours=1)
    return Seen(life >= _LIFE - _GRACE, f"a token lives for {hours:.3g} hours")


def _is_described(look: Look) -> Seen:
    identify = look.endpoint.identify
    names = ("repositoryName", "adminEmail", "description")
    lacking = [n for n in names if identify.find(OAI + n) is None]
    return Seen(not lacking, f"Identify has no {' and no '.join(lacking)}")


def _is_encrypted(look: Look) -> Seen:
    url = look.endpoint.base_url
    return Seen(url.lower().startswith("https:"), f"the base URL is {url}")


OF_ENDPOINTS: Final[Mapping[str, Callable[[Look], Seen]]] = {
    "no_errors": _no_errors,
    "disseminates": _disseminates,
    "has_set": _has_set,
    "tells_deletions": _tells_deletions,
    "page_size": _page_size,
    "token_life": _token_life,
    "is_described": _is_described,
    "is_encrypted": _is_encrypted,
}
