// A case's key passed on: by custodians who put their paper shares together, and from an old key to a new one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { newIdentity, recipientOf, seedOf } from "../lib/age.ts";
import { b64, hash, keyId, randomBytes, unb64, utf8 } from "../lib/bytes.ts";
import type { Card } from "../lib/card.ts";
import { sealEnvelope } from "../lib/envelope.ts";
import { checkEpochs, makeEpoch, makeGrant, openGrant, opener, reporterKnown } from "../lib/grant.ts";
import type { Author, KnownKey, Scope } from "../lib/grant.ts";
import { recoverIdentity, shareFromText, shareToText, splitSecret } from "../lib/shares.ts";
import { signerFromSeed } from "../lib/statement.ts";
import type { Signer } from "../lib/statement.ts";
import { reseal } from "./reseal.ts";
import type { CaseKeys, Resealing } from "./reseal.ts";
import { ShutOutError } from "./shut-out.ts";

const CASE = "aaaaaaaaaaaaaaaaaaaaaaaaaa";
const DAY = "2026-11-23";

interface Holder {
  identity: string;
  seal: string;
  signer: Signer;
  key: string;
}

async function holder(): Promise<Holder> {
  const identity = await newIdentity();
  const seal = await recipientOf(identity);
  const signer = signerFromSeed(randomBytes(32));
  return { identity, seal, signer, key: keyId(signer.sign, seal) };
}

interface World {
  custodian: { identity: string; seal: string; key: string };
  member: Holder;
  helper: Holder;
  found: CaseKeys;
  report(excluded: string[]): Promise<string>;
  identities: Record<Scope, string>;
  log: Uint8Array;
  card: Card;
}

async function world(): Promise<World> {
  const reporter = await holder();
  const [member, helper] = [await holder(), await holder()];
  const identity = await newIdentity();
  const seal = await recipientOf(identity);
  const custodian = { identity, seal, key: keyId("", seal) };
  const identities = { case: await newIdentity(), sheet: await newIdentity(), brief: await newIdentity() };
  const log = randomBytes(32);
  const by: Author = { key: reporter.key, signer: reporter.signer };
  const epochs: CaseKeys["epochs"] = [];
  const grants: CaseKeys["grants"] = [];
  for (const scope of ["case", "sheet"] as const) {
    const recipient = await recipientOf(identities[scope]);
    const statement = await makeEpoch({
      ...{ by, case: CASE, day: DAY, epoch: 1, previous: "", scope },
      identity: identities[scope],
      holders: [custodian.key],
    });
    epochs.push({ scope, number: 1, recipient, statement });
    const sealed = await makeGrant({
      by,
      role: "reporter",
      case: CASE,
      day: DAY,
      epoch: 1,
      identity: identities[scope],
      log,
      reporter: { seal: reporter.seal, sign: reporter.signer.sign },
      scope,
      to: custodian,
    });
    grants.push({ id: scope, scope, epoch: 1, key: custodian.key, sealed: b64(sealed) });
  }
  const members = [member, helper].map(({ key, signer }, i) => ({ key, sign: signer.sign, state: "active", label: `H${i}` }));
  const card = { institution: "marlshire", channels: [{ members }] } as unknown as Card;
  const keys = { seal: reporter.seal, sign: reporter.signer.sign };
  const recipients = [await recipientOf(identities.case)];
  const written = { author: by, role: "reporter", case: CASE, counter: 1, day: DAY, last: "", recipients } as const;
  const report = async (excluded: string[]): Promise<string> => {
    const body = { format: "upstander/report/v1", excluded };
    return b64(await sealEnvelope({ ...written, kind: "report", direction: "to-desk", epoch: 1, body }));
  };
  return {
    custodian,
    member,
    helper,
    found: { case: CASE, today: DAY, reporter: keys, epochs, admits: [], grants, may: [], number: 2, report: await report([]) },
    report,
    identities,
    log,
    card,
  };
}

function byHelper({ helper, member, card }: World, identity: string, scopes: readonly Scope[]): Resealing {
  return {
    open: opener(identity),
    by: { key: helper.key, signer: helper.signer },
    role: "custodian",
    to: member,
    scopes,
    card,
  };
}

interface Sent {
  scope: Scope;
  epoch: number;
  to: string;
  sealed: string;
}

