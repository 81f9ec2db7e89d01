// Steps of a case: opened (by itself, after the report really opened), acknowledged, closed, reopened.
import type { Built } from "../lib/acts.ts";
import { Problem } from "../lib/api.ts";
import { h } from "../lib/dom.ts";
import { takeStep } from "./builders.ts";
import type { CaseDesk } from "./case.ts";
import { area, quiet, textOf } from "./compose.ts";
import { wordingField } from "../tools/wording-field.ts";
import { actForm, FieldError, prefix } from "./form.ts";
import type { AllowedStep, CaseAnswer } from "./opened.ts";
import { perform } from "./perform.ts";

/** Steps that happen as part of another act, and so have no form here. */
const ELSEWHERE = ["subject", "upload"];
const BY_ITSELF = ["opened", "sheet-opened", "closed"]; // closing has a form of its own in the file

const BUTTONS: Record<string, { heading: string; button: string; about: string }> = {
  acknowledged: {
    heading: "Say that you have read it",
    button: "Tell the reporter that it was read",
    about: "The reporter sees this step with today's date. It does not say what you think of it.",
  },
  reopened: {
    heading: "Open the case again",
    button: "Seal the reasons and open again",
    about: "The reporter reads why.",
  },
};

/** Forms for the steps that can be taken now. */
export function stepForms(desk: CaseDesk): HTMLElement[] {
  const offered = desk.open.answer.allowed.filter(
    ({ step, needs }) => !BY_ITSELF.includes(step) && !needs.some((need) => ELSEWHERE.includes(need)),
  );
  return offered.map((step) => stepForm(desk, step));
}

/** Takes a step without a form, unless it may not be taken (now, or any more). Answers whether it was taken. */
export async function takeQuietly(desk: CaseDesk, step: string): Promise<boolean> {
  if (!isAllowed(desk, step)) return false;
  return takeStepNow(desk, step);
}

function isAllowed(desk: CaseDesk, step: string): boolean {
  return desk.open.answer.allowed.some((allowed) => allowed.step === step);
}

/** Takes a step even if a colleague changed the case a moment ago: the act does not depend on what changed.
 * Answers false when it may no longer be taken, because a colleague was quicker. */
export async function takeStepNow(desk: CaseDesk, step: string, upload = ""): Promise<boolean> {
  for (let tries = 0; ; tries += 1) {
    try {
      await perform(`${desk.path}/steps`, await takeStep(desk.open, step, { upload }), desk.installation);
      desk.turned();
      return true;
    } catch (error) {
      if (tries >= 3 || !(error instanceof Problem) || error.type !== "conflict") throw error;
      await desk.catchUp();
      if (!isAllowed(desk, step)) return false;
    }
  }
}

function stepForm(desk: CaseDesk, { step, label, needs }: AllowedStep): HTMLElement {
  const id = prefix();
  const { heading, button, about } = BUTTONS[step] ?? { heading: label, button: label, about: "" };
  const outcomes = needs.includes("outcome") ? outcomeChoice(id, desk.open.answer) : null;
  const reasons = needs.includes("reasons")
    ? area(`${id}-why`, "Reasons", "The reporter reads these. Say what was looked at, what was found and what was wrong.")
    : null;
  let sealed: { of: string; built: Built } | undefined; // the same words are sent again as the same act
  const form = actForm(
    button,
    async (say, inside) => {
      const outcome = outcomes === null ? "" : chosen(inside, id);
      const words = reasons === null ? "" : textOf(inside, `${id}-why`);
      say("Sealing.");
      const of = JSON.stringify([outcome, words, desk.open.answer.version]);
      if (sealed?.of !== of) sealed = { of, built: await takeStep(desk.open, step, { outcome, reasons: words }) };
      say("Sending.");
      await perform(`${desk.path}/steps`, sealed.built, desk.installation);
      desk.done("step");
    },
    outcomes,
    reasons,
    reasons === null ? null : wordingField(`${id}-why`),
  );
  if (outcomes === null && reasons === null) {
    return h("section", null, h("h3", null, heading), h("p", { class: "second small" }, about), quiet(form));
  }
  return h("details", null, h("summary", null, heading), h("p", { class: "second small" }, about), quiet(form));
}

function outcomeChoice(id: string, answer: CaseAnswer): HTMLElement {
  const rows = answer.outcomes.map(({ id: outcome, label, help }, index) =>
    h(
      "div",
      { class: "choice" },
      h("input", { type: "radio", name: `${id}-outcome`, id: `${id}-outcome${index}`, value: outcome }),
      h("label", { for: `${id}-outcome${index}` }, h("span", { class: "name" }, label), h("span", { class: "hint" }, help)),
    ),
  );
  const legend = h("legend", null, h("span", { class: "label" }, "How it ended"));
  return h("fieldset", { class: "field" }, legend, h("div", { class: "choices" }, rows));
}

function chosen(form: ParentNode, id: string): string {
  const outcome = form.querySelector<HTMLInputElement>(`input[name="${id}-outcome"]:checked`)?.value;
  if (outcome === undefined) throw new FieldError(`${id}-outcome0`, "Choose how it ended.");
  return outcome;
}
