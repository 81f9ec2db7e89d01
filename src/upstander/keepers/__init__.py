"""Keepers: independent bodies that hold what is pledged. The protocol as functions from values to values.

The composition is ours and **not yet reviewed by an outside cryptographer** (docs/explanation/keepers.md).
"""
