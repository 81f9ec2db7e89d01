"""The browser's own code against three keeper processes: two reporters type one officer differently, both open.

Runs `client/lib` in Node, bundled as for the page; the handler's side here. Slow: one walk, start to end.
"""

import json
import shutil
import signal
import subprocess

import pytest

from tests.keeper.serving import ROOT, answers, free_ports
from tests.keeper.test_alone import MAIN, environment, without
from tests.keepers import scene
from upstander.formats import b64, days, statements
from upstander.keeper import process, trial
from upstander.keeper.ask import ask_over_https
from upstander.keepers import shares
from upstander.keepers.pledges import read_pledge

NAMES = ("charity", "college", "union")

PROGRAM = """
import { build } from "esbuild";
import { readFileSync, writeFileSync } from "node:fs";
import { alias } from "./client/alias.mjs";
const given = JSON.parse(readFileSync(0, "utf8"));
const made = await build({
  stdin: { contents: given.page, resolveDir: "client/lib", loader: "ts" },
  alias, bundle: true, write: false, platform: "node", format: "esm", target: "node20",
  loader: { ".txt": "text" }, logLevel: "warning",
});
const url = "data:text/javascript;base64," + Buffer.from(made.outputFiles[0].text).toString("base64");
writeFileSync(1, JSON.stringify(await (await import(url)).walk(given)));
"""

PAGE = """
import { askAbout, sendToAll } from "./asking.ts";
import { identifier } from "./identifiers.ts";
import { hold, makeWithdrawal, tell } from "./pledge.ts";
import { readRoster, readTransport } from "./roster.ts";
import { signerFromSeed } from "./statement.ts";
import { randomBytes } from "./bytes.ts";

export async function walk(given) {
  const first = await (await fetch(given.addresses[0] + "/v1/keeper")).json();
  const roster = readRoster(first.roster);
  const recipients = new Map();
  for (const keeper of roster.keepers) {
    const about = await (await fetch(keeper.address + "/v1/keeper")).json();
    recipients.set(keeper.name, readTransport(about.transports[0], keeper, given.day.slice(0, 7)));
  }
  const post = async (keeper, path, body) => {
    if (given.off.includes(keeper.name)) throw new Error("away");
    const answer = await fetch(keeper.address + path, { method: "POST", body: JSON.stringify(body) });
    return answer.json();
  };
  const said = [];
  for (const reporter of given.reporters) {
    const names = reporter.names.map(({ kind, ...fields }) => identifier(kind, fields));
    const { outputs, liars, away } = await askAbout(roster, names, post, () => Promise.reject(new Error("no work")));
    const by = signerFromSeed(randomBytes(32));
    const held = await hold({
      report: { text: reporter.text }, grants: [{ to: "x" }], outputs,
      conditions: [{ kind: "match", k: 2, who: "anyone" }],
      beneficiary: { channel: given.channel, readers: [given.reader] },
      expires: given.expires, day: given.day, by, roster, recipients,
    });
    const sent = await sendToAll(roster, held.notes, held.parcel, "held", post);
    let ended = null;
    if (reporter.ends) {
      const notes = await tell(held.pledge, await makeWithdrawal(held.pledge, given.day, by), recipients);
      ended = (await sendToAll(roster, notes, new Uint8Array(0), "asked", post)).enough;
    }
    const { enough, receipts, refused } = sent;
    said.push({ id: held.pledge.id, liars, away, enough, receipts: receipts.size, refused: [...refused.values()], ended });
  }
  return said;
}
"""

COLLAR = {"kind": "collar", "force": "Marlshire Police", "surname": "Smith"}
REPORTERS = [
    {
        "text": "one",
        "names": [
            {"kind": "warrant", "number": "PW 01234", "force": "Marlshire"},
            {"kind": "email", "address": "j.smith@marlshire.example"},
        ],
    },
    {
        "text": "two",
        "names": [
            {**COLLAR, "number": "PC 77"},
            {"kind": "warrant", "number": "warrant no. pw-1234", "force": "Marlshire"},
        ],
    },
    {
        "text": "another officer",
        "names": [{"kind": "warrant", "number": "PW1235", "force": "Marlshire"}, {**COLLAR, "number": "78"}],
    },
    {
        "text": "withdrawn",
        "names": [{"kind": "warrant", "number": "PW1234", "force": "Marlshire"}],
        "ends": True,
    },
]


def test_from_the_page_to_the_handler(tmp_path):
    node = shutil.which("node")
    if node is None or not (ROOT / "node_modules/esbuild").is_dir():
        pytest.skip("Node or node_modules is not here: the browser's code did not meet the keepers.")
    first = free_ports(3)
    addresses = list(trial.deal(tmp_path, NAMES, 2, epoch="trial", first_port=first, wait=(0, 0)).values())
    serving = [
        subprocess.Popen(
            without(
                MAIN,
                *("keeper", "serve", "--folder", str(tmp_path / name), "--port", str(first + i)),
                *("--every", "3600"),
            ),
            env=environment(),
        )
        for i, name in enumerate(NAMES)
    ]
    try:
        for address in addresses:
            answers(f"{address}/v1/keeper")
        today = days.today("Europe/London").isoformat()
        given = {
            "addresses": addresses,
            "channel": scene.BENEFICIARY.channel,
            "day": today,
            "expires": f"{int(today[:4]) + 6}-01-01",
            "off": ["college"],
            "page": PAGE,
            "reader": statements.public_of(scene.READER),
            "reporters": REPORTERS,
        }
        said = walk(node, given)
        for one in said:
            assert (one["liars"], one["away"], one["receipts"], one["enough"]) == (
                [],
                ["college"],
                2,
                True,
            ), one
        assert [one["ended"] for one in said] == [None, None, None, True]
        for _ in range(2):  # on the first beat a day is set, on the second it has come
            for name in NAMES:
                assert process.beat_once(tmp_path / name).away == ()
        opened = handler_opens(dict(zip(NAMES, addresses, strict=True)), today)
        assert opened == {said[0]["id"]: {"text": "one"}, said[1]["id"]: {"text": "two"}}
    finally:
        for one in serving:
            one.send_signal(signal.SIGTERM)
        for one in serving:
            one.wait(timeout=20)
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("keeper.sqlite3*"))
    for word in (b"1234pw", b"PW1234", b"j.smith", b"marlshire", b"\nwarrant"):
        assert word not in kept


def walk(node, given):
    """What the page did, in Node."""
    done = subprocess.run(
        [node, "--input-type=module", "--eval", PROGRAM],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def handler_opens(addresses, today):
    """Reports by pledge's id, from what the keepers hand to the handler."""
    found, parcels = {}, {}
    for name, address in addresses.items():
        body = {"day": today, "keeper": name, "reader": statements.public_of(scene.READER)}
        statement = statements.sign("fetch", body, scene.READER)
        for one in ask_over_https(f"{address}/v1/releases", {"statement": statement})["releases"]:
            pledge = read_pledge(one["pledge"])
            found.setdefault(pledge.id, []).append(shares.Release(name, pledge, b64.decode(one["share"])))
            asked = {"parcel": pledge.parcel, "statement": statement}
            parcels[pledge.id] = b64.decode(ask_over_https(f"{address}/v1/parcels", asked)["parcel"])
    return {
        pledge_id: shares.open_release(releases[:2], parcels[pledge_id]).report
        for pledge_id, releases in found.items()
    }
