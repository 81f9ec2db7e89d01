// Telling a guardian whom to look after, on the case page, by somebody who holds the source sheet.
import { b64 } from "../lib/bytes.ts";
import { h } from "../lib/dom.ts";
import type { CaseDesk } from "../desk/case.ts";
import { actForm, FieldError, line, prefix, value } from "../desk/form.ts";
import { holdsSheet } from "../desk/opened.ts";
import { tellDesk } from "../desk/page.ts";
import { shutOut } from "../desk/shut-out.ts";
import { guardiansOn, sealWatched } from "./watched.ts";

/** A folded form; nothing for who does not hold the sheet. */
export function guardianForm(desk: CaseDesk): HTMLElement | null {
  const { open } = desk;
  if (!holdsSheet(open.answer, open.me.key)) return null;
  const found = guardiansOn(open.card, shutOut(open.judged, open.card));
  const summary = h("summary", null, "Ask a guardian to look after her");
  if (found.length === 0) return h("details", null, summary, h("p", null, "Nobody on the signed list works outside only."));
  const id = prefix();
  const rows = found.map(({ key, label, team }, index) => {
    const own = `${id}-who${index}`;
    return h("div", { class: "choice" }, h("input", { type: "radio", name: `${id}-who`, id: own, value: key }), h("label", { for: own }, h("span", { class: "name" }, label), h("span", { class: "hint" }, team)));
  });
  const form = actForm(
    "Seal it to the guardian",
    async (say, inside) => {
      const picked = inside.querySelector<HTMLInputElement>(`input[name="${id}-who"]:checked`)?.value;
      const to = found.find(({ key }) => key === picked);
      if (to === undefined) throw new FieldError(`${id}-who0`, "Choose a guardian.");
      const name = value(inside, `${id}-name`);
      if (name === "") throw new FieldError(`${id}-name`, "Write her name as the force's lists write it.");
      if (inside.querySelector<HTMLInputElement>(`#${id}-agreed`)?.checked !== true) throw new FieldError(`${id}-agreed`, "Ask her first, in a message. Nobody is told her name without her word.");
      say("Sealing.");
      const lists = (field: string): string[] => value(inside, `${id}-${field}`).split(/[\s,;]+/).filter((one) => one !== "");
      const { id: entry, sealed } = await sealWatched(open, to, { name, numbers: lists("numbers"), emails: lists("emails") });
      await tellDesk(`/cases/${open.answer.case}/guardian`, { id: entry, to: to.key, sealed: b64(sealed) });
      desk.done("guardian");
    },
    h("fieldset", { class: "field" }, h("legend", null, h("span", { class: "label" }, "Guardian")), h("div", { class: "choices" }, rows)),
    line(`${id}-name`, "Her name", "Sealed to the guardian alone: no other handler and not the server can read it."),
    line(`${id}-numbers`, "Collar, warrant or payroll numbers", "With spaces between, if there are several."),
    line(`${id}-emails`, "E-mail addresses at work"),
    h("div", { class: "choice" }, h("input", { type: "checkbox", id: `${id}-agreed` }), h("label", { for: `${id}-agreed` }, h("span", { class: "name" }, "She agreed to this"), h("span", { class: "hint" }, "In a message of hers in this case."))),
  );
  form.querySelector("button[type=submit]")?.classList.add("other");
  const about = "Acts against somebody who reported are seen as such only by somebody who knows both. A guardian works on an outside team, not in her line and not in the line of the person reported.";
  return h("details", null, summary, h("p", { class: "second small" }, about), form);
}
