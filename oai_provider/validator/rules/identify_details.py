"""Identify (OAI-PMH 4.2), what is lawful there and troubles those who read it."""

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from oai_provider.validator.answers import containers
from oai_provider.validator.endpoint import Endpoint
from oai_provider.validator.exchange import OAI, child_text, text
from oai_provider.validator.finding import Breach, breach
from oai_provider.validator.rule import check
from oai_provider.validator.rules.identify import EMAIL, OAI_IDENTIFIER

_OLD_VERSIONS: Final = "http://www.openarchives.org/OAI/1."
_MAILTO: Final = "mailto:"
# What the validator of the OAI takes for an address.
_PLAIN_EMAIL: Final = re.compile(r"\w[\w.-]+@[a-zA-Z0-9.-]+\.[a-z]{2,}", re.ASCII)
_LATIN: Final = re.compile("[A-Za-z]")


@check("identify-version-1")
def version_1(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield an Identify of a version before 2.0."""
    exchange = endpoint.ask("Identify")
    root = exchange.root
    namespace = "" if root is None else etree.QName(root).namespace or ""
    if namespace.startswith(_OLD_VERSIONS):
        yield breach(
            f"Identify is answered in the namespace {namespace}", exchange, root
        )


@check("identify-admin-email-mailto")
def admin_email_mailto(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield addresses that are written as a link."""
    for email in endpoint.identify.iterchildren(f"{OAI}adminEmail"):
        if text(email).lower().startswith(_MAILTO):
            yield breach(
                f"adminEmail {text(email)} begins with {_MAILTO}",
                endpoint.identified,
                email,
            )


@check("identify-admin-email-plain")
def admin_email_plain(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield lawful addresses that the validator of the OAI takes for none."""
    for email in endpoint.identify.iterchildren(f"{OAI}adminEmail"):
        address = text(email).removeprefix(_MAILTO)
        if EMAIL.fullmatch(address) and not _PLAIN_EMAIL.fullmatch(address):
            yield breach(
                f"adminEmail {address} is not plain enough", endpoint.identified, email
            )


@check("identify-description-given")
def description_given(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield it if nothing describes the repository."""
    if not [*containers(endpoint.identify, "description")]:
        yield breach(
            "Identify has no description", endpoint.identified, endpoint.identify
        )


@check("identify-name-latin")
def name_latin(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield a name that many cannot read."""
    told = child_text(endpoint.identify, "repositoryName")
    if told and not _LATIN.search(told):
        yield breach(
            f"repositoryName {told} has no Latin letter",
            endpoint.identified,
            endpoint.identify.find(f"{OAI}repositoryName"),
        )


@check("identify-oai-identifier-namespace")
def oai_identifier_namespace(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield an oai-identifier that is none of version 2.0."""
    for found in containers(endpoint.identify, "description"):
        name = etree.QName(found)
        is_ours = f"{{{name.namespace}}}" == OAI_IDENTIFIER
        if name.localname == "oai-identifier" and not is_ours:
            yield breach(
                f"oai-identifier is in the namespace {name.namespace or '(none)'}",
                endpoint.identified,
                found,
            )


@check("identify-oai-identifier-prefixed")
def oai_identifier_prefixed(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield an oai-identifier that is written with a prefix."""
    for found in endpoint.identify.iter(f"{OAI_IDENTIFIER}oai-identifier"):
        if found.prefix:
            yield breach(
                f"it is written <{found.prefix}:oai-identifier>",
                endpoint.identified,
                found,
            )
