"""What may stand in <description>, <setDescription> and <about>, as plain values.

The names, their order and how often they occur are those of the schemas and
guidelines beside the OAI-PMH specification. The values are checked when they are
made, so that `container` can turn every one of them into valid XML; those that
operators configure refuse keys they do not know.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Final, assert_never

from lxml import etree
from pydantic import ConfigDict

from oai_provider.metadata.oai_dc.write import DC, NAMESPACE, SCHEMA
from oai_provider.protocol.datestamp import parse_datestamp
from oai_provider.protocol.names import OAI_NS, has_web_host, is_any_uri
from oai_provider.protocol.xml import (
    SCHEMA_LOCATION,
    XSI,
    Payload,
    XmlError,
    not_xml,
    parse,
    payload,
    text,
)

RIGHTS_NS: Final = f"{OAI_NS}rights/"
_MIME_TYPE: Final = re.compile("[a-z]+/[a-z]+")
_SAMPLE: Final = re.compile(
    r"oai(?::[A-Za-z][A-Za-z0-9-]*)(?:\.[A-Za-z][A-Za-z0-9-]*)+"
    r":[A-Za-z0-9\-_.!~*'();/?:@&=+$,%]+"
)
_STRICT: Final = ConfigDict(extra="forbid")
# rightsManifest.xsd knows no other entity that rights can apply to.
METADATA_ENTITY: Final = f"{OAI_NS}entity#metadata"


def _check_text(name: str, value: str | None) -> None:
    if value is not None and (not value.strip() or not_xml(value) is not None):
        raise ValueError(f"{name} {value!r} is empty or holds what XML cannot carry")


def _check_uri(name: str, value: str) -> None:
    if not_xml(value) is not None or not is_any_uri(value):
        raise ValueError(f"{name} {value!r} is not a URI: begin it with a scheme")


def _check_url(name: str, value: str | None) -> None:
    if value is None:
        return
    _check_uri(name, value)
    if not has_web_host(value):
        raise ValueError(f"{name} {value!r} is not a web address: use http(s)://host")


def _check_some(name: str, values: Iterable[object]) -> None:
    if not any(values):
        raise ValueError(f"{name} says nothing: give it a value or leave it out")


@dataclass(frozen=True, slots=True, kw_only=True)
class OaiIdentifier:
    """The scheme of the repository's identifiers (guidelines-oai-identifier)."""

    repository_identifier: str
    sample: str

    def __post_init__(self) -> None:
        scheme = f"oai:{self.repository_identifier}:"
        if not self.sample.startswith(scheme) or not _SAMPLE.fullmatch(self.sample):
            raise ValueError(
                f"sample {self.sample!r} is not {scheme} and a local identifier,"
                " with a domain name for the repository"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Friends:
    """Repositories this one vouches for (guidelines-friends)."""

    base_urls: tuple[str, ...]
    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    def __post_init__(self) -> None:
        _check_some("friends", self.base_urls)
        for url in self.base_urls:
            _check_url("base_urls", url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Icon:
    """An image that stands for a collection; width and height in pixels."""

    url: str
    link: str | None = None
    title: str | None = None
    width: int | None = None
    height: int | None = None
    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    def __post_init__(self) -> None:
        _check_url("url", self.url)
        _check_url("link", self.link)
        _check_text("title", self.title)
        for name, size in (("width", self.width), ("height", self.height)):
            if size is not None and size < 1:
                raise ValueError(f"{name} {size} is no number of pixels")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """A style sheet for the records of one metadata format."""

    url: str
    metadata_namespace: str
    mime_type: str = "text/xsl"
    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    def __post_init__(self) -> None:
        _check_url("url", self.url)
        _check_uri("metadata_namespace", self.metadata_namespace)
        if not _MIME_TYPE.fullmatch(self.mime_type):
            raise ValueError(
                f"mime_type {self.mime_type!r} is not like text/xsl: two words of"
                " small letters"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Branding:
    """How harvesters may show where records come from (guidelines-branding)."""

    icon: Icon | None = None
    renderings: tuple[Rendering, ...] = ()
    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    def __post_init__(self) -> None:
        _check_some("branding", (self.icon, self.renderings))


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A policy: texts, addresses of texts, or both."""

    texts: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    def __post_init__(self) -> None:
        _check_some("the statement", (self.texts, self.urls))
        for said in self.texts:
            _check_text("texts", said)
        for url in self.urls:
            _check_url("urls", url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Eprints:
    """Content and policies of a repository of e-prints (guidelines-eprints)."""

    metadata_policy: Statement
    data_policy: Statement
    content: Statement | None = None
    submission_policy: Statement | None = None
    comments: tuple[str, ...] = ()
    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    def __post_init__(self) -> None:
        for comment in self.comments:
            _check_text("comments", comment)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """Rights in the metadata: the address of a statement, or one in XML, inline."""

    reference: str | None = None
    inline: str | None = None
    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    def __post_init__(self) -> None:
        if (self.reference is None) == (self.inline is None):
            raise ValueError("rights are either a reference or inline XML: give one")
        if self.reference is not None:
            _check_uri("reference", self.reference)
        if self.inline is not None:
            try:
                root = parse(payload(parse(self.inline.encode())).xml)
            except (XmlError, UnicodeEncodeError) as error:
                raise ValueError(f"inline rights are not XML: {error}") from error
            if etree.QName(root).namespace == RIGHTS_NS:
                raise ValueError(f"inline rights are in {RIGHTS_NS}: use another")


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsManifest:
    """The rights statements found in the records of a repository or a set."""

    rights: tuple[Rights, ...]
    applies_to: str = METADATA_ENTITY
    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    def __post_init__(self) -> None:
        _check_some("the rights manifest", self.rights)
        if self.applies_to != METADATA_ENTITY:
            raise ValueError(f"applies_to is {METADATA_ENTITY}, not {self.applies_to}")


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginDescription:
    """Where a harvested record came from, and where it was before that."""

    base_url: str
    identifier: str
    datestamp: str
    metadata_namespace: str
    harvest_date: str
    altered: bool
    origin: "OriginDescription | None" = None

    def __post_init__(self) -> None:
        _check_url("base_url", self.base_url)
        _check_uri("identifier", self.identifier)
        _check_uri("metadata_namespace", self.metadata_namespace)
        parse_datestamp(self.datestamp)
        parse_datestamp(self.harvest_date)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """The chain of repositories a record went through (guidelines-provenance)."""

    origin: OriginDescription


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDescription:
    """What a set holds, in words; served as Dublin Core."""

    text: str

    def __post_init__(self) -> None:
        _check_text("text", self.text)


_Built = (
    OaiIdentifier
    | Friends
    | Branding
    | Eprints
    | RightsManifest
    | Rights
    | SetDescription
)
Container = _Built | Provenance


def container(value: Container) -> Payload:
    """Return the finished XML of a container."""
    if isinstance(value, Provenance):
        # Each record has its own: by way of elements it takes five times as long.
        return Payload(_provenance(value).encode())
    return payload(_element(value))


def _element(value: _Built) -> etree._Element:  # noqa: C901, PLR0911 - a type each
    match value:
        case OaiIdentifier():
            return _oai_identifier(value)
        case Friends():
            root = _root("friends", f"{OAI_NS}friends/")
            _add_all(root, "baseURL", value.base_urls)
            return root
        case Branding():
            return _branding(value)
        case Eprints():
            return _eprints(value)
        case RightsManifest():
            root = _root("rightsManifest", RIGHTS_NS)
            root.set("appliesTo", value.applies_to)
            for rights in value.rights:
                _add_rights(_add(root, "rights"), rights)
            return root
        case Rights():
            root = _root("rights", RIGHTS_NS)
            _add_rights(root, value)
            return root
        case SetDescription():
            return _set_description(value)
        case _:
            assert_never(value)


def _root(name: str, namespace: str, schema: str | None = None) -> etree._Element:
    root = etree.Element(f"{{{namespace}}}{name}", nsmap={None: namespace, "xsi": XSI})
    root.set(SCHEMA_LOCATION, f"{namespace} {schema or f'{OAI_NS}{name}.xsd'}")
    return root


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    child = etree.SubElement(parent, f"{{{etree.QName(parent).namespace}}}{name}")
    child.text = text
    return child


def _add_all(parent: etree._Element, name: str, texts: Iterable[str | None]) -> None:
    for said in texts:
        if said is not None:
            _add(parent, name, said)


def _oai_identifier(value: OaiIdentifier) -> etree._Element:
    root = _root("oai-identifier", f"{OAI_NS}oai-identifier")
    _add(root, "scheme", "oai")
    _add(root, "repositoryIdentifier", value.repository_identifier)
    _add(root, "delimiter", ":")
    _add(root, "sampleIdentifier", value.sample)
    return root


def _branding(value: Branding) -> etree._Element:
    root = _root("branding", f"{OAI_NS}branding/")
    if value.icon:
        icon = _add(root, "collectionIcon")
        _add(icon, "url", value.icon.url)
        _add_all(icon, "link", (value.icon.link,))
        _add_all(icon, "title", (value.icon.title,))
        for name, size in (("width", value.icon.width), ("height", value.icon.height)):
            _add_all(icon, name, (None if size is None else str(size),))
    for rendering in value.renderings:
        element = _add(root, "metadataRendering", rendering.url)
        element.set("metadataNamespace", rendering.metadata_namespace)
        element.set("mimeType", rendering.mime_type)
    return root


def _eprints(value: Eprints) -> etree._Element:
    # Still in the namespace, and at the address, of OAI-PMH 1.1.
    namespace = "http://www.openarchives.org/OAI/1.1/eprints"
    root = _root("eprints", namespace, f"{namespace}.xsd")
    for name, statement in (
        ("content", value.content),
        ("metadataPolicy", value.metadata_policy),
        ("dataPolicy", value.data_policy),
        ("submissionPolicy", value.submission_policy),
    ):
        if statement:
            policy = _add(root, name)
            _add_all(policy, "URL", statement.urls)
            _add_all(policy, "text", statement.texts)
    _add_all(root, "comment", value.comments)
    return root


def _add_rights(parent: etree._Element, value: Rights) -> None:
    if value.reference is not None:
        _add(parent, "rightsReference").set("ref", value.reference)
    if value.inline is not None:
        _add(parent, "rightsDefinition").append(parse(value.inline.encode()))


def _provenance(value: Provenance) -> str:
    namespace = f"{OAI_NS}provenance"
    return (
        f'<provenance xmlns="{namespace}" xmlns:xsi="{XSI}"'
        f' xsi:schemaLocation="{namespace} {OAI_NS}provenance.xsd">'
        f"{_origin_description(value.origin)}</provenance>"
    )


def _origin_description(value: OriginDescription) -> str:
    altered = "true" if value.altered else "false"
    before = _origin_description(value.origin) if value.origin else ""
    return (
        f'<originDescription harvestDate="{value.harvest_date}" altered="{altered}">'
        f"<baseURL>{text(value.base_url)}</baseURL>"
        f"<identifier>{text(value.identifier)}</identifier>"
        f"<datestamp>{value.datestamp}</datestamp>"
        f"<metadataNamespace>{text(value.metadata_namespace)}</metadataNamespace>"
        f"{before}</originDescription>"
    )


def _set_description(value: SetDescription) -> etree._Element:
    root = etree.Element(
        f"{{{NAMESPACE}}}dc", nsmap={"oai_dc": NAMESPACE, "dc": DC, "xsi": XSI}
    )
    root.set(SCHEMA_LOCATION, f"{NAMESPACE} {SCHEMA}")
    etree.SubElement(root, f"{{{DC}}}description").text = value.text
    return root
