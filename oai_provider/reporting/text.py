"""Texts of others, as they can be shown: no program obeys what stands in them."""

import json
from collections.abc import Mapping
from urllib.parse import urlsplit


def harmless(value: str) -> str:
    """Return a text that does nothing to a terminal, and that XML can carry."""
    if value.isprintable():
        return value
    return "".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in value)


def is_web_address(url: str) -> bool:
    """Tell whether an address can be followed without harm: http and https alone."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def safe_json(told: Mapping[str, object]) -> str:
    """Return JSON that does nothing to a terminal."""
    text = json.dumps(told, ensure_ascii=False, indent=2)
    return "".join(
        c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text
    )
