"""OAI-PMH 2.0 as pure functions and frozen values.

No clock, no files, no sockets, no web framework, no SQL: everything here is a
function of its arguments, so that provider, harvester and validator share it.
"""
