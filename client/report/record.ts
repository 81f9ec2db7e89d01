// A private record: what she has written so far, sealed to herself, kept only because she asked, until a day she was shown.
import { callJson } from "../lib/api.ts";
import { buildRecord, buildWithdraw, numbered } from "../lib/acts.ts";
import type { Built } from "../lib/acts.ts";
import { newId } from "../lib/bytes.ts";
import type { Json, JsonObject } from "../lib/canonical.ts";
import { PASS, passIn } from "../lib/carried.ts";
import { receiptKeys } from "../lib/derive.ts";
import type { ReceiptKeys } from "../lib/derive.ts";
import { checkPromise } from "../lib/promise.ts";
import { generateWords } from "../lib/words.ts";
import type { Answers, Value } from "./flow.ts";
import { pathOf } from "./flow.ts";
import type { Box } from "./mailbox.ts";
import type { Kind } from "./pack.ts";
import { post } from "./send.ts";
import type { Doing } from "./send.ts";
import { today } from "./texts.ts";
import { languageOf, packsOf, speak } from "./visit.ts";
import type { Visit } from "./visit.ts";

/** A record on its way. Made once: trying again sends the same bytes. */
export interface Keeping {
  words: string[];
  keys?: ReceiptKeys;
  made?: Built;
}

export function newKeeping(): Keeping {
  return { words: generateWords() };
}

/** Keeps what she has written. Safe to call again after an error. */
export async function keep(visit: Visit, keeping: Keeping, tell: (doing: Doing) => void): Promise<{ words: readonly string[]; keys: ReceiptKeys }> {
  tell({ step: "words" });
  const keys = (keeping.keys ??= await receiptKeys(keeping.words, visit.site.installation));
  tell({ step: "seal", part: 1, parts: 1 });
  keeping.made ??= await buildRecord({
    ...place(visit, newId(), 1),
    keys,
    counter: 1,
    expires: visit.expires,
    content: content(visit),
  });
  await post(visit, keeping.made, undefined, tell, "records");
  return { words: keeping.words, keys };
}

/** Puts what she has written now in the place of what was kept. */
export async function replace(visit: Visit, box: Box): Promise<void> {
  const counter = box.record!.counter + 1;
  const made = await buildRecord({
    ...place(visit, box.case, box.next),
    keys: box.keys,
    counter,
    expires: visit.expires,
    content: content(visit),
  });
  await perform(visit, box, "PUT", made.replacement);
}

/** Deletes it, and checks that the server says so in a form it can be held to. */
export async function remove(visit: Visit, box: Box): Promise<void> {
  const { keys } = box;
  const made = await buildWithdraw({ ...place(visit, box.case, box.next), log: keys.log }, keys.signer, [
    box.record!.sha256,
  ]);
  await perform(visit, box, "DELETE", made);
}

async function perform(visit: Visit, { token }: Box, method: "PUT" | "DELETE", built: Built): Promise<void> {
  const address = `/api/v1/i/${visit.site.slug}/mailbox/record`;
  const { promise } = await numbered(built, (body) =>
    callJson<{ promise: string }>(method, address, body, { token }),
  );
  visit.watch.owe(built.act.log, checkPromise(promise, visit.site, built.act));
}

/** Brings back what was kept, with the questions as they were asked then. */
export async function restore(visit: Visit, box: Box): Promise<void> {
  const body = box.record!.body;
  const pack = body["pack"] as { id: string; sha256: string; version: string };
  if (pack.sha256 !== visit.card.pack.sha256) {
    const language = languageOf(visit.pack);
    visit.packs = await packsOf(visit.site, visit.card, pack.sha256, visit.expires);
    speak(visit, language);
    visit.card = { ...visit.card, pack };
  }
  const said = (body["answers"] as unknown as { id: string; value: Value }[]).map(
    ({ id, value }) => [id, value] as const,
  );
  const pass = passIn(box.record?.body);
  if (pass !== undefined) visit.pass = pass;
  visit.answers = Object.fromEntries(said.filter(([id]) => id in visit.pack.questions)) as Answers;
  visit.asked = Object.keys(visit.answers);
  visit.quick = body["path"] === "quick";
}

function place(visit: Visit, id: string, number: number) {
  return { institution: visit.card.institution, case: id, day: today(), number };
}

// Danger and device answers are about today, and stay here. What is to happen to it is hers, and goes along.
const OWN: readonly (Kind | undefined)[] = ["fate", "named", "after"];
function content(visit: Visit): { answers: JsonObject[]; pack: JsonObject; language: string; path: string } {
  const said = Object.entries(visit.answers).filter(([id]) => {
    const question = visit.pack.questions[id];
    return question?.travels !== "no" || OWN.includes(question?.kind);
  });
  const pass = visit.pass === undefined ? [] : [{ id: PASS, value: visit.pass }];
  return {
    answers: [...said.map(([id, value]) => ({ id, value: value as unknown as Json })), ...pass],
    pack: { ...visit.card.pack },
    language: visit.pack.language,
    path: visit.quick ? "quick" : pathOf(visit.pack, visit.answers),
  };
}
