"""Compiled XML Schemas behind an offline catalogue.

A schema address is looked up in `catalog.xml` and read from its folder; an address
that is not there is an error, never a download. Because OAI-PMH.xsd has strict
wildcards, a generated driver schema imports what belongs together. Locations are
made local in a temporary folder before compiling: lxml's resolvers are lost whenever
another thread ends a parse meanwhile, and then imports vanish silently. Each thread
at work has its own compiled copy, which shares no error log: with four threads on
two cores 2.5 times as fast as one copy under a lock.
"""

import copy
import re
import threading
from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import urljoin

from lxml import etree

from oai_provider.errors import OaiProviderError
from oai_provider.protocol import xml
from oai_provider.protocol.names import OAI_NS

ENVELOPE: Final = f"{OAI_NS}OAI-PMH.xsd"
# What may stand in description, setDescription and about, whatever the formats.
# rightsManifest.xsd includes rights.xsd, which has the same namespace.
CONTAINERS: Final = tuple(
    f"{OAI_NS}{name}.xsd"
    for name in (
        "oai-identifier",
        "friends",
        "branding",
        "eprints",
        "gateway",
        "rightsManifest",
        "provenance",
    )
)

_CATALOG: Final = "{urn:oasis:names:tc:entity:xmlns:xml:catalog}"
_XS: Final = "{http://www.w3.org/2001/XMLSchema}"
_DRIVER_NAME: Final = "driver.xsd"
_NAMESPACE: Final = re.compile(r"\{[^{}\s]*:[^{}\s]*\}")
_ELEMENT: Final = re.compile(r"Element '([^']+)'")
_LINKS: Final = (f"{_XS}import", f"{_XS}include", f"{_XS}redefine")


