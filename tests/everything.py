"""Every check there is, one after another, and a summary at the end. `make test` runs this.

All checks run even when one fails. Nothing is left out silently: a check that cannot run here says why.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
BIN = ROOT / ".venv/bin"
# Debian packages some checks need, and how to see that they are there.
PACKAGES = {
    "chromium": lambda: bool(shutil.which("chromium")),
    "postgresql": lambda: any(Path("/usr/lib/postgresql").glob("*/bin/initdb")),
    "age": lambda: bool(shutil.which("age")),
}


@dataclass(frozen=True)
class Check:
    """One command. `needs` is a Debian package without which it cannot run."""

    name: str
    command: tuple[str, ...]
    needs: str = ""


@dataclass(frozen=True)
class Result:
    """How a check went, and how many seconds it took."""

    check: Check
    word: str
    seconds: float


def python(*words: str) -> tuple[str, ...]:
    """A command of the environment's own tools."""
    return (str(BIN / words[0]), *words[1:])


CHECKS = (
    Check("formatting", python("ruff", "format", "--check", ".")),
    Check("lint", python("ruff", "check", ".")),
    Check("floors of the house", python("lint-imports")),
    Check("types, Python", python("mypy")),
    Check("types, TypeScript", ("npx", "--no-install", "tsc", "--noEmit")),
    Check("tests, TypeScript", ("npm", "test", "--silent")),
    Check("size of the first load", ("npm", "run", "build", "--silent", "--", "--size")),
    Check(
        "tests, Python on SQLite",
        python("pytest", "-n", "2", "--dist", "loadfile", "-m", "not browser and not fault"),
    ),
    Check("tests, killed in the middle", python("pytest", "-m", "fault and not browser")),
    Check("tests, Python on PostgreSQL", python("python", "tests/postgres.py"), needs="postgresql"),
    Check("journeys in Chromium", python("pytest", "-n", "2", "-m", "browser"), needs="chromium"),
)


def install_missing() -> None:
    """As root on Debian, installs the packages that checks need. Others are told how."""
    missing = [name for name, there in PACKAGES.items() if not there()]
    if not missing or os.environ.get("APT") == "no":
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        print(f"\n!! Missing here: {', '.join(missing)}. Checks that need them are skipped.")
        print(f"!! As root: apt-get install {' '.join(missing)}\n", flush=True)
        return
    print(f"Installing {', '.join(missing)} with apt-get (APT=no leaves them out) ...", flush=True)
    quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
    subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)
    for name in missing:  # one by one, so that one that cannot be had leaves the others
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", name], check=False, **quiet
        )


def run(check: Check) -> Result:
    """Runs one check, its output shown as it comes."""
    print(f"\n=== {check.name} " + "=" * max(0, 70 - len(check.name)), flush=True)
    if check.needs and not PACKAGES[check.needs]():
        print(f"!! SKIPPED: Debian package {check.needs} is not here. As root: apt-get install {check.needs}")
        return Result(check, "SKIPPED", 0)
    begun = time.monotonic()
    code = subprocess.run(check.command, cwd=ROOT, check=False).returncode
    return Result(check, "held" if code == 0 else "FAILED", time.monotonic() - begun)


def main() -> int:
    """Runs all, or those whose name contains an argument. Returns 1 when one failed."""
    wanted = sys.argv[1:]
    chosen = [check for check in CHECKS if not wanted or any(word in check.name for word in wanted)]
    install_missing()
    results = [run(check) for check in chosen]
    print("\n=== summary " + "=" * 60)
    for result in results:
        why = f" (needs the Debian package {result.check.needs})" if result.word == "SKIPPED" else ""
        print(f"{result.word:<8} {result.seconds:5.0f} s  {result.check.name}{why}")
    failed = [result for result in results if result.word == "FAILED"]
    print(f"\n{len(failed)} of {len(results)} failed." if failed else "\nNothing failed.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
