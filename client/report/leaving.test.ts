// Leaving pledges through a server that answers, loses answers, refuses, or shows what is no longer so: three keepers
// behind it, and nothing of the page's own code replaced but the browser's worker.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { ristretto255, ristretto255_oprf } from "@noble/curves/ed25519.js";
import { newIdentity, open, recipientOf } from "../lib/age.ts";
import { openOwn } from "../lib/brought.ts";
import { b64, concat, hash, newId, text, unb64 } from "../lib/bytes.ts";
import { encode } from "../lib/canonical.ts";
import type { Json, JsonObject } from "../lib/canonical.ts";
import { readCard } from "../lib/card.ts";
import type { ReceiptKeys } from "../lib/derive.ts";
import { commitment, digest, leafBytes, leafHash } from "../lib/leaf.ts";
import { pledge } from "../lib/pledging.ts";
import type { PledgeRequest } from "../lib/pledging.ts";
import { lastDay } from "../lib/promise.ts";
import { RecordWatch } from "../lib/record-watch.ts";
import { readRoster } from "../lib/roster.ts";
import { CardUnseen } from "../lib/seen.ts";
import { conditionsOf, isHeld, isPartHeld, sealSlip } from "../lib/slips.ts";
import type { Kept } from "../lib/slips.ts";
import { signerFromSeed, signStatement, verifyStatement } from "../lib/statement.ts";
import { newCase } from "../lib/submission.ts";
import { CHANNEL, INSTALLATION, INSTITUTION, installation, member, reporter, scene, seedFor, signCard } from "../lib/testing.ts";
import { whyOf } from "../lib/pledge.ts";
import { addName, personOf } from "./adding.ts";
import type { Picked } from "./files.ts";
import type { Person } from "./flow.ts";
import type { Box } from "./mailbox.ts";
import { plansOf } from "./plans.ts";
import { bringBack, depositAgain, doubtsOf, endAll, leaveAll, leaveNothing, leaveThenEnd, prepareAll, readSlips, say, signIn } from "./pledges.ts";
import type { Leaving, Opened } from "./pledges.ts";
import { lookAgain, newOutgoing, send } from "./send.ts";
import { option, pack, question } from "./testing.ts";
import { addDays, texts, today } from "./texts.ts";
import type { Visit } from "./visit.ts";

// The keepers: a key of which two of three parts are needed, as in lib/asking.test.ts.
const { Point } = ristretto255;
const { Fn } = Point;
const [whole, slope] = [Fn.create(123_456_789n), Fn.create(987_654_321n)];
const NAMES = ["charity", "college", "union"];
const secrets = NAMES.map((_, i) => Fn.create(whole + slope * BigInt(i + 1)));
const signers = NAMES.map((name) => signerFromSeed(seedFor(name)));
const identities = await Promise.all(NAMES.map(newIdentity));
const parts = secrets.map((secret) => Point.BASE.multiply(secret).toBytes());
const roster: JsonObject = {
  epoch: "2026",
  keepers: NAMES.map((name, i) => ({ address: "", name, part: b64(parts[i]!), place: i + 1, sign: signers[i]!.sign })),
  key: b64(Point.BASE.multiply(whole).toBytes()),
  needs: 2,
};
const rosterTexts = await Promise.all(signers.map((signer) => signStatement("roster", roster, signer)));
const transports = Object.fromEntries(
  await Promise.all(
    NAMES.map(async (name, i) => {
      const said = { keeper: name, month: today().slice(0, 7), recipient: await recipientOf(identities[i]!) };
      return [name, [await signStatement("transport", said, signers[i]!)]] as const;
    }),
  ),
);
const SITE = { slug: INSTITUTION, installation: INSTALLATION, key: installation.sign, leave: "", pin: readRoster(rosterTexts).sha256 };
const world = await scene();

/** A server with its keepers. `refuses` and `loses` say of a request that it is not done, or that its answer is lost. */
class Server {
  rows = new Map<string, { id: string; day: string; slip: string; notes: Record<string, string>; parcel: string }>();
  acts = new Map<string, string>();
  log: string[] = []; // labels
  wire: string[] = [];
  bodies: string[] = [];
  told: { keeper: string; kind: string; pledge: JsonObject }[] = [];
  card: JsonObject = {};
  shown: string[] = []; // of passes, to whom
  away = new Set<string>();
  refuses: (request: string) => boolean = () => false;
  loses: (request: string) => boolean = () => false;

