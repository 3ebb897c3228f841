"""Repairs that a person would make without thinking, written back where items are kept.

A repair answers a finding. It is made of what was written, judged again, and kept only
where its rule finds less and no other rule finds more.
"""
