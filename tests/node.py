"""Runs a few lines of JavaScript in Node, for checks against packages of other people."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent


def run_node(script: str, given: Any) -> Any:
    """What the script, the body of an async function of `given`, returns; both are JSON."""
    node = shutil.which("node")
    if node is None or not (ROOT / "node_modules" / "age-encryption").is_dir():
        pytest.skip(
            "Node or node_modules is not here: `npm ci` brings them. Nothing was compared with typage."
        )
    program = f"""
        import {{ readFileSync, writeFileSync }} from "node:fs";
        import * as age from "age-encryption";
        import * as shamir from "shamir-secret-sharing";
        const bytes = (text) => new Uint8Array(Buffer.from(text, "base64url"));
        const b64 = (data) => Buffer.from(data).toString("base64url");
        const work = async (given) => {{ {script} }};
        writeFileSync(1, JSON.stringify(await work(JSON.parse(readFileSync(0, "utf8")))));
    """
    command = [node, "--input-type=module", "--eval", program]
    done = subprocess.run(
        command, input=json.dumps(given), capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
