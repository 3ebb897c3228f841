"""Where harvested records go: JSON Lines, a folder, a store, Parquet."""
