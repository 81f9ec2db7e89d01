// The staff survey: what is asked, what is sent, and nothing else. Answers live in this page's memory alone.
import instrument from "../../src/upstander/surveying/instrument.json";
import { getJson, postJson, Problem } from "../lib/api.ts";
import { h, UNWATCHED } from "../lib/dom.ts";
import type { Child } from "../lib/dom.ts";
import { solveInWorker } from "../lib/work.ts";
import { arm, leave } from "../report/exit.ts";
import { choiceRow, freshId, labelled } from "../report/fields.ts";
import { longDay } from "../report/texts.ts";
import { Trail } from "../report/trail.ts";
import { button, div, form, h1, liveRegion, link, prose, showErrors, submit } from "../report/view.ts";
import { asTexts, letters, pairs, put, show, speakIn, support, t } from "./frame.ts";
import type { Frame, Word } from "./frame.ts";
import { asked, knownNotice, NOT_STATED, place } from "./notice.ts";
import type { Field, Notice } from "./notice.ts";
import { readPass } from "./passes.ts";

const ELSEWHERE = "elsewhere";
type Place =
  | { page: "start" | "pass" | "about" | "items" | "check" | "help" | "answered" | "spent" }
  | { page: "field"; field: Field }
  | { page: "item"; at: number };
type State = "none" | "soon" | "open" | "closed";

interface Visit {
  readonly slug: string;
  readonly notice: Notice;
  carried: string;
  about: Partial<Record<Field, string>>;
  items: Record<string, string>;
}

interface Option {
  id: string;
  label: string;
}

// Until this has worked, and if it fails, the page's own words stand.
void start().catch((error: unknown) => console.error(error));

async function start(): Promise<void> {
  if (navigator.language.startsWith("cy")) speakIn("cy");
  const slug = location.pathname.split("/")[1] ?? "";
  const carried = decodeURIComponent(location.hash.slice(1));
  if (location.hash !== "") history.replaceState(null, "", location.pathname); // the pass stays in no history
  const found = await getJson<{ notice: string; state: State }>(`/api/v1/i/${slug}/survey`);
  if (found.notice === "") return bare("none.title", "none");
  const notice = knownNotice(found.notice);
  if (notice === undefined) return bare("untrusted.title", "untrusted");
  if (found.state !== "open") {
    const key = found.state === "soon" ? "soon" : "closed";
    return bare(`${key}.title`, key, key === "soon" ? notice.opens : notice.closes);
  }
  const read = readPass(carried, notice.key);
  const visit: Visit = { slug, notice, carried: read === "other" ? "" : (read ?? ""), about: {}, items: {} };
  const trail: Trail<Place> = new Trail<Place>({ page: "start" }, (at) => draw(visit, trail, at));
  const away = document.querySelector<HTMLMetaElement>('meta[name="upstander-leave"]')?.content ?? "";
  arm({ address: away, depth: () => trail.depth, wipe: () => wipe(visit) });
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  document.querySelector(".skip")?.addEventListener("click", (event) => {
    event.preventDefault();
    document.getElementById("main")?.focus();
  });
  trail.start();
}

function wipe(visit: Visit): void {
  visit.carried = "";
  visit.about = {};
  visit.items = {};
}

function bare(title: Word, says: Word, day?: string): void {
  const frame: Frame = { help: () => bare("help.title", "help"), again: () => bare(title, says, day), footnote: "" };
  const said = t(says, day === undefined ? {} : { day: longDay(day) });
  show(frame, h1(t(title)), div("flow measure below", prose(said), pairs("lines")));
}

function draw(visit: Visit, trail: Trail<Place>, at: Place): void {
  const { notice } = visit;
  const frame: Frame = {
    leave,
    help: () => trail.go({ page: "help" }),
    again: () => draw(visit, trail, at),
    back: at.page === "start" || at.page === "answered" ? undefined : () => trail.back(),
    progress: progress(at),
    footnote: t("footnote", { wave: notice.wave, day: longDay(notice.closes), issuer: notice.issuer }),
  };
  show(frame, body(visit, trail, at));
}

function progress({ page }: Place): Frame["progress"] {
  if (page === "about" || page === "field") return { part: 1, name: t("progress.about") };
  if (page === "items" || page === "item") return { part: 2, name: t("progress.items") };
  return page === "check" ? { part: 3, name: t("progress.check") } : undefined;
}

