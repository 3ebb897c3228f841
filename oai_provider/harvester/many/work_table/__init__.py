"""The durable table of work, in SQLite or PostgreSQL; nothing of SQL leaves it."""

from oai_provider.harvester.many.work_table.table import WorkTable, open_work_table

__all__ = ["WorkTable", "open_work_table"]
