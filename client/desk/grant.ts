// Letting a colleague in, and taking a key away. Keys are sealed here, only to what the signed card names.
import { FormatError } from "../lib/bytes.ts";
import { h } from "../lib/dom.ts";
import type { Scope } from "../lib/grant.ts";
import { candidates, letIn, takeAway, unsigned, whoStays } from "./builders.ts";
import type { CaseDesk } from "./case.ts";
import { quiet } from "./compose.ts";
import { actForm, FieldError, prefix } from "./form.ts";
import { keyring } from "./keyring.ts";
import { holdsSheet, openSheet } from "./opened.ts";
import type { CaseAnswer } from "./opened.ts";
import { perform } from "./perform.ts";
import { isReadable } from "./report.ts";

/** What can be done about who holds a key: both forms, folded. Above them, whom the server lists and nobody let in. */
export function grantForms(desk: CaseDesk): HTMLElement[] {
  const invented = unsigned(desk.open).map((name) =>
    h("p", { class: "doubt" }, `Only the server says that ${name} holds a key. Nobody who holds this case has signed for it.`),
  );
  return [...invented, letInForm(desk), takeAwayForm(desk)].filter((form) => form !== null);
}

function letInForm(desk: CaseDesk): HTMLElement {
  const { answer } = desk.open;
  const id = prefix();
  const summary = h("summary", null, "Give someone a key");
  if (answer.state !== "open") return h("details", null, summary, h("p", null, "Open the case again first."));
  if (!isReadable(desk.open)) {
    const why = "The report does not open as it was sent, so it cannot be seen whom the reporter shut out. Nobody can be let in.";
    return h("details", null, summary, h("p", { class: "doubt" }, why));
  }
  const found = candidates(desk.open);
  if (found.length === 0) {
    const why = "Nobody else can be let in: everybody on the teams has a key, was shut out by the reporter, or has left.";
    return h("details", null, summary, h("p", null, why));
  }
  const rows = found.map(({ key, label, channel }, index) =>
    choice("radio", `${id}-who`, index, key, nameOf(answer, key) ?? label, channel),
  );
  const legend = h("legend", null, h("span", { class: "label" }, "Who"));
  const sheet = holdsSheet(answer, desk.open.me.key)
    ? choice("checkbox", `${id}-sheet`, 0, "sheet", "Also who the reporter may be", "Only if this person has to know.")
    : null;
  const about = "She can then read everything in this case, old and new. The reporter sees that somebody was let in. Do not let in anybody with a tie to a person named in it.";
  const form = actForm(
    "Seal a key to this person",
    async (say, inside) => {
      const picked = inside.querySelector<HTMLInputElement>(`input[name="${id}-who"]:checked`)?.value;
      const to = found.find(({ key }) => key === picked);
      if (to === undefined) throw new FieldError(`${id}-who0`, "Choose who is to have a key.");
      const withSheet = inside.querySelector<HTMLInputElement>(`input[name="${id}-sheet"]`)?.checked === true;
      say("Sealing.");
      const scopes: Scope[] = withSheet ? ["case", "sheet"] : ["case"];
      const open = withSheet ? await openSheet(desk.open, keyring) : desk.open;
      const built = await letIn(open, { key: to.key, seal: to.seal }, scopes);
      say("Sending.");
      await perform(`${desk.path}/grants`, built, desk.installation);
      desk.done("let-in");
    },
    h("fieldset", { class: "field" }, legend, h("div", { class: "choices" }, rows)),
    sheet,
  );
  return h("details", null, summary, h("p", { class: "second small" }, about), quiet(form));
}

function takeAwayForm(desk: CaseDesk): HTMLElement | null {
  const { answer, me } = desk.open;
  const id = prefix();
  const people = others(answer, me.key);
  if (people.length === 0) return null;
  const rows = people.map(({ label, departed, keys }, index) => {
    const row = choice("checkbox", `${id}-who`, index, keys.join(" "), label, departed ? "Has no part here any more: always taken away." : "");
    const input = row.querySelector("input");
    if (departed && input !== null) input.checked = true;
    return row;
  });
  const about = "The case gets a new key, sealed to those who stay. What is written from then on opens only for them. What she has read or copied, she keeps. Your own key cannot be taken away by you.";
  const forced = people.filter(({ departed }) => departed).flatMap(({ keys }) => keys);
  const ticked = (inside: ParentNode): string[] => {
    const boxes = [...inside.querySelectorAll<HTMLInputElement>(`input[name="${id}-who"]:checked`)];
    return [...new Set([...boxes.flatMap(({ value }) => value.split(" ")), ...forced])];
  };
  const stay = h("p", { role: "status" });
  const form = actForm(
    "Take the key away",
    async (say, inside) => {
      const withdrawn = ticked(inside);
      if (withdrawn.length === 0) throw new FieldError(`${id}-who0`, "Choose whose key is taken away.");
      if (withdrawn.includes(me.key)) throw new FormatError("Your own key cannot be taken away by you.");
      say("Making the next key and sealing it to those who stay.");
      const built = await takeAway(desk.open, withdrawn);
      say("Sending.");
      await perform(`${desk.path}/epochs`, built, desk.installation);
      desk.done("left");
    },
    h(
      "fieldset",
      { class: "field" },
      h("legend", null, h("span", { class: "label" }, "Whose key")),
      h("div", { class: "choices" }, rows),
    ),
    stay,
  );
  const show = (): void => void (stay.textContent = stayWords(desk, ticked(form)));
  form.addEventListener("change", show);
  show();
  return h("details", null, h("summary", null, "Take a key away"), h("p", { class: "second small" }, about), quiet(form));
}

// The names are the signed card's: a key slipped in by the server shows here before anything is sealed to it.
function stayWords(desk: CaseDesk, withdrawn: readonly string[]): string {
  try {
    return `The next key goes to: ${whoStays(desk.open, withdrawn).join("; ")}.`;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return error.message;
  }
}

interface Other {
  label: string;
  departed: boolean;
  keys: string[];
}

// People, not keys: somebody who changed her key may hold two.
function others(answer: CaseAnswer, mine: string): Other[] {
  const me = answer.holders.find(({ key }) => key === mine)?.person;
  const found = new Map<string, Other>();
  for (const { key, person, label, departed } of answer.holders) {
    if (person === me) continue;
    const other = found.get(person) ?? { label, departed: false, keys: [] };
    if (!other.keys.includes(key)) other.keys.push(key);
    other.departed ||= departed;
    found.set(person, other);
  }
  return [...found.values()];
}

function nameOf(answer: CaseAnswer, key: string): string | undefined {
  return answer.candidates.find((one) => one.key === key)?.label;
}

function choice(
  type: "radio" | "checkbox",
  name: string,
  index: number,
  value: string,
  label: string,
  hint: string,
): HTMLElement {
  const id = `${name}${index}`;
  const small = hint === "" ? null : h("span", { class: "hint" }, hint);
  return h(
    "div",
    { class: "choice" },
    h("input", { type, name, id, value }),
    h("label", { for: id }, h("span", { class: "name" }, label), small),
  );
}
