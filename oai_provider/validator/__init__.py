"""Judging an endpoint of OAI-PMH 2.0: which clause it breaks, where, and what mends it.

A rule asks the endpoint and yields breaches; `run` gathers them, `report` writes them.
Nothing is passed over in silence: what could not be checked is told as that.
"""
