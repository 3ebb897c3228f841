"""What an item says, and how each metadata format says it.

`item` is the hub: sources make Items, formats are written from Items. A format is
one module; the terms formats share stand once, in `vocabularies` and `languages`.
"""
