// The file of fingerprints that a handler saves is what `upstander bank export` reads, and holds no word of the reporter's.
import assert from "node:assert/strict";
import { test } from "node:test";
import { printsFile } from "./prints.ts";

const CASE = "aaaaaaaaaaaaaaaaaaaaaaaaaa";
const LISTED = [{ sha256: "0".repeat(64), prints: [{ colour: "", crop: 0, hash: "5a".repeat(32), quality: 90 }] }];

test("only case, format and fingerprints go into the file", () => {
  const body = { format: "upstander/report/v1", answers: [{ text: "her words" }], fingerprints: LISTED, files: [] };
  assert.deepEqual(JSON.parse(printsFile(CASE, body)!), {
    case: CASE,
    body: { format: "upstander/report/v1", answers: [], fingerprints: LISTED },
  });
});

test("a report without any, or with nonsense there, offers nothing", () => {
  for (const fingerprints of [undefined, [], "x", { length: 1 }])
    assert.equal(printsFile(CASE, { format: "upstander/report/v1", ...(fingerprints !== undefined && { fingerprints }) }), null);
});
