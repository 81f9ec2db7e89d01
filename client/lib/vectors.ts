// Makes the files in tests/vectors/ts, which Python opens. Identities and seeds in them are fixed and
// invented;
// what is sealed differs each time, so the files are made once and kept.
import { Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { identityFromSeed, newIdentity, recipientOf, seal, sealStream } from "./age.ts";
import { rootKey } from "./argon.ts";
import { b64, concat, hash, hex, keyId, sha256, text, utf8 } from "./bytes.ts";
import { encode } from "./canonical.ts";
import type { Json, JsonObject } from "./canonical.ts";
import { receiptKeysFromRoot, receiptSalt, unlockKeysFromRoot, unlockSalt } from "./derive.ts";
import { sealEnvelope } from "./envelope.ts";
import type { NewEnvelope } from "./envelope.ts";
import { checkEpochs, makeAdmit, makeEpoch, makeGrant } from "./grant.ts";
import { judge } from "./judge.ts";
import type { Identity, Listed } from "./judge.ts";
import { digest, labelAndSalt } from "./leaf.ts";
import { padme } from "./padding.ts";
import { shareToText, splitSecret } from "./shares.ts";
import { signerFromSeed, signStatement } from "./statement.ts";
import { author, buildSubmission, newCase } from "./submission.ts";
import { CHANNEL, DAY, INSTALLATION, installation, INSTITUTION, scene, seedFor } from "./testing.ts";
import { checksumWord, parseWords } from "./words.ts";
import { prfWrapKey, wrapKeyring } from "./wrapped.ts";

/** Every file by its name. */
export async function makeVectors(): Promise<Record<string, Json>> {
  return {
    canonical: canonicalVectors(),
    words: await wordsVectors(),
    statements: await statementVectors(),
    age: await ageVectors(),
    padding: [0, 1, 4095, 4096, 4097, 5000, 10_000, 65_537, 1_000_000, 10_485_761].map((length) => [
      length,
      padme(length),
    ]),
    wrapped: await wrappedVectors(),
    shares: await sharesVectors(),
    case: await caseVectors(),
    submission: await submissionVectors(),
  };
}

const UNICODE = [
  "",
  "\u0000",
  'a"b\\c/',
  "\t\n\u001f\u007f\u2028",
  "é e\u0301 ﷺ שלום \u202egnp.exe",
  "👩‍👩‍👧‍👦",
  "\uffff\u{10ffff}\ufeff",
];

function canonicalVectors(): Json {
  const good: Json[] = [
    null,
    true,
    0,
    -1,
    2 ** 53 - 1,
    UNICODE,
    { b: 1, a: [{}], Z: "", "": null, __proto__x: 2 },
  ];
  const bad = [
    " 1",
    "1.0",
    "-0",
    '{"b":1,"a":2}',
    '{"a":1,"a":1}',
    '"\\u0041"',
    '"\\ud800"',
    '{"é":1}',
    "\ufeff1",
    "9007199254740992",
    "1\n",
  ];
  return {
    good: good.map((value) => ({ value, canonical: b64(encode(value)) })),
    bad: bad.map((one) => b64(utf8(one))),
  };
}

async function wordsVectors(): Promise<Json> {
  const six = ["yo-yo", "abacus", "t-shirt", "zoom", "felt-tip", "drop-down"];
  const words = [...six, checksumWord(six)];
  const spellings = [
    words.join(" "),
    words.join("-"),
    `  ${words.join(",\n").toUpperCase()}. `,
    words.join(" – "),
  ];
  const root = await rootKey({ words: words.join(" "), salt: receiptSalt(INSTALLATION) });
  const keys = await receiptKeysFromRoot(root);
  const username = "avery@example.org";
  const unlockRoot = await rootKey({ words: words.join(" "), salt: unlockSalt(INSTALLATION, username) });
  const unlock = unlockKeysFromRoot(unlockRoot);
  const { mailbox, identity, seal, key } = keys;
  return {
    good: spellings.map((input) => ({ input, words: parseWords(input) })),
    bad: [
      { input: "", index: -1 },
      { input: words.slice(1).join(" "), index: -1 },
      { input: words.with(2, "qqqq").join(" "), index: 2 },
      { input: words.with(6, "abacus").join(" "), index: -1 },
      { input: words.join(" ").replace("abacus", "\u0430bacus"), index: 1 },
    ],
    receipt: {
      words,
      installation: INSTALLATION,
      root: hex(root),
      mailbox_id: b64(keys.mailboxId),
      mailbox,
      identity,
      seal,
      sign: keys.signer.sign,
      key,
      log: b64(keys.log),
    },
    unlock: { words, installation: INSTALLATION, username, wrap: b64(unlock.wrap), sign: unlock.signer.sign },
  };
}

async function statementVectors(): Promise<Json> {
  const seed = seedFor("statement");
  const signer = signerFromSeed(seed);
  const body = { text: UNICODE, n: -7, list: [], object: { b: false, a: null } };
  const good = await signStatement("login", body, signer);
  const [head, json, signature] = good.split("\n") as [string, string, string];
  const loose = `upstander/login/v1\n{"b":1,"a":2}\n`;
  const bad = {
    "another version": good.replace("/v1", "/v2"),
    "another kind": good.replace("login", "grant"),
    "an extra line": `${good}\n`,
    "no last line end": good.trimEnd(),
    "carriage returns": good.replaceAll("\n", "\r\n"),
    "a changed body": [head, json.replace("-7", "-8"), signature, ""].join("\n"),
    "not canonical, well signed": `${loose}${b64(await signer.sign_bytes(utf8(loose)))}\n`,
    "signed by another": await signStatement("login", body, signerFromSeed(seedFor("another"))),
  };
  return { seed: b64(seed), sign: signer.sign, kind: "login", good: [{ body, text: good }], bad };
}

async function ageVectors(): Promise<Json> {
  const identity = identityFromSeed(seedFor("age"));
  const recipient = await recipientOf(identity);
  const second = identityFromSeed(seedFor("age second"));
  const contents = [
    new Uint8Array(0),
    utf8("words"),
    new Uint8Array(65_536).fill(7),
    new Uint8Array(65_537).fill(8),
  ];
  const files: Json[] = [];
  for (const plain of contents) {
    const sealed = await seal(plain, [recipient, await recipientOf(second)]);
    files.push({ sha256: hash(plain), size: plain.length, sealed: b64(sealed) });
  }
  const plain = utf8("streamed");
  const streamed = await new Response(
    await sealStream(new Blob([plain]).stream(), [recipient]),
  ).arrayBuffer();
  files.push({ sha256: hash(plain), size: plain.length, sealed: b64(new Uint8Array(streamed)) });
  const mixed = new Encrypter();
  mixed.addRecipient(recipient);
  mixed.addRecipient(await identityToRecipient(await generateX25519Identity()));
  const classic = new Encrypter();
  classic.addRecipient(await identityToRecipient(await generateX25519Identity()));
  const passphrase = new Encrypter();
  passphrase.setScryptWorkFactor(2);
  passphrase.setPassphrase("x");
  const sound = await seal(plain, [recipient]);
  const refused = {
    mixed: b64(await mixed.encrypt("x")),
    "not hybrid": b64(await classic.encrypt("x")),
    passphrase: b64(await passphrase.encrypt("x")),
    "cut in the header": b64(sound.slice(0, 1000)),
    "cut at the end": b64(sound.slice(0, -1)),
    "one byte more": b64(concat(sound, new Uint8Array(1))),
    "for another": b64(await seal(plain, [await recipientOf(await newIdentity())])),
    "not age": b64(utf8("not age")),
  };
  return { seed: b64(seedFor("age")), identity, recipient, second, files, refused };
}

async function wrappedVectors(): Promise<Json> {
  const { avery } = await scene();
  const keyring = { seal: avery.identity, sign: b64(seedFor("avery sign")) };
  const wrap = seedFor("wrap");
  const output = seedFor("prf output");
  const passkey = { credential: b64(utf8("credential")), salt: b64(seedFor("prf salt")) };
  return {
    keyring,
    wrap: b64(wrap),
    prf_output: b64(output),
    words: { ...(await wrapKeyring(keyring, "words", wrap, avery.key)) },
    prf: { ...(await wrapKeyring(keyring, "prf", prfWrapKey(output), avery.key, passkey)) },
  };
}

async function sharesVectors(): Promise<Json> {
  const secret = seedFor("custodian");
  const shares = await splitSecret(secret, 5, 3);
  const seal = await recipientOf(identityFromSeed(secret));
  return { secret: b64(secret), needs: 3, seal, shares: shares.map(shareToText) };
}

/**
 * A whole case: card, epochs, grants and a conversation, once as it was and once as an attacker would have
 * it.
 */
async function caseVectors(): Promise<Json> {
  const { avery, blake, casey, stranger, card, custodian, reporter, known } = await scene();
  const id = "caseaaaaaaaaaaaaaaaaaaaaaa";
  const identities = [
    identityFromSeed(seedFor("case 1")),
    identityFromSeed(seedFor("case 2")),
    identityFromSeed(seedFor("sheet 1")),
  ] as const;
  const [first, second, sheet] = [
    await recipientOf(identities[0]),
    await recipientOf(identities[1]),
    await recipientOf(identities[2]),
  ];
  const by = { author: author(reporter), role: "reporter" as const };
  const place = { case: id, day: DAY };
  const listed = [
    {
      scope: "case" as const,
      number: 1,
      recipient: first,
      statement: await makeEpoch({
        ...place,
        by: by.author,
        epoch: 1,
        previous: "",
        identity: identities[0],
        holders: [avery.key, casey.key, custodian.key],
        scope: "case",
      }),
    },
    {
      scope: "sheet" as const,
      number: 1,
      recipient: sheet,
      statement: await makeEpoch({
        ...place,
        by: by.author,
        epoch: 1,
        previous: "",
        identity: identities[2],
        holders: [avery.key, custodian.key],
        scope: "sheet",
      }),
    },
    {
      scope: "case" as const,
      number: 2,
      recipient: second,
      statement: await makeEpoch({
        ...place,
        by: avery.author,
        epoch: 2,
        previous: first,
        identity: identities[1],
        holders: [avery.key, casey.key, custodian.key],
        scope: "case",
      }),
    },
  ];
  const letIn = { ...place, epoch: 2, identity: identities[1], scope: "case" as const, to: blake.key };
  const admits = [await makeAdmit(letIn)];
  const epochs = checkEpochs(listed, admits, id, known);
  const keys = { seal: reporter.seal, sign: reporter.signer.sign };
  const granted = async (
    scope: "case" | "sheet",
    epoch: number,
    identity: string,
    giver: typeof avery.author,
    role: "reporter" | "handler" | "custodian",
    to: { key: string; seal: string },
  ) => ({
    scope,
    epoch,
    to: to.key,
    sealed: b64(
      await makeGrant({
        by: giver,
        role,
        ...place,
        epoch,
        identity,
        log: reporter.log,
        reporter: keys,
        scope,
        to,
      }),
    ),
  });
  const grants = [
    await granted("case", 1, identities[0], by.author, "reporter", avery),
    await granted("sheet", 1, identities[2], by.author, "reporter", avery),
    await granted("case", 1, identities[0], by.author, "reporter", custodian),
    await granted("case", 2, identities[1], avery.author, "handler", blake),
    await granted("case", 2, identities[1], avery.author, "custodian", avery),
  ];
  const write = (
    changes: Partial<NewEnvelope> & Pick<NewEnvelope, "kind" | "direction">,
  ): Promise<Uint8Array> =>
    sealEnvelope({
      ...place,
      ...by,
      counter: 1,
      epoch: 1,
      last: "",
      recipients: [first],
      body: { format: `upstander/${changes.kind}/v1`, text: UNICODE.join() },
      ...changes,
    });
  const handler = { author: avery.author, role: "handler" as const };
  const toReporter = {
    kind: "message" as const,
    direction: "to-reporter" as const,
    recipients: [first, reporter.seal],
  };
  const toDesk = {
    kind: "message" as const,
    direction: "to-desk" as const,
    recipients: [first, reporter.seal],
  };
  const question = await write({ ...toReporter, ...handler });
  const answer = await write({ ...toDesk, last: hash(question) });
  const later = await write({
    ...toReporter,
    ...handler,
    counter: 2,
    last: hash(answer),
    epoch: 2,
    recipients: [second, reporter.seal],
  });
  const report = await write({ kind: "report", direction: "to-desk" });
  const sealedSheet = await write({ kind: "sheet", direction: "to-desk", recipients: [sheet] });
  const note = await write({ kind: "note", direction: "desk", ...handler, last: hash(question) });
  const other = "caseeeeeeeeeeeeeeeeeeeeeea";
  const attacks = {
    elsewhere: await write({ ...toReporter, ...handler, case: other, counter: 3 }),
    widened: await write({
      ...toReporter,
      ...handler,
      counter: 3,
      recipients: [first, reporter.seal, stranger.seal],
    }),
    unknown: await write({ ...toReporter, author: stranger.author, role: "handler" }),
    posing: await write({ ...toReporter, author: by.author, role: "handler" }),
    skipping: await write({
      ...toReporter,
      ...handler,
      counter: 5,
      epoch: 2,
      recipients: [second, reporter.seal],
    }),
    late: await write({
      ...toReporter,
      ...handler,
      counter: 4,
      epoch: 2,
      recipients: [second, reporter.seal],
    }),
    dangling: await write({
      ...toReporter,
      ...handler,
      counter: 6,
      last: "0".repeat(64),
      epoch: 2,
      recipients: [second, reporter.seal],
    }),
    retired: await write({
      ...toReporter,
      author: casey.author,
      role: "handler",
      epoch: 2,
      recipients: [second, reporter.seal],
    }),
    outside: await write({ ...toReporter, author: blake.author, role: "handler" }),
  };
  const flipped = new Uint8Array(later);
  flipped[flipped.length - 1]! ^= 1;
  const item = (kind: string, epoch: number, sealed?: Uint8Array): Listed => ({
    kind,
    epoch,
    sha256: sealed === undefined ? "0".repeat(64) : hash(sealed),
    sealed,
  });
  const lists: Record<string, Listed[]> = {
    honest: [
      item("report", 1, report),
      item("sheet", 1, sealedSheet),
      item("message", 1, question),
      item("note", 1, note),
      item("message", 1, answer),
      item("message", 2, later),
    ],
    attacked: [
      item("message", 1, answer),
      item("message", 1, question),
      item("message", 1, attacks.elsewhere),
      item("message", 1, attacks.widened),
      item("message", 1, attacks.unknown),
      item("message", 1, attacks.posing),
      item("message", 2, later),
      item("message", 1, question),
      item("message", 2, attacks.skipping),
      item("message", 2, attacks.late),
      item("message", 2, attacks.dangling),
      item("message", 2, attacks.retired),
      item("message", 1, attacks.outside),
      item("message", 2, flipped),
      item("note", 1, answer),
      item("message", 1),
      item("sheet", 1),
    ],
  };
  const readers: Record<string, Identity[]> = {
    reporter: [{ scope: "reporter", epoch: 0, identity: reporter.identity }],
    avery: [
      { scope: "case", epoch: 1, identity: identities[0] },
      { scope: "case", epoch: 2, identity: identities[1] },
      { scope: "sheet", epoch: 1, identity: identities[2] },
    ],
    blake: [{ scope: "case", epoch: 2, identity: identities[1] }],
  };
  const verdicts: Record<string, Record<string, Json>> = {};
  for (const [list, items] of Object.entries(lists)) {
    verdicts[list] = {};
    for (const [name, held] of Object.entries(readers)) {
      const judged = await judge(items, {
        case: id,
        known,
        epochs,
        reporter: reporter.seal,
        identities: held,
      });
      verdicts[list]![name] = judged.map(({ faults, missing, envelope }) => ({
        faults,
        missing,
        counter: envelope?.counter ?? 0,
      }));
    }
  }
  return {
    installation: { id: INSTALLATION, sign: installation.sign },
    institution: INSTITUTION,
    channel: CHANNEL,
    case: id,
    card: card.text,
    reporter: { ...keys, identity: reporter.identity, key: reporter.key, log: b64(reporter.log) },
    handlers: {
      avery: { key: avery.key, identity: avery.identity },
      blake: { key: blake.key, identity: blake.identity },
    },
    custodian: { key: custodian.key, identity: custodian.identity },
    epochs: listed,
    admits,
    grants,
    lists: Object.fromEntries(Object.entries(lists).map(([name, items]) => [name, items.map(written)])),
    readers: Object.fromEntries(
      Object.entries(readers).map(([name, held]) => [name, held.map((one) => ({ ...one }))]),
    ),
    verdicts,
  };
}

function written({ kind, epoch, sha256, sealed }: Listed): JsonObject {
  return { kind, epoch, sha256, sealed: sealed === undefined ? null : b64(sealed) };
}

async function submissionVectors(): Promise<Json> {
  const { card, reporter, blake } = await scene();
  const answer = (id: string, value: Json) => ({
    id,
    question: `Question ${id}?`,
    value,
    text: String(value),
    ask_first: id === "who",
  });
  const account = {
    answers: [answer("what", UNICODE.join()), answer("who", ["a", "b"])],
    sheet: [answer("name", "Robin Example")],
    files: [],
    language: "en",
    wishes: { contact: "messages" },
  };
  const upload = { id: "uploadaaaaaaaaaaaaaaaaaaae", sealed: hash(utf8("sealed bytes")) };
  const { body, act } = await buildSubmission({
    card,
    keys: reporter,
    new_case: await newCase(),
    channels: [CHANNEL],
    excluded: [blake.key],
    account,
    uploads: [upload],
    urgent: false,
    day: DAY,
  });
  const { label, salt } = labelAndSalt(reporter.log, act.number);
  return {
    card: card.text,
    installation_sign: installation.sign,
    uploads: [upload.sealed],
    body,
    fields: act.fields,
    fields_text: text(encode(act.fields)),
    digest: b64(digest("received", act.fields)),
    log: b64(reporter.log),
    label,
    salt,
    mailbox_key: keyId(reporter.signer.sign, reporter.seal),
    check: hex(sha256(encode(body))),
  };
}
