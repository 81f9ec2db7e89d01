"""An opened bank stays off the disk and out of other processes."""

from __future__ import annotations

import subprocess
import sys

import pytest

GUARDED = """
import ctypes, resource
from upstander.fingerprints.memory import guard
guard()
print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), resource.getrlimit(resource.RLIMIT_CORE))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="!! not Linux: only core files are kept from the disk")
def test_a_guarded_process_leaves_no_core_and_lets_nobody_look_in() -> None:
    ran = subprocess.run([sys.executable, "-c", GUARDED], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "0 (0, 0)"  # PR_GET_DUMPABLE
