"""How the tables came to be as they are, a module a step (Alembic)."""
