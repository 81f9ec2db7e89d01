// What the mailbox lists of her fingerprints, and that taking them back is an act the server cannot turn into another.
import assert from "node:assert/strict";
import { test } from "node:test";
import { buildTakeBack } from "../lib/acts.ts";
import { newId } from "../lib/bytes.ts";
import { labelAndSalt, leafBytes, leafHash, leafOf } from "../lib/leaf.ts";
import type { ActRow } from "../lib/record-acts.ts";
import { verifyStatement } from "../lib/statement.ts";
import { DAY, INSTITUTION, scene } from "../lib/testing.ts";
import { usesOf } from "./printview.ts";

const row = (kind: string, body: ActRow["body"]): ActRow => ({
  ...{ number: 1, kind, shown: "restricted", day: DAY, of: "", leaf: "", commitment: "", label: "", promise: "" },
  body,
});

test("uses are listed in their order; anything else, or unknown, is left out", () => {
  const acts = [
    row("received", {}),
    row("bank", { use: "authorised" }),
    row("note", null),
    row("bank", { use: "looked" }),
    row("bank", null),
    row("bank", { use: "searched" }),
  ];
  assert.deepEqual(
    usesOf(acts).map(({ use }) => use),
    ["authorised", "searched"],
  );
});

test("taking back is signed over the case and the very file, and its leaf shows nothing", async () => {
  const { reporter } = await scene();
  const place = { institution: INSTITUTION, case: newId(), day: DAY, log: reporter.log, number: 3 };
  const file = { id: newId(), sha256: "a".repeat(64) };
  const { body, act } = await buildTakeBack(place, reporter.signer, file);
  const said = verifyStatement(body["statement"] as string, "take-back", reporter.signer.sign);
  assert.deepEqual(said, { case: place.case, day: DAY, upload: file.id });
  assert.deepEqual([body["sealed"], body["upload"], body["number"]], [file.sha256, file.id, 3]);
  assert.equal(body["label"], labelAndSalt(reporter.log, 3).label);
  assert.equal(act.fields["document"], file.sha256);
  const hashes = [act, { ...act, fields: { ...act.fields, use: "held" } }].map((one) => leafHash(leafBytes(leafOf(one, "restricted", DAY))));
  assert.notEqual(hashes[0], hashes[1]);
});
