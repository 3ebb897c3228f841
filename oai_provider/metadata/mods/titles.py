"""titleInfo: the titles of an item, each with its subtitles."""

from collections.abc import Iterator, Sequence
from typing import Final

from lxml import etree

from oai_provider.metadata.elements import language_in, said, text_in
from oai_provider.metadata.item import Item, Title
from oai_provider.metadata.markup import (
    NOTHING,
    Markup,
    attributes,
    joined,
    say,
    wrap,
)
from oai_provider.metadata.mods.building import inside, stated, text_inside, worded
from oai_provider.metadata.wording import with_subtitles

_TYPED: Final = {
    type_: attributes({"type": type_})
    for type_ in ("translated", "alternative", "abbreviated")
}


def write_titles(item: Item) -> Iterator[Markup]:
    """Yield every title; those of no type are the main ones."""
    for head, subtitles in with_subtitles(item.titles):
        type_ = _TYPED.get(head.type, NOTHING)
        yield wrap("titleInfo", _title(head, subtitles), joined(type_, worded(head)))


def _title(head: Title, subtitles: Sequence[Title]) -> Markup:
    title = say("title", head.value)
    return joined(
        title, *(say("subTitle", s.value, _unlike(head, s)) for s in subtitles)
    )


def _unlike(head: Title, subtitle: Title) -> Markup:
    """State a subtitle's language only where it is not that of its title."""
    return NOTHING if subtitle.lang == head.lang else stated(subtitle.lang)


def read_titles(root: etree._Element) -> dict[str, object]:
    """Return the titles of an item; a uniform title is another title of it."""
    titles: list[dict[str, object]] = []
    for info in inside(root, "titleInfo"):
        type_ = info.get("type") or "main"
        type_ = type_ if type_ in ("main", *_TYPED) else "alternative"
        value = title_in(info)
        if value is not None:
            lang = language_in(info)
            titles.append(said(type=type_, value=value, lang=lang))
            titles += _read_subtitles(info, lang)
    return said(titles=titles)


def title_in(info: etree._Element) -> str | None:
    """Return a title with its article before it and its part after it."""
    title = text_inside(info, "title")
    if title is None:
        return None
    parts = (text_inside(info, name) for name in ("partNumber", "partName"))
    return ". ".join(filter(None, (_article(info) + title, *parts)))


def _article(info: etree._Element) -> str:
    """Return the article with its space, which one that is elided has not."""
    article = text_inside(info, "nonSort")
    if article is None or article.endswith(("'", "\u2019", "-")):
        return article or ""
    return f"{article} "


def _read_subtitles(
    info: etree._Element, lang: str | None
) -> Iterator[dict[str, object]]:
    for element in inside(info, "subTitle"):
        value = text_in(element)
        if value is not None:
            own = language_in(element) or lang
            yield said(type="subtitle", value=value, lang=own)
