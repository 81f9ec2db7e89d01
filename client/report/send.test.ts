import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { NO_ANSWER, Problem } from "../lib/api.ts";
import { b64, hash, unb64 } from "../lib/bytes.ts";
import type { JsonObject } from "../lib/canonical.ts";
import { readCard } from "../lib/card.ts";
import { commitment, digest, leafBytes, leafHash } from "../lib/leaf.ts";
import { lastDay } from "../lib/promise.ts";
import { RecordWatch } from "../lib/record-watch.ts";
import { signStatement } from "../lib/statement.ts";
import { CHANNEL, INSTALLATION, INSTITUTION, installation, member, scene, signCard } from "../lib/testing.ts";
import type { Scene } from "../lib/testing.ts";
import { discard, NewReaders, newOutgoing, prepare, send } from "./send.ts";
import type { Outgoing } from "./send.ts";
import { option, pack, question } from "./testing.ts";
import { texts } from "./texts.ts";
import type { Visit } from "./visit.ts";

type Answer = (body: JsonObject, post: number) => Promise<Response>;

const genuine = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = genuine;
});

/** A server that answers with `answer`, and remembers what was posted. */
function serve(answer: Answer): string[] {
  const posts: string[] = [];
  globalThis.fetch = async (_address, init) => {
    posts.push(String(init?.body));
    return answer(JSON.parse(String(init?.body)) as JsonObject, posts.length);
  };
  return posts;
}

const DAY = new Date().toISOString().slice(0, 10); // a promise is about now

const json = (body: unknown, status = 200): Response => new Response(JSON.stringify(body), { status });

/** The promise an honest server makes for this report. */
async function promise(body: JsonObject, act = String(body["act"])): Promise<Response> {
  const sealed = (key: string): string[] =>
    (body[key] as { sealed: string }[]).map((one) => hash(unb64(one.sealed)));
  const { card, case: id, channels, excluded } = body;
  const fields = {
    card,
    case: id,
    channels,
    excluded,
    envelopes: sealed("envelopes"),
    grants: sealed("grants"),
    uploads: [],
  } as JsonObject;
  const made = commitment(unb64(String(body["salt"])), digest("received", fields));
  const leaf = leafHash(leafBytes({ kind: "received", day: DAY, label: String(body["label"]), commitment: made }));
  return json({
    promise: await signStatement(
      "promise",
      { act, by: lastDay(DAY), day: DAY, institution: INSTITUTION, leaf, log: INSTALLATION },
      installation,
    ),
  });
}

function visit(world: Scene, excluded: readonly string[] = []): Visit {
  const questions = [
    question("tell", "text"),
    question("name", "line", { travels: "sheet" }),
    question("exclude", "exclude"),
    question("bodies", "bodies", { options: [option(CHANNEL)] }),
    question("check", "check"),
  ];
  const said = { "error.busy": "busy", "say.left-out": "Left out", "button.dont-know": "?" };
  const of = { ...pack(questions, { W: ["tell", "name", "exclude", "bodies", "check"] }), texts: said };
  return {
    site: { slug: INSTITUTION, installation: world.card.installation, key: installation.sign, leave: "", pin: "" },
    card: world.card,
    packs: [of],
    pack: of,
    t: texts(of),
    expires: "2027-11-23",
    answers: {
      tell: "half \uD800 a character",
      bodies: [CHANNEL],
      exclude: { unticked: excluded, typed: "" },
    },
    ...{ asked: [], passed: [], prints: [], quick: false, finishing: false, urgent: false, files: [] },
    watch: new RecordWatch({ installation: INSTALLATION, key: installation.sign }),
  };
}

/** The slow keys are made beforehand: no worker runs in Node. */
function outgoing(world: Scene): Outgoing {
  return { ...newOutgoing(), keys: world.reporter };
}

const quiet = (): void => undefined;

test("an answer that got lost: the same bytes are sent again, and received once", async () => {
  const world = await scene();
  const posts = serve((body, post) =>
    post === 1 ? Promise.reject(new TypeError("cut off")) : promise(body),
  );
  const receipt = await send(visit(world), outgoing(world), quiet);
  assert.equal(posts.length, 2);
  assert.equal(posts[0], posts[1]);
  assert.equal(receipt.words.length, 7);
  assert.equal(receipt.readers.length, 2);
});

