"""titleInfo: the titles of an item, each with its subtitles."""

from collections.abc import Sequence
from typing import Final

from lxml import etree

from oai_provider.metadata.item import Item, Title
from oai_provider.metadata.mods.building import (
    Attributes,
    say,
    stated,
    worded,
    wrap,
)
from oai_provider.metadata.wording import with_subtitles

_TYPED: Final = frozenset(("translated", "alternative", "abbreviated"))


def write_titles(root: etree._Element, item: Item) -> None:
    """Write every title; those of no type are the main ones."""
    for head, subtitles in with_subtitles(item.titles):
        _write_title(root, head, subtitles)


def _write_title(
    root: etree._Element, head: Title, subtitles: Sequence[Title]
) -> None:
    attributes = worded(head)
    if head.type in _TYPED:
        attributes = {"type": head.type, **attributes}
    info = wrap(root, "titleInfo", attributes)
    say(info, "title", head.value)
    for subtitle in subtitles:
        say(info, "subTitle", subtitle.value, _unlike(head, subtitle))


def _unlike(head: Title, subtitle: Title) -> Attributes:
    """State a subtitle's language only where it is not that of its title."""
    return stated(None) if subtitle.lang == head.lang else stated(subtitle.lang)
