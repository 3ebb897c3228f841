"""The companion harvester: complete, resumable, incremental, and it proves it.

Built on sickle. What a list says is read once and strictly (`page`), the list loop
knows no socket (`walk`), and only `client` and what fetches for it touch the network.
"""