class SchemaError(OaiProviderError):
    """A schema is not in the catalogue, or cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaFault:
    """One place where a document breaks its schema; line 0 when it was never text."""

    line: int
    path: str
    message: str


class Schemas:
    """The schemas of one folder laid out by URL; usable from any thread."""

    def __init__(self, folder: Path) -> None:
        self._catalogue = _Catalogue(folder)
        self._drivers: dict[tuple[str, ...], _Driver] = {}
        self._namespaces: dict[str, str] = {}

    def urls(self) -> tuple[str, ...]:
        """Return every address the catalogue knows, sorted."""
        return tuple(sorted(self._catalogue.files))

    def knows(self, schema_url: str) -> bool:
        """Say whether documents of this schema can be validated."""
        return schema_url in self._catalogue.files

    def namespace(self, schema_url: str) -> str:
        """Return the namespace the schema describes."""
        if schema_url not in self._namespaces:
            root = self._catalogue.document(schema_url)
            namespace = root.get("targetNamespace")
            if namespace is None:
                raise SchemaError(
                    f"{schema_url} has no targetNamespace: none can use it"
                )
            self._namespaces[schema_url] = namespace
        return self._namespaces[schema_url]

    def faults(
        self, element: etree._Element, schema_url: str
    ) -> tuple[SchemaFault, ...]:
        """Validate one payload, wherever it stands, as a document of its own."""
        namespace = self.namespace(schema_url)
        if etree.QName(element).namespace != namespace:
            return (_foreign(element, namespace),)
        return self._driver((schema_url,)).faults(_alone(element))

    def container_faults(self, element: etree._Element) -> tuple[SchemaFault, ...]:
        """Validate what stands in a description, setDescription or about."""
        name = etree.QName(element)
        for url in CONTAINERS:
            if self.namespace(url) == name.namespace:
                return self.faults(element, url)
        known = ", ".join(map(self.namespace, CONTAINERS))
        message = f"Element '{name.localname}' is in none of {known}"
        line = element.sourceline or 0
        return (SchemaFault(line=line, path=f"/{name.localname}", message=message),)

    def response_faults(
        self, root: etree._Element, schema_urls: Collection[str]
    ) -> tuple[SchemaFault, ...]:
        """Validate a whole response whose records are in formats of these schemas."""
        formats = self._one_a_namespace(schema_urls)
        # A format that does not occur stays out: of two formats that import different
        # editions of one schema (xml.xsd), libxml2 would use the first for both.
        present = tuple(url for name, url in formats.items() if _occurs(name, root))
        return self._driver((ENVELOPE, *present, *CONTAINERS)).faults(root)

    def _one_a_namespace(self, schema_urls: Collection[str]) -> dict[str, str]:
        taken = {self.namespace(url): url for url in (ENVELOPE, *CONTAINERS)}
        formats: dict[str, str] = {}
        for url in schema_urls:
            namespace = self.namespace(url)
            other = (taken | formats).get(namespace)
            if other is not None and other != url:
                raise SchemaError(
                    f"{other} and {url} both describe {namespace}: name one of them"
                )
            if other is None:
                formats[namespace] = url
        return formats

    def _driver(self, schema_urls: tuple[str, ...]) -> "_Driver":
        driver = self._drivers.get(schema_urls)
        if driver is None:
            imports = {self.namespace(url): url for url in schema_urls}
            made = _Driver(self._catalogue, imports)
            driver = self._drivers.setdefault(schema_urls, made)
        return driver


class _Catalogue:
    """The address book of a folder of schemas (OASIS XML Catalogs 1.1)."""

    def __init__(self, folder: Path) -> None:
        book = folder / "catalog.xml"
        try:
            root = xml.parse(book.read_bytes())
        except (OSError, xml.XmlError) as error:
            raise SchemaError(
                f"cannot read the schema catalogue {book}: {error}"
            ) from error
        self.folder = folder
        self.files = {
            entry.get("name", entry.get("systemId", "")): folder / entry.get("uri", "")
            for entry in root.iter(f"{_CATALOG}uri", f"{_CATALOG}system")
        }

    def file(self, url: str, *, named_by: str) -> Path:
        """Return the file of an address."""
        try:
            return self.files[url]
        except KeyError:
            raise SchemaError(
                f"schema {url} ({named_by}) is not in {self.folder / 'catalog.xml'}:"
                " add the file and its entry"
            ) from None

    def document(self, url: str, *, named_by: str = "asked for") -> etree._Element:
        """Return the schema of an address, parsed anew."""
        file = self.file(url, named_by=named_by)
        # Published schemas may carry a DOCTYPE, which xml.parse refuses.
        parser = etree.XMLParser(  # noqa: TID251 - see the line above
            no_network=True, load_dtd=False, resolve_entities=False
        )
        try:
            tree = etree.parse(file, parser)  # noqa: TID251 - see the comment above
        except (OSError, etree.XMLSyntaxError) as error:
            raise SchemaError(
                f"cannot read schema {url} from {file}: {error}"
            ) from error
        return tree.getroot()


class _Bundle:
    """Schema documents for one folder, which name each other by file name."""

    def __init__(self, catalogue: _Catalogue) -> None:
        self._catalogue = catalogue
        self._names: dict[Path, str] = {}
        self.documents: dict[str, bytes] = {}
        self.urls: dict[str, str] = {_DRIVER_NAME: "the driver"}

    def add(self, url: str, *, named_by: str) -> str:
        """Take in a schema and all it needs; return its file name."""
        file = self._catalogue.file(url, named_by=named_by)
        if file not in self._names:
            name = self._names[file] = f"{len(self._names)}.xsd"
            self.urls[name] = url
            self.documents[name] = self._localised(url)
        return self._names[file]

    def _localised(self, url: str) -> bytes:
        schema = self._catalogue.document(url)
        for link in schema.iter(*_LINKS):
            location = link.get("schemaLocation")
            if location is not None:
                name = self.add(urljoin(url, location), named_by=f"named by {url}")
                link.set("schemaLocation", name)
        return etree.tostring(schema)


class _Driver:
    """One schema over several namespaces, compiled once for each thread at work."""

    # libxml2 sets up its table of built-in types at the first compile, unlocked.
    _compiling = threading.Lock()

    def __init__(self, catalogue: _Catalogue, imports: Mapping[str, str]) -> None:
        bundle = _Bundle(catalogue)
        schema = etree.Element(f"{_XS}schema")
        for namespace, url in imports.items():
            name = bundle.add(url, named_by="asked for")
            etree.SubElement(
                schema, f"{_XS}import", namespace=namespace, schemaLocation=name
            )
        bundle.documents[_DRIVER_NAME] = etree.tostring(schema)
        self._bundle = bundle
        self._idle: deque[etree.XMLSchema] = deque()

    def faults(self, root: etree._Element) -> tuple[SchemaFault, ...]:
        """Validate the root element of a document."""
        try:
            schema = self._idle.pop()
        except IndexError:
            schema = self._compile()
        valid = schema.validate(root)
        faults = () if valid else tuple(_fault(e, root) for e in schema.error_log)
        self._idle.append(schema)
        return faults

    def _compile(self) -> etree.XMLSchema:
        with self._compiling, TemporaryDirectory(prefix="oai-provider-") as name:
            folder = Path(name)
            for file, document in self._bundle.documents.items():
                (folder / file).write_bytes(document)
            try:
                return etree.XMLSchema(file=folder / _DRIVER_NAME)
            except etree.XMLSchemaParseError as error:
                raise SchemaError(self._refused(error)) from error

    def _refused(self, error: etree.XMLSchemaParseError) -> str:
        entry = error.error_log[0]
        url = self._bundle.urls[Path(entry.filename or _DRIVER_NAME).name]
        return f"schema {url} does not compile: {entry.message} (line {entry.line})"


def _foreign(element: etree._Element, namespace: str) -> SchemaFault:
    name = etree.QName(element)
    where = f"in {name.namespace}" if name.namespace else "in no namespace"
    return SchemaFault(
        line=element.sourceline or 0,
        path=f"/{name.localname}",
        message=f"Element '{name.localname}' is {where}, expected is {namespace}.",
    )


def _alone(element: etree._Element) -> etree._Element:
    """Return the element as a root: IDs are unique within a document only."""
    if element.getparent() is None:
        return element
    # A deepcopy alone would lose prefixes that only xsi:type uses.
    root = etree.Element(element.tag, element.attrib, nsmap=element.nsmap)
    root.sourceline = element.sourceline  # type: ignore[misc] # lxml can, stubs not
    root.text = element.text
    root.extend(list(copy.deepcopy(element)))
    return root


def _occurs(namespace: str, root: etree._Element) -> bool:
    return next(root.iter(f"{{{namespace}}}*"), None) is not None


def _fault(entry: etree._LogEntry, root: etree._Element) -> SchemaFault:
    element = _element_at(entry.path or "", root)
    path = root.getroottree().getelementpath(element)
    below = "" if path == "." else f"/{path}"
    return SchemaFault(
        line=element.sourceline or 0,
        path=_NAMESPACE.sub("", f"/{etree.QName(root).localname}{below}"),
        message=_readable(entry.message),
    )


def _element_at(path: str, root: etree._Element) -> etree._Element:
    """Follow a path as libxml2 writes it: `/*/*[3]/oai_dc:dc/dc:title[2]`."""
    element = root
    for step in path.split("/")[2:]:
        name, _, index = step.rstrip("]").partition("[")
        same = [e for e in element.iterchildren("*") if name in ("*", _step_name(e))]
        element = same[int(index or 1) - 1]
    return element


def _step_name(element: etree._Element) -> str:
    name = etree.QName(element)
    if element.prefix:
        return f"{element.prefix}:{name.localname}"
    return "*" if name.namespace else name.localname


def _readable(message: str) -> str:
    """Cut namespaces out of names, unless only they tell two names apart."""
    short = _NAMESPACE.sub("", message)
    found = _ELEMENT.match(short)
    expected = short.partition("Expected is")[2]
    if found and re.search(rf"[ (]{re.escape(found[1])}[ ,]", expected):
        return message
    return short
