"""The process that an independent body runs: it evaluates, holds, releases. No Django here.

How to run one: docs/how-to/run-a-keeper.md.
"""
