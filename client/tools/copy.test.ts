// The copy of a drawn case: only the compared key opens it, and only what a handler of the card signed for it is read.
import assert from "node:assert/strict";
import { test } from "node:test";
import { open as openAge } from "../lib/age.ts";
import { FormatError, newId } from "../lib/bytes.ts";
import { scene } from "../lib/testing.ts";
import type { OpenCase } from "../desk/opened.ts";
import { readCopy, sealCopy } from "./copy.ts";

const { avery, blake, card } = await scene();
const open = { answer: { case: newId(), today: "2026-01-05" }, card, me: { key: avery.key, signer: avery.signer } } as unknown as OpenCase;
const member = card.channels.flatMap(({ members }) => members).find(({ key }) => key === blake.key)!;
const to = { drawn: newId(), name: "Carys", until: "2026-02-02", key: member.key, seal: member.seal, sign: member.sign };
const of = { drawn: to.drawn, case: open.answer.case };

test("what was sealed to the overseer reads back", async () => {
  const sealed = await sealCopy(open, to, "In the winter a phone went round.");
  const copy = readCopy(await openAge(sealed, blake.identity), of, blake.key, card);
  assert.deepEqual([copy.text, copy.day], ["In the winter a phone went round.", "2026-01-05"]);
  await assert.rejects(openAge(sealed, avery.identity));
});

test("a key whose groups were not the ones compared gets nothing", async () => {
  const own = card.channels.flatMap(({ members }) => members).find(({ key }) => key === avery.key)!;
  await assert.rejects(sealCopy(open, { ...to, seal: own.seal }, "x"), FormatError);
});

test("another case, another draw, another key or a stranger's signature is refused", async () => {
  const opened = await openAge(await sealCopy(open, to, "x"), blake.identity);
  assert.throws(() => readCopy(opened, { ...of, case: newId() }, blake.key, card), FormatError);
  assert.throws(() => readCopy(opened, { ...of, drawn: newId() }, blake.key, card), FormatError);
  assert.throws(() => readCopy(opened, of, avery.key, card), FormatError);
  const stranger = { ...open, me: { key: avery.key, signer: blake.signer } } as unknown as OpenCase;
  const forged = await openAge(await sealCopy(stranger, to, "x"), blake.identity);
  assert.throws(() => readCopy(forged, of, blake.key, card), FormatError);
});
