"""The published XML Schemas, for operators who prefer them to ours.

They are fetched from their own addresses and kept only if their SHA-256 sums are
those that `SOURCES.toml` lists.
"""

import hashlib
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from oai_provider.errors import OaiProviderError
from oai_provider.protocol.xml import attribute

_TIMEOUT: Final = 30.0
_LIMIT: Final = 4 * 1024 * 1024
_CATALOG: Final = "urn:oasis:names:tc:entity:xmlns:xml:catalog"


class SourcesError(OaiProviderError):
    """`SOURCES.toml` cannot be read."""
