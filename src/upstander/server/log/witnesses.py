"""Which witnesses there are and how many must have signed: `witnesses.txt` in the data folder.

Lines of a C2SP tlog-policy: `witness NAME VKEY URL`, `group NAME COUNT MEMBER...`, `quorum NAME`. Without the
file nobody watches, and the page says so.
"""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings

from upstander.ledger.errors import LedgerError
from upstander.ledger.notes import VerifierKey
from upstander.ledger.policy import NONE, Policy, parse_policy

FILE = "witnesses.txt"
GROUP = "witnesses"
NOBODY = f"quorum {NONE}\n"


def configured() -> Policy:
    """The witnesses and their quorum, without logs. Raises LedgerError for a file that is not one."""
    path = Path(settings.DATA) / FILE
    try:
        return parse_policy(path.read_text("utf-8"))
    except FileNotFoundError:
        return parse_policy(NOBODY)
    except UnicodeDecodeError:
        raise LedgerError(f"{path} is not a text.") from None


def write(witnesses: list[tuple[str, str, str]], least: int) -> Policy:
    """Writes the file: name, vkey and address of each witness, and how many of them must sign.

    Raises LedgerError for what is no policy; the file stays as it was then.
    """
    lines = [f"witness {name} {vkey} {url}\n" for name, vkey, url in witnesses]
    if least:
        lines.append(f"group {GROUP} {least} {' '.join(name for name, _, _ in witnesses)}\n")
    lines.append(f"quorum {GROUP}\n" if least else NOBODY)
    policy = parse_policy("".join(lines))
    path = Path(settings.DATA) / FILE
    waiting = path.with_name(f"{path.name}.{os.getpid()}.new")
    waiting.write_text(policy.text, "utf-8")
    waiting.replace(path)
    return policy


def name_of(vkey: str) -> str:
    """A short name for the witness with this key: that of the key. Raises LedgerError."""
    return VerifierKey.parse(vkey).name
