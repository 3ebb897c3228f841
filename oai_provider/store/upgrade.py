"""Bringing a database's tables to the revision this program works with.

Alembic is loaded only where there is something to do. The steps are run by one
process at a time, as everything that writes, and all of them or none.
"""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from oai_provider.store.base import StoreError
from oai_provider.store.faults import translated
from oai_provider.store.tables import REVISION