function body(visit: Visit, trail: Trail<Place>, at: Place): Child[] {
  const fills = { issuer: visit.notice.issuer };
  switch (at.page) {
    case "start":
      return [
        h1(t("start.title")),
        div("flow measure below", prose(t("start"), "lead"), pairs("start.facts"), letters(visit.notice)),
        div("acts", button(t("button.start"), () => trail.go({ page: visit.carried === "" ? "pass" : "about" }))),
        div("measure below", prose(t("start.untried"), "small second")),
      ];
    case "pass":
      return pass(visit, trail);
    case "about":
      return between("about", () => trail.go(after(visit, undefined)));
    case "items":
      return between("items", () => trail.go({ page: "item", at: 0 }));
    case "field":
      return field(visit, trail, at.field);
    case "item":
      return item(visit, trail, at.at);
    case "check":
      return check(visit, trail);
    case "spent":
      return [h1(t("spent.title")), div("flow measure below", prose(t("spent", fills)), pairs("lines"))];
    case "answered":
      return [h1(t("answered.title")), div("flow measure below", prose(t("answered"), "lead"), support(`/${visit.slug}/`))];
    case "help":
      return [h1(t("help.title")), div("flow measure below", support(`/${visit.slug}/`))];
  }
}

function between(key: "about" | "items", on: () => void): Child[] {
  const title = key === "about" ? t("about.title") : t("items.title");
  return [h1(title), div("flow measure below", prose(t(key))), div("acts", button(t("button.continue"), on))];
}

/** The place after a question about her: the next that is asked of people like her, or her work. */
function after(visit: Visit, field: Field | undefined): Place {
  const fields = asked(visit.notice.tree, visit.about);
  const next = fields[field === undefined ? 0 : fields.indexOf(field) + 1];
  return next === undefined ? { page: "items" } : { page: "field", field: next };
}

function pass(visit: Visit, trail: Trail<Place>): Child[] {
  const box = h("input", { type: "text", id: freshId(), autocomplete: "off", autocapitalize: "off", ...UNWATCHED });
  box.value = visit.carried;
  const column = h("div", null);
  const go = (): void => {
    const read = readPass(box.value, visit.notice.key);
    if (read === undefined || read === "other")
      return showErrors(asTexts, column, [{ text: t(read === "other" ? "error.pass-other" : "error.pass"), control: box }]);
    visit.carried = read;
    trail.go({ page: "about" });
  };
  const way = h("a", { href: visit.notice.address, rel: "noreferrer noopener" }, t("pass.get"));
  column.append(
    h1(t("pass.title")),
    div("flow measure below", prose(t("pass", { issuer: visit.notice.issuer }))),
    form(go, { class: "measure" }, labelled(t("pass.label"), t("pass.hint"), box), div("acts", submit(t("button.continue")), way)),
  );
  return [column];
}

function field(visit: Visit, trail: Trail<Place>, name: Field): Child[] {
  const known = instrument.characteristics.find(({ id }) => id === name)!;
  const areas = Object.entries(visit.notice.areas).map(([id, label]): Option => ({ id, label }));
  const options = name === "stratum" ? areas.sort((a, b) => a.label.localeCompare(b.label)) : known.options;
  const said = options.map(({ id, label }): Option => ({ id, label: name === "stratum" ? label : put(label) }));
  return question(put(known.ask), put(known.hint), said, visit.about[name], (answer) => {
    visit.about = { ...visit.about, [name]: answer };
    trail.go(after(visit, name));
  });
}

function item(visit: Visit, trail: Trail<Place>, at: number): Child[] {
  const known = instrument.items[at]!;
  const options = [
    { id: "yes", label: t("yes") },
    { id: "no", label: t("no") },
  ];
  return question(put(known.ask), put(known.hint), options, visit.items[known.id], (answer) => {
    visit.items[known.id] = answer;
    trail.go(at + 1 < instrument.items.length ? { page: "item", at: at + 1 } : { page: "check" });
  });
}

