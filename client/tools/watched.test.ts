// Somebody to look after: only the guardian on the signed card can be told, and only what a handler signed for her is read.
import assert from "node:assert/strict";
import { test } from "node:test";
import { open as openAge } from "../lib/age.ts";
import { FormatError, newId } from "../lib/bytes.ts";
import { scene } from "../lib/testing.ts";
import type { OpenCase } from "../desk/opened.ts";
import { guardiansOn, readWatched, sealWatched } from "./watched.ts";

const { avery, blake, card } = await scene();
const open = { answer: { case: newId(), day: "2026-01-05" }, card, me: { key: avery.key, signer: avery.signer } } as unknown as OpenCase;
const member = card.channels.flatMap(({ members }) => members).find(({ key }) => key === blake.key)!;
const WHO = { name: "Rowena Ashby", numbers: ["4471", "4471", "12"], emails: [] };

test("what was sealed to the guardian reads back, each number once", async () => {
  const { id, sealed } = await sealWatched(open, member, WHO);
  const found = readWatched(await openAge(sealed, blake.identity), id, blake.key, card);
  assert.deepEqual([found.name, found.numbers, found.reported], ["Rowena Ashby", ["12", "4471"], "2026-01-05"]);
  await assert.rejects(openAge(sealed, avery.identity));
});

test("the length of a name does not show", async () => {
  const [short, long] = await Promise.all([sealWatched(open, member, { ...WHO, name: "A B" }), sealWatched(open, member, { ...WHO, name: "A".repeat(200) })]);
  assert.equal(short.sealed.length, long.sealed.length);
});

test("another's entry, another id, or a stranger's signature is refused", async () => {
  const { id, sealed } = await sealWatched(open, member, WHO);
  const opened = await openAge(sealed, blake.identity);
  assert.throws(() => readWatched(opened, newId(), blake.key, card), FormatError);
  assert.throws(() => readWatched(opened, id, avery.key, card), FormatError);
  const stranger = { ...open, me: { key: avery.key, signer: blake.signer } } as unknown as OpenCase;
  const forged = await sealWatched(stranger, member, WHO);
  assert.throws(() => readWatched(new Uint8Array(), id, blake.key, card));
  const bytes = await openAge(forged.sealed, blake.identity);
  assert.throws(() => readWatched(bytes, forged.id, blake.key, card), FormatError);
});

test("who has a place inside is no guardian, whatever else she has", () => {
  const inside = card.channels.map((one) => ({ ...one, inside: true }));
  const outside = card.channels.map((one) => ({ ...one, inside: false }));
  assert.deepEqual(guardiansOn({ ...card, channels: [...inside, ...outside] }, []), []);
  const found = guardiansOn({ ...card, channels: outside }, [avery.key]);
  assert.ok(found.length > 0 && found.every(({ key }) => key !== avery.key));
});
