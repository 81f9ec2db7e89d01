// What is left with the keepers, from her answers: whom, under what, and that every choice looks the same from outside.
import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "../lib/age.ts";
import { b64, unb64 } from "../lib/bytes.ts";
import { encode } from "../lib/canonical.ts";
import type { Json } from "../lib/canonical.ts";
import { newCase } from "../lib/submission.ts";
import { CHANNEL, INSTALLATION, INSTITUTION, installation, member, scene, signCard } from "../lib/testing.ts";
import type { Scene } from "../lib/testing.ts";
import { RecordWatch } from "../lib/record-watch.ts";
import { afterProblems } from "./after.ts";
import type { Controls } from "./fields.ts";
import type { Picked } from "./files.ts";
import type { Answers, Person } from "./flow.ts";
import { identifiersOf, nameOf } from "./named.ts";
import type { Pack } from "./pack.ts";
import { agreed, beneficiary, dayFault, dayOf, newOpeners, plansOf } from "./plans.ts";
import { prepareAll } from "./pledges.ts";
import type { Leaving } from "./pledges.ts";
import { NewReaders, takeCard } from "./send.ts";
import { compiled, option, pack, question } from "./testing.ts";
import { addDays, texts, today } from "./texts.ts";
import { withKeepers } from "./visit.ts";
import type { Site, Visit } from "./visit.ts";

const SITE: Site = { slug: INSTITUTION, installation: INSTALLATION, key: installation.sign, leave: "", pin: "x" };
const world = await scene();

function visit(answers: Answers, of: Scene = world): Visit {
  const fate = question("fate", "fate", { options: ["send", "hold", "keep"].map((id) => option(id)) });
  const questions = [
    question("tell", "text"),
    question("bodies", "bodies"),
    ...[fate, question("named", "named"), question("unless", "after"), question("check", "check")],
  ];
  const said = { "say.left-out": "Left out", "button.dont-know": "?" };
  const whole = { ...pack(questions, { W: questions.map(({ id }) => id) }), texts: said };
  return {
    ...{ site: SITE, card: of.card, packs: [whole], pack: whole, t: texts(whole), expires: addDays(today(), 700) },
    ...{ answers: { tell: "a few words", bodies: [CHANNEL], ...answers }, asked: [], passed: [], prints: [] },
    ...{ quick: false, finishing: false, urgent: false, files: [] },
    watch: new RecordWatch({ installation: INSTALLATION, key: installation.sign }),
  };
}

const SMITH = { warrant: "PW 01234", surname: "Smith", email: "j.smith@marlshire.example" };

test("what is known of a person is written one way, each once, and what cannot be compared is said at its box", () => {
  const [warrant] = identifiersOf({ warrant: "pw1234" }, "Marlshire Police").written;
  assert.deepEqual(identifiersOf(SMITH, "Marlshire Police"), { written: [warrant, "email\nj.smith@marlshire.example"], unclear: [] });
  assert.deepEqual(identifiersOf({ surname: "Smith", force: "Marlshire" }, "Marlshire Police"), { written: [], unclear: [] });
  const fields = (person: Record<string, string>): string[] =>
    identifiersOf(person, "Marlshire Police").unclear.map(({ field, text }) => `${field}: ${text}`);
  assert.deepEqual(fields({ collar: "77", surname: "Smith" }), ["force: named.collar"]);
  // A warrant number is one of this page's force, unless another is given; where the page has no name of use, it is asked for.
  assert.equal(warrant, "warrant\n1234pw\nmarlshire");
  const other = { warrant: "pw1234", force: "Met" };
  assert.deepEqual(identifiersOf(other, "Marlshire Police").written, ["warrant\n1234pw\nmetropolitan"]);
  assert.deepEqual(identifiersOf({ warrant: "1" }, "The Police Service").unclear, [{ field: "force", text: "named.nothing" }]);
  assert.deepEqual(fields({ handle: "@smith" }), ["network: named.handle"]);
  assert.deepEqual(fields({ namesake: "yes", first: "J", surname: "S", force: "F" }), ["station: named.name"]);
  assert.deepEqual(fields({ namesake: "no", email: "nobody" }), ["email: named.email"]);
  assert.equal(identifiersOf({ namesake: "yes", first: "John", surname: "S", force: "F", station: "P" }, "Marlshire Police").written.length, 1);
  // Whatever is wrong is said in the language she reads: a text there is, and none that comes from elsewhere.
  const wrong = [{ warrant: "x" }, { phone: "12" }, { warrant: "\u0661" }, { handle: "@", network: "x" }, { email: `${"a".repeat(70)}@b.example` }];
  const initial = { namesake: "yes", first: "J", surname: "S", force: "F", station: "P" };
  const whole = (language: string): Pack => ({ ...pack([], {}), language });
  for (const { text } of [...wrong, initial].flatMap((person) => identifiersOf(person as Person, "Marlshire Police").unclear))
    assert.notEqual(texts(whole("cy"))(text), texts(whole("en"))(text), text);
  assert.equal([...wrong, initial].filter((person) => identifiersOf(person as Person, "Marlshire Police").unclear.length > 0).length, 6);
  assert.equal(nameOf({ first: "J", surname: "S", phone: "07" }), "J S, 07");
});

