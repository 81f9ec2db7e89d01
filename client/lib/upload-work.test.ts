// A server under pressure asks for work before it takes a file, as it does for a report.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { newIdentity, recipientOf } from "./age.ts";
import { Problem } from "./api.ts";
import { uploadSealed } from "./upload.ts";
import { isSolved, solve } from "./work.ts";

const BITS = 6;
const recipient = await recipientOf(await newIdentity());
const genuine = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = genuine;
});

/** Takes parts, and announcements that bring work for the newest challenge; `never` takes no work at all. */
function pressed(never = false): string[] {
  const works: string[] = [];
  globalThis.fetch = async (address, init) => {
    if (String(address).includes("/parts/")) return new Response(null, { status: 204 });
    const { work = "" } = JSON.parse(String(init?.body)) as { work?: string };
    works.push(work);
    const isDone = !never && work.startsWith(`challenge-${works.length - 1}:`) && isSolved(work, BITS);
    if (isDone) return new Response(null, { status: 204 });
    const asks = { type: "work-needed", title: "Busy.", status: 503, challenge: `challenge-${works.length}`, bits: BITS };
    return new Response(JSON.stringify(asks), { status: 503 });
  };
  return works;
}

const options = {
  institution: "marlshire",
  recipient,
  pauses: [],
  solve: (request: { challenge: string; bits: number }) => Promise.resolve(solve(request)),
};

test("a file is announced again with the work that was asked for", async () => {
  const works = pressed();
  assert.equal((await uploadSealed(new Blob(["x"]), options)).size, 1);
  assert.equal(works.length, 2);
});

test("a server that takes no work is not worked for without end", async () => {
  const works = pressed(true);
  await assert.rejects(uploadSealed(new Blob(["x"]), options), (error: Problem) => error.type === "work-needed");
  assert.equal(works.length, 4);
});
