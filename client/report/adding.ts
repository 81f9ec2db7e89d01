// What else she knows of somebody whom a held report is about: the next version of the pledge's entry, under the same key.
// What is held stays where it is; only what it can match by changes.
import { asList, asObject } from "../lib/shape.ts";
import type { Told } from "../lib/pledging.ts";
import { whyOf } from "../lib/pledge.ts";
import { isLive } from "../lib/slips.ts";
import type { Kept } from "../lib/slips.ts";
import type { App } from "./app.ts";
import { controls } from "./fields.ts";
import type { PageModel, Person, Value } from "./flow.ts";
import { read } from "./mailbox.ts";
import type { Box } from "./mailbox.ts";
import { identifiersOf, nameOf } from "./named.ts";
import { act, depositAgain, rewrite } from "./pledges.ts";
import type { Question } from "./pack.ts";
import type { Opened } from "./pledges.ts";
import { replace, restore } from "./record.ts";
import { today } from "./texts.ts";
import type { Screen, Shown } from "./view.ts";
import { div, form, h1, link, liveRegion, prose, showErrors, submit } from "./view.ts";
import { wipe } from "./visit.ts";
import type { Visit } from "./visit.ts";

/** Asks about everything she knows of the person, writes it in her slip, and tells the keepers, also one that missed the deposit. */
export async function addName(visit: Visit, at: Opened, kept: Kept, person: Person): Promise<Told> {
  const { keys, over } = at;
  const known = { pin: visit.site.pin, day: today(), seed: keys.seed, sign: keys.signer.sign };
  const { pledge, entry } = kept.slip;
  const { written } = identifiersOf(person, visit.card.name);
  const next = await act<string>({ do: "add", ...known, pledge, entry, written }, over);
  await rewrite(visit, at, kept, { about: nameOf(person), entry: next });
  return depositAgain(visit, at, kept);
}

function asked({ pack }: Visit): Question | undefined {
  return Object.values(pack.questions).find(({ kind }) => kind === "named");
}

/** Everybody whom the private record names for keepers, and the one that this pledge is about; nobody where that is not clear. */
export function personOf(visit: Visit, box: Box, { slip }: Kept): { people: Person[]; one: Person } | undefined {
  const question = asked(visit);
  const said = box.record === undefined ? [] : asList(box.record.body["answers"]).map(asObject);
  const value = said.find(({ id }) => id === question?.id)?.["value"];
  if (!isLive(slip, today()) || !Array.isArray(value)) return undefined;
  const people = value as unknown as Person[];
  const found = people.length === 1 ? people : people.filter((person) => nameOf(person) === slip.about);
  return found.length === 1 ? { people, one: found[0]! } : undefined;
}

export function adding(app: App, id: string): Screen {
  const { visit, trail } = app;
  const { t } = visit;
  const box = app.box!;
  const at: Opened = { keys: box.keys, token: box.token, over: app.over.signal };
  const kept = box.slips.kept.find((one) => one.id === id)!;
  const { people, one } = personOf(visit, box, kept)!;
  const question = asked(visit)!;
  const made = controls(t, { question: { ...question, kind: "form" } } as PageModel, one as Value, "");
  const status = liveRegion("small");
  const column = div("");
  const keepIt = async (now: Person): Promise<void> => {
    const { enough, needs, missing } = await addName(visit, at, kept, now);
    // Her private record says it too: what is held again later has it.
    await restore(visit, box);
    visit.answers = { ...visit.answers, [question.id]: people.map((person) => (person === one ? now : person)) as Value };
    await replace(visit, box);
    wipe(visit);
    const fresh = await read(visit, box.keys, box.token);
    at.over.throwIfAborted();
    app.box = fresh;
    trail.swap({ page: "record" });
    const said = enough ? t("held.added") : t("held.few", { number: needs, names: missing.join(", ") });
    document.querySelector(".held-said")?.replaceChildren(said);
  };
  const go = (): void => {
    if (status.textContent !== "") return;
    const now = (made.read() ?? {}) as Person;
    const { written, unclear } = identifiersOf(now, visit.card.name);
    const wrong: Shown[] = unclear.map(({ field, text }) => ({ text: t(text), control: made.control(field) }));
    if (written.length + wrong.length === 0) wrong.push({ text: t("named.nothing"), control: made.control("warrant") });
    if (wrong.length > 0) return showErrors(t, column, wrong);
    status.textContent = t("held.asking");
    keepIt(now).catch((error: unknown) => {
      if (at.over.aborted) return; // she has left
      wipe(visit);
      showErrors(t, column, [{ text: t(`held.why.${whyOf(error)}`), control: null }]);
      status.textContent = "";
    });
  };
  const ways = div("acts", submit(t("button.continue")), link(t("button.back"), () => trail.back()));
  const says = div("flow measure below-s", prose(t("held.add-says")));
  column.append(h1(t("held.add.title")), says, form(go, { class: "measure below" }, [made.nodes, ways, status]));
  return { rail: { back: true }, layout: "column", body: [column] };
}
