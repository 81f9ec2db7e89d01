// Handing the redacted copy of a drawn case to the overseer, on the case page.
import { b64 } from "../lib/bytes.ts";
import { fill, h } from "../lib/dom.ts";
import type { CaseDesk } from "../desk/case.ts";
import { textParts } from "../desk/conversation.ts";
import { actForm, complaint, FieldError, prefix } from "../desk/form.ts";
import { desk as ask, tellDesk } from "../desk/page.ts";
import { dayWords } from "../desk/reading.ts";
import { sealCopy, versionOf } from "./copy.ts";
import type { Wanted } from "./copy.ts";

/** A place that fills itself with one form for each overseer who waits. */
export function copyForms(desk: CaseDesk): HTMLElement {
  const place = h("div", { class: "flow" });
  void ask<{ wanted: Wanted[] }>(`/cases/${desk.open.answer.case}/copies`)
    .then(({ wanted }) => fill(place, wanted.length === 0 ? h("p", null, "Nobody waits for a copy any more.") : wanted.map((one) => oneForm(desk, one))))
    .catch((error: unknown) => fill(place, h("p", { class: "err" }, complaint(error).message)));
  return place;
}

function oneForm(desk: CaseDesk, to: Wanted): HTMLElement {
  const version = versionOf(desk.open);
  const about = h("p", null, h("strong", null, `${to.name} drew this case by lot.`), ` She reads the investigator’s version, and nothing else, until ${dayWords(to.until)}.`);
  if (version === "") return h("div", { class: "flow" }, about, h("p", { class: "doubt" }, "Write the investigator’s version above first."));
  const id = prefix();
  const groups = to.key.match(/.{1,4}/g) ?? [];
  const form = actForm(
    "Seal the copy to her",
    async (say, inside) => {
      if (inside.querySelector<HTMLInputElement>(`#${id}-heard`)?.checked !== true) throw new FieldError(`${id}-heard`, "Compare the groups with her first, then tick this.");
      say("Sealing.");
      await tellDesk(`/cases/${desk.open.answer.case}/copies`, { drawn: to.drawn, to: to.key, sealed: b64(await sealCopy(desk.open, to, version)) });
      desk.done("copy");
    },
    h("details", null, h("summary", null, "What she gets"), textParts(version)),
    h("p", { class: "small second" }, "An overseer is on no signed list. Hear these groups from her, by voice or face to face; her page “Your key” shows them."),
    h("p", { class: "groups" }, h("code", null, groups.flatMap((group) => [h("span", null, group), " "]))),
    h("div", { class: "choice" }, h("input", { type: "checkbox", id: `${id}-heard` }), h("label", { for: `${id}-heard` }, h("span", { class: "name" }, `I heard these groups from ${to.name}`))),
  );
  form.querySelector("button[type=submit]")?.classList.add("other");
  return h("div", { class: "flow" }, about, form);
}
