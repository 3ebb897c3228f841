"""What the answer to GetRecord says of the one record that was asked for."""

from typing import Final

from oai_provider.harvester.listing import ListPage

_GONE: Final = frozenset({"idDoesNotExist", "cannotDisseminateFormat"})


def refusal(page: ListPage, identifier: str) -> str:
    """Return why an answer is not the record, empty if it is."""
    if page.errors:
        return "; ".join(f"{e.code} {e.message}".strip() for e in page.errors)
    if page.verb != "GetRecord":
        return f"it is answered by {page.verb}"
    others = [r.identifier for r in page.records if r.identifier != identifier]
    if others:
        return f"it is answered by {others[0]}"
    return "" if page.records or page.unreadable else "no record, and no error"


def is_gone(page: ListPage) -> bool:
    """Tell whether the record is no more, or not in this format."""
    return bool(page.errors) and {e.code for e in page.errors} <= _GONE
