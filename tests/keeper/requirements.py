"""What a keeper's machine installs: some packages of `requirements/main.txt`, line for line.

`python -m tests.keeper.requirements` writes `requirements/keeper.txt` anew, after `make lock`.
"""

import re
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "requirements"
PACKAGES = (
    *("anyio", "cffi", "click", "colorama", "cryptography", "granian", "idna", "pycparser", "pynacl"),
    *("pyrage", "pysqlite3", "setuptools", "starlette", "typing-extensions"),
)
HEAD = "# What a keeper needs and nothing else: lines of main.txt. Written by `python -m tests.keeper.requirements`.\n"


def text() -> str:
    """The file as it has to be."""
    blocks = re.split(r"(?m)^(?=[a-z0-9])", (FOLDER / "main.txt").read_text("utf-8"))
    wanted = [block for block in blocks if re.split(r"[=\[ ]", block)[0] in PACKAGES]
    pins = [line for block in wanted for line in block.splitlines() if not line.startswith("    #")]
    return HEAD + "\n".join(pins) + "\n"


if __name__ == "__main__":
    (FOLDER / "keeper.txt").write_text(text(), "utf-8")
