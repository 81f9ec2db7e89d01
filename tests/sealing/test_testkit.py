"""The C2SP age test kit, where somebody has it: a folder of vectors named by AGE_TESTKIT.

The kit is for all of age; we take hybrid recipients only, refuse grease, and read no armour. So: a file with
hybrid stanzas only must do what the kit says; every other file must be refused by its head; and where the kit
gives the file key, our payload reader must agree with it, whatever the recipients.
"""

import hashlib
import os
import re
import zlib
from collections import defaultdict
from pathlib import Path

import pytest

from upstander.formats.hashes import hkdf
from upstander.sealing import age
from upstander.sealing.age import payload
from upstander.sealing.errors import SealingError

FOLDER = os.environ.get("AGE_TESTKIT", "")
VECTORS = sorted(path for path in Path(FOLDER).iterdir() if path.is_file()) if FOLDER else []
LOUD = "AGE_TESTKIT names no folder with the C2SP age test kit, so none of its vectors was tried."


pytestmark = pytest.mark.skipif(not VECTORS, reason=LOUD)


def test_files_to_hybrid_recipients():
    tried = {"success": 0, "refused": 0}
    for name, facts, data in _all():
        if _kinds(data) != {b"mlkem768x25519"} or "armored" in facts:
            continue
        identities = [one for one in facts["identity"] if one.startswith("AGE-SECRET-KEY-PQ-1")]
        if facts["expect"] == ["success"]:
            opened = age.open_(data, identities)
            assert hashlib.sha256(opened).hexdigest() == facts["payload"][0], name
            tried["success"] += 1
        else:
            with pytest.raises(SealingError):
                age.open_(data, identities)
            tried["refused"] += 1
    print(tried)
    assert tried["success"] >= 2
    assert tried["refused"] >= 10


def test_every_other_file_is_refused_by_its_head():
    others = [(name, data) for name, _, data in _all() if _kinds(data) != {b"mlkem768x25519"}]
    assert len(others) > 50
    for name, data in others:
        with pytest.raises(SealingError):
            pytest.fail(f"{name}: {age.inspect(data)}")


def test_payloads_under_the_kits_file_keys():
    tried = {"success": 0, "payload failure": 0}
    for name, facts, data in _all():
        found = re.search(rb"\n--- [^\n]*\n", data)
        if "file key" not in facts or "armored" in facts or facts["expect"][0] not in tried or not found:
            continue
        nonce, rest = data[found.end() :][:16], data[found.end() + 16 :]
        if len(nonce) < 16:
            continue  # seen by `open_` before the payload is reached
        tried[facts["expect"][0]] += 1
        key = hkdf(bytes.fromhex(facts["file key"][0]), "payload", salt=nonce)
        if facts["expect"] == ["success"]:
            opened = b"".join(payload.decrypt([rest], key))
            assert hashlib.sha256(opened).hexdigest() == facts["payload"][0], name
            continue
        with pytest.raises(SealingError):
            b"".join(payload.decrypt([rest], key))
    print(tried)
    assert tried["success"] >= 10
    assert tried["payload failure"] >= 10


def _all():
    for path in VECTORS:
        head, _, data = path.read_bytes().partition(b"\n\n")
        facts = defaultdict(list)
        for line in head.decode().split("\n"):
            key, value = line.split(": ", 1)
            facts[key].append(value)
        yield path.name, facts, zlib.decompress(data) if "compressed" in facts else data


def _kinds(data: bytes) -> set[bytes]:
    return set(re.findall(rb"^-> (\S*)", data.partition(b"\n---")[0], re.MULTILINE))
