"""Harvests made of settings: what they take from outside is put together here."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from oai_provider.assembly import open_ingest, utc_now
from oai_provider.config import load_config
from oai_provider.harvester.opening import Means, opened
from oai_provider.harvester.order import Order, Report
from oai_provider.provider.ingest import Ingest


def means_of_harvest(config_file: Path | None) -> Means:
    """Return what a harvest takes from outside: stores, and time."""

    def open_store_of(url: str) -> Ingest:
        return open_ingest(load_config(config_file, {"store": {"url": url}}), utc_now)

    return Means(open_ingest=open_store_of, now=utc_now)


def harvest_in_turn(order: Order, turn: Callable[[], None]) -> Report:
    """Harvest one of many sources; the settings are those of the environment."""
    means = replace(means_of_harvest(None), turn=turn)
    with opened(order, means) as harvest:
        return harvest.run()
