"""Tests. No test here is timed: hypothesis's deadline would make a busy machine look like a broken one."""

from hypothesis import settings

settings.register_profile("house", deadline=None)
settings.load_profile("house")