test("a hold waits for each person named; the day hangs on the first alone", () => {
  const named = [SMITH, { phone: "07700 900123" }, { surname: "nothing to compare" }];
  const unless = { when: "14", day: "", channel: CHANNEL, k: "3" };
  const plans = plansOf(visit({ fate: "hold", named, unless } as unknown as Answers));
  const match = { kind: "match", k: 3, who: "anyone" };
  assert.deepEqual(
    plans.map(({ conditions, channel }) => [conditions, channel?.id]),
    [
      [[match, { kind: "after", day: addDays(today(), 14), overseer: "" }], CHANNEL],
      [[match], CHANNEL],
    ],
  );
  assert.deepEqual(plans.map(({ written }) => written.length), [2, 1]);
});

test("only staff count where her own pass counts by now: else what she holds would wait for ever", () => {
  const unless = { when: "no", day: "", channel: CHANNEL, k: "2", who: "passes" };
  const who = (month: string | undefined): unknown => {
    const of = { ...visit({ fate: "hold", named: [SMITH], unless } as unknown as Answers) };
    if (month !== undefined) of.pass = { by: {}, epoch: "2026", month };
    return (plansOf(of)[0]!.conditions[0] as { who: string }).who;
  };
  assert.deepEqual([undefined, today().slice(0, 7), "2020-01"].map(who), ["anyone", "anyone", "passes"]);
});

test("what is sent waits for nothing but a day, and counts for others; what is kept is about nobody", () => {
  const named = [SMITH];
  const [sent] = plansOf(visit({ fate: "send", named } as unknown as Answers));
  assert.deepEqual([sent!.conditions, sent!.written.length], [[], 2]);
  const dated = { named, unless: { when: "28", day: "", channel: "", k: "" } };
  assert.deepEqual(plansOf(visit(dated as unknown as Answers)).map(({ conditions }) => conditions.length), [1]);
  const nobody = [{ about: "", written: [], conditions: [], channel: undefined }];
  assert.deepEqual(plansOf(visit({ fate: "keep", ...dated } as unknown as Answers)), nobody);
  // A draft that is kept before she has finished goes on by itself as little, whatever she has said so far.
  assert.deepEqual(plansOf(visit(dated as unknown as Answers), "keep"), nobody);
  assert.deepEqual(plansOf(visit({})), nobody);
});

test("a team she picked is never another: where it can't receive any more, nothing opens and she is asked again", () => {
  const unless = { when: "14", day: "", channel: "gone", k: "2", shown: "" };
  for (const fate of ["hold", "send"]) {
    const of = visit({ fate, named: [SMITH], unless } as unknown as Answers);
    assert.equal(beneficiary(of), undefined);
    assert.deepEqual(plansOf(of).map(({ conditions }) => conditions), [[]]);
    assert.equal(agreed(of), undefined);
  }
  const unsaid = visit({ fate: "hold", named: [SMITH] } as unknown as Answers);
  assert.equal(agreed(unsaid)?.channel, CHANNEL);
  assert.equal(agreed(visit({ fate: "keep", unless } as unknown as Answers)), undefined);
});

test("who could open it is remembered by key, and whoever has come since is named, the spare key too", () => {
  const [avery, blake] = [world.avery.key, world.blake.key];
  const said = (shown: string, more: Answers = {}): Visit =>
    visit({ fate: "hold", named: [SMITH], unless: { when: "no", day: "", channel: CHANNEL, k: "2", shown }, ...more } as unknown as Answers);
  const now = agreed(said(""))!;
  assert.deepEqual(now.shown.split(" "), [avery, blake, world.custodian.key]);
  assert.deepEqual(newOpeners(said(now.shown)), { people: [], spare: false });
  assert.deepEqual(newOpeners(said("")), { people: [], spare: false });
  const label = world.card.channels[0]!.members.find(({ key }) => key === blake)!.label;
  assert.deepEqual(newOpeners(said(`${avery} ${world.custodian.key}`)), { people: [label], spare: false });
  assert.deepEqual(newOpeners(said(`${avery} ${blake} other`)), { people: [], spare: true });
});

test("a newer card with somebody new on the team that a held report goes to is shown to her first", async () => {
  const members = world.card.channels[0]!.members.map((one) => ({ ...one }));
  const { key, seal: sealed } = world.custodian;
  const more = await member(world.stranger, world.avery.key, world.avery.signer, false);
  const card = await signCard([...members, more] as unknown as Json, { key, seal: sealed, needs: 2, of: 3 }, { version: 2 });
  for (const [fate, isAsked] of [["hold", true], ["keep", false]] as const) {
    const of = visit({ fate, named: [SMITH], bodies: [] } as unknown as Answers);
    if (isAsked) assert.throws(() => takeCard(of, card), NewReaders);
    else takeCard(of, card);
    assert.equal(of.card.version, 2);
  }
});

