"""Records and headers as sickle's users know them, with nothing of the page lost.

Vanilla sickle drops <about>, keeps white space around identifiers, and raises
IndexError for an empty <metadata/>.
"""

from collections.abc import Callable
from functools import cached_property

from lxml import etree
from sickle import models as sickle

from oai_provider.errors import OaiProviderError


class RecordError(OaiProviderError):
    """A record that cannot be told from others."""


class Header(sickle.Header):  # type: ignore[misc]  # sickle has no types
    """A header, without the white space around what it says."""

    def __init__(self, header_element: etree._Element) -> None:
        super().__init__(header_element)
        self.identifier: str | None = _stripped(self.identifier)
        self.datestamp: str | None = _stripped(self.datestamp)
        self.setSpecs: list[str] = [
            spec for text in self.setSpecs if (spec := _stripped(text))
        ]

    @property
    def raw(self) -> str:
        """Its XML as text."""
        return etree.tostring(self.xml, encoding="unicode", with_tail=False)

    def __str__(self) -> str:
        return self.raw

    def __bytes__(self) -> bytes:
        return self.raw.encode()


class Record(sickle.Record):  # type: ignore[misc]  # sickle has no types
    """A record: its header, its metadata, what is said about it, and its bytes."""

    def __init__(self, record_element: etree._Element, strip_ns: bool = True) -> None:
        # Not the constructor of vanilla's record, which fails for an empty one.
        super(sickle.Record, self).__init__(record_element, strip_ns=strip_ns)
        header = self.xml.find(f"{self._oai_namespace}header")
        if header is None:
            raise RecordError(
                f"the record in line {self.xml.sourceline} has no <header>: "
                "tell the endpoint's administrator"
            )
        self.header = Header(header)
        self.deleted: bool = self.header.deleted
        self.verbatim: Callable[[], bytes | None] | None = None
        """Finds its bytes in the page, if it was read from one."""

    @cached_property
    def metadata(self) -> dict[str, list[str | None]]:
        """What each element of the metadata says, by its name; empty for none."""
        return self.get_metadata()

    def get_metadata(self) -> dict[str, list[str | None]]:
        """Return what each element of the metadata says, by its name."""
        payload = self.xml.find(f"{self._oai_namespace}metadata/*")
        said: dict[str, list[str | None]] = {}
        if payload is not None:
            for element in payload.iterdescendants("*"):
                said.setdefault(self._name(element), []).append(_text(element))
        return said

    def _name(self, element: etree._Element) -> str:
        tag = str(element.tag)
        return tag.rpartition("}")[2] if self._strip_ns else tag

    @property
    def about(self) -> list[etree._Element]:
        """What the <about> containers hold, in order."""
        found: list[etree._Element] = self.xml.findall(f"{self._oai_namespace}about/*")
        return found

    @property
    def raw_bytes(self) -> bytes:
        """Its bytes as they came; the prefixes in them may be declared before.

        Of a record that was not read from a page: its XML in UTF-8.
        """
        found = self.verbatim() if self.verbatim else None
        return self.raw.encode() if found is None else found

    @property
    def raw(self) -> str:
        """Its XML as text, declaring every namespace."""
        return etree.tostring(self.xml, encoding="unicode", with_tail=False)

    def __str__(self) -> str:
        return self.raw

    def __bytes__(self) -> bytes:
        return self.raw.encode()


def _stripped(text: str | None) -> str | None:
    return text.strip() if text else text


def _text(element: etree._Element) -> str | None:
    """Return the text of an element; not the white space that only indents others."""
    text = element.text
    return None if text and len(element) and not text.strip() else text
