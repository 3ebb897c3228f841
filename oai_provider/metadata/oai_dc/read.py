"""Simple Dublin Core read into the mapping of an item."""

from lxml import etree


def read(element: etree._Element) -> dict[str, object]:
    """Return what an oai_dc:dc element says."""
    return {"titles": [str(element.tag)]}