function question(
  title: string,
  hint: string,
  options: readonly Option[],
  chosen: string | undefined,
  next: (answer: string) => void,
): Child[] {
  const name = freshId();
  const all = [...options, { id: NOT_STATED, label: t("prefer-not") }];
  const inputs = all.map(({ id }) => {
    const input = h("input", { type: "radio", name, id: `${name}-${id}`, value: id });
    input.checked = id === chosen;
    return input;
  });
  const rows = all.map(({ label }, n) =>
    choiceRow(inputs[n]!, { label, hint: "", apart: n === all.length - 1 }),
  );
  const column = h("div", null);
  const go = (): void => {
    const on = inputs.find((input) => input.checked);
    if (on === undefined) return showErrors(asTexts, column, [{ text: t("error.choose"), control: inputs[0]! }]);
    next(on.value);
  };
  const legend = h("legend", null, h1(title));
  const group = h("fieldset", null, legend, hint !== "" && div("hint below-s", prose(hint)), div("choices", ...rows));
  group.querySelector(".choices")!.setAttribute("data-group", "");
  column.append(form(go, { class: "measure" }, group, div("acts", submit(t("button.continue")))));
  return [column];
}

function check(visit: Visit, trail: Trail<Place>): Child[] {
  const kept = place(visit.notice.tree, visit.about);
  const fields = asked(visit.notice.tree, visit.about);
  const change = (ask: string, to: Place): HTMLElement => {
    const made = link(t("button.change"), () => trail.go(to));
    made.append(h("span", { class: "vh" }, ` ${ask}`));
    return made;
  };
  const row = (ask: string, said: string, to: Place | undefined): HTMLElement =>
    div("row-a", h("dt", null, ask), h("dd", { class: said === t("check.none") || said === t("check.not-asked") ? "none" : null }, said), h("dd", null, to && change(ask, to)));
  const rows = [
    ...instrument.characteristics.map(({ id, ask }) => {
      const asks = fields.includes(id as Field);
      const said = asks ? keptAs(visit, id as Field, kept[id as Field]) : t("check.not-asked");
      return row(put(ask), said, asks ? { page: "field", field: id as Field } : undefined);
    }),
    ...instrument.items.map(({ id, ask }, at) => {
      const said = visit.items[id] ?? NOT_STATED;
      return row(put(ask), said === NOT_STATED ? t("check.none") : t(said as "yes" | "no"), { page: "item", at });
    }),
  ];
  const said = liveRegion();
  const sending = button(t("button.send"), () => void send(visit, trail, kept, sending, said));
  return [
    h1(t("check.title")),
    div("flow measure below", prose(t("check"))),
    h("dl", { class: "check below" }, rows),
    said,
    div("acts", sending),
  ];
}

function keptAs({ notice }: Visit, field: Field, code: string): string {
  if (code === NOT_STATED) return t("check.none");
  if (code === ELSEWHERE) return t("check.elsewhere");
  if (field === "stratum") return notice.areas[code] ?? code;
  const known = instrument.characteristics.find(({ id }) => id === field)!;
  return put(known.options.find(({ id }) => id === code)?.label ?? code);
}

async function send(
  visit: Visit,
  trail: Trail<Place>,
  kept: Record<Field, string>,
  sending: HTMLButtonElement,
  said: HTMLElement,
): Promise<void> {
  sending.disabled = true;
  said.replaceChildren(h("p", null, t("doing.send")));
  const items = Object.fromEntries(instrument.items.map(({ id }) => [id, visit.items[id] ?? NOT_STATED]));
  try {
    await post(visit, { ...kept, ...items });
    wipe(visit);
    trail.forget({ page: "answered" });
    trail.go({ page: "answered" });
  } catch (error) {
    sending.disabled = false;
    if (!(error instanceof Problem)) throw error;
    if (error.type === "pass-spent") return trail.go({ page: "spent" });
    const words = error.status === 0 || error.type === "busy" ? t("trouble") : error.title;
    said.replaceChildren(h("p", { class: "err" }, words));
  }
}

/** Sends, and does the work that a server under pressure asks for, once. */
async function post({ slug, carried }: Visit, answers: Record<string, string>): Promise<void> {
  const path = `/api/v1/i/${slug}/survey/answers`;
  try {
    await postJson<undefined>(path, { carried, answers, work: "" });
  } catch (error) {
    const { challenge, bits } = error instanceof Problem ? error.body : {};
    if (typeof challenge !== "string" || typeof bits !== "number") throw error;
    const work = await solveInWorker({ challenge, bits });
    await postJson<undefined>(path, { carried, answers, work });
  }
}