  fetch = async (address: unknown, init?: RequestInit): Promise<Response> => {
    const path = String(address).replace("/api/v1/", "").replace(`i/${INSTITUTION}/`, "");
    const request = `${init?.method ?? "GET"} ${path.replace(/[a-z2-7]{26}/, "…")}`;
    const sent = typeof init?.body === "string" ? init.body : "";
    this.wire.push(`${request} ${Math.round(sent.length / 1024)}`);
    this.bodies.push(sent);
    if (this.refuses(request)) return new Response(JSON.stringify({ type: "conflict", title: "No." }), { status: 409 });
    const answer = await this.#answer(request, path, sent === "" ? {} : (JSON.parse(sent) as JsonObject));
    if (this.loses(request)) throw new TypeError("cut off");
    const [status, body] = answer;
    return new Response(JSON.stringify(body), { status });
  };

  async #answer(request: string, path: string, body: JsonObject): Promise<[number, JsonObject]> {
    if (path === "card") return [200, this.card];
    if (path === "reports") return [409, { type: "card-changed", title: "Changed.", ...this.card }];
    if (path === "mailbox/challenge") return [200, { challenge: b64(new Uint8Array(32)) }];
    if (path === "mailbox/open") return [200, { token: "t" }];
    if (path === "keepers") return [200, { roster: rosterTexts, transports }];
    if (path === "keepers/evaluate") return [200, { answers: await this.#evaluate(body) }];
    if (request === "GET mailbox/pledges") return [200, { pledges: [...this.rows.values()].map((one) => ({ ...one })) }];
    const id = path.split("/")[2] ?? String(body["id"]);
    if (request.endsWith("/parcel")) return [200, { parcel: this.rows.get(id)!.parcel }];
    if (request.endsWith("/keepers")) return [200, { answers: await this.#tell(id, body["notes"] as Record<string, string>) }];
    const before = this.acts.get(String(body["act"]));
    if (before !== undefined) return [200, { promise: before }];
    if (request.startsWith("POST") && this.rows.has(id)) return [409, { type: "conflict", title: "Something else is here." }];
    const { slip, notes, parcel } = body as Record<string, string> & { notes: Record<string, string> };
    const also = notes === undefined ? [] : [encode(notes), unb64(parcel!)];
    this.rows.set(id, { id, day: today(), slip: slip!, notes: notes ?? this.rows.get(id)!.notes, parcel: parcel ?? this.rows.get(id)!.parcel });
    this.log.push(String(body["label"]));
    const promise = await promised(body, hash(concat(unb64(slip!), ...also)));
    this.acts.set(String(body["act"]), promise);
    return [200, { promise }];
  }

  async #evaluate({ bodies }: JsonObject): Promise<Record<string, string>> {
    const answers: Record<string, string> = {};
    for (const [name, written] of Object.entries(bodies as Record<string, string>)) {
      answers[name] = "";
      if (this.away.has(name)) continue;
      const i = NAMES.indexOf(name);
      const sealed = unb64((JSON.parse(written) as { sealed: string }).sealed);
      const json = text(await open(sealed, identities[i]!)).split("\n")[1]!;
      const { body } = JSON.parse(json) as { body: { elements: string[]; pass?: { nonce: string } } };
      if (body.pass !== undefined) this.shown.push(`${name} ${body.pass.nonce}`);
      const elements = body.elements.map((one) => unb64(one));
      const made = ristretto255_oprf.voprf.blindEvaluateBatch(Fn.toBytes(secrets[i]!), parts[i]!, elements);
      answers[name] = JSON.stringify({ elements: made.evaluated.map((one) => b64(one)), proof: b64(made.proof) });
    }
    return answers;
  }

  async #tell(id: string, given: Record<string, string>): Promise<Record<string, string>> {
    const notes = Object.keys(given).length > 0 ? given : this.rows.get(id)!.notes;
    const answers: Record<string, string> = {};
    for (const [i, keeper] of NAMES.entries()) {
      answers[keeper] = "";
      if (this.away.has(keeper)) continue;
      const note = unb64(notes[keeper]!);
      const json = text(await open(note, identities[i]!)).split("\n")[1]!;
      const { statement, pledge: told } = JSON.parse(json) as { statement: string; pledge: JsonObject };
      const kind = statement.split("/")[1]!;
      this.told.push({ keeper, kind, pledge: told });
      const said = { day: today(), keeper, note: hash(note) };
      const receipt = await signStatement(kind === "entry" ? "held" : "asked", said, signers[i]!);
      answers[keeper] = JSON.stringify({ receipt });
    }
    return answers;
  }
}

/** What the installation promises about what was stored. */
function promised(body: JsonObject, sealed: string): Promise<string> {
  const [act, day] = [String(body["act"]), today()];
  const made = commitment(unb64(String(body["salt"])), digest("pledge", { sealed }));
  const leaf = leafHash(leafBytes({ kind: "pledge", day, label: String(body["label"]), commitment: made }));
  const said = { act, by: lastDay(day), day, institution: INSTITUTION, leaf, log: INSTALLATION };
  return signStatement("promise", said, installation);
}

/** A browser's Worker, doing what ours does. */
class Here {
  onmessage: ((event: { data: unknown }) => void) | undefined;
  isEnded = false;
  postMessage(request: PledgeRequest): void {
    const reply = (data: unknown): void => this.isEnded ? undefined : this.onmessage?.({ data });
    pledge(structuredClone(request), (progress) => reply({ progress })).then(
      (result) => reply({ result }),
      (error: unknown) => reply({ error: whyOf(error) }),
    );
  }
  terminate(): void {
    this.isEnded = true;
  }
}

const genuine = globalThis.fetch;
let server = new Server();
beforeEach(() => {
  server = new Server();
  globalThis.fetch = server.fetch as typeof fetch;
  (globalThis as { Worker?: unknown }).Worker = Here;
  (globalThis as { location?: unknown }).location = { origin: "https://marlshire.example" };
});
afterEach(() => {
  globalThis.fetch = genuine;
});

function visit(fate: string): Visit {
  const asked = question("fate", "fate", { options: ["send", "hold", "keep"].map((id) => option(id)) });
  const questions = [question("tell", "text"), question("bodies", "bodies"), question("out", "exclude"), asked, question("named", "named"), question("unless", "after")];
  const said = { "say.left-out": "Left out", "button.dont-know": "?" };
  const of = { ...pack(questions, { W: questions.map(({ id }) => id) }), texts: said };
  const person = { email: "j.smith@marlshire.example", surname: "Smith" };
  const answers = { tell: "a few words", bodies: [CHANNEL], fate, named: [person], unless: { when: "", day: "", channel: "", k: "2" } };
  return {
    ...{ site: SITE, card: world.card, packs: [of], pack: of, t: texts(of), expires: addDays(today(), 700) },
    ...{ answers, asked: [], passed: [], prints: [], quick: false, finishing: false, urgent: false, files: [] },
    watch: new RecordWatch({ installation: INSTALLATION, key: installation.sign }),
  } as unknown as Visit;
}

interface Left {
  visit: Visit;
  at: Opened;
  all: Leaving[];
  stop: AbortController;
}

async function left(fate: string, keys: ReceiptKeys = world.reporter, before: Kept[] = []): Promise<Left> {
  const here = visit(fate);
  const all = await prepareAll(here, plansOf(here), keys, await newCase(), fate === "send", before);
  const stop = new AbortController();
  return { visit: here, at: { keys, token: "t", over: stop.signal }, all, stop };
}

async function leave(fate: string): Promise<Left> {
  const made = await left(fate);
  await leaveAll(made.visit, made.at, made.all);
  return made;
}

const slipsOf = ({ visit: here, at }: Left) => readSlips(here, at.keys, at.token);

test("what is shown is as she left it; an older slip, a missing one and one that is not hers are told apart", async () => {
  const one = await leave("hold");
  const kept = (await slipsOf(one)).kept[0]!;
  assert.ok(isHeld(kept.slip) && kept.slip.version === 2);
  assert.deepEqual([...doubtsOf(await slipsOf(one), server.log)], []);
  const [row] = [...server.rows.values()];
  const old = row!.slip;
  assert.ok((await say(one.visit, one.at, kept, "stop")).enough);
  assert.equal((await slipsOf(one)).kept[0]!.slip.stopped, true);

  const shows = async (slip: string | undefined): Promise<unknown> => {
    server.rows = new Map(slip === undefined ? [] : [[row!.id, { ...row!, slip }]]);
    const same = [...doubtsOf(await slipsOf(one))];
    // On another day, on a device that knows nothing, it is the log that tells her.
    const fresh = { ...one, visit: visit("hold") };
    const alone = await slipsOf(fresh);
    assert.deepEqual([...alone.doubts].filter((doubt) => doubt !== "broken"), []);
    return [same, [...doubtsOf(alone, server.log)]];
  };
  assert.deepEqual(await shows(old), [["older"], ["older"]]);
  assert.deepEqual(await shows(undefined), [["missing"], ["missing"]]);
  const stranger = await reporter("stranger");
  const forged = await sealSlip({ ...kept.slip, stopped: false }, { ...world.reporter, signer: stranger.signer });
  assert.deepEqual(await shows(forged), [["broken", "missing"], ["broken", "missing"]]);
});

test("one lost answer loses nothing: the same bytes are posted until they are answered", async () => {
  server.loses = (request) => request === "POST mailbox/pledges";
  const one = await leave("hold");
  assert.deepEqual([one.all[0]!.enough, one.all[0]!.why, server.rows.size], [false, "offline", 1]);
  server.loses = () => false;
  await leaveAll(one.visit, one.at, one.all);
  assert.deepEqual([one.all[0]!.enough, one.all[0]!.why, server.rows.size], [true, "", 1]);
  const posted = server.bodies.filter((_, i) => server.wire[i]!.startsWith("POST mailbox/pledges "));
  assert.equal(posted.length, 2);
  assert.equal(posted[0], posted[1]);
  assert.equal((await slipsOf(one)).kept.length, 1);
  // An answer to a slip that is written anew may be lost too: its version is not used again.
  server.loses = (request) => request.startsWith("PUT");
  const [kept] = (await slipsOf(one)).kept;
  await assert.rejects(depositAgain(one.visit, one.at, kept!));
  server.loses = () => false;
  await depositAgain(one.visit, one.at, kept!);
  assert.equal(new Set(server.log).size, server.log.length);
});

test("whatever is refused or lost, sent, held and kept look the same; only her page says that it is not held", async () => {
  const ways = ["POST keepers/evaluate", "GET keepers", "POST mailbox/pledges", "POST mailbox/pledges/…/keepers", "PUT mailbox/pledges/…"];
  for (const way of ways) {
    const shapes: string[][] = [];
    for (const fate of ["send", "hold", "keep"]) {
      server = new Server();
      globalThis.fetch = server.fetch as typeof fetch;
      server.refuses = (request) => request === way;
      const { all } = await leave(fate);
      shapes.push(server.wire);
      if (fate === "hold") assert.equal(all[0]!.enough, false);
    }
    assert.deepEqual(shapes[1], shapes[0]);
    assert.deepEqual(shapes[2], shapes[0]);
    assert.ok(shapes[0]!.length > 0);
  }
});

test("a match that keepers were not asked about is not held, opens for nobody, and is made anew when they answer", async () => {
  server.away = new Set(["college", "union"]);
  server.refuses = (request) => request === "POST keepers/evaluate";
  const one = await leave("hold");
  assert.equal(one.all[0]!.enough, false);
  assert.deepEqual(server.told.map(({ pledge: told }) => told["conditions"]), [[]]);
  server.away.clear();
  server.refuses = () => false;
  await leaveAll(one.visit, one.at, one.all);
  assert.equal(one.all[0]!.enough, true);
  const { kept } = await slipsOf(one);
  const said = ({ slip }: Kept): unknown => [conditionsOf(slip).length, slip.counted, slip.ended];
  assert.deepEqual(kept.map(said), [[1, true, false]], "it came in the place of the other");
  assert.equal(kept[0]!.slip.version, 6);
  assert.ok(server.told.some(({ kind }) => kind === "withdrawal"), "keepers let the other go");
  assert.deepEqual([...doubtsOf(await slipsOf(one), server.log)], []);
});

test("however often keepers did not answer, once it is held nothing of those tries is left as not held", async () => {
  server.refuses = (request) => request === "POST keepers/evaluate";
  const one = await leave("hold");
  await leaveAll(one.visit, one.at, one.all);
  await leaveAll(one.visit, one.at, one.all);
  server.refuses = () => false;
  await leaveAll(one.visit, one.at, one.all);
  const slips = (await slipsOf(one)).kept.map(({ slip }) => slip);
  assert.deepEqual(slips.map(({ ended }) => ended), [false]);
  assert.equal(isPartHeld(slips, today()), false);
});

test("however often she changes it, two places are enough, for what is held and for what is kept", async () => {
  const shapes: string[][] = [];
  for (const fate of ["hold", "keep"]) {
    server = new Server();
    globalThis.fetch = server.fetch as typeof fetch;
    let last = await leave(fate);
    for (let change = 0; change < 3; change++) {
      const { kept } = await slipsOf(last);
      const next = await left(fate, world.reporter, kept);
      const before = kept.filter(({ slip }) => !slip.ended);
      await leaveThenEnd(next.visit, next.at, { all: next.all, before: { all: before, rest: before, asked: false }, sent: false });
      last = next;
    }
    const now = await slipsOf(last);
    assert.deepEqual(now.kept.map(({ slip }) => slip.ended).sort(), [false, true]);
    assert.deepEqual([...doubtsOf(now, server.log)], []);
    assert.equal(new Set(server.log).size, server.log.length);
    shapes.push(server.wire);
  }
  assert.deepEqual(shapes[0], shapes[1]);
});

test("somebody who leaves everybody out leaves as much as anybody, and it opens for nobody", async () => {
  const shapes: string[][] = [];
  for (const unticked of [[], [world.avery.key, world.blake.key]]) {
    server = new Server();
    globalThis.fetch = server.fetch as typeof fetch;
    const one = await left("keep");
    Object.assign(one.visit.answers, { out: { unticked, typed: "" } });
    const all = await prepareAll(one.visit, plansOf(one.visit), world.reporter, await newCase(), false);
    await leaveAll(one.visit, one.at, all);
    assert.equal(server.rows.size, 1);
    assert.ok(server.told.every(({ pledge: told }) => (told["conditions"] as Json[]).length === 0));
    shapes.push(server.wire);
  }
  assert.deepEqual(shapes[0], shapes[1]);
});

test("who goes over from holding to keeping leaves as many as before", () => {
  const here = visit("hold");
  Object.assign(here.answers, { named: [{ email: "a@marlshire.example" }, { email: "b@marlshire.example" }, { surname: "nothing to compare" }] });
  const kept = plansOf(here, "keep");
  assert.deepEqual([plansOf(here).length, kept.length], [2, 2]);
  assert.ok(kept.every(({ written, conditions, about }) => written.length + conditions.length === 0 && about === ""));
});

test("with a pass she asks as anybody does, and shows each of its tokens once", async () => {
  const token = (fill: number): string => b64(new Uint8Array(32).fill(fill)) + b64(new Uint8Array(64).fill(fill));
  const by = Object.fromEntries(NAMES.map((name) => [name, [1, 2, 3].map(token)]));
  const shapes: string[][] = [];
  for (const pass of [undefined, { by, epoch: "2026", month: "2020-01" }]) {
    server = new Server();
    globalThis.fetch = server.fetch as typeof fetch;
    const here = { ...visit("hold"), ...(pass === undefined ? {} : { pass }) };
    const all = await prepareAll(here, plansOf(here), world.reporter, await newCase(), false);
    await leaveAll(here, { keys: world.reporter, token: "t", over: new AbortController().signal }, all);
    assert.equal(all[0]!.enough, true);
    const nonces = pass === undefined ? [] : NAMES.map((name) => `${name} ${b64(new Uint8Array(32).fill(2))}`);
    const more = pass === undefined ? [] : NAMES.map((name) => `${name} ${b64(new Uint8Array(32).fill(3))}`);
    assert.deepEqual(server.shown.sort(), [...nonces, ...more].sort());
    shapes.push(server.wire);
  }
  assert.deepEqual(shapes[1], shapes[0]);
});

test("a record with a staff pass alone leaves what every record leaves", async () => {
  const shapes: string[][] = [];
  for (const isPass of [false, true]) {
    server = new Server();
    globalThis.fetch = server.fetch as typeof fetch;
    const here = visit(isPass ? "" : "keep");
    const over = new AbortController().signal;
    if (isPass) {
      here.answers = {};
      here.pass = { by: {}, epoch: "2026", month: today().slice(0, 7) };
      await leaveNothing(here, world.reporter, newId(), over);
    } else {
      const all = await prepareAll(here, plansOf(here), world.reporter, await newCase(), false);
      await leaveAll(here, { keys: world.reporter, token: await signIn(here.site, world.reporter), over }, all);
    }
    shapes.push(server.wire);
    assert.deepEqual([server.rows.size, server.told.length], [1, 3]);
    assert.ok(server.told.every(({ pledge: told }) => (told["conditions"] as Json[]).length === 0));
  }
  assert.deepEqual(shapes[1], shapes[0]);
});

test("what is too long to be held goes the same way as what is kept, and she is told why it is not held", async () => {
  const shapes: string[][] = [];
  for (const fate of ["hold", "keep"]) {
    server = new Server();
    globalThis.fetch = server.fetch as typeof fetch;
    const here = visit(fate);
    here.answers = { ...here.answers, tell: "x".repeat(300_000) };
    const all = await prepareAll(here, plansOf(here), world.reporter, await newCase(), false);
    await leaveAll(here, { keys: world.reporter, token: "t", over: new AbortController().signal }, all);
    assert.deepEqual([all[0]!.enough, all[0]!.why], fate === "hold" ? [false, "long"] : [true, ""]);
    shapes.push(server.wire);
  }
  assert.deepEqual(shapes[0], shapes[1]);
  assert.ok(shapes[0]!.some((request) => request.startsWith("POST mailbox/pledges/…/keepers")));
});

test("ending looks the same for what was held and for what was kept, and says what was not heard", async () => {
  const shapes: string[][] = [];
  for (const fate of ["hold", "keep"]) {
    const one = await leave(fate);
    const { kept } = await slipsOf(one);
    server.wire = [];
    assert.deepEqual(await endAll(one.visit, one.at, kept), []);
    shapes.push(server.wire);
    server = new Server();
    globalThis.fetch = server.fetch as typeof fetch;
  }
  assert.deepEqual(shapes[0], shapes[1]);
  assert.ok(shapes[0]!.some((request) => request.startsWith("POST mailbox/pledges/…/keepers")));
  const one = await leave("hold");
  server.away = new Set(["college", "union"]);
  const { kept } = await slipsOf(one);
  assert.deepEqual((await endAll(one.visit, one.at, kept)).map(({ id }) => id), [kept[0]!.id]);
  assert.equal((await slipsOf(one)).kept[0]!.slip.ended, false);
});

test("files of what is held come back when she changes it, and go along again; where they can't she is told", async () => {
  const file = (name: string, fill: number): Picked => {
    const content = new Blob([new Uint8Array(3_000).fill(fill)], { type: "image/png" });
    return { name, type: "image/png", what: "photo", content, original: "0", stripped: true, strippable: true };
  };
  const shapes: string[][] = [];
  for (const fate of ["hold", "keep"]) {
    server = new Server();
    globalThis.fetch = server.fetch as typeof fetch;
    const one = { ...(await left(fate)), visit: { ...visit(fate), files: [file("a.png", 1), file("b.png", 2)] } };
    const all = await prepareAll(one.visit, plansOf(one.visit), world.reporter, await newCase(), false);
    await leaveAll(one.visit, one.at, all);
    const back = visit(fate);
    server.wire = [];
    await bringBack(back, one.at, (await slipsOf(one)).kept);
    shapes.push([...server.wire]);
    const filled = await Promise.all(back.files.map(async ({ name, content }) => [name, [...new Uint8Array(await content.arrayBuffer())].reduce((a, b) => a + b)]));
    assert.deepEqual(filled, fate === "hold" ? [["a.png", 3_000], ["b.png", 6_000]] : []);
    assert.equal(back.filesLost, undefined);
    if (fate === "keep") continue;
    const theCase = await newCase();
    const [again] = await prepareAll(back, plansOf(back), world.reporter, theCase, false);
    assert.equal(Object.keys(again!.report["attached"] as JsonObject).length, 2);
    // What is sent is the case's alone: her words open none of it, and it is as long.
    const upload = { run: async () => ({ id: newId(), sealed: "0".repeat(64) }) };
    const onward = { ...visit("send"), files: back.files.map((each) => ({ ...each, upload })) } as unknown as Visit;
    Object.assign(onward.answers["unless"]!, { when: "14" });
    const sent = await prepareAll(onward, plansOf(onward), world.reporter, theCase, true);
    await assert.rejects(openOwn(sent[0]!.report, world.reporter.identity));
    assert.ok(Math.abs(encode(sent[0]!.report).length - encode(again!.report).length) <= 64);
    server.refuses = (request) => request.endsWith("/parcel");
    const lost = visit(fate);
    await bringBack(lost, one.at, (await slipsOf(one)).kept);
    assert.deepEqual([lost.filesLost, lost.files], [true, []]);
    server.refuses = () => false;
    const row = [...server.rows.values()][0]!;
    server.rows.set(row.id, { ...row, parcel: b64(new Uint8Array(16_384)) });
    await bringBack(lost, one.at, (await slipsOf(one)).kept);
    assert.deepEqual([lost.filesLost, lost.files], [true, []]);
  }
  assert.deepEqual(shapes[0], shapes[1]);
});

test("what she learns later is the next version of the entry: old names stay, new ones come, keepers and slip have it", async () => {
  const one = await leave("hold");
  const [kept] = (await slipsOf(one)).kept;
  const [person] = one.visit.answers["named"] as unknown as Person[];
  const tagsOf = (entry: string): string[] => (JSON.parse(entry.split("\n")[1]!) as { tags: string[] }).tags;
  const before = kept!.slip;
  server.told = [];
  const told = await addName(one.visit, one.at, kept!, { ...person, phone: "07700 900123" });
  assert.equal(told.enough, true);
  const { slip } = (await slipsOf(one)).kept[0]!;
  const entry = verifyStatement(slip.entry, "entry", world.reporter.signer.sign);
  assert.deepEqual([entry["version"], slip.about], [2, "Smith, j.smith@marlshire.example, 07700 900123"]);
  assert.deepEqual(slip.pledge, before.pledge);
  assert.deepEqual(server.told.map(({ keeper, kind }) => `${keeper} ${kind}`).sort(), NAMES.map((name) => `${name} entry`));
  const same = tagsOf(slip.entry).filter((tag) => tagsOf(before.entry).includes(tag));
  assert.equal(same.length, 1, "the name that was there; the random ones are others");
  assert.equal(tagsOf(slip.entry).length, tagsOf(before.entry).length);
  // Another time it is the version after that; where keepers do not answer about names, nothing is changed.
  server.refuses = (request) => request === "POST keepers/evaluate";
  await assert.rejects(addName(one.visit, one.at, kept!, person!), /few/);
  assert.equal((await slipsOf(one)).kept[0]!.slip.entry, slip.entry);
  server.refuses = () => false;
  await addName(one.visit, one.at, (await slipsOf(one)).kept[0]!, person!);
  const last = (await slipsOf(one)).kept[0]!.slip;
  assert.equal(verifyStatement(last.entry, "entry", world.reporter.signer.sign)["version"], 3);
  assert.deepEqual([...doubtsOf(await slipsOf(one), server.log)], []);
});

test("she is asked for more only about somebody whom her record names, and for what waits still", async () => {
  const one = await leave("hold");
  const [kept] = (await slipsOf(one)).kept;
  const [person] = one.visit.answers["named"] as unknown as Person[];
  const boxWith = (value: Json | undefined): Box =>
    ({ record: value === undefined ? undefined : { body: { answers: [{ id: "named", value }] } } }) as unknown as Box;
  const found = (value: Json | undefined, of = kept!): unknown => personOf(one.visit, boxWith(value), of)?.one;
  const other = { email: "b@marlshire.example" };
  assert.deepEqual(found([other, person!] as unknown as Json), person);
  assert.deepEqual(found([other] as unknown as Json), other, "one person is the one");
  assert.equal(found([person!, person!] as unknown as Json), undefined);
  assert.equal(found([other, other] as unknown as Json), undefined);
  assert.equal(found("x"), undefined);
  assert.equal(found(undefined), undefined);
  assert.equal(found([person!] as unknown as Json, { ...kept!, slip: { ...kept!.slip, ended: true } }), undefined);
});

test("the old is ended once the new is held, never before; what is sent ends it in any case", async () => {
  for (const sent of [false, true]) {
    server = new Server();
    globalThis.fetch = server.fetch as typeof fetch;
    const old = await leave("hold");
    const { kept } = await slipsOf(old);
    const next = await left(sent ? "send" : "hold");
    const task = { all: next.all, before: { all: kept, rest: kept, asked: false }, sent };
    server.told = [];
    server.refuses = (request) => request === "POST keepers/evaluate";
    await leaveThenEnd(next.visit, next.at, task);
    // What was left in vain on the way ends by itself; this is about what was held before.
    const lockOf = (pledged: JsonObject): unknown => pledged["lock"];
    const before = lockOf(kept[0]!.slip.pledge);
    const ended = (): boolean => server.told.some(({ kind, pledge: told }) => kind === "withdrawal" && lockOf(told) === before);
    assert.equal(ended(), sent);
    assert.deepEqual([task.before.asked, task.before.rest.length], [sent, sent ? 0 : 1]);
    // Whoever comes back to it is told that the change is not held, and what is held are the earlier words.
    const isPart = async (): Promise<boolean> => isPartHeld((await slipsOf(next)).kept.map(({ slip }) => slip), today());
    assert.equal(await isPart(), !sent);
    if (sent) continue;
    server.refuses = () => false;
    await leaveThenEnd(next.visit, next.at, task);
    assert.deepEqual([ended(), task.before.rest.length, await isPart()], [true, 0, false]);
    const first = server.told.findIndex(({ kind, pledge: told }) => kind === "withdrawal" && lockOf(told) === before);
    assert.ok(server.told.map(({ kind }) => kind).lastIndexOf("entry") < first);
  }
});

test("when she leaves, nothing more is signed: not with her key, and not with what is left of it", async () => {
  const keys = await reporter("leaves early");
  const one = await left("hold", keys);
  // She leaves while the first is on its way, as the page does it: what is under way ends, then keys are overwritten.
  server.refuses = (request) => {
    if (request !== "POST mailbox/pledges") return false;
    one.stop.abort();
    keys.seed.fill(0);
    return false;
  };
  await assert.rejects(leaveAll(one.visit, one.at, [...one.all, ...(await left("hold", keys)).all]));
  const requests = server.wire.length;
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(server.wire.length, requests);
  assert.equal(server.told.length, 0);
  // Were it asked all the same, nothing is made under the key of zeros, which everybody has.
  server.refuses = () => false;
  const late = await left("hold", keys);
  await leaveAll(late.visit, late.at, late.all);
  assert.deepEqual([late.all[0]!.why, server.told.length], ["broken", 0]);
});

test("a newer list that keepers do not stand by is not taken when she holds: the one she was shown stays", async () => {
  const members = world.card.channels[0]!.members.map((one) => ({ ...one }));
  const ghost = await member(world.stranger, world.avery.key, world.avery.signer, false);
  const { key, seal } = world.custodian;
  const custodian = { key, seal, needs: 2, of: 3 };
  const cardWith = (more: Json[], version: number): Promise<string> =>
    signCard([...members, ...more] as unknown as Json, custodian, { version });
  const seenBy = (card: string, number: number): Promise<string[]> => {
    const { sha256, version } = readCard(card, installation.sign);
    const said = { card: sha256, day: today(), institution: INSTITUTION, until: addDays(today(), 14), version };
    const some = NAMES.slice(0, number).map((keeper, i) => signStatement("card-seen", { ...said, keeper }, signers[i]!));
    return Promise.all(some);
  };
  const here = visit("hold");
  const haunted = await cardWith([ghost], world.card.version + 1);
  server.card = { card: haunted, seen: await seenBy(haunted, 1), roster: rosterTexts };
  for (let attempt = 0; attempt < 2; attempt++) await assert.rejects(lookAgain(here, "hold"), CardUnseen);
  // The same where she sends and is refused: she can still keep it, under the list she was shown.
  await assert.rejects(send(here, { ...newOutgoing(), keys: world.reporter }, () => undefined), CardUnseen);
  assert.equal(here.card.version, world.card.version);
  assert.equal((await prepareAll(here, plansOf(here, "keep"), world.reporter, await newCase(), false)).length, 1);
  const newer = await cardWith([], world.card.version + 1);
  server.card = { card: newer, seen: await seenBy(newer, 2), roster: rosterTexts };
  await lookAgain(here, "hold");
  assert.deepEqual([here.card.version, await here.seen], [world.card.version + 1, ["charity", "college"]]);
});
