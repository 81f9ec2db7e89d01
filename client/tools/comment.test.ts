// An overseer's comment: only holders on the signed card open it, and only what she signed for this case is read.
import assert from "node:assert/strict";
import { test } from "node:test";
import { open as openAge } from "../lib/age.ts";
import { FormatError, newId } from "../lib/bytes.ts";
import { scene } from "../lib/testing.ts";
import { readComment, readersOf, sealComment } from "./comment.ts";

const { avery, blake, card } = await scene();
const of = { id: newId(), case: newId(), day: "2026-01-05" };
const overseer = { key: newId(), signer: blake.signer };
const listed = { id: of.id, key: overseer.key, sign: blake.signer.sign };
const to = readersOf(card, [avery.key]);

test("what was sealed to a holder reads back, and opens for nobody else", async () => {
  const sealed = await sealComment("Why was nobody told?", of, to, overseer);
  assert.deepEqual(readComment(await openAge(sealed, avery.identity), listed, of.case, avery.key), { day: of.day, text: "Why was nobody told?" });
  await assert.rejects(openAge(sealed, blake.identity));
});

test("a key that the signed card does not have gets nothing, whatever the server says", async () => {
  assert.deepEqual(readersOf(card, [newId(), avery.key, avery.key]).map(({ key }) => key), [avery.key]);
  await assert.rejects(sealComment("x", of, readersOf(card, [newId()]), overseer), FormatError);
});

test("another case, another comment, another key or another signer is refused", async () => {
  const opened = await openAge(await sealComment("x", of, to, overseer), avery.identity);
  assert.throws(() => readComment(opened, listed, newId(), avery.key), FormatError);
  assert.throws(() => readComment(opened, { ...listed, id: newId() }, of.case, avery.key), FormatError);
  assert.throws(() => readComment(opened, { ...listed, key: newId() }, of.case, avery.key), FormatError);
  assert.throws(() => readComment(opened, listed, of.case, blake.key), FormatError);
  assert.throws(() => readComment(opened, { ...listed, sign: avery.signer.sign }, of.case, avery.key), FormatError);
});
