"""The values that settings take, each refused in words where it is none."""

import re
from typing import Annotated, Final
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator

from oai_provider.protocol.names import (
    SET_SPEC_RULE,
    has_web_host,
    is_identifier,
    is_set_spec,
)
from oai_provider.protocol.xml import not_xml

# OAI identifier scheme 2.0: a domain name with at least one dot.
_DOMAIN = re.compile(r"[A-Za-z][A-Za-z0-9-]*(\.[A-Za-z][A-Za-z0-9-]*)+")
# OAI-PMH.xsd, emailType.
_EMAIL = re.compile(r"\S+@\S+\.\S+")
_USER: Final = re.compile(r"[^/?#]*//[^/?#]*@")
# What clients take out of a path before they ask.
_UP: Final = frozenset({".", ".."})
# What else stands beside the endpoint, where base_url ends with one more name.
_OTHER_PAGES: Final = frozenset({"", "items", "static", "robots.txt"})


def _legal(pattern: re.Pattern[str], rule: str, value: str) -> str:
    if not pattern.fullmatch(value):
        raise ValueError(f"{value!r} is not {rule}")
    return value


def _domain_name(value: str) -> str:
    return _legal(_DOMAIN, "a domain name such as repository.example.org", value)


def _email_address(value: str) -> str:
    if value.lower().startswith("mailto:"):
        raise ValueError(f"{value!r} is an address and a scheme: leave out mailto:")
    return _legal(_EMAIL, "an e-mail address such as library@example.org", _line(value))


def _base_url(value: str) -> str:
    if _USER.match(value):
        raise ValueError("the URL holds a user name, which everyone would be told")
    if not is_identifier(value) or not has_web_host(value):
        raise ValueError(
            f"{value!r} is not an http(s) URL: write https://host/oai, with %20 for"
            " spaces and letters of other scripts"
        )
    if "?" in value or "#" in value:
        raise ValueError(f"{value!r} has a query or fragment: leave it out")
    names = urlsplit(value).path.strip("/").split("/")
    if not _UP.isdisjoint(map(unquote, names)):
        raise ValueError(f"{value!r} has . or .. between slashes: leave them out")
    if names[-1] in _OTHER_PAGES:
        raise ValueError(f"{value!r} needs a path of its own: end it with /oai")
    return value


def _host(value: str) -> str:
    if not value.strip():
        raise ValueError("is blank: write 127.0.0.1, or 0.0.0.0 for every address")
    return value.strip()


def _set_spec(value: str) -> str:
    if not is_set_spec(value):
        raise ValueError(f"{value!r} is not legal: {SET_SPEC_RULE}")
    return value


def _line(value: str) -> str:
    if not value.strip() or not_xml(value) is not None:
        raise ValueError(f"{value!r} is empty or holds characters XML cannot carry")
    return value.strip()


Line = Annotated[str, AfterValidator(_line)]
DomainName = Annotated[str, AfterValidator(_domain_name)]
EmailAddress = Annotated[str, AfterValidator(_email_address)]
BaseUrl = Annotated[str, AfterValidator(_base_url)]
Host = Annotated[str, AfterValidator(_host)]
SetSpec = Annotated[str, AfterValidator(_set_spec)]