test("no answer at all is a Problem, and trying later sends the same bytes", async () => {
  const world = await scene();
  const out = outgoing(world);
  const now = visit(world);
  const lost = serve(() => Promise.reject(new TypeError("offline")));
  await assert.rejects(send(now, out, quiet), (error: Problem) => error.type === NO_ANSWER);
  const found = serve((body) => promise(body));
  await send(now, out, quiet);
  assert.equal(found[0], lost[0]);
});

test("a promise about something else is no receipt", async () => {
  const world = await scene();
  const other = "cccccccccccccccccccccccccq";
  for (const wrong of [
    (body: JsonObject) => promise(body, other),
    (body: JsonObject) => promise({ ...body, grants: [] }),
    async () => json({ promise: await signStatement("promise", { act: other }, world.avery.signer) }),
  ]) {
    serve(wrong);
    await assert.rejects(send(visit(world), outgoing(world), quiet), { name: "FormatError" });
  }
});

test("a new case has no other acts: a server that gives hers another number is refused", async () => {
  const world = await scene();
  const posts = serve(async () => json({ type: "act-number", title: "Taken.", status: 409, next: 2 }, 409));
  await assert.rejects(send(visit(world), outgoing(world), quiet), (error: Problem) => error.type === "act-number");
  assert.equal(posts.length, 1);
  assert.equal((JSON.parse(posts[0]!) as JsonObject)["number"], 1);
});

test("somebody left out gets no grant, and is named as left out", async () => {
  const world = await scene();
  const posts = serve((body) => promise(body));
  const receipt = await send(visit(world, [world.blake.key, "notonthecard"]), outgoing(world), quiet);
  const body = JSON.parse(posts[0]!) as { grants: { to: string }[]; excluded: string[] };
  assert.deepEqual(body.grants.map(({ to }) => to).sort(), [world.avery.key, world.custodian.key].sort());
  assert.deepEqual(body.excluded, [world.blake.key]);
  assert.equal(receipt.leftOut, 1);
});

async function newerCard(world: Scene, more: readonly JsonObject[], version = 2): Promise<string> {
  const { custodian, members } = world.card.channels[0]!;
  const all = [...members.map((one) => ({ ...one })), ...more] as unknown as JsonObject[];
  return signCard(all, { ...custodian }, { version, expires: "2999-12-31" });
}

const changed = (card: string): Response =>
  json({ type: "card-changed", title: "The card has changed.", status: 409, card }, 409);

test("a card that changed without new people: sealed again, nothing asked, same case", async () => {
  const world = await scene();
  const card = await newerCard(world, []);
  const posts = serve(async (body, post) => (post === 1 ? changed(card) : promise(body)));
  await send(visit(world), outgoing(world), quiet);
  const [first, second] = posts.map((post) => JSON.parse(post) as JsonObject);
  assert.equal(second!["card"], readCard(card, installation.sign).sha256);
  assert.equal(second!["case"], first!["case"]);
  assert.notEqual(second!["act"], first!["act"]);
});

test("new people on the card are shown to her before anything is sealed to them", async () => {
  const world = await scene();
  const fresh = {
    ...(await member(world.stranger, world.avery.key, world.avery.signer, false)),
    label: "New, standards team",
  };
  const card = await newerCard(world, [fresh as unknown as JsonObject]);
  const now = visit(world);
  const out = outgoing(world);
  const posts = serve(async (body, post) => (post === 1 ? changed(card) : promise(body)));
  await assert.rejects(
    send(now, out, quiet),
    (error: NewReaders) => error.labels.join() === "New, standards team",
  );
  assert.equal(posts.length, 1);
  const receipt = await send(now, out, quiet);
  assert.ok(receipt.readers.includes("New, standards team"));
});

test("a card that is older, or signed by somebody else, is not taken", async () => {
  const world = await scene();
  const { custodian, members } = world.card.channels[0]!;
  const forged = await signCard(
    members.map((one) => ({ ...one })) as unknown as JsonObject[],
    { ...custodian },
    { version: 3, expires: "2999-12-31" },
    world.avery.signer,
  );
  for (const card of [await newerCard(world, [], 0).catch(() => forged), forged]) {
    serve(async () => changed(card));
    await assert.rejects(send(visit(world), outgoing(world), quiet));
  }
});