test("a day that was stored is looked at again: it may be past by now, or none", () => {
  const of = visit({});
  const on = (day: string): string => dayFault(of, { when: "day", day: day.split("-").reverse().join("/") });
  const days = [addDays(today(), -1), today(), addDays(today(), 1), of.expires, addDays(of.expires, 1), "x"];
  assert.deepEqual(days.map(on), ["after.past", "after.past", "", "", "after.late", "after.no-day"]);
  assert.equal(dayFault(of, { when: "14", day: "1/1/2001" }), "");
});

test("whatever she chooses, what is locked has the same size, and only what may open holds her report", async () => {
  const { reporter } = world;
  const theCase = await newCase();
  const named = [SMITH];
  const sizes = [];
  for (const fate of ["send", "hold", "keep"]) {
    const of = visit({ fate, named } as unknown as Answers);
    const [one] = await prepareAll(of, plansOf(of), reporter, theCase, fate === "send");
    sizes.push(encode({ grants: one!.grants, report: one!.report }).length);
    assert.equal("case" in one!.report, fate === "hold");
    assert.equal(one!.readers.length > 0, fate === "hold");
  }
  assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 8, String(sizes));
  assert.deepEqual(await prepareAll({ ...visit({}), site: { ...SITE, pin: "" } }, [], reporter, theCase, false), []);
});

test("small files go with what is held, sealed to the case and named by the report; larger ones are left out and said so", async () => {
  const theCase = await newCase();
  const file = (bytes: number): Picked => {
    const content = new Blob([new Uint8Array(bytes).fill(7)]);
    return { name: "photo.jpg", type: "image/jpeg", what: "photo", content, original: "", stripped: true, strippable: true };
  };
  const made = async (fate: string, files: Picked[]) => {
    const of = { ...visit({ fate, named: [SMITH] } as unknown as Answers), files };
    return (await prepareAll(of, plansOf(of), world.reporter, theCase, false))[0]!;
  };
  const held = await made("hold", [file(30_000), file(10)]);
  const sealed = Object.values(held.report["attached"] as Record<string, string>);
  assert.equal(held.filesLeft, false);
  const opened = await Promise.all(sealed.map((one) => open(unb64(one), theCase.identity)));
  assert.deepEqual(opened.map((one) => [one.length >= 10, one[0]]), [[true, 7], [true, 7]]);
  assert.ok(sealed.every((one) => !one.includes(b64(new Uint8Array(30).fill(7)))));
  const kept = await made("keep", [file(30_000), file(10)]);
  const size = ({ grants, report }: Leaving): number => encode({ grants, report }).length;
  assert.ok(Math.abs(size(kept) - size(held)) <= 8, "what is kept is as long, and random");
  assert.equal("attached" in kept.report, false);
  for (const files of [[file(100 * 1024)], [file(50 * 1024), file(50 * 1024)]]) {
    const one = await made("hold", files);
    assert.deepEqual([one.filesLeft, "attached" in one.report], [true, false]);
    assert.ok(size(one) < size(held));
  }
});

test("a day is a day of the calendar, from tomorrow to the end", () => {
  assert.equal(dayOf({ when: "day", day: "31/12/2026" }), "2026-12-31");
  for (const day of ["31/2/2027", "x/1/2027", "", "1/13/2027"]) assert.equal(dayOf({ when: "day", day }), "");
  assert.equal(dayOf({ when: "no", day: "31/12/2026" }), "");
  const made = { control: () => null } as unknown as Controls;
  const said = (day: string): string[] =>
    afterProblems(visit({}), { when: "day", day }, made).map(({ text }) => text.split(" ").slice(0, 5).join(" "));
  const typed = (day: string): string => day.split("-").reverse().join("/");
  assert.deepEqual(said(typed(today())), ["Choose a day from tomorrow"]);
  assert.deepEqual(said("1/1/2099"), ["Choose a day up to"]);
  assert.deepEqual(said("x"), ["This is not a day."]);
  assert.deepEqual(said(typed(addDays(today(), 1))), []);
});

test("without keepers a page asks for nothing that needs them", { skip: compiled() === null }, () => {
  const real = compiled() as Pack;
  const kinds = (of: Pack): string[] => Object.values(of.questions).map(({ kind }) => kind);
  const bare = withKeepers(real, { ...SITE, pin: "" });
  assert.equal(withKeepers(real, SITE), real);
  assert.ok(kinds(real).includes("named") && !kinds(bare).includes("named") && !kinds(bare).includes("after"));
  assert.deepEqual(bare.questions["fate"]!.options.map(({ id }) => id), ["send", "keep"]);
  const asked = new Set(Object.values(bare.paths).flat());
  assert.ok([...asked].every((id) => bare.questions[id] !== undefined));
});