test("two of three paper shares bring a case back to a member, sheet and all", async () => {
  const here = await world();
  const papers = (await splitSecret(seedOf(here.custodian.identity), 3, 2)).map(shareToText);
  const typed = [papers[2]!.toUpperCase().replaceAll("-", " "), papers[0]!];
  const identity = await recoverIdentity(typed.map(shareFromText), here.custodian.seal);
  const { body, act } = await reseal(here.found, byHelper(here, identity, ["case", "sheet"]));
  const sent = body["grants"] as unknown as Sent[];
  assert.deepEqual(
    sent.map(({ scope, to }) => [scope, to]),
    [
      ["case", here.member.key],
      ["sheet", here.member.key],
    ],
  );
  assert.deepEqual(
    act.fields["grants"],
    sent.map(({ sealed }) => hash(unb64(sealed))),
  );
  const known = new Map<string, KnownKey>([
    [here.helper.key, { sign: here.helper.signer.sign, role: "handler" }],
    reporterKnown(here.found.reporter),
  ]);
  for (const { scope, sealed } of sent) {
    const recipient = await recipientOf(here.identities[scope]);
    const expected = {
      case: CASE,
      to: here.member.key,
      scope,
      epoch: 1,
      recipient,
      reporter: here.found.reporter,
      known,
    };
    const opened = await openGrant(unb64(sealed), opener(here.member.identity), expected);
    assert.equal(opened.identity, here.identities[scope]);
    const admits = body["admits"] as string[];
    const { held } = checkEpochs(here.found.epochs, admits, CASE, known);
    assert.deepEqual([...held[scope].get(1)!].sort(), [here.custodian.key, here.member.key].sort());
    assert.deepEqual(act.fields["admits"], admits.map((admit) => hash(utf8(admit))));
    assert.equal(opened.role, "custodian");
  }
});

test("one share is not enough, and neither are shares of another split", async () => {
  const { custodian } = await world();
  const shares = await splitSecret(seedOf(custodian.identity), 3, 2);
  const foreign = await splitSecret(randomBytes(32), 3, 2);
  await assert.rejects(recoverIdentity([shares[0]!], custodian.seal));
  await assert.rejects(recoverIdentity([shares[0]!, shares[0]!], custodian.seal));
  await assert.rejects(recoverIdentity([shares[0]!, foreign[1]!], custodian.seal));
});

test("paper shares bring nothing back to somebody the report shuts out, or when there is no report to ask", async () => {
  const here = await world();
  const how = byHelper(here, here.custodian.identity, ["case"]);
  const { key } = here.member;
  await reseal({ ...here.found, report: await here.report([here.helper.key]) }, how);
  await assert.rejects(reseal({ ...here.found, report: await here.report([key]) }, how), ShutOutError);
  const foreign = await (await world()).report([]);
  for (const report of [null, "", foreign])
    await assert.rejects(reseal({ ...here.found, report }, how), /does not open/);
  // A change of one's own key lets in nobody new.
  await reseal({ ...here.found, report: null }, { ...how, role: "handler" });
});

test("who gets no source sheets gets the case key only", async () => {
  const here = await world();
  const { body } = await reseal(here.found, byHelper(here, here.custodian.identity, ["case"]));
  assert.deepEqual(
    (body["grants"] as unknown as Sent[]).map(({ scope }) => scope),
    ["case"],
  );
});

test("two old keys with the same epoch make one grant", async () => {
  const here = await world();
  const twice = { ...here.found, grants: [...here.found.grants, here.found.grants[0]!] };
  const { body } = await reseal(twice, byHelper(here, here.custodian.identity, ["case", "sheet"]));
  assert.equal((body["grants"] as unknown as Sent[]).length, 2);
});

test("a key that is not the one the epochs name is passed to nobody", async () => {
  const here = await world();
  const other = await world();
  const how = byHelper(here, here.custodian.identity, ["case"]);
  const swapped = { ...here.found, epochs: other.found.epochs };
  await assert.rejects(reseal(swapped, how));
  await assert.rejects(reseal({ ...here.found, epochs: [] }, how));
  await assert.rejects(reseal({ ...here.found, case: "aaaaaaaaaaaaaaaaaaaaaaaaae" }, how));
  await assert.rejects(reseal({ ...here.found, reporter: other.found.reporter }, how));
  await assert.rejects(reseal(here.found, byHelper(here, other.custodian.identity, ["case"])));
  await assert.rejects(reseal({ ...here.found, grants: here.found.grants.slice(1) }, how));
});