test("a sealed report holds none of its words in the clear", async () => {
  const world = await scene();
  const posts = serve((body) => promise(body));
  const now = visit(world);
  now.answers = { ...now.answers, tell: "MARKER-of-the-report", name: "MARKER-of-the-sheet" };
  await send(now, outgoing(world), quiet);
  assert.ok(posts[0]!.includes('"sheet"'));
  assert.ok(
    !posts[0]!.includes("MARKER") && !posts[0]!.includes(b64(new TextEncoder().encode("MARKER")).slice(0, 6)),
  );
});

/** A browser's Worker that answers when it is told to. */
class Slow {
  static made: Slow[] = [];
  onmessage?: (event: { data: unknown }) => void;
  isEnded = false;
  constructor() {
    Slow.made.push(this);
  }
  postMessage(): void {}
  terminate(): void {
    this.isEnded = true;
  }
  answer(): void {
    this.onmessage?.({ data: { result: new Uint8Array(32).fill(7) } });
  }
}

function slowWorkers(): Slow[] {
  Slow.made = [];
  (globalThis as { Worker?: unknown }).Worker = Slow;
  return Slow.made;
}

const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

test("what was made ahead is what is sent, and is made once", async () => {
  const world = await scene();
  const workers = slowWorkers();
  const now = visit(world);
  const out = newOutgoing();
  const words = [...out.words];
  const first = prepare(now.site, out);
  assert.equal(prepare(now.site, out), first);
  workers[0]!.answer();
  const { keys, theCase } = await first;
  const posts = serve((body) => promise(body));
  const receipt = await send(now, out, quiet);
  assert.equal(workers.length, 1);
  const sent = JSON.parse(posts[0]!) as JsonObject;
  assert.equal(sent["mailbox"], keys.mailbox);
  assert.equal(sent["case"], theCase.id);
  assert.deepEqual(receipt.words, words);
});

test("pressed before the keys are there: it waits for them", async () => {
  const world = await scene();
  const workers = slowWorkers();
  const now = visit(world);
  const out = newOutgoing();
  void prepare(now.site, out);
  const posts = serve((body) => promise(body));
  const sending = send(now, out, quiet);
  await tick();
  assert.equal(posts.length, 0);
  workers[0]!.answer();
  await sending;
  assert.equal(workers.length, 1);
  assert.equal(posts.length, 1);
});

test("making that failed ahead is tried again when she sends", async () => {
  const world = await scene();
  const workers = slowWorkers();
  const now = visit(world);
  const out = newOutgoing();
  const first = prepare(now.site, out);
  workers[0]!.onmessage!({ data: { error: "short of memory" } });
  await assert.rejects(first, /short of memory/);
  serve((body) => promise(body));
  const sending = send(now, out, quiet);
  await tick();
  workers[1]!.answer();
  await sending;
});

test("leaving wipes what was made ahead, and ends what is still being made", async () => {
  const world = await scene();
  const workers = slowWorkers();
  const { site } = visit(world);
  const made = newOutgoing();
  const making = prepare(site, made);
  workers[0]!.answer();
  const { keys } = await making;
  assert.ok(keys.log.some((byte) => byte !== 0) && keys.mailboxId.some((byte) => byte !== 0));
  discard(made);
  assert.ok([...keys.log, ...keys.mailboxId].every((byte) => byte === 0));
  assert.deepEqual([made.keys, made.theCase, made.making, made.submission], Array(4).fill(undefined));
  assert.ok(made.words.every((word) => word === ""));

  const halfway = newOutgoing();
  const ended = prepare(site, halfway);
  discard(halfway);
  await assert.rejects(ended);
  assert.ok(workers[1]!.isEnded);
  workers[1]!.answer(); // too late
  await tick();
  assert.equal(halfway.keys, undefined);
  assert.equal(halfway.theCase, undefined);
  await assert.rejects(prepare(site, halfway)); // and nothing is begun again
  assert.equal(workers.length, 2);
});
